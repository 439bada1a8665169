"""A year that the county closed, as a kiosk keeps it and holds it against the lists of its own log."""

import sqlite3
from contextlib import closing
from datetime import date
from hashlib import sha256
from itertools import groupby

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boards.model.codes import short_code
from boards.model.kept.annual import Annual, AnnualBatch, AnnualRow
from boards.model.payouts import LeftOut, LeftOutReason, Phase
from kiosk_server.archive.archive import Archive
from kiosk_server.archive.board import Board
from kiosk_server.archive.keys import batch_key
from kiosk_server.archive.past.closed_years import YearDoesNotMatch
from kiosk_server.archive.projection import batches
from sync.log.tree import leaf_hash
from tests.village import CODE, MASK, NOW, ORIGIN, PACK, County, cut, dump, payout, terms

pytestmark = [pytest.mark.thorough, pytest.mark.anyio]
DECIDED = date(2025, 12, 12)
PROGRAMMES = ("farmland_fertility", "machinery")


def year(lists, edition=1, good=(), **more):
    """The county's figures of these lists: batch, edition, programme, sum, left out; by hand, not by our rule."""
    rows = []
    for programme, grouped in groupby(sorted(lists, key=lambda one: (one[2], one[0])), lambda one: one[2]):
        some = list(grouped)
        batches = tuple(
            AnnualBatch(
                batch=name,
                edition=n,
                period_no="2025-01",
                sum_fen=fen,
                paid_on=date(2025, 11, 20),
                makes_good=name in good,
            )
            for name, n, _, fen, _ in some
        )
        left = {}
        for part in (part for one in some for part in one[4]):
            count, fen = left.get(part.reason, (0, 0))
            left[part.reason] = count + part.count, fen + part.sum_fen
        rows.append(
            AnnualRow(
                programme=programme,
                programme_name=programme,
                households=1,
                sum_fen=sum(one.sum_fen for one in batches),
                batches=batches,
                left_out=tuple(
                    LeftOut(reason=r, count=left[r][0], sum_fen=left[r][1])
                    for r in LeftOutReason
                    if r in left
                ),
            )
        )
    told = {"rows": tuple(rows), "sum_fen": sum(row.sum_fen for row in rows), "decided_on": DECIDED}
    return Annual(**{"village": CODE, "year": 2025, "edition": edition} | told | more)


def of(programme="farmland_fertility", **more):
    return terms(programme=programme, programme_name=programme, **more)


async def settled(archive, county, path, asked=2025):
    """What a kiosk says of the year once everything came."""
    stretch = county.stretch()
    if stretch.leaves:
        await archive.admit(CODE, stretch, NOW)
    board = Board(path, MASK)
    try:
        return board.annual(CODE, asked)
    finally:
        board.close()


