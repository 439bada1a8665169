"""The archive as the importer sees it: what it has of a log, take a stretch, freeze a fork.

Every verb is one transaction; what fails leaves everything as it was.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager, suppress
from copy import copy
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Self

from boards.model.calendar.civil_day import civil_day
from boards.model.errors import Fault, Refusal
from boards.model.place import Village
from kiosk_server.archive.arrival_book import (
    ArrivalBook,
    Believed,
    BookTorn,
    Came,
    Forked,
    LogSaid,
    Said,
    Trusted,
    book_of,
)
from kiosk_server.archive.arrivals import copy_leaves, entries, put_back, said_here
from kiosk_server.archive.engines.connection import Connection, Database, as_bytes, writer
from kiosk_server.archive.keys import in_log, log_span, number_of
from kiosk_server.archive.mending import damaged_of, fresh_of, remove
from kiosk_server.archive.projection.batches import Place
from kiosk_server.archive.projection.name_letters import write_readings
from kiosk_server.archive.projection.projection import CHUNK, Projection
from kiosk_server.archive.projection.rebuild import folded_again
from kiosk_server.archive.schema.ledger import Ledger
from kiosk_server.archive.schema.migrate import run_migrations
from kiosk_server.archive.schema.soundness import answered
from kiosk_server.archive.statements import (
    ADMISSIONS,
    EMPTY,
    EVENT,
    LOG_REACHED,
    NOT_HERE,
    STATE,
    WITHHELD,
)
from kiosk_server.archive.trust_files import LIVED_BY, digest_of, files_of, keep_rows, kept_rows, rows_of
from kiosk_server.archive.verify import whole_log
from sync.seams import Admitted, Leaf, LogState, Progress, Stretch, silent
from sync.wire import issued_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from boards.model.pack import Pack

_HASH_BYTES = 32
BOOK_SINCE = "2026-11-29T21:00:00:000000"  # the migration with which the arrival book came


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


class _NotWhole(Exception):  # noqa: N818 - undoes a transaction, and goes no further
    """A log's leaves do not make its tree."""


