"""What is kept for inspection (留存备查): the year's figures, the register, how long."""
