"""What this machine keeps for inspection (留存备查): files by digest, and the register of its acts."""
