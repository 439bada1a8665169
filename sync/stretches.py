"""Second reading: proven leaves, streamed to the archive in stretches that end at a batch.close.

Each body passes the privacy gate on its way: a body that holds an ID, card or private phone
number is withheld, and its leaf says so (`trouble="privacy"`).
"""

from __future__ import annotations

import hashlib
from array import array
from itertools import islice
from typing import TYPE_CHECKING

from boards.model.errors import Fault, Refusal
from sync import wire
from sync.gate import PrivacyGate
from sync.log.bundle import inflated
from sync.seams import Leaf, LogState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sync.proof import Proven


class SpoolChanged(Refusal):
    """A bundle changed between the two readings."""

    code = "spool-changed"
    fault = Fault.MACHINE
    sentence = "接收过程中数据文件 {name} 被改动，已停止。"
    advice = "请重新同步；若反复出现，请检查这台机器的存储卡。"


class ProvenStretch:
    """Leaves up to and including one batch.close, to be taken once (`sync.seams.Stretch`)."""

    def __init__(self, leaves: Iterator[Leaf], ends: dict[int, tuple[bytes, ...]], state: LogState) -> None:
        """Start after `state`; `leaves` is shared by the stretches of one journey."""
        self.leaves, self.ends, self.state = leaves, ends, state

    def __iter__(self) -> Iterator[Leaf]:
        """Yield the leaves; `reached` is right once they are all taken."""
        size = min(end for end in self.ends if end > self.state.size)
        yield from islice(self.leaves, size - self.state.size)
        self.state = LogState(self.state.origin, size, self.ends[size], self.state.note)

    @property
    def reached(self) -> LogState:
        """State of the log after the leaves taken."""
        return self.state


def leaves(read: Callable[[str], bytes], proof: Proven, start: int) -> Iterator[Leaf]:
    """All proven leaves from `start`; raises SpoolChanged."""
    gate = PrivacyGate()
    for looked in proof.bundles:
        bundle, lengths = looked.bundle, array("H", looked.heads)
        raw = read(bundle.name)
        if hashlib.sha256(raw).digest() != looked.digest:
            raise SpoolChanged(name=bundle.name)
        first = max(start, bundle.first)
        parts = inflated(raw, wire.BUNDLE_LIMIT_BYTES).split(b"\n")  # these very bytes were accepted before
        heads, bodies = wire.all_cut(parts[first - bundle.first : -1], lengths)
        held = gate.held_back(heads, bodies)
        if held:
            yield from _withheld(first, heads, bodies, held)
        else:
            yield from map(Leaf, range(first, first + len(heads)), heads, bodies)


def _withheld(first: int, heads: list[bytes], bodies: list[bytes | None], held: set[int]) -> Iterator[Leaf]:
    for at, (head, body) in enumerate(zip(heads, bodies, strict=True)):
        yield Leaf(first + at, head, None, "privacy") if at in held else Leaf(first + at, head, body)
