"""A land case and its notices as views."""
