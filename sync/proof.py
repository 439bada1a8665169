"""First reading of the bundles that came: nothing is admitted before all of it is proven.

Every line's framing, every body's digest, the tree up to the signed root, and an erase for
every body that is missing. Little is kept: per bundle its digest, so that the second reading knows it
reads the same bytes, and 36 bytes a line; per batch.close one frontier (≤ 2 KB).
"""

from __future__ import annotations

import hashlib
from array import array
from typing import TYPE_CHECKING, cast

import msgspec

from boards.model.errors import Fault, Refusal
from sync import wire
from sync.log import tiles, tree
from sync.log.bundle import unpacked

if TYPE_CHECKING:
    from collections.abc import Callable

    from sync.log.checkpoint import Checkpoint
    from sync.seams import LogState

_PUBLISH = wire.Kind.PUBLISH.value  # a plain text: asked for every line
_STAYS = "本村公开内容不变；"


class TreeMismatch(Refusal):
    """The rows are not those the county signed."""

    code = "tree-mismatch"
    fault = Fault.ROAD
    sentence = "{origin} 的数据与县里签名的不一致，没有接收。"
    advice = _STAYS + "稍后会重新取；若反复出现，请换一个数据来源并通知县里。"


class BodyMismatch(Refusal):
    """A body is not the one its signed head commits to."""

    code = "body-mismatch"
    fault = Fault.ROAD
    sentence = "第 {index} 条记录的内容与签名不一致，没有接收。"
    advice = _STAYS + "稍后会重新取；若反复出现，请通知县里。"


class BodyMissing(Refusal):
    """A body is gone and no erase explains it (settled §15)."""

    code = "body-missing"
    fault = Fault.COUNTY
    sentence = "第 {index} 条记录没有内容，县里也没有发布删除说明。"
    advice = _STAYS + "请通知县里重新发布。"


class BundleMisfit(Refusal):
    """A bundle does not hold as many lines as its name says."""

    code = "bundle-misfit"
    fault = Fault.ROAD
    sentence = "数据文件 {name} 的条数不对。"
    advice = _STAYS + "稍后会重新取；若反复出现，请通知县里。"


class Bundle(msgspec.Struct, frozen=True):
    """One bundle of the journey: its name, the index of its first line, how many lines."""

    name: str
    first: int
    width: int


class Looked(msgspec.Struct, frozen=True):
    """A bundle after the first reading: what the second one needs to read the same, faster."""

    bundle: Bundle
    digest: bytes  # SHA-256 of the file
    heads: bytes  # length of each head, two bytes each, of the lines not skipped
    bodies: bytes  # of each body, as it is written
    hashes: bytes  # leaf hash of each of these lines, 32 bytes each


class Proven(msgspec.Struct, frozen=True):
    """What the first reading found. `ends`: where stretches end, with the frontier there."""

    bundles: tuple[Looked, ...]
    ends: dict[int, tuple[bytes, ...]]  # size after a batch.close → frontier


def bundles(start: int, stop: int) -> tuple[Bundle, ...]:
    """The bundles that hold the leaves start..stop of a log of `stop` leaves."""
    return tuple(
        Bundle(tiles.tile("rows", n, width), n * tiles.WIDTH, width)
        for n, width in tiles.covering(start, stop)
    )


def lines(bundle: Bundle, raw: bytes, start: int) -> bytes:
    """The lines of a bundle from a log index on; raises BundleDamaged, BundleMisfit."""
    data = unpacked(raw, wire.BUNDLE_LIMIT_BYTES)
    if not data.endswith(b"\n"):
        raise BundleMisfit(name=bundle.name)
    return data.split(b"\n", start - bundle.first)[-1]


def _committed(bundle: Bundle, raw: bytes, start: int) -> wire.Committed:
    """Heads, bodies and commitments of these lines, as many as the bundle's name says."""
    found = wire.all_committed(lines(bundle, raw, start), start)
    if len(found[0]) != bundle.first + bundle.width - start:
        raise BundleMisfit(name=bundle.name)
    return found


