"""What hangs already: its lists, what a new one is held against, and finding a line of it."""
