"""Money as integer fen (分), and its two written forms: 1,234.50 and 壹仟贰佰叁拾肆元伍角整."""

from __future__ import annotations

from typing import NewType

Fen = NewType("Fen", int)
"""Hundredths of a yuan. Never a float, never a Decimal once it is an amount."""


def yuan(fen: int) -> str:
    """1234567 → "12,345.67": two decimals, thousands commas, a leading minus below zero."""
    sign = "-" if fen < 0 else ""
    whole, rest = divmod(abs(fen), 100)
    return f"{sign}{whole:,}.{rest:02d}"
