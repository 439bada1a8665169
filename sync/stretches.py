"""Second reading: proven leaves, streamed to the archive in stretches that end behind a batch.close.

Each body passes the privacy gate on its way: a body that holds an ID, card or private phone
number is withheld, and its leaf says so (`trouble="privacy"`).
"""

from __future__ import annotations

import hashlib
from array import array
from itertools import chain, islice
from typing import TYPE_CHECKING

from boards.model.errors import Fault, Refusal
from sync import wire
from sync.gate import PrivacyGate
from sync.log.bundle import inflated
from sync.seams import Leaf, LogState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sync.proof import Looked, Proven


class SpoolChanged(Refusal):
    """A bundle changed between the two readings."""

    code = "spool-changed"
    fault = Fault.MACHINE
    sentence = "接收过程中数据文件 {name} 被改动，已停止。"
    advice = "请重新同步；若反复出现，请检查这台机器的存储卡。"


ENOUGH = 8_192
"""Events after which a stretch ends at the next close: each is a transaction, and small lists share one."""


class ProvenStretch:
    """Leaves up to and including a batch.close, to be taken once (`sync.seams.Stretch`)."""

    def __init__(self, leaves: Iterator[Leaf], ends: dict[int, tuple[bytes, ...]], state: LogState) -> None:
        """Start after `state`; `leaves` is shared by the stretches of one journey."""
        self.leaves, self.ends, self.reached = leaves, ends, state

    def __iter__(self) -> Iterator[Leaf]:
        """Yield the leaves; `reached` is the state after them once they are all taken."""
        before = self.reached
        size = min((end for end in self.ends if end >= before.size + ENOUGH), default=max(self.ends))
        yield from islice(self.leaves, size - before.size)
        self.reached = LogState(before.origin, size, self.ends[size], before.note)


def leaves(read: Callable[[str], bytes], proof: Proven, start: int) -> Iterator[Leaf]:
    """All proven leaves from `start`; raises SpoolChanged."""
    gate = PrivacyGate()
    return chain.from_iterable(_leaves(read(one.bundle.name), one, start, gate) for one in proof.bundles)


def _leaves(raw: bytes, looked: Looked, start: int, gate: PrivacyGate) -> Iterator[Leaf]:
    bundle, hashes = looked.bundle, looked.hashes
    if hashlib.sha256(raw).digest() != looked.digest:
        raise SpoolChanged(name=bundle.name)
    first = max(start, bundle.first)
    data = inflated(raw, wire.BUNDLE_LIMIT_BYTES)  # these very bytes were accepted before
    lines = data.split(b"\n", first - bundle.first)[-1]
    heads, bodies = wire.all_cut(lines, array("H", looked.heads), array("H", looked.bodies))
    troubles = [""] * len(heads)
    for at in gate.held_back(heads, bodies):
        bodies[at], troubles[at] = None, "privacy"
    each = [hashes[at : at + 32] for at in range(0, len(hashes), 32)]
    return map(Leaf, range(first, first + len(heads)), heads, bodies, troubles, each)
