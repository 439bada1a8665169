"""The county's kiosks: what they are given, what is known of them, who fetches what."""
