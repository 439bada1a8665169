"""The report as a page and as a marked workbook: faults are shown where they are, numbers stay inside."""

import io
import re
from collections import Counter
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from boards.model.findings import CellFinding, Level
from boards.model.privacy.numbers import numbers_in
from kiosk_server.cli.county.check import command
from sync.county.formats import book_of
from sync.county.formats.errors import RosterRefused
from sync.county.gazetteer import villages_from_csv
from sync.county.intake.check import read_roster
from sync.county.intake.process import refused_reading
from sync.county.reading import Reading, Verdict
from sync.county.report.page import report_html
from sync.county.report.workbook import COMMENTS_MAX, report_xlsx
from tests.roster.county_files import VILLAGES, Page, as_csv, as_xls, as_xlsx, by_openpyxl
from tests.roster.county_generator import CELL_FAULTS, LAYOUTS, county_file, planted
from tests.roster.county_generator import VILLAGES as COUNTY
from tests.roster.county_markup import as_html, as_spreadsheetml
from tests.roster.hostile_files import with_parts

pytestmark = pytest.mark.thorough

WRITERS = [as_xlsx, by_openpyxl, as_xls, as_html, as_spreadsheetml]
FAULT_LAYOUTS = ("table", "headings", "paged", "plots", "sheets")
ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "roster" / "data"
FAULTY = DATA / "06_faulty.xlsx"
KNOWN = villages_from_csv((DATA / "villages.csv").read_bytes())
SOUND = sorted((ROOT / "deploy" / "demo" / "rosters").glob("0*.[cx][sl][svx]*"))
PERSONAL = re.compile(r"\d{17}[\dXx]|\d{16,}|(?<!\d)1[3-9]\d{9}(?!\d)")
ID, PHONE, CARD = "990523195803120019", "14001892892", "6299990000123456786"


def reading_of(path: Path) -> Reading:
    return read_roster(path.name, path.read_bytes(), KNOWN)


