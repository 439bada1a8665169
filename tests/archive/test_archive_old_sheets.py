"""Old numbers: an edition as it was, with what is gone left blank; what was taken down, when and why (settled §46)."""

import asyncio
import contextlib
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boards.sheets.sheet import ERASED_LINE, GONE_LINES, WITHDRAWN_LINE
from kiosk_server.archive.archive import Archive
from kiosk_server.archive.board import Board
from kiosk_server.archive.engines.connection import writer
from kiosk_server.archive.lines import RowsDoNotMatch
from sync.wire import Reason, WithdrawBody
from tests.archive.strategies import logs
from tests.village import CODE, MASK, NOW, PACK, SALT, cut, payout, terms

pytestmark = [pytest.mark.thorough, pytest.mark.anyio]
WHY = "面积登记有误"


def seen(board) -> dict[str, tuple]:
    """Every list of the board as it stands, by its code: number, name and amount of each line."""
    return {
        head.code: tuple(
            (line.seq, line.holder, line.amount_fen) for line in board.whole(CODE, head.batch).lines
        )
        for head in board.sheets(CODE)
    }


def erased(county, seq: int) -> None:
    """The county erases a line that was never changed, and counts it no more."""
    county.erase("b1", seq - 1)
    del county._lists["b1"][f"b1-{seq:04d}"]


async def _shown_on_the_way(path: Path, county) -> dict[str, tuple]:
    """Each edition as it was when it came: the log is taken in event by event."""
    first: dict[str, tuple] = {}
    async with Archive(path, PACK, minimum_free_mb=0) as archive:
        board = Board(path, MASK)
        for stretch in cut(county.leaves, list(range(len(county.leaves)))):
            await archive.admit(CODE, stretch, NOW)
            for code, lines in seen(board).items():
                first.setdefault(code, lines)
        board.close()
    return first


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(logs(), st.data())
def test_no_number_that_was_printed_is_unknown_and_no_old_edition_is_another(county, data):
    """Whatever the county did since: an old code shows the lines of its day or their blanks, or that it is gone."""
    published = [
        leaf.index for leaf in county.leaves if b'"kind":"publish"' in leaf.head and not leaf.trouble
    ]
    if published and data.draw(st.booleans()):
        county.erase("b1", data.draw(st.sampled_from(published)))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.sqlite3"
        first = asyncio.run(_shown_on_the_way(path, county))
        board = Board(path, MASK)
        try:
            for code, lines in first.items():
                found = board.by_code(code)
                assert (found is None) is (board.taken_down(code) is not None)
                if found and found[1]:
                    then = board.lines_then(found[0], 1, 99)
                    assert [(line.seq, line.amount_fen) for line in then] == [(n, fen) for n, _, fen in lines]
                    for line, (_, name, _) in zip(then, lines, strict=True):
                        assert line.holder == name or line.holder in GONE_LINES
                        assert line.household == 0
        finally:
            board.close()


async def test_an_edition_replaced_twice_is_shown_as_it_was(archive, county, path):
    """The first edition has the first value, the second the second; one who left the list since is blank in both."""
    county.batch("b1", payout(1), payout(2, "张伟"), payout(3, "朱𬭎"), payout(4, "王㛃"), payout(5, "早撤"))
    await archive.admit(CODE, county.stretch(), NOW)
    board = Board(path, MASK)
    first = board.sheet(CODE, "b1")
    county.correct("b1", payout(1, amount_fen=100))
    county.withdraw("b1", 5)
    county.close("b1", edition=2)
    await archive.admit(CODE, county.stretch(), NOW)
    second = board.sheet(CODE, "b1")
    county.correct("b1", payout(1, amount_fen=200))
    county.withdraw("b1", 2)
    erased(county, 3)
    county.close("b1", edition=3)
    await archive.admit(CODE, county.stretch(), NOW)
    newest = board.sheet(CODE, "b1")
    for code, fen, before in ((first.code, 40868, None), (second.code, 100, 40868)):
        old, newer = board.by_code(code)
        assert (old.edition, newer) == (1 if before is None else 2, newest.code)
        lines = board.lines_then(old, 1, 10)
        names = ["林秋实", WITHDRAWN_LINE, ERASED_LINE, "王㛃", *[WITHDRAWN_LINE] * (old.edition == 1)]
        assert [line.holder for line in lines] == names
        assert (lines[0].amount_fen, lines[0].corrected_from_fen) == (fen, before)
        assert sum(line.amount_fen for line in lines) == old.sum_fen
        assert board.lines_then(old, 4, 10) == lines[3:]
    assert [line.holder for line in board.lines(CODE, "b1", 1, 10)] == ["林秋实", "王㛃"]
    board.close()


