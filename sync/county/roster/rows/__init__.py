"""What each row says."""
