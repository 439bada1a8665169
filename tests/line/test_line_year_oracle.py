"""A year's figures against a ledger of this test's own, kept from the words of rules §1 (R9, R10), never from the code.

The county proposes, signs and publishes at random; the ledger writes down who was paid what. Whatever came in
whatever order, both agree to the fen: what is refused, the event, kiosk, page, table, twin and both checklists.
"""

import asyncio
import csv
import io
from collections import defaultdict
from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from boards.model.payouts import LeftOutReason, PayStatus
from boards.pages.twins.year import year_so_far, year_table
from boards.sheets.views import YearView
from kiosk_server.archive.archive import Archive
from kiosk_server.archive.board import Board
from kiosk_server.desk.annual import year_on
from kiosk_server.desk.checklist import checklist_on
from sync import wire
from sync.carriers.folder import FolderSource
from sync.carriers.spool import Spool
from sync.county.publish import changes, publisher
from sync.county.publish.amendments import Amendment, correction
from sync.county.publish.batch_records import standing as batch_standing
from sync.county.publish.published.years import closed_year
from sync.county.years.closing import NothingNewToClose, Said, YearDoesNotAddUp, close_year
from sync.county.years.standing import standing
from sync.county.years.table import Stated
from sync.importer import catch_up
from tests.line.county_sim import OTHER, VILLAGE, batch, copied, county, reading, row

pytestmark = pytest.mark.thorough

VILLAGES = (VILLAGE, OTHER)
AREA, THING, PERSON = "farmland_fertility", "machinery", "disability_living"
JANUARY = datetime(2026, 1, 25, 2, 0, tzinfo=UTC)
IN_TIME, LATE = date(2025, 12, 10), date(2026, 1, 20)
WHY = wire.Reason(code="county", text="登记有误")
MEANT = ("YEAR_CLOSED", "PUBLISHED_BEFORE", "R10", "R3", "R6", "CONTROL", "CEILING", "TITLE_OTHERWISE")
CONFIRMED = ", ".join(f'{{code = "{code}", reason = "已经核实"}}' for code in MEANT)
FAILED = {LeftOutReason.FAILED, LeftOutReason.RETURNED}


class Listed:
    """One list of one village, as a bookkeeper has it."""

    def __init__(self, batch, programme, year, *, applied=False, again=False):
        self.batch, self.programme, self.year = batch, programme, year
        self.applied, self.again, self.gone, self.edition = applied, again, False, 1
        self.rows, self.failed, self.off, self.erasable = {}, 0, 0, []

    @property
    def counts(self):
        """R9: a payment list of the fiscal year that was not taken back."""
        return self.year == 2025 and not self.applied and not self.gone

    @property
    def fen(self):
        return sum(fen for fen, _ in self.rows.values())


