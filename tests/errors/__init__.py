"""Every message that users get, as they see it."""
