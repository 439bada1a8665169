"""Hostile files: refused in bounded time and memory, in one sentence, by a child that may die."""

import io
import time
import zipfile

import pytest

from sync.county.roster import RosterRefused, read_roster
from sync.county.roster.apart import Limits
from sync.county.roster.errors import (
    FormatNotRead,
    HeaderTooDeep,
    LineTooLong,
    ReadingTookTooLong,
    WorkbookDamaged,
    WorkbookHasLinks,
    WorkbookHasMacros,
    WorkbookLocked,
    WorkbookTooLarge,
)
from sync.county.roster.reader import read_roster as read_here
from tests.roster.county_files import VILLAGES, Page, as_xls, as_xlsx
from tests.roster.county_generator import county_file

SMALL = Limits(memory_mb=1024, cpu_s=20, wall_s=25)
PAGES = county_file(7, "table").pages
XLSX, XLS = as_xlsx(PAGES), as_xls(PAGES)
SHEET = "xl/worksheets/sheet1.xml"


def with_parts(**parts: bytes) -> bytes:
    """The sound workbook with parts replaced or added; "__" in a name stands for "/"."""
    named = {name.replace("__", "/").replace("_dot_", "."): data for name, data in parts.items()}
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(XLSX)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, named.pop(name, old.read(name)))
        for name, data in named.items():
            new.writestr(name, data)
    return out.getvalue()


def sheet(body: str, dimension: str = "A1:D4") -> bytes:
    text = (
        '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f'<dimension ref="{dimension}"/><sheetData>{body}</sheetData></worksheet>'
    )
    return with_parts(xl__worksheets__sheet1_dot_xml=text.encode())


def text_cell(reference: str, text: str) -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


def seventeen_billion() -> bytes:
    """Two cells, in the first and in the last corner of the sheet."""
    first = f'<row r="1">{text_cell("A1", "姓名")}</row>'
    last = f'<row r="1048576">{text_cell("XFD1048576", "王一")}</row>'
    return sheet(first + last, "A1:XFD1048576")


def bomb() -> bytes:
    """A sheet of a gigabyte of spaces in a few kilobytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"<w/>")
        with packed.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(900):
                part.write(b" " * 2**20)
    return out.getvalue()


def merged_forty_deep() -> bytes:
    """A header whose name column is merged over forty levels, each with a group inside the last."""
    page = Page("Sheet1")
    for level in range(40):
        page.add(
            "姓名" if not level else "", *[f"第{level}层金额" if at >= level else "" for at in range(41)]
        )
    page.merges += [(0, 0, 39, 0), *((level, level + 1, level, 41) for level in range(39))]
    page.add("王一", *[1] * 41)
    return as_xlsx([page])


HOSTILE = {
    "a zip bomb": (bomb, WorkbookTooLarge),
    "seventeen billion cells": (seventeen_billion, (WorkbookTooLarge, ReadingTookTooLong)),
    "links to other files": (lambda: with_parts(xl__externalLinks__externalLink1_dot_xml=b"<e/>"), WorkbookHasLinks),
    "macros": (lambda: with_parts(xl__vbaProject_dot_bin=b"vba"), WorkbookHasMacros),
    "macros in the old format": (lambda: XLS + "_VBA_PROJECT_CUR".encode("utf-16-le"), WorkbookHasMacros),
    "a password": (lambda: XLS[:512] + "EncryptedPackage".encode("utf-16-le") + bytes(2000), WorkbookLocked),
    "half a file": (lambda: XLSX[: len(XLSX) // 2], WorkbookDamaged),
    "half an old file": (lambda: XLS[: len(XLS) // 2], WorkbookDamaged),
    "forty levels of merged cells": (merged_forty_deep, HeaderTooDeep),
    "a line of 200 MB": (lambda: "姓名,金额\n".encode() + b"1" * (200 << 20), LineTooLong),
    "an XML document type": (
        lambda: with_parts(xl__worksheets__sheet1_dot_xml=b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet>hidden</worksheet>'), WorkbookDamaged,
    ),
    "a web page with a span of a billion": (lambda: b"<html><table><tr><td colspan=999999999>x", (WorkbookDamaged, RosterRefused)),
    "SpreadsheetML with a far cell": (
        lambda: b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet><Table><Row ss:Index="99999999"><Cell/></Row></Table></Worksheet></Workbook>',
        WorkbookTooLarge,
    ),
    "an archive": (lambda: b"Rar!\x1a\x07" + bytes(99), FormatNotRead),
}  # fmt: skip


@pytest.mark.parametrize("story", HOSTILE)
def test_a_hostile_file_is_refused_in_one_sentence(story):
    """Within seconds and a gigabyte of address space, with what to do, and without what stood in it."""
    made, refusal = HOSTILE[story]
    begun = time.monotonic()
    with pytest.raises(refusal) as caught:
        read_roster("名册.xlsx", made(), VILLAGES, limits=SMALL)
    sentence, advice = caught.value.told()
    assert sentence.count("。") == 1
    assert advice
    assert time.monotonic() - begun < SMALL.wall_s


def test_the_child_reads_what_this_process_reads():
    """The same reading, identities included, comes out of the child."""
    for data in (XLSX, XLS):
        assert read_roster("名册.xlsx", data, VILLAGES) == read_here("名册.xlsx", data, VILLAGES)


def test_time_that_runs_out_is_a_refusal():
    """Neither an endless parse nor an endless wait: the child is ended at its limit."""
    with pytest.raises(ReadingTookTooLong):
        read_roster("名册.xlsx", XLSX, VILLAGES, limits=Limits(wall_s=0.001))


def test_memory_that_runs_out_is_a_refusal():
    """A child that may take less than the file needs says so."""
    rows = "\n".join(f"{at},王一,岭东村,1,{at}" for at in range(400_000))
    with pytest.raises(ReadingTookTooLong):
        read_roster("x", f"序号,姓名,村,面积,金额\n{rows}".encode(), limits=Limits(memory_mb=256))


def test_progress_is_told():
    """Lines done and lines in all, never falling."""
    told = []
    rows = "\n".join(f"{at},王一,岭东村,{at},{at}" for at in range(1, 9001))
    read_roster(
        "x", f"序号,姓名,村,面积,金额\n{rows}".encode(), progress=lambda done, of: told.append((done, of))
    )
    assert told == sorted(told)
    assert len(told) > 3
    assert {of for _, of in told} == {9001}
