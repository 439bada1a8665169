"""A number of a person is told wherever it stands in a file, and what is nobody's name is asked about."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boards.model.findings import Level
from sync.county.report.report import json_blocks
from tests.roster.county_tables import HEAD, alarms, lines, notes, read, usual

ID, ACCOUNT = "990523/19580312/0019", "存折号101004123456789"
DRESSES = (
    ID,
    "九九〇五二三一九五八〇三一二〇〇一九",
    "99O523l958O3l2OOl9",
    ACCOUNT,
    "前六位990523，中间19580312，后四位0019",
)


def told(
    *, title="2025年稻谷补贴", head="备注", cell="", name="", beside=(), sheet="岭东村", file="名册.xlsx"
):
    """What is said of six households, the third with another cell or name."""
    rows = [[*row, ""] for row in lines(usual)]
    rows[2][-1] = cell
    rows[2][1] = name or rows[2][1]
    return read([title], [*HEAD, head], *rows, *beside, name=sheet, file=file)


PLACES = {
    "a remark": lambda number: told(cell=number),
    "a group": lambda number: told(head="组别", cell=number),
    "a name": lambda number: told(name=f"王一{number}"),
    "a reason": lambda number: told(head="停发原因", cell=number),
    "a machine": lambda number: told(head="机具型号", cell=number),
    "the title": lambda number: told(title=f"2025年稻谷补贴 经办{number}"),
    "the header": lambda number: told(head=f"备注{number}", cell="补发"),
    "a foot": lambda number: told(beside=[[f"制表人：{number}"]]),
    "a sheet's name": lambda number: told(sheet=f"岭东村{number.replace('/', '-')}"[:31]),
}


@pytest.mark.parametrize("number", DRESSES)
@pytest.mark.parametrize("place", PLACES)
def test_a_number_in_disguise_is_told_wherever_it_stands(place, number):
    """In every public text and around the rows it holds the file; the report never repeats it."""
    reading = PLACES[place](number)
    codes = {code for code, _ in alarms(reading)}
    assert codes & {
        "UNMASKED_ID_IN_TEXT",
        "UNMASKED_ACCOUNT_IN_TEXT",
        "NUMBER_IN_NAME",
        "PRIVATE_AROUND_ROWS",
    }, codes
    assert number.encode() not in b"".join(json_blocks(reading))
    assert not any(
        number in text
        for row in reading.rows
        for text in (row.payout.remark, row.payout.group, row.payout.holder)
    )


def test_a_number_in_the_files_name_is_a_note():
    """The name goes nowhere; who hands the file on is told, and nothing waits."""
    reading = told(file="王一990523-19580312-0019.xlsx")
    assert alarms(reading) == []
    assert ("PRIVATE_AROUND_ROWS", None) in notes(reading)


@pytest.mark.parametrize(
    "beside",
    [
        "监督电话：14001234567",
        "咨询0572-5000012、12345",
        "苕财农〔2025〕12号，共6户，3309.16元",
        "制表日期：2025年9月30日",
    ],
)
def test_feet_and_titles_of_offices_pass(beside):
    """Telephones an office prints, document numbers, sums and days around the rows are no private numbers."""
    assert alarms(told(title=f"2025年稻谷补贴（{beside}）", beside=[[beside]])) == []


NO_NAMES = [
    "<b>张三</b>", "张三&lt;br&gt;", "+张三", "-张三", "@张三", "12345", "测试", "测试户1", "无", "某某", "姓名", "户主", "null", "N/A",
    "asdfgh", "qwe", "张三abc", "。。。", "——", "***", "😀张", "{{7*7}}", "'; DROP TABLE", "javascript:alert(1)", "https://a.example",
    "张\u202e三", "张\u2066三", "王一1234", "张三李四王五赵六孙七周八吴九", "A",
]  # fmt: skip


@pytest.mark.parametrize("name", NO_NAMES)
def test_what_is_nobodys_name_waits_for_a_person(name):
    """Markup, formulas, signs that turn a line, words for none, keys struck at random: a warning at the row."""
    found = [(one.level, one.row) for one in told(name=name).findings if one.code == "NAME_ODD"]
    assert found == [(Level.WARNING, 5)]


NAMES = [
    "阿依古丽·买买提", "买买提·吐尔逊·阿不都热合曼", "阿依古丽买买提", "迪丽热巴.迪力木拉提", "拉巴次仁", "曲木阿依", "ཚེ་རིང", "ئايگۈل",
    "㛃", "王", "赵一", "孙七一", "朱𬭎", "欧阳修文", "王测", "吴试", "张*", "王某某", "张三2", "张三（1）", "张三(小)", "李四（五保）",
    "张Ａ", "张 三", "NGUYEN THI HOA", "John Smith", "苕安县林秋实农机专业合作社", "岭东村股份经济合作社", "岭东村二组集体", "ABC有限公司",
    "苕安县3D打印中心", "苕安县粮食收储公司1号库", "四川省凉山彝族自治州", "苕安县岭东村第三村民小组林秋实家庭农场（普通合伙）",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_every_peoples_names_pass(name):
    """Minorities' names, single and rare characters, cooperatives, marks that tell two apart raise nothing."""
    assert "NAME_ODD" not in {code for code, _ in [*alarms(told(name=name)), *notes(told(name=name))]}


@pytest.mark.thorough
@settings(max_examples=100)
@given(
    st.text(
        alphabet="王李张刘陈杨赵黄一二三四五六七八九十文无空测试姓名户主备注", min_size=2, max_size=3
    ).filter(lambda name: name[0] in "王李张刘陈杨赵黄" and "测试" not in name)
)
def test_a_surname_and_any_characters_are_a_name(name):
    """Whatever characters follow a surname, alone they make nobody odd."""
    assert "NAME_ODD" not in {code for code, _ in alarms(told(name=name))}
