"""The week for the village's loudspeaker: what was published and taken back, no names, three minutes at most."""

import asyncio
import re
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from boards.model.speech.spoken import MARKS_A_MINUTE, spoken, words
from boards.pages.speech.week import week_said
from boards.sheets.views import Fresh
from kiosk_server.archive.archive import Archive
from kiosk_server.archive.board import Board
from kiosk_server.press.worker import Press
from kiosk_server.web.app import web_app
from kiosk_server.web.logbook import Logbook
from sync.wire import Kind, NoticeBody, WithdrawBody
from tests.pages import land_sample as land
from tests.pages import views_sample as v
from tests.village import CODE, MASK, PACK, REASON, SALT, County, payout, terms
from tests.voice.conftest import PEOPLE, serve  # noqa: F401 - a fixture
from tests.voice.hearing import seconds
from tests.web.test_web_pages import SETTINGS

pytestmark = pytest.mark.thorough

DAY = date(2026, 11, 22)
NEWS = (
    Fresh(day=DAY, what=v.posted(v.LEFT_OUT_HEAD)),
    Fresh(day=DAY, what=land.CASE_LINES[0], corrected=True),
    Fresh(day=DAY, what="岭东村2025年水库移民后期扶持发放公示表"),
)
SUM = "，共十六万三千四百三十三元九角一分，"


def test_the_week_is_read_out_twice():
    """Each list with its sum, a case with what can be done, what was corrected and what is gone; then all once more."""
    said = words(week_said(v.FRAME, NEWS))
    assert said.startswith(
        "岭东村村务公开，这一周新公开的有三项。耕地地力保护补贴发放名单，一百八十六户" + SUM
    )
    for part in (
        SUM,
        "已更正：岭东小学迁建",
        "还剩",
        "现在可以",
        "已撤下：岭东村二零二五年水库移民",
        "村务公开栏",
    ):
        assert said.count(part) >= 2, part
    first, again = said.split("下面再播一遍。")
    assert first == again
    assert spoken(said) == said


def test_a_week_without_news_says_so():
    """Last week's file is never broadcast again: a quiet week has words of its own."""
    assert "这一周没有新公开的名单和公告" in words(week_said(v.FRAME, ()))


@settings(max_examples=30)
@given(st.lists(st.tuples(st.sampled_from(NEWS), st.integers(2, 40)), max_size=30))
def test_a_long_week_is_counted_not_read(drawn):
    """However much came, one reading stays under a minute and a half; what is left out is counted."""
    news = [
        replace(one, what=v.posted(v.head(terms=v.terms(name="补" * long))))
        if one is NEWS[0]
        else replace(one, what="甲" * long)
        for one, long in drawn
    ]
    said = words(week_said(v.FRAME, news))
    assert len(said) <= 3 * MARKS_A_MINUTE
    first = said.split("下面再播一遍。")[0]
    told = first.count("发放名单，") + first.count("已撤下：")
    assert (f"另外还有{spoken(f'{len(news) - told}项')}。" in first) == (told < len(news))


@pytest.mark.anyio
async def test_a_full_week_ends_within_three_minutes(tmp_path):
    """The longest week as it is really heard."""
    press = Press(tmp_path, None, "")
    try:
        took = seconds(await press.say(week_said(v.FRAME, NEWS * 9), personal=True))
    finally:
        press.close()
    assert 120 < took <= 180


NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
CARE = {"programme": "disability_living", "programme_name": "残疾人两项补贴", "sensitive": True}

MACHINES = {"programme": "machinery", "programme_name": "农机购置与应用补贴"}


def at(days):
    return NOW - timedelta(days=days)


