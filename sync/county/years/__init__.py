"""Closing a year: the county's own figures, held against the lists, and where each village stands."""