def opened(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def marked(data: bytes) -> dict[str, tuple[str, str]]:
    """Cell → colour and comment."""
    return {
        cell.coordinate: (cell.fill.fgColor.rgb, cell.comment.text)
        for sheet in opened(data)
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment
    }


def first_sheet(data: bytes) -> str:
    """Everything the copy's own sheet says."""
    rows = opened(data).worksheets[0].iter_rows(values_only=True)
    return "\n".join(" ".join(filter(None, row)) for row in rows)


def cells_of(grid) -> dict:
    """What stands in a sheet's cells, empty ones left out."""
    return {
        (at, column): value
        for at, row in enumerate(grid.rows)
        for column, value in enumerate(row)
        if value not in {"", None}
    }


def same_cells(copy: bytes, data: bytes) -> None:
    """Sheet by sheet behind the copy's own: values with their kinds, merges, what is hidden."""
    first, *sheets = book_of(copy).sheets
    assert first.visible
    for made, grid in zip(sheets, book_of(data).sheets, strict=True):
        found = cells_of(grid)
        assert cells_of(made) == found
        assert [type(one) for one in cells_of(made).values()] == [
            float if type(one) is int else type(one) for one in found.values()
        ]
        assert (set(made.merges), made.visible) == (set(grid.merges), grid.visible)
        assert made.hidden_rows >= {at for at, _ in found} & grid.hidden_rows
        assert made.hidden_columns >= {at for _, at in found} & grid.hidden_columns


def finding(row, column, sheet="Sheet1", level=Level.ERROR, message="不对。") -> CellFinding:
    return CellFinding(level=level, code="X", sheet=sheet, row=row, column=column, message=message)


def held(*findings: CellFinding, form="xlsx") -> Reading:
    return Reading(file="x", format=form, verdict=Verdict.HOLD, findings=findings, source_sha256="0" * 64)


@pytest.mark.parametrize("path", [*SOUND, FAULTY], ids=lambda path: path.name[:2])
def test_the_page_shows_every_row_and_no_personal_number(path):
    """All payees, villages and sums are on the page; not one ID, card or phone is."""
    reading = reading_of(path)
    page = report_html(reading, KNOWN)
    assert PERSONAL.findall(page) == []
    assert [one.kind for one in numbers_in(re.sub(r"<[^>]+>", "|", page))] == []
    assert page.count("<tr") >= len(reading.rows)
    assert all(one.message in page for one in reading.findings if one.level is not Level.NOTE)


def test_the_page_stands_alone():
    """One file: no script, no address, no inline style attribute; the one style is named by its hash."""
    page = report_html(reading_of(FAULTY), KNOWN)
    assert not re.search(r"<script|<link|<img|\bsrc=|\bhref=|url\(|https?://|\sstyle=|\son\w+=", page)
    assert page.count("<style>") == 1
    assert "default-src &#x27;none&#x27;" in page or "default-src 'none'" in page


def test_markup_in_a_name_stays_text():
    """What a clerk typed is never taken for HTML."""
    page = Page("S<b>")
    page.add("序号", "村", "姓名", "金额（元）")
    page.add(1, "岭东村", "<script>alert(1)</script>", 10)
    page.add(2, "岭东村", "张<img src=x onerror=alert(2)>", 10)
    told = report_html(read_roster("<i>x.xlsx", as_xlsx([page]), VILLAGES))
    assert not re.search(r"<script|<img|<i>|<b>x", told)
    assert "&lt;img src" in told


def test_a_refused_file_has_a_page_too():
    """A file that could not be read gets its sentence and what to do."""
    with pytest.raises(RosterRefused) as refused:
        read_roster("x.pdf", b"%PDF-1.7")
    page = report_html(refused_reading("x.pdf", b"%PDF-1.7", refused.value))
    assert "没有读取" in page
    assert refused.value.told()[0] in page


def test_faulty_cells_are_marked_where_they_are():
    """Each error and each warning stands as a comment on its cell, red or yellow; notes mark nothing."""
    found = marked(report_xlsx(reading_of(FAULTY), FAULTY.read_bytes()))
    assert found["D6"] == ("FFFFC7CE", "错误：身份证号的校验位不对，可能有一位写错。")
    assert found["C22"][1] == "错误：没有姓名。"
    assert found["G16"][0] == "FFFFEB9C"
    assert found["C19"][1].startswith("C20：")  # the merge's visible cell
    assert {"G10", "B34", "G39", "H18", "D24", "G28", "A14"} < set(found)
    assert not {"E8", "C26", "D30", "A38"} & set(found)
    assert not any(PERSONAL.search(text) for _, text in found.values())


@pytest.mark.parametrize("path", [*SOUND, FAULTY], ids=lambda path: path.name[:2])
def test_marks_change_no_value(path):
    """The marked copy of every format has the original's cells and reads as it: same payees, same findings."""
    reading, data = reading_of(path), path.read_bytes()
    copy = report_xlsx(reading, data)
    same_cells(copy, data)
    again = read_roster(path.name, copy, KNOWN)
    assert [replace(row, sheet=None, row=0) for row in again.rows] == [
        replace(row, sheet=None, row=0) for row in reading.rows
    ]
    assert Counter((one.code, one.column, one.message) for one in meant(again)) == Counter(
        (one.code, one.column, one.message) for one in meant(reading)
    )


def meant(reading):
    """All but which figures are texts: a text file has nothing else, and its copy keeps them so."""
    return [one for one in reading.findings if one.code != "CELLS_MENDED"]


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), layout=st.sampled_from(sorted(LAYOUTS)), form=st.sampled_from(WRITERS))
def test_the_copy_of_any_county_file_reads_as_the_file(seed, layout, form):
    """A generator's file of any layout and format, with a fault in it: same cells, same payees, all is told."""
    file = county_file(seed, layout)
    if layout in FAULT_LAYOUTS:
        planted(file, sorted(CELL_FAULTS)[seed % len(CELL_FAULTS)])
    data = form(file.pages if form is not as_html else file.pages[:1])
    reading = read_roster(file.name, data, COUNTY)
    copy = report_xlsx(reading, data)
    same_cells(copy, data)
    again = read_roster(file.name, copy, COUNTY)
    assert [
        (row.payout.holder, row.village, row.payout.quantity, row.payout.amount_fen) for row in again.rows
    ] == [
        (row.payout.holder, row.village, row.payout.quantity, row.payout.amount_fen) for row in reading.rows
    ]
    told = first_sheet(copy) + "\n".join(text for _, text in marked(copy).values())
    assert all(one.message in told for one in reading.findings if one.level is not Level.NOTE)


