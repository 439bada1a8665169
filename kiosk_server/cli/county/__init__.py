"""The sub-commands of `county`, one a file."""
