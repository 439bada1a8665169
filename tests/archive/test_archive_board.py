"""Reading: what a page gets, what a search finds, and that a touched database is noticed."""

import hashlib
import json
import sqlite3
from decimal import Decimal

import psycopg
import pytest

from boards.model.pack import MaskPolicy
from boards.model.payouts import Phase
from boards.sheets.sheet import Variant
from kiosk_server.archive.board import Board
from kiosk_server.archive.engines.connection import writer
from kiosk_server.archive.engines.troubles import ArchiveMissing
from kiosk_server.archive.keys import batch_key, in_log, line_key
from kiosk_server.archive.lines import RowsDoNotMatch
from kiosk_server.archive.rare_characters import rare_on
from kiosk_server.archive.verify import whole_log
from sync.wire import CorrectBody, Kind, Reason
from tests.village import CODE, MASK, NOW, PACK, SALT, County, mark, payout, terms

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


class Hand:
    """Somebody at the database with bad intentions."""

    def __init__(self, database):
        self.db = writer(database)

    def __call__(self, sql, *values):
        """Run a statement; how many rows it changed."""
        return self.db.execute(sql, values).rowcount

    def event(self, index):
        """Head and body of an event."""
        return self.db.execute("SELECT head, body FROM leaf WHERE id = ?", (LEAF + index,)).fetchone()

    def change(self, index, head, body):
        """Put other bytes in an event's place."""
        return self("UPDATE leaf SET head = ?, body = ? WHERE id = ?", head, body, LEAF + index)


@pytest.fixture
def hand(path):
    found = Hand(path)
    yield found
    found.db.close()


LINE, LEAF = line_key(batch_key(1, 1), 0), in_log(1, 0)
"""Line n of the first list is LINE + n, and its event LEAF + n - 1."""


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


def changed(old: bytes, new: bytes):
    """Other words in the body of the third line's event."""

    def act(hand):
        head, body = hand.event(2)
        return hand.change(2, head, body.replace(old, new))

    return act


def line_3(what, *values):
    """Something else in the third line's row."""
    return lambda hand: hand(f"UPDATE payout SET {what} WHERE id = ?", *values, LINE + 3)  # noqa: S608


TOUCHES = {
    "another event": line_3("leaf = leaf + 1"),
    "an event of another log": line_3("leaf = leaf + 4294967296"),
    "an event that is none": line_3("leaf = 0"),
    "a correction that was none": line_3("was = ?", LEAF),
    "a withdrawal that was none": line_3("standing = 1, gone = ?", LEAF + 4),
    "a withdrawal without its event": line_3("standing = 1"),
    "listed and gone": line_3("gone = ?", LEAF + 4),
    "erased by nobody": line_3("standing = 2"),
    "erased by another event": line_3("standing = 2, gone = ?", LEAF + 4),
    "a standing nobody knows": line_3("standing = 7"),
    "another number": line_3("seq = 33"),
    "no row": lambda hand: hand("DELETE FROM payout WHERE id = ?", LINE + 3),
    "other words": changed(b'"amount_fen":300', b'"amount_fen":999'),
    "no body": lambda hand: hand.change(2, hand.event(2)[0], None),
    "no head": lambda hand: hand.change(2, b"\0", hand.event(2)[1]),
    "another's event": lambda hand: hand.change(2, *hand.event(3)),
    "no event": lambda hand: hand("DELETE FROM leaf WHERE id = ?", LEAF + 2),
}
TEXTS = [
    "UPDATE payout SET standing = 'withdrawn', gone = 'x' WHERE id = ?",
    "UPDATE payout SET leaf = 'x' WHERE id = ?",
    "UPDATE payout SET seq = '3' || '' || 'x' WHERE id = ?",
    "UPDATE leaf SET body = CAST(body AS TEXT) WHERE id = ?",
    "UPDATE leaf SET body = CAST(x'e69eff' AS TEXT) WHERE id = ?",
    "UPDATE leaf SET head = CAST(x'e69eff' AS TEXT) WHERE id = ?",
    "UPDATE leaf SET head = 5 WHERE id = ?",
]


