"""What a PDF says and what it does: its pages' text, the strings of its objects, scripts and files inside.

Pages are read by PDFium, which knows every font; names and strings are read from the objects, also from
compressed ones. A page without text is a scan: a person must look at it (P8).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from sync.county.land.attachment_text import STREAM, inflated

_BEFORE_STREAM = 600
_LITERAL = re.compile(rb"\((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*\)", re.DOTALL)
_HEX = re.compile(rb"<(?!<)\s*([0-9A-Fa-f\s]*)>")
_ESCAPED = re.compile(rb"\\([0-7]{1,3}|\r?\n|.)", re.DOTALL)
_SPELLED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"", b"f": b""}
_NAME_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_DOES = (
    (re.compile(rb"/Encrypt\b"), "加了密码或限制，读不出内容"),
    (re.compile(rb"/(?:JavaScript|JS|XFA)(?![A-Za-z0-9])"), "里有脚本"),
    (
        re.compile(rb"/(?:Launch|SubmitForm|ImportData|RichMedia)(?![A-Za-z0-9])"),
        "里有会运行程序或发送数据的动作",
    ),
    (re.compile(rb"/(?:EmbeddedFiles?(?![A-Za-z0-9])|EF\s*<<)"), "里嵌有别的文件"),
)
_TAGGED = re.compile(r">([^<>]{6,})<|[\"']([^\"'<>]{6,})[\"']")
PAGES_LIMIT = 1000


class PdfRead(NamedTuple):
    """A PDF as far as a program can read it."""

    texts: tuple[str, ...]
    scanned: bool  # a page of it has no text
    why_not: str = ""  # why nobody may publish it as it is


def pdf_read(data: bytes) -> PdfRead:
    """Read the text of every page and string; says why not where it is locked, damaged or active."""
    objects, whole = _objects(data)
    named = _NAME_ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), _LITERAL.sub(b" ", objects))
    if doing := next((why for does, why in _DOES if does.search(named)), ""):
        return PdfRead((), scanned=True, why_not=doing)
    pages = _pages(data)
    if pages is None or not whole:
        return PdfRead(
            (), scanned=True, why_not="打不开，可能已损坏" if pages is None else "里有读不出来的部分"
        )
    return PdfRead((*pages, *_strings(objects), *_properties(data)), scanned=not all(map(str.strip, pages)))


def _objects(data: bytes) -> tuple[bytes, bool]:
    """Everything outside streams, and what object streams hold; False where one of these cannot be read."""
    parts, whole = [STREAM.sub(b" ", data)], True
    for stream in STREAM.finditer(data):
        if (
            b"/ObjStm"
            in data[max(stream.start() - _BEFORE_STREAM, 0) : stream.start()].rpartition(b" obj")[2]
        ):
            held = b"".join(inflated(stream[1]))
            parts.append(held)
            whole = whole and bool(held)
    return b"\n".join(parts), whole


def _pages(data: bytes) -> list[str] | None:
    """Text of each page; None where PDFium cannot open it."""
    import pypdfium2  # noqa: PLC0415 - loaded only where a PDF is read

    try:
        with pypdfium2.PdfDocument(data) as pdf:  # type: ignore[no-untyped-call]
            return [_text(pdf[at]) for at in range(min(len(pdf), PAGES_LIMIT))] if len(pdf) else None
    except pypdfium2.PdfiumError:
        return None


def _text(page: object) -> str:
    words: str = page.get_textpage().get_text_bounded()  # type: ignore[attr-defined]
    return words.replace("\x00", "")


def _strings(objects: bytes) -> Iterator[str]:
    """Texts of remarks, fields, bookmarks and properties."""
    for found in _LITERAL.finditer(objects):
        yield _decoded(_ESCAPED.sub(_unescaped, found[0][1:-1]))
    for found in _HEX.finditer(objects):
        digits = re.sub(rb"\s", b"", found[1])
        yield _decoded(bytes.fromhex(digits[: len(digits) // 2 * 2].decode()))


def _unescaped(found: re.Match[bytes]) -> bytes:
    sign = found[1]
    return bytes([int(sign, 8) & 255]) if sign.isdigit() else _SPELLED.get(sign, sign.strip())


def _decoded(raw: bytes) -> str:
    wide = {b"\xfe\xff": "utf-16-be", b"\xff\xfe": "utf-16-le"}.get(raw[:2])
    if wide:
        return raw[2:].decode(wide, "ignore")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return ""  # a key or a digest of bytes


def _properties(data: bytes) -> Iterator[str]:
    """Texts of XMP, packed or not."""
    for stream in STREAM.finditer(data):
        for part in (stream[1], *inflated(stream[1])):
            if b"<x:xmpmeta" in part or b"<rdf:RDF" in part:
                yield from (one or other for one, other in _TAGGED.findall(part.decode("utf-8", "ignore")))