def _read(bundle: Bundle, raw: bytes, start: int, gone: set[int]) -> tuple[Looked, list[bytes], list[int]]:
    """Check the lines of one bundle from a log index on: leaf hashes, and the log's size after each close.

    `gone` gathers the indexes without body, and loses those an erase explains. Raises BodyMismatch.
    """
    sha256, closes = hashlib.sha256, list[int]()
    heads, bodies, commitments = _committed(bundle, raw, start)
    digests = [None if body is None else sha256(body).hexdigest() for body in bodies]
    if digests != [one.body for one in commitments]:
        for index, (digest, one) in enumerate(zip(digests, commitments, strict=True), start):
            if digest is None:
                gone.add(index)
            elif digest != one.body:
                raise BodyMismatch(index=index)
    if {one.kind for one in commitments} != {_PUBLISH}:
        for index, (body, one) in enumerate(zip(bodies, commitments, strict=True), start):
            if one.kind == wire.Kind.CLOSE:
                closes.append(index + 1)
            elif one.kind == wire.Kind.ERASE and body is not None:
                erase = cast("wire.EraseBody", wire.body_of(one.kind, body, index))
                gone.difference_update(i for i in erase.indexes if i < index)
    hashes = [sha256(b"\x00" + head).digest() for head in heads]
    in_heads = array("H", map(len, heads)).tobytes()
    in_bodies = array("H", [len(body or b"null") for body in bodies]).tobytes()
    return Looked(bundle, sha256(raw).digest(), in_heads, in_bodies, b"".join(hashes)), hashes, closes


def proven(read: Callable[[str], bytes], state: LogState, seen: Checkpoint, target: Checkpoint) -> Proven:
    """Prove the leaves from `state` to `target`, passing through the checkpoint seen before.

    Raises TreeMismatch when the root is another, BodyMismatch, BodyMissing, MalformedEvent,
    BundleDamaged, BundleMisfit. Whether a TreeMismatch is a fork is for the importer to find out.
    """
    size, frontier = state.size, state.frontier
    ends: dict[int, tuple[bytes, ...]] = {}
    looked: list[Looked] = []
    gone: set[int] = set()
    for bundle in bundles(state.size, target.size):
        start = size
        one, hashes, closes = _read(bundle, read(bundle.name), start, gone)
        looked.append(one)
        for stop in sorted({*closes, seen.size, start + len(hashes)}):
            if start < stop <= start + len(hashes):
                frontier = tree.extended(size, frontier, hashes[size - start : stop - start])
                size = stop
                if size in closes:
                    ends[size] = frontier
                if size == seen.size and tree.root(frontier) != seen.root:
                    raise TreeMismatch(origin=target.origin)
    if tree.root(frontier) != target.root:
        raise TreeMismatch(origin=target.origin)
    if gone:
        raise BodyMissing(index=min(gone))
    ends[target.size] = frontier
    return Proven(tuple(looked), ends)


def forked(read: Callable[[str], bytes], seen: Checkpoint, target: Checkpoint) -> bool:
    """True when the whole log as now published has the new root, but not the one seen before.

    Two checkpoints, both signed, that no single log can have: the county's log was rewritten.
    """
    frontier: tuple[bytes, ...] = ()
    at_seen = tree.EMPTY_ROOT
    for bundle in bundles(0, target.size):
        first = bundle.first
        heads, *_ = _committed(bundle, read(bundle.name), first)
        hashes = [tree.leaf_hash(head) for head in heads]
        if first < seen.size <= first + len(hashes):
            at_seen = tree.root(tree.extended(first, frontier, hashes[: seen.size - first]))
        frontier = tree.extended(first, frontier, hashes)
    return tree.root(frontier) == target.root and at_seen != seen.root
