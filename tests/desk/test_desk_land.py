"""A land notice at the county's desk: the reviewer reads the notice itself, not figures of a list."""

import html
import json
import shutil

import pytest

from sync.county.land.case_folder import case_folder
from sync.county.land.proposing import propose_case
from sync.county.publish.land_notices import propose_withdrawal
from sync.wire import Reason
from tests.desk.desk_house import NOW, desk
from tests.land.land_house import L1, stage
from tests.land.test_land_files import png

pytestmark = pytest.mark.thorough

ABOUT = "征地补偿安置公告（苕征补告〔2025〕7号）"


@pytest.fixture(scope="module")
def at(tmp_path_factory):
    """Both seats of a county to which the first stages of L1 were handed in."""
    folder = tmp_path_factory.mktemp("desk")
    shutil.copytree(L1, folder / "case")
    with desk(folder / "county") as both:
        propose_case(both.county, case_folder(folder / "case" / "case.json"), NOW)
        yield both


def plan_of(county):
    """The proposal of the compensation plan."""
    return next(path.name for path in sorted(county.proposals.iterdir()) if "-plan-1" in path.name)


def test_the_reviewer_reads_the_notice_and_signs_it(at):
    """Its words, areas, sums and villages stand on the page; signed and published it is in the villages' logs."""
    path = f"/proposals/{plan_of(at.county)}"
    for seat in (at.reviewer, at.clerk):
        page = seat.get(path).text
        assert ABOUT in page
        assert "竹垓村 林地 0.4410 公顷，6.6150 亩" in page
        assert "应付合计 1,845,183.60 元" in page
        assert "过半数被征地农村集体经济组织成员" in page
        assert "发到：竹垓村、中坞村" in page
        assert "名册总额" not in page
    home = at.reviewer.get("/").text
    assert f"征地公告 {ABOUT}" in home
    assert "征地信息全覆盖：应公开 1 件，已全部公开 0 件" in home
    assert "缺 梅坞镇中心卫生院迁建工程" in home
    at.reviewer.get(path)
    assert "已审核" in at.reviewer.post(f"{path}/accept", reason="").text
    at.clerk.get(path)
    assert "已发布" in at.clerk.post(f"{path}/publish").text
    assert at.county.log("330590200201").state().size == 1


def test_a_withdrawal_shows_its_reason(at):
    """Taking a notice down is read and signed like any other proposal."""
    made = propose_withdrawal(
        at.county,
        "苕征补告〔2025〕7号",
        Reason(code="notice-withdrawn", text="面积有误，更正后重新公告"),
        NOW,
    )
    page = at.reviewer.get(f"/proposals/{made.id}").text
    assert "撤下：" in page
    assert "面积有误，更正后重新公告" in page


def test_a_notice_sent_back_may_be_handed_in_again(at, tmp_path):
    """The reviewer sends a notice back with a reason; with another file it is proposed anew."""
    start = next(path.name for path in sorted(at.county.proposals.iterdir()) if "-start-1" in path.name)
    at.reviewer.get(f"/proposals/{start}")
    at.reviewer.post(f"/proposals/{start}/return", reason="请附示意图")
    assert not (at.county.proposals / start).exists()
    shutil.copytree(L1, tmp_path / "case")
    case = tmp_path / "case" / "case.json"
    told = json.loads(case.read_text("utf-8"))
    stage(told, "start").update(attachments=["图.png"], secrecy_review="县资规局保密员 2025-09-20")
    (tmp_path / "case" / "图.png").write_bytes(png())
    case.write_text(json.dumps(told, ensure_ascii=False), "utf-8")
    fates = propose_case(at.county, case_folder(case), NOW)
    assert [one.fate.value for one in fates[:2]] == ["proposed", "waiting"]
    page = html.unescape(at.reviewer.get(f"/proposals/{fates[0].proposal.id}").text)
    assert "附件文件 图.png（image/png，1 KB，SHA-256" in page
    assert "请打开看过再签名" in page
