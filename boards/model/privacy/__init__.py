"""What must not be shown: numbers, words, characters."""
