"""The short cuts for many lines say the same as the long way."""

from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from boards.model.codes import SheetDigest, sheet_digest
from kiosk_server.archive import event_heads, lines, statements
from kiosk_server.archive.board import Board
from kiosk_server.archive.engines.sqlite import ROWS_A_STATEMENT, connect, insert, insert_columns
from kiosk_server.archive.keys import batch_key, line_span, log_span
from kiosk_server.archive.projection.batches import BatchState
from kiosk_server.archive.projection.count import Counting, Tally
from kiosk_server.archive.projection.households import MOST_IN_MEMORY, Households, mark_of
from kiosk_server.archive.schema.migrate import run_migrations
from kiosk_server.archive.verify import whole_log
from sync.log.tree import leaf_hash
from sync.wire import BODIES, Kind
from tests.village import CODE, MASK, NOW, County, mark, payout

pytestmark = pytest.mark.anyio

HASHES = st.lists(st.binary(min_size=32, max_size=32), max_size=5).map(lambda some: some * 700)
PAYOUTS = st.builds(
    payout,
    st.integers(1, 99),
    st.sampled_from(["林秋实", "朱𬭎"]),
    quantity=st.none() | st.decimals(0, 999, places=4),
    rate=st.none() | st.decimals(0, 999, places=8),
    paid_on=st.none() | st.dates(),
    household=st.sampled_from(["", mark(5)]),
    remark=st.text(max_size=5),
)


@settings(max_examples=50)
@given(PAYOUTS)
def test_a_row_made_at_once_has_the_words(payout):
    """The row of a published line ends with exactly the words a check compares."""
    assert statements.payout_row(1, 2, "b1-0001", payout, 3)[-len(statements.WORDS) :] == statements.words(
        payout
    )


@settings(max_examples=50)
@given(st.lists(PAYOUTS, min_size=1, max_size=4))
def test_rows_made_column_by_column_are_the_same(payouts):
    """However many lines, and whatever they share."""
    count = len(payouts)
    recs, households = [f"b1-{n:04d}" for n in range(count)], [7] * count
    columns = statements.payout_columns(range(9, 9 + count), range(5, 5 + count), recs, payouts, households)
    made = [statements.payout_row(9 + n, 5 + n, recs[n], payouts[n], 7) for n in range(count)]
    assert list(zip(*columns, strict=True)) == made


@settings(max_examples=50)
@given(HASHES)
def test_many_hashes_at_once_give_the_same_digest(hashes):
    """One by one or joined."""
    about = {"origin": "o", "batch": "b", "edition": 1, "count": len(hashes), "sum_fen": 5}
    joined = SheetDigest(**about)
    joined.add_joined(b"".join(hashes))
    assert joined.hexdigest() == sheet_digest(hashes, **about)


async def test_a_page_checked_at_once_is_checked_row_by_row(archive, county):
    """Whatever somebody put in a row's, head's or body's place: the same lines, or refused both ways."""
    county.batch("b1", *(payout(n, f"林{n}", remark="<b>" * (n == 2)) for n in range(1, 5)))
    county.batch("b2", payout(1))
    await archive.admit(CODE, county.stretch(), NOW)
    db = archive._connection()
    rows = list(lines.rows_of(db, lines.IN_SPAN, line_span(batch_key(1, 1))))
    other = next(lines.rows_of(db, lines.IN_SPAN, line_span(batch_key(1, 2))))
    leaves, plain = log_span(1), lines.all_checked(db, rows, log_span(1), "b1")
    assert [one.payout.holder for one in plain] == ["林1", "林2", "林3", "林4"]

    def outcome(check, touched):
        try:
            return check(touched)
        except lines.REASONS:
            return "refused"

    every = [*rows, other]
    odd = st.sampled_from([None, 0, "", b"", b"{}", b"{},{}", b"1,2", 1 << 40, 2**62])
    cell = odd | st.sampled_from(every).flatmap(st.sampled_from) | st.sampled_from([
        every[a][n] + b"," + every[b][n] for a in range(3) for b in range(3) for n in (3, 4, 5)
    ])  # fmt: skip

    @settings(max_examples=300)
    @given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5), cell), max_size=2), st.integers(0, 5))
    @example([], 1)
    def holds(touches, forged):
        touched = [list(row) for row in rows]
        for row in touched[forged : forged + 1]:  # event and row changed alike
            row[4:] = (text.replace("林".encode(), "森".encode()) for text in row[4:])
        for row, column, value in touches:
            touched[row][column] = value
        one_by_one = outcome(lambda some: [lines.checked(db, row, leaves, "b1") for row in some], touched)
        assert outcome(lambda some: lines.all_checked(db, some, leaves, "b1"), touched) == one_by_one
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
    )
    assert plain == (Kind.PUBLISH, Kind.CORRECT, Kind.WITHDRAW, Kind.ERASE, Kind.CLOSE)
    assert all(event_heads.known(kind) for kind in BODIES)
    assert not event_heads.known("comet")


