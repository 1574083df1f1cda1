"""What the IR version and the chosen precision demand, just before writing."""
