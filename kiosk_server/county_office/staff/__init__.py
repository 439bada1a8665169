"""Who works at the county: their roles, the way in, and the pages about accounts."""