async def test_a_line_gone_since_is_counted_until_the_next_edition(archive, county, path):
    """A total is not called reconciled while one of its lines is blank."""
    county.batch("b1", payout(1), payout(2, "张伟"), payout(3, "朱𬭎"))
    await archive.admit(CODE, county.stretch(), NOW)
    board = Board(path, MASK)
    assert board.lines_gone(CODE, "b1") == 0
    county.withdraw("b1", 2)
    erased(county, 3)
    await archive.admit(CODE, county.stretch(), NOW)
    assert board.lines_gone(CODE, "b1") == 2
    county.close("b1", edition=2)
    await archive.admit(CODE, county.stretch(), NOW)
    assert board.lines_gone(CODE, "b1") == 0
    board.close()


async def test_a_list_taken_back_says_when_and_why_by_every_code(archive, county, path):
    """Old edition or new, by code or by name: the county's day and words; a number that never was is unknown."""
    county.batch("b1", payout(1))
    await archive.admit(CODE, county.stretch(), NOW)
    board = Board(path, MASK)
    codes = [board.sheet(CODE, "b1").code]
    county.correct("b1", payout(1, amount_fen=100))
    county.close("b1", edition=2)
    await archive.admit(CODE, county.stretch(), NOW)
    codes.append(board.sheet(CODE, "b1").code)
    assert [board.taken_down(code) for code in codes] == [None, None]
    county.batch("b2", payout(1))
    county.withdraw("b1", None)
    other = WithdrawBody(reason=Reason(code="county", text="另一份的原因"), salt=SALT)
    county.event("withdraw", "b2-close", "b2", other)
    await archive.admit(CODE, county.stretch(), NOW)
    for gone in (*map(board.taken_down, codes), board.list_taken_down(CODE, "b1")):
        assert (gone.village, gone.day.isoformat(), gone.reason) == (CODE, "2025-11-21", WHY)
        assert gone.title.startswith("岭东村2025年耕地地力保护补贴")
        assert not gone.notice
    assert board.taken_down("0000000000") is None
    assert board.list_taken_down(CODE, "b2").reason == "另一份的原因"
    assert board.list_taken_down(CODE, "b3") is None
    board.close()


async def test_a_list_that_waits_to_be_checked_is_no_unknown_number(archive, county, path):
    """A shown list in which something must not be seen is held back: its code still says what it was."""
    county.batch("b1", payout(1))
    await archive.admit(CODE, county.stretch(), NOW)
    board = Board(path, MASK)
    code = board.sheet(CODE, "b1").code
    county.event("publish", "odd", "b1", b"{}", trouble="privacy")
    await archive.admit(CODE, county.stretch(), NOW)
    gone = board.taken_down(code)
    assert (gone.day, gone.reason) == (None, "")
    board.close()


async def test_an_old_edition_of_a_list_that_is_sensitive_now_has_names_and_amounts_only(
    archive, county, path
):
    """What the county declared sensitive afterwards is not told by the old number either."""
    county.batch("b1", payout(1, remark="低保"))
    await archive.admit(CODE, county.stretch(), NOW)
    board = Board(path, MASK)
    old = board.sheet(CODE, "b1")
    county.correct("b1", payout(1, amount_fen=100, remark="低保"))
    county.close("b1", edition=2, terms=terms(sensitive=True))
    await archive.admit(CODE, county.stretch(), NOW)
    (line,) = board.lines_then(old, 1, 10)
    assert (line.holder, line.amount_fen) == ("林秋实", 40868)
    assert (line.group, line.quantity, line.rate, line.remark) == ("", None, None, "")
    board.close()


async def test_an_old_edition_whose_events_were_touched_is_not_shown(archive, county, path):
    """The digest on its paper must come out."""
    county.batch("b1", payout(1), payout(2, "张伟"))
    await archive.admit(CODE, county.stretch(), NOW)
    county.correct("b1", payout(1, amount_fen=100))
    county.close("b1", edition=2)
    await archive.admit(CODE, county.stretch(), NOW)
    with contextlib.closing(writer(path)) as db, db.writing():
        db.execute("DELETE FROM leaf WHERE id & 4294967295 = 1")
        db.execute("UPDATE state SET version = version + 1")
    board = Board(path, MASK)
    (code,) = (row[0] for row in board._db.execute("SELECT code FROM sheet WHERE edition = 1"))
    old, _ = board.by_code(code)
    with pytest.raises(RowsDoNotMatch):
        board.lines_then(old, 1, 10)
    board.close()
