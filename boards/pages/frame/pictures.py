"""Four drawings for 怎么用: a screen, what to touch on it, and the hand that touches it.

Drawn in the page itself, in the colours of the style (classes, since no page has inline style).
They say nothing to a screen reader: the sentence stands beside each.
"""

from __future__ import annotations

from typing import Final

_SCREEN: Final = (
    '<rect class="e" x="2" y="2" width="116" height="76" rx="5"/>'
    '<path class="r" d="M2 7a5 5 0 0 1 5-5h106a5 5 0 0 1 5 5v7H2z"/>'
)
_HAND: Final = (
    '<path class="h" transform="translate({x} {y}) scale(1.35)" d="M8 12V5.5a1.5 1.5 0 0 1 3 0V11'
    "m0-.5V4a1.5 1.5 0 0 1 3 0v7m0-5a1.5 1.5 0 0 1 3 0v8c0 4-2 7-5.5 7"
    "-3 0-4.5-1.5-6-4.5L4 13.5c-.5-1 .2-1.8 1-1.8 1.2 0 2 .8 3 2.3z"
    '"/>'
)


def _box(kind: str, x: int, y: int, width: int, height: int) -> str:
    return f'<rect class="{kind}" x="{x}" y="{y}" width="{width}" height="{height}" rx="2"/>'


def _bars(x: int, y: int, *widths: int) -> str:
    return "".join(f'<path class="l" d="M{x} {y + 7 * at}h{width}"/>' for at, width in enumerate(widths))


_TILES: Final = "".join(_box("b", x, y, 34, 14) for y in (44, 61) for x in (8, 43, 78))
_CHIPS: Final = "".join(
    _box("b", 8 + 27 * column, 20 + 19 * row, 22, 15) for row in range(3) for column in range(4)
)

DRAWN: Final = {
    "find": _box("g", 8, 19, 104, 21) + _TILES + _HAND.format(x=66, y=24),
    "surname": _CHIPS
    + _box("g", 35, 39, 22, 15)
    + '<path class="w" d="M46 41v3l-5 8m5-8 5 8"/>'
    + _HAND.format(x=47, y=42),
    "name": "".join(_box("b", 8, y, 104, 15) + _bars(14, y + 7, 30) for y in (20, 39, 58))
    + _box("g", 8, 39, 104, 15)
    + '<path class="w" d="M14 46h34"/>'
    + _HAND.format(x=66, y=42),
    "clear": _bars(10, 24, 40, 84, 66)
    + _box("g", 8, 52, 60, 19)
    + '<path class="w" d="m16 61 4 4 8-8M34 61h26"/>'
    + _HAND.format(x=48, y=54),
}


def pictured(name: str) -> str:
    """One drawing as SVG."""
    return (
        '<svg class="pic" viewBox="0 0 120 90" aria-hidden="true" focusable="false">'
        f"{_SCREEN}{DRAWN[name]}</svg>"
    )