def test_the_first_sheet_says_what_the_copy_has_not():
    """Pictures, charts, seals, formulas and formats are in the original only; what has no cell is listed."""
    data = as_xlsx([Page("Sheet1", [["名", "额"], ["甲", 1]])])
    nowhere = finding(None, None, sheet=None, message="全表的问题。")
    beyond = finding(99, "A", message="表外的问题。")
    copy = report_xlsx(held(nowhere, beyond, finding(2, "B")), data)
    told = first_sheet(copy)
    assert "图片、图表、印章、公式和格式只在原文件里" in told
    assert "错误 全表的问题。" in told
    assert "错误 Sheet1 A99 表外的问题。" in told
    assert set(marked(copy)) == {"B2"}
    assert opened(copy).active.title == opened(copy).sheetnames[0] == "检查结果"


def test_beyond_a_thousand_comments_cells_are_filled_and_told_on_the_first_sheet():
    """A sheet full of faults loses none of them."""
    data = as_xlsx([Page("Sheet1", [["甲"]] * (COMMENTS_MAX + 2))])
    findings = [finding(at, "A", message=f"第{at}条。") for at in range(1, COMMENTS_MAX + 3)]
    copy = report_xlsx(held(*findings), data)
    assert len(marked(copy)) == COMMENTS_MAX
    assert opened(copy)["Sheet1"].cell(COMMENTS_MAX + 2, 1).fill.fgColor.rgb == "FFFFC7CE"
    assert f"第{COMMENTS_MAX + 1}条。" in first_sheet(copy)
    assert f"第{COMMENTS_MAX}条。" not in first_sheet(copy)


def test_a_formula_leaves_its_result():
    """A formula becomes what it came to, one that failed #N/A, one that nobody calculated an empty cell."""
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
        b'<c r="A1"><f>SUM(1,2)</f><v>3</v></c><c r="B1" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="C1"><f>A1</f></c>'
        b"</row></sheetData></worksheet>"
    )
    data = with_parts({"xl/worksheets/sheet1.xml": sheet})
    name = book_of(data).sheets[0].name
    copy = report_xlsx(held(finding(1, "B", sheet=name), finding(1, "C", sheet=name)), data)
    row = opened(copy)[name][1]
    assert [(cell.value, cell.data_type) for cell in row] == [(3, "n"), ("#N/A", "e"), (None, "n")]
    assert set(marked(copy)) == {"B1", "C1"}


KINDS = [
    True, 0.1 + 0.2, 1e300, 12345678901234567.0, date(2025, 9, 1), datetime(2025, 9, 1, 8, 30), time(8, 30),
    timedelta(hours=30), ID, CARD, "007", "#N/A", "=1+1", "+1", "-1", "@x", " 两边 ", "a\nb", "_x0041_", "1E5",
]  # fmt: skip


def test_every_kind_of_cell_stays_what_it_was():
    """Numbers to the last digit, dates as dates, long numbers and would-be formulas as text, spaces and all."""
    book = openpyxl.Workbook()
    book.active.title = "Sheet1"
    for at, value in enumerate(KINDS, 1):
        cell = book.active.cell(at, 1, value)
        if isinstance(value, str):
            cell.data_type = "s"
        elif isinstance(value, float):
            cell.value, cell.data_type = repr(value), "n"
    out = io.BytesIO()
    book.save(out)
    data = out.getvalue()
    copy = report_xlsx(held(), data)
    same_cells(copy, data)
    column = [cell for (cell,) in opened(copy)["Sheet1"].iter_rows()]
    assert {cell.data_type for cell in column} == {"b", "n", "d", "s"}
    assert [cell.number_format for cell in column if cell.value in {ID, CARD}] == ["@", "@"]
    assert [cell.value for cell in column if cell.quotePrefix] == ["=1+1", "+1", "-1", "@x"]


def test_the_copy_shows_no_number_that_the_original_does_not():
    """IDs stay where they stood: no comment and nothing on the first sheet repeats one."""
    page = Page(f"名单{PHONE}")
    page.add("序号", "村", "姓名", "身份证号", "金额（元）", "备注")
    page.add(1, "岭东村", "王桂花", ID[:-1] + "8", 10, f"电话{PHONE}")
    page.add(2, "岭东村", f"张三{CARD}", ID, "十块", "")
    data = as_xlsx([page])
    copy = report_xlsx(read_roster(f"{ID}.xlsx", data, VILLAGES), data)
    assert len(marked(copy)) >= 3
    assert not any(PERSONAL.search(text) for _, text in marked(copy).values())
    assert not PERSONAL.search(first_sheet(copy))


