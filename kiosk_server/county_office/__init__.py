"""The county's own small doors: the feed, later the desk."""