def refused(board):
    """The page and the paper refuse (数据校验失败); other pages stay."""
    with pytest.raises(RowsDoNotMatch):
        board.lines(CODE, "b1", 1, 10)
    with pytest.raises(RowsDoNotMatch):
        board.whole(CODE, "b1")
    assert len(board.lines(CODE, "b1", 11, 10)) == 10


@pytest.mark.parametrize("touch", TOUCHES)
async def test_a_touched_row_is_never_shown(board, hand, touch):
    """Whatever somebody puts in a line's or an event's place."""
    assert TOUCHES[touch](hand) == 1
    refused(board)


@pytest.mark.sqlite
@pytest.mark.parametrize("statement", TEXTS)
async def test_values_of_another_type_are_never_shown(board, hand, statement):
    """SQLite takes any value in any column."""
    assert hand(statement, (LINE + 3) if "payout" in statement else LEAF + 2) == 1
    refused(board)


async def test_a_board_opened_before_the_first_list_shows_it(archive, county, path):
    """What was known of a village without a log is forgotten when its log comes."""
    board = Board(path, MASK)
    assert board.sheets(CODE) == ()
    county.batch("b1", payout(1))
    await archive.admit(CODE, county.stretch(), NOW)
    assert [head.batch for head in board.sheets(CODE)] == ["b1"]
    board.close()


async def test_another_villages_line_is_never_shown(full, path, hand):
    """An event of the same list name, number and kind, of another log: signed too, and not of this village."""
    code = PACK.villages[1].code
    other = County(code, "test.example/v/other")
    other.batch("b1", *(payout(n, f"森{n}") for n in range(1, 31)), terms=terms(code))
    await full.admit(code, other.stretch(), NOW)
    hand("UPDATE payout SET leaf = ? WHERE id = ?", in_log(2, 2), LINE + 3)
    board = Board(path, MASK)
    refused(board)
    board.close()


async def test_one_lines_withdrawal_hides_no_other(full, board, hand, county):
    """A line is taken down by an event that names it, not by a neighbour's."""
    county.withdraw("b1", 2)
    await full.admit(CODE, county.stretch(), NOW)
    assert board.lines(CODE, "b1", 2, 1)[0].holder == "（已撤下）"
    hand(
        "UPDATE payout SET standing = 1, gone = (SELECT gone FROM payout WHERE id = ?) WHERE id = ?",
        LINE + 2,
        LINE + 3,
    )
    with pytest.raises(RowsDoNotMatch):
        board.lines(CODE, "b1", 3, 1)


async def test_one_lines_erasure_hides_no_other(full, board, hand, county):
    """An erase event names the events it wipes, and its own body is held to its head."""
    erase = county.erase("b1", 1)
    await full.admit(CODE, county.stretch(), NOW)
    assert board.lines(CODE, "b1", 2, 1)[0].holder == "（已删除）"
    hand("UPDATE payout SET standing = 2, gone = ? WHERE id = ?", LEAF + erase, LINE + 3)
    hand.change(2, hand.event(2)[0], None)
    with pytest.raises(RowsDoNotMatch):
        board.lines(CODE, "b1", 3, 1)
    head, body = hand.event(erase)
    hand.change(erase, head, body.replace(b'"indexes":[1]', b'"indexes":[1,2]'))
    with pytest.raises(RowsDoNotMatch):
        board.lines(CODE, "b1", 3, 1)


async def test_a_correction_rests_on_what_it_corrected(full, board, hand, county):
    """The amount struck through is that of the revision before it, of the same record."""
    county.correct("b1", payout(3, "林3", amount_fen=5))
    county.correct("b1", payout(3, "林3", amount_fen=6))
    county.close("b1", edition=2)
    await full.admit(CODE, county.stretch(), NOW)
    assert board.lines(CODE, "b1", 3, 1)[0].corrected_from_fen == 5
    for was in (0, LEAF + 2, LEAF + 3, LEAF + 5):
        assert hand("UPDATE payout SET was = ? WHERE id = ?", was, LINE + 3) == 1
        with pytest.raises(RowsDoNotMatch):
            board.lines(CODE, "b1", 3, 1)


