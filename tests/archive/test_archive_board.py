"""Reading: what a page gets, what a search finds, and that a touched database is noticed."""

import hashlib
import sqlite3
from decimal import Decimal

import pytest

from boards.model.pack import MaskPolicy
from boards.model.payouts import Phase
from boards.sheets.sheet import Variant
from kiosk_server.archive.board import Board
from kiosk_server.archive.engines.sqlite import ArchiveMissing
from kiosk_server.archive.lines import RowsDoNotMatch
from kiosk_server.archive.verify import whole_log
from tests.village import CODE, MASK, NOW, mark, payout, terms

pytestmark = pytest.mark.anyio


@pytest.fixture
async def full(archive, county):
    """Three lists: 30 payouts of area, 3 machines, an application list."""
    county.batch("b1", *(payout(n, f"林{n}", amount_fen=100 * n) for n in range(1, 31)))
    machinery = terms(programme="machinery", programme_name="农机购置与应用补贴", period_no="2025-02")
    county.batch(
        "b2",
        payout(
            1,
            "林1",
            item="轮式拖拉机",
            unit="台",
            quantity=Decimal(1),
            rate=Decimal(28000),
            amount_fen=2800000,
        ),
        payout(
            2,
            "欧阳建国",
            household=mark(77),
            unit="台",
            quantity=Decimal(2),
            rate=Decimal(1000),
            amount_fen=200000,
        ),
        terms=machinery,
    )
    wanted = terms(phase=Phase.APPLICATION, paid_on=None, period_no="2026-01", fiscal_year=2026)
    county.batch("b3", payout(1, "林1", amount_fen=0, status="applied"), terms=wanted)
    await archive.admit(CODE, county.stretch(), NOW)
    return archive


@pytest.fixture
def board(full, path):
    opened = Board(path, MASK)
    yield opened
    opened.close()


@pytest.fixture
def hand(path):
    """Somebody with sqlite3 and bad intentions."""
    db = sqlite3.connect(path, isolation_level=None)
    yield db
    db.close()


async def test_a_page_is_the_lines_asked_for(board):
    """Lines 11 to 20 are lines 11 to 20; beyond the end there are none."""
    assert [line.seq for line in board.lines(CODE, "b1", 11, 10)] == list(range(11, 21))
    assert [line.seq for line in board.lines(CODE, "b1", 26, 10)] == list(range(26, 31))
    assert board.lines(CODE, "b1", 31, 10) == ()
    assert board.lines(CODE, "nothing", 1, 10) == ()


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([payout(1), payout(2)], (Decimal("6.54"), "亩", Variant.AREA)),
        ([payout(1), payout(2, unit="台")], (None, "", Variant.AREA)),
        ([payout(1), payout(2, quantity=None)], (None, "", Variant.AREA)),
        ([payout(1), payout(2, rate=Decimal(60))], (Decimal("6.54"), "亩", Variant.ITEM)),
        ([payout(1, beneficiary="林小实")], (Decimal("3.27"), "亩", Variant.ITEM)),
        ([payout(1, beneficiary="林秋实")], (Decimal("3.27"), "亩", Variant.AREA)),
        ([payout(1, item="轮式拖拉机")], (Decimal("3.27"), "亩", Variant.ITEM)),
        ([payout(1, in_kind="大豆良种 10.5 kg")], (Decimal("3.27"), "亩", Variant.IN_KIND)),
    ],
)
async def test_a_head_is_counted_from_its_lines(archive, county, path, rows, found):
    """Mu and machines are not added up, nor a list where a line has no quantity; the lines give the layout."""
    county.batch("b1", *rows)
    await archive.admit(CODE, county.stretch(), NOW)
    board = Board(path, MASK)
    (head,) = board.sheets(CODE)
    board.close()
    assert (head.quantity, head.unit, head.variant) == found


async def test_lists_are_found_by_phase_and_year(board):
    """Applications and payouts, this year's and others."""
    assert [head.batch for head in board.sheets(CODE)] == ["b3", "b2", "b1"]
    assert [head.batch for head in board.sheets(CODE, phase=Phase.PAYMENT)] == ["b2", "b1"]
    assert [head.batch for head in board.sheets(CODE, year=2026)] == ["b3"]
    assert board.years(CODE) == (2026, 2025)


async def test_a_household_has_all_its_lines(board):
    """One household, three lists, newest first."""
    found = board.household(CODE, 1)
    assert (found.name, found.group) == ("林1", "一组")
    assert [(head.batch, line.amount_fen) for head, line in found.parts] == [
        ("b3", 0),
        ("b2", 2800000),
        ("b1", 100),
    ]
    assert board.household(CODE, 999) is None


