"""The short cuts for many lines say the same as the long way."""

from decimal import Decimal

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from boards.model.codes import SheetDigest, sheet_digest
from boards.model.kept import overtaken
from kiosk_server.archive import event_heads, lines
from kiosk_server.archive.board import Board
from kiosk_server.archive.engines.connection import writer
from kiosk_server.archive.engines.sqlite import ROWS_A_STATEMENT
from kiosk_server.archive.keys import batch_key, in_log, line_span, mark_of
from kiosk_server.archive.projection.count import Count, counted
from kiosk_server.archive.projection.projection import Projection
from kiosk_server.archive.projection.records import Records
from kiosk_server.archive.schema.migrate import run_migrations
from kiosk_server.archive.statements import LINES_IN_SPAN
from kiosk_server.archive.verify import whole_log
from sync.log.tree import leaf_hash
from sync.wire import BODIES, Kind
from tests.village import CODE, MASK, NOW, ORIGIN, County, mark, payout

pytestmark = [pytest.mark.thorough, pytest.mark.anyio]

HASHES = st.lists(st.binary(min_size=32, max_size=32), max_size=5).map(lambda some: some * 700)
PAYOUTS = st.builds(
    payout,
    st.just(0),
    st.sampled_from(["林秋实", "朱𬭎"]),
    group=st.sampled_from(["一组", "二组"]),
    beneficiary=st.sampled_from(["", "林秋实", "林小实"]),
    quantity=st.none() | st.decimals(0, 999, places=4),
    unit=st.sampled_from(["亩", "台"]),
    rate=st.none() | st.sampled_from([Decimal("124.9788302"), Decimal(60)]),
    amount_fen=st.integers(0, 10**9),
    household=st.sampled_from(["", mark(5), mark(6)]),
    status=st.sampled_from(["paid", "failed"]),
    in_kind=st.sampled_from(["", "", "大豆良种 10.5 kg"]),
    item=st.sampled_from(["", "", "轮式拖拉机"]),
)


@settings(max_examples=50)
@given(HASHES)
def test_many_hashes_at_once_give_the_same_digest(hashes):
    """One by one or joined."""
    about = {"origin": "o", "batch": "b", "edition": 1, "count": len(hashes), "sum_fen": 5}
    joined = SheetDigest(**about)
    joined.add_joined(b"".join(hashes))
    assert joined.hexdigest() == sheet_digest(hashes, **about)


@pytest.mark.sqlite
async def test_a_page_checked_at_once_is_checked_row_by_row(archive, county):
    """Whatever somebody put in a row's, head's or body's place: the same lines, or refused both ways."""
    county.batch("b1", *(payout(n, f"林{n}", remark="<b>" * (n == 2)) for n in range(1, 5)))
    county.batch("b2", payout(1))
    await archive.admit(CODE, county.stretch(), NOW)
    db = archive._connection()
    rows = [tuple(row) for row in db.execute(LINES_IN_SPAN, line_span(batch_key(1, 1)))]
    other = tuple(db.execute(LINES_IN_SPAN, line_span(batch_key(1, 2))).fetchone())
    names = ["b1"] * len(rows)
    plain = lines.all_checked(db, rows, names)
    assert [one.payout.holder for one in plain] == ["林1", "林2", "林3", "林4"]

    def outcome(check, touched):
        try:
            return check(touched)
        except lines.REASONS:
            return "refused"

    every = [*rows, other]
    odd = st.sampled_from([None, 0, 1, "", b"", b"{}", b"{},{}", b"1,2", 1 << 40, 2**62])
    cell = odd | st.sampled_from(every).flatmap(st.sampled_from) | st.sampled_from([
        every[a][n] + between + every[b][n]
        for a in range(3) for b in range(3) for n in (7, 8) for between in (b"", b",", b"\n")
    ])  # fmt: skip

    @settings(max_examples=300)
    @given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 8), cell), max_size=2), st.integers(0, 5))
    @example([], 1)
    @example([(2, 7, rows[2][7] + b"\n" + rows[3][7]), (3, 7, b"")], 5)
    @example([(0, 7, rows[0][7] + b"\n" + rows[1][7]), (1, 7, b"")], 5)
    @example([(0, 7, rows[0][7] + rows[1][7]), (1, 7, b"")], 5)
    @example([(0, 7, rows[0][7][:-1] + b',"x":'), (1, 7, b"{}}" + rows[1][7])], 5)
    def holds(touches, forged):
        touched = [list(row) for row in rows]
        for row in touched[forged : forged + 1]:  # event and row changed alike
            row[7:] = (text.replace("林".encode(), "森".encode()) for text in row[7:])
        for row, column, value in touches:
            touched[row][column] = value
        one_by_one = outcome(lambda some: [lines.checked(db, row, "b1") for row in some], touched)
        assert outcome(lambda some: lines.all_checked(db, some, names), touched) == one_by_one
        if one_by_one != "refused":
            assert [one.payout for one in one_by_one] == [one.payout for one in plain]

    holds()


def test_the_plain_kinds_are_those_of_the_wire():
    """What is compared as text is what the wire calls it."""
    plain = (
        event_heads.PUBLISH,
        event_heads.CORRECT,
        event_heads.WITHDRAW,
        event_heads.ERASE,
        event_heads.CLOSE,
        event_heads.YEAR,
    )
    assert plain == (Kind.PUBLISH, Kind.CORRECT, Kind.WITHDRAW, Kind.ERASE, Kind.CLOSE, Kind.YEAR)
    assert plain[:-1] == overtaken.KINDS
    assert all(event_heads.known(kind) for kind in BODIES)
    assert not event_heads.known("comet")


