"""First reading of the bundles that came: nothing is admitted before all of it is proven.

Every line's framing, every body's digest, the tree up to the signed root, and an erase for
every body that is missing. Memory stays flat: per bundle one digest is kept, so that the
second reading knows it reads the same bytes; per batch.close one frontier (≤ 2 KB).
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, cast

import msgspec

from boards.model.errors import Fault, Refusal
from sync import wire
from sync.log import tiles, tree
from sync.log.bundle import unpacked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sync.log.checkpoint import Checkpoint
    from sync.seams import LogState

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
    """A body is gone and no erase explains it (DECISIONS 15)."""

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


class Proven(msgspec.Struct, frozen=True):
    """What the first reading found. `ends`: where stretches end, with the frontier there."""

    bundles: tuple[tuple[Bundle, bytes], ...]  # with the SHA-256 of the file
    ends: dict[int, tuple[bytes, ...]]  # size after a batch.close → frontier


def bundles(start: int, stop: int) -> tuple[Bundle, ...]:
    """The bundles that hold the leaves start..stop of a log of `stop` leaves."""
    return tuple(
        Bundle(tiles.rows_tile(n, width), n * tiles.WIDTH, width) for n, width in tiles.covering(start, stop)
    )


def lines(bundle: Bundle, raw: bytes) -> list[bytes]:
    """The lines of a bundle, without newlines; raises BundleDamaged, BundleMisfit."""
    parts = unpacked(raw, wire.BUNDLE_LIMIT_BYTES).split(b"\n")
    if len(parts) != bundle.width + 1 or parts[-1]:
        raise BundleMisfit(name=bundle.name)
    return parts[:-1]


class _Growing:
    """The tree as it grows, leaf by leaf, with its frontier at the sizes that matter."""

    def __init__(self, size: int, frontier: tuple[bytes, ...]) -> None:
        self.size, self.frontier = size, frontier
        self.waiting: list[bytes] = []

    def settled(self) -> tuple[bytes, ...]:
        self.frontier = tree.extended(self.size, self.frontier, self.waiting)
        self.size += len(self.waiting)
        self.waiting.clear()
        return self.frontier


def proven(read: Callable[[str], bytes], state: LogState, seen: Checkpoint, target: Checkpoint) -> Proven:
    """Prove the leaves from `state` to `target`, passing through the checkpoint seen before.

    Raises TreeMismatch when the root is another, BodyMismatch, BodyMissing, MalformedEvent,
    BundleDamaged, BundleMisfit. Whether a TreeMismatch is a fork is for the importer to find out.
    """
    growing = _Growing(state.size, state.frontier)
    ends: dict[int, tuple[bytes, ...]] = {}
    sums: list[tuple[Bundle, bytes]] = []
    gone: set[int] = set()
    passing = seen.size if state.size < seen.size else -1
    for bundle in bundles(state.size, target.size):
        raw = read(bundle.name)
        sums.append((bundle, hashlib.sha256(raw).digest()))
        for size, kind in _heads(bundle, raw, state.size, growing.waiting, gone):
            if kind == wire.Kind.CLOSE:
                ends[size] = growing.settled()
            if size == passing and tree.root(growing.settled()) != seen.root:
                raise TreeMismatch(origin=target.origin)
        growing.settled()
    if tree.root(growing.frontier) != target.root:
        raise TreeMismatch(origin=target.origin)
    if gone:
        raise BodyMissing(index=min(gone))
    ends[target.size] = growing.frontier
    return Proven(tuple(sums), ends)


def _heads(
    bundle: Bundle, raw: bytes, start: int, hashes: list[bytes], gone: set[int]
) -> Iterator[tuple[int, str]]:
    """Check each line and append its leaf hash; yields the size after it, and its kind."""
    framed, commitment, sha256 = wire.framed, wire.commitment, hashlib.sha256
    skip = max(0, start - bundle.first)
    for index, line in enumerate(lines(bundle, raw)[skip:], bundle.first + skip):
        head, body = framed(line, index)
        told = commitment(head, index)
        if body is None:
            gone.add(index)
        elif sha256(body).hexdigest() != told.body:
            raise BodyMismatch(index=index)
        elif told.kind == wire.Kind.ERASE:
            gone.difference_update(i for i in _erased(body, index) if i < index)
        hashes.append(sha256(b"\x00" + head).digest())
        yield index + 1, told.kind


def _erased(body: bytes, index: int) -> tuple[int, ...]:
    return cast("wire.EraseBody", wire.body_of(wire.Kind.ERASE, body, index)).indexes


def forked(read: Callable[[str], bytes], seen: Checkpoint, target: Checkpoint) -> bool:
    """True when the whole log as now published has the new root, but not the one seen before.

    Two checkpoints, both signed, that no single log can have: the county's log was rewritten.
    """
    growing, at_seen = _Growing(0, ()), tree.EMPTY_ROOT
    for bundle in bundles(0, target.size):
        for index, line in enumerate(lines(bundle, read(bundle.name)), bundle.first + 1):
            growing.waiting.append(tree.leaf_hash(wire.framed(line, index)[0]))
            if index == seen.size:
                at_seen = tree.root(growing.settled())
        growing.settled()
    return tree.root(growing.frontier) == target.root and at_seen != seen.root