async def test_surnames_and_people(board):
    """Tiles by frequency, people with their number of payouts, only of the lists asked for."""
    assert [(one.surname, one.count) for one in board.surnames(CODE)] == [("林", 30), ("欧阳", 1)]
    assert [(one.surname, one.count) for one in board.surnames(CODE, {"b2"})] == [("林", 1), ("欧阳", 1)]
    (person,) = board.people(CODE, "欧阳")
    assert (person.name, person.group, person.payouts) == ("欧阳建国", "一组", 1)
    assert board.people(CODE, "欧阳", {"b1"}) == ()
    assert board.surnames(CODE, ()) == ()


async def test_the_year_is_the_sum_of_its_lists(board):
    """R9: per programme exactly its batches; applications do not count."""
    rows = {row.programme: row for row in board.year(CODE, 2025)}
    assert rows["farmland_fertility"].sum_fen == board.sheet(CODE, "b1").sum_fen
    assert (rows["machinery"].sum_fen, rows["machinery"].quantity, rows["machinery"].unit) == (
        3000000,
        Decimal(3),
        "台",
    )
    assert board.year(CODE, 2026) == ()


async def test_names_are_masked_by_policy(full, path):
    """The policy holds for lists, households and searches alike."""
    board = Board(path, MaskPolicy(version="x", names="one_star"))
    assert board.lines(CODE, "b2", 2, 1)[0].holder == "欧阳*"
    assert board.people(CODE, "欧阳")[0].name == "欧阳*"
    assert board.household(CODE, 1).name == "林*"
    board.close()


async def test_a_sensitive_list_shows_names_and_amounts_only(archive, county, path):
    """No group, no quantity, no item, whatever the feed carries (domain §1.6)."""
    about = terms(programme="disability_living", programme_name="残疾人两项补贴")
    county.batch("b1", payout(1, remark="二级", item="护理"), terms=about)
    await archive.admit(CODE, county.stretch(), NOW)
    board = Board(path, MASK)
    line = board.lines(CODE, "b1", 1, 1)[0]
    assert (line.holder, line.amount_fen) == ("林秋实", 40868)
    assert (line.group, line.quantity, line.rate, line.item, line.remark) == ("", None, None, "", "")
    assert board.sheet(CODE, "b1").terms.sensitive
    board.close()


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE payout SET amount_fen = amount_fen + 1 WHERE rec = 'b1-0003'",
        "UPDATE payout SET holder = '王五' WHERE rec = 'b1-0003'",
        "UPDATE payout SET quantity = '9.99' WHERE rec = 'b1-0003'",
        "UPDATE payout SET holder = x'e69e97' WHERE rec = 'b1-0003'",
        "UPDATE payout SET holder = CAST(x'e69eff' AS TEXT) WHERE rec = 'b1-0003'",
        "UPDATE payout SET amount_fen = 'x' WHERE rec = 'b1-0003'",
        "UPDATE payout SET rate = NULL WHERE rec = 'b1-0003'",
        "UPDATE payout SET standing = 'withdrawn', gone = 'x' WHERE rec = 'b1-0003'",
        "UPDATE payout SET remark = '\",\"' WHERE rec = 'b1-0003'",
        "UPDATE payout SET rec = 'b1-0099' WHERE rec = 'b1-0003'",
        "UPDATE payout SET rev = 2 WHERE rec = 'b1-0003'",
        "UPDATE payout SET leaf = leaf + 1 WHERE rec = 'b1-0003'",
        "UPDATE payout SET leaf = leaf + 4294967296 WHERE rec = 'b1-0003'",
        "UPDATE payout SET standing = 'withdrawn', gone = 5, holder = '' WHERE rec = 'b1-0003'",
        "UPDATE payout SET standing = 'erased' WHERE rec = 'b1-0003'",
        "DELETE FROM payout WHERE rec = 'b1-0003'",
        "UPDATE leaf SET body = replace(CAST(body AS TEXT), '300', '999') WHERE id = 4294967298",
        "UPDATE leaf SET body = NULL WHERE id = 4294967298",
        "UPDATE leaf SET head = x'00' WHERE id = 4294967298",
        "DELETE FROM leaf WHERE id = 4294967298",
    ],
)
async def test_a_touched_row_is_never_shown(board, hand, tampering):
    """UPDATE, DELETE on rows or events: the page refuses (数据校验失败), paper too; other pages stay."""
    assert hand.execute(tampering).rowcount == 1
    with pytest.raises(RowsDoNotMatch):
        board.lines(CODE, "b1", 1, 10)
    with pytest.raises(RowsDoNotMatch):
        board.whole(CODE, "b1")
    assert len(board.lines(CODE, "b1", 11, 10)) == 10


