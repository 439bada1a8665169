"""Two statements of one fact that disagree are told with both texts, wherever they stand (settled §39)."""

from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest

from boards.model.findings import Level
from tests.roster.county_files import Page, as_xls, by_openpyxl
from tests.roster.county_markup import as_ods
from tests.roster.county_tables import (
    HEAD,
    HOMES,
    LINGDONG,
    VILLAGES,
    alarms,
    as_xlsx,
    lines,
    placed,
    read,
    read_pages,
    read_roster,
    usual,
)

TITLE = "梅坞镇岭东村2025年耕地地力保护补贴发放清册"
LIST = lines(usual)


def told(title=TITLE, *, name="Sheet1", file="名册.xlsx", rows=LIST, head=HEAD):
    return alarms(read([title], head, *rows, name=name, file=file))


@pytest.mark.parametrize(
    ("sheet", "file"),
    [("大岕口村", "名册"), ("Sheet1", "大岕口村发放表"), ("Sheet1", "大界口村发放表"), ("双浒镇", "名册"), ("Sheet1", "双浒镇上报"),
     ("Sheet1", "2024年耕地地力"), ("2024年", "名册"), ("Sheet1", "岭东村、大岕口村上报")],
)  # fmt: skip
def test_what_stands_around_a_list_does_not_contradict_it(sheet, file):
    """Sheet name, file name and title name one village, one town, one year: a warning with both texts."""
    found = read([TITLE], HEAD, *LIST, name=sheet, file=f"{file}.xlsx").findings
    warned = [one for one in found if one.level is Level.WARNING]
    assert [one.code for one in warned] == ["STATEMENTS_DISAGREE"]
    assert (sheet if sheet != "Sheet1" else file) in warned[0].message


@pytest.mark.parametrize(
    ("sheet", "file"),
    [("岭东", "名册"), ("岭东村", "梅坞镇2025年"), ("Sheet1", "20241203岭东村"), ("1组", "苕安县岭东村"), ("Sheet1", "岭东村委会"), ("Sheet1", "新农村建设")],
)  # fmt: skip
def test_what_agrees_accuses_nobody(sheet, file):
    """The same place more or less exactly, a day in a file's name, words that only end in 村."""
    assert told(name=sheet, file=f"{file}.xlsx") == []


def test_sheets_of_several_villages_in_a_file_of_their_town():
    """Each sheet speaks for itself; a file called after two of three villages lists somebody of both."""
    pages = [Page(name, [[f"{name}2025年补贴清册"], list(HEAD), *LIST]) for name in ("岭东村", "大岕口村")]
    assert alarms(read_pages(*pages, file="梅坞镇2025年.xlsx")) == []
    assert alarms(read_pages(*pages, file="岭东村大岕口村.xlsx")) == []
    assert alarms(read_pages(*pages, file="岭东村中坞村.xlsx")) == [("STATEMENTS_DISAGREE", None)]


PLACED = ["序号", "村", "户主姓名", "金额（元）"]


def in_places(*villages):
    return [[n, village, name, yuan] for village, (n, name, _, yuan) in zip(villages, HOMES, strict=False)]


def test_a_row_of_another_village_than_its_title():
    """大岕口村 in a list of 岭东村 waits; in a list of the town it is nothing; of another town it is an error."""
    rows = in_places("岭东村", "大岕口村", "岭东村")
    assert told(rows=rows, head=PLACED) == [("VILLAGE_NOT_AS_TITLE", 4)]
    assert told("梅坞镇2025年补贴清册", rows=rows, head=PLACED) == []
    rows = in_places("岭东村", "中坞村", "中坞村")
    assert told("梅坞镇2025年补贴清册", rows=rows, head=PLACED) == [
        ("VILLAGE_OF_ANOTHER_TOWN", 4),
        ("VILLAGE_OF_ANOTHER_TOWN", 5),
    ]
    assert told("苕安县2025年补贴清册", rows=rows, head=PLACED) == []


CODED = ["村代码", "村名", "户主姓名", "金额（元）"]


