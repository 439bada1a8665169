"""The archive as the importer sees it: what it has of a log, take a stretch, freeze a fork.

Every verb is one transaction; what fails leaves everything as it was.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Self

from boards.model.calendar.civil_day import civil_day
from boards.model.errors import Fault, Refusal
from boards.model.place import Village
from kiosk_server.archive.engines.sqlite import (
    connect,
    full_disk_refused,
    insert_columns,
    no_garbage_collection,
    require_room,
)
from kiosk_server.archive.keys import in_log, log_span
from kiosk_server.archive.projection.batches import Place
from kiosk_server.archive.projection.name_letters import write_readings
from kiosk_server.archive.projection.projection import CHUNK, Projection
from kiosk_server.archive.projection.rebuild import folded_again
from kiosk_server.archive.reserve import put_by
from kiosk_server.archive.schema.engine import ENGINE
from kiosk_server.archive.schema.migrate import run_migrations
from kiosk_server.archive.schema.tables import Log, State
from sync.seams import Admitted, LogState

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from boards.model.pack import Pack
    from sync.seams import Leaf, Stretch

_HASH_BYTES = 32


class StretchOutOfPlace(Refusal):
    """The first event is not the one after the last admitted: replayed, or something is missing."""

    code = "stretch-out-of-place"
    fault = Fault.MACHINE
    sentence = "收到的记录从第 {index} 条开始，本机已有 {size} 条，接不上，没有导入。"
    advice = "请重新运行 kiosk sync；档案没有改动。"


class LogFrozen(Refusal):
    """This log was found forked; it takes nothing more until the county changes its origin."""

    code = "log-frozen"
    fault = Fault.COUNTY
    sentence = "{village} 的县级记录曾出现两个互相矛盾的版本，已停止接收。"
    advice = "原有公开内容继续展示；请联系县里核查，两份证据已保存。"


class Archive:
    """One database file. `async with Archive(path, pack) as archive:` migrates, and closes at the end."""

    def __init__(self, path: Path, pack: Pack, *, minimum_free_mb: int = 200) -> None:
        """Nothing is opened yet. The pack gives village names and kinds of programmes."""
        self._path = path
        self._villages = {village.code: village for village in pack.villages}
        self._programmes = {programme.code: programme for programme in pack.programmes}
        self._minimum_free_mb = minimum_free_mb
        self._db: sqlite3.Connection | None = None

    async def __aenter__(self) -> Self:
        """Open and bring the schema up to date; where imports keep room free, a reserve is put by."""
        await self.migrate()
        if self._minimum_free_mb:
            put_by(self._path.parent, self._minimum_free_mb)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close."""
        await self.close()

    async def migrate(self) -> tuple[str, ...]:
        """Run the migrations that are missing; their ids."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        return await run_migrations(self._connection())

    async def close(self) -> None:
        """Close the connection; a later verb opens it again."""
        if self._db is not None:
            self._db.close()
            self._db = None

    async def log_state(self, origin: str) -> LogState:
        """How far this log has been admitted; an empty state for an unknown log."""
        row = (
            self._connection()
            .execute("SELECT size, frontier, note FROM log WHERE origin = ?", (origin,))
            .fetchone()
        )
        if row is None:
            return LogState(origin)
        size, frontier, note = row
        hashes = tuple(frontier[at : at + _HASH_BYTES] for at in range(0, len(frontier), _HASH_BYTES))
        return LogState(origin, size, hashes, bytes(note))

    async def admit(self, village: str, stretch: Stretch, now: datetime) -> Admitted:
        """Store and project one stretch in one transaction; a replayed stretch is refused by its index."""
        origin = stretch.reached.origin
        async with self._taking_in() as db:
            log, size = await self._log(origin, village)
            place = self._place(log, origin, village)
            projection = Projection(db, place, lambda _key: civil_day(now))
            with no_garbage_collection():
                taken = _taken(db, log, size, stretch, projection.take_all)
                projection.finish()
            if not taken:
                return Admitted()
            if stretch.reached.size != size + taken:
                raise StretchOutOfPlace(index=stretch.reached.size, size=size + taken)
            await self._reached(log, stretch.reached, now)
            if projection.erased:
                folded_again(db, place)
            await self._raise_version()
        outcome = projection.outcome
        return Admitted(
            leaves=taken,
            rows=outcome.rows,
            notices=outcome.notices,
            batches=tuple(outcome.shown),
            held=tuple(outcome.held),
            quarantined=tuple(outcome.quarantined),
        )

    async def replace(self, village: str, stretch: Stretch, now: datetime) -> int:
        """Put a whole log, proven anew, in place of what is stored of it, and fold it again; its leaves.

        The days its lists came to this machine stay, and so do the boards' windows.
        """
        async with self._taking_in() as db:
            log, _ = await self._log(stretch.reached.origin, village)
            db.execute("DELETE FROM leaf WHERE id BETWEEN ? AND ?", log_span(log))
            taken = _taken(db, log, 0, stretch, lambda _leaves: None)
            await self._reached(log, stretch.reached, now)
            folded_again(db, self._place(log, stretch.reached.origin, village))
            write_readings(db, log, anew=True)
            await self._raise_version()
        return taken

    async def freeze(self, origin: str, notes: tuple[bytes, bytes], now: datetime) -> None:
        """Keep both checkpoints of a fork as evidence; the log takes nothing more."""
        seen, other = notes
        async with self._writing():
            await Log.update(
                {Log.frozen_at: _instant(now), Log.frozen_seen: seen, Log.frozen_other: other}
            ).where(Log.origin == origin, Log.frozen_at == "")
            await self._raise_version()

    async def rebuild(self) -> int:
        """Make everything that is projected again from the stored leaves; how many logs there were."""
        async with self._writing() as db:
            logs = db.execute("SELECT id, origin, village FROM log ORDER BY id").fetchall()
            for log, origin, village in logs:
                folded_again(db, self._place(log, origin, village))
                write_readings(db, log, anew=True)
            await self._raise_version()
        return len(logs)

    async def write_readings(self) -> int:
        """Bring the readings of all names up to date, for the search; how many rows changed.

        Not part of `admit`: a dictionary is loaded for it, and a board that is searched a second
        later serves nobody worse.
        """
        async with self._writing() as db:
            logs = db.execute("SELECT id FROM log ORDER BY id").fetchall()
            changed = sum(write_readings(db, log) for (log,) in logs)
            if changed:
                await self._raise_version()
        return changed

    async def raise_trusted_floor(self, floor: datetime) -> None:
        """Keep the newest instant that is believed in (line §4)."""
        async with self._writing():
            await State.update({State.trusted_floor: _instant(floor)}).where(State.id == 1)
            await self._raise_version()

    async def _log(self, origin: str, village: str) -> tuple[int, int]:
        """Number and size of a log; a new log gets the next number. Raises LogFrozen."""
        row = await Log.select(Log.id, Log.size, Log.frozen_at).where(Log.origin == origin).first()
        if row is None:
            (newest,) = self._connection().execute("SELECT coalesce(max(id), 0) FROM log").fetchone()
            await Log.insert(Log(id=newest + 1, origin=origin, village=village, frontier=b"", note=b""))
            return newest + 1, 0
        if row["frozen_at"]:
            raise LogFrozen(village=village)
        return row["id"], row["size"]

    async def _reached(self, log: int, reached: LogState, now: datetime) -> None:
        await Log.update(
            {Log.size: reached.size, Log.frontier: b"".join(reached.frontier), Log.note: reached.note}
        ).where(Log.id == log)
        self._connection().execute(
            "INSERT OR IGNORE INTO admission (id, day, instant) VALUES (?, ?, ?)",
            (in_log(log, reached.size), civil_day(now).isoformat(), _instant(now)),
        )

    async def _raise_version(self) -> None:
        await State.update({State.version: State.version + 1}).where(State.id == 1)

    def _place(self, log: int, origin: str, village: str) -> Place:
        unknown = Village(code=village, name=village, town="", county="")
        named = self._villages.get(village, unknown)
        return Place(log=log, origin=origin, village=named, programmes=self._programmes)

    def _connection(self) -> sqlite3.Connection:
        if self._db is None:
            self._db = connect(self._path)
        ENGINE.writer = self._db
        return self._db

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[sqlite3.Connection]:
        db = self._connection()
        async with ENGINE.transaction():
            yield db

    @asynccontextmanager
    async def _taking_in(self) -> AsyncIterator[sqlite3.Connection]:
        """A transaction for what comes; raises DiskFull where it may not fit, and where it does not."""
        require_room(self._path.parent, self._minimum_free_mb)
        with full_disk_refused(self._path.parent, self._minimum_free_mb):
            async with self._writing() as db:
                yield db


def _taken(
    db: sqlite3.Connection, log: int, size: int, stretch: Stretch, fold: Callable[[list[Leaf]], None]
) -> int:
    """Store and fold the leaves of a stretch in chunks; how many there were."""
    stream, expected = iter(stretch), size
    while leaves := list(islice(stream, CHUNK)):
        if [leaf.index for leaf in leaves] != list(range(expected, expected + len(leaves))):
            raise StretchOutOfPlace(index=leaves[0].index, size=expected)
        keys = range(in_log(log, expected), in_log(log, expected) + len(leaves))
        heads, bodies = [leaf.head for leaf in leaves], [leaf.body for leaf in leaves]
        insert_columns(db, "leaf", (keys, heads, bodies, [leaf.trouble for leaf in leaves]))
        fold(leaves)
        expected += len(leaves)
    return expected - size


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
