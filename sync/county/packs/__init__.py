"""The county's working copy of its pack: small acts on its files, and what they change, in words."""
