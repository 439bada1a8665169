"""One household's page over real HTTP: a line a payout, how it was made, namesakes, and the year before."""

import asyncio
import html
import re
import time
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from types import SimpleNamespace

import pytest
from msgspec.structs import replace

from boards.model.pack import Windows
from kiosk_server.archive.archive import Archive
from kiosk_server.archive.board import Board
from kiosk_server.web.app import web_app
from kiosk_server.web.logbook import Logbook
from tests.village import CODE, MASK, PACK, County, mark, payout, terms
from tests.web.test_web_finding import SETTINGS

pytestmark = pytest.mark.thorough

CAME = datetime(2026, 7, 1, 4, tzinfo=UTC), datetime(2027, 7, 1, 4, tzinfo=UTC)
LAST_YEAR, THIS_YEAR = "fertility-2026", "fertility-2027"
BESIDE = 30  # days that the pack lets last year stand beside this year


def rows(year):
    """林秋实 and 周有福 have a hash, 吴阿根 has none, 王小芳 stands twice without one."""
    area = Decimal("3.27") if year == 2027 else Decimal("4.00")
    more = {"quantity": area, "amount_fen": 40868 if year == 2027 else 49992}
    yield payout(1, "林秋实", **more)
    yield payout(2, "周有福", **more)
    yield payout(3, "吴阿根", household="", **more)
    yield payout(4, "王小芳", household="", **more)
    yield payout(5, "王小芳", household="", **more)
    if year == 2027:  # 周有福 has a second plot
        yield payout(6, "周有福", household=mark(2), **more)


async def filled(path) -> None:
    county = County()
    async with Archive(path, PACK, minimum_free_mb=0) as archive:
        for batch, year, came in zip((LAST_YEAR, THIS_YEAR), (2026, 2027), CAME, strict=True):
            about = terms(
                fiscal_year=year, period_no=f"{year}-01", paid_on=date(year, 6, 18), funds="中央财政"
            )
            county.batch(batch, *rows(year), terms=about)
            await archive.admit(CODE, county.stretch(), came)
        await archive.write_readings()


@pytest.fixture(scope="module")
def place(tmp_path_factory, serve):
    """The village with a pack that lets last year stand beside this year; `now` is the one instant it is."""
    folder, now = tmp_path_factory.mktemp("household"), [CAME[1]]
    asyncio.run(filled(folder / "a.sqlite3"))
    board = Board(folder / "a.sqlite3", MASK)
    of_pack = [
        replace(one, windows=Windows(year_before_days=BESIDE)) if one.code == "farmland_fertility" else one
        for one in PACK.programmes
    ]
    parts = SimpleNamespace(
        settings=SETTINGS,
        pack=replace(PACK, programmes=tuple(of_pack)),
        board=board,
        press=SimpleNamespace(can_speak=False, rare_folder=tmp_path_factory.getbasetemp()),
        clock=lambda: now[0],
    )
    site = serve(lambda port: web_app(parts, port, Logbook(StringIO(), parts.clock)))
    yield SimpleNamespace(site=site, now=now, board=board)
    board.close()


def moved_to(place, instant: datetime) -> None:
    """Another day; the board looks at the clock fifty times a second."""
    place.now[0] = instant
    time.sleep(0.06)


def pages(place, name) -> list[str]:
    """The pages of everybody of a name, as words."""
    numbers = [one.household for one in place.board.people(CODE, name[0]) if one.name == name]
    got = [place.site.get(f"/v/{CODE}/households/{number}") for number in numbers]
    return [re.sub(r"<[^>]+>", "", html.unescape(one.body.decode())) for one in got if one.status == 200]


THEN = "去年4亩，499.92元；今年3.27亩，408.68元"


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2027, 7, 1), True),
        (date(2027, 7, 31), True),
        (date(2027, 8, 1), False),
    ],
)
def test_last_year_stands_beside_this_year_as_long_as_the_pack_says(place, day, said):
    """From the day this year's list came for thirty days; then last year's figures leave the page."""
    moved_to(place, datetime(day.year, day.month, day.day, 4, tzinfo=UTC))
    (page,) = pages(place, "林秋实")
    assert (THEN in page) is said
    assert ("499.92" in page) is said
    assert "2027年合计408.68元" in page


def test_last_year_joins_nobody_by_name(place):
    """Without the county's hash, or where a household has two lines, no year stands beside another."""
    moved_to(place, CAME[1])
    for name in ("吴阿根", "王小芳", "周有福"):
        told = pages(place, name)
        assert told
        assert not any("去年" in page or "499.92" in page for page in told)


def test_a_payout_is_one_line_and_its_reckoning(place):
    """Area × rate, day, the amount beside it; what the roster says and how it was rounded opens below."""
    moved_to(place, CAME[1])
    (page,) = pages(place, "林秋实")
    assert "3.27亩 × 124.9788302元 · 6月18日发放" in page
    assert "名册上登记的是3.27亩" in page
    assert "标准是124.9788302元/亩" in page
    assert "3.27 × 124.9788302 = 408.680774754，四舍五入到分是408.68元" in page
    assert "资金来源：中央财政" in page
    assert "县里未提供核对总额。" in page
    assert "谁可以领、补多少" in page


def test_namesakes_without_a_hash_are_never_added_up(place):
    """Both rows stand on both pages under 同名 with a sentence; no sum is made of them."""
    moved_to(place, CAME[1])
    told = pages(place, "王小芳")
    assert len(told) == 2
    for page in told:
        assert "没有加在一起" in page
        assert page.count("408.68元") >= 2
        assert "合计" not in page
        assert "817.36" not in page
    assert "同名" not in pages(place, "林秋实")[0]
    found = html.unescape(place.site.get(f"/v/{CODE}/find/%E7%8E%8B").body.decode())
    assert found.count('<span class="tag">同名</span>') == 2
