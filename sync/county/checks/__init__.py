"""What is checked of a roster and of a batch, one file a rule."""
