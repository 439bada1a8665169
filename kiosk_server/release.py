"""When this version was made: no honest clock reads earlier (line §4)."""

from __future__ import annotations

from datetime import UTC, datetime

BUILT = datetime(2026, 9, 1, tzinfo=UTC)
"""Raised with each release; the lowest floor of the trusted clock."""
