"""Somebody scans an old sheet: it is shown as it was, with the way to the new one, or says that it was taken down."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from boards.model.payouts import Phase
from kiosk_server.archive.archive import Archive
from tests.browser.board_village import IMPORTED, NOON, Visitor, browser, village
from tests.village import CODE, PACK, REASON, County, mark, payout, terms

pytestmark = pytest.mark.browser
PAID, APPLIED, WRONG = "farmland-2026", "grain-2026-app", "rice-2026"
BIG = 44  # px: a key somebody hits with a thumb
NAMES = (
    "沈桂珍",
    "单秀英",
    "王小芳",
    "贾䶮",
    *(f"周{n}" for n in "一二三四五六七八九十"),
    *(f"吴{n}" for n in "一二三四五六七八九十"),
)
YEAR = {"fiscal_year": 2026, "period_no": "2026-01"}
AS_PAID = terms(paid_on=date(2026, 6, 18), **YEAR)
AS_APPLIED = terms(phase=Phase.APPLICATION, paid_on=None, **YEAR)


async def filled(path) -> None:
    """Four lists; the next day two are corrected, one twice, a line is erased, and one list is taken back."""
    county = County()
    county.batch(PAID, *(payout(seq, name) for seq, name in enumerate(NAMES, 1)), terms=AS_PAID)
    applied = [payout(n, f"申{n}", amount_fen=0, rate=None, household=mark(900 + n)) for n in (1, 2)]
    county.batch(APPLIED, *applied, terms=AS_APPLIED)
    county.batch(
        WRONG, payout(1, "钱错发", household=mark(800)), terms=terms(paid_on=date(2026, 7, 1), **YEAR)
    )
    days = [(county.stretch(), IMPORTED)]
    for edition, fen in ((2, 30000), (3, 50000)):
        county.correct(PAID, payout(1, NAMES[0], amount_fen=fen))
        if edition == 3:
            county.withdraw(PAID, 2)
            county.erase(PAID, 2)
            del county._lists[PAID][f"{PAID}-0003"]
        county.close(PAID, edition=edition, terms=AS_PAID)
        days.append((county.stretch(), IMPORTED + timedelta(days=edition)))
    county.correct(APPLIED, payout(1, "申1", amount_fen=0, rate=None, household=mark(901), group="二组"))
    county.close(APPLIED, edition=2, terms=AS_APPLIED)
    county.withdraw(WRONG, None)
    days.append((county.stretch(), IMPORTED + timedelta(days=3)))
    async with Archive(path, PACK, minimum_free_mb=0) as archive:
        for stretch, came in days:
            await archive.admit(CODE, stretch, came)
        await archive.write_readings()


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with village(tmp_path_factory.mktemp("old"), filled) as opened:
        yield opened


@pytest.fixture(scope="module")
def chromium(site):
    with browser() as opened:
        yield opened


@pytest.fixture(autouse=True)
def _noon(site):
    site.now[0] = NOON


def code_of(site, batch: str, edition: int) -> str:
    asked = "SELECT code FROM sheet JOIN batch ON batch.id = sheet.batch WHERE name = ? AND sheet.edition = ?"
    return site.board._db.execute(asked, (batch, edition)).fetchone()[0]


def scanned(site, visitor, batch: str, edition: int):
    """Hold the phone over the code of a sheet."""
    visitor.page.goto(f"{site.lan}/N/{code_of(site, batch, edition)}")
    return visitor


@pytest.mark.parametrize("screen", ["phone", "portrait"])
@pytest.mark.parametrize(("edition", "amount"), [(1, "408.68"), (2, "300.00")])
def test_an_old_sheet_is_as_it_was_and_leads_to_the_new_one(chromium, site, screen, edition, amount):
    """The old amount, the two who left blank, no claim that it agrees, and one big key to the third edition."""
    with Visitor(chromium, site, screen) as he:
        scanned(site, he, PAID, edition)
        assert "这是旧表" in he.text
        assert he.page.locator("tbody tr", has_text=NAMES[0]).inner_text().endswith(amount)
        assert "（已撤下）" in he.text
        assert "（已删除）" in he.text
        assert not [name for name in NAMES[1:3] if name in he.text]
        assert not [said for said in ("正在公示", "一致", "内可以提", "至0行") if said in he.text]
        first = he.page.locator("tbody").inner_text()
        he.tap("下一页")
        assert f"/N/{code_of(site, PAID, edition)}?page=2" == he.path
        assert he.page.locator("tbody").inner_text() != first
        key = he.page.locator("a.btn.go", has_text="看最新的一张")
        assert key.bounding_box()["height"] >= BIG
        he.tap("看最新的一张")
        assert "第3版" in he.text
        assert "500.00" in he.text


def test_an_old_number_can_be_typed_too(chromium, site):
    """Ten digits of an old sheet on a phone lead to the same page."""
    with Visitor(chromium, site, "phone") as she:
        she.page.goto(f"{site.lan}/v/{CODE}/code")
        she.page.fill("#code", code_of(site, PAID, 1))
        with she.page.expect_navigation():
            she.page.locator("form.ask button").tap()
        assert "这是旧表" in she.text


def test_a_list_taken_back_says_when_and_why(chromium, site):
    """No “no such number”: the day, the county's words, whom to ask; the same at its own address; no name."""
    with Visitor(chromium, site, "phone") as he:
        for path in (f"/N/{code_of(site, WRONG, 1)}", f"/v/{CODE}/payouts/{WRONG}"):
            assert he.page.goto(site.lan + path).status == 200
            assert "由县里撤下" in he.text
            assert REASON.text in he.text
            assert "0572-5000000" in he.text
            assert "钱错发" not in he.text
        he.tap("看现在的名单")
        assert he.path.endswith("/programmes")


def test_after_its_term_an_old_sheet_has_no_name(chromium, site):
    """The seven days of an application list are over: the old number gives totals and the way on."""
    with Visitor(chromium, site, "phone") as she:
        assert "申1" in scanned(site, she, APPLIED, 1).text
        site.now[0] = datetime(
            2026, 11, 23, 4, tzinfo=UTC
        )  # the first edition's term is over, not the second's
        she.page.wait_for_timeout(60)
        assert "申1" not in scanned(site, she, APPLIED, 1).text
        assert "本机不再显示姓名" in she.text
        assert "申1" in she.tap("看最新的一张").text
