"""What came to a village's board, for other programs: one list of entries, written as Atom and as JSON-LD."""
