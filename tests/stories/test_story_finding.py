"""What is published, and finding a line of it as a clerk knows it: by village, programme and name."""

import asyncio
import re

import pytest

from kiosk_server.archive.archive import Archive
from kiosk_server.archive.board import Board
from tests.line.county_sim import OTHER, VILLAGE, caught_up, copied, county, published, row
from tests.stories.office import ROWS, Office

NAMES = ("林一", "林二", "林三", "林二")
pytestmark = [pytest.mark.thorough, pytest.mark.usefixtures("reads_here")]


@pytest.fixture(scope="module")
def founded(tmp_path_factory):
    """Two periods of one programme and an application list; 林二 stands twice on one, 林四 on both."""
    where = county(tmp_path_factory.mktemp("finding") / "county")
    published(where, [row(n, holder=name) for n, name in enumerate((*NAMES, "林四"))])
    published(where, [row(n, holder=name) for n, name in enumerate(("林四", "林五"))], "2025-02")
    published(where, [row(7, holder="林六")], "2025-03", programme='"rice"')
    return where


@pytest.fixture
def office(founded, tmp_path):
    return Office(copied(founded, tmp_path / "county"), tmp_path)


FERTILITY = ("--village", "岭东村", "--programme", "耕地地力保护补贴", "--reason", "登记有误")


def carried(office, *words):
    """Proposed, signed, published."""
    code, told = office.typed(*words)
    assert code == 0, told
    made = re.search(r"\S+$", told.strip())[0]
    assert office.typed("review", "--accept", made)[0] == 0
    assert office.typed("publish", made)[0] == 0
    return told


def on_the_board(office, folder):
    """Short codes by batch, as a kiosk has them that follows."""

    async def pull():
        async with Archive(folder / "archive.sqlite3", office.county.pack, minimum_free_mb=0) as archive:
            await caught_up(office.county, archive, folder)

    asyncio.run(pull())
    board = Board(folder / "archive.sqlite3", office.county.pack.mask)
    try:
        return {head.batch: (head.code, head.edition, head.count) for head in board.sheets(VILLAGE)}
    finally:
        board.close()


def listed(office, *words):
    """What `county list` says, by batch."""
    told = office.typed("list", *words)[1]
    found = re.findall(
        r"第 (\d+) 版 (\d+) 行 .* 元  短码 (\d{5}) (\d{5})  批次 (\S+)(  已撤下)?$", told, re.MULTILINE
    )
    return {
        batch: (one + two, int(edition), int(rows))
        for edition, rows, one, two, batch, gone in found
        if not gone
    }


def test_the_county_reads_what_hangs(office, tmp_path):
    """Village, programme, period, edition, rows, sum, and the very code of the board, after every kind of change."""
    told = office.typed("list")[1]
    assert "梅坞镇岭东村  耕地地力保护补贴 2025年 期号 2025-02 发放结果  第 1 版 2 行 859.49 元  短码" in told
    assert len(told.splitlines()) == 3
    assert not re.search("林", told)
    fertility = "330590-farmland_fertility-2025-01"
    for words in (
        ("correct", fertility, "--line", "1", "--holder", "林一", "--remark", "改"),
        ("withdraw", fertility, "--line", "2", "--holder", "林二"),
        ("correct", fertility, "--line", "2", "--holder", "林三", "--amount", "429.74"),
        ("erase", fertility, "--line", "3", "--holder", "林二"),
    ):
        carried(office, *words, "--village", VILLAGE, "--reason", "登记有误")
        assert listed(office) == on_the_board(office, tmp_path)
    carried(office, "withdraw", "--whole", *FERTILITY, "--period", "第2期")
    assert "330590-farmland_fertility-2025-02  已撤下" in office.typed("list")[1]
    assert listed(office) == on_the_board(office, tmp_path)
    assert [*listed(office, "--programme", "rice")] == [*listed(office, "--programme", "稻谷补贴")]
    assert office.typed("list", "--village", OTHER)[1] == "还没有发布过这样的名单。\n"


def test_a_proposal_shows_what_is_published_of_its_period(office):
    """Of the same programme and period, in other villages and phases too; the next period has nothing."""
    office.described("3", villages='["330590100202"]')
    told = office.proposes()[1]
    about = told.partition("本项目、本期已经发布的名单：")[2]
    assert about.split("\n")[1].startswith(
        "  梅坞镇岭东村  稻谷补贴 2025年 期号 2025-03 发放结果  第 1 版 1 行"
    )
    office.described("4", paid_on="2025-10-31")
    office.wrote(*ROWS, title="名单")
    assert "本项目、本期已经发布的名单：\n  还没有\n" in office.proposes()[1]


@pytest.mark.parametrize("programme", ["耕地地力保护补贴", "farmland_fertility"])
def test_a_line_is_found_by_its_name(office, programme):
    """One holder of one name needs no number and no batch."""
    told = carried(
        office,
        "correct",
        "--village",
        "岭东村",
        "--programme",
        programme,
        "--holder",
        "林五",
        "--remark",
        "改",
        "--reason",
        "登记有误",
    )
    assert "批次 330590-farmland_fertility-2025-02" in told
    assert "记录 0002：备注改了" in told
    told = carried(office, "withdraw", *FERTILITY, "--period", "1", "--holder", "林一")
    assert "记录 0001：撤下" in told
    carried(office, "withdraw", "--whole", *FERTILITY, "--period", "2025-02")
    carried(office, "erase", *FERTILITY, "--holder", "林五")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (
            ("--holder", "林四"),
            "several-lines",
            "有 2 行：330590-farmland_fertility-2025-01 第 5 行、330590-farmland_fertility-2025-02 第 1 行",
        ),
        (
            ("--holder", "林二"),
            "several-lines",
            "330590-farmland_fertility-2025-01 第 2 行、330590-farmland_fertility-2025-01 第 4 行",
        ),
        (("--holder", "林"), "nobody-listed", ""),
        (("--holder", "林六"), "nobody-listed", ""),
        (("--holder", "林四", "--period", "9"), "list-not-found", ""),
        (
            ("--holder", "林四", "--line", "1"),
            "lists-alike",
            "330590-farmland_fertility-2025-01、330590-farmland_fertility-2025-02",
        ),
        (("--record", "0001"), "lists-alike", ""),
        (("--whole",), "lists-alike", ""),
        (("--holder", "林二", "--line", "3", "--period", "1"), "line-of-another", ""),
        (("--line", "1"), "line-not-named", ""),
        (("330590-farmland_fertility-2025-01", "--holder", "林四"), "line-not-named", ""),
    ],
)
def test_what_is_not_clear_is_refused_without_a_name(office, words, code, said):
    """The lines are told by list and number; nobody's name is, nor what stands on them."""
    known = set(office.county.proposals.iterdir())
    exit_code, told = office.typed("withdraw", *words, *FERTILITY)
    assert (exit_code, code in told, said in told) == (2, True, True), told
    assert not re.search("林|元|甲", told)
    assert set(office.county.proposals.iterdir()) == known


def test_neither_list_nor_programme_is_refused(office):
    """A name alone points nowhere."""
    said = ("withdraw", "--village", "岭东村", "--reason", "登记有误", "--holder", "林一")
    assert "line-not-named" in office.typed(*said)[1]
    assert "list-not-found" in office.typed(*said, "--programme", "没有的补贴")[1]
