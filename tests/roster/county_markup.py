"""The same pages as web systems export them (an HTML table, or SpreadsheetML 2003, both called .xls), and as .ods."""

from __future__ import annotations

import io
import zipfile
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
    codes = sorted({code for page in pages for code in page.formats.values()})
    formats = "".join(
        f'<Style ss:ID="n{at}"><NumberFormat ss:Format={quoteattr(code)}/></Style>'
        for at, code in enumerate(codes)
    )
    lined = (
        '<Style ss:ID="s21"><Font ss:StrikeThrough="1"/></Style>'
        if any(page.struck for page in pages)
        else ""
    )
    out.append(f"<Styles>{lined}{formats}</Styles>" if lined or formats else "")
    for page in pages:
        spans, covered = _spans(page)
        out.append(f"<Worksheet ss:Name={quoteattr(page.name)}><Table>")
        out += (f'<Column ss:Index="{at + 1}" ss:Hidden="1"/>' for at in sorted(page.unseen_columns))
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
                code = page.formats.get((at - 1, column))
                style = f' ss:StyleID="n{codes.index(code)}"' if code else lined
                out.append(
                    f'<Cell{style} ss:Index="{column + 1}" ss:MergeDown="{down - 1}" ss:MergeAcross="{across - 1}"><Data ss:Type="{kind}">{escaped(_plain(cell))}</Data></Cell>'
                )
            out.append("</Row>")
        hidden = "<Visible>SheetHidden</Visible>" if page.hidden else ""
        out.append(
            f'</Table><WorksheetOptions xmlns="urn:schemas-microsoft-com:office:excel">{hidden}</WorksheetOptions></Worksheet>'
        )
    return "".join([*out, "</Workbook>"]).encode()


_ODF = "urn:oasis:names:tc:opendocument:xmlns"
_ODF_NAMES = "".join(
    f' xmlns:{short}="{_ODF}:{name}:1.0"'
    for short, name in {
        "office": "office",
        "table": "table",
        "text": "text",
        "style": "style",
        "number": "datastyle",
    }.items()
)


def as_ods(pages: list[Page]) -> bytes:
    """As LibreOffice writes it: styles for rows, columns and cells by name, merges with what they cover."""
    formats = sorted({code for page in pages for code in page.formats.values()})
    styles = [
        '<style:style style:name="lined" style:family="table-cell"><style:text-properties style:text-line-through-style="solid"/></style:style>',
        '<style:style style:name="flat" style:family="table-row"><style:table-row-properties style:row-height="0cm"/></style:style>',
        '<style:style style:name="gone" style:family="table"><style:table-properties table:display="false"/></style:style>',
    ]
    for at, code in enumerate(formats):
        styles.append(f'<number:number-style style:name="N{at}">{odf_format(code)}</number:number-style>')
        styles.append(
            f'<style:style style:name="f{at}" style:family="table-cell" style:data-style-name="N{at}"/>'
        )
    tables = "".join(_odf_table(page, formats) for page in pages)
    content = (
        f"<office:document-content{_ODF_NAMES}><office:automatic-styles>{''.join(styles)}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("content.xml", content)
        packed.writestr("META-INF/manifest.xml", "<m/>")
    return out.getvalue()


def odf_format(code: str) -> str:
    """A number format as LibreOffice keeps it: a comma last divides, a drawn point and words are texts."""
    if code.endswith("%"):
        return '<number:number number:decimal-places="0"/><number:text>%</number:text>'
    digits, _, word = code.replace('"', "|").partition("|")
    scaling = f' number:display-factor="{1000 ** digits.count(",")}"' if digits.endswith(",") else ""
    if "!." in code:  # the places behind a point that is only drawn are embedded text
        inside = f'<number:embedded-text number:position="{digits.count("0") - 1}">.</number:embedded-text>'
        return f'<number:number number:decimal-places="0" number:min-integer-digits="{digits.count("0")}">{inside}</number:number>{_said(word)}'
    return f'<number:number number:decimal-places="2" number:min-integer-digits="1"{scaling}/>{_said(word)}'


def _said(word: str) -> str:
    return f"<number:text>{escaped(word.strip('|'))}</number:text>" if word else ""


def _odf_table(page: Page, formats: list[str]) -> str:
    spans, covered = _spans(page)
    hidden = ' table:style-name="gone"' if page.hidden else ""
    out = [f"<table:table table:name={quoteattr(page.name)}{hidden}>"]
    for at in range(max((len(row) for row in page.rows), default=1)):
        seen = "collapse" if at in page.unseen_columns else "visible"
        out.append(f'<table:table-column table:visibility="{seen}"/>')
    for at, row in enumerate(page.rows):
        seen = 'visibility="filter"' if at in page.unseen else 'style-name="flat"' if at in page.flat else ""
        out.append(f"<table:table-row {seen and 'table:' + seen}>")
        for column, cell in enumerate(row):
            code = page.formats.get((at, column))
            style = f"f{formats.index(code)}" if code else "lined" if at in page.struck else ""
            empty = "<table:covered-table-cell/>" if (at, column) in covered else "<table:table-cell/>"
            blank = cell == "" or (at, column) in covered
            out.append(empty if blank else _odf_cell(cell, style, spans.get((at, column), (1, 1))))
        out.append("</table:table-row>")
    return "".join([*out, "</table:table>"])


def _odf_cell(cell, style: str, span: tuple[int, int]) -> str:
    styled = f' table:style-name="{style}"' if style else ""
    number = isinstance(cell, (int, Decimal))
    kind = f'office:value-type="float" office:value="{cell}"' if number else 'office:value-type="string"'
    merged = f' table:number-rows-spanned="{span[0]}" table:number-columns-spanned="{span[1]}"'
    return f"<table:table-cell{styled}{merged} {kind}><text:p>{escaped(_plain(cell))}</text:p></table:table-cell>"
