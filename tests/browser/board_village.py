"""岭东村 behind its two doors, for people with fingers: names of every kind, lists of every age."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Self

import pytest
from msgspec.structs import replace
from playwright.sync_api import sync_playwright

from boards.model.pack import Contact
from boards.model.payouts import Phase, WhyLeftOut
from kiosk_server.archive.archive import Archive
from kiosk_server.archive.board import Board
from kiosk_server.desk.after_pull import draw_rare
from kiosk_server.desk.last_contact import note_heard
from kiosk_server.press.worker import Press
from kiosk_server.settings import Web
from kiosk_server.web.app import web_app
from kiosk_server.web.logbook import Logbook
from tests.village import CODE, MASK, PACK, County, mark, payout, terms
from tests.web.conftest import served
from tests.web.test_web_pages import SETTINGS
from tests.web.test_web_rare import NEWEST, block_font

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
SCREENS = {"portrait": (1080, 1920), "landscape": (1280, 800), "phone": (390, 844)}
IMPORTED = datetime(2026, 11, 15, 1, 30, tzinfo=UTC)  # 09:30 in the village
HEARD = datetime(2026, 11, 18, 22, 40, tzinfo=UTC)  # 06:40 of the 19th
NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
PAID, FOREST, APPLIED = "farmland-2026", "machinery-2026", "grain-2026-app"
APPLICANT = "申请根"
RARE = f"王{NEWEST}"
SHIFTED = """() => new Promise(done => {
    let sum = 0;
    new PerformanceObserver(list => { for (const one of list.getEntries()) sum += one.value; })
        .observe({type: 'layout-shift', buffered: true});
    document.fonts.ready.then(() => requestAnimationFrame(() => requestAnimationFrame(() => done(sum))));
})"""
NAMES = (
    ("沈桂珍", "一组"), ("单秀英", "三组"), ("王小芳", "一组"), ("王小芳", "三组"), (RARE, "二组"),
    ("欧阳建国", "三组"), ("阿不都热依木·买买提", "二组"), ("仇大明", "四组"), ("贾䶮", "二组"),
    *((f"{surname}{given}", f"{'一二三四'[at % 4]}组") for at, (surname, given) in enumerate(
        (s, g) for s in "沈周陈吴钱朱" for g in ("国强", "水娥", "阿根", "有福", "建英"))),
)  # fmt: skip


def county_of() -> County:
    """Two payout lists and one application list; 沈桂珍 stands on both payout lists."""
    county = County()
    rows = [payout(seq, name, group=group) for seq, (name, group) in enumerate(NAMES, 1)]
    year = {"fiscal_year": 2026, "period_no": "2026-01", "phone": "0572-5000001", "address": "岭东村村部"}
    why = (
        WhyLeftOut(why="卡号与户名不一致", households=4),
        WhyLeftOut(why="", households=1),
    )
    about = terms(paid_on=date(2026, 6, 18), rate_text="124.98元/亩", **year)
    county.batch(PAID, *rows, terms=about, left_out_why=why)
    bought = payout(1, "沈桂珍", unit="台", item="轮式拖拉机", quantity=None, rate=None, amount_fen=2800000)
    county.batch(
        FOREST,
        bought,
        terms=terms(
            programme="machinery", programme_name="农机购置与应用补贴", paid_on=date(2026, 9, 2), **year
        ),
    )
    applied = payout(1, APPLICANT, amount_fen=0, rate=None, household=mark(900), group="五组")
    county.batch(APPLIED, applied, terms=terms(phase=Phase.APPLICATION, paid_on=None, **year))
    return county


async def filled(path: Path) -> None:
    """The archive as it stands after the pull of 15 November."""
    async with Archive(path, PACK, minimum_free_mb=0) as archive:
        await archive.admit(CODE, county_of().stretch(), IMPORTED)
        await archive.write_readings()


@contextmanager
def village(
    folder: Path, fill: Callable[[Path], Coroutine[object, object, None]] = filled
) -> Iterator[SimpleNamespace]:
    """The village's board and phone doors; `now` is a list with the one instant it is."""
    asyncio.run(fill(folder / "archive.sqlite3"))
    (folder / "fonts").mkdir()
    (folder / "fonts" / "data.ttf").write_bytes(block_font(NEWEST))
    board, press = Board(folder / "archive.sqlite3", MASK), Press(folder / "press", folder / "fonts", "")
    asyncio.run(draw_rare(board, press, [CODE]))
    note_heard(folder, HEARD)
    now, log = [NOON], StringIO()
    contact = Contact(village=CODE, who="村会计", place="村部二楼", hours="每天上午", phone="0572-5000002")
    parts = SimpleNamespace(
        settings=replace(
            SETTINGS, data_dir=str(folder), web=Web(lan_host="127.0.0.1", lan_url="http://192.0.2.7:8081")
        ),
        pack=replace(PACK, contacts=(contact,)),
        board=board,
        press=press,
        clock=lambda: now[0],
    )
    try:
        with served(lambda port: web_app(parts, port, Logbook(log, parts.clock))) as site:
            yield SimpleNamespace(
                at=f"http://127.0.0.1:{site.kiosk}",
                lan=f"http://127.0.0.1:{site.lan}",
                home=f"/v/{CODE}/",
                now=now,
                log=log,
                board=board,
            )
    finally:
        press.close()
        board.close()


@contextmanager
def browser() -> Iterator[object]:
    """Debian's Chromium; begin it after everything that runs a loop of its own."""
    if not CHROMIUM.exists():
        pytest.skip("no chromium on this machine")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        try:
            yield opened
        finally:
            opened.close()


def drawn(page) -> None:
    """Wait until the page is on the screen: nobody types before, and what is typed before is lost.

    A browser answers as soon as a page has loaded; it puts the cursor into its first field with the next picture.
    """
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


class Visitor:
    """Somebody in front of a screen with one finger. Counts the taps; never types, never uses a mouse."""

    def __init__(self, chromium, site, screen: str = "portrait", *, clock: bool = False, **options) -> None:
        width, height = SCREENS[screen]
        self.context = chromium.new_context(
            viewport={"width": width, "height": height}, has_touch=True, **options
        )
        self.site, self.page, self.taps = site, self.context.new_page(), 0
        self.asked: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        if clock:
            self.page.clock.install()
        self.page.goto((site.lan if screen == "phone" else site.at) + site.home)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()

    def tap(self, words: str, *, nth: int = 0) -> Self:
        """Touch the key or line with these words, and see the next page."""
        with self.page.expect_navigation(timeout=8_000):
            self.page.locator("a:visible", has_text=words).nth(nth).tap(timeout=4_000)
        self.taps += 1
        return self

    @property
    def text(self) -> str:
        """What can be read on the screen."""
        return self.page.locator("body").inner_text()

    @property
    def path(self) -> str:
        """Where this is, without host."""
        return "/" + self.page.url.split("/", 3)[3]

    def sideways(self) -> bool:
        """Whether anything scrolls sideways."""
        return self.page.evaluate(
            "[document.documentElement, document.querySelector('main')].some(e => e.scrollWidth > e.clientWidth)"
        )