async def test_an_old_value_put_back_stops_the_paper(full, board, hand, county):
    """Each row rests on a signed event; that it is the newest one the sheet's digest says."""
    county.correct("b1", payout(3, "林3", amount_fen=300))
    county.close("b1", edition=2)
    await full.admit(CODE, county.stretch(), NOW)
    hand("UPDATE payout SET leaf = was, was = 0 WHERE id = ?", LINE + 3)
    assert board.lines(CODE, "b1", 3, 1)[0].corrected_from_fen is None
    with pytest.raises(RowsDoNotMatch):
        board.whole(CODE, "b1")


@pytest.mark.parametrize(
    "touch",
    [
        "UPDATE payout SET household = household + 1 WHERE id = ?",
        "UPDATE household SET mark = mark + 1 WHERE id = (SELECT household FROM payout WHERE id = ?)",
        "DELETE FROM household WHERE id = (SELECT household FROM payout WHERE id = ?)",
    ],
)
async def test_nobody_gets_a_line_of_another_household(board, hand, touch):
    """Whose a line is the tables say; the county's hash in its event holds them to it, page and paper."""
    assert hand(touch, LINE + 3) == 1
    with pytest.raises(RowsDoNotMatch):
        board.household(CODE, 4 if "payout SET" in touch else 3)
    with pytest.raises(RowsDoNotMatch):
        board.whole(CODE, "b1")


@pytest.mark.parametrize(
    "said",
    [
        {"title": "假的发放公示表"},
        {"households": 29},
        {"source_total_fen": 1},
        {"left_out": [{"reason": "failed", "count": 1, "sum_fen": 7}]},
        {"control": {"fen": 1, "scope": "梅坞镇", "source": "支付文件"}},
        {"left_out_why": [{"why": "卡号已注销", "households": 3}]},
        {"terms": {"office": "县商务局"}},
        {"terms": {"paid_on": "2024-01-01"}},
    ],
)
async def test_a_head_changed_by_hand_is_on_no_paper(board, hand, said):
    """Title, office, day and every figure of a sheet are the signed close's; digest and sum alone say less."""
    (raw,) = hand.db.execute("SELECT head FROM sheet WHERE batch = ?", (batch_key(1, 1),)).fetchone()
    head = json.loads(raw)
    head |= said | ({"terms": head["terms"] | said["terms"]} if "terms" in said else {})
    changed = json.dumps(head, ensure_ascii=False).encode()
    assert hand("UPDATE sheet SET head = ? WHERE batch = ?", changed, batch_key(1, 1)) == 1
    with pytest.raises(RowsDoNotMatch):
        board.whole(CODE, "b1")


async def test_a_line_without_a_hash_is_held_by_name_and_group(archive, county, path, hand):
    """Who has no hash is known by village, group and name alone (settled §5)."""
    county.batch("b1", payout(1, household=""), payout(2, "张伟", household=""))
    await archive.admit(CODE, county.stretch(), NOW)
    board = Board(path, MASK)
    assert board.household(CODE, 2).name == "张伟"
    hand("UPDATE household SET group_name = '二组' WHERE name = '张伟'")
    with pytest.raises(RowsDoNotMatch):
        board.household(CODE, 2)
    board.close()


async def test_a_household_has_the_name_of_its_newest_line(archive, county, path):
    """A name put right by a correction is the one that stands over the page."""
    county.batch("b1", payout(1, "林秋石"))
    county.correct("b1", payout(1, "林秋实"))
    county.close("b1", edition=2)
    await archive.admit(CODE, county.stretch(), NOW)
    board = Board(path, MASK)
    assert board.household(CODE, 1).name == "林秋实"
    board.close()