@pytest.mark.parametrize(
    ("code", "name", "said"),
    [(LINGDONG, "大岕口村", True), ("330590100299", "岭东村", True), (LINGDONG, "岭东村委会", False), (LINGDONG, "岭东", False),
     (LINGDONG, "", False), ("201", "岭东村", False)],
)  # fmt: skip
def test_code_and_name_of_one_row(code, name, said):
    """村代码 beside 村名: two villages in one row wait, also a code nobody has."""
    rows = [[LINGDONG, "岭东村", home[1], home[3]] for home in HOMES]
    rows[2][:2] = [code, name]
    assert alarms(read(["2025年补贴清册"], CODED, *rows)) == ([("VILLAGES_DISAGREE", 5)] if said else [])


def headed(heading):
    rows = [["岭东村"], *LIST[:3], [heading], *LIST[3:]]
    merges = [(2, 0, 2, 4), (6, 0, 6, 4)]
    return read(["梅坞镇2025年补贴清册"], HEAD, *rows, merges=merges, name="Sheet1")


@pytest.mark.parametrize("heading", ["大界口村", "大界口村委会", "大界口村：", "大界口村（盖章）"])
def test_a_heading_with_one_wrong_character(heading):
    """大界口村 is no village: told at its line with the nearest, and its rows never go to the village above."""
    reading = headed(heading)
    assert alarms(reading) == [("VILLAGE_UNKNOWN", 7)]
    assert "大岕口村" in next(one.message for one in reading.findings if one.code == "VILLAGE_UNKNOWN")
    assert [village for _, village in placed(reading)[:3]] == [LINGDONG] * 3
    assert LINGDONG not in {village for _, village in placed(reading)[3:]}


@pytest.mark.parametrize("heading", ["大界口村一组", "梅坞镇大界口村3组", "大界口村 第二村民小组（盖章）"])
def test_a_heading_with_a_wrong_character_and_a_group(heading):
    """The same where a group stands behind the name: 大界口村一组 is not the village above."""
    reading = headed(heading)
    assert alarms(reading) == [("VILLAGE_UNKNOWN", 7)]
    assert LINGDONG not in {village for _, village in placed(reading)[3:]}


@pytest.mark.parametrize("heading", ["竹垓乡中坞村", "中坞村一组"])
def test_headings_of_another_town_than_the_title(heading):
    """Rows that have no column for their place are told once a heading, also against the file's and the sheet's name."""
    rows = [[heading], *LIST[:3], ["双浒镇向阳村"], *LIST[3:]]
    merges = [(2, 0, 2, 4), (6, 0, 6, 4)]
    told = [("VILLAGE_OF_ANOTHER_TOWN", 4), ("VILLAGE_OF_ANOTHER_TOWN", 8)]
    for title, file in (("梅坞镇2025年补贴清册", "名册"), ("2025年补贴清册", "梅坞镇2025年")):
        found = read([title], HEAD, *rows, merges=merges, name="Sheet1", file=f"{file}.xlsx")
        assert alarms(found) == told
    assert alarms(read(["2025年补贴清册"], HEAD, *rows, merges=merges, name="Sheet1")) == []


@pytest.mark.parametrize("line", ["大界口村一组（盖章）", "岭冬村一组", "中坞村"])
def test_a_line_under_the_title_that_names_another_village(line):
    """It is held against the sheet's name: the list waits with both texts."""
    found = alarms(read(["2025年补贴清册"], [line], HEAD, *LIST, name="岭东村"))
    assert ("STATEMENTS_DISAGREE", None) in found
    assert alarms(read(["2025年补贴清册"], ["岭东村一组（盖章）"], HEAD, *LIST, name="岭东村")) == []


@pytest.mark.parametrize("heading", ["大岕口村", "石桥边村一组", "二组", "下坞自然村", "全村", "本村"])
def test_a_heading_that_is_no_unknown_village(heading):
    """A village we know, a group, a natural village, or the village itself."""
    assert alarms(headed(heading)) == []