class Archive:
    """One database. `async with Archive(database, pack) as archive:` migrates, and closes at the end."""

    def __init__(
        self, database: Database, pack: Pack, *, minimum_free_mb: int = 200, book: Path | None = None
    ) -> None:
        """Nothing is opened yet. The pack gives village names and kinds of programmes.

        `book` is the arrival book: a file's lies beside it, a PostgreSQL archive's must be named.
        """
        self.database = database
        self.book = ArrivalBook(book or book_of(database))
        self.live_by(pack)
        self.minimum_free_mb = minimum_free_mb
        self._db: Connection | None = None

    async def __aenter__(self) -> Self:
        """Open and bring the schema up to date."""
        try:
            await self.migrate()
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close."""
        await self.close()

    async def migrate(self) -> tuple[str, ...]:
        """Run the migrations that are missing; their ids. An archive older than its book gets one."""
        with answered(self.database):
            done = run_migrations(self._connection(), self._fold_all)
        if BOOK_SINCE in done:
            self._write_book()
        return done

    def beside(self) -> Self:
        """An empty archive beside this file, with the same book, to take its place."""
        assert isinstance(self.database, Path), "another machine's database is its administrator's to mend"
        fresh = copy(self)
        fresh.database, fresh._db = fresh_of(self.database), None  # noqa: SLF001 - another one of ours
        remove(fresh.database)
        return fresh

    def carried_over(self, old: Connection, log: LogSaid) -> bool:
        """Take the leaves of a log from another archive, if they make the tree that was verified."""
        try:
            with self._connection().writing():
                self._carry(old, log)
        except Exception:  # noqa: BLE001 - a damaged page may say anything
            return False
        return True

    def _carry(self, old: Connection, log: LogSaid) -> None:
        db = self._connection()
        size, frontier = old.execute(LOG_REACHED, (log.log,)).fetchone()
        copy_leaves(old, db, log_span(log.log))
        self._ledger().reach(log.log, size, frontier, log.note)
        if not whole_log(db, log.log):
            raise _NotWhole

    async def raise_floors(self) -> None:
        """Take nothing older of a log than the arrival book has seen, where the database was set back."""
        ledger, here = self._ledger(), {log["id"]: log["size"] for log in self._ledger().logs()}
        with suppress(BookTorn), self._connection().writing():
            for log in self.book.said().logs.values():
                if log.note and max(log.admitted, default=0) > here.get(log.log, 0):
                    ledger.put_note(log.log, log.note)

    async def newest_issued(self) -> datetime | None:
        """The newest instant that the last event of a log names, under both seats' signatures."""
        keys = [in_log(log["id"], log["size"] - 1) for log in self._ledger().logs() if log["size"]]
        heads = [row[0] for key in keys for row in self._connection().execute(EVENT, (key,))]
        return max(filter(None, map(issued_at, map(as_bytes, heads))), default=None)

    async def not_here(self) -> tuple[str, ...]:
        """Villages whose logs came once, by the arrival book, and have no leaf."""
        return tuple(village for (village,) in self._connection().execute(NOT_HERE))

    def _write_book(self) -> None:
        """Where there is no book that can be believed, begin one; a bent one is put aside."""
        db = self._connection()
        sizes = {(log["id"], log["origin"]): log["size"] for log in self._ledger().logs()}
        if self.book.covering(sizes) is None:
            if self.book.path.exists():
                self.book.path.replace(f"{self.book.path}.bent")
            self.book.write(*entries(said_here(db)))

    async def trusted(self) -> dict[str, bytes]:
        """All files of trust by name (sync.trust_layout); none before the first pull."""
        return files_of(self._connection())

    async def trust(self, files: Mapping[str, bytes], now: datetime) -> None:  # noqa: ARG002 - a TrustStore
        """These files in place of all there were, in one transaction; readers hear of another pack."""
        db, ledger = self._connection(), self._ledger()
        with db.taking_in():
            before = files_of(db)
            ledger.trust(files)
            if any(before.get(name) != files.get(name) for name in LIVED_BY):
                ledger.raise_version()
            rows = rows_of(db)
            self.book.write(Trusted(digest_of(rows)))
            keep_rows(self._trust_copy, rows)

    async def trust_holds(self) -> bool:
        """Whether the files of trust are those that came, by the arrival book."""
        said = self.book.readable()
        return (said.trusted if said else "") == digest_of(rows_of(self._connection()))

    def live_by(self, pack: Pack) -> None:
        """Name villages and programmes by this pack from now on."""
        self.pack = pack
        self._villages = {village.code: village for village in pack.villages}
        self._programmes = {programme.code: programme for programme in pack.programmes}

    async def villages(self) -> frozenset[str]:
        """Villages with a log here."""
        return frozenset(log["village"] for log in self._ledger().logs())

    async def refold_all(self) -> None:
        """Make again what is projected of every log, by the pack that is lived by now."""
        with self._connection().writing():
            self._fold_all()

    async def trusted_floor(self) -> datetime:
        """The newest instant that is believed in; 1970 where none is."""
        found = self._connection().execute(STATE).fetchone()
        try:
            return datetime.fromisoformat(found[1])
        except (TypeError, ValueError):
            return datetime.fromtimestamp(0, UTC)

    async def carry_trust(self, old: Connection | None) -> None:
        """What was trusted in another archive, or its copy; only what the arrival book says it was."""
        said, found = self.book.readable(), [kept_rows(self._trust_copy)]
        with suppress(Exception):  # a damaged page may say anything
            found += [rows_of(old)] if old else []
        for rows in found:
            if said and rows and digest_of(rows) == said.trusted:
                with self._connection().writing():
                    self._ledger().trust({name: content for _, name, content in rows})

    @property
    def _trust_copy(self) -> Path:
        return Path(f"{self.book.path}.trust")

    async def close(self) -> None:
        """Close the connection; a later verb opens it again."""
        if self._db is not None:
            self._db.close()
            self._db = None

    async def log_state(self, origin: str) -> LogState:
        """How far this log has been admitted; an empty state for an unknown log."""
        found = self._ledger().log(origin)
        if found is None:
            return LogState(origin)
        frontier, note = as_bytes(found["frontier"]), as_bytes(found["note"])
        hashes = tuple(frontier[at : at + _HASH_BYTES] for at in range(0, len(frontier), _HASH_BYTES))
        return LogState(origin, found["size"], hashes, note)

    async def admit(self, village: str, stretch: Stretch, now: datetime) -> Admitted:
        """Store and project one stretch in one transaction; a replayed stretch is refused by its index."""
        origin, db, ledger = stretch.reached.origin, self._connection(), self._ledger()
        with db.taking_in():
            log, size = _log(ledger, origin, village)
            place = self.place(log, origin, village)
            projection = Projection(db, place, lambda _key: civil_day(now))
            with _no_garbage_collection():
                taken = _taken(db, log, size, stretch, projection.take_all)
                projection.finish()
            if not taken:
                return Admitted()
            if stretch.reached.size != size + taken:
                raise StretchOutOfPlace(index=stretch.reached.size, size=size + taken)
            _reached(ledger, log, stretch.reached, now)
            if projection.erased:
                folded_again(db, place)
            ledger.raise_version()
            self._booked(log, village, size, size, stretch.reached, now)
        if projection.erased:
            db.forget()
        outcome = projection.outcome
        return Admitted(
            leaves=taken,
            rows=outcome.rows,
            notices=outcome.notices,
            years=outcome.years,
            batches=tuple(outcome.shown),
            held=tuple(outcome.held),
            quarantined=tuple(outcome.quarantined),
        )

    async def replace(self, village: str, stretch: Stretch, now: datetime) -> int:
        """Put a whole log, proven anew, in place of what is stored of it, and fold it again; its leaves.

        The days its lists came to this machine stay, and so do the boards' windows.
        """
        db, ledger = self._connection(), self._ledger()
        with db.taking_in():
            log, _ = _log(ledger, stretch.reached.origin, village)
            known = db.execute(ADMISSIONS, log_span(log)).fetchone() is not None
            db.execute(EMPTY.format(table="leaf"), log_span(log))
            taken = _taken(db, log, 0, stretch, lambda _leaves: None)
            _reached(ledger, log, stretch.reached, now)
            folded_again(db, self.place(log, stretch.reached.origin, village))
            write_readings(db, log)
            ledger.raise_version()
            self._booked(log, village, 0, taken if known else 0, stretch.reached, now)
        db.forget()
        return taken

    async def forget(self) -> bool:
        """Let nothing of what was erased stay in the database's files, nor in one that was put aside.

        False where that has to wait.
        """
        if isinstance(self.database, Path):
            remove(damaged_of(self.database))
        return self._connection().forget()

    async def sign_anew(self, origin: str, note: bytes) -> None:
        """Keep a checkpoint's newest signatures; its leaves are here already. A fork's evidence stays.

        Not in the book: a heartbeat comes every day, and whoever signed is judged by the statement alone.
        """
        ledger = self._ledger()
        with self._connection().writing():
            found = ledger.log(origin)
            if found and not found["frozen_at"]:
                ledger.put_note(found["id"], note)

    async def freeze(self, origin: str, notes: tuple[bytes, bytes], now: datetime) -> None:
        """Keep both checkpoints of a fork as evidence; the log takes nothing more."""
        ledger = self._ledger()
        with self._connection().writing():
            ledger.freeze(origin, _instant(now), *notes)
            ledger.raise_version()
            self.book.write(Forked(origin, _instant(now), *notes))

    async def rebuild(self, progress: Progress = silent) -> tuple[int, tuple[str, ...]]:
        """Make everything again that is projected from leaves that hold; how many logs, and whose do not.

        A log that somebody changed is not folded: what he wrote would come onto the board.
        """
        db = self._connection()
        with db.writing():
            held = {log["id"]: log for log in self._ledger().logs() if whole_log(db, log["id"])}
            self._fold(held, progress)
            self._write_book()
            lost = tuple(log["village"] for log in self._ledger().logs() if log["id"] not in held)
        return len(held), lost

    async def refold(self, logs: Iterable[int]) -> None:
        """Make again what is projected of these logs."""
        with self._connection().writing():
            self._fold(logs)

    async def put_back(self, now: datetime, said: Said | None = None) -> None:
        """Write into the database what the arrival book says, or what stands for it. Raises BookTorn."""
        db = self._connection()
        with db.writing():
            put_back(db, self.book.said() if said is None else said, int(now.timestamp()))
            self._ledger().raise_version()

    async def write_readings(self) -> int:
        """Bring the readings of all names up to date, for the search; how many rows changed.

        Not part of `admit`: a dictionary is loaded for it, and a board that is searched a second
        later serves nobody worse.
        """
        db, ledger = self._connection(), self._ledger()
        with db.writing():
            changed = sum(write_readings(db, log["id"]) for log in ledger.logs())
            if changed:
                ledger.raise_version()
        return changed

    async def raise_trusted_floor(self, floor: datetime) -> None:
        """Keep the newest instant that is believed in (line §4)."""
        ledger = self._ledger()
        with self._connection().writing():
            ledger.raise_floor(_instant(floor))
            ledger.raise_version()
            self.book.write(Believed(_instant(floor)))

    def _fold_all(self) -> None:
        self._fold(log["id"] for log in self._ledger().logs())

    def _fold(self, logs: Iterable[int], progress: Progress = silent) -> None:
        db, ledger, wanted = self._connection(), self._ledger(), set(logs)
        for log in ledger.logs():
            if log["id"] in wanted:
                folded_again(db, self.place(log["id"], log["origin"], log["village"]), progress)
                write_readings(db, log["id"])
        ledger.raise_version()

    def _booked(  # noqa: PLR0913, PLR0917 - what the book says of an arrival
        self, log: int, village: str, first: int, before: int, reached: LogState, now: datetime
    ) -> None:
        """Into the book while the transaction is open: what it holds is on the disk in the book before."""
        span = in_log(log, first), log_span(log)[1]
        withheld = {number_of(key): why for key, why in self._connection().execute(WITHHELD, span)}
        day, instant = civil_day(now).isoformat(), _instant(now)
        note = reached.note
        self.book.write(
            Came(log, reached.origin, village, first, before, reached.size, day, instant, withheld, note)
        )

    def place(self, log: int, origin: str, village: str) -> Place:
        """Where a log belongs, as the pack says."""
        unknown = Village(code=village, name=village, town="", county="")
        named = self._villages.get(village, unknown)
        return Place(log=log, origin=origin, village=named, programmes=self._programmes)

    def _connection(self) -> Connection:
        if self._db is None:
            self._db = writer(self.database, self.minimum_free_mb)
        return self._db

    def _ledger(self) -> Ledger:
        return Ledger(self._connection())