class History:
    """A village's log being written at random, and what must be said of its year 2025 at the end."""

    def __init__(self):
        self.county, self.lists, self.gone = County(), {}, set()
        self.indexes, self.editions, self.down = {}, 0, []
        self.said, self.overtaken, self.truly = None, False, None

    def now(self):
        return [
            (name, one["edition"], one["terms"].programme, sum(one["rows"].values()), one["left"])
            for name, one in self.lists.items()
            if name not in self.gone
            and one["terms"].phase is Phase.PAYMENT
            and one["terms"].fiscal_year == 2025
        ]

    def publish(self, data):
        name = f"b{len(self.lists)}"
        about = of(
            data.draw(st.sampled_from(PROGRAMMES)),
            fiscal_year=data.draw(st.sampled_from([2025, 2025, 2025, 2024])),
            phase=data.draw(st.sampled_from([Phase.PAYMENT] * 3 + [Phase.APPLICATION])),
        )
        fen = data.draw(st.lists(st.integers(1, 10**7), min_size=1, max_size=3))
        failed = LeftOut(reason=LeftOutReason.FAILED, count=1, sum_fen=data.draw(st.integers(1, 10**6)))
        left = data.draw(st.sampled_from([(), (failed,)]))
        rows = dict(enumerate(fen, 1))
        self.lists[name] = {"edition": 0, "terms": about, "rows": rows, "left": left}
        for seq, amount in rows.items():
            index = self.county.publish(name, payout(seq, f"林{seq}", amount_fen=amount))
            self.indexes[name, seq] = index
        self.close(name)
        self.moved(name)

    def close(self, name):
        one = self.lists[name]
        one["edition"] += 1
        self.county.close(name, edition=one["edition"], terms=one["terms"], left_out=one["left"])

    def moved(self, name):
        terms = self.lists[name]["terms"]
        self.overtaken |= (terms.phase, terms.fiscal_year) == (Phase.PAYMENT, 2025)

    def row(self, data):
        lines = [(name, s) for name, one in self.lists.items() if name not in self.gone for s in one["rows"]]
        return data.draw(st.sampled_from(lines)) if lines else None

    def correct(self, data):
        if found := self.row(data):
            name, seq = found
            amount = self.lists[name]["rows"][seq] = data.draw(st.integers(1, 10**7))
            index = self.county.correct(name, payout(seq, f"林{seq}", amount_fen=amount))
            self.indexes[found].append(index)
            self.close(name)
            self.moved(name)

    def away(self, data, *, words=False):
        if found := self.row(data):
            name, seq = found
            amount = self.lists[name]["rows"].pop(seq)
            self.county.withdraw(name, seq)
            if words:
                self.county.erase(name, *self.indexes[found])
            unlisted = LeftOut(reason=LeftOutReason.UNLISTED, count=1, sum_fen=amount)
            self.lists[name]["left"] += (unlisted,)
            self.close(name)
            if not words:
                self.moved(name)
                self.down.append(found)

    def erase(self, data):
        self.away(data, words=True)

    def erase_later(self, data):
        """The words of a line that left its list before."""
        if down := [one for one in self.down if one[0] not in self.gone]:
            found = data.draw(st.sampled_from(down))
            self.down.remove(found)
            self.county.erase(found[0], *self.indexes[found])
            self.close(found[0])

    def take_back(self, data):
        if names := [name for name in self.lists if name not in self.gone]:
            name = data.draw(st.sampled_from(names))
            self.county.withdraw(name, None)
            self.gone.add(name)
            self.moved(name)

    def settle(self, data):
        self.editions += 1
        self.truly = year(self.now(), self.editions)
        self.said = self.truly
        if data.draw(st.integers(0, 3)) == 0 and self.truly.rows:
            row = self.truly.rows[0]
            wrong = msgspec.structs.replace(row, sum_fen=row.sum_fen + 1)
            self.said = msgspec.structs.replace(self.truly, rows=(wrong, *self.truly.rows[1:]))
        self.county.close_year(self.said)
        self.overtaken = False


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_year_holds_just_as_long_as_its_lists_do(data, tmp_path_factory):
    """Whatever comes in whatever order: it is overtaken, or differs, exactly when its own lists say so."""
    history = History()
    acts = [history.publish] * 3 + [history.correct, history.away, history.erase, history.take_back]
    acts.append(history.erase_later)
    for act in data.draw(st.lists(st.sampled_from([*acts, *[history.settle] * 3]), min_size=2, max_size=12)):
        act(data)
    leaves = history.county.leaves
    if not leaves:
        return
    folder = tmp_path_factory.mktemp("years")
    _take_in(folder / "one", [leaves])
    cuts = data.draw(st.lists(st.integers(0, len(leaves)), max_size=3))
    _take_in(folder / "many", [part.leaves for part in cut(leaves, cuts)], again=True)
    one, many = dump(folder / "one"), dump(folder / "many")
    assert one["annual"] == many["annual"]
    assert one["sheet"] == many["sheet"]
    board = Board(folder / "many", MASK)
    found = board.annual(CODE, 2025)
    board.close()
    if history.said is None:
        assert found is None
        return
    assert found.annual == history.said
    assert found.overtaken is history.overtaken
    assert found.differs is (history.said != history.truly)
    assert found.holds is not (found.overtaken or found.differs)


