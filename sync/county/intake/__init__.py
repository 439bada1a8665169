"""A file handed in: read in a child process, checked, kept as a draft."""
