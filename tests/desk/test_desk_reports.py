"""The report as a page and as the clerk's own workbook: faults are shown where they are, numbers stay inside."""

import io
import re
import warnings
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import openpyxl
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from boards.model.findings import CellFinding, Level
from boards.model.privacy.numbers import numbers_in
from kiosk_server.cli.county.check import command
from sync.county.formats.errors import RosterRefused
from sync.county.gazetteer import villages_from_csv
from sync.county.intake.process import read_roster, refused_reading
from sync.county.reading import Reading, Verdict
from sync.county.report.page import report_html
from sync.county.report.workbook import report_xlsx
from sync.county.workbook_parts import Parts, Spliced, tags, with_attributes
from tests.roster.county_files import VILLAGES, Page, as_csv, as_xls, as_xlsx

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


def values(data: bytes) -> list:
    return [[[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in opened(data)]


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


@pytest.mark.parametrize(
    "path", [*(one for one in SOUND if one.suffix == ".xlsx"), FAULTY], ids=lambda path: path.name[:2]
)
def test_marks_change_no_value(path):
    """The marked copy reads exactly as the original: same cells, same rows, same findings."""
    reading, data = reading_of(path), path.read_bytes()
    copy = report_xlsx(reading, data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert values(copy) == values(data)
    again = read_roster(path.name, copy, KNOWN)
    assert (again.rows, again.findings) == (reading.rows, reading.findings)


def test_nothing_of_the_workbook_is_lost():
    """Every part nobody marks is byte for byte what it was: pictures, formulas' results, macros, links."""
    data = as_xlsx([Page("Sheet1", [["名", "额"], ["甲", 1]]), Page("Sheet2", [["乙"]])])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        new.writestr("xl/media/seal.png", b"\x89PNG a seal")
    before = zipfile.ZipFile(io.BytesIO(out.getvalue()))
    after = zipfile.ZipFile(io.BytesIO(report_xlsx(held(finding(2, "B")), out.getvalue())))
    changed = {name for name in before.namelist() if before.read(name) != after.read(name)}
    assert changed == {"xl/worksheets/sheet1.xml", "xl/styles.xml", "[Content_Types].xml"}
    assert set(before.namelist()) < set(after.namelist())


def test_a_formula_keeps_its_stored_result():
    """A formula's cell keeps formula and result; only its format number changes."""
    sheet = (
        b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<x:worksheet xmlns:x="http://schemas.openxmlformats.org'
        b'/spreadsheetml/2006/main"><x:sheetData><x:row r="1"/><x:row r="2"><x:c r="A2" s="0"><x:f>SUM(1,2)</x:f>'
        b"<x:v>3</x:v></x:c><x:c r='C2'/></x:row></x:sheetData><x:pageMargins left='1' right='1' top='1' bottom='1' "
        b"header='1' footer='1'/><x:extLst/></x:worksheet>"
    )
    parts = Parts(as_xlsx([Page("Sheet1", [["x"]])]))
    parts.write("xl/worksheets/sheet1.xml", sheet)
    made = report_xlsx(
        held(finding(2, "A"), finding(2, "B"), finding(1, "C"), finding(None, None, None)), parts.saved()
    )
    text = Parts(made).read("xl/worksheets/sheet1.xml")
    assert b"<x:f>SUM(1,2)</x:f><x:v>3</x:v>" in text
    assert re.search(rb'<x:c r="B2" s="\d+"/><x:c r=\'C2\'/></x:row>', text)
    assert text.index(b"<x:legacyDrawing") < text.index(b"<x:extLst/>")
    assert set(marked(made)) == {"A2", "B2"}
    assert "C1：" in marked(made)["A2"][1]


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
    sheet = opened(copy).active
    assert (sheet["F3"].value, sheet["F3"].data_type) == ('=HYPERLINK("http://x.invalid")', "s")
    assert sheet["F3"].quotePrefix
    assert marked(copy)["C4"][1] == "错误：没有姓名。"
    again = read_roster("x", copy, VILLAGES)
    assert [(row.holder, row.amount_fen) for row in again.rows] == [
        (row.holder, row.amount_fen) for row in reading.rows
    ]
    assert [(one.code, one.row, one.column) for one in again.findings] == [
        (one.code, one.row, one.column) for one in reading.findings
    ]


def test_lines_of_a_csv_with_breaks_are_found_again():
    """A quoted line break makes physical lines and rows differ; the mark goes to the row."""
    data = '序号,村,姓名,"金额\n（元）"\n1,岭东村,王桂花,1\n2,岭东村,,2\n'.encode()
    reading = read_roster("x.csv", data, VILLAGES)
    assert marked(report_xlsx(reading, data))["C3"][1] == "错误：没有姓名。"


CELLS = st.one_of(
    st.integers(-(10**9), 10**9),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=8),
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
    told = "\n".join(text for _, text in marked(copy).values())
    assert all(one.message in told for one in findings if one.level is not Level.NOTE)
    kept = [[value for value in row if value is not None] for sheet in values(copy) for row in sheet]
    assert [row for row in kept if row] == [
        row
        for row in ([value for value in row if value is not None] for sheet in values(data) for row in sheet)
        if row
    ]


@given(st.text("ab <>&\"'=/", max_size=12))
@settings(max_examples=40)
def test_splicing_keeps_the_rest(text):
    """Attributes are set on one start tag, children appended to one element; all other bytes stay."""
    data = f"<a q={quoteattr(text)}><b k='1' s=\"7\"/>{escape(text)}<c></c></a>".encode()
    root, first, last = tags(data)
    spliced = Spliced(data)
    spliced.attributes(first.start, s=text)
    spliced.inside(last, b"<d/>")
    again = tags(spliced.done())
    assert [tag.name for tag in again] == ["a", "b", "c", "d"]
    assert again[0].attributes == root.attributes
    assert again[1].attributes == {"k": "1", "s": text}
    assert with_attributes(b"<c r='A1'>", s="3") == b"<c r='A1' s=\"3\">"


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
    assert "这是名册本身" in str(again.exception)
    assert roster.read_bytes() == FAULTY.read_bytes()
