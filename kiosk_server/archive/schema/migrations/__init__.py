"""Migrations of the archive, oldest first; each is frozen once released."""
