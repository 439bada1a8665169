"""The front page over real HTTP: what hangs, what came today, what was corrected or withdrawn of late."""

import asyncio
import html
import re
import sqlite3
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from types import SimpleNamespace

import pytest
from msgspec.structs import replace

from boards.model.payouts import Phase
from kiosk_server.archive.archive import Archive
from kiosk_server.archive.board import Board
from kiosk_server.web.app import web_app
from kiosk_server.web.logbook import Logbook
from sync.wire import Kind, NoticeBody, Reason, WithdrawBody
from tests.pages import land_sample as land
from tests.village import CODE, MASK, PACK, SALT, County, mark, payout, terms
from tests.web.test_web_pages import SETTINGS, Drawn

pytestmark = pytest.mark.thorough

FIRST, LATER = date(2026, 10, 1), date(2026, 11, 9)
HOME = f"/v/{CODE}/"
KEPT, MENDED, TAKEN, WINTER, APPLIED = "b-kept", "b-mended", "b-taken", "b-winter", "b-applied"
WHY = "名单发错了村"
LAND = "land-L1"


def of(programme: str, name: str, paid_on: date = date(2026, 9, 20), **more):
    return terms(programme=programme, programme_name=name, fiscal_year=2026, paid_on=paid_on, **more)


def hang(county: County, notice) -> None:
    body = NoticeBody(notice=replace(notice, villages=(CODE,)), salt=SALT)
    county.event(Kind.NOTICE, f"{LAND}-{notice.number}", LAND, body)


def first_pull(county: County) -> None:
    """Three payment lists, and a land case with three notices."""
    county.batch(KEPT, payout(1, "林秋实"), terms=of("farmland_fertility", "耕地地力保护补贴"))
    county.batch(MENDED, payout(2, "沈桂珍"), terms=of("machinery", "农机购置与应用补贴"))
    county.batch(TAKEN, payout(3, "单秀英", household=mark(3)), terms=of("in_kind", "良种补贴"))
    for notice in (land.START, land.SURVEY, land.PLAN):
        hang(county, notice)


def later_pull(county: County) -> None:
    """One list is corrected, one withdrawn; a plan is corrected and the survey taken down; two lists are new."""
    county.correct(MENDED, payout(2, "沈桂珍", amount_fen=37494))
    county.close(MENDED, edition=2, terms=of("machinery", "农机购置与应用补贴"))
    told = WithdrawBody(reason=Reason(code="county", text=WHY), salt=SALT)
    county.event(Kind.WITHDRAW, f"{TAKEN}-close", TAKEN, told)
    hang(county, replace(land.PLAN_AGAIN, reason="补偿标准有误"))
    county.event(Kind.WITHDRAW, f"{LAND}-{land.SURVEY.number}", LAND, told)
    winter = of("farmland_fertility", "耕地地力保护补贴", date(2026, 11, 5), period_no="2026-02")
    county.batch(WINTER, payout(4, "贾䶮"), terms=winter)
    applied = terms(fiscal_year=2026, phase=Phase.APPLICATION, paid_on=None)
    county.batch(APPLIED, payout(5, "申请根", amount_fen=0, rate=None), terms=applied)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


async def filled(path, *pulls) -> None:
    """`pulls` are days and what the county writes before each."""
    county = County()
    async with Archive(path, PACK, minimum_free_mb=0) as archive:
        for day, write in pulls:
            write(county)
            await archive.admit(CODE, county.stretch(), noon(day))


def opened(folder, serve, *pulls, pack=PACK) -> SimpleNamespace:
    """A board behind its doors, and the clock that tells its day."""
    asyncio.run(filled(folder / "archive.sqlite3", *pulls))
    board, now = Board(folder / "archive.sqlite3", MASK), [noon(LATER)]
    parts = SimpleNamespace(
        settings=SETTINGS, pack=pack, board=board, press=Drawn(folder), clock=lambda: now[0]
    )
    site = serve(lambda port: web_app(parts, port, Logbook(StringIO(), parts.clock)))
    return SimpleNamespace(site=site, now=now, board=board)


@pytest.fixture(scope="module")
def place(tmp_path_factory, serve):
    place = opened(tmp_path_factory.mktemp("front"), serve, (FIRST, first_pull), (LATER, later_pull))
    yield place
    place.board.close()


def page(place, day: date) -> str:
    """The front page of a day, as it is written."""
    place.now[0] = noon(day)
    asyncio.run(asyncio.sleep(0.03))
    got = place.site.get(HOME)
    assert got.status == 200
    return html.unescape(got.body.decode()).replace("<wbr>", "")