def test_comments_that_were_there_stay():
    """A clerk's own comment keeps its words; ours stand below it or beside it."""
    book = openpyxl.Workbook()
    book.active.title = "Sheet1"
    book.active.append(["甲", 1])
    book.active["A1"].comment = openpyxl.comments.Comment("原有批注", "王会计")
    out = io.BytesIO()
    book.save(out)
    found = marked(report_xlsx(held(finding(1, "A"), finding(1, "B")), out.getvalue()))
    assert found["A1"][1] == "原有批注\n错误：不对。"
    assert found["B1"][1] == "错误：不对。"


@pytest.mark.parametrize("write", [as_xls, lambda pages: as_csv(pages, "gb18030")], ids=["xls", "csv"])
def test_other_formats_become_a_workbook_with_the_same_cells(write):
    """An xls or csv file is written anew: same rows, same findings, text that looks like a formula stays text."""
    page = Page("Sheet1")
    page.across("苕安县2025年稻谷补贴发放清册", 6)
    page.add("序号", "村", "姓名", "面积（亩）", "金额（元）", "备注")
    page.add(1, "岭东村", "王桂花", 2, 20, '=HYPERLINK("http://x.invalid")')
    page.add(2, "岭东村", "", 3, 30, "+1\u0007")
    data = write([page])
    reading = read_roster("x", data, VILLAGES)
    copy = report_xlsx(reading, data)
    sheet = opened(copy).worksheets[1]
    assert (sheet["F3"].value, sheet["F3"].data_type) == ('=HYPERLINK("http://x.invalid")', "s")
    assert sheet["F3"].quotePrefix
    assert marked(copy)["C4"][1] == "错误：没有姓名。"
    again = read_roster("x", copy, VILLAGES)
    assert [(row.payout.holder, row.payout.amount_fen) for row in again.rows] == [
        (row.payout.holder, row.payout.amount_fen) for row in reading.rows
    ]
    assert [(one.code, one.row, one.column) for one in meant(again)] == [
        (one.code, one.row, one.column) for one in meant(reading)
    ]


def test_lines_of_a_csv_with_breaks_are_found_again():
    """A quoted line break makes physical lines and rows differ; the mark goes to the row."""
    data = '序号,村,姓名,"金额\n（元）"\n1,岭东村,王桂花,1\n2,岭东村,,2\n'.encode()
    reading = read_roster("x.csv", data, VILLAGES)
    assert marked(report_xlsx(reading, data))["C3"][1] == "错误：没有姓名。"


CELLS = st.one_of(
    st.integers(-(10**9), 10**9),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=8),
    st.dates(date(1901, 1, 1), date(2100, 1, 1)),
)


@settings(max_examples=25)
@given(
    rows=st.lists(st.lists(CELLS, min_size=1, max_size=5), min_size=1, max_size=6),
    places=st.lists(
        st.tuples(st.integers(1, 8), st.sampled_from([None, *"ABCDEF"]), st.sampled_from(list(Level))),
        max_size=8,
    ),
)
def test_any_place_can_be_marked(rows, places):
    """Whatever the cells and wherever the findings, the copy opens, its values are the same, all is told."""
    data = as_xlsx(
        [Page("Sheet1", [["甲"], *[[text if text != "" else None for text in row] for row in rows]])]
    )
    findings = [
        finding(row, column, level=level, message=f"第{number}条。")
        for number, (row, column, level) in enumerate(places)
    ]
    copy = report_xlsx(held(*findings), data)
    told = first_sheet(copy) + "\n".join(text for _, text in marked(copy).values())
    assert all(one.message in told for one in findings if one.level is not Level.NOTE)
    same_cells(copy, data)


def test_the_command_writes_both_files(tmp_path):
    """--html and --xlsx are written whole; the exit code is still the verdict; the roster itself is safe."""
    roster = tmp_path / "x.xlsx"
    roster.write_bytes(FAULTY.read_bytes())
    done = CliRunner().invoke(
        command, [str(roster), "--html", str(tmp_path / "o.html"), "--xlsx", str(tmp_path / "o.xlsx")]
    )
    assert done.exit_code == 1
    assert (tmp_path / "o.html").read_text().startswith("<!doctype html>")
    assert "D6" in marked((tmp_path / "o.xlsx").read_bytes())
    again = CliRunner().invoke(command, [str(roster), "--xlsx", str(roster)])
    assert "这是原来的文件本身" in str(again.exception)
    assert roster.read_bytes() == FAULTY.read_bytes()