@pytest.mark.parametrize("count", [1, ROWS_A_STATEMENT - 1, ROWS_A_STATEMENT, 2 * ROWS_A_STATEMENT + 3])
def test_columns_all_arrive(path, count):
    """Each value in its row and column, whole statements and the rest."""
    db = writer(path)
    run_migrations(db, lambda: None)
    heads, bodies = [b"h%d" % n for n in range(count)], [b"b%d" % n if n % 3 else None for n in range(count)]
    columns = {"id": range(1, count + 1), "head": heads, "body": bodies}
    db.append("leaf", columns)
    wanted = [(*row, "") for row in zip(*columns.values(), strict=True)]
    assert db.execute("SELECT * FROM leaf ORDER BY id").fetchall() == wanted
    db.close()


async def test_a_list_is_counted_alike_as_it_comes_and_again(archive):
    """Lines, money, households, quantities, layout and digest: streamed, or over the events in the tables."""
    names = iter(range(1, 10**6))

    @settings(max_examples=40)
    @given(st.lists(PAYOUTS, min_size=1, max_size=12), st.integers(1, 12))
    def holds(rows, cut):
        batch, county = f"b{next(names)}", County()
        rows = [msgspec.structs.replace(one, seq=seq) for seq, one in enumerate(rows, 1)]
        county.leaves = [None] * before[0]
        county.publish(batch, *rows)
        leaves, before[0] = county.leaves[before[0] :], len(county.leaves)
        with db.writing():
            came = {what: [getattr(leaf, what) for leaf in leaves] for what in ("head", "body", "trouble")}
            db.append("leaf", {"id": [in_log(1, leaf.index) for leaf in leaves], **came})
            projection = Projection(db, place, lambda _key: None)
            for some in (leaves[:cut], leaves[cut:]):
                projection.take_all(some)
            projection.finish()
        state = projection._batches.find(batch)
        streamed, again = projection._streamed[state.id], counted(db, state, None)
        assert counted(db, state, streamed) is streamed
        assert (streamed.totals(), streamed.hashes) == (again.totals(), again.hashes)
        told = ("keyless", "not_paid", "erased", "first_leaf", "last_leaf", "records_rise")
        assert [getattr(streamed, one) for one in told] == [getattr(again, one) for one in told]
        assert again.totals().sum_fen == sum(one.amount_fen for one in rows)
        named = {(one.group, one.holder) for one in rows if not one.household}
        keyed = {one.household for one in rows if one.household}
        assert again.totals().households == len(named) + len(keyed)

    county, before = County(), [0]
    county.publish("first", payout(1))
    await archive.admit(CODE, county.stretch(), NOW)
    before[0] = len(county.leaves)
    db = archive._connection()
    place = archive.place(1, ORIGIN, CODE)
    holds()


@settings(max_examples=60)
@given(st.lists(st.decimals(0, 10**6, places=8), min_size=1, max_size=20))
def test_quantities_add_up_exactly(values):
    """Decimals, never a float: the same sum in any order, to the last place."""
    count, rows = Count(), [payout(1, quantity=value) for value in reversed(values)]
    count.add([*range(len(rows))], [b""] * len(rows), [""] * len(rows), rows, [1] * len(rows))
    assert count.totals().quantity * 10**8 == sum(int(value * 10**8) for value in values)


@pytest.mark.parametrize(
    ("recs", "rise"), [(["b-9999", "b-10000"], True), (["b-2", "b-1"], False), (["b-1", "b-1"], False)]
)
def test_records_that_rise_cannot_stand_twice(recs, rise):
    """Longer is later; anything else is looked up among the records."""
    count = Count()
    count.add([1, 2], [b"", b""], recs, [payout(1), payout(2)], [1, 2])
    assert count.records_rise is rise


async def test_the_records_of_a_list_are_those_of_its_heads(archive, county):
    """Each record with its line and newest revision; one that was withdrawn is not among them."""
    county.batch("b1", *(payout(n) for n in range(1, 4)))
    county.correct("b1", payout(2, amount_fen=5))
    county.close("b1", edition=2)
    county.withdraw("b1", 3)
    await archive.admit(CODE, county.stretch(), NOW)
    known = Records(archive._connection()).of(batch_key(1, 1))
    first = line_span(batch_key(1, 1))[0]
    assert known == {"b1-0001": (first + 1, 1), "b1-0002": (first + 2, 2)}


def test_marks_tell_hashes_apart():
    """Random letters by their last ones, any other text by its digest; never 0, never beyond 63 bits."""
    marks = {mark_of(text) for text in (*map(mark, range(50)), "Zürich", "zürich", "a" * 40)}
    assert len(marks) == 52  # "aaa…" is mark(0), whatever its length
    assert all(0 < one < 1 << 63 for one in marks)


async def test_a_whole_log_makes_its_tree(archive, path):
    """The nightly check over all events: right as admitted, wrong after one is lost."""
    county = County()
    county.batch("b1", *(payout(n) for n in range(1, 6)))
    await archive.admit(CODE, county.stretch(), NOW)
    db = archive._connection()
    assert whole_log(db, 1)
    assert leaf_hash(county.leaves[0].head) != leaf_hash(county.leaves[1].head)
    db.execute("DELETE FROM leaf WHERE id = 4294967299")
    assert not whole_log(db, 1)
    board = Board(path, MASK)
    assert board.sheet(CODE, "b1").count == 5
    board.close()