def weeks():
    """A village's log day by day: what is old, what is new, corrected, sensitive, taken down."""
    county = County()

    def listed(batch, **more):
        county.batch(batch, *(payout(n, name) for n, name in enumerate(PEOPLE, 1)), terms=terms(**more))

    def hung(notice, title):
        about = {"villages": (CODE,), "areas": (), "compensation": (), "attachments": (), "total": None}
        made = replace(notice, title=title, case_id=title, project="卫生院", **about)
        county.event(Kind.NOTICE, title, "land-1", NoticeBody(notice=made, salt=SALT))

    listed("old", programme="in_kind", programme_name="良种补贴")
    listed("fixed", **MACHINES)
    listed("gone-early", programme="in_kind", programme_name="良种补贴", fiscal_year=2024)
    hung(land.START, "老公告")
    hung(land.START, "撤下的公告")
    yield 30, county.stretch()
    county.withdraw("gone-early", None)
    yield 8, county.stretch()
    listed("gone", fiscal_year=2023)
    hung(land.START, "新公告")
    listed("care", **CARE)
    listed("care-gone", **CARE, fiscal_year=2024)
    yield 6, county.stretch()
    county.correct("fixed", payout(1, PEOPLE[0], amount_fen=100))
    county.close("fixed", edition=2, terms=terms(**MACHINES))
    county.withdraw("gone", None)
    county.withdraw("care-gone", None)
    county.event(Kind.WITHDRAW, "撤下的公告", "land-1", WithdrawBody(reason=REASON, salt=SALT))
    yield 3, county.stretch()
    listed("new")
    yield 0, county.stretch()


@pytest.fixture(scope="module")
def place(tmp_path_factory, serve):  # noqa: F811
    folder = tmp_path_factory.mktemp("week")

    async def filled():
        async with Archive(folder / "archive.sqlite3", PACK, minimum_free_mb=0) as archive:
            for ago, stretch in weeks():
                await archive.admit(CODE, stretch, at(ago))

    asyncio.run(filled())
    board, press = Board(folder / "archive.sqlite3", MASK), Press(folder / "press", None, "")
    parts = SimpleNamespace(settings=SETTINGS, pack=PACK, board=board, press=press, clock=lambda: NOW)
    yield SimpleNamespace(
        site=serve(lambda port: web_app(parts, port, Logbook(StringIO(), lambda: NOW))), board=board
    )
    press.close()
    board.close()


def test_the_week_is_what_seven_days_brought(place):
    """New, corrected and withdrawn of these days, newest first; what is older or sensitive is not called out, and nobody named."""
    said = place.site.get(f"/v/{CODE}/say/week.txt", lan=True).body.decode().split("下面再播一遍。")[0]
    assert said.startswith("岭东村村务公开，这一周新公开的有五项。")
    told = re.findall("二零二五年[^，]*发放名单|已更正|已撤下：[^。]*|老公告|新公告", said)
    assert told == [
        "二零二五年耕地地力保护补贴发放名单",
        "已更正",
        "二零二五年农机购置与应用补贴发放名单",
        "已撤下：岭东村二零二三年耕地地力保护补贴发放公示表",
        "已撤下：卫生院：撤下的公告",
        "新公告",
    ]
    assert not [name for name in PEOPLE if name in said]
    assert "残疾" not in said
    assert "有误" not in said  # why something was taken down may name somebody


def test_the_week_can_be_heard_on_a_phone(place):
    """An official saves the file from a phone; setting up a board plays it."""
    got = place.site.get(f"/v/{CODE}/say/week", lan=True)
    assert (got.status, got.headers["content-type"]) == (200, "audio/mpeg")
    assert seconds(got.body) < 180
    assert f'src="/v/{CODE}/say/week"' in place.site.get("/setup").body.decode()


@pytest.mark.parametrize(
    ("since", "gone"), [(date(2026, 11, 19), 3), (date(2026, 11, 20), 0), (date(2026, 11, 14), 4)]
)
def test_what_was_taken_down_is_known_by_its_day(place, since, gone):
    """The day it left this board, however long it had hung."""
    found = [one for one in place.board.changes(CODE, since) if one.withdrawn]
    assert len(found) == gone
    assert all(one.day >= since for one in found)
    assert sum(one.sensitive for one in found) == (gone > 0)
