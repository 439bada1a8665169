"""Where else a workbook keeps texts: properties, pivot caches, names, drawings, embedded files, old links.

Whoever hands the file on hands these on too, and nobody sees them in a cell (P16).
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from html import unescape

from sync.county.formats.grid import Aside

_PAGE_EDGES = "页眉、页脚"
OLD_LINKS = "外部链接的缓存"
PART_MAX_BYTES = 16 * 1024 * 1024
BLOCK_CHARS = 1 << 16
_PLACES = (
    ("docprops/", "文档属性"),
    ("xl/pivot", "数据透视表的缓存"),
    ("xl/workbook.xml", "定义的名称"),
    ("xl/drawings/", "图形、文本框"),
    ("xl/charts/", "图表的缓存"),
    ("xl/diagrams/", "图形、文本框"),
    ("xl/externallinks/", OLD_LINKS),
    ("xl/querytables/", "查询"),
    ("xl/connections", "查询"),
    ("customxml/", "自定义数据"),
    ("xl/embeddings/", "嵌入的对象"),
)
_WRITTEN = re.compile(r'>([^<>]{6,})<|="([^"<>]{6,})"')
_CODES = re.compile(r'&(?:"[^"]*"|\d{1,2}(?!\d)|[A-Za-z])')
_FRACTION = re.compile(r"-?\d*\.\d+(?:E[+-]?\d+)?", re.IGNORECASE)
_BROKEN = (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError, RuntimeError, zlib.error)


def page_edge(written: str, sheet: str) -> Aside:
    """The header or footer of a sheet's pages, without its codes (&C, &P, &"宋体", &12)."""
    return Aside(_PAGE_EDGES, _CODES.sub("|", written), sheet)


def asides_in(packed: zipfile.ZipFile) -> Iterator[Aside]:
    """What an .xlsx says outside its sheets, a block of text at a time; a broken part says nothing."""
    for part in packed.infolist():
        place = next((place for path, place in _PLACES if part.filename.lower().startswith(path)), "")
        if place:
            yield from (Aside(place, text) for text in _texts(packed, part))


def _texts(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[str]:
    try:
        with packed.open(part) as stream:
            data = stream.read(PART_MAX_BYTES)
    except _BROKEN:
        return
    if part.filename.lower().endswith((".xml", ".vml", ".rels")):
        yield from _blocks(_words(data.decode("utf-8", "replace")))
    elif "/embeddings/" in part.filename.lower():
        yield from embedded(data)


def _words(xml: str) -> Iterator[str]:
    """Texts and attributes; a fraction's many digits are nobody's number."""
    written = (unescape(one or other).strip() for one, other in _WRITTEN.findall(xml))
    return (text for text in written if not _FRACTION.fullmatch(text))


def _blocks(words: Iterator[str]) -> Iterator[str]:
    """Words in blocks, with a mark between them across which no number is read."""
    block, length = list[str](), 0
    for word in words:
        block.append(word)
        length += len(word)
        if length > BLOCK_CHARS:
            yield "|".join(block)
            block, length = [], 0
    if block:
        yield "|".join(block)


def embedded(data: bytes) -> Iterator[str]:
    """An embedded office file by its parts, anything else by what reads as text in it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            inner = [part for part in packed.infolist() if part.filename.lower().endswith(".xml")]
            for part in inner:
                yield from _texts(packed, part)
    except _BROKEN:
        yield from spelled(data)


def spelled(data: bytes) -> Iterator[str]:
    """Stretches of printable letters in any bytes, in one-byte and in two-byte letters."""
    for wide in (False, True):
        letters = rb"(?:[\x20-\x7e]\x00){11,}" if wide else rb"[\x20-\x7e]{11,}"
        yield from _blocks(found.replace(b"\0", b"").decode("ascii") for found in re.findall(letters, data))
