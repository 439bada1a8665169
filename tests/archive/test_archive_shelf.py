"""Taking events in: what becomes visible, what is held, and that a rebuild changes nothing."""

import asyncio
import random
import tempfile
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boards.model.payouts import LeftOut, LeftOutReason, PayeeKind, PayStatus
from kiosk_server.archive.archive import Archive, LogFrozen, StretchOutOfPlace
from kiosk_server.archive.board import Board
from kiosk_server.archive.engines.connection import reader
from kiosk_server.archive.nightly import verified
from kiosk_server.archive.projection.projection import Projection
from sync.seams import LogState
from sync.wire import WithdrawBody
from tests.archive.strategies import EVERY, logs
from tests.village import (
    CODE,
    MASK,
    NOW,
    ORIGIN,
    PACK,
    REASON,
    SALT,
    County,
    Stretched,
    cut,
    dump,
    payout,
    terms,
)

pytestmark = [pytest.mark.thorough, pytest.mark.anyio]


async def _kept(path: Path, stretches) -> None:
    async with Archive(path, PACK, minimum_free_mb=0) as archive:
        for stretch in stretches:
            await archive.admit(CODE, stretch, NOW)


async def _rebuilt(path: Path) -> None:
    async with Archive(path, PACK, minimum_free_mb=0) as archive:
        await archive.rebuild()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(logs(EVERY), st.lists(st.integers(0, 60), max_size=4))
