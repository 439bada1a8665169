"""What the text of a notice says: read, held against the case file, and against what the law wants said."""
