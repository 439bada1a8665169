"""The trust plane: who may sign what, and how a machine learns of it."""
