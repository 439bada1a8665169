"""How names, sums and days are read aloud and spelled."""
