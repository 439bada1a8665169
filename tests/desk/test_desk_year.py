"""A closed year at the county's desk: the reviewer reads every figure of every village and signs it."""

import msgspec
import pytest

from kiosk_server.county_office.on_wall import on_wall
from kiosk_server.desk.annual import year_on
from sync.county.publish import publisher
from sync.county.years.closing import Said, close_year
from sync.county.years.table import Stated
from tests.desk.desk_house import NOW, desk
from tests.desk.test_desk_review import paper, pulled
from tests.line.county_sim import VILLAGE, county, published, row

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def at(tmp_path_factory):
    """Both seats of a county whose year waits for review."""
    with desk(tmp_path_factory.mktemp("desk") / "county") as both:
        published(both.county, [row(1), row(2)])
        stated = [Stated(village=VILLAGE, programme="farmland_fertility", fen=85951)]
        yield both, close_year(both.county, stated, Said(year=2025), NOW)


def test_the_reviewer_reads_every_figure_and_signs_it(at, tmp_path):
    """Programme by programme, list by list, and the sheet as it will hang; there is no list of people to open."""
    both, made = at
    path = f"/proposals/{made.id}"
    for seat in (both.reviewer, both.clerk):
        page = seat.get(path).text
        assert "2025 年度  第 1 版  合计 859.51 元" in page
        assert "耕地地力保护补贴  2 户 6.54 亩  859.51 元" in page
        assert "期号 2025-01  2025-09-30 发放 859.51 元" in page
        assert "编制单位：苕安县　监督电话：" in page
        assert ("年度汇总表样张" in page) == (seat is both.reviewer)
        assert "逐户名单" not in page
        assert "名册总额" not in page
        assert "1 个村合计 859.51 元" in page
    assert "1 个村<br>859.51 元" in both.reviewer.get("/").text
    assert both.reviewer.get(f"{path}/villages/{VILLAGE}").status == 404
    said = paper(both.reviewer.get(f"{path}/villages/{VILLAGE}/sheet.pdf").body, tmp_path)
    for word in ("审核样张，不得张贴", "已由县里核定（第1版", "与本村1批发放名单的合计一致", "859.51"):
        assert word in said
    both.reviewer.get(path)
    assert "已审核" in both.reviewer.post(f"{path}/accept", reason="两个人").text
    both.clerk.get(path)
    assert "已发布" in both.clerk.post(f"{path}/publish").text


def test_the_year_that_is_reviewed_is_the_one_the_kiosk_prints(tmp_path):
    """Rows, sums, lists, words, code and digest, but for the place in the log that it gets when it is published."""
    here = county(tmp_path / "county")
    published(here, [row(1), row(2)])
    published(here, [row(3)], "2025-02")
    stated = [Stated(village=VILLAGE, programme="farmland_fertility", fen=85951 + row(3).payout.amount_fen)]
    made = close_year(here, stated, Said(year=2025), NOW)
    seen = on_wall(here, made, made.part(VILLAGE)).sheet
    publisher.review(here, made.id, NOW)
    publisher.publish(here, made.id, NOW)
    board = pulled(here, tmp_path)
    hangs = year_on(board, here.pack, seen.village, 2025, NOW.date())
    board.close()
    came = msgspec.structs.replace(seen.settled, arrived_on=hangs.settled.arrived_on)
    assert msgspec.structs.replace(seen, settled=came) == hangs
