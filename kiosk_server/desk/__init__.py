"""What the village office does."""
