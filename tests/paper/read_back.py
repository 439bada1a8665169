"""What a reader finds in a PDF: every character with its size on paper and its place, and the file's own parts."""

from __future__ import annotations

import re
import zlib
from base64 import a85decode
from ctypes import byref, c_double
from typing import NamedTuple

import pypdfium2
from pypdfium2 import raw

from printouts.fonts import PT_PER_MM

INK_MM = 6.0  # a printer leaves the edge white: nothing is drawn nearer to it


class Char(NamedTuple):
    """One character as drawn: size in points, box in millimetres from the top left corner of its page."""

    char: str
    size_pt: float
    left: float
    top: float
    right: float
    bottom: float


def chars_of(pdf: bytes) -> list[list[Char]]:
    """All characters, page by page."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [_chars(page) for page in document]


def _chars(page) -> list[Char]:
    text, height = page.get_textpage(), page.get_height()
    found = []
    for at in range(text.count_chars()):
        char = chr(raw.FPDFText_GetUnicode(text, at))
        if char.isspace() or raw.FPDFText_IsGenerated(text, at):
            continue
        left, right, bottom, top = (c_double() for _ in range(4))
        raw.FPDFText_GetCharBox(text, at, byref(left), byref(right), byref(bottom), byref(top))
        matrix = raw.FS_MATRIX()
        raw.FPDFText_GetMatrix(text, at, byref(matrix))
        size = raw.FPDFText_GetFontSize(text, at) * matrix.d
        box = (left.value, height - top.value, right.value, height - bottom.value)
        found.append(Char(char, size, *(side / PT_PER_MM for side in box)))
    return found


def streams_of(pdf: bytes) -> list[tuple[bytes, bytes]]:
    """Every stream with its dictionary, its filters undone; found by the file's own lengths."""
    found = []
    for start in re.finditer(rb"(<<(?:[^<>]|<<[^<>]*>>|<[0-9A-Fa-f]*>)*>>)\nstream\n", pdf):
        length = int(re.search(rb"/Length (\d+)", start[1])[1])
        content = pdf[start.end() : start.end() + length]
        assert pdf[start.end() + length :].startswith(b"\nendstream\n")
        if b"ASCII85Decode" in start[1]:
            content = a85decode(content.strip().removesuffix(b"~>"))
        if b"FlateDecode" in start[1]:
            content = zlib.decompress(content)
        found.append((start[1], content))
    assert len(found) == len(re.findall(rb"\nendstream\n", pdf))
    return found
