"""Every flag with every framework it applies to."""