class Ledger:
    """Two villages' books, and what the county said of the year last."""

    def __init__(self, here):
        self.here, self.lists, self.number = here, {village: [] for village in VILLAGES}, 0
        self.closed, self.moved = {}, defaultdict(bool)

    def own(self, village):
        """The lists that count, by programme."""
        found = defaultdict(list)
        for one in self.lists[village]:
            if one.counts:
                found[one.programme].append(one)
        return found

    def figures(self, village):
        """What was paid to people who are listed, by programme."""
        return {code: sum(one.fen for one in lists) for code, lists in self.own(village).items()}

    def open(self, village, programme):
        """What failed and nobody paid again."""
        lists = self.own(village)[programme]
        return sum(o.failed for o in lists if not o.again) - sum(o.fen for o in lists if o.again)

    def good(self):
        return frozenset(
            one.batch for some in self.lists.values() for one in some if one.counts and one.again
        )

    # What the county does

    def publish(self, data):
        programme = data.draw(st.sampled_from([AREA, AREA, THING, PERSON]))
        year = data.draw(st.sampled_from([2025, 2025, 2025, 2024, 2026]))
        applied = (year, programme) == (2025, AREA) and data.draw(st.integers(0, 3)) == 0
        village = data.draw(st.sampled_from(VILLAGES))
        day = {2024: date(2024, 9, 30), 2026: LATE}.get(year) or data.draw(st.sampled_from([IN_TIME, LATE]))
        own = st.just(value=False) if applied else st.booleans()
        paid = [(who, self.fen(data), data.draw(own)) for who in self.people(data)]
        failed = [] if applied else [self.fen(data) for _ in range(data.draw(st.integers(0, 2)))]
        self.hand_in(village, programme, year, day, paid, failed, applied=applied)

    def pay_again(self, data):
        """更正发放: a part of what failed, and a part of that failing once more."""
        owed = [(v, p) for v in VILLAGES for p in (AREA, THING, PERSON) if self.open(v, p) > 1]
        if owed:
            village, programme = data.draw(st.sampled_from(owed))
            paid = data.draw(st.integers(1, self.open(village, programme)))
            rest = self.open(village, programme) - paid
            failed = [data.draw(st.integers(1, rest))] if rest and data.draw(st.booleans()) else []
            day = data.draw(st.sampled_from([IN_TIME, LATE]))
            self.hand_in(village, programme, 2025, day, [(9, paid, False)], failed, again=True)

    def hand_in(  # noqa: PLR0917
        self, village, programme, year, day, paid, failed, *, applied=False, again=False
    ):
        self.number += 1
        plain = {"village": village, "quantity": Decimal(3) if applied else None, "rate": None}
        rows = [
            row(who, amount_fen=fen, paid_on=LATE if own and year == 2025 else None, **plain)
            for who, fen, own in paid
        ]
        rows += [
            row(20 + n, amount_fen=fen, status=PayStatus.FAILED, **plain) for n, fen in enumerate(failed)
        ]
        toml = batch(
            f"{year}-{self.number:02}",
            programme=f'"{programme}"',
            fiscal_year=year,
            paid_on=None if applied else day.isoformat(),
            phase='"application"' if applied else None,
            confirmed=f"[{CONFIRMED}]",
            funds='"上年结转资金"',
        )
        read = reading(rows, source_sha256=f"{self.number:064}")
        made = self.go(publisher.propose(self.here, read, toml, JANUARY))
        listed = Listed(made.batch, programme, year, applied=applied, again=again)
        late = {who: (LATE if own and year == 2025 else day) for who, _, own in paid}
        listed.rows = {who: (fen, late[who].year > year and not applied) for who, fen, _ in paid}
        listed.failed = sum(failed)
        self.lists[village].append(listed)
        self.moved[village] |= listed.counts

    def fen(self, data):
        self.number += 1
        return data.draw(st.integers(1, 10**6)) * 100 + self.number % 100  # no two alike

    def people(self, data):
        return sorted(data.draw(st.sets(st.integers(1, 6), min_size=1, max_size=4)))

    def go(self, made):
        publisher.review(self.here, made.id, JANUARY)
        publisher.publish(self.here, made.id, JANUARY)
        return made

    def some(self, data, *, erased=False):
        """A village, a list of it and somebody on it, or somebody who left it."""
        found = [
            (village, one, who)
            for village in VILLAGES
            for one in self.lists[village]
            if not one.gone and not one.again
            for who in (one.erasable if erased else one.rows)
        ]
        return data.draw(st.sampled_from(found)) if found else (None, None, None)

    def record(self, village, listed, who):
        lines = self.here.log(village).lines()
        named = row(who).payout.holder
        records = batch_standing(village, listed.batch, lines).records
        return next(rec for rec, one in records.items() if one.payout and one.payout.holder == named)

    def correct(self, data):
        village, listed, who = self.some(data)
        if listed:
            place, rec = self.place(village), self.record(village, listed, who)
            fen = self.fen(data)
            value = correction(self.here, place, rec, Amendment(amount_fen=fen))
            self.go(changes.correct(self.here, village, rec, value, WHY, JANUARY))
            listed.rows[who], listed.edition = (fen, listed.rows[who][1]), listed.edition + 1
            self.moved[village] |= listed.counts

    def withdraw(self, data):
        village, listed, who = self.some(data)
        if listed and len(listed.rows) > 1:
            rec = self.record(village, listed, who)
            self.go(changes.withdraw(self.here, village, rec, WHY, JANUARY))
            listed.off += listed.rows.pop(who)[0]
            listed.erasable.append(rec)
            listed.edition += 1
            self.moved[village] |= listed.counts

    def erase(self, data):
        """Names go and no money does: the year holds (settled §64)."""
        village, listed, who = self.some(data)
        if listed and len(listed.rows) > 1:
            self.go(changes.erase(self.here, village, self.record(village, listed, who), WHY, JANUARY))
            listed.off += listed.rows.pop(who)[0]
            listed.edition += 1

    def gone_for_good(self, data):
        """Somebody leaves a list that the year may have counted, and is erased then."""
        self.withdraw(data)
        self.erase_later(data)

    def erase_later(self, data):
        """The words of somebody who had left: nothing comes back by it."""
        village, listed, rec = self.some(data, erased=True)
        if listed:
            self.go(changes.erase(self.here, village, rec, WHY, JANUARY))
            listed.erasable.remove(rec)
            listed.edition += 1

    def take_back(self, data):
        some = [
            (village, one)
            for village in VILLAGES
            for one in self.lists[village]
            if not one.gone and not any(o.again for o in self.own(village)[one.programme])
        ]
        if some:
            village, listed = data.draw(st.sampled_from(some))
            self.go(changes.withdraw_list(self.here, village, listed.batch, WHY, JANUARY))
            self.moved[village] |= listed.counts
            listed.gone = True

    def place(self, code):
        return next(one for one in self.here.pack.villages if one.code == code)

    # What it says of the year

    def due(self, village):
        if village not in self.closed:
            return bool(self.own(village))
        again = {one.batch for some in self.own(village).values() for one in some if one.again}
        return self.moved[village] or again != self.closed[village]["again"]

    def close(self, data):
        """Right figures close what is due and nothing else; a fen beside them closes nothing."""
        told = {
            v: self.figures(v) if self.due(v) else self.closed.get(v, {}).get("figures", {}) for v in VILLAGES
        }
        stated = [
            Stated(village=v, programme=p, fen=fen) for v, own in told.items() for p, fen in own.items()
        ]
        if not stated:
            return
        said = Said(year=2025, makes_good=self.good(), carried="资金次年到位")
        self.refused(data, stated, said)
        if not any(map(self.due, VILLAGES)):
            with pytest.raises(NothingNewToClose):
                close_year(self.here, stated, said, JANUARY)
            return
        made = self.go(close_year(self.here, stated, said, JANUARY))
        assert set(made.villages) == {one for one in VILLAGES if self.due(one)}
        for village in made.villages:
            before = self.closed.get(village, {"edition": 0})["edition"]
            self.closed[village] = self.truth(village) | {"edition": before + 1}
            self.moved[village] = False

    def refused(self, data, stated, said):
        at, off = data.draw(st.integers(0, len(stated) - 1)), data.draw(st.sampled_from([-1, 1, 12345]))
        wrong = stated[at]
        if wrong.fen + off < 0 or (not self.due(wrong.village) and self.moved_by_erasing(wrong, off)):
            return
        wrong = msgspec.structs.replace(wrong, fen=wrong.fen + off)
        with pytest.raises(YearDoesNotAddUp) as caught:
            close_year(self.here, [*stated[:at], wrong, *stated[at + 1 :]], said, JANUARY)
        place = self.place(wrong.village)
        listed = self.figures(wrong.village)[wrong.programme]
        away = f"年度数据{'多' if wrong.fen > listed else '少'} {abs(wrong.fen - listed)} 分"
        assert f"{place.town}{place.name}" in caught.value.told()[0]
        assert away in caught.value.told()[0]

    def moved_by_erasing(self, wrong, off):
        return wrong.fen + off == self.figures(wrong.village).get(wrong.programme, -1)

    def truth(self, village):
        """Everything a closed year must say, of these books."""
        own = self.own(village)
        return {
            "figures": self.figures(village),
            "lists": {(o.batch, o.edition, o.fen) for some in own.values() for o in some},
            "again": {o.batch for some in own.values() for o in some if o.again},
            "open": {code: self.open(village, code) for code in own},
            "off": {code: sum(one.off for one in some) for code, some in own.items()},
            "late": {
                c: sum(f for o in some for f, late in o.rows.values() if late) for c, some in own.items()
            },
            "families": {c: len({who for one in some for who in one.rows}) for c, some in own.items()},
        }


