"""Pages of land cases, one a file."""
