"""File name, title, sheet name and header speak of one programme, or both texts are told (settled §39)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boards.model.programmes import programme_said
from sync.county.intake.check import read_roster
from sync.county.reading import Verdict
from tests.roster.county_files import VILLAGES, Page, as_xlsx
from tests.roster.county_tables import alarms

FERTILITY = ["耕地地力保护补贴", "地力补贴", "耕地地力保护补贴资金", "地力保护补贴"]
OTHERS = ["稻谷补贴", "生态公益林损失性补偿", "农机购置与应用补贴", "农机购置补贴", "实际种粮农民一次性补贴", "残疾人两项补贴",
          "高龄津贴", "临时救助", "大中型水库移民后期扶持资金", "农业保险保费补贴", "被征地农民养老保障"]  # fmt: skip
GENERAL = [
    "惠民惠农财政补贴资金",
    "惠农补贴",
    "一卡通",
    "财政补贴资金",
    "移民村",
    "种粮补贴",
    "",
    "农业支持保护",
]


def listed(title: str, sheet: str = "Sheet1", amount: str = "补贴金额（元）", name: str = "名册") -> list:
    page = Page(sheet)
    page.across(title, 4)
    page.add("序号", "村", "姓名", amount)
    for at in range(1, 4):
        page.add(at, "岭东村", f"王{'甲乙丙'[at - 1]}", 10 * at)
    reading = read_roster(f"{name}.xlsx", as_xlsx([page]), VILLAGES, programmes=("良种补贴",))
    return [one for one in reading.findings if one.code == "STATEMENTS_DISAGREE"]


@pytest.mark.parametrize("other", [*OTHERS, "良种补贴"])
@pytest.mark.parametrize("where", ["name", "sheet", "amount"])
def test_two_programmes_are_told_with_both_texts(other, where):
    """地力补贴 in the title, another programme in the file's name, the sheet's name or the header of the amounts."""
    texts = {"name": f"岭东村2025年{other}名册", "sheet": other, "amount": f"{other}（元）"}
    (told,) = listed("苕安县2025年地力补贴发放清册", **{where: texts[where]})
    assert "写的补贴项目不一样" in told.message
    assert "地力补贴" in told.message
    assert other in told.message


@pytest.mark.thorough
@given(
    st.sampled_from(FERTILITY),
    st.sampled_from([*FERTILITY, *GENERAL]),
    st.sampled_from([*FERTILITY, *GENERAL]),
)
def test_short_names_and_general_words_are_no_contradiction(title, name, sheet):
    """地力补贴 is 耕地地力保护补贴; 惠农补贴 is any of them."""
    assert (
        listed(f"苕安县2025年{title}发放清册", sheet=sheet or "表", name=f"2025年{name}", amount="金额（元）")
        == []
    )
    assert (
        listed(
            f"苕安县2025年{name}发放清册", sheet=sheet or "表", name=f"2025年{title}", amount=f"{title}（元）"
        )
        == []
    )


def test_a_list_of_several_programmes_says_of_none():
    """A title that names two is held against nothing."""
    assert listed(
        "苕安县2025年耕地地力保护补贴、稻谷补贴发放清册", name="2025年稻谷补贴", sheet="农机购置补贴"
    )
    assert listed("苕安县2025年耕地地力保护补贴、稻谷补贴发放清册", name="2025年稻谷补贴") == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("移民新村2025年耕地地力保护补贴", "耕地地力保护补贴"),
        ("低保户残疾人两项补贴", "残疾人补贴"),
        ("残疾人机动轮椅车燃油补贴", "残疾人补贴"),
        ("种粮大户规模种粮补贴", "规模种粮补贴"),
        ("良种补贴（实物）", "良种补贴"),
        ("地力补贴和公益林补偿", ""),
        ("惠民惠农财政补贴资金", ""),
    ],
)
def test_what_a_text_is_about(text, said):
    """Names of villages and kinds of people are no programmes; two are none."""
    assert programme_said(text, ("良种补贴", "残疾人两项补贴")) == said


def test_it_waits_for_a_person():
    """A warning: held until somebody says which is right."""
    page = Page("稻谷补贴")
    page.across("苕安县2025年耕地地力保护补贴发放清册", 4)
    page.add("序号", "村", "姓名", "金额")
    page.add(1, "岭东村", "王甲", 10)
    reading = read_roster("名册.xlsx", as_xlsx([page]), VILLAGES)
    assert (reading.verdict, ("STATEMENTS_DISAGREE", None) in alarms(reading)) == (Verdict.HOLD, True)
