"""From a graph to the files of the IR."""
