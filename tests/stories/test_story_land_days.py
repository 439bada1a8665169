"""The school of 竹垓村 day by day: the county publishes when it is time, the kiosk says each day what can be done."""

from __future__ import annotations

import asyncio
import html
import re
import time
from datetime import UTC, datetime
from io import StringIO
from types import SimpleNamespace
from urllib.parse import quote

import pytest

from kiosk_server.archive.board import Board
from kiosk_server.settings import Feed, Settings, Web
from kiosk_server.web import app
from kiosk_server.web.logbook import Logbook
from tests.land.land_house import CASE, PACK, VILLAGE, House, noon
from tests.web.conftest import served

pytestmark = pytest.mark.thorough

DAYS = {
    # day: what the 现在 box says, what can be done (until when), step of eight
    "2025-09-24": ("现在：征收土地启动公告 公告期9月24日至10月14日（规定不少于10个工作日），还剩20天", ["提意见到10月14日"], 1),
    "2025-10-14": ("今天是最后一天", ["提意见到10月14日，今天是最后一天"], 1),
    "2025-10-15": ("最近的公告：征收土地启动公告 公告期9月24日至10月14日，已经满了", [], 2),
    "2025-10-21": ("现在：土地现状调查结果公示 公示期10月21日至10月28日，还剩7天", ["提意见到10月28日"], 2),
    "2025-10-31": (
        "现在：征地补偿安置公告 公告期10月31日至11月30日（规定不少于30日），还剩30天",
        ["提意见到12月1日", "申请听证到12月1日"], 4,  # the 30th is a Sunday: people have until Monday (民法典 §203)
    ),
    "2025-11-30": ("今天是最后一天", ["提意见到12月1日，还剩1天", "申请听证到12月1日", "办理登记到12月10日"], 4),
    "2025-12-02": ("现在：征地补偿登记通告", ["办理登记到12月10日，还剩8天"], 5),
    "2025-12-11": ("下一步：签订协议、报请批准", [], 6),
    "2026-01-23": (
        "现在：土地征收公告 公告期1月23日至2月6日（规定不少于10个工作日），还剩14天",
        ["申请行政复议到4月7日", "提起行政诉讼到8月6日"], 7,
    ),
    "2026-02-07": ("已经满了", ["申请行政复议到4月7日，还剩59天", "提起行政诉讼到8月6日"], 8),
    "2026-02-27": (
        "现在：征地补偿费用支付情况公示 公示期2月27日至3月6日，还剩7天",
        ["提意见到3月6日", "申请行政复议到4月7日", "提起行政诉讼到8月6日"], 8,
    ),
    "2026-04-08": ("已经满了", ["提起行政诉讼到8月6日，还剩120天"], 8),
    "2026-08-07": ("竹垓小学迁建工程已办结", [], 0),
}  # fmt: skip
ACTS = ("提意见到", "申请听证到", "办理登记到", "申请行政复议到", "提起行政诉讼到")


class Clock:
    """A clock that is moved by hand."""

    now = noon("2025-09-24")

    def __call__(self):
        return self.now


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What the case's page said on each day, in one line each, after that day's publication and pull."""
    folder = tmp_path_factory.mktemp("days")
    house, clock = House.founded(folder / "house"), Clock()
    house.published(clock.now)
    asyncio.run(house.pulled(now=clock.now))
    settings = Settings(
        villages=(VILLAGE,),
        data_dir=str(folder),
        public_base_url="https://gk.example.org",
        feed=Feed(folder="feed"),
        web=Web(lan_host="127.0.0.1"),
    )
    board = Board(house.database, PACK.mask)
    press = SimpleNamespace(can_speak=False, rare_folder=folder)
    parts = SimpleNamespace(settings=settings, pack=PACK, board=board, press=press, clock=clock)
    pages = {}
    with pytest.MonkeyPatch.context() as world:
        world.setattr(app, "BUILT", datetime(2025, 9, 1, tzinfo=UTC))  # a kiosk that was made before the case
        with served(lambda port: app.web_app(parts, port, Logbook(StringIO(), clock))) as site:
            for day in DAYS:
                clock.now = noon(day)
                house.published(clock.now)
                asyncio.run(house.pulled(now=clock.now))
                time.sleep(0.05)  # the server looks at the clock every few hundredths of a second
                pages[day] = plain(site.get(f"/v/{VILLAGE}/land/{quote(CASE)}"))
    board.close()
    return pages


def plain(got) -> str:
    assert got.status == 200, got.body.decode()
    text = re.sub(r"<[^>]+>", "", got.body.decode().partition("<main")[2].partition("</main>")[0])
    return re.sub(r"\s+", " ", html.unescape(text))


@pytest.mark.parametrize("day", DAYS)
def test_the_kiosk_says_the_right_now_on_each_day(told, day):
    """On every day of the case: where it stands, until when its notice hangs, and what can be done, no more."""
    now, acts, step = DAYS[day]
    box = told[day].partition("办到哪一步")[0]
    assert now in box
    dated = box.partition("看公告全文")[0]  # behind the keys stands how each is done, without days
    assert [act for act in ACTS if act in dated] == [one for one in ACTS if any(one in act for act in acts)]
    assert all(act in box for act in acts), box
    if step:
        assert f"第{step}步，共8步" in box


def test_nothing_is_shown_before_its_day(told):
    """No page speaks of a notice that was still to come."""
    for day, text in told.items():
        if day < "2026-01-23":
            assert "浙土字(330590)A[2026]-0007号" not in text
            assert "苕征告〔2026〕7号" not in text
        if day < "2025-10-31":
            assert "1,845,183.60" not in text
