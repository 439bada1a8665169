"""Pages of payouts, one a file."""
