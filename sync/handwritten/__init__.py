"""Files that people at the county write by hand: every fault of a file at once, each with its line."""