def news(place, day: date) -> list[str]:
    """What is told beneath the cards, a line each, without its markup."""
    found = re.search('<ul class="news.*?</ul>', page(place, day), re.DOTALL)
    lines = re.findall("<li>(.*?)</li>", found[0], re.DOTALL) if found else []
    return [" ".join(re.sub("<[^>]+>", " ", line).split()) for line in lines]


def told(place, day: date, word: str) -> list[str]:
    return [line for line in news(place, day) if line.startswith(word)]


def test_a_correction_is_told_with_its_day_and_leads_to_the_new_edition(place):
    """The corrected list and the corrected notice are named, dated, and one touch away."""
    assert told(place, LATER, "已更正") == [
        "已更正 2026年农机购置与应用补贴发放公示表 2025-01 · 11月9日",
        "已更正 岭东小学迁建工程：征地补偿安置公告 11月9日 原因：补偿标准有误",
    ]
    written = page(place, LATER)
    assert f'href="/v/{CODE}/payouts/{MENDED}"' in written
    notice = re.search(rf'href="(/v/{CODE}/land/[^"]+/{land.PLAN_AGAIN.number})"', written)[1]
    assert place.site.get(notice).status == 200


def test_a_withdrawal_is_told_with_its_day_and_reason(place):
    """What was taken back is named for fourteen days with the county's reason; no way leads to its names."""
    lines = told(place, LATER, "已撤下")
    assert any("良种补贴" in line and line.endswith(f"11月9日 原因：{WHY}") for line in lines)
    assert any("现状调查" in line and line.endswith(f"11月9日 原因：{WHY}") for line in lines)
    assert TAKEN not in page(place, LATER)
    gone = place.site.get(f"/v/{CODE}/payouts/{TAKEN}").body.decode()
    assert WHY in gone
    assert "<table" not in gone


@pytest.mark.parametrize(("days", "lines"), [(0, 4), (1, 4), (14, 4), (15, 0)])
def test_changes_are_told_for_fourteen_days(place, days, lines):
    """On the fourteenth day still, on the fifteenth no more; the page kept yesterday is not shown today."""
    day = LATER + timedelta(days=days)
    assert len(told(place, day, "已更正") + told(place, day, "已撤下")) == lines


def test_every_list_of_today_is_on_the_front_page(place):
    """New lists are told on their day, also where they stand on a card that is not turned up; not the day after."""
    today = page(place, LATER)
    for batch in (WINTER, APPLIED):
        assert f'href="/v/{CODE}/payouts/{batch}"' in today
    assert told(place, LATER, "今天公布")
    assert not told(place, LATER + timedelta(days=1), "今天公布")


def test_two_lists_of_one_programme_carry_their_period(place):
    """Two payments of one programme in one year are told apart by their period, on cards and in rows; one alone has none."""
    cards = re.findall(r'<a class="hero.*?</h2>', page(place, LATER), re.DOTALL)
    assert sorted(re.findall(r'<small class="nb">(.*?)</small>', "".join(cards))) == ["2025-01", "2026-02"]
    rows = html.unescape(place.site.get(f"/v/{CODE}/programmes").body.decode())
    assert sorted(re.findall(r'<span class="nb">(\d{4}-\d\d)</span>', rows)) == ["2025-01", "2026-02"]


def test_the_count_is_what_really_hangs(place):
    """第1件，共N件 counts every list and land case that hangs, also those beyond the fifth card."""
    with place.board.snapshot():
        lists = len(place.board.sheets(CODE))
    assert f"第1件，共{lists + 1}件" in page(place, LATER)


def test_a_machine_set_up_today_tells_nothing_of_long_ago(tmp_path, serve):
    """What came together with its correction is told by the day the county issued it, not by the day of set-up."""
    both = opened(tmp_path, serve, (LATER, lambda county: (first_pull(county), later_pull(county))))
    assert not told(both, LATER, "已更正") + told(both, LATER, "已撤下")
    both.board.close()


@pytest.mark.sqlite
def test_a_reason_that_nobody_signed_is_not_told(tmp_path, serve):
    """The body of a withdrawal was changed in the file: the withdrawal is told, the words somebody wrote are not."""
    bent = opened(tmp_path, serve, (FIRST, first_pull), (LATER, later_pull))
    with sqlite3.connect(tmp_path / "archive.sqlite3") as db:
        forged = "UPDATE leaf SET body = CAST(replace(body, ?, ?) AS BLOB) WHERE CAST(head AS TEXT) LIKE '%withdraw%'"
        db.execute(forged, (WHY, "张三冒领"))
        db.execute("UPDATE state SET version = version + 1")
    lines = told(bent, LATER, "已撤下")
    assert any("良种补贴" in line for line in lines)
    assert not any("张三" in line or WHY in line for line in lines)
    bent.board.close()
