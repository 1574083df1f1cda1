"""The version of this tool, kept apart so that reading it imports nothing."""

__version__ = "0.1.0"