def test_without_a_list_of_villages_only_years_are_held_against_each_other():
    """Nobody says which names are villages; a year is a year."""
    data = as_xlsx([Page("Sheet1", [[TITLE], list(HEAD), *LIST])])
    assert alarms(read_roster("大岕口村.xlsx", data)) == []
    assert alarms(read_roster("大岕口村2024年.xlsx", data)) == [("STATEMENTS_DISAGREE", None)]


WRITERS = {"xlsx": by_openpyxl, "xls": as_xls, "ods": as_ods}
YUAN_FEN = [int(yuan) * 100 for *_, yuan in HOMES]


def formatted(form, code, header, *, rows=range(2, 8), times=1):
    """Whole yuan, times a factor, under a header; the number format on some of the rows."""
    page = Page("x", [["2025年规模种粮补贴公示表"], ["序号", "姓名", header]])
    page.rows += [[n, name, int(yuan) * times] for n, name, _, yuan in HOMES]
    page.formats = {(at, 2): code for at in rows}
    return read_roster(f"x.{form}", WRITERS[form]([page]), VILLAGES)


def doubted(reading):
    return [one.column for one in reading.findings if one.code == "UNITS_DISAGREE"]


def fen(reading):
    return [row.payout.amount_fen for row in reading.rows]


SHOWN_OTHERWISE = {
    "xlsx": ["0!.0000", "0!.0,", "#,##0.00,", '0.00"万"', "0\\.0000", '0"."0000', '0"."0,', '0.00"千元"', "0%", ";;;", '"—"'],
    "xls": ["0!.0000", "0!.0,", '0.00"万元"', ";;;"],
    "ods": ["0!.0000", "0.00,", '0.00"万元"', "0%"],
}  # fmt: skip
SHOWN_AS_STORED = [
    "#,##0.00",
    "0.00_ ",
    "#,##0.00;[Red]-#,##0.00",
    "General",
    '0.00"元"',
    "_ * #,##0.00_ ;_ @_ ",
    '[=0]"";General',
    "0.00;-0.00;;@",
]


@pytest.mark.parametrize(
    ("form", "code"), [(form, code) for form, codes in SHOWN_OTHERWISE.items() for code in codes]
)
def test_a_number_format_that_shows_another_figure(form, code):
    """What is shown is not what is stored under 元: the list waits, though one cell alone has the format."""
    assert doubted(formatted(form, code, "金额（元）")) == ["C"]
    assert doubted(formatted(form, code, "金额（元）", rows=[4])) == ["C"]


@pytest.mark.parametrize("code", SHOWN_AS_STORED)
def test_a_number_format_that_shows_what_is_stored(code):
    """Thousands, signs, colours, 元: nothing is asked."""
    for form in WRITERS:
        assert doubted(formatted(form, code, "金额（元）")) == []


@pytest.mark.parametrize("code", ["0!.0000", "0\\.0000", "0!.0,", '0"."0000', '0!.0000"万元"'])
@pytest.mark.parametrize("form", WRITERS)
def test_yuan_shown_in_the_unit_of_the_header_are_yuan(form, code):
    """万元 over yuan that are shown as 万元: format, header and figures agree, and it is read once, not × 10,000.

    Where the stored figures are no whole fen, or one cell is shown otherwise, they do not agree.
    """
    if form == "ods" and code in {"0\\.0000", "0!.0,", '0"."0000'}:
        code = "0!.0000"  # as LibreOffice keeps all of them
    agreed = formatted(form, code, "金额（万元）")
    assert (doubted(agreed), fen(agreed)) == ([], YUAN_FEN)
    assert doubted(formatted(form, code, "金额（万元）", rows=range(2, 7))) == ["C"]
    assert doubted(formatted(form, code, "金额（千元）")) == ["C"]
    assert doubted(formatted(form, code, "金额（万元）", times=Decimal("0.0001"))) == ["C"]