def test_where_imports_stop_does_not_matter_and_rebuild_is_equal(county, cuts):
    """One import or many, kept or rebuilt, in runs or line by line: byte-equal tables."""
    with tempfile.TemporaryDirectory() as folder:
        one, many = Path(folder) / "one.sqlite3", Path(folder) / "many.sqlite3"
        asyncio.run(_kept(one, cut(county.leaves, [])))
        asyncio.run(_kept(many, cut(county.leaves, cuts)))
        expected = dump(one)
        assert dump(many) == expected
        asyncio.run(_rebuilt(many))
        assert dump(many) == expected
        with pytest.MonkeyPatch.context() as patch:  # the short cut for runs of lines, never taken
            patch.setattr(Projection, "_took_lines", lambda _self, _events, _leaves: False)
            asyncio.run(_rebuilt(many))
        assert dump(many) == expected


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(logs(EVERY))
def test_what_is_shown_always_adds_up(county):
    """Whatever a county sends, every list on the board is whole: count, sum, order, digest."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.sqlite3"
        asyncio.run(_kept(path, cut(county.leaves, [])))
        board = Board(path, MASK)
        try:
            for head in board.sheets(CODE):
                lines = board.whole(CODE, head.batch).lines
                assert [line.seq for line in lines] == list(range(1, head.count + 1))
                assert sum(line.amount_fen for line in lines) == head.sum_fen
        finally:
            board.close()


async def test_a_closed_batch_is_shown(archive, county):
    """Closed and reconciled rows are on the board."""
    county.batch("b1", payout(1), payout(2, "贾䶮"))
    told = await archive.admit(CODE, county.stretch(), NOW)
    assert (told.leaves, told.rows, told.batches, told.held, told.quarantined) == (3, 2, ("b1",), (), ())


async def test_log_state_continues(archive, county):
    """The shelf says exactly where the next stretch must begin, and what it has seen."""
    assert await archive.log_state(ORIGIN) == LogState(ORIGIN)
    county.batch("b1", payout(1), payout(2))
    stretch = county.stretch()
    await archive.admit(CODE, stretch, NOW)
    assert await archive.log_state(ORIGIN) == stretch.reached


async def test_a_replayed_stretch_is_refused(archive, county, path):
    """The same stretch again changes nothing."""
    county.batch("b1", payout(1))
    stretch = county.stretch()
    await archive.admit(CODE, stretch, NOW)
    before = dump(path)
    with pytest.raises(StretchOutOfPlace):
        await archive.admit(CODE, stretch, NOW)
    assert dump(path) == before


async def test_a_stretch_that_breaks_off_leaves_nothing(archive, county, path):
    """What fails in the middle was never there."""
    county.batch("b1", payout(1), payout(2))
    stretch = county.stretch()

    class Torn(Stretched):
        def __iter__(self):
            yield self.leaves[0]
            raise OSError("the stick was pulled")

    with pytest.raises(OSError, match="stick"):
        await archive.admit(CODE, Torn(stretch.leaves, stretch.reached), NOW)
    assert dump(path)["leaf"] == []
    assert (await archive.admit(CODE, stretch, NOW)).rows == 2


async def test_an_unclosed_batch_is_not_seen(archive, county, path):
    """Rows wait for their close, even over several imports."""
    county.publish("b1", payout(1))
    await archive.admit(CODE, county.stretch(), NOW)
    board = Board(path, MASK)
    assert board.sheets(CODE) == ()
    county.publish("b1", payout(2))
    county.close("b1")
    await archive.admit(CODE, county.stretch(), NOW)
    assert board.sheet(CODE, "b1").count == 2
    board.close()


@pytest.mark.parametrize(
    "wrong",
    [
        {"count": 3},
        {"households": 1},
        {"households": 3},
        {"sum_fen": 1},
        {"by_programme": {"machinery": 81736}},
        {"source_total_fen": 81737},
        {"terms": terms("330590101204")},
        {"start": 1},
        {"stop": 1},
    ],
)
async def test_a_batch_that_does_not_reconcile_is_held(archive, county, path, wrong):
    """Every figure of the close must agree to the fen, and the village too (核对不符)."""
    county.batch("b1", payout(1), payout(2), **wrong)
    told = await archive.admit(CODE, county.stretch(), NOW)
    board = Board(path, MASK)
    assert told.held == ("b1",)
    assert board.sheets(CODE) == ()
    assert board.health().held == ("b1",)
    board.close()


async def test_left_out_rows_travel_as_sums(archive, county, path):
    """source_total = sum + left_out, and the head keeps both."""
    left = (LeftOut(reason=LeftOutReason.UNLISTED, count=1, sum_fen=500),)
    county.batch("b1", payout(1), left_out=left)
    await archive.admit(CODE, county.stretch(), NOW)
    board = Board(path, MASK)
    head = board.sheet(CODE, "b1")
    assert (head.left_out, head.source_total_fen, head.sum_fen) == (left, 40868 + 500, 40868)
    board.close()


async def test_rows_not_paid_are_never_shown_as_paid(archive, county):
    """A failed payout in a payment list holds the list."""
    county.batch("b1", payout(1, status=PayStatus.FAILED))
    assert (await archive.admit(CODE, county.stretch(), NOW)).held == ("b1",)


async def test_a_held_batch_is_shown_once_it_agrees(archive, county, path):
    """The county states it again, rightly."""
    county.batch("b1", payout(1), count=7)
    await archive.admit(CODE, county.stretch(), NOW)
    county.close("b1", edition=2)
    assert (await archive.admit(CODE, county.stretch(), NOW)).batches == ("b1",)


async def test_a_private_number_quarantines_the_batch(archive, county, path):
    """Nothing of the batch is shown; the incident says kind and position, and no content."""
    county.publish("b1", payout(1))
    index = county.publish("b1", payout(2, "张伟"), trouble="privacy")[0]
    county.close("b1")
    told = await archive.admit(CODE, county.stretch(), NOW)
    board = Board(path, MASK)
    assert told.quarantined == ("b1",)
    assert board.sheets(CODE) == ()
    assert board.health().incidents == 1
    ((key, _, kind),) = dump(path)["incident"]
    assert (key & 0xFFFFFFFF, kind) == (index, "privacy")
    assert all("张伟" not in str(row) for row in dump(path)["payout"])
    board.close()


async def test_a_correction_makes_a_new_edition(archive, county, path):
    """The new value stands with its reason and the old amount; the old code points to the new sheet."""
    county.batch("b1", payout(1), payout(2))
    await archive.admit(CODE, county.stretch(), NOW)
    board = Board(path, MASK)
    old = board.sheet(CODE, "b1")
    county.correct("b1", payout(2, amount_fen=37490, quantity=Decimal("3.0")))
    await archive.admit(CODE, county.stretch(), NOW)
    assert board.sheet(CODE, "b1") == old  # not before it is closed
    county.close("b1", edition=2)
    await archive.admit(CODE, county.stretch(), NOW)
    new = board.sheet(CODE, "b1")
    line = board.lines(CODE, "b1", 2, 1)[0]
    assert (new.edition, new.sum_fen, new.quantity) == (2, 40868 + 37490, Decimal("6.27"))
    assert (line.amount_fen, line.corrected_from_fen, line.corrected_why) == (37490, 40868, "面积登记有误")
    assert line.corrected_on.isoformat() == "2025-11-21"
    assert board.by_code(old.code) == (old, new.code)
    assert board.by_code(new.code) == (new, "")
    assert board.whole(CODE, "b1").head == new
    board.close()


async def test_a_correction_that_does_not_reconcile_leaves_the_old_edition(archive, county, path):
    """The board keeps what agreed; staff see 核对不符."""
    county.batch("b1", payout(1), payout(2))
    county.correct("b1", payout(2, amount_fen=1))
    county.close("b1", edition=2, sum_fen=5)
    await archive.admit(CODE, county.stretch(), NOW)
    board = Board(path, MASK)
    assert board.whole(CODE, "b1").head.edition == 1
    assert board.health().held == ("b1",)
    county.close("b1", edition=2)
    await archive.admit(CODE, county.stretch(), NOW)
    assert board.whole(CODE, "b1").head.sum_fen == 40869
    board.close()


async def test_an_edition_hangs_once(archive, county, path):
    """Two lists under one edition would share a name and not their lines: the first stays, the second is held."""
    county.batch("b1", payout(1))
    county.publish("b1", payout(2))
    county.close("b1", edition=1)
    told = await archive.admit(CODE, county.stretch(), NOW)
    board = Board(path, MASK)
    assert (told.held, board.whole(CODE, "b1").head.count) == (("b1",), 1)
    board.close()


async def test_a_revision_out_of_order_quarantines(archive, county):
    """Rev must be the last + 1, else nothing of the batch is shown."""
    county.batch("b1", payout(1))
    county.correct("b1", payout(1, amount_fen=3), rev=5)
    county.close("b1", edition=2)
    assert (await archive.admit(CODE, county.stretch(), NOW)).quarantined == ("b1",)


@pytest.mark.parametrize("rev", [1, 3])
async def test_a_withdrawal_out_of_order_quarantines(archive, county, path, rev):
    """A withdrawal that repeats or leaves out a revision is no word of the county's: the list waits for it."""
    county.batch("b1", payout(1), payout(2))
    county.event("withdraw", "b1-0001", "b1", WithdrawBody(reason=REASON, salt=SALT), rev=rev)
    told = await archive.admit(CODE, county.stretch(), NOW)
    assert told.quarantined == ("b1",)
    board = Board(path, MASK)
    assert [kind for *_, kind in dump(path)["incident"]] == ["revision"]
    assert board.sheets(CODE) == ()
    board.close()


