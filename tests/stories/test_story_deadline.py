"""One list at every door: the same deadline in the same words, and a sensitive one whose names leave with it."""

from __future__ import annotations

import asyncio
import re
import subprocess
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from types import SimpleNamespace

import msgspec
import pytest

from boards.model.pack import Windows
from kiosk_server.archive.archive import Archive
from kiosk_server.archive.board import Board
from kiosk_server.desk.print_sheets import may_hang
from kiosk_server.press.worker import Press
from kiosk_server.web import app
from kiosk_server.web.logbook import Logbook
from tests import village
from tests.web.conftest import served
from tests.web.test_web_pages import SETTINGS

pytestmark = pytest.mark.thorough

OPENED = date(2026, 9, 24)  # before Mid-Autumn and National Day; Saturday 10 October is worked
LAST = date(2026, 10, 12)  # the seventh working day
COUNTED = Windows(wall_days=7, wall_count="working")
PROGRAMMES = (
    msgspec.structs.replace(village.PACK.programmes[0], windows=COUNTED),
    *village.PACK.programmes[1:],
)
PACK = msgspec.structs.replace(village.PACK, programmes=PROGRAMMES)
PAID, CARE = "farmland-2026", "care-2026"
SAID = "自张贴之日起7个工作日内可以提"
YEAR = {"fiscal_year": 2026, "period_no": "2026-01", "paid_on": date(2026, 9, 20)}
PLANNED = {"planned_from": date(2026, 9, 25), "planned_until": date(2026, 9, 30)}


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


def plain(got) -> str:
    """What can be read of an answer, without marks and spaces."""
    assert got.status == 200, got.body.decode()
    return re.sub(r"<[^>]+>|\s", "", got.body.decode())


def unfolded(got) -> str:
    """A calendar file as a telephone reads it: lines of RFC 5545 joined again."""
    assert got.status == 200
    return got.body.decode().replace("\r\n ", "")


async def imported(database) -> None:
    county = village.County()
    county.batch(PAID, village.payout(1, "林秋实"), terms=village.terms(**YEAR, **PLANNED))
    care = village.terms(
        programme="disability_living", programme_name="残疾人两项补贴", sensitive=True, **YEAR
    )
    county.batch(CARE, village.payout(1, "钱静养", household=village.mark(9)), terms=care)
    async with Archive(database, PACK, minimum_free_mb=0) as archive:
        await archive.admit(village.CODE, county.stretch(), noon(OPENED))
        await archive.write_readings()


@pytest.fixture
def home(tmp_path, kept_fonts, monkeypatch):
    """The village's doors, with a press that prints; `on(day)` serves them on a day."""
    asyncio.run(imported(tmp_path / "archive.sqlite3"))
    kept_fonts(tmp_path / "press")
    monkeypatch.setattr(app, "BUILT", noon(OPENED))
    windows = {one.code: one.windows for one in PACK.programmes}
    press = Press(tmp_path / "press", None, "https://gk.example.org", windows=windows)
    board = Board(tmp_path / "archive.sqlite3", PACK.mask)
    settings = msgspec.structs.replace(SETTINGS, data_dir=str(tmp_path))

    def on(day: date):
        parts = SimpleNamespace(
            settings=settings, pack=PACK, board=board, press=press, clock=lambda: noon(day)
        )
        return served(lambda port: app.web_app(parts, port, Logbook(StringIO(), parts.clock)))

    yield SimpleNamespace(on=on, board=board, folder=tmp_path)
    press.close()
    board.close()


def printed(home, site, batch: str) -> str:
    """The sheet as pdftotext reads it."""
    code = home.board.sheet(village.CODE, batch).code
    got = site.get(f"/v/{village.CODE}/sheets/{code}.pdf", lan=True)
    assert got.status == 200, got.body.decode()
    path = home.folder / f"{batch}.pdf"
    path.write_bytes(got.body)
    text = subprocess.run(["pdftotext", "-raw", path, "-"], check=True, capture_output=True, text=True)
    return re.sub(r"\s", "", text.stdout)