async def test_an_inserted_row_is_not_shown_and_stops_the_paper(board, hand):
    """A row without an event stands on no page, and the sheet's count tells."""
    hand(
        "INSERT INTO payout SELECT id + 28, leaf, was, gone, standing, seq, household FROM payout WHERE id = ?",
        LINE + 3,
    )
    assert [line.seq for line in board.lines(CODE, "b1", 21, 50)] == list(range(21, 31))
    with pytest.raises(RowsDoNotMatch):
        board.whole(CODE, "b1")


async def test_two_rows_exchanged_are_noticed(board, hand):
    """Each row is right, the order is not the county's: the numbers on the sheet are its own."""
    for old, new in ((LINE + 3, 1), (LINE + 4, LINE + 3), (1, LINE + 4)):
        hand("UPDATE payout SET id = ? WHERE id = ?", new, old)
    for read in (lambda: board.whole(CODE, "b1"), lambda: board.lines(CODE, "b1", 1, 10)):
        with pytest.raises(RowsDoNotMatch):
            read()


async def test_a_forged_event_changes_the_digest(board, hand):
    """Row, body and head altered to fit each other: the sheet's digest still tells, and so does the tree."""
    head, body = hand.event(2)
    forged = body.replace(b'"amount_fen":300', b'"amount_fen":999')
    old, new = (hashlib.sha256(one).hexdigest().encode() for one in (body, forged))
    forged_head = head.replace(old, new).replace(b'"amount_fen":300', b'"amount_fen":999')
    assert whole_log(board._db, 1)
    hand.change(2, forged_head, forged)
    with pytest.raises(RowsDoNotMatch):
        board.whole(CODE, "b1")
    assert not whole_log(board._db, 1)


async def test_a_rebuild_heals_touched_rows(board, full, hand):
    """The events are the truth; the rows come back."""
    hand("DELETE FROM payout")
    hand("UPDATE household SET name = 'x'")
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


async def test_a_held_moment_stays_until_it_is_let_go(board, full, county):
    """All that is read while it is held belongs to it; then the newest is read."""
    board.hold()
    before = board.sheet(CODE, "b1")
    county.correct("b1", payout(1, amount_fen=5))
    county.close("b1", edition=2)
    await full.admit(CODE, county.stretch(), NOW)
    assert board.sheet(CODE, "b1") == before
    board.let_go()
    board.let_go()
    assert board.sheet(CODE, "b1").edition == 2


async def test_a_reading_that_fails_lets_the_moment_go(board, full, county):
    """What a failed statement leaves behind, an aborted transaction, does not fail the next page too."""
    board.hold()
    with pytest.raises(LookupError), board.snapshot():
        raise LookupError
    county.correct("b1", payout(1, amount_fen=5))
    county.close("b1", edition=2)
    await full.admit(CODE, county.stretch(), NOW)
    assert board.sheet(CODE, "b1").edition == 2


async def test_the_board_cannot_write(board):
    """Its connection is read-only twice over."""
    with pytest.raises((sqlite3.OperationalError, psycopg.errors.ReadOnlySqlTransaction)):
        board._db.execute("DELETE FROM payout")


def test_no_archive_is_one_sentence(tmp_path):
    """A missing database is refused with what to do."""
    with pytest.raises(ArchiveMissing, match="kiosk sync"):
        Board(tmp_path / "none.sqlite3", MASK)


async def test_rare_characters_are_looked_for_in_all_that_a_line_says(archive, county, path):
    """Names, remarks, and the reason of a correction: what stands on the page must have its glyph."""
    county.batch("b1", payout(1, "朱𬭎", remark="补发䶮田"), payout(2))
    reason = Reason(code="county", text="㛃字有误")
    body = CorrectBody(payout=payout(2), reason=reason, salt=SALT)
    county.event(Kind.CORRECT, "b1-0002", "b1", body, amount_fen=40868)
    county.close("b1", edition=2)
    await archive.admit(CODE, county.stretch(), NOW)
    board = Board(path, MASK)
    with board.snapshot():
        assert rare_on(board.where(CODE)) == "㛃䶮𬭎"
    board.close()