async def test_a_record_published_twice_is_held(archive, county):
    """(rec, rev) is unique."""
    county.publish("b1", payout(1))
    county.publish("b1", payout(1), rev=1)
    county.close(
        "b1",
        count=2,
        households=1,
        sum_fen=81736,
        source_total_fen=81736,
        by_programme={"farmland_fertility": 81736},
    )
    assert (await archive.admit(CODE, county.stretch(), NOW)).held == ("b1",)


async def test_a_withdrawn_line_leaves_at_once(archive, county, path):
    """No name, no search result, no household page; the sheet still adds up and keeps its code."""
    county.batch("b1", payout(1), payout(2, "张伟"))
    await archive.admit(CODE, county.stretch(), NOW)
    board = Board(path, MASK)
    code = board.sheet(CODE, "b1").code
    county.withdraw("b1", 2)
    await archive.admit(CODE, county.stretch(), NOW)
    sheet = board.whole(CODE, "b1")
    assert sheet.lines[1].holder == "（已撤下）"
    assert (sheet.head.code, sum(line.amount_fen for line in sheet.lines)) == (code, sheet.head.sum_fen)
    assert board.people(CODE, "张") == ()
    assert board.household(CODE, 2) is None
    county.close("b1", edition=2)
    await archive.admit(CODE, county.stretch(), NOW)
    assert [line.holder for line in board.whole(CODE, "b1").lines] == ["林秋实"]
    board.close()


