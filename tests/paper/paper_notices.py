"""Notices for the tests of paper: any one, and the six of the case L1."""

from datetime import date
from pathlib import Path

from hypothesis import strategies as st

from boards.model.calendar.civil_day import day_told
from boards.model.calendar.workdays import LastDay
from boards.model.calendar.years import shipped_calendar
from boards.model.land.periods import posting_end
from boards.model.land.terms import ZHEJIANG
from boards.model.place import Village
from boards.sheets.land.notice_sheet import NoticeSheet, notice_sheet
from boards.sheets.land.notice_text import Paragraph
from boards.sheets.land.views import HungNotice
from printouts.fonts import PT_PER_MM
from printouts.paper import Row, Text, left_mm
from sync.county.land.case_json import read_case
from sync.county.land.notice_of_stage import notices_of
from tests.paper.paper_village import DIGEST

L1 = Path(__file__).parents[1] / "land" / "data" / "L1"
VILLAGES = (
    Village(code="330590200201", name="竹垓村", town="竹垓乡", county="苕安县"),
    Village(code="330590200202", name="中坞村", town="竹垓乡", county="苕安县"),
)
CODE = "4821907365"
PHONE = "0572-0123456"

DATES = st.dates(date(2004, 1, 1), date(2060, 1, 1)).map(day_told)
FIGURES = st.decimals(0, 10**7, places=4).map(lambda number: f"{number}公顷")
WORDS = st.text(st.sampled_from("征收土地补偿安置方案公告县乡村民委员会"), min_size=1, max_size=12)
MARKS = st.sampled_from(
    ["，", "。", "、", "；", "（", "）", "《", "》", "“", "”", "：", "〔2026〕7号", "0500-123 4567"]
)
SENTENCES = st.lists(WORDS | MARKS | DATES | FIGURES, min_size=1, max_size=24).map("".join)


def notice_of(*blocks, **fields) -> NoticeSheet:
    """One notice with these blocks."""
    told = {
        "village": VILLAGES[0],
        "case_id": "L1",
        "project": "竹垓小学迁建工程",
        "issuer": "苕安县人民政府",
        "title": "征地补偿安置公告",
        "doc_no": "苕征补告〔2026〕7号",
        "blocks": blocks or (Paragraph(text="特此公告。"),),
        "signed_on": date(2026, 10, 30),
        "posted_on": date(2026, 10, 30),
        "since": date(2026, 10, 30),
        "until": LastDay(day=date(2026, 11, 30)),
        "office": "竹垓乡人民政府",
        "phone": PHONE,
        "code": CODE,
        "digest": DIGEST,
    }
    return NoticeSheet(**told | fields)


def published_notices():
    """The notices of L1 as the county publishes them."""
    read = read_case((L1 / "case.json").read_bytes())
    texts = {path.name: path.read_text("utf-8") for path in L1.glob("*.txt")}
    return [notice for _, notice in notices_of(read.case, VILLAGES, texts)]


def notice_sheets() -> dict[str, NoticeSheet]:
    """Their sheets, by kind."""
    calendar = shipped_calendar()
    sheets = {}
    for notice in published_notices():
        hung = HungNotice(notice=notice, rec="r", code=CODE, digest=DIGEST, imported_on=notice.posted_on)
        sheets[notice.kind.value] = notice_sheet(hung, VILLAGES[0], posting_end(notice, calendar, ZHEJIANG))
    return sheets


def written(marks):
    """Texts and stretches of text, one by one."""
    for mark in marks:
        if isinstance(mark, Row):
            yield from mark.stretches
        elif isinstance(mark, Text):
            yield mark


def said(marks):
    return "".join(mark.text for mark in written(marks))


def end_of(plan, mark):
    """Right edge of a text."""
    if isinstance(mark, Text):
        return left_mm(plan, mark) + plan.width_mm(mark.role, mark.text, mark.size_pt)
    spread = mark.spacing_pt / PT_PER_MM * len(mark.text)
    return mark.x + plan.width_mm(mark.role, mark.text, mark.size_pt) + spread
