"""Which version this is, and when it was made: no honest clock reads earlier (line §4)."""

from __future__ import annotations

from datetime import UTC, datetime

VERSION = "0.1.0"
"""What `--version` says, and the package (pyproject.toml reads it here)."""

BUILT = datetime(2026, 9, 1, tzinfo=UTC)
"""Raised with each release; the lowest floor of the trusted clock."""
