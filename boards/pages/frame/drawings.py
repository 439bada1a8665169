"""Icons of the board and the four pictures of 怎么用 (a screen, what to touch on it, and the hand), as SVG.

They are put into the page itself: no request, no mask, seen in forced colours, drawn in the colours of the
style. They say nothing to a screen reader: words stand beside each.
"""

from __future__ import annotations

from typing import Final

ICONS: Final = {  # lines in a box of 24 × 24
    "home": "M3 11 12 3l9 8v9a1 1 0 0 1-1 1h-5v-6H9v6H4a1 1 0 0 1-1-1z",
    "back": "M20 12H5m6-7-7 7 7 7",
    "coin": "M3 12a9 9 0 1 0 18 0a9 9 0 1 0-18 0m5-5 4 5 4-5m-4 5v5m-3.5-4.5h7m-7 2.8h7",
    "find": "M6 8a4 4 0 1 0 8 0a4 4 0 1 0-8 0M3 20c0-4 3-6.5 7-6.5"
    "M13 16.5a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0m6 2.5 2.5 2.5",
    "book": "M5.5 3h13A1.5 1.5 0 0 1 20 4.5v15a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 19.5"
    "v-15A1.5 1.5 0 0 1 5.5 3zM8 8h8m-8 4h8m-8 4h5",
    "hand": "M8 12V5.5a1.5 1.5 0 0 1 3 0V11m0-.5V4a1.5 1.5 0 0 1 3 0v7m0-5a1.5 1.5 0 0 1 3 0v8"
    "c0 4-2 7-5.5 7-3 0-4.5-1.5-6-4.5L4 13.5c-.5-1 .2-1.8 1-1.8 1.2 0 2 .8 3 2.3",
    "ask": "M21 12a8 8 0 0 1-11.5 7.2L4 21l1.7-5A8 8 0 1 1 21 12z"
    "M9.8 9.5a2.3 2.3 0 1 1 3.2 2.3c-.7.3-1 .7-1 1.5m0 2.6v.1",
    "say": "M4 9.5h3.5L12 6v12l-4.5-3.5H4zM15.5 9.5a3.5 3.5 0 0 1 0 5M18.5 7a7 7 0 0 1 0 10",
    "ok": "m5 12.5 5 5 9.5-11",
    "list": "M9 6h12M9 12h12M9 18h12M4 6h.01M4 12h.01M4 18h.01",
    "paper": "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6m-6 4h6",
    "person": "M8 8a4 4 0 1 0 8 0a4 4 0 1 0-8 0M4 21c0-4.5 3.5-7 8-7s8 2.5 8 7",
    "code": "M4 5h2v2H4zM11 5h2v2h-2zM18 5h2v2h-2zM4 11h2v2H4zM11 11h2v2h-2zM18 11h2v2h-2zM11 17h2v2h-2z",
    "phone": "M8 2.5h8A1.5 1.5 0 0 1 17.5 4v16"
    "a1.5 1.5 0 0 1-1.5 1.5H8A1.5 1.5 0 0 1 6.5 20V4A1.5 1.5 0 0 1 8 2.5zM11 18.5h2",
    "map": "m3 6 6-2.5 6 2.5 6-2.5V18l-6 2.5L9 18l-6 2.5zM9 3.5V18m6-12v14.5",
    "alert": "M12 3 22 20H2zM12 10v5m0 2.5v.1",
}

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

PICTURES: Final = {
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


def icon(name: str) -> str:
    """One icon as SVG."""
    return (
        '<svg class="i" viewBox="0 0 24 24" aria-hidden="true" focusable="false">'
        f'<path d="{ICONS[name]}"/></svg>'
    )


def picture(name: str) -> str:
    """One picture as SVG."""
    return (
        '<svg class="pic" viewBox="0 0 120 90" aria-hidden="true" focusable="false">'
        f"{_SCREEN}{PICTURES[name]}</svg>"
    )
