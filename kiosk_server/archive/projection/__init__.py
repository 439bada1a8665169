"""Events become the tables that the board reads."""