def test_screen_phone_paper_and_voice_say_one_deadline(home):
    """Seven working days from the posting: no date anywhere, whatever was planned, and no day of the screen's own."""
    at = f"/v/{village.CODE}"
    with home.on(OPENED + timedelta(days=1)) as site:
        household = home.board.people(village.CODE, "林")[0].household
        doors = {
            "screen": plain(site.get(f"{at}/payouts/{PAID}")),
            "phone": plain(site.get(f"{at}/payouts/{PAID}", lan=True)),
            "household": plain(site.get(f"{at}/households/{household}")),
            "paper": printed(home, site, PAID),
            "feed": plain(site.get(f"{at}/payouts/feed.atom")),
            "calendar": unfolded(site.get(f"{at}/payouts/{PAID}/deadline.ics")),
            "voice": plain(site.get(f"{at}/say/payouts/{PAID}.txt")).replace("七个工作日", "7个工作日"),
        }
        for door, text in doors.items():
            assert SAID in text, door
            assert not re.search(r"公示期(?!：自张贴|满后)|公示到|9月30日|10月12日|九月三十日", text), door
        assert f"DTSTART;VALUE=DATE:{LAST:%Y%m%d}" in doors["calendar"]
        assert "STATUS:TENTATIVE" in doors["calendar"]
        assert not [name for name in ("林秋实", "钱静养") if name in doors["feed"] + doors["calendar"]]
        assert site.get(f"{at}/payouts/none/deadline.ics").status == 404
        assert f"{at}/payouts/feed.atom" in site.get(f"{at}/programmes", lan=True).body.decode()
        assert f"{at}/payouts/{PAID}/deadline.ics" in site.get(f"{at}/payouts/{PAID}", lan=True).body.decode()
        assert "正在公示" in doors["screen"]
        assert "本机可查到2028年3月20日" in doors["screen"]


def test_the_amber_mark_goes_with_the_last_working_day(home):
    """On the seventh working day after the import, over two holidays and a make-up Saturday, and not after it."""
    for day, amber in ((LAST, True), (LAST + timedelta(days=1), False)):
        with home.on(day) as site:
            page = site.get(f"/v/{village.CODE}/payouts/{PAID}").body.decode()
            assert ('class="tag now">正在公示' in page) is amber
            assert "林秋实" in page
            assert SAID in re.sub(r"<[^>]+>", "", page)


def test_sensitive_names_leave_every_door_with_the_term(home):
    """List, household, search, groups, voice and paper name somebody to the last day, then only totals stay."""
    at, head = f"/v/{village.CODE}", home.board.sheet(village.CODE, CARE)
    household = home.board.people(village.CODE, "钱")[0].household
    paths = [f"/payouts/{CARE}", f"/households/{household}", "/find/%E9%92%B1", "/initials?q=Q", "/groups"]
    named = [*paths, f"/sheets/{head.code}.pdf", f"/say/payouts/{CARE}.txt", "/find"]
    for day, hangs in ((LAST, True), (LAST + timedelta(days=1), False)):
        with home.on(day) as site:
            got = {path: site.get(at + path) for path in named}
            text = {path: one.body.decode(errors="replace") for path, one in got.items()}
            assert ("钱静养" in text[f"/payouts/{CARE}"]) is hangs
            assert ("钱静养" in text[f"/households/{household}"]) is hangs
            assert ("钱静养" in text["/find/%E9%92%B1"]) is hangs
            assert ("钱静养" in text["/initials?q=Q"]) is hangs
            assert (">钱<" in text["/find"]) is hangs
            assert (got[f"/sheets/{head.code}.pdf"].status == 200) is hangs
            assert "408.68" in text[f"/payouts/{CARE}"]  # the total stays
            assert (SAID.replace("7", "七") in text[f"/say/payouts/{CARE}.txt"]) is hangs
            assert may_hang(home.board, PACK, day)(head) is hangs