def _take_in(path, parts, *, again=False):
    import asyncio  # noqa: PLC0415 - inside a property that is not a coroutine

    async def run():
        async with Archive(path, PACK, minimum_free_mb=0) as archive:
            county = County()
            for part in parts:
                county._new = list(part)
                county.leaves = county.leaves + list(part)
                await archive.admit(CODE, county.stretch(), NOW)
            if again:
                before = dump(path)
                await archive.rebuild()
                assert dump(path) == before

    asyncio.run(run())


async def test_the_year_of_paper_and_screen_have_one_number(archive, county, path):
    """Its digest is SHA-256 over what the protocol says, and no list or notice has its code."""
    county.batch("b1", payout(1, amount_fen=500), terms=of())
    index = county.close_year(year([("b1", 1, "farmland_fertility", 500, ())]))
    found = await settled(archive, county, path)
    told = (
        f"village-kiosk sheet v1\n{ORIGIN}\n330590-year-2025\n1\n1\n0\n"
        f"{leaf_hash(county.leaves[index].head).hex()}\n"
    )
    assert found.digest == sha256(told.encode()).hexdigest()
    assert found.code == short_code(found.digest)
    assert (found.index, found.arrived_on, found.holds) == (index, date(2025, 11, 22), True)


async def test_an_old_editions_number_finds_the_year(archive, county, path):
    """Superseded, withheld or erased: never “no such number” (settled §46)."""
    county.batch("b1", payout(1, amount_fen=500), terms=of())
    lists = [("b1", 1, "farmland_fertility", 500, ())]
    first = county.close_year(year(lists))
    await settled(archive, county, path)
    county.close_year(year(lists, 2, office="县财政局"))
    county.erase("330590-year-2025", first)
    found = await settled(archive, county, path)
    assert (found.annual.edition, found.holds) == (2, True)
    codes = [row[3] for row in dump(path)["annual"]]
    board = Board(path, MASK)
    assert [board.year_by_code(code) for code in codes] == [(CODE, 2025)] * 2
    assert board.year_by_code("0000000000") is None
    board.close()


async def test_what_cannot_be_read_is_never_shown_and_overtakes(archive, county, path):
    """An edition that was withheld or is of another village leaves the one before it, as overtaken."""
    county.batch("b1", payout(1, amount_fen=500), terms=of())
    lists = [("b1", 1, "farmland_fertility", 500, ())]
    county.close_year(year(lists))
    assert (await settled(archive, county, path)).holds
    county.close_year(year(lists, 2), trouble="privacy")
    assert (await settled(archive, county, path)).overtaken
    county.close_year(year(lists, 3, village="330590101204"))
    found = await settled(archive, county, path)
    assert (found.annual.edition, found.overtaken, found.differs) == (1, True, False)
    assert [row[2] for row in dump(path)["incident"]] == ["privacy", "malformed"]
    county.close_year(year(lists, 4))
    assert (await settled(archive, county, path)).holds


@pytest.mark.parametrize("head", [{"rev": 2}, {"rec": "330590-year-2024"}, {"batch": "330590-year-25"}])
async def test_an_edition_out_of_order_is_an_incident(archive, county, path, head):
    """A gap in the editions, a record of another year, a name that is no year's: kept, told, not shown."""
    county.batch("b1", payout(1, amount_fen=500), terms=of())
    county.close_year(year([("b1", 1, "farmland_fertility", 500, ())]), **head)
    assert await settled(archive, county, path) is None
    assert dump(path)["annual"] == []
    assert len(dump(path)["incident"]) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        ("b1", 2, "farmland_fertility", 500, ()),
        ("b1", 1, "farmland_fertility", 499, ()),
        ("b1", 1, "machinery", 500, ()),
        ("b9", 1, "farmland_fertility", 500, ()),
        ("b1", 1, "farmland_fertility", 500, (LeftOut(reason=LeftOutReason.FAILED, count=1, sum_fen=7),)),
    ],
)
async def test_figures_that_are_not_the_lists_differ(archive, county, path, wrong):
    """Edition, sum, programme, list, left out: each is held against the list itself."""
    county.batch("b1", payout(1, amount_fen=500), terms=of())
    county.close_year(year([wrong]))
    found = await settled(archive, county, path)
    assert (found.differs, found.overtaken, found.holds) == (True, False, False)


