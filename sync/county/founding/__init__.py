"""Founding a county: what its pack still lacks, programmes to begin with, its list of villages."""
