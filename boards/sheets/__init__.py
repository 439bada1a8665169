"""Records become one Sheet, which the screen, the phone, the paper and the archive all show."""