@pytest.mark.parametrize("more", [{"sum_fen": 501}, {"rows": ()}])
async def test_totals_and_missing_rows_differ(archive, county, path, more):
    """The last line must be the sum of the rows, and no programme may be missing."""
    county.batch("b1", payout(1, amount_fen=500), terms=of())
    county.close_year(year([("b1", 1, "farmland_fertility", 500, ())], **more))
    assert (await settled(archive, county, path)).differs


async def test_a_row_that_stands_twice_differs(archive, county, path):
    """One programme has one row."""
    county.batch("b1", payout(1, amount_fen=500), terms=of())
    once = year([("b1", 1, "farmland_fertility", 500, ())])
    county.close_year(msgspec.structs.replace(once, rows=once.rows * 2, sum_fen=1000))
    assert (await settled(archive, county, path)).differs


async def test_what_was_paid_again_is_left_out_no_more(archive, county, path):
    """R9: what failed stays left out until the list that makes it good counts, and then no longer."""
    failed = LeftOut(reason=LeftOutReason.FAILED, count=2, sum_fen=700)
    county.batch("b1", payout(1, amount_fen=500), terms=of(), left_out=(failed,))
    one, two = ("b1", 1, "farmland_fertility", 500, (failed,)), ("b2", 1, "farmland_fertility", 300, ())
    county.close_year(year([one]))
    assert (await settled(archive, county, path)).holds
    county.batch("b2", payout(1, amount_fen=300), terms=of())
    assert (await settled(archive, county, path)).overtaken
    county.close_year(year([one, two], 2))
    assert (await settled(archive, county, path)).holds
    still = (
        "b1",
        1,
        "farmland_fertility",
        500,
        (LeftOut(reason=LeftOutReason.FAILED, count=1, sum_fen=400),),
    )
    county.close_year(year([still, two], 3, good=["b2"]))
    assert (await settled(archive, county, path)).holds
    county.close_year(year([one, two], 4, good=["b2"]))
    assert (await settled(archive, county, path)).differs


async def test_a_list_that_never_reconciled_cannot_be_vouched_for(archive, county, path):
    """核对不符 here: the kiosk has nothing to hold the figure against."""
    county.batch("b1", payout(1, amount_fen=500), terms=of(), count=99)
    county.close_year(year([("b1", 1, "farmland_fertility", 500, ())]))
    assert (await settled(archive, county, path)).differs


async def test_a_change_that_is_not_closed_yet_overtakes(archive, county, path):
    """A line that left the board at once: the year no longer says what hangs."""
    county.batch("b1", payout(1, amount_fen=500), payout(2, "张伟", amount_fen=1), terms=of())
    county.close_year(year([("b1", 1, "farmland_fertility", 501, ())]))
    county.withdraw("b1", 2)
    assert (await settled(archive, county, path)).overtaken


@pytest.mark.sqlite
async def test_a_figure_that_somebody_changed_is_not_shown(archive, county, path):
    """One byte of the stored figures: refused, and named by the nightly check."""
    county.batch("b1", payout(1, amount_fen=500), terms=of())
    index = county.close_year(year([("b1", 1, "farmland_fertility", 500, ())]))
    await settled(archive, county, path)
    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE leaf SET body = replace(body, '500', '600') WHERE id & 4294967295 = ?", (index,))
        db.execute("UPDATE leaf SET body = CAST(body AS BLOB)")
        db.execute("UPDATE annual SET edition = 9")
        db.commit()
    with pytest.raises(YearDoesNotMatch):
        await settled(archive, county, path)


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "change", ["annual SET day = 'x'", "leaf SET head = x'00'", "sheet SET head = x'00'"]
)
async def test_whatever_was_changed_the_year_says_so(archive, county, path, change):
    """A day, a head, a list's head that cannot be read: one sentence, no crash."""
    county.batch("b1", payout(1, amount_fen=500), terms=of())
    county.close_year(year([("b1", 1, "farmland_fertility", 500, ())]))
    await settled(archive, county, path)
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"UPDATE {change}")
        db.commit()
    with pytest.raises(YearDoesNotMatch):
        await settled(archive, county, path)


