"""The archive as the board sees it: reading verbs on one connection that cannot write.

Plain SQL into frozen records, no ORM: a page of 50 lines costs a few hundred microseconds,
checking included. Heads are kept decoded for as long as nothing was written.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

import msgspec

from boards.model.masks import shown_name
from boards.model.names import surname_of
from boards.model.payouts import Phase
from boards.sheets.overview import Overview, overview
from boards.sheets.sheet import Line, Sheet, SheetHead
from boards.sheets.year import late, people_named, year_rows
from kiosk_server.archive import search
from kiosk_server.archive.engines.connection import Database, patient, reader
from kiosk_server.archive.health import Health, health_of
from kiosk_server.archive.keys import (
    batch_of_line,
    batch_span,
    in_log,
    line_key,
    line_span,
    log_of,
    log_span,
    sheet_span,
)
from kiosk_server.archive.land_board import LandShelf
from kiosk_server.archive.lines import (
    REASONS,
    Checked,
    Household,
    Row,
    RowsDoNotMatch,
    all_checked,
    decoded_head,
    in_parts,
    line_shown,
    require_members,
    rows_shown,
    span_shown,
)
from kiosk_server.archive.past import closed_years, old_sheets
from kiosk_server.archive.past.changes import changes
from kiosk_server.archive.past.editions_gone import Gone, gone
from kiosk_server.archive.past.erasures import Erasures, erasures
from kiosk_server.archive.past.told import told_households, told_lists
from kiosk_server.archive.search import Where
from kiosk_server.archive.snapshot import Kept, Snapshot
from kiosk_server.archive.statements import (
    GONE_IN_SPAN,
    HEAD_BY_CODE,
    HEADS_SHOWN,
    HOUSEHOLD,
    HOUSEHOLDS_PAID,
    KEYLESS_BEFORE,
    LINES_AT,
    LINES_OF_HOUSEHOLD,
    LOG_OF_VILLAGE,
    NAMESAKES,
    STATE,
    VILLAGES,
    YEARS_CLOSED,
    listed,
)
from kiosk_server.archive.trust_files import files_of
from kiosk_server.archive.verify import whole_batch

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from boards.model.kept.annual import AnnualRow, Settled
    from boards.model.pack import MaskPolicy
    from boards.sheets.views import Change, Person, Surname, TakenDown

T = TypeVar("T")
MOST_OVERVIEWS = 1024  # lists: some ten kilobytes for a thousand lines
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A batch on the boards: its key and its newest head."""

    batch: int
    head: SheetHead


class HouseholdLines(msgspec.Struct, frozen=True, kw_only=True):
    """One household's lines, newest list first; the door decides whose window is open."""

    name: str  # as shown
    group: str
    parts: tuple[tuple[SheetHead, Line], ...]
    keyed: tuple[bool, ...] = ()  # which of them carry the county's hash
    namesakes: tuple[tuple[SheetHead, Line], ...] = ()  # of the same name and group, where a hash is missing


