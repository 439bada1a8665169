"""The Merkle tree of RFC 6962 §2.1: hashes and the compact range. Pure.

A compact range (`frontier`) of a tree of n leaves holds the roots of its maximal full
subtrees, left to right: one for each bit set in n. It is all one needs to extend the tree
and to know its root: at most 64 hashes, for any number of leaves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

_sha256 = hashlib.sha256
EMPTY_ROOT = _sha256(b"").digest()


def leaf_hash(leaf: bytes) -> bytes:
    """Hash of one leaf: SHA-256(0x00 ‖ leaf)."""
    return _sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node: SHA-256(0x01 ‖ left ‖ right)."""
    return _sha256(b"\x01" + left + right).digest()


def extended(size: int, frontier: Sequence[bytes], leaves: Iterable[bytes]) -> tuple[bytes, ...]:
    """The frontier after appending these leaf hashes to a tree of `size` leaves.

    Level by level: the frontier's node of this height, if there is one, stands before the new
    ones; pairs go up, a node left over is the new frontier's node of this height.
    """
    waiting, level, left = list(frontier), list(leaves), []
    while level or size:
        if size & 1:
            level.insert(0, waiting.pop())
        if len(level) & 1:
            left.append(level.pop())
        nodes = iter(level)
        level = [_sha256(b"\x01" + one + two).digest() for one, two in zip(nodes, nodes, strict=True)]
        size >>= 1
    return tuple(reversed(left))


def root(frontier: Sequence[bytes]) -> bytes:
    """The root of the tree the frontier stands for."""
    if not frontier:
        return EMPTY_ROOT
    *rest, node = frontier
    for left in reversed(rest):
        node = node_hash(left, node)
    return node


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over leaf hashes from the beginning."""
    return root(extended(0, (), leaves))


def inclusion_paths(leaves: Sequence[bytes], wanted: Iterable[int]) -> dict[int, tuple[bytes, ...]]:
    """The audit path of each wanted leaf (RFC 6962 §2.1.1): its sibling first, the root's child last.

    Level by level; the last node of an odd level goes up as it is, which is the standard's splitting.
    """
    places = {index: index for index in wanted}
    paths: dict[int, list[bytes]] = {index: [] for index in places}
    level = list(leaves)
    while len(level) > 1:
        for index, place in places.items():
            if (beside := place ^ 1) < len(level):
                paths[index].append(level[beside])
            places[index] = place >> 1
        nodes = iter(level)
        left = level[-1:] if len(level) & 1 else []
        level = [node_hash(one, two) for one, two in zip(nodes, nodes, strict=False)] + left
    return {index: tuple(path) for index, path in paths.items()}