async def test_a_withdrawn_batch_leaves_at_once(archive, county, path):
    """The list is gone, and its code leads nowhere."""
    county.batch("b1", payout(1))
    await archive.admit(CODE, county.stretch(), NOW)
    board = Board(path, MASK)
    code = board.sheet(CODE, "b1").code
    county.withdraw("b1", None)
    await archive.admit(CODE, county.stretch(), NOW)
    assert (board.sheets(CODE), board.by_code(code)) == ((), None)
    board.close()


async def test_a_withdrawn_list_stays_away(archive, county, path):
    """A close that comes after the withdrawal of the whole list brings nothing back."""
    county.batch("b1", payout(1))
    county.withdraw("b1", None)
    county.close("b1", edition=2)
    await archive.admit(CODE, county.stretch(), NOW)
    board = Board(path, MASK)
    assert board.sheets(CODE) == ()
    board.close()


async def test_a_line_added_later_stands_where_the_county_numbers_it(archive, county, path):
    """The next edition puts a forgotten household between its neighbours, and the sheet still agrees."""
    county.batch("b1", payout(1), payout(3, "王㛃"))
    county.publish("b1", payout(2, "张伟"))
    county.close("b1", edition=2)
    await archive.admit(CODE, county.stretch(), NOW)
    board = Board(path, MASK)
    assert [line.holder for line in board.whole(CODE, "b1").lines] == ["林秋实", "张伟", "王㛃"]
    board.close()


async def test_a_list_with_a_missing_body_waits_for_the_erase_that_explains_it(archive, county, path):
    """A stolen body and an erased one look alike: until the county says which, nothing of the list hangs."""
    (first, _) = county.publish("b1", payout(1), payout(2, "张伟"))
    county.close("b1")
    whole = county.stretch()
    bare = Stretched(_erased(whole.leaves, {first}), whole.reached)
    await archive.admit(CODE, bare, NOW)
    board = Board(path, MASK)
    assert board.sheets(CODE) == ()
    county.erase("b1", first)
    await archive.admit(CODE, county.stretch(), NOW)
    assert board.sheet(CODE, "b1").count == 2
    board.close()


def _erased(leaves, indexes):
    """The log as the feed has it after an erase: bodies gone."""
    return [type(x)(x.index, x.head, None, "") if x.index in indexes else x for x in leaves]


async def test_an_erased_body_is_gone_everywhere(archive, county, path, tmp_path):
    """The words leave every table, the amount stays; a kiosk that comes later has the very same tables."""
    indexes = county.publish("b1", payout(1), payout(2, "张伟", remark="特别的话"), payout(3, "王㛃"))
    county.close("b1")
    await archive.admit(CODE, county.stretch(), NOW)
    county.erase("b1", indexes[1])
    county._lists["b1"].pop("b1-0002")
    county.close("b1", edition=2, left_out=(LeftOut(reason=LeftOutReason.UNLISTED, count=1, sum_fen=40868),))
    told = await archive.admit(CODE, county.stretch(), NOW)
    assert (told.batches, told.held) == (("b1",), ())
    text = str(dump(path))
    assert "张伟" not in text
    assert "特别的话" not in text
    late = tmp_path / "late.sqlite3"
    await _kept(late, cut(_erased(county.leaves, {indexes[1]}), [4]))
    assert dump(late) == dump(path)
    await archive.rebuild()
    assert dump(late) == dump(path)
    board = Board(path, MASK)
    assert [line.holder for line in board.whole(CODE, "b1").lines] == ["林秋实", "王㛃"]
    board.close()
    assert "特别的话".encode() not in b"".join(file.read_bytes() for file in path.parent.glob("late*"))


