"""Page, JSON, CSV, sheet and voice of a village's year tell the same figures, in every state a year can be in."""

import csv
import re
from datetime import UTC, date, datetime
from html import unescape
from io import StringIO

import pytest
from msgspec.structs import replace

from boards.model.codes import short_digest
from boards.model.money import yuan
from boards.model.speech.spoken import spoken
from tests.paper.test_paper_annual import said as printed
from tests.village import CODE, payout
from tests.web.test_web_year import DECEMBER, JANUARY, NOVEMBER, Village, annual, paid

pytestmark = pytest.mark.thorough


def running(_):
    """Nobody has settled it."""


def settled(village):
    village.county.close_year(annual(phone="0572-5000009"))


def overtaken(village):
    settled(village)
    village.county.batch("b-late", payout(1, "林1", amount_fen=7000), terms=paid(period_no="2026-02"))


def differing(village):
    wrong = annual()
    more = replace(wrong.rows[0].batches[0], sum_fen=50001)
    rows = (replace(wrong.rows[0], sum_fen=50001, batches=(more,)), wrong.rows[1])
    village.county.close_year(annual(rows=rows, sum_fen=172605))


def alone(village):
    for n in (1, 2, 3):
        about = paid(programme="machinery", programme_name="农机购置与应用补贴", period_no=f"2026-0{n}")
        village.county.batch(
            f"b-{n}", payout(n, f"林{n}", amount_fen=10**9 + n, unit="台", rate=None), terms=about
        )


def empty(village):
    village.county.close_year(annual(rows=(), sum_fen=0))


STATES = [
    (running, NOVEMBER, True),
    (running, datetime(2026, 11, 30, 16, tzinfo=UTC), True),
    (running, datetime(2026, 12, 31, 15, 59, tzinfo=UTC), True),
    (running, datetime(2026, 12, 31, 16, tzinfo=UTC), True),
    (settled, DECEMBER, True),
    (settled, JANUARY, True),
    (overtaken, DECEMBER, True),
    (overtaken, JANUARY, True),
    (differing, JANUARY, True),
    (alone, DECEMBER, True),
    (empty, JANUARY, False),
]


@pytest.mark.parametrize(
    ("state", "now", "lists"), STATES, ids=[f"{how.__name__}-{when:%m%d-%H}" for how, when, _ in STATES]
)
def test_every_form_of_a_year_says_the_same(tmp_path, serve, state, now, lists):
    """Row by row: households, people, quantity, sum; the whole sum, who compiled it, whom to call, 校验码."""
    village = Village(tmp_path, serve, lists=lists)
    state(village)
    village.comes()
    village.now = now
    village.page()
    twin, page = village.twin(), village.site.get(f"/v/{CODE}/year/2026", lan=True).body.decode()
    *rows, total = csv.DictReader(
        StringIO(village.site.get(f"/v/{CODE}/csv/year/2026").body.decode("utf-8-sig"))
    )
    village.site.get(f"/v/{CODE}/year/2026/sheet.pdf", lan=True)
    sheet, voice = printed(village.press.sheet), village.said()

    assert [_of_twin(row) for row in twin["rows"]] == [_of_table(row) for row in rows]
    assert [_of_twin(row)[1:] for row in twin["rows"]] == [_of_page(row) for row in _page_rows(page)]
    for row in twin["rows"]:
        name, households, people, quantity, amount = _of_twin(row)
        assert spoken(f"{name}，{households}户{people and people + '人'}") in voice
        for part in (name, households, people, quantity, amount):
            assert part in sheet
        assert not amount or spoken(f"{amount}元") in voice

    whole, fen = yuan(twin["sum_fen"]), sum(row["sum_fen"] for row in twin["rows"])
    assert (fen, total["金额（元）"]) == (twin["sum_fen"], whole.replace(",", ""))
    words = unescape(re.sub(r"<[^>]+>", "", page))
    for told, form in ((f"全村合计{whole}元", words), (f"全村合计：{len(rows)}项　{whole}元", sheet)):
        assert told in form
    assert spoken(f"全村合计{whole}元") in voice
    for part in (twin["office"], twin["phone"], short_digest(twin["digest"])):
        assert part in words
        assert part in sheet
    _says_how_it_stands(twin, words, total["状态"], sheet, voice)


def _says_how_it_stands(twin, page, table, sheet, voice):
    """Settled or as of a day, and both sums where the county's hold no more."""
    day = date.fromisoformat(twin["as_of"])
    told = f"{day.year}年{day.month}月{day.day}日"
    state = f"已由县里核定（第1版，{told}）" if twin["settled"] else f"截至{told}"
    assert (table, state in sheet, "已由县里核定" in page) == (state, True, twin["settled"])
    assert ("县里" in voice.partition("全村合计")[0]) is twin["settled"]
    if twin["decided"] and not twin["settled"]:
        county = yuan(twin["decided"]["sum_fen"])
        assert f"{county}元" in page
        assert f"合计{county}元" in sheet
        assert spoken(f"合计{county}元") in voice
    late = twin["days_left"] is not None and twin["days_left"] < 0
    assert ("逾期" in page or "已经过了" in page) is late


def _of_twin(row):
    quantity = "" if row["quantity"] is None else f"{row['quantity']}{row['unit']}"
    people = "" if row["people"] is None else str(row["people"])
    return (
        row["programme_name"],
        str(row["households"]),
        people,
        quantity,
        yuan(row["sum_fen"]) if row["sum_fen"] else "",
    )


def _of_table(row):
    fen = int(row["金额（元）"].replace(".", ""))
    quantity = f"{row['数量']}{row['单位']}"
    return row["项目"], row["受益户数"], row["受益人数"], quantity, yuan(fen) if fen else ""


def _page_rows(page):
    return re.findall(r'<tr role="row"[^>]*><th role="rowheader" scope="row"><a .*?</tr>', page)


def _of_page(row):
    cells = [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)]
    households, people = re.fullmatch(r"([\d,]+)户(?: (\d+)人)?", cells[1]).groups()
    return households, people or "", cells[2], cells[3]
