"""The command line: the table of flags, the grammars of their values, the configuration."""
