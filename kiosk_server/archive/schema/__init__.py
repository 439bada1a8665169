"""Tables and migrations: the only place that knows Piccolo."""
