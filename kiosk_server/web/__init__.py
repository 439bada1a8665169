"""The doors: route, archive verb, page."""