@pytest.mark.sqlite
async def test_no_byte_of_an_erased_name_stays_in_the_file_or_its_log(archive, county, path):
    """Four lists, and after each some lines erased anywhere, while a board is open: neither page nor WAL has them."""
    chance, standing, board = random.Random(10), dict[int, str](), None
    for batch in ("b1", "b2", "b3", "b4"):
        rows = [
            payout(n, f"{batch}的第{n:03d}户", remark="注" * chance.randrange(300)) for n in range(1, 200)
        ]
        standing |= dict(zip(county.publish(batch, *rows), [row.holder for row in rows], strict=True))
        county.close(batch)
        await archive.admit(CODE, county.stretch(), NOW)
        await archive.write_readings()
        board = board or Board(path, MASK)
        gone = {index: standing.pop(index) for index in chance.sample(sorted(standing), 20)}
        county.erase(batch, *gone)
        await archive.admit(CODE, county.stretch(), NOW)
        await archive.write_readings()
        assert await archive.forget()
        kept = b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
        assert [name for name in gone.values() if name.encode() in kept] == []
        assert all(name.encode() in kept for name in standing.values())
    board.close()


async def test_an_erased_line_keeps_its_place_until_the_next_edition(archive, county, path):
    """The tombstone says so, and the sheet keeps its sum and code."""
    indexes = county.publish("b1", payout(1), payout(2, "张伟"))
    county.close("b1")
    county.erase("b1", indexes[1])
    await archive.admit(CODE, county.stretch(), NOW)
    board = Board(path, MASK)
    assert [line.holder for line in board.whole(CODE, "b1").lines] == ["林秋实", "（已删除）"]
    board.close()


async def test_unknown_events_are_kept_and_counted(archive, county, path):
    """An unknown kind is stored whole and asks for an upgrade; the rest is shown."""
    county.event("comet", "x-1", "x", b'{"future":1}')
    county.batch("b1", payout(1))
    await archive.admit(CODE, county.stretch(), NOW)
    board = Board(path, MASK)
    assert board.health().upgrade_needed
    assert board.sheet(CODE, "b1") is not None
    assert dump(path)["leaf"][0][2] == b'{"future":1}'
    board.close()


async def test_a_critical_unknown_event_stops_the_boards_not_the_log(archive, county, path):
    """Nothing after it is shown, everything after it is kept."""
    county.batch("b1", payout(1))
    county.event("comet", "x-1", "x", b"{}", crit=True)
    county.batch("b2", payout(1))
    await archive.admit(CODE, county.stretch(), NOW)
    board = Board(path, MASK)
    assert [head.batch for head in board.sheets(CODE)] == ["b1"]
    assert board.health().logs[0].stopped
    assert len(dump(path)["leaf"]) == 5
    board.close()


async def test_a_malformed_body_quarantines_only_its_batch(archive, county):
    """Signed nonsense does not stop the log."""
    county.event("publish", "b1-0001", "b1", b'{"payout":7}')
    county.close("b1")
    county.batch("b2", payout(1))
    told = await archive.admit(CODE, county.stretch(), NOW)
    assert (told.quarantined, told.batches) == (("b1",), ("b2",))


async def test_a_frozen_log_takes_nothing_more(archive, county, path):
    """Both notes are kept as evidence, the old board stays."""
    county.batch("b1", payout(1))
    await archive.admit(CODE, county.stretch(), NOW)
    await archive.freeze(ORIGIN, (b"one", b"other"), NOW)
    county.batch("b2", payout(1))
    with pytest.raises(LogFrozen):
        await archive.admit(CODE, county.stretch(), NOW)
    board = Board(path, MASK)
    assert (board.health().frozen, len(board.sheets(CODE))) == (1, 1)
    assert dump(path)["log"][0][-3:-1] == (b"one", b"other")
    board.close()


async def test_a_close_that_came_alone_keeps_its_day(archive, county, path):
    """A list whose lines came yesterday and whose close came today hangs from today, rebuilt or not."""
    county.publish("b1", payout(1))
    await archive.admit(CODE, county.stretch(), NOW)
    county.close("b1")
    await archive.admit(CODE, county.stretch(), NOW + timedelta(hours=20))
    board = Board(path, MASK)
    day = board.sheet(CODE, "b1").imported_on
    await archive.rebuild()
    assert day.isoformat() == "2025-11-23"
    assert board.sheet(CODE, "b1").imported_on == day
    board.close()