@pytest.mark.sqlite
async def test_an_older_kiosk_shows_the_year_after_its_update(archive, county, path):
    """It kept the event, of a kind it did not know, beside a batch nobody wrote: the update folds it."""
    county.batch("b1", payout(1, amount_fen=500), terms=of())
    county.close_year(year([("b1", 1, "farmland_fertility", 500, ())]))
    await settled(archive, county, path)
    today = dump(path)
    await archive.close()
    with closing(sqlite3.connect(path)) as db:
        db.execute("DROP TABLE annual")
        db.execute("DELETE FROM migration WHERE name = '2026-11-30T12:00:00:000000'")
        db.execute("INSERT INTO batch (id, log, name) VALUES (?, 1, '330590-year-2025')", (batch_key(1, 2),))
        db.execute("UPDATE log SET unknown = 1")
        db.commit()
    await archive.migrate()
    assert dump(path) == today


async def test_a_code_that_a_year_has_is_nobody_elses(archive, county, path, monkeypatch):
    """One space of codes: a list that comes later takes the next number (settled §10)."""
    monkeypatch.setattr(batches, "short_code", lambda _digest, attempt=0: f"{attempt:010d}")
    county.close_year(year([]))
    county.batch("b1", payout(1, amount_fen=500), terms=of())
    await settled(archive, county, path)
    tables = dump(path)
    assert [row[3] for row in tables["annual"]] == ["0000000000"]
    assert [row[5] for row in tables["sheet"]] == ["0000000001"]


async def test_a_list_taken_back_later_was_counted(archive, county, path):
    """The figures were right when they were signed; they are overtaken, and nothing worse is said of them."""
    county.batch("b1", payout(1, amount_fen=500), terms=of())
    county.close_year(year([("b1", 1, "farmland_fertility", 500, ())]))
    county.withdraw("b1", None)
    found = await settled(archive, county, path)
    assert (found.overtaken, found.differs) == (True, False)
    county.close_year(year([], 2))
    assert (await settled(archive, county, path)).holds


async def test_an_erased_line_moves_no_money(archive, county, path):
    """Its words go, what was paid stays: the year holds. A line that is only withdrawn overtakes it."""
    county.publish("b1", payout(1, amount_fen=500), payout(2, "张伟", amount_fen=1), payout(3, amount_fen=2))
    county.close("b1", terms=of())
    county.close_year(year([("b1", 1, "farmland_fertility", 503, ())]))
    for edition, (seq, erased) in enumerate([(2, True), (3, False)], 2):
        county.withdraw("b1", seq)
        if erased:
            county.erase("b1", seq - 1)
        county.close("b1", edition=edition, terms=of())
        found = await settled(archive, county, path)
        assert (found.annual.sum_fen, found.overtaken, found.differs) == (503, not erased, False)


async def test_a_line_that_left_the_year_does_not_come_back_when_it_is_erased(archive, county, path):
    """Its list was closed without it: the year's figures hold no more, also once its words are gone."""
    county.publish("b1", payout(1, amount_fen=500), payout(2, "张伟", amount_fen=3))
    county.close("b1", terms=of())
    county.close_year(year([("b1", 1, "farmland_fertility", 503, ())]))
    county.withdraw("b1", 2)
    county.close("b1", edition=2, terms=of())
    county.erase("b1", 1)
    county.close("b1", edition=3, terms=of())
    assert (await settled(archive, county, path)).overtaken


async def test_of_a_list_paid_on_both_sides_of_new_year_a_part_is_carried_over(archive, county, path):
    """R10: line by line by its own day, before the county decides as after."""
    own = payout(1, amount_fen=500, paid_on=date(2025, 12, 20))
    county.publish("b1", own, payout(2, "张伟", amount_fen=30))
    county.close("b1", terms=of(paid_on=date(2026, 1, 5)))
    await settled(archive, county, path)
    board = Board(path, MASK)
    (told,) = board.year(CODE, 2025)
    board.close()
    assert (told.sum_fen, told.carried_fen) == (530, 30)
