"""What a page says when it is read aloud."""
