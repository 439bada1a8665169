"""What goes wrong on the way of a notice: broken publications, touched databases, midnight, any order of stages."""

import asyncio
import sqlite3
import tempfile
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boards.model.land.kinds import NoticeKind
from boards.model.land.order import may_follow
from kiosk_server.archive import land_board
from kiosk_server.archive.land_board import NoticeDoesNotMatch
from sync.county.county import CountyBusy
from sync.county.land.proposing import Fate
from sync.county.publish.land_notices import batch_of, notices_in, record_of
from sync.county.publish.publisher import publish, review
from sync.durable import NotWritten
from sync.wire import NoticeBody, WithdrawBody
from tests.land.land_house import AFTER_ALL, CASE, NEIGHBOUR, VILLAGE, House, noon
from tests.village import REASON, SALT, County

pytestmark = [pytest.mark.thorough, pytest.mark.anyio]


@pytest.fixture(scope="module")
def founded(tmp_path_factory) -> House:
    return House.founded(tmp_path_factory.mktemp("founded"))


@pytest.fixture
def house(founded, tmp_path) -> House:
    return House.like(founded, tmp_path / "house")


def hanging(house, village):
    return [one.notice.kind.value for one in notices_in(house.county.log(village).lines()).values()]


def reviewed(house):
    """The first notice, signed and ready to be published."""
    (first, *_) = house.proposed(noon("2025-09-24"))
    review(house.county, first.proposal.id, AFTER_ALL)
    return first.proposal


async def test_a_busy_log_stops_the_whole_notice(house):
    """While one village's log is being written nothing is published anywhere; afterwards it is, everywhere."""
    made = reviewed(house)
    with house.county.writing((NEIGHBOUR,)), pytest.raises(CountyBusy):
        publish(house.county, made.id, AFTER_ALL)
    assert hanging(house, VILLAGE) == []
    publish(house.county, made.id, AFTER_ALL)
    assert [hanging(house, village) for village in (VILLAGE, NEIGHBOUR)] == [["start"], ["start"]]


async def test_a_publication_that_breaks_between_villages_is_finished(house):
    """One village written, the other not: told as waiting, finished by the same command, nothing twice."""
    made = reviewed(house)
    block = house.county.feed / "v" / NEIGHBOUR
    block.write_text("in the way")
    with pytest.raises((NotWritten, OSError)):
        publish(house.county, made.id, AFTER_ALL)
    block.unlink()
    assert house.proposed(noon("2025-09-24"))[0].fate is Fate.WAITING
    publish(house.county, made.id, AFTER_ALL)
    publish(house.county, made.id, AFTER_ALL)
    assert [hanging(house, village) for village in (VILLAGE, NEIGHBOUR)] == [["start"], ["start"]]


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "touch",
    [
        "replace(body, '竹垓小学', '竹垓大学')",
        "CAST(replace(body, '竹垓小学', '竹垓大学') AS BLOB)",
        "CAST(body AS TEXT)",
        "x'7b7d'",
    ],
)
async def test_a_notice_somebody_touched_is_not_shown(house, touch):
    """A notice changed in the database, in words or in kind, is told and not shown."""
    house.published(noon("2025-09-24"))
    await house.pulled(now=noon("2025-09-24"))
    with closing(sqlite3.connect(house.database, isolation_level=None)) as db:
        db.execute(f"UPDATE leaf SET body = {touch}")  # noqa: S608 - a list of our own
    with house.board() as board:
        shelf = board.land(VILLAGE)
        with pytest.raises(NoticeDoesNotMatch, match="纸质公告为准"):
            land_board.cases(shelf)
        assert len(land_board.case_ids(shelf)) == 1


async def test_a_kind_of_notice_of_a_later_version_waits_for_the_upgrade(house):
    """A notice this version does not know is kept and counted (需要升级), and is no fault of the county's."""
    notice = msgspec.to_builtins(house.proposed(noon("2025-09-24"))[0].notice)
    body = msgspec.json.encode(
        {"notice": notice | {"kind": "hearing"}, "salt": "abcdefghijklmnop"}, order="sorted"
    )
    leaves = County(VILLAGE)
    leaves.event("notice", "land-abcdefghij-hearing-1", "land-abcdefghij", body)
    async with house.archive() as archive:
        told = await archive.admit(VILLAGE, leaves.stretch(), AFTER_ALL)
    assert (told.quarantined, told.notices) == ((), 0)
    with house.board() as board:
        health = board.health()
        assert (health.incidents, health.upgrade_needed) == (0, True)
        assert land_board.cases(board.land(VILLAGE)) == ()


