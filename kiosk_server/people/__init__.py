"""Who may act in an office: accounts and their roles, lock-out, sessions, and the guard of the office's door.

One room for every office that has people: which roles there are, and what their offices are called, is the
house's to say.
"""
