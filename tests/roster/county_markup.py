"""The same pages as web systems export them: an HTML table, or SpreadsheetML 2003, both called .xls."""

from __future__ import annotations

from decimal import Decimal
from html import escape
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape as escaped
from xml.sax.saxutils import quoteattr

if TYPE_CHECKING:
    from tests.roster.county_files import Page


def _spans(page: Page) -> tuple[dict, set]:
    """Span of each merge's top-left cell, and the cells a merge covers."""
    spans, covered = {}, set()
    for top, left, bottom, right in page.merges:
        spans[top, left] = (bottom - top + 1, right - left + 1)
        covered |= {(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)} - {(top, left)}
    return spans, covered


def _plain(cell) -> str:
    return f"{cell:f}" if isinstance(cell, Decimal) else str(cell)


def as_html(pages: list[Page], encoding: str = "gb18030") -> bytes:
    """Pages that are shown, one table each; closing tags of cells are left out as some systems do."""
    out = ['<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head>']
    out.append(
        '<meta http-equiv="Content-Type" content="text/html; charset=gb2312"><style>td{mso-number-format:"\\@"}</style></head><body>'
    )
    for page in (page for page in pages if not page.hidden):
        spans, covered = _spans(page)
        out.append("<table border=1>")
        for at, row in enumerate(page.rows):
            style = "display:none" if at in page.unseen else "height:0pt" if at in page.flat else ""
            out.append(f"<tr style='{style}'>" if style else "<tr>")
            for column, cell in enumerate(row):
                if (at, column) not in covered:
                    down, across = spans.get((at, column), (1, 1))
                    text = escape(_plain(cell)).replace("\n", "<br>") or "&nbsp;"
                    text = f"<s>{text}</s>" if at in page.struck else text
                    out.append(f"<td rowspan={down} colspan='{across}'>{text}")
            out.append("</tr>")
        out.append("</table>")
    return "".join([*out, "</body></html>"]).encode(encoding)


def as_spreadsheetml(pages: list[Page]) -> bytes:
    """Cells skip empty columns by their Index; numbers and texts are typed."""
    out = ['<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n']
    out.append(
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet" xmlns:x="urn:schemas-microsoft-com:office:excel">'
    )
    if any(page.struck for page in pages):
        out.append('<Styles><Style ss:ID="s21"><Font ss:StrikeThrough="1"/></Style></Styles>')
    for page in pages:
        spans, covered = _spans(page)
        out.append(f"<Worksheet ss:Name={quoteattr(page.name)}><Table>")
        for at, row in enumerate(page.rows, 1):
            unseen = (
                ' ss:Hidden="1"' if at - 1 in page.unseen else ' ss:Height="0"' if at - 1 in page.flat else ""
            )
            lined = ' ss:StyleID="s21"' if at - 1 in page.struck else ""
            out.append(f'<Row ss:Index="{at}"{unseen}>')
            for column, cell in enumerate(row):
                if cell == "" or (at - 1, column) in covered:
                    continue
                down, across = spans.get((at - 1, column), (1, 1))
                kind = "Number" if isinstance(cell, (int, Decimal)) else "String"
                out.append(
                    f'<Cell{lined} ss:Index="{column + 1}" ss:MergeDown="{down - 1}" ss:MergeAcross="{across - 1}"><Data ss:Type="{kind}">{escaped(_plain(cell))}</Data></Cell>'
                )
            out.append("</Row>")
        hidden = "<Visible>SheetHidden</Visible>" if page.hidden else ""
        out.append(
            f'</Table><WorksheetOptions xmlns="urn:schemas-microsoft-com:office:excel">{hidden}</WorksheetOptions></Worksheet>'
        )
    return "".join([*out, "</Workbook>"]).encode()
