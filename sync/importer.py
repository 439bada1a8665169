"""The one door into the archive: a village's log as the county has it, brought here.

Two readings of what came: the first proves all of it (`sync.proof`), the second admits it
stretch by stretch (`sync.stretches`), each stretch one transaction of the shelf. It may be
stopped at any moment and repeated at will; bundles already fetched are not fetched again.
"""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, NoReturn

import msgspec

from boards.model.errors import Fault, Refusal
from sync.carriers.road import ON_THE_WAY, NotOnTheRoad
from sync.log import tree
from sync.log.checkpoint import Checkpoint, checkpoint
from sync.log.note import parse
from sync.proof import BodyMissing, Proven, TreeMismatch, forked, proven
from sync.seams import Admitted, Healing, LogState, Shelf, Source
from sync.stretches import ProvenStretch, leaves
from sync.trust.seats import Voices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.carriers.spool import Spool
    from sync.trust.seats import Trust

_TRIES = 3  # the log may grow while it is read
_AHEAD = timedelta(days=1)  # a heartbeat beyond this machine's clock gives way to any that is not
_NOBODY = Voices(frozenset(), None)


class LogShorter(Refusal):
    """The source is older than what is here: nothing new, as from an old stick."""

    code = "log-shorter"
    fault = Fault.ROAD
    sentence = "来源里的数据比本机已有的旧（{got} 条，本机 {here} 条），没有新内容。"
    advice = "若是U盘，请换一个新的；若是县里的网站，请通知县里：已发布的记录不能变少。"


class LogForked(Refusal):
    """Two signed checkpoints that no single log can have."""

    code = "log-forked"
    fault = Fault.COUNTY
    sentence = "县里 {origin} 的记录前后不一致（分叉），已停止接收并保留证据。"
    advice = "本村公开内容不变；请立即报告县农业农村局和监督部门。"


class Caught(msgspec.Struct, frozen=True, kw_only=True):
    """What one pull brought."""

    village: str
    before: int  # leaves here before
    size: int  # leaves here now
    admitted: tuple[Admitted, ...] = ()
    heard: datetime | None = None  # the newest heartbeat under what is here (settled 55)

    @property
    def nothing_new(self) -> bool:
        """True when everything was here already."""
        return self.size == self.before

    @property
    def rows(self) -> int:
        """Payouts that came onto a board."""
        return sum(part.rows for part in self.admitted)


async def catch_up(  # noqa: PLR0913, PLR0917 - the world arrives as arguments
    source: Source, shelf: Shelf, trust: Trust, spool: Spool, village: str, now: datetime
) -> Caught:
    """Bring this village up to date. Safe to stop at any moment; safe to repeat.

    Raises LogShorter, LogForked, TreeMismatch and the refusals of the source, the trust and
    the bundles; whatever is raised, nothing unproven has been admitted.
    """
    journey = _Journey(source, shelf, trust, spool, village, now)
    with spool.taken(village), _judged(source, village):
        for left in reversed(range(_TRIES)):
            note = await asyncio.to_thread(source.checkpoint, village)
            try:
                return await journey.brought(note)
            except (NotOnTheRoad, BodyMissing):  # a bundle that grew, or an erasure while it was read
                grown = await asyncio.to_thread(source.checkpoint, village) != note
                if not (left and grown):
                    raise
    raise AssertionError


async def fetch_anew(  # noqa: PLR0913, PLR0917 - the world arrives as arguments
    source: Source, shelf: Healing, trust: Trust, spool: Spool, village: str, now: datetime
) -> int:
    """Bring a village's whole log here again, in place of one that is damaged; how many leaves it has.

    Proven like any other, and through the newest checkpoint seen before, where its signatures
    still stand. Raises what `catch_up` raises; until the new one is proven the old one stays.
    """
    journey = _Journey(source, shelf, trust, spool, village, now)
    with spool.taken(village), _judged(source, village):
        note = await asyncio.to_thread(source.checkpoint, village)
        size = await shelf.replace(village, await journey.whole(note), now)
        spool.forget(village)
    return size


@contextmanager
def _judged(source: Source, village: str) -> Iterator[None]:
    """Tell the source what became of what it brought: only what was verified whole may be known again."""
    try:
        yield
    except BaseException:
        source.doubted(village)
        raise
    source.believed(village)


