"""An .xlsx file as the parts it is made of, changed by splicing: every byte that is not changed stays.

Why not load and save with a library: openpyxl drops pictures (the office's seal), charts, text boxes
and the stored results of formulas. Here the parts nobody marks are copied as they are, and in a
marked sheet only the start tags of the marked cells differ.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from typing import TYPE_CHECKING
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

import msgspec

from sync.county.formats.errors import WorkbookDamaged, WorkbookTooLarge

if TYPE_CHECKING:
    from collections.abc import Callable

PART_MAX_BYTES = 256 * 1024 * 1024
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/"
_WORKBOOK = "xl/workbook.xml"
_NAME = re.compile(rb"</?(?:([\w.-]+):)?([\w.-]+)")
_TAG = re.compile(rb"<[^\"'>]*(?:\"[^\"]*\"[^\"'>]*|'[^']*'[^\"'>]*)*>")  # ">" may stand in an attribute


class NotSpliceable(Exception):  # noqa: N818 - caught in report_xlsx, which then writes a new workbook
    """A workbook of an unusual make (UTF-16 parts, a doctype, no styles)."""


class Tag(msgspec.Struct, frozen=True, gc=False):
    """One element: local name, attributes, where its start tag begins and its end tag begins or it closes."""

    name: str
    attributes: dict[str, str]
    start: int
    stop: int  # of "</name>"; equal to `start` when the element closes itself


class Spliced:
    """Bytes with insertions and replacements to be made all at once."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._edits: list[tuple[int, int, bytes]] = []

    def put(self, at: int, text: bytes, *, until: int | None = None) -> None:
        """Insert at a place, or replace what stands there up to `until`."""
        self._edits.append((at, at if until is None else until, text))

    def attributes(self, start: int, **values: str) -> None:
        """Give the start tag at `start` these attributes, replacing those of the same names."""
        stop = tag_end(self.data, start)
        self.put(start, with_attributes(self.data[start:stop], **values), until=stop)

    def inside(self, tag: Tag, text: bytes) -> None:
        """Append within an element, opening it when it closes itself."""
        if tag.stop != tag.start:
            self.put(tag.stop, text)
            return
        close = tag_end(self.data, tag.start)
        opened = self.data[tag.start : close].rstrip(b">").rstrip(b"/")
        name = opened.split(None, 1)[0][1:]
        self.put(tag.start, opened + b">" + text + b"</" + name + b">", until=close)

    def done(self) -> bytes:
        """The bytes with all edits."""
        pieces, at = [], 0
        for start, stop, text in sorted(self._edits, key=lambda edit: edit[:2]):
            pieces += [self.data[at:start], text]
            at = stop
        return b"".join((*pieces, self.data[at:]))


def with_attributes(tag: bytes, **values: str) -> bytes:
    """A start tag with these attributes set."""
    for name, value in values.items():
        tag = re.sub(rb"\s" + name.encode() + rb"\s*=\s*(\"[^\"]*\"|'[^']*')", b"", tag)
        end = len(tag) - (2 if tag.endswith(b"/>") else 1)
        tag = tag[:end].rstrip() + f" {name}={quoteattr(value)}".encode() + tag[end:]
    return tag


def walked(
    data: bytes, started: Callable[[str, dict[str, str], int], None], ended: Callable[[str, int], None]
) -> None:
    """Walk over elements with their byte places; raises NotSpliceable for what cannot be spliced."""
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"} or len(data) > PART_MAX_BYTES:
        raise NotSpliceable
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: started(
        _local(name), attributes, parser.CurrentByteIndex
    )
    parser.EndElementHandler = lambda name: ended(_local(name), parser.CurrentByteIndex)
    parser.StartDoctypeDeclHandler = _refused
    try:
        parser.Parse(data, True)  # noqa: FBT003 - the parser's own positional flag
    except expat.ExpatError as why:
        raise NotSpliceable from why


def tags(data: bytes) -> list[Tag]:
    """All elements of a small part, in document order."""
    found: list[Tag | None] = []
    open_now: list[tuple[int, str, dict[str, str], int]] = []

    def started(name: str, attributes: dict[str, str], at: int) -> None:
        open_now.append((len(found), name, attributes, at))
        found.append(None)

    def ended(_name: str, at: int) -> None:
        number, name, attributes, start = open_now.pop()
        stop = start if data[tag_end(data, start) - 2] == ord("/") else at
        found[number] = Tag(name, {_local(key): value for key, value in attributes.items()}, start, stop)

    walked(data, started, ended)
    return [tag for tag in found if tag]


