"""What any web door needs."""
