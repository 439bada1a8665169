"""The village's year at the doors: the sums of its lists, the county's figures, how long there is; JSON, CSV, PDF."""

import asyncio
import csv
import json
import re
import time
import types
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from types import SimpleNamespace

import msgspec
import pytest

from boards.model.kept.annual import Annual, AnnualBatch, AnnualRow
from boards.sheets.year import YearSheet
from kiosk_server.archive.archive import Archive
from kiosk_server.archive.board import Board
from kiosk_server.web.app import web_app
from kiosk_server.web.freshness import LOOK_AGAIN_S
from kiosk_server.web.logbook import Logbook
from tests.village import CODE, MASK, PACK, County, mark, payout, terms
from tests.web.test_web_pages import SETTINGS

pytestmark = pytest.mark.thorough

NOVEMBER, DECEMBER = datetime(2026, 11, 22, 2, tzinfo=UTC), datetime(2026, 12, 4, 2, tzinfo=UTC)
JANUARY = datetime(2027, 1, 12, 2, tzinfo=UTC)
AREA, CARE = "b-area", "b-care"


def paid(**more):
    return terms(**{"fiscal_year": 2026, "period_no": "2026-01", "paid_on": date(2026, 11, 20)} | more)


def care(**more):
    return paid(programme="disability_living", programme_name="残疾人两项补贴", sensitive=True, **more)


def annual(**more) -> Annual:
    """The county's figures of the two lists, by hand."""
    rows = (
        AnnualRow(
            programme="disability_living",
            programme_name="残疾人两项补贴",
            department="县残联",
            households=4,
            people=5,
            sum_fen=5 * 10000,
            batches=(
                AnnualBatch(
                    batch=CARE, edition=1, period_no="2026-01", sum_fen=50000, paid_on=date(2027, 1, 8)
                ),
            ),
            carried_fen=50000,
        ),
        AnnualRow(
            programme="farmland_fertility",
            programme_name="耕地地力保护补贴",
            department="县农业农村局",
            households=3,
            quantity=Decimal("9.81"),
            unit="亩",
            sum_fen=122604,
            batches=(
                AnnualBatch(
                    batch=AREA, edition=1, period_no="2026-01", sum_fen=122604, paid_on=date(2026, 11, 20)
                ),
            ),
        ),
    )
    told = {"rows": rows, "sum_fen": 172604, "decided_on": date(2026, 12, 3), "office": "苕安县财政局"}
    return Annual(**{"village": CODE, "year": 2026, "edition": 1} | told | more)


class Drawn:
    """A press for tests of the door: the bytes say what was handed to it."""

    can_speak = False

    def __init__(self, folder):
        self.folder, self.rare_folder = folder, folder / "rare"

    async def pdf(self, sheet, printed_at):
        assert isinstance(sheet, YearSheet)
        self.sheet = sheet
        path = self.folder / "year.pdf"
        path.write_bytes(f"%PDF {sheet.stamp} {sheet.sum_fen} {printed_at:%Y-%m-%d}".encode())
        return path


class Village:
    """A village's board whose county goes on publishing."""

    def __init__(self, folder, serve, *, pack=PACK, lists=True, about=types.MappingProxyType({})):
        self.folder, self.county, self.now = folder, County(), NOVEMBER
        self.path = folder / "archive.sqlite3"
        if lists:
            self.paid(about)
        self.comes()
        self.board = Board(self.path, MASK)
        self.press = Drawn(folder)
        parts = SimpleNamespace(
            settings=SETTINGS, pack=pack, board=self.board, press=self.press, clock=lambda: self.now
        )
        self.site = serve(lambda port: web_app(parts, port, Logbook(StringIO(), lambda: self.now)))

    def paid(self, about):
        """A list of three households, and one of five persons in four."""
        self.county.batch(AREA, *(payout(n, f"林{n}") for n in range(1, 4)), terms=paid())
        cared = [
            payout(
                n, f"周{n}", household=mark(20 + n % 4), beneficiary=f"周某{n}", amount_fen=10000, unit="人"
            )
            for n in range(1, 6)
        ]
        self.county.batch(CARE, *cared, terms=care(paid_on=date(2027, 1, 8), **about))

    def comes(self):
        """What the county wrote is here."""

        async def admitted():
            async with Archive(self.path, PACK, minimum_free_mb=0) as archive:
                await archive.admit(CODE, self.county.stretch(), NOVEMBER)

        asyncio.run(admitted())

    def page(self, path="year/2026", **options):
        time.sleep(LOOK_AGAIN_S)  # the clock was moved
        return re.sub(r"<[^>]+>", "", self.site.get(f"/v/{CODE}/{path}", **options).body.decode())

    def twin(self):
        return json.loads(self.site.get(f"/v/{CODE}/json/year/2026").body)

    def said(self, year="2026"):
        """What is read aloud, as words."""
        return self.site.get(f"/v/{CODE}/say/year/{year}.txt").body.decode()