def test_a_unit_in_the_format_says_what_the_header_says():
    """0.00"万元" under 万元 is said twice; under a header without a unit it is said by nobody else."""
    agreed = formatted("xlsx", '0.00"万元"', "金额（万元）", times=Decimal("0.0001"))
    assert (doubted(agreed), fen(agreed)) == ([], YUAN_FEN)
    assert doubted(formatted("xlsx", '0.00"万元"', "金额", times=Decimal("0.0001"))) == ["C"]
    silent = formatted("xlsx", '0!.0000"万元"', "金额")
    assert (doubted(silent), fen(silent)) == ([], YUAN_FEN)


def test_an_open_document_formats_whole_columns():
    """LibreOffice says a column's style once, over all of its cells."""
    rows = [["2025年"], ["序号", "姓名", "金额（元）"], *([n, name, int(yuan)] for n, name, _, yuan in HOMES)]
    page = Page("x", [list(row) for row in rows])
    page.formats = {(2, 2): "0!.0000"}
    with ZipFile(BytesIO(as_ods([page]))) as packed:
        content = packed.read("content.xml").decode()
    content = content.replace(' table:style-name="f0"', "")
    third = '<table:table-column table:visibility="visible"/>' * 2
    styled = '<table:table-column table:visibility="visible" table:default-cell-style-name="f0"/>'
    assert content.count(third) == 1
    out = BytesIO()
    with ZipFile(out, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr(
            "content.xml",
            content.replace(third + '<table:table-column table:visibility="visible"/>', third + styled),
        )
        packed.writestr("META-INF/manifest.xml", "<m/>")
    assert doubted(read_roster("x.ods", out.getvalue(), VILLAGES)) == ["C"]


@pytest.mark.parametrize(
    ("line", "header", "told"),
    [("单位：亩、万元", "金额（元）", True), ("单位：元", "金额（万元）", True), ("单位：亩、元", "金额（元）", False),
     ("单位：万元", "金额", False), ("单位：县农业农村局", "金额（元）", False)],
)  # fmt: skip
def test_a_unit_line_that_says_another_unit_than_the_header(line, header, told):
    """Two units for one amount wait for a person; one that is said once, or twice alike, does not."""
    rows = lines(lambda n, name, mu, yuan: [n, name, yuan])
    found = read(["2025年补贴清册"], ["", "", line], ["序号", "姓名", header], *rows).findings
    assert [one.column for one in found if one.code == "UNITS_DISAGREE"] == (["C"] if told else [])


def test_lists_below_each_other_are_of_one_year():
    """A second title of last year waits with both titles; two of this year do not."""
    for year, said in ((2025, []), (2024, [("STATEMENTS_DISAGREE", None)])):
        rows = [["岭东村2025年补贴清册"], HEAD, *LIST[:3], [], [f"岭东村{year}年补贴清册"], HEAD, *LIST[3:]]
        assert alarms(read(*rows)) == said


def of_years(years, title="岭东村2025年稻谷补贴", remark=""):
    rows = [
        [n, f"王{'一二三四五六'[n]}", 1 + n, year, remark if n == 2 else ""] for n, year in enumerate(years)
    ]
    reading = read([title], ["序号", "姓名", "补贴金额（元）", "补贴年度", "备注"], *rows)
    return [(one.code, one.row, one.column) for one in reading.findings if one.level is not Level.NOTE]


def test_a_row_of_another_year_than_the_others():
    """Under 年度: told at its row, unless it says that it comes late or the title names that year too."""
    years = [2025, "2025年", 2024, 2025, "2025年度"]
    assert of_years(years) == [("STATEMENTS_DISAGREE", 5, "D")]
    assert of_years(years, remark="补发上年") == []
    assert of_years(years, title="岭东村2024至2025年稻谷补贴") == []
    assert of_years([2025] * 5) == of_years([2025, "", "", "", ""]) == []


def test_a_column_of_another_year_than_the_title():
    """All rows of last year under this year's title: once, unless the title says that they are paid late."""
    assert of_years([2024] * 5) == [("STATEMENTS_DISAGREE", None, None)]
    assert of_years([2024] * 5, title="岭东村2025年补发稻谷补贴") == []
