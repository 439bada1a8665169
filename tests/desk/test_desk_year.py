"""A closed year at the county's desk: the reviewer reads every figure of every village and signs it."""

import pytest

from sync.county.years.closing import Said, close_year
from sync.county.years.figures import Stated
from tests.desk.desk_house import NOW, desk
from tests.line.county_sim import VILLAGE, published, row


@pytest.fixture(scope="module")
def at(tmp_path_factory):
    """Both seats of a county whose year waits for review."""
    with desk(tmp_path_factory.mktemp("desk") / "county") as both:
        published(both.county, [row(1), row(2)])
        stated = [Stated(village=VILLAGE, programme="farmland_fertility", fen=85951)]
        yield both, close_year(both.county, stated, Said(year=2025), NOW)


def test_the_reviewer_reads_every_figure_and_signs_it(at):
    """Programme by programme and list by list; there is no list of people to open, and nothing breaks for it."""
    both, made = at
    path = f"/proposals/{made.id}"
    for seat in (both.reviewer, both.clerk):
        page = seat.get(path).text
        assert "2025 年度  第 1 版  合计 859.51 元" in page
        assert "耕地地力保护补贴  2 户 6.54 亩  859.51 元" in page
        assert "期号 2025-01  2025-09-30 发放 859.51 元" in page
        assert "逐户名单" not in page
        assert "名册总额" not in page
    assert "年度汇总" in both.reviewer.get("/").text
    assert both.reviewer.get(f"{path}/villages/{VILLAGE}").status == 404
    assert both.reviewer.get(f"{path}/villages/{VILLAGE}/sheet.pdf").status == 404
    both.reviewer.get(path)
    assert "已审核" in both.reviewer.post(f"{path}/accept", reason="两个人").text
    both.clerk.get(path)
    assert "已发布" in both.clerk.post(f"{path}/publish").text