class Board:
    """Reading verbs. Raises ArchiveMissing and ArchiveDamaged where there is no database to be read."""

    def __init__(self, database: Database, mask: MaskPolicy, *, waits: bool = False) -> None:
        """Open one connection, kept until `close`; a board that `waits` tries again with every question."""
        self.database = database
        self._db = patient(database) if waits else reader(database)
        self._mask = mask
        self._snapshot = Snapshot(self._db, self._refresh)
        self._ending = Lock()  # a moment may be ended by the clock while another thread closes the board
        self._state = (-1, "")
        self._shown: dict[str, dict[str, Shown]] = {}
        self._logs: dict[str, int] = {}
        self._kept, self._overviews = Kept(), Kept(MOST_OVERVIEWS)
        self._old: tuple[str, tuple[old_sheets.OldLine, ...]] = ("", ())  # the one asked for last

    def close(self) -> None:
        """Close the connection."""
        with self._ending:
            self._snapshot.let_go()
            self._db.close()

    def snapshot(self) -> AbstractContextManager[None]:
        """Everything read inside belongs to one moment, though an import may be running."""
        return self._snapshot

    def hold(self) -> None:
        """Stay in this moment until `let_go`: what is read meanwhile belongs to it."""
        self._snapshot.hold()

    def let_go(self) -> None:
        """The moment is over."""
        with self._ending:
            self._snapshot.let_go()

    def state_version(self) -> int:
        """Rises whenever anything was written; 3 µs when nothing was."""
        self._refresh()
        return self._state[0]

    def trusted_floor(self) -> datetime:
        """The newest instant this machine believes in (line §4); 1970 when none can be read."""
        self._refresh()
        try:
            return datetime.fromisoformat(self._state[1])
        except ValueError:
            return EPOCH

    def trusted(self) -> dict[str, bytes]:
        """The files of trust by name, kept until something is written."""
        with self.snapshot():
            return self._kept.of("trusted", lambda: files_of(self._db))

    def masked_by(self, mask: MaskPolicy) -> None:
        """Show names by the county's rule from now on."""
        self._mask = mask
        self._kept, self._overviews, self._old = Kept(), Kept(MOST_OVERVIEWS), ("", ())

    def villages(self) -> tuple[str, ...]:
        """Codes of the villages with a log here."""
        return tuple(row[0] for row in self._db.execute(VILLAGES))

    def sheets(
        self, village: str, phase: Phase | None = None, year: int | None = None
    ) -> tuple[SheetHead, ...]:
        """Newest edition of every list on the board, newest list first."""
        with self.snapshot():
            return tuple(
                one.head
                for one in self._village(village).values()
                if phase in {None, one.head.terms.phase} and year in {None, one.head.terms.fiscal_year}
            )

    def years(self, village: str) -> tuple[int, ...]:
        """Years that have lists, newest first."""
        return tuple(sorted({head.terms.fiscal_year for head in self.sheets(village)}, reverse=True))

    def sheet(self, village: str, batch: str) -> SheetHead | None:
        """Newest edition of one list; None when it is unknown or not to be seen."""
        with self.snapshot():
            found = self._village(village).get(batch)
            return found.head if found else None

    def by_code(self, code: str) -> tuple[SheetHead, str] | None:
        """The edition a printed code names, and the code of the edition that took its place ("" if none)."""
        with self.snapshot():
            row = self._db.execute(HEAD_BY_CODE, (code,)).fetchone()
            if row is None:
                return None
            head = decoded_head(row[0])
            now = self._village(head.village.code).get(head.batch)
            if now is None:
                return None
            return (now.head, "") if now.head.code == code else (head, now.head.code)

    def taken_down(self, code: str) -> TakenDown | None:
        """What a printed code named that hangs no more; None where it hangs, or nothing ever had it."""
        with self.snapshot():
            return old_sheets.list_of_code(self._db, code) or old_sheets.notice_of_code(self._db, code)

    def list_taken_down(self, village: str, batch: str) -> TakenDown | None:
        """A list that hangs no more; None where it never did."""
        with self.snapshot():
            return old_sheets.list_of_name(self._db, self._log(village), batch)

    def lines_gone(self, village: str, batch: str) -> int:
        """How many lines of a list were withdrawn or erased since its edition was published."""
        with self.snapshot():
            found = self._village(village)[batch].batch
            return int(self._db.execute(GONE_IN_SPAN, line_span(found)).fetchone()[0])

    def lines_then(self, head: SheetHead, start: int, count: int) -> tuple[Line, ...]:
        """Lines `start` … of an edition that another has taken the place of, as they were.

        What does not hang any more is blank; of a list that is sensitive by now, names and amounts alone.
        Raises RowsDoNotMatch.
        """
        with self.snapshot():
            newest = self._village(head.village.code)[head.batch]
            if self._old[0] != head.code:
                self._old = (head.code, old_sheets.old_lines(self._db, newest.batch, head))
            some = self._old[1][start - 1 : start - 1 + count]
            believed = old_sheets.old_page(self._db, newest.batch, head, some, start)
            sensitive = head.terms.sensitive or newest.head.terms.sensitive
            return tuple(line_shown(one, sensitive=sensitive, mask=self._mask) for one in believed)

    def lines(self, village: str, batch: str, start: int, count: int) -> tuple[Line, ...]:
        """Lines `start`, `start` + 1 … of a list, each checked; raises RowsDoNotMatch."""
        with self.snapshot():
            found = self._village(village).get(batch)
            if found is None:
                return ()
            first, last = max(1, start), min(start + count - 1, found.head.count)
            if first > last:
                return ()
            span = line_key(found.batch, first), line_key(found.batch, last)
            return self._lines(found, partial(span_shown, self._db, span, batch))

    def lines_at(self, village: str, batch: str, numbers: Sequence[int]) -> tuple[Line, ...]:
        """These lines of a list, each checked; raises RowsDoNotMatch."""
        with self.snapshot():
            found = self._village(village).get(batch)
            if found is None or not numbers:
                return ()
            keys = listed(line_key(found.batch, number) for number in numbers)
            rows = self._db.execute(LINES_AT.format(keys=keys)).fetchall()
            return self._lines(found, partial(rows_shown, self._db, rows, [batch] * len(numbers)))

    def overview(self, village: str, batch: str) -> Overview:
        """Groups, surnames and decimals of a list, read once; kept until something is written."""
        with self.snapshot():
            found = self._village(village).get(batch)
            if found is None:
                return Overview()
            return self._overviews.of(
                found.batch,
                lambda: overview(found.head, self.lines(village, batch, 1, found.head.count)),
            )

    def whole(self, village: str, batch: str) -> Sheet | None:
        """A whole sheet for paper and export, checked against its digest; raises RowsDoNotMatch."""
        with self.snapshot():
            found = self._village(village).get(batch)
            if found is None:
                return None
            rows = whole_batch(self._db, found.batch, found.head)
            sensitive = found.head.terms.sensitive
            lines = tuple(line_shown(one, sensitive=sensitive, mask=self._mask) for one in rows)
            return Sheet(head=found.head, lines=lines)

    def lines_named(self, village: str, batch: str) -> tuple[tuple[frozenset[str], Line], ...]:
        """Each line of a list with whom it names, unmasked; checked as a whole, raises RowsDoNotMatch."""
        with self.snapshot():
            found = self._village(village)[batch]
            rows = whole_batch(self._db, found.batch, found.head)
            sensitive = found.head.terms.sensitive
            return tuple(
                (
                    one.payout.names if one.payout else frozenset(),
                    line_shown(one, sensitive=sensitive, mask=self._mask),
                )
                for one in rows
            )

    def household(self, village: str, number: int) -> HouseholdLines | None:
        """One household's lines on all lists to be seen, under its newest name; None when there are none."""
        with self.snapshot():
            key = in_log(self._log(village), number)
            found = self._db.execute(HOUSEHOLD, (key,)).fetchone()
            own = self._lines_of(village, key, found)
            if own is None or not self._without_hash(village):
                return own
            others = [self._lines_of(village, *other) for other in self._namesakes(key, found)]
            rows = tuple(part for other in others if other for part in other.parts)
            return msgspec.structs.replace(own, namesakes=rows)

    def _lines_of(self, village: str, key: int, household: Household) -> HouseholdLines | None:
        """The lines of one household of the index; None when it stands on no list to be seen."""
        shown = {one.batch: one for one in self._village(village).values()}
        rows = self._db.execute(LINES_OF_HOUSEHOLD, (key,))
        here = [row for row in rows if batch_of_line(row[0]) in shown]
        on = [shown[batch_of_line(row[0])] for row in here]
        believed = self._believed(here, on, {key: household})
        payouts = [one.payout for one in believed if one.payout is not None]
        if not payouts:
            return None
        parts = tuple(
            (list_.head, line_shown(one, sensitive=list_.head.terms.sensitive, mask=self._mask))
            for list_, one in zip(on, believed, strict=True)
        )
        return HouseholdLines(
            name=shown_name(payouts[0].holder, self._mask),
            group=payouts[0].group,
            parts=parts,
            keyed=tuple(bool(one.payout and one.payout.household) for one in believed),
        )

    def _without_hash(self, village: str) -> bool:
        """Whether any household of the village has no hash: without such no name is anybody else's."""
        span = log_span(self._log(village))
        asked = ("without hash", village)
        return self._kept.of(asked, lambda: self._db.execute(KEYLESS_BEFORE, span).fetchone()) is not None

    def _namesakes(self, key: int, household: Household) -> list[tuple[int, Household]]:
        """Other households of its name and group, where one of the two has no hash (settled §47)."""
        mark, name, group = household
        asked = (surname_of(name), name, group, *log_span(log_of(key)), key, mark)
        keys = [other for (other,) in self._db.execute(NAMESAKES, asked).fetchall()]
        return [(other, self._db.execute(HOUSEHOLD, (other,)).fetchone()) for other in keys]

    def surnames(self, village: str, batches: Collection[str] | None = None) -> tuple[Surname, ...]:
        """Surnames on these lists (None: on all to be seen), the most frequent first."""
        return self._looked_up("surnames", search.surnames, village, batches)

    def groups(self, village: str, batches: Collection[str] | None = None) -> tuple[Surname, ...]:
        """Groups on these lists, in their own order."""
        return self._looked_up("groups", search.groups, village, batches)

    def organisations(self, village: str, batches: Collection[str] | None = None) -> int:
        """How many organisations are on these lists."""
        return self._looked_up(
            "organisations", lambda where: len(search.organisations(where)), village, batches
        )

    def people(
        self, village: str, surname: str, batches: Collection[str] | None = None
    ) -> tuple[Person, ...]:
        """People of one surname on these lists, by group and name."""
        with self.snapshot():
            return search.of_surname(self.where(village, batches), surname, self.groups(village, batches))

    def where(self, village: str, batches: Collection[str] | None = None) -> Where:
        """What `archive.search` looks through; use it inside the snapshot it was made in."""
        shown = self._village(village)
        on = frozenset(one.batch for name, one in shown.items() if batches is None or name in batches)
        return Where(db=self._db, log=self._log(village), batches=on, mask=self._mask)

    def land(self, village: str) -> LandShelf:
        """What `archive.land_board` reads; use it inside the snapshot it was made in."""
        return LandShelf(db=self._db, log=self._log(village))

    def changes(self, village: str, since: date) -> tuple[Change, ...]:
        """What was corrected or withdrawn since a day, the newest first; kept until something is written."""
        with self.snapshot():
            return self._kept.of(("changes", village, since), lambda: changes(self.land(village), since))

    def erasures(self, looked: Mapping[str, int]) -> Erasures:
        """What the county had erased behind these places of its logs, by origin."""
        with self.snapshot():
            return erasures(self._db, looked)

    def gone(self, village: str) -> tuple[Gone, ...]:
        """Papers of the village that hang no more: replaced, or taken back."""
        with self.snapshot():
            return gone(self.land(village))

    def year(self, village: str, year: int, pays_persons: Collection[str] = ()) -> tuple[AnnualRow, ...]:
        """The village's year so far: per programme exactly the sum of its batches (R9).

        Persons are counted of the programmes that are said to pay persons.
        """

        def people(heads: tuple[SheetHead, ...]) -> int | None:
            return self._people_paid(heads) if heads[0].terms.programme in pays_persons else None

        with self.snapshot():
            heads, asked = self.sheets(village, phase=Phase.PAYMENT, year=year), frozenset(pays_persons)
            return self._kept.of(
                ("year", village, year, asked),
                lambda: year_rows(heads, self._households_paid, people, self._paid_late),
            )

    def annual(self, village: str, year: int) -> Settled | None:
        """The year as the county decided it, newest edition; None while it has not.

        Raises YearDoesNotMatch.
        """
        with self.snapshot():
            shelf = self.land(village)
            return self._kept.of(
                ("annual", village, year), lambda: closed_years.settled(shelf, village, year)
            )

    def years_closed(self, village: str) -> frozenset[int]:
        """Years the county decided of, those without lists too."""
        with self.snapshot():
            rows = self._db.execute(YEARS_CLOSED, log_span(self._log(village)))
            return self._kept.of(("years closed", village), lambda: frozenset(year for (year,) in rows))

    def year_editions(self, village: str) -> tuple[closed_years.YearEdition, ...]:
        """Every edition of every year the county decided of, in the order they came."""
        with self.snapshot():
            return closed_years.editions_of_years(self.land(village))

    def year_by_code(self, code: str) -> tuple[str, int] | None:
        """Village and year of a printed 年度汇总, of whatever edition; None where no year has this code."""
        with self.snapshot():
            return closed_years.year_of_code(self._db, code)

    def told(self, village: str, year: int) -> tuple[SheetHead, ...]:
        """Lists of payments of a year as open data tells them (rules §4); raises RowsDoNotMatch."""
        with self.snapshot():
            heads = self.sheets(village, phase=Phase.PAYMENT, year=year)
            keys = {self._village(village)[head.batch].batch: head for head in heads}
            return self._kept.of(("told", village, year), lambda: told_lists(self.land(village), keys))

    def households_told(self, heads: tuple[SheetHead, ...]) -> int:
        """Different households on these lists of a programme's year; 0 where open data tells none."""
        if len(heads) == 1:
            return heads[0].households
        asked = ("households told", *(head.code for head in heads))
        with self.snapshot():
            shelf = self.land(heads[0].village.code)
            return self._kept.of(asked, lambda: told_households(shelf, heads))

    def households(self, village: str) -> int:
        """Different households on all lists of the village together."""
        return self._households_paid(self.sheets(village))

    def next_batch_on(self, of: SheetHead, after: date) -> date | None:
        """Day the programme's next list of this phase came to the board, None while it has not.

        An edition's own correction is no next list.
        """
        days = (
            head.imported_on
            for head in self.sheets(of.terms.village, phase=of.terms.phase)
            if head.terms.programme == of.terms.programme and head.batch != of.batch
            if head.imported_on is not None and head.imported_on > after
        )
        return min(days, default=None)

    def health(self) -> Health:
        """What an official should know; kept until something is written."""
        with self.snapshot():
            return self._kept.of("health", lambda: health_of(self._db, self._state[0]))

    def _refresh(self) -> None:
        """See whether anything was written; inside a snapshot nothing can be."""
        if self._snapshot.depth:
            return
        if not self._db.moved():
            return
        self._state = self._db.execute(STATE).fetchone() or (0, "")
        self._shown.clear()
        self._logs.clear()
        self._kept, self._overviews = Kept(), Kept(MOST_OVERVIEWS)
        self._old = ("", ())

    def _log(self, village: str) -> int:
        if village not in self._logs:
            (newest,) = self._db.execute(LOG_OF_VILLAGE, (village,)).fetchone()
            self._logs[village] = newest or 0
        return self._logs[village]

    def _village(self, village: str) -> dict[str, Shown]:
        """The lists to be seen of a village, newest first, decoded once per state."""
        if village not in self._shown:
            log = self._log(village)
            rows = self._db.execute(HEADS_SHOWN, (*batch_span(log), *sheet_span(log)))
            heads = (Shown(batch=batch, head=decoded_head(head)) for batch, head in rows)
            self._shown[village] = {one.head.batch: one for one in heads}
        return self._shown[village]

    def _looked_up(
        self, what: str, find: Callable[[Where], T], village: str, batches: Collection[str] | None
    ) -> T:
        """An answer about these lists, kept until something is written."""
        with self.snapshot():
            asked = (what, village, None if batches is None else frozenset(batches))
            return self._kept.of(asked, lambda: find(self.where(village, batches)))

    def _lines(self, found: Shown, shown: Callable[..., tuple[Line, ...]]) -> tuple[Line, ...]:
        """Lines of one list as shown; raises RowsDoNotMatch."""
        head = found.head
        try:
            return shown(sensitive=head.terms.sensitive, mask=self._mask)
        except REASONS as e:
            raise RowsDoNotMatch(village=head.village.name, batch=head.batch) from e

    def _believed(
        self, rows: Iterable[Row], lists: Sequence[Shown], households: dict[int, Household] | None = None
    ) -> list[Checked]:
        """Rows of these lists, one of each, held to their events and to these households.

        Raises RowsDoNotMatch.
        """
        try:
            believed = all_checked(self._db, rows, [one.head.batch for one in lists])
            if households is not None:
                require_members(believed, households)
        except REASONS as e:
            head = lists[0].head
            raise RowsDoNotMatch(village=head.village.name, batch=head.batch) from e
        return believed

    def _households_paid(self, heads: tuple[SheetHead, ...]) -> int:
        """Different households on these lists together."""
        if len(heads) == 1:
            return heads[0].households
        households: set[int] = set()
        for head in heads:
            batch = self._village(head.village.code)[head.batch].batch
            households.update(key for (key,) in self._db.execute(HOUSEHOLDS_PAID, line_span(batch)))
        return len(households)

    def _paid_late(self, head: SheetHead) -> int:
        """What a list paid after its year (R10), line by line; all of it where a line cannot be read."""
        terms, batch = head.terms, self._village(head.village.code)[head.batch].batch
        try:
            payouts = [payout for _, some, _ in in_parts(self._db, batch) for payout in some]
        except REASONS:
            return head.sum_fen
        days = ((payout.paid_on or terms.paid_on, payout.amount_fen) for payout in payouts)
        return sum(fen for day, fen in days if late(day, terms.fiscal_year))

    def _people_paid(self, heads: tuple[SheetHead, ...]) -> int | None:
        """Different persons on these lists together.

        None too where a line cannot be read: no page of sums waits for the night that finds it.
        """
        batches = [self._village(head.village.code)[head.batch].batch for head in heads]
        parts = (part for batch in batches for part in in_parts(self._db, batch))
        try:
            return people_named(payout for _, payouts, _ in parts for payout in payouts)
        except REASONS:
            return None
