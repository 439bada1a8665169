"""The web fonts of rare characters (生僻字), read from the press's folder when it has changed.

A village's style names its font files; a page links the style only where there is one, and a
browser fetches a font only for a character on the page that its own fonts lack.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from kiosk_server.web.assets import PREFIX, hashed_name, kept
from kiosk_server.web.cache import Kept

PLACE = f"{PREFIX}rare/"
SUFFIXES = (".css", ".woff")
LARGEST_BYTES = 64 << 10  # ours are below 8 kB; anything larger is not ours


class RareFonts:
    """What the press made, under addresses that change with the bytes."""

    def __init__(self, folder: Path) -> None:
        """Look at nothing yet; the folder comes with the first font."""
        self._folder = folder
        self._changed_at = -1
        self._links: Mapping[str, str] = {}
        self._table: Mapping[tuple[str, bool], Kept] = {}

    def links(self) -> Mapping[str, str]:
        """Address of the style of each village that has one; the same object while nothing has changed."""
        try:
            changed_at = self._folder.stat().st_mtime_ns
        except OSError:
            changed_at = -1
        if changed_at != self._changed_at:
            self._links, self._table = self._read()
            self._changed_at = changed_at
        return self._links

    def get(self, path: str, *, gzipped: bool) -> Kept | None:
        """The file of this address, or None."""
        return self._table.get((path, gzipped))

    def _read(self) -> tuple[dict[str, str], dict[tuple[str, bool], Kept]]:
        links, table = dict[str, str](), dict[tuple[str, bool], Kept]()
        for path in sorted(self._folder.glob("[!.]*")):
            with suppress(OSError):  # being renewed: the folder's time will change again
                if path.suffix not in SUFFIXES or path.stat().st_size > LARGEST_BYTES:
                    continue
                body, address = path.read_bytes(), PLACE + path.name
                if path.suffix == ".css":
                    links[path.stem] = address = PLACE + hashed_name(path.name, body)
                for gzipped in (False, True):
                    table[address, gzipped] = kept(path.name, body, gzipped=gzipped)
        return links, table
