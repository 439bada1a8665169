"""Names of files that a stick can hold: FAT32, exFAT, every system that reads it (RFC 8493 §5.2). Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

LONGEST: Final = 100  # characters of a name
MOST_BYTES: Final = 200  # a Linux file system counts bytes, and holds 255 with what is put behind a name
_FORBIDDEN = re.compile(r'[/\\:*?"<>|%]')  # % is the escape sign of a manifest
_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"}


class Names:
    """The names given in one bag: no two of a folder are one to a system that knows no capitals."""

    def __init__(self) -> None:
        """None is given yet."""
        self._given: set[str] = set()

    def name(self, folder: str, stem: str, suffix: str = "") -> str:
        """A path below the bag for something called so; another one of the same name gets a number."""
        suffix = f".{plain_name(suffix[:9])}" if suffix else ""
        plain, number = plain_name(stem, len(suffix) + 10), 1
        path = f"{folder}/{plain}{suffix}"
        while path.casefold() in self._given:
            number += 1
            path = f"{folder}/{plain}_{number}{suffix}"
        self._given.add(path.casefold())
        return path


def plain_name(text: str, room: int = 0) -> str:
    """A text as a file may be called, leaving `room` for what is put behind it."""
    seen = "".join(
        " " if unicodedata.category(one) in _UNSEEN else one for one in unicodedata.normalize("NFC", text)
    )
    plain = re.sub(" +", " ", _FORBIDDEN.sub(" ", seen))[: LONGEST - room].strip(" .")
    return plain.encode()[: MOST_BYTES - room].decode(errors="ignore").strip(" .") or "无题"