@dataclass(frozen=True)
class _Journey:
    """One pull of one village's log."""

    source: Source
    shelf: Shelf
    trust: Trust
    spool: Spool
    village: str
    now: datetime

    async def brought(self, note: bytes) -> Caught:
        """Verify, compare, prove, admit."""
        target = self.trust.verified(self.village, note)
        state = await self.shelf.log_state(target.origin)
        seen = Checkpoint(state.origin, state.size, tree.root(state.frontier))
        if state.note:  # verified before; after a stop it may be ahead of what was admitted
            seen = checkpoint(parse(state.note).text)
        if target.size < max(seen.size, state.size):
            raise LogShorter(got=target.size, here=max(seen.size, state.size))
        if target.size == seen.size and target.root != seen.root:
            await self._freeze(state.note, note, target.origin)
        heard = max((self._voices(one).heard for one in (state.note, note)), key=self._believable)
        if state.size == target.size:
            if self._speaks_for(note, better_than=state.note):
                await self.shelf.sign_anew(target.origin, note)
            return Caught(village=self.village, before=state.size, size=state.size, heard=heard)
        proof = await self._proven(state, seen, target, note)
        parts = await self._admitted(LogState(target.origin, state.size, state.frontier, note), proof)
        self.spool.forget(self.village)
        return Caught(village=self.village, before=state.size, size=target.size, admitted=parts, heard=heard)

    async def whole(self, note: bytes) -> ProvenStretch:
        """The log from its first leaf on, proven."""
        target = self.trust.verified(self.village, note)
        old = (await self.shelf.log_state(target.origin)).note
        try:  # it was verified when it came: who may sign has changed since, perhaps (settled 54)
            seen = checkpoint(parse(old).text)
        except Refusal:  # there is none, or none that can be read
            seen = Checkpoint(target.origin, 0, tree.EMPTY_ROOT)
        if target.size < seen.size:
            raise LogShorter(got=target.size, here=seen.size)
        proof = await self._proven(LogState(target.origin, note=old), seen, target, note)
        stream = leaves(partial(self.spool.read, self.village), proof, 0)
        return ProvenStretch(
            stream, {target.size: proof.ends[target.size]}, LogState(target.origin, note=note)
        )

    def _speaks_for(self, note: bytes, better_than: bytes) -> bool:
        """Whether a note of the same leaves takes the old one's place: no seat fewer, no older heartbeat.

        Where the old one's signatures hold no longer, any that does (settled 54).
        """
        try:
            self.trust.verified(self.village, better_than)
        except Refusal:
            return better_than != note
        was, now = self._voices(better_than), self._voices(note)
        younger = self._believable(now.heard) >= self._believable(was.heard)
        return was != now and len(now.seats) >= len(was.seats) and younger

    def _voices(self, note: bytes) -> Voices:
        try:
            return self.trust.voices(note)
        except Refusal:
            return _NOBODY

    def _believable(self, heard: datetime | None) -> tuple[bool, float]:
        """How heartbeats are ordered: by time, behind any that is ahead of this machine's clock."""
        if heard is None:
            return False, 0.0
        return heard <= self.now + _AHEAD, heard.timestamp()

    async def _freeze(self, old: bytes, new: bytes, origin: str) -> NoReturn:
        """Keep both checkpoints as evidence and take nothing more of this log."""
        await self.shelf.freeze(origin, (old, new), self.now)
        raise LogForked(origin=origin)

    async def _proven(self, state: LogState, seen: Checkpoint, target: Checkpoint, note: bytes) -> Proven:
        """Fetch what is missing and prove it. What cannot be proven is dropped, to come afresh."""
        try:
            return await asyncio.to_thread(proven, self._read, state, seen, target)
        except TreeMismatch:
            self.spool.forget(self.village)
            if seen.size and await asyncio.to_thread(forked, self._read, seen, target):
                await self._freeze(state.note, note, target.origin)
            self.spool.forget(self.village)
            raise
        except Refusal as e:
            if not isinstance(e, ON_THE_WAY):
                self.spool.forget(self.village)
            raise

    async def _admitted(self, state: LogState, proof: Proven) -> tuple[Admitted, ...]:
        """Admit stretch by stretch; each is whole or not at all."""
        stream = leaves(partial(self.spool.read, self.village), proof, state.size)
        parts = []
        while state.size < max(proof.ends):
            stretch = ProvenStretch(stream, proof.ends, state)
            parts.append(await self.shelf.admit(self.village, stretch, self.now))
            state = stretch.reached
        return tuple(parts)

    def _read(self, name: str) -> bytes:
        """A bundle from the spool, fetched first where it is missing."""
        data = self.spool.held(self.village, name)
        if data is None:
            data = self.source.rows(self.village, name)
            self.spool.keep(self.village, name, data)
        return data