def _log(ledger: Ledger, origin: str, village: str) -> tuple[int, int]:
    """Number and size of a log; a new log gets the next number. Raises LogFrozen."""
    found = ledger.log(origin) or ledger.begin_log(origin, village)
    if found["frozen_at"]:
        raise LogFrozen(village=village)
    return found["id"], found["size"]


def _reached(ledger: Ledger, log: int, reached: LogState, now: datetime) -> None:
    ledger.reach(log, reached.size, b"".join(reached.frontier), reached.note)
    ledger.admit(in_log(log, reached.size), civil_day(now).isoformat(), _instant(now))


def _taken(db: Connection, log: int, size: int, stretch: Stretch, fold: Callable[[list[Leaf]], None]) -> int:
    """Store and fold the leaves of a stretch in chunks; how many there were."""
    stream, expected = iter(stretch), size
    while leaves := list(islice(stream, CHUNK)):
        if [leaf.index for leaf in leaves] != list(range(expected, expected + len(leaves))):
            raise StretchOutOfPlace(index=leaves[0].index, size=expected)
        columns: dict[str, Sequence[object]] = {
            "id": range(in_log(log, expected), in_log(log, expected) + len(leaves)),
            "head": [leaf.head for leaf in leaves],
            "body": [leaf.body for leaf in leaves],
        }
        troubles = [leaf.trouble for leaf in leaves]
        if any(troubles):  # there is hardly any
            columns["trouble"] = troubles
        db.append("leaf", columns)
        fold(leaves)
        expected += len(leaves)
    return expected - size


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Let Python's cycle collector rest: rows make no cycles, and looking for some costs a seventh."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