@pytest.mark.parametrize("count", [0, 1, ROWS_A_STATEMENT - 1, ROWS_A_STATEMENT, 2 * ROWS_A_STATEMENT + 3])
async def test_bulk_rows_all_arrive(path, count):
    """Whole statements and the rest."""
    db = connect(path)
    await run_migrations(db)
    wanted = [(n, b"h", None, "") for n in range(count)]
    insert(db, "leaf", wanted)
    assert db.execute("SELECT * FROM leaf ORDER BY id").fetchall() == wanted
    db.close()


@pytest.mark.parametrize("same", [(), (1,), (1, 2, 3), (2, 3)])
@pytest.mark.parametrize("count", [1, ROWS_A_STATEMENT, 2 * ROWS_A_STATEMENT + 3])
async def test_columns_all_arrive(path, count, same):
    """Each value in its row and column, whether a column says one thing or many."""
    db = connect(path)
    await run_migrations(db)
    own = [range(1, count + 1), [b"h%d" % n for n in range(count)], [b"b%d" % n for n in range(count)]]
    columns = [*own, [f"t{n}" for n in range(count)]]
    shared = {1: b"h", 2: None, 3: ""}
    columns = [[shared[at]] * count if at in same else column for at, column in enumerate(columns)]
    insert_columns(db, "leaf", columns)
    wanted = list(zip(*columns, strict=True))
    assert db.execute("SELECT * FROM leaf ORDER BY id").fetchall() == wanted
    db.close()


async def test_a_tally_counts_what_the_tables_hold(archive, county):
    """Quantity, digest and twice-published records, streamed or read again."""
    lines = [payout(n, quantity=Decimal(n) / 7) for n in range(1, 9)]
    county.publish("b1", *lines)
    await archive.admit(CODE, county.stretch(), NOW)
    batch = BatchState(batch_key(1, 1), "b1", last_line=8)
    tally = Tally()
    tally.add_lines([leaf.head for leaf in county.leaves], [f"b1-{n:04d}" for n in range(1, 9)], lines)
    db = archive._connection()
    streamed, again = Counting(db, batch, tally), Counting(db, batch, None)
    assert streamed.counted() == again.counted()
    found = again.counted().totals
    assert streamed.digest("o", 1, found) == again.digest("o", 1, found)


@pytest.mark.parametrize(
    ("recs", "rise"), [(["b-9999", "b-10000"], True), (["b-2", "b-1"], False), (["b-1", "b-1"], False)]
)
def test_records_that_rise_cannot_stand_twice(recs, rise):
    """Longer is later; anything else is looked up in the table."""
    tally = Tally()
    tally.add_lines([b"", b""], recs, [payout(1), payout(2)])
    assert tally.records_rise is rise


async def test_households_are_the_same_with_and_without_the_memory(archive, county, path, monkeypatch):
    """More households than are kept in memory: each chunk asks the table, with the same answers."""
    lines = [payout(n, f"林{n % 3}", household=mark(n % 4)) for n in range(1, 9)]
    county.batch("b1", *lines)
    await archive.admit(CODE, county.stretch(), NOW)
    db = archive._connection()
    known = Households(db, 1).placed(lines)
    for limit in ("MOST_IN_MEMORY", "MOST_LOADED"):
        monkeypatch.setattr(f"kiosk_server.archive.projection.households.{limit}", 0)
        assert Households(db, 1).placed(lines) == known
    assert MOST_IN_MEMORY > 0


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