@pytest.fixture
def village(tmp_path, serve):
    made = Village(tmp_path, serve)
    yield made
    made.board.close()


def test_before_december_nobody_is_hurried(village):
    """Until then the page says up to which day it is summed, and nothing of days that are left."""
    page = village.page()
    assert "截至11月22日" in page
    assert "还剩" not in page + village.page("")
    assert village.twin()["days_left"] is None


def test_in_december_the_days_are_counted_and_from_january_it_is_late(village):
    """27 days on 4 December, none on the last day, twelve too many on 12 January; the front page says so too."""
    village.now = DECEMBER
    assert "全年结果12月31日以前公布，待县里核定，还剩27天。" in village.page()
    assert "待县里核定，还剩27天" in village.page("")
    village.now = datetime(2026, 12, 31, 15, 59, tzinfo=UTC)
    assert "今天是最后一天" in village.page()
    village.now = JANUARY
    assert "逾期未核定" in village.page()
    assert "截至2027年1月12日已发放的" in village.page(), "below 2026年 a day without a year is of 2026"
    assert "现在逾期12天，待县里核定。有疑问请打监督电话0572-5000000。" in village.page()
    assert "县里还没有核定" in village.page()
    assert "年底由县里核定" not in village.page() + village.said()
    assert "全年结果应在二零二六年十二月三十一日以前公布，现在逾期十二天" in village.said()
    assert "2027年1月8日发放" in village.page(), "below 2026年 a bare 1月8日 would be of 2026"
    assert "2026年的逾期未核定" in village.page("")
    assert village.twin()["days_left"] == -12


@pytest.mark.parametrize("path", ["year/2026", "json/year/2026", "csv/year/2026", "year/2026/sheet.pdf", ""])
def test_midnight_makes_another_page_of_the_same_data(village, path):
    """No kept answer and no 304 of 31 December is given on 1 January; within a day it is."""
    village.now = datetime(2026, 12, 31, 15, 59, tzinfo=UTC)
    village.page()
    before = village.site.get(f"/v/{CODE}/{path}", lan=True)
    again = village.site.get(f"/v/{CODE}/{path}", lan=True, if_none_match=before.headers["etag"])
    village.now = datetime(2026, 12, 31, 16, tzinfo=UTC)
    village.page()
    after = village.site.get(f"/v/{CODE}/{path}", lan=True, if_none_match=before.headers["etag"])
    assert (again.status, after.status) == (304, 200)
    assert after.body != before.body


def test_a_clock_nobody_believes_hurries_nobody(village):
    """A clock in 2099 makes no year late: the board goes by the trusted day (settled §3)."""
    village.now = datetime(2099, 1, 1, tzinfo=UTC)
    assert "逾期" not in village.page() + village.page("")


