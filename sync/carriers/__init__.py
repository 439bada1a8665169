"""The same files, arriving in different ways."""
