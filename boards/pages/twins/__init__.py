"""What a page says to a program: JSON twins of the public pages, and the document that describes them."""
