"""公告全文: one notice of a land case, typeset for reading from the same sheet the paper is drawn from."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from boards.model.codes import grouped, short_digest
from boards.model.place import Village
from boards.pages.frame.phrases import numbered, phrased
from boards.pages.frame.tongue import Tongue
from boards.pages.frame.wording import link, under
from boards.pages.land.cases import case_link
from boards.pages.land.words import last_day, left_text, period_word, why_provisional
from boards.sheets.land.notice_sheet import notice_sheet
from boards.sheets.land.notice_text import Block, Heading, Paragraph, Table
from boards.sheets.land.views import NoticeView
from boards.sheets.views import Frame, PhoneView

ENCLOSED: Final = "附件："  # words of the notice itself, which is in Chinese only (settled §13)
UNTITLED: Final = "公告里的表"
_composed = lru_cache(maxsize=256)(notice_sheet)  # reading a text for its tables costs more than drawing it


def notice_variables(
    view: NoticeView, phone: PhoneView | None, frame: Frame, tongue: Tongue
) -> dict[str, Any]:
    """The notice as it hangs on the wall, where the case stands, and how to take it along."""
    village = Village(code=frame.village_code, name=frame.village, town=frame.town, county=frame.county)
    sheet = _composed(view.hung, village, view.until)
    notice = view.hung.notice
    case = case_link(frame.village_code, notice.case_id)
    return {
        "issuer": sheet.issuer,
        "title": sheet.title,
        "heading": (phrased(sheet.issuer), phrased(sheet.title)),
        "doc_no": numbered(sheet.doc_no),
        "blocks": [_block(one) for one in sheet.blocks],
        "tables": [_table(one) for one in sheet.tables],
        "enclosed": ENCLOSED,
        "attachments": sheet.attachments,
        **_files(view, frame),
        "signed": f"{sheet.signed_on.year}年{sheet.signed_on.month}月{sheet.signed_on.day}日",
        "project": notice.project,
        "case": case,
        "newer": case + f"/{view.superseded_by}" if view.superseded_by else "",
        "code": grouped(view.hung.code),
        "digest": short_digest(view.hung.digest),
        "places": notice.posted_at,
        "qr": phone,
        "pdf": "" if frame.kiosk else link(view.pdf),
        **_period(view, frame, tongue),
    }


def _files(view: NoticeView, frame: Frame) -> dict[str, Any]:
    """Maps and scans: pictures stand in the page, since a board has no way back from a bare file."""
    at = [
        (one.name, link(under(frame.village_code, "files", one.sha256)), one.media_type.startswith("image/"))
        for one in view.enclosures
    ]
    papers = [(name, href) for name, href, picture in at if not picture]
    return {
        "pictures": [(name, href) for name, href, picture in at if picture],
        "papers": [] if frame.kiosk else papers,
        "elsewhere": [name for name, _ in papers] if frame.kiosk else [],
    }


def _period(view: NoticeView, frame: Frame, tongue: Tongue) -> dict[str, Any]:
    """How long it hangs; a period that is over, and one printed shorter than the law's, say so."""
    notice, until = view.hung.notice, view.until
    printed = notice.stated_until
    differs = printed is not None and until is not None and printed != until.day
    return {
        "period": period_word(notice.title, tongue.say),
        "posted": tongue.day(notice.posted_on, frame.today),
        "until": last_day(until, frame.today, tongue) if until else "",
        "left": "" if view.days_left is None else left_text(view.days_left, tongue),
        "over": view.days_left is not None and view.days_left < 0,
        "printed": tongue.day(printed, frame.today) if differs and printed else "",
        "why": why_provisional(until, tongue),
    }


def _block(block: Block) -> dict[str, Any]:
    """What a part of the text is, and what it says."""
    if isinstance(block, Heading):
        return {"kind": "heading", "text": block.text, "level": block.level}
    if isinstance(block, Paragraph):
        return {"kind": "paragraph", "text": block.text, "lead": block.lead}
    return {"kind": "table", "table": _table(block)}


def _table(table: Table) -> dict[str, Any]:
    """Rows of equal length; the total's figures stand under the last columns."""
    width, total = len(table.rows[0]) if table.rows else 0, table.total
    filled = (total[0], *[""] * (width - len(total)), *total[1:]) if total else ()
    figures = [
        all(cell == "—" or cell.replace(",", "").replace(".", "", 1).isdigit() for cell in column)
        for column in zip(*table.rows, strict=True)
    ]
    heads = table.head or ("",) * width
    return {
        "caption": table.caption or UNTITLED,
        "titled": bool(table.caption),
        "note": table.note,
        "head": list(zip(table.head, figures, strict=True)) if table.head else [],
        "rows": [list(zip(row, figures, heads, strict=True)) for row in table.rows],
        "total": list(zip(filled, figures, heads, strict=True)) if total else [],
    }
