"""The Merkle tree against RFC 6962's own numbers and an independent implementation."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tlog_scales import tlog
from tlog_scales.reader import TilesReader

from sync.log import tree
from tests.line import tree_proofs

LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def hashes(count, seed=b""):
    """Leaf hashes of a made-up log."""
    return [tree.leaf_hash(seed + str(n).encode()) for n in range(count)]


class Memory(TilesReader):
    """tlog-scales over hashes in memory: its proofs, our leaves."""

    def __init__(self, leaves):
        self.leaves, self.size = leaves, len(leaves)

    def mth(self, start, end):
        if end - start == 1:
            return self.leaves[start]
        if end == start:
            return hashlib.sha256(b"").digest()
        k = 1 << ((end - start - 1).bit_length() - 1)
        return hashlib.sha256(b"\x01" + self.mth(start, start + k) + self.mth(start + k, end)).digest()


@pytest.mark.parametrize("count", range(1, 9))
def test_the_eight_leaves_of_rfc_6962(count):
    """The roots everybody else computes."""
    leaves = [tree.leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES[:count]]
    assert tree.root_of(leaves).hex() == ROOTS[count - 1]


def test_the_empty_tree_has_a_root():
    """SHA-256 of nothing."""
    assert tree.root(()) == hashlib.sha256(b"").digest()


@given(count=st.integers(0, 600), cuts=st.lists(st.integers(0, 600), max_size=6))
@settings(max_examples=40)
def test_growing_in_pieces_is_growing_at_once(count, cuts):
    """However a log arrives, its root is the same, and the frontier holds one hash for each bit of its size."""
    leaves, frontier, size = hashes(count), (), 0
    for cut in [*sorted(min(c, count) for c in cuts), count]:
        frontier = tree.extended(size, frontier, leaves[size:cut])
        size = cut
        assert len(frontier) == size.bit_count()
    assert tree.root(frontier) == tree.root_of(leaves) == Memory(leaves).calculate_root_hash()


@given(data=st.data(), size=st.integers(1, 300))
@settings(max_examples=40)
def test_inclusion_proofs_agree_with_tlog_scales(data, size):
    """We make their proofs, they accept ours, and a proof for another leaf is worth nothing."""
    index, leaves = data.draw(st.integers(0, size - 1)), hashes(size)
    root, proof = tree.root_of(leaves), tree_proofs.inclusion_proof(index, leaves)
    assert proof == Memory(leaves).get_inclusion_proof(index, size).node_hashes
    tlog.InclusionProof(index, size, proof).check(leaves[index], root)
    assert tree_proofs.includes(index, size, leaves[index], proof, root)
    assert not tree_proofs.includes(index, size, tree.leaf_hash(b"other"), proof, root)
    assert not tree_proofs.includes(index + 1, size, leaves[index], proof, root)
    assert not tree_proofs.includes(index, size, leaves[index], [*proof, root], root)
    assert not proof or not tree_proofs.includes(index, size, leaves[index], proof[:-1], root)


@given(data=st.data(), size=st.integers(1, 600))
@settings(max_examples=40)
def test_many_paths_at_once_are_each_the_standards_own(data, size):
    """What an export writes of a whole year is, leaf by leaf, PATH of the standard."""
    leaves = hashes(size)
    wanted = data.draw(st.sets(st.integers(0, size - 1), max_size=9))
    paths = tree.inclusion_paths(leaves, wanted)
    assert {index: [*path] for index, path in paths.items()} == {
        index: tree_proofs.inclusion_proof(index, leaves) for index in wanted
    }
    for index, path in paths.items():
        tlog.InclusionProof(index, size, [*path]).check(leaves[index], tree.root_of(leaves))


@given(data=st.data(), new=st.integers(1, 300))
@settings(max_examples=40)
def test_consistency_proofs_agree_with_tlog_scales(data, new):
    """An extension is proven; a rewritten past is not."""
    old, leaves = data.draw(st.integers(0, new)), hashes(new)
    old_root, root = tree.root_of(leaves[:old]), tree.root_of(leaves)
    proof = tree_proofs.consistency_proof(old, leaves)
    if old:
        assert proof == Memory(leaves).get_consistency_proof(old, new).node_hashes
        tlog.ConsistencyProof(old, new, proof).check(old_root, root)
        other = tree.root_of(hashes(old, b"rewritten"))
        assert not tree_proofs.consistent(old, new, other, root, proof)
        assert not tree_proofs.consistent(old, new, old_root, other, proof)
    assert tree_proofs.consistent(old, new, old_root, root, proof)
    assert not tree_proofs.consistent(old, new, old_root, root, [*proof, root])
