"""Propose, review, publish: everything that changes a log."""
