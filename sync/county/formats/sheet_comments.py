"""Comments of an .xlsx (批注): calamine does not report them, and a list is handed on with them."""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from xml.parsers import expat

PART_MAX_BYTES = 16 * 1024 * 1024
_KINDS = ("/comments", "/threadedComment")  # old ones and threaded ones


def comments_in(packed: zipfile.ZipFile, sheet_part: str) -> tuple[tuple[str, str], ...]:
    """Cell reference and text of every comment on one sheet; nothing is opened where there is none."""
    folder, name = posixpath.split(sheet_part)
    links = f"{folder}/_rels/{name}.rels"
    names = set(packed.namelist())
    if links not in names:
        return ()
    given: list[dict[str, str]] = []
    parser = expat.ParserCreate(namespace_separator="|")
    parser.StartElementHandler = lambda _, attributes: given.append(attributes)
    parser.Parse(_read(packed, links), True)  # noqa: FBT003 - the parser's own positional flag
    found: list[tuple[str, str]] = []
    for one in given:
        part = posixpath.normpath(posixpath.join("/", folder, one.get("Target", ""))).lstrip("/")
        if one.get("Type", "").endswith(_KINDS) and part in names:
            found += _comments(packed, part)
    return tuple(found)


def _comments(packed: zipfile.ZipFile, part: str) -> list[tuple[str, str]]:
    """A part that is no XML says nothing: the sheet itself may be whole all the same."""
    try:
        return _Comments(_read(packed, part)).found
    except (zipfile.BadZipFile, expat.ExpatError, OSError, ValueError, EOFError, zlib.error):
        return []


def _read(packed: zipfile.ZipFile, part: str) -> bytes:
    with packed.open(part) as stream:
        return stream.read(PART_MAX_BYTES)


class _Comments:
    """Gathers the text under each comment."""

    def __init__(self, xml: bytes) -> None:
        self.found: list[tuple[str, str]] = []
        self._at, self._text = "", [""]
        parser = expat.ParserCreate(namespace_separator="|")
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._text.append
        parser.StartDoctypeDeclHandler = _no_doctype
        parser.Parse(xml, len(xml) < PART_MAX_BYTES)

    def _start(self, tag: str, given: dict[str, str]) -> None:
        if tag.endswith(("|comment", "|threadedComment")):
            self._at = given.get("ref", "")
            self._text.clear()

    def _end(self, tag: str) -> None:
        if tag.endswith(("|comment", "|threadedComment")):
            self.found.append((self._at, "".join(self._text)))


def _no_doctype(*_: object) -> None:
    raise ValueError
