"""The way from arguments to files, and the runner of passes."""