def tag_end(data: bytes, start: int) -> int:
    """Where the tag that begins here ends."""
    found = _TAG.match(data, start)
    if found is None:
        raise NotSpliceable
    return found.end()


def closes(data: bytes, at: int, name: str) -> bool:
    """Whether "</name>" stands here; after an element that closes itself something else does."""
    found = _NAME.match(data, at)
    return found is not None and data[at + 1] == ord("/") and found[2] == name.encode()


def prefix_at(data: bytes, at: int) -> bytes:
    """Namespace prefix of the tag at a place, with its colon; b"" for none."""
    found = _NAME.match(data, at)
    return found[1] + b":" if found and found[1] else b""


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _refused(*_about: object) -> None:
    raise NotSpliceable


class Parts:
    """The parts of one workbook by name; `saved` writes it again in the same order."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except zipfile.BadZipFile as why:
            raise WorkbookDamaged from why
        self._changed: dict[str, bytes] = {}

    def has(self, name: str) -> bool:
        """Whether there is such a part."""
        return name in self._changed or name in self._zip.NameToInfo

    def read(self, name: str) -> bytes:
        """Bytes of a part as they stand now."""
        if name in self._changed:
            return self._changed[name]
        if not self.has(name):
            raise NotSpliceable
        if self._zip.getinfo(name).file_size > PART_MAX_BYTES:
            raise WorkbookTooLarge(what=f"{self._zip.getinfo(name).file_size // 2**20} MB")
        try:
            return self._zip.read(name)
        except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError) as why:
            raise WorkbookDamaged from why

    def write(self, name: str, data: bytes) -> None:
        """Change or add a part."""
        self._changed[name] = data

    def sheets(self) -> dict[str, str]:
        """Part of every sheet by its name, in order."""
        targets = self.related(_WORKBOOK)
        found = {}
        for tag in tags(self.read(_WORKBOOK)):
            if tag.name == "sheet" and tag.attributes.get("id") in targets:
                found[tag.attributes.get("name", "")] = targets[tag.attributes["id"]][1]
        return found

    def related(self, part: str) -> dict[str, tuple[str, str]]:
        """Relationships of a part: id → (last word of its type, target part)."""
        name = _rels(part)
        if not self.has(name):
            return {}
        folder = posixpath.dirname(part)
        return {
            tag.attributes["Id"]: (
                tag.attributes.get("Type", "").rpartition("/")[2],
                posixpath.normpath(posixpath.join(folder, tag.attributes.get("Target", ""))).lstrip("/"),
            )
            for tag in tags(self.read(name))
            if tag.name == "Relationship" and "Id" in tag.attributes
        }

    def relate(self, part: str, kind: str, target: str) -> str:
        """Add a relationship; its new id."""
        name, taken = _rels(part), self.related(part)
        fresh = next(one for number in range(1, 10**6) if (one := f"rIdCheck{number}") not in taken)
        space = f"{_PACKAGE}relationships"
        data = (
            self.read(name) if self.has(name) else f'<Relationships xmlns="{space}"></Relationships>'.encode()
        )
        child = f'<Relationship xmlns="{space}" Id="{fresh}" Type="{OFFICE}/{kind}" Target="/{target}"/>'
        self.write(name, _appended(data, child))
        return fresh

    def typed(self, child: str) -> None:
        """Say in [Content_Types].xml what a new part is."""
        name = "[Content_Types].xml"
        child = child.replace("/>", f' xmlns="{_PACKAGE}content-types"/>')
        self.write(name, _appended(self.read(name), child))

    def saved(self) -> bytes:
        """The workbook as one file."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
            for info in self._zip.infolist():
                made = zipfile.ZipInfo(info.filename, info.date_time)
                made.compress_type = zipfile.ZIP_DEFLATED
                target.writestr(made, self.read(info.filename))
            for name in [name for name in self._changed if name not in self._zip.NameToInfo]:
                target.writestr(
                    zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), self._changed[name], zipfile.ZIP_DEFLATED
                )
        return out.getvalue()


def _rels(part: str) -> str:
    folder, _, name = part.rpartition("/")
    return f"{folder}/_rels/{name}.rels"


def _appended(data: bytes, child: str) -> bytes:
    spliced = Spliced(data)
    spliced.inside(tags(data)[0], child.encode())
    return spliced.done()