async def test_a_notice_that_was_taken_down_hangs_no_more(house):
    """The same record published again, signed or not, is out of turn: what is withdrawn stays so."""
    notice = house.proposed(noon("2025-09-24"))[0].notice
    rec, case, body = record_of(notice), batch_of(notice.case_id), NoticeBody(notice=notice, salt=SALT)
    leaves = County(VILLAGE)
    leaves.event("notice", rec, case, body)
    leaves.event("withdraw", rec, case, WithdrawBody(reason=REASON, salt=SALT))
    leaves.event("notice", rec, case, body, rev=1)
    leaves.event("notice", f"{rec}-other", case, body, rev=2)
    async with house.archive() as archive:
        told = await archive.admit(VILLAGE, leaves.stretch(), AFTER_ALL)
    assert (told.notices, len(told.quarantined)) == (1, 2)
    with house.board() as board:
        assert land_board.cases(board.land(VILLAGE)) == ()


async def test_the_number_of_an_erased_notice_says_that_it_was_taken_down(house):
    """Its text is gone, its head stays: an old QR is no number that never was (settled §46)."""
    notice = house.proposed(noon("2025-09-24"))[0].notice
    case, leaves = batch_of(notice.case_id), County(VILLAGE)
    leaves.event("notice", record_of(notice), case, NoticeBody(notice=notice, salt=SALT))
    async with house.archive() as archive:
        await archive.admit(VILLAGE, leaves.stretch(), AFTER_ALL)
    with house.board() as board:
        ((hung,),) = land_board.cases(board.land(VILLAGE))
        assert board.taken_down(hung.code) is None
    leaves.erase(case, 0)
    async with house.archive() as archive:
        await archive.admit(VILLAGE, leaves.stretch(), AFTER_ALL)
        await archive.rebuild()
    with house.board() as board:
        gone = board.taken_down(hung.code)
        assert (gone.village, gone.title, gone.notice) == (VILLAGE, "", True)
        assert gone.day is not None
        assert board.taken_down(hung.code[::-1]) is None


@pytest.mark.parametrize(
    ("instant", "fate"),
    [
        (datetime(2025, 9, 23, 15, 59, 59, tzinfo=UTC), Fate.NOT_DUE),
        (datetime(2025, 9, 23, 16, 0, 0, tzinfo=UTC), Fate.PROPOSED),
    ],
)
async def test_a_notice_is_due_at_midnight_of_the_village(house, instant, fate):
    """The day of posting begins at midnight in Shanghai, whatever the machine's own time zone."""
    assert house.proposed(instant)[0].fate is fate


@settings(max_examples=6, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 5), unique=True, min_size=1), st.dates(date(2025, 9, 1), date(2026, 3, 20)))
def test_whatever_is_handed_in_the_log_stays_in_order(founded, order, day):
    """Any stages in any order on any day: what reaches the villages keeps the order of the law."""
    with tempfile.TemporaryDirectory() as folder:
        house = House.like(founded, Path(folder) / "house")
        house.rewrite(lambda case: case.update(stages=[case["stages"][n] for n in order]))
        house.published(noon(day.isoformat()))
        shown = [NoticeKind(kind) for kind in hanging(house, VILLAGE)]
        for n, kind in enumerate(shown):
            assert not any(may_follow(shown[:n], kind))
        assert hanging(house, NEIGHBOUR) == hanging(house, VILLAGE)
        if not shown:
            return
        asyncio.run(house.pulled(now=noon(day.isoformat())))
        with house.board() as board:
            board_case = land_board.case(board.land(VILLAGE), CASE)
        assert [one.notice.kind for one in board_case] == shown
        assert all(one.notice.posted_on <= day for one in board_case)
