"""What hung once: old editions, what was corrected, taken back or erased."""
