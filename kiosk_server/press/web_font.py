"""The one web font: a village's rare characters, for phones and boards whose own fonts lack them.

Runs in the press process. One small WOFF for each source font that has some of the characters
(most often one); together at most MOST_BYTES. What is kept beside them says which village needs
which files. WOFF and not WOFF2: for twenty glyphs Brotli would save half a kilobyte and cost a
dependency.
"""

from __future__ import annotations

import hashlib
from io import BytesIO
from pathlib import Path

from fontTools.ttLib import TTFont

from boards.model.rare_characters import unicode_range
from kiosk_server.press.drawing import shelf_of
from kiosk_server.press.errors import PressShelfFull
from kiosk_server.press.fonts_cache import DiskFont, write_whole
from printouts.fonts import Role

MOST_BYTES = 8_000  # of all files of one village together
SUFFIX = ".woff"


def rare_font(folders: tuple[str, str], village: str, chars: str, kept: str) -> None:
    """Cut the rare characters of a village and write its style beside them; nothing rare, no style."""
    try:
        files = _fitting(folders, chars)
        folder = Path(kept)
        folder.mkdir(parents=True, exist_ok=True)
        for name, (content, _) in files.items():
            write_whole(folder / name, content)
        _write_style(folder / f"{village}.css", {name: share for name, (_, share) in files.items()})
        styles = "".join(path.read_text("utf-8") for path in folder.glob("*.css"))
        for path in folder.glob(f"*{SUFFIX}"):
            if path.name not in styles:  # no village's style names it any more
                path.unlink(missing_ok=True)
    except OSError as error:
        raise PressShelfFull(reason=error.strerror or "OSError") from None


def _write_style(path: Path, shares: dict[str, str]) -> None:
    if not shares:
        path.unlink(missing_ok=True)
        return
    rules = (
        f'@font-face{{font-family:"Village Rare";font-display:swap;src:url({name}) format("woff");'
        f"unicode-range:{unicode_range(share)}}}\n"
        for name, share in shares.items()
    )
    write_whole(path, "".join(rules).encode())


def _fitting(folders: tuple[str, str], chars: str) -> dict[str, tuple[bytes, str]]:
    """The files by name, with the characters each has; the last are left out if too heavy."""
    while chars:
        files = _cut(folders, chars)
        weight = sum(len(content) for content, _ in files.values())
        if weight <= MOST_BYTES:
            return files
        chars = chars[: len(chars) * min(MOST_BYTES, weight * 7 // 8) // weight]
    return {}


def _cut(folders: tuple[str, str], chars: str) -> dict[str, tuple[bytes, str]]:
    missing, files = frozenset(chars), dict[str, tuple[bytes, str]]()
    for font in shelf_of(*folders).chain(Role.DATA):
        share = font.covered(missing)
        if share:
            content = _woff(font, share)
            files[hashlib.sha256(content).hexdigest()[:16] + SUFFIX] = content, "".join(sorted(share))
            missing -= share
    return files


def _woff(font: DiskFont, chars: frozenset[str]) -> bytes:
    """A cut without ASCII and without the names and licences a page has no use for."""
    small = TTFont(BytesIO(font.cut(chars, frozenset())), recalcTimestamp=False, recalcBBoxes=False)
    small["name"].names = []
    small.flavor = "woff"
    out = BytesIO()
    small.save(out)
    return out.getvalue()