@pytest.fixture(scope="module")
def founded(tmp_path_factory):
    return county(tmp_path_factory.mktemp("oracle") / "county")


@settings(max_examples=12, deadline=None, phases=[Phase.generate])
@given(data=st.data())
def test_the_year_is_what_a_bookkeeper_says(data, founded, tmp_path_factory):
    """R9, R10 and what holds no more: two books that know nothing of each other, at both ends of the line."""
    folder = tmp_path_factory.mktemp("books")
    books = Ledger(copied(founded, folder / "county"))
    acts = [books.publish] * 4 + [books.close] * 3 + [books.pay_again] * 2
    acts += [
        books.correct,
        books.withdraw,
        books.erase,
        books.erase_later,
        books.take_back,
        books.gone_for_good,
    ]
    for act in (books.publish, books.publish, books.close):
        act(data)
    for act in data.draw(st.lists(st.sampled_from(acts), min_size=1, max_size=10)):
        act(data)
    for village in VILLAGES:
        if books.lists[village]:
            agrees(books, village, folder)


def agrees(books, village, folder):
    """County, kiosk, page, table and twin against the books."""
    asyncio.run(_pull(books.here, village, folder / village))
    ours = closed_year(books.here, village, 2025)
    board = Board(folder / village / "archive.sqlite3", books.here.pack.mask)
    try:
        found = board.annual(village, 2025)
        today, here = date(2026, 1, 25), books.place(village)
        sheet = year_on(board, books.here.pack, here, 2025, today)
        mine = checklist_on(board, (), here, 2025, today)
    finally:
        board.close()
    said, holds = books.closed.get(village), village in books.closed and not books.moved[village]
    assert ((found is None), (ours is None)) == (said is None, said is None)
    if said:
        assert (found.holds, ours.holds) == (holds, holds)
        assert (found.overtaken, found.differs, ours.overtaken) == (not holds, False, not holds)
        assert ours.annual == found.annual
        as_closed(found.annual, said)
    figures = said["figures"] if holds else books.figures(village)
    assert {row.programme: row.sum_fen for row in sheet.rows} == figures
    assert sheet.listed_fen == sum(books.figures(village).values())
    twin = year_so_far(village, YearView(sheet=sheet, years=(2025,), days_left=None))
    assert (twin.sum_fen, twin.settled) == (sum(figures.values()), holds)
    rows = list(csv.reader(io.StringIO(year_table(sheet).decode("utf-8-sig"))))
    money = rows[0].index("金额（元）")
    assert [cents(row[money]) for row in rows[1:]] == [
        *(figures[code] for code in sorted(figures)),
        sum(figures.values()),
    ]
    on_lists(books, village, mine, said)
    county_s = next(one for one in standing(books.here, 2025, today) if one.village.code == village)
    assert county_s.lists == sum(map(len, books.own(village).values()))
    assert (county_s.closed is not None and county_s.closed.holds) is holds


