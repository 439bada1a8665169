"""What of a picture or PDF can be read without drawing it: remarks, properties, readable streams.

Pixels are left alone: two bytes in a compressed picture mean nothing. Words drawn with a font of
their own cannot be read here either, which is why a person looks at every file (P8).
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator

PNG, JPEG, PDF = "image/png", "image/jpeg", "application/pdf"
INFLATED_LIMIT_BYTES = 4 << 20
_SPOKEN_CHUNKS = {b"tEXt", b"iTXt", b"zTXt", b"eXIf"}
_ZLIB = re.compile(rb"\x78[\x01\x5e\x9c\xda]")  # how a compressed remark begins, after its name
_PACKED_WITHIN = 400
STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_HEX_TEXT = re.compile(rb"<\s*([0-9A-Fa-f][0-9A-Fa-f\s]*)>")
_OCTAL = re.compile(rb"\\([0-3][0-7]{2})")


def readable(kind: str, data: bytes) -> Iterator[bytes]:
    """Parts of a file that carry words or properties."""
    yield from {PNG: _png, JPEG: _jpeg, PDF: _pdf}[kind](data)


def _png(data: bytes) -> Iterator[bytes]:
    at = 8
    while at + 8 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        if kind in _SPOKEN_CHUNKS:
            yield body
            for packed in _ZLIB.finditer(body[:_PACKED_WITHIN]):
                yield from inflated(body[packed.start() :])
        at += 12 + length


def _jpeg(data: bytes) -> Iterator[bytes]:
    """Segments before the picture itself: APPn (EXIF, XMP) and remarks."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker, (length,) = data[at + 1], struct.unpack_from(">H", data, at + 2)
        if marker == 0xDA:  # the picture begins
            return
        if 0xE0 <= marker <= 0xEF or marker == 0xFE:
            yield data[at + 4 : at + 2 + length]
        at += 2 + max(length, 2)


def _pdf(data: bytes) -> Iterator[bytes]:
    outside = STREAM.sub(b" ", data)
    yield _OCTAL.sub(lambda found: bytes([int(found[1], 8)]), outside)
    for found in _HEX_TEXT.finditer(outside):
        digits = re.sub(rb"\s", b"", found[1])
        yield bytes.fromhex(digits[: len(digits) // 2 * 2].decode())
    for stream in STREAM.finditer(data):
        yield from inflated(stream[1])


def inflated(raw: bytes) -> Iterator[bytes]:
    """A packed stream's bytes, bounded; nothing where it is packed otherwise."""
    try:
        yield zlib.decompressobj().decompress(raw, INFLATED_LIMIT_BYTES)
    except zlib.error:
        return
