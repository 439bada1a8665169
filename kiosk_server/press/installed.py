"""Which characters the fonts of this machine draw: asked where no sheet is printed yet."""

from __future__ import annotations


def drawn_here(chars: frozenset[str]) -> frozenset[str]:
    """Those of these characters that a font of the names' chain draws (paper §3)."""
    from kiosk_server.press.fonts_cache import drawn_by  # noqa: PLC0415 - 0.2 s that only a rare name needs
    from printouts.fonts import Role  # noqa: PLC0415

    return drawn_by(Role.HEI, chars)