async def test_the_boards_window_opens_on_the_day_of_import(archive, county, path):
    """imported_on is the civil day the close came here, and a rebuild later keeps it."""
    county.batch("b1", payout(1))
    await archive.admit(CODE, county.stretch(), NOW)
    county.batch("b2", payout(1))
    await archive.admit(CODE, county.stretch(), NOW + timedelta(hours=20))
    await archive.rebuild()
    board = Board(path, MASK)
    days = {head.batch: head.imported_on.isoformat() for head in board.sheets(CODE)}
    assert days == {"b1": "2025-11-22", "b2": "2025-11-23"}
    first = board.sheet(CODE, "b1")
    assert board.next_batch_on(first, first.imported_on).day == 23
    assert board.next_batch_on(first, board.sheet(CODE, "b2").imported_on) is None
    board.close()


async def test_lines_stand_in_the_countys_order(archive, county, path):
    """Rows that come out of order are sorted and numbered 1, 2, 3."""
    county.batch("b1", payout(3, "丙"), payout(1, "甲"), payout(7, "丁"))
    await archive.admit(CODE, county.stretch(), NOW)
    board = Board(path, MASK)
    assert [(line.seq, line.holder) for line in board.whole(CODE, "b1").lines] == [
        (1, "甲"),
        (2, "丙"),
        (3, "丁"),
    ]
    board.close()


async def test_two_villages_do_not_mix(archive, county, path):
    """The same batch in two villages is two lists."""
    other = County("330590101204", "disclosure.example/330590/v/330590101204")
    county.batch("b1", payout(1))
    other.batch("b1", payout(1, "张伟"), payout(2, "张伟"))
    await archive.admit(CODE, county.stretch(), NOW)
    await archive.admit(other.village, other.stretch(), NOW)
    board = Board(path, MASK)
    assert board.villages() == (CODE, other.village)
    assert [board.sheet(village, "b1").title[:3] for village in board.villages()] == ["岭东村", "岭西村"]
    assert (len(board.people(CODE, "张")), len(board.people(other.village, "张"))) == (0, 2)
    board.close()


async def test_every_write_raises_the_state_version(archive, county, path):
    """The page cache's key moves with every admission, freeze and rebuild."""
    board = Board(path, MASK)
    seen = [board.state_version()]
    county.batch("b1", payout(1))
    await archive.admit(CODE, county.stretch(), NOW)
    seen.append(board.state_version())
    await archive.rebuild()
    seen.append(board.state_version())
    await archive.freeze(ORIGIN, (b"a", b"b"), NOW)
    seen.append(board.state_version())
    await archive.raise_trusted_floor(NOW)
    seen.append(board.state_version())
    assert seen == sorted(set(seen))
    assert board.trusted_floor() == NOW
    board.close()


async def test_an_organisation_has_no_household_page(archive, county, path):
    """Its line is there, unmasked and without a link."""
    county.batch("b1", payout(1, "岭东茶叶专业合作社", kind=PayeeKind.ORGANISATION, household=""))
    await archive.admit(CODE, county.stretch(), NOW)
    board = Board(path, MASK)
    assert (board.lines(CODE, "b1", 1, 1)[0].household, board.surnames(CODE)) == (0, ())
    board.close()


@pytest.mark.parametrize("rec", ["b1-0009", "b\0"])
async def test_signed_nonsense_is_no_damage(archive, county, path, rec):
    """Events that stand on no board for what they say are still the log that came: the nightly check is well."""
    county.batch("b1", payout(1))
    county.event("publish", rec, "b2", b'{"payout":7}')
    county.event("erase", "b2-erase", "b2", b'{"indexes":"all"}')
    await archive.admit(CODE, county.stretch(), NOW)
    await archive.write_readings()
    db = reader(path)
    found, machine = verified(db, archive.book, archive.place)
    db.close()
    assert (found.well, found.batches, machine.well) == (True, 1, True)
