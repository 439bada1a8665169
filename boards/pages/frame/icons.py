"""Line icons in a 24 × 24 box, put into the page itself: no request, no mask, seen in forced colours."""

from __future__ import annotations

from typing import Final

DRAWN: Final = {
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


def drawn(name: str) -> str:
    """One icon as SVG. It says nothing to a screen reader: words stand beside every icon."""
    return (
        '<svg class="i" viewBox="0 0 24 24" aria-hidden="true" focusable="false">'
        f'<path d="{DRAWN[name]}"/></svg>'
    )
