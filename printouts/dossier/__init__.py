"""What an archive hands out with a village's year, on paper: contents, cover, register (paper §7)."""