def on_lists(books, village, mine, said):
    """The checklist says of each list whether the year has this very edition of it."""
    own = [one for some in books.own(village).values() for one in some]
    marks = {
        (row.programme, row.period_no): row.in_year for row in mine.rows if row.programme and row.published
    }
    assert len(marks) == len(own)
    for one in own:
        inside = None if said is None else (one.batch, one.edition, one.fen) in said["lists"]
        period = one.batch.removeprefix(f"330590-{one.programme}-")
        assert marks[one.programme, period] is inside


def as_closed(annual, said):
    rows = {row.programme: row for row in annual.rows}
    assert annual.edition == said["edition"]
    assert {code: row.sum_fen for code, row in rows.items()} == said["figures"]
    assert annual.sum_fen == sum(said["figures"].values())
    assert {(b.batch, b.edition, b.sum_fen) for row in annual.rows for b in row.batches} == said["lists"]
    assert {b.batch for row in annual.rows for b in row.batches if b.makes_good} == said["again"]
    assert {code: row.carried_fen for code, row in rows.items()} == said["late"]
    assert {code: row.households for code, row in rows.items()} == said["families"]
    for code, one in rows.items():
        left = {part.reason: part.sum_fen for part in one.left_out}
        assert sum(fen for reason, fen in left.items() if reason in FAILED) == said["open"][code]
        assert left.get(LeftOutReason.UNLISTED, 0) == said["off"][code]
        many = said["families"][code]
        assert one.people == (many if code == PERSON and many >= 3 else None)


def cents(text):
    whole, _, part = text.partition(".")
    return int(whole) * 100 + int(part)


async def _pull(here, village, folder):
    folder.mkdir()
    async with Archive(folder / "archive.sqlite3", here.pack, minimum_free_mb=0) as archive:
        await catch_up(
            FolderSource(here.feed), archive, here.trust(), Spool(folder / "spool"), village, JANUARY
        )
