"""One gzip member around the lines of a bundle, in one strict form.

Plain gzip leaves bytes that may change without changing the content (time stamps, padding,
several codings of one match). Here the header is fixed, its comment holds the SHA-256 of the
compressed bytes, and nothing may follow: a bundle damaged anywhere is known as damaged by
itself, before it is inflated. `zcat` reads it as any other. Trust comes from the tree alone.
"""

from __future__ import annotations

import hashlib
import struct
import zlib

from boards.model.errors import Fault, Refusal

_HEADER = b"\x1f\x8b\x08\x10\x00\x00\x00\x00\x02\xff"  # deflate, comment follows, no time, no system
_DIGEST_END = len(_HEADER) + 64
_DATA_START = _DIGEST_END + 1
_TRAILER = 8


class BundleDamaged(Refusal):
    """A bundle of rows is not what was published."""

    code = "bundle-damaged"
    fault = Fault.ROAD
    sentence = "数据文件在传输中损坏（{why}）。"
    advice = "本村公开内容不变；稍后会重新取，仍不行请检查网络或U盘。"


def packed(data: bytes, level: int = 9) -> bytes:
    """The gzip file over the lines of a bundle."""
    press = zlib.compressobj(level, zlib.DEFLATED, -15)
    deflated = press.compress(data) + press.flush()
    digest = hashlib.sha256(deflated).hexdigest().encode()
    return _HEADER + digest + b"\x00" + deflated + struct.pack("<II", zlib.crc32(data), len(data))


def is_whole(raw: bytes) -> bool:
    """True when the compressed bytes are those the header names; says nothing of whom they are from."""
    return hashlib.sha256(raw[_DATA_START:-_TRAILER]).hexdigest().encode() == raw[len(_HEADER) : _DIGEST_END]


def unpacked(raw: bytes, limit: int) -> bytes:
    """The lines of a bundle, never inflating more than `limit` bytes; raises BundleDamaged."""
    whole_header = raw.startswith(_HEADER) and raw[_DIGEST_END:_DATA_START] == b"\x00"
    if not whole_header or len(raw) <= _DATA_START + _TRAILER:
        raise BundleDamaged(why="文件头不对")
    if not is_whole(raw):
        raise BundleDamaged(why="校验和不符")
    data = inflated(raw, limit)
    if struct.pack("<II", zlib.crc32(data), len(data)) != raw[-_TRAILER:]:
        raise BundleDamaged(why="长度或校验不符")
    return data


def inflated(raw: bytes, limit: int) -> bytes:
    """What `unpacked` gives for bytes it has accepted before; alone it does not notice every change."""
    deflated = raw[_DATA_START:-_TRAILER]
    inflate = zlib.decompressobj(-15)
    try:
        data = inflate.decompress(deflated, limit + 1)
    except zlib.error as e:
        raise BundleDamaged(why="无法解压") from e
    if len(data) > limit:
        raise BundleDamaged(why=f"解压后超过 {limit} 字节")
    if not inflate.eof or inflate.unused_data or inflate.unconsumed_tail:
        raise BundleDamaged(why="压缩内容不完整或有多余")
    return data