def test_a_settled_year_shows_the_county_s_figures(village):
    """已由县里核定, with its edition, day, office and numbers; no day is counted any more; by its number too."""
    village.county.close_year(annual())
    village.comes()
    village.now = JANUARY
    page, twin = village.page(), village.twin()
    assert "已由县里核定" in page
    assert "这是县里核定的第1版。与本村2批名单的合计一致。" in page
    assert not [said for said in ("逾期", "已经过了", "待重新核定") if said in page + village.page("")]
    assert "其中500.00元次年发放（结转）" in page
    assert (twin["settled"], twin["sum_fen"], twin["listed_fen"]) == (True, 172604, 172604)
    assert twin["rows"][0]["department"] == "县残联"
    assert twin["decided"]["code"] == twin["code"]
    code = f"{twin['code'][:5]} {twin['code'][5:]}"
    assert code in page
    assert code in re.sub(r"<[^>]+>", "", village.site.get(f"/N/{twin['code']}").body.decode())


def test_a_late_list_takes_the_year_back_to_as_of_today(village):
    """Overtaken: the page says that the county had settled it, and sums the lists again until it does so anew."""
    village.county.close_year(annual())
    village.county.batch("b-late", payout(1, "林1", amount_fen=7000), terms=paid(period_no="2026-02"))
    village.comes()
    village.now = JANUARY
    page, twin = village.page(), village.twin()
    assert "县里2026年12月3日核定过第1版，合计1,726.04元；后来又有名单来到或更正。" in page
    assert "已由县里核定" not in page
    assert "待重新核定" in page
    assert "全年结果的期限是2026年12月31日，已经过了12天。有疑问请打监督电话0572-5000000。" in page
    assert "逾期" not in page + village.page(""), "it was settled in time once"
    assert "2026年的待重新核定" in village.page("")
    assert "核定过第一版，合计一千七百二十六元零四分；后来又有名单来到或更正" in village.said()
    assert (twin["settled"], twin["sum_fen"], twin["code"]) == (False, 179604, "")
    assert (twin["decided"]["overtaken"], twin["decided"]["differs"]) == (True, False)


def test_figures_that_are_not_the_lists_are_never_shown_as_settled(village):
    """Both sums are told, and the page shows those of the lists."""
    wrong = annual()
    fen = wrong.rows[1].sum_fen + 1
    village.county.close_year(annual(sum_fen=172605, rows=(wrong.rows[0], _with(wrong.rows[1], fen))))
    village.comes()
    village.now = DECEMBER
    page, twin = village.page(), village.twin()
    assert "合计1,726.05元，与名单对不上：本村名单合计1,726.04元。" in page
    assert page.count("有疑问请打监督电话0572-5000000。") == 1
    assert "与名单对不上" in village.said()
    assert (twin["settled"], twin["sum_fen"], twin["decided"]["differs"]) == (False, 172604, True)


def _with(row, fen):
    batches = (msgspec.structs.replace(row.batches[0], sum_fen=fen),)
    return msgspec.structs.replace(row, sum_fen=fen, batches=batches)


def test_a_year_in_which_nothing_was_paid_has_a_page_once_the_county_says_so(village):
    """Without lists there is no page; with the county's figures it says that nothing was paid."""
    assert village.site.get(f"/v/{CODE}/year/2025").status == 404
    village.county.close_year(annual(year=2025, rows=(), sum_fen=0))
    village.comes()
    page = village.page("year/2025")
    assert "县里核定：这一年本村没有发放。" in page
    assert "0批" not in page
    assert "不能相加" not in page
    assert village.said("2025").endswith("全村合计零元。县里核定，这一年本村没有发放。")


def test_a_village_without_any_list_finds_its_year_on_the_front_page(tmp_path, serve):
    """What the county decided of a village that was paid nothing is one touch away."""
    empty = Village(tmp_path, serve, lists=False)
    assert "全村汇总" not in empty.page("")
    empty.county.close_year(annual(rows=(), sum_fen=0))
    empty.comes()
    assert "全村汇总" in empty.page("")
    assert f'href="/v/{CODE}/year/2026"' in empty.site.get(f"/v/{CODE}/").body.decode()
    empty.board.close()


def test_whom_to_call_stands_on_every_year(village):
    """The county's number of a settled year, before that the supervision phone; without one, the village office."""
    assert "监督电话：0572-5000000" in village.page()
    village.county.close_year(annual(phone="0572-5000009"))
    village.comes()
    assert "监督电话：0572-5000009" in village.page()
    assert village.twin()["phone"] == "0572-5000009"