async def test_a_row_and_its_event_changed_alike_are_never_shown(board, hand):
    """The page does not wait for the nightly check: the head's digest of the body is asked at once."""
    hand.execute("UPDATE payout SET amount_fen = 999 WHERE rec = 'b1-0003'")
    changed = "UPDATE leaf SET body = CAST(replace(CAST(body AS TEXT), '300', '999') AS BLOB) WHERE id = ?"
    assert hand.execute(changed, (4294967298,)).rowcount == 1
    with pytest.raises(RowsDoNotMatch):
        board.lines(CODE, "b1", 1, 10)


async def test_one_lines_withdrawal_hides_no_other(full, board, hand, county):
    """A line is taken down by an event that names it, not by a neighbour's."""
    county.withdraw("b1", 2)
    await full.admit(CODE, county.stretch(), NOW)
    assert board.lines(CODE, "b1", 2, 1)[0].holder == "（已撤下）"
    hand.execute(
        "UPDATE payout SET standing = 'withdrawn', gone = (SELECT gone FROM payout WHERE rec = 'b1-0002') "
        "WHERE rec = 'b1-0003'"
    )
    with pytest.raises(RowsDoNotMatch):
        board.lines(CODE, "b1", 3, 1)


async def test_an_inserted_row_is_not_shown_and_stops_the_paper(board, hand):
    """A row without an event stands on no page, and the sheet's count tells."""
    columns = ", ".join(row[1] for row in hand.execute("PRAGMA table_info(payout)") if row[1] != "id")
    hand.execute(
        f"INSERT INTO payout (id, {columns}) SELECT id + 28, {columns} FROM payout WHERE rec = 'b1-0003'"  # noqa: S608
    )
    assert [line.seq for line in board.lines(CODE, "b1", 21, 50)] == list(range(21, 31))
    with pytest.raises(RowsDoNotMatch):
        board.whole(CODE, "b1")


async def test_two_rows_exchanged_are_noticed(board, hand):
    """Each row is right, the order is not the county's: the numbers on the sheet are its own."""
    hand.executescript(
        "UPDATE payout SET id = -1 WHERE rec = 'b1-0003'; UPDATE payout SET id = id - 1 WHERE rec = 'b1-0004';"
        "UPDATE payout SET id = (SELECT id + 1 FROM payout WHERE rec = 'b1-0004') WHERE rec = 'b1-0003';"
    )
    with pytest.raises(RowsDoNotMatch):
        board.whole(CODE, "b1")


async def test_a_forged_event_changes_the_digest(board, hand):
    """Row, body and head altered to fit each other: the sheet's digest still tells, and so does the tree."""
    ((head, body),) = hand.execute("SELECT head, body FROM leaf WHERE id = 4294967298").fetchall()
    forged = body.replace(b'"amount_fen":300', b'"amount_fen":999')
    old, new = (hashlib.sha256(one).hexdigest().encode() for one in (body, forged))
    forged_head = head.replace(old, new).replace(b'"amount_fen":300', b'"amount_fen":999')
    assert whole_log(board._db, 1)
    hand.execute("UPDATE leaf SET head = ?, body = ? WHERE id = 4294967298", (forged_head, forged))
    hand.execute("UPDATE payout SET amount_fen = 999 WHERE rec = 'b1-0003'")
    with pytest.raises(RowsDoNotMatch):
        board.whole(CODE, "b1")
    assert not whole_log(board._db, 1)


async def test_a_rebuild_heals_touched_rows(board, full, hand):
    """The events are the truth; the rows come back."""
    hand.execute("DELETE FROM payout")
    hand.execute("UPDATE household SET name = 'x'")
    await full.rebuild()
    assert board.whole(CODE, "b1").head.count == 30
    assert board.household(CODE, 1).name == "林1"


async def test_a_snapshot_is_one_moment(board, full, county):
    """What is read inside belongs together though an import commits in between."""
    with board.snapshot():
        before = board.sheet(CODE, "b1")
        county.correct("b1", payout(1, amount_fen=5))
        county.close("b1", edition=2)
        await full.admit(CODE, county.stretch(), NOW)
        assert board.sheet(CODE, "b1") == before
        assert board.lines(CODE, "b1", 1, 1)[0].amount_fen == 100
    assert board.sheet(CODE, "b1").edition == 2


async def test_the_board_cannot_write(board):
    """Its connection is read-only twice over."""
    with pytest.raises(sqlite3.OperationalError):
        board._db.execute("DELETE FROM payout")


def test_no_archive_is_one_sentence(tmp_path):
    """A missing database is refused with what to do."""
    with pytest.raises(ArchiveMissing, match="kiosk sync"):
        Board(tmp_path / "none.sqlite3", MASK)
