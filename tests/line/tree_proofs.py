"""Proofs of inclusion and consistency (RFC 6962 §2.1, RFC 9162 §2.1): kept here until a command gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.log import tree

if TYPE_CHECKING:
    from collections.abc import Sequence


def _split(size: int) -> int:
    """The largest power of two smaller than `size` (≥ 2)."""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion_proof(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """PATH(index, leaves): the siblings from leaf to root."""
    if len(leaves) <= 1:
        return []
    k = _split(len(leaves))
    if index < k:
        return [*inclusion_proof(index, leaves[:k]), tree.root_of(leaves[k:])]
    return [*inclusion_proof(index - k, leaves[k:]), tree.root_of(leaves[:k])]


def includes(index: int, size: int, leaf: bytes, proof: Sequence[bytes], expected_root: bytes) -> bool:
    """True when the proof shows `leaf` (a leaf hash) at `index` of the tree (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size:
        return False
    fn, sn, node = index, size - 1, leaf
    for sibling in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            node = tree.node_hash(sibling, node)
            fn, sn = _up_to_right_child(fn, sn)
        else:
            node = tree.node_hash(node, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and node == expected_root


def _up_to_right_child(fn: int, sn: int) -> tuple[int, int]:
    """Skip the levels on which the last node of an incomplete tree has no sibling."""
    while fn and not fn & 1:
        fn, sn = fn >> 1, sn >> 1
    return fn, sn


def consistency_proof(old: int, leaves: Sequence[bytes]) -> list[bytes]:
    """PROOF(old, leaves): what shows that the first `old` leaves are unchanged."""
    return [] if old in (0, len(leaves)) else _subproof(old, leaves, whole=True)


def _subproof(old: int, leaves: Sequence[bytes], *, whole: bool) -> list[bytes]:
    if old == len(leaves):
        return [] if whole else [tree.root_of(leaves)]
    k = _split(len(leaves))
    if old <= k:
        return [*_subproof(old, leaves[:k], whole=whole), tree.root_of(leaves[k:])]
    return [*_subproof(old - k, leaves[k:], whole=False), tree.root_of(leaves[:k])]


def consistent(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """True when the proof shows that the new tree extends the old one (RFC 9162 §2.1.4.2)."""
    if old == new:
        return not proof and old_root == new_root
    if old == 0:
        return not proof and old_root == tree.EMPTY_ROOT
    if not 0 < old < new or not proof:
        return False
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    return _walked(fn, sn, path) == (old_root, new_root)


def _walked(fn: int, sn: int, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    fr = sr = path[0]
    for node in path[1:]:
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            fr, sr = tree.node_hash(node, fr), tree.node_hash(node, sr)
            fn, sn = _up_to_right_child(fn, sn)
        else:
            sr = tree.node_hash(sr, node)
        fn, sn = fn >> 1, sn >> 1
    return (fr, sr) if sn == 0 else None
