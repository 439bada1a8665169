"""自然村 and 小地名: where the county lists them, they count as their village; what it does not list is told."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.county.intake.check import read_roster
from tests.desk.desk_house import PACK
from tests.roster.county_files import VILLAGES, Page, as_xlsx
from tests.roster.county_tables import alarms

HAMLETS = {"330590100201": ("小王庄", "上塘"), "330590100202": ("下坂村", "上塘"), "330590101201": ("里坞",)}
KNOWN = tuple(msgspec.structs.replace(one, hamlets=HAMLETS.get(one.code, ())) for one in VILLAGES)
HEAD = ("序号", "姓名", "面积（亩）", "补贴金额（元）")


def headed(*headings: str, title: str = "梅坞镇2025年稻谷补贴发放清册") -> bytes:
    """A list with headings between its rows, two households under each."""
    page = Page("名册")
    page.across(title, len(HEAD))
    page.add(*HEAD)
    for at, heading in enumerate(headings):
        page.across(heading, len(HEAD))
        for who in range(2):
            page.add(at * 2 + who + 1, f"王{'甲乙丙丁戊己庚辛'[at * 2 + who]}", who + 1, 10 * (who + 1))
    page.add("合计", "", 3 * len(headings), 30 * len(headings))
    return as_xlsx([page])


def celled(*places: str, column: str = "自然村", title: str = "苕安县2025年稻谷补贴发放清册") -> bytes:
    """A list with a column of places."""
    page = Page("名册")
    page.across(title, 5)
    page.add("序号", column, *HEAD[1:])
    for at, place in enumerate(places, 1):
        page.add(at, place, f"王{'甲乙丙丁戊己庚辛'[at]}", at, 10 * at)
    return as_xlsx([page])


def villages(reading) -> list[str]:
    return [row.village for row in reading.rows]


@pytest.mark.thorough
@given(
    st.lists(
        st.sampled_from(["小王庄", "小王庄：", "下坂村", "小王庄自然村", "大岕口村", "小王庄一组"]),
        min_size=2,
        max_size=4,
        unique=True,
    )
)
def test_a_heading_of_a_listed_natural_village_counts_as_its_village(headings):
    """The rows under 小王庄 are those of the village it belongs to, with nothing to confirm."""
    reading = read_roster("名册.xlsx", headed(*headings), KNOWN)
    homes = ["330590100201" if "小王庄" in one else "330590100202" for one in headings for _ in range(2)]
    assert (villages(reading), alarms(reading)) == (homes, [])


@pytest.mark.parametrize(
    "places",
    [
        ("小王庄", "下坂村", "下坂"),
        ("小王庄自然村", "下坂村2组", "大岕口村下坂"),
        ("小王庄3组", "梅坞镇下坂村", "大岕口村"),
    ],
)
@pytest.mark.parametrize("column", ["自然村", "村名"])
def test_a_cell_with_a_listed_natural_village_counts_as_its_village(places, column):
    """In a column of places too, with group, town or village written beside it."""
    reading = read_roster("名册.xlsx", celled(*places, column=column), KNOWN)
    assert (villages(reading), alarms(reading)) == (["330590100201", "330590100202", "330590100202"], [])


def test_what_is_not_listed_is_told_with_the_nearest():
    """A heading that ends like a village and is none stays an error; without the list 下坂村 is one too."""
    codes = [code for code, _ in alarms(read_roster("名册.xlsx", headed("岭东村", "下畈村"), KNOWN))]
    assert codes == ["VILLAGE_UNKNOWN"] * len(codes) != []
    assert "VILLAGE_UNKNOWN" in dict(alarms(read_roster("名册.xlsx", headed("岭东村", "下坂村"), VILLAGES)))
    wrong = read_roster("名册.xlsx", celled("岭东村下坂", "岭东村", "岭东村", column="村名"), KNOWN)
    assert [code for code, _ in alarms(wrong)] == ["VILLAGE_UNKNOWN"]  # 下坂 is not in 岭东村


def test_a_name_of_two_villages_is_that_of_the_list_or_told():
    """上塘 lies in two villages: under a title of one it is hers; without any it waits."""
    title = "大岕口村2025年稻谷补贴发放清册"
    own = read_roster("名册.xlsx", celled("上塘", "上塘", "大岕口村", title=title), KNOWN)
    assert (villages(own), alarms(own)) == (["330590100202"] * 3, [])
    lost = read_roster("名册.xlsx", celled("上塘", "岭东村", "岭东村"), KNOWN)
    assert [code for code, _ in alarms(lost)] == ["VILLAGE_AMBIGUOUS"]


@pytest.mark.parametrize("title", ["小王庄2025年稻谷补贴发放清册", "小王庄村2025年稻谷补贴发放清册"])
def test_a_title_may_name_a_natural_village(title):
    """The list of a natural village is her village's; a row of another village is told as under any title."""
    reading = read_roster(
        "名册.xlsx", celled("岭东村", "小王庄", "岭东村", column="村名", title=title), KNOWN
    )
    assert (villages(reading), alarms(reading)) == (["330590100201"] * 3, [])
    other = read_roster("名册.xlsx", celled("岭东村", "下坂村", "岭东村", column="村名", title=title), KNOWN)
    assert [code for code, _ in alarms(other)] == ["VILLAGE_NOT_AS_TITLE"]


def test_people_are_no_places():
    """A household called like a place, a remark that begins with one, an amount: nothing is taken for a heading."""
    page = Page("名册")
    page.across("岭东村2025年稻谷补贴发放清册", 5)
    page.add(*HEAD, "备注")
    for at, (who, said) in enumerate((("里坞", ""), ("王乙", "里坞有地"), ("王丙", "里坞3亩")), 1):
        page.add(at, who, at, 10 * at, said)
    reading = read_roster("名册.xlsx", as_xlsx([page]), KNOWN)
    assert villages(reading) == ["330590100201"] * 3
    assert not {code for code, _ in alarms(reading)} & {
        "VILLAGE_UNKNOWN",
        "VILLAGE_AMBIGUOUS",
        "STATEMENTS_DISAGREE",
    }
    assert (PACK / "villages.csv").exists()