def test_a_county_without_a_number_sends_people_to_the_village_office(tmp_path, serve):
    """Nobody is told to call a number that stands nowhere."""
    silent = Village(tmp_path, serve, pack=msgspec.structs.replace(PACK, supervision_phone=""))
    silent.now = JANUARY
    page = silent.page()
    assert "有疑问请到村委会问。" in page
    assert "监督电话" not in page
    silent.board.close()


def test_english_tells_households_from_people(village):
    """Two counts beside each other carry their words: 4 households 5 people."""
    page = village.page(cookie="language=en")
    assert re.search(r"4 households\s+5 people", page)
    assert "Late" not in page


@pytest.mark.parametrize("closed", [False, True])
def test_of_a_sensitive_programme_neither_rate_nor_quantity_is_told(tmp_path, serve, closed):
    """A rate says how ill somebody is: no door tells it, also where the county's own figures have it."""
    rate = {"rate_text": "123元/人/月"}
    village = Village(tmp_path, serve, about=rate)
    if closed:
        quantity = {"quantity": Decimal(777), "unit": "人", **rate}
        first, *more = annual().rows
        village.county.close_year(annual(rows=(msgspec.structs.replace(first, **quantity), *more)))
        village.comes()
    village.now = JANUARY
    assert village.twin()["settled"] is closed
    forms = ("year/2026", "programmes?year=2026", "programmes/disability_living", f"payouts/{CARE}")
    forms += ("json/year/2026", "csv/year/2026", "say/year/2026.txt", "json/programmes?year=2026")
    told = "".join(village.page(form, lan=True) for form in forms)
    village.site.get(f"/v/{CODE}/year/2026/sheet.pdf", lan=True)
    told += "".join(f"{row.rate_text}{row.quantity}" for row in village.press.sheet.rows)
    assert "123元" not in told
    assert "777" not in told
    assert "残疾人两项补贴" in told
    village.board.close()


def test_people_are_counted_where_a_programme_pays_persons(village):
    """Five persons in four households of the care allowance; a programme that pays by area does not tell them."""
    assert re.search(r"4户\s+5人", village.page())
    rows = {row["programme"]: row for row in village.twin()["rows"]}
    assert (rows["disability_living"]["households"], rows["disability_living"]["people"]) == (4, 5)
    assert rows["farmland_fertility"]["people"] is None


def test_the_table_adds_up(village):
    """One line a programme and the sum below; money is a number, nothing is a formula, and no name is in it."""
    got = village.site.get(f"/v/{CODE}/csv/year/2026", lan=True)
    assert got.headers["content-type"].startswith("text/csv")
    assert "attachment" in got.headers["content-disposition"]
    head, *rows, total = csv.DictReader(StringIO(got.body.decode("utf-8-sig"))), *_rows(got)
    assert (
        sum(Decimal(row["金额（元）"]) for row in rows) == Decimal(total["金额（元）"]) == Decimal("1726.04")
    )
    assert {row["状态"] for row in (*rows, total)} == {"截至2026年11月22日"}
    assert head.fieldnames[:3] == ["年度", "村", "村代码"]
    assert not re.search("林|周", got.body.decode())
    assert village.site.get(f"/v/{CODE}/csv/year/1999").status == 404


def _rows(got):
    return list(csv.DictReader(StringIO(got.body.decode("utf-8-sig"))))


def test_the_paper_is_offered_to_phones(village):
    """The PDF of the day, at the phones' door; the touchscreen offers none, as of lists."""
    assert "打印用的汇总表" in village.page(lan=True)
    assert "打印用的汇总表" not in village.page()
    got = village.site.get(f"/v/{CODE}/year/2026/sheet.pdf", lan=True)
    assert got.headers["content-type"] == "application/pdf"
    assert got.body.endswith(b" 172604 2026-11-22")
    assert village.site.get(f"/v/{CODE}/year/1999/sheet.pdf", lan=True).status == 404
