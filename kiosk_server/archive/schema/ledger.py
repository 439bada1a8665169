"""The writer's small statements, by Piccolo's builder: logs, batches, sheets, notices, incidents.

Each is done when it returns: nothing in our engine suspends, so the synchronous fold can step a query
to its end. Everything happens in the transaction of the connection it is given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from kiosk_server.archive.keys import in_log
from kiosk_server.archive.schema.engine import ENGINE
from kiosk_server.archive.schema.tables import (
    Admission,
    Annual,
    Batch,
    Change,
    Enclosure,
    Incident,
    Log,
    Notice,
    Sheet,
    State,
    TrustFile,
)

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable, Mapping

    from kiosk_server.archive.engines.connection import Connection

T = TypeVar("T")
Span = tuple[int, int]


def done(running: Coroutine[Any, Any, T]) -> T:
    """Run one of Piccolo's coroutines to its end."""
    try:
        running.send(None)
    except StopIteration as e:
        answer: T = e.value
        return answer
    raise AssertionError("a query waited for something")


class Ledger:
    """What the writer keeps of one archive, row by row."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    # the machine, and its logs

    def begin_machine(self, version: int) -> None:
        """The row of the machine, where somebody took it away, and no other."""
        self._done(State.delete().where(State.id != 1))
        row = State(id=1, version=version)
        self._done(State.insert(row).on_conflict(target=State.id, action="DO NOTHING"))

    def raise_version(self) -> None:
        """Tell every reader that something was written."""
        self._done(State.update({State.version: State.version + 1}).where(State.id == 1))

    def raise_floor(self, instant: str) -> None:
        """The newest instant that is believed in."""
        self._done(State.update({State.trusted_floor: instant}).where(State.id == 1))

    def trust(self, files: Mapping[str, bytes]) -> None:
        """What this machine trusts, in place of what it trusted."""
        self._done(TrustFile.delete(force=True))
        for number, name in enumerate(sorted(files), start=1):
            self._done(TrustFile.insert(TrustFile(id=number, name=name, content=files[name])))

    def logs(self) -> list[dict[str, Any]]:
        """All logs in the order they came."""
        found: list[dict[str, Any]] = self._done(Log.select().order_by(Log.id))
        return found

    def log(self, origin: str) -> dict[str, Any] | None:
        """A log by its origin."""
        found: dict[str, Any] | None = self._done(Log.select().where(Log.origin == origin).first())
        return found

    def begin_log(self, origin: str, village: str) -> dict[str, Any]:
        """A log that came for the first time gets the next number."""
        newest = max((log["id"] for log in self.logs()), default=0)
        self._begin(newest + 1, origin, village)
        return {"id": newest + 1, "size": 0, "frozen_at": ""}

    def _begin(self, log: int, origin: str, village: str) -> None:
        first = in_log(log, 1)
        begun = Log(id=log, origin=origin, village=village, frontier=b"", note=b"", next_household=first)
        self._done(Log.insert(begun))

    def have_logs(self, logs: Iterable[tuple[int, str, str]]) -> None:
        """These logs and no others: number, origin, village. One that was lost is begun."""
        known = {log: (origin, village) for log, origin, village in logs}
        for row in self.logs():
            if known.get(row["id"]) == (row["origin"], row["village"]):
                del known[row["id"]]
            else:
                self._done(Log.delete().where(Log.id == row["id"]))
        for log, (origin, village) in known.items():
            self._begin(log, origin, village)

    def reach(self, log: int, size: int, frontier: bytes, note: bytes) -> None:
        """How far a log has been admitted."""
        reached: dict[Any, Any] = {Log.size: size, Log.frontier: frontier, Log.note: note}
        self._done(Log.update(reached).where(Log.id == log))

    def admit(self, key: int, day: str, instant: str) -> None:
        """When a log reached a size on this machine; the first time counts."""
        row = Admission(id=key, day=day, instant=instant)
        self._done(Admission.insert(row).on_conflict(target=Admission.id, action="DO NOTHING"))

    def freeze(self, origin: str, instant: str, seen: bytes, other: bytes) -> None:
        """Both checkpoints of a fork; the first fork is kept."""
        evidence: dict[Any, Any] = {Log.frozen_at: instant, Log.frozen_seen: seen, Log.frozen_other: other}
        self._done(Log.update(evidence).where(Log.origin == origin, Log.frozen_at == ""))

    def put_fork(self, log: int, instant: str, seen: bytes | None, other: bytes | None) -> None:
        """The evidence of a fork as it was kept elsewhere, or none."""
        evidence: dict[Any, Any] = {Log.frozen_at: instant, Log.frozen_seen: seen, Log.frozen_other: other}
        self._done(Log.update(evidence).where(Log.id == log))

    def put_note(self, log: int, note: bytes) -> None:
        """The newest checkpoint as it was kept elsewhere."""
        self._done(Log.update({Log.note: note}).where(Log.id == log))

    def begin_fold(self, log: int) -> None:
        """Nothing of a log is projected."""
        nothing: dict[Any, Any] = {Log.stopped_at: -1, Log.unknown: 0, Log.next_household: in_log(log, 1)}
        self._done(Log.update(nothing).where(Log.id == log))

    def number_households(self, log: int, next_key: int) -> None:
        """The key the next household of a log will have; none is given twice."""
        self._done(Log.update({Log.next_household: next_key}).where(Log.id == log))

    def count_unknown(self, log: int) -> None:
        """An event of a kind this version does not know."""
        self._done(Log.update({Log.unknown: Log.unknown + 1}).where(Log.id == log))

    def stop(self, log: int, index: int) -> None:
        """Nothing behind this event is projected."""
        self._done(Log.update({Log.stopped_at: index}).where(Log.id == log))

    # batches, their sheets, and what waits or does not fit

    def begin_batch(self, **batch: Any) -> None:  # noqa: ANN401 - the columns of a batch
        """A batch that was named for the first time, and where it stands."""
        self._done(Batch.insert(Batch(**batch)))

    def move_batch(self, key: int, values: dict[Any, Any]) -> None:
        """Where a batch stands now."""
        self._done(Batch.update(values).where(Batch.id == key))

    def wait(self, leaf: int, batch: int) -> None:
        """An event waits for its batch's next close."""
        self._done(Change.insert(Change(id=leaf, batch=batch)))

    def waited(self, batch: int) -> None:
        """Nothing waits any more."""
        self._done(Change.delete().where(Change.batch == batch))

    def incident(self, leaf: int, batch: int, kind: str) -> None:
        """Something an official must look at: kind and position only."""
        self._done(Incident.insert(Incident(id=leaf, batch=batch, kind=kind)))

    def compose(self, **edition: Any) -> None:  # noqa: ANN401 - the columns of a sheet
        """One edition's head; it is stored and never computed again."""
        self._done(Sheet.insert(Sheet(**edition)))

    def closes(self, batch: int, rec: str) -> bool:
        """Whether this record is the close of an edition that was shown."""
        return bool(self._done(Sheet.exists().where(Sheet.batch == batch, Sheet.rec == rec)))

    # notices of land cases

    def hangs(self, rec: str, span: Span) -> bool:
        """Whether a notice came under this record, taken down or not."""
        return bool(self._done(Notice.exists().where(Notice.rec == rec, _within(Notice, span))))

    def hang(self, **notice: Any) -> None:  # noqa: ANN401 - the columns of a notice
        """A notice, and where it hangs."""
        self._done(Notice.insert(Notice(**notice)))

    def take_down(self, rec: str, leaf: int, span: Span) -> bool:
        """A notice leaves the boards; False where none hangs under this record."""
        hangs = (Notice.rec == rec, Notice.withdrawn == 0, _within(Notice, span))
        return bool(self._done(Notice.update({Notice.withdrawn: leaf}).where(*hangs).returning(Notice.id)))

    def enclose(self, leaf: int, notice: str) -> None:
        """A file that belongs to a notice."""
        self._done(Enclosure.insert(Enclosure(id=leaf, notice=notice)))

    # years the county has closed

    def close_year(self, **edition: Any) -> None:  # noqa: ANN401 - the columns of an edition
        """One edition of a year."""
        self._done(Annual.insert(Annual(**edition)))

    def year_editions(self, year: int, span: Span) -> int:
        """How many editions of a year a log has."""
        counted: int = self._done(Annual.count().where(Annual.year == year, _within(Annual, span)))
        return counted

    def _done(self, query: Any) -> Any:  # noqa: ANN401 - one of Piccolo's queries, and what it answers
        ENGINE.writer = self._db
        return done(query.run())


def _within(table: Any, span: Span) -> Any:  # noqa: ANN401 - Piccolo's conditions
    return (table.id >= span[0]) & (table.id <= span[1])
