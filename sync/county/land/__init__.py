"""A land case before publishing: its file read, its stages checked, a report for the clerk."""
