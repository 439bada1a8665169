"""A frozen view becomes HTML."""
