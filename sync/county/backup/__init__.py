"""What is carried away every night, and how a county goes on from it without forking."""
