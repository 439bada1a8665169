"""A small county that writes rosters: known truth, many layouts. It knows nothing of the reader's own tables."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from xml.sax.saxutils import escape, quoteattr

import openpyxl
import xlwt
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from boards.model.place import Village

VILLAGES = tuple(
    Village(code=code, name=name, town=town, county="苕安县")
    for code, name, town in (
        ("330590100201", "岭东村", "梅坞镇"),
        ("330590100202", "大岕口村", "梅坞镇"),
        ("330590101204", "向阳村", "双浒镇"),
        ("330590200203", "向阳村", "竹垓乡"),
        ("330590200202", "中坞村", "竹垓乡"),
    )
)
GROUPS = "一二三四五六七八九"


@dataclass(frozen=True)
class Household:
    """One payee as the county knows it."""

    village: Village
    group: int
    name: str
    area: Decimal
    rate: Decimal

    @property
    def fen(self) -> int:
        return int((self.area * self.rate * 100).quantize(Decimal(1), ROUND_HALF_UP))

    @property
    def yuan(self) -> Decimal:
        return Decimal(self.fen) / 100

    @property
    def truth(self) -> tuple:
        return (self.name, self.village.code, self.group and GROUPS[self.group - 1] + "组", self.fen)


@dataclass
class Page:
    """One sheet to be written: cells, merges (top, left, bottom, right), whether hidden; rows nobody sees."""

    name: str
    rows: list[list] = field(default_factory=list)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden: bool = False
    struck: set[int] = field(default_factory=set)
    unseen: set[int] = field(default_factory=set)
    flat: set[int] = field(default_factory=set)  # of no height
    formats: dict[tuple[int, int], str] = field(default_factory=dict)  # number formats, by row and column
    unseen_columns: set[int] = field(default_factory=set)

    @property
    def plain(self) -> bool:
        """Whether it is cells and merges and nothing else."""
        return not (self.struck or self.unseen or self.flat or self.formats or self.unseen_columns)

    def add(self, *cells) -> int:
        self.rows.append(list(cells))
        return len(self.rows) - 1

    def across(self, text: str, width: int) -> int:
        row = self.add(text, *[""] * (width - 1))
        self.merges.append((row, 0, row, width - 1))
        return row


def total(households) -> Decimal:
    return sum((one.yuan for one in households), Decimal(0))


def areas(households) -> Decimal:
    return sum((one.area for one in households), Decimal(0))


def by(households, key) -> dict:
    found: dict = {}
    for one in households:
        found.setdefault(key(one), []).append(one)
    return found


def flat(households, *, title="苕安县2025年稻谷补贴发放清册") -> list[Page]:
    """One table: town, village, group, name, area, rate, amount; 合计 below."""
    page = Page("Sheet1")
    page.across(title, 8)
    page.add("序号", "乡镇", "村", "组别", "姓名", "补贴面积（亩）", "补贴标准（元/亩）", "补贴金额（元）")
    for at, one in enumerate(households, 1):
        page.add(at, one.village.town, one.village.name, one.group, one.name, one.area, one.rate, one.yuan)
    page.add("合计", "", "", "", "", areas(households), "", total(households))
    return [page]


def totals_first(households) -> list[Page]:
    """合计 stands above the rows, as county summaries do."""
    page = flat(households)[0]
    page.rows.insert(2, page.rows.pop())
    return [page]


def totals_both(households) -> list[Page]:
    """The same total above and below."""
    page = flat(households)[0]
    page.rows.insert(2, list(page.rows[-1]))
    return [page]


def blocks(households) -> list[Page]:
    """A sheet per village, a block with its own header and 合计 per group, the group in a line above."""
    pages = []
    for village, members in by(households, lambda one: one.village).items():
        page = Page(f"{village.town}{village.name}")
        page.across(f"{village.town}2025年耕地地力保护补贴分户登记清册", 5)
        for group, part in by(members, lambda one: one.group).items():
            page.across(f"{village.name} {GROUPS[group - 1]}组（盖章）", 5)
            page.add("序号", "户主姓名", "应享受补贴面积", "补贴标准（元/亩）", "补贴金额（元）")
            for at, one in enumerate(part, 1):
                page.add(at, one.name, one.area, one.rate, one.yuan)
            page.add("合计", "", areas(part), "", total(part))
            page.add()
        page.across("村负责人（签字）：      经办人（签字）：      填表日期：2025年11月20日", 5)
        pages.append(page)
    return pages


def side_by_side(households) -> list[Page]:
    """Two tables beside each other under one title, the second half to the right; one sheet per group."""
    pages = []
    for (village, group), members in by(households, lambda one: (one.village, one.group)).items():
        page = Page(f"{village.town}{village.name}{group}组")
        page.across(f"{village.town}{village.name}{GROUPS[group - 1]}组2025年种粮补贴公布表", 9)
        head = ["序号", "农户姓名", "面积（亩）", "金额（元）"]
        page.add(*head, "", *head)
        half = (len(members) + 1) // 2
        for at in range(half):
            cells = []
            for number in (at, at + half):
                if number < len(members):
                    one = members[number]
                    cells += [number + 1, one.name, one.area, one.yuan, ""]
                else:
                    cells += [""] * 5
            page.add(*cells[:9])
        page.add("", "", "", "", "", "合计", "", areas(members), total(members))
        pages.append(page)
    return pages


def three_levels(households) -> list[Page]:
    """A header on three levels, merged across and down; the village merged down; 小计 per village."""
    page = Page("明细")
    page.across("2025年度生态公益林补偿资金发放表", 8)
    page.across("单位：亩、元", 8)
    page.add("序号", "所在村", "户主", "补偿面积", "", "补偿资金", "", "")
    page.add("", "", "", "省级以上", "合计", "其中", "", "合计")
    page.add("", "", "", "", "", "省级财政", "县级配套", "")
    page.merges += [(2, at, 4, at) for at in (0, 1, 2)]
    page.merges += [(2, 3, 2, 4), (2, 5, 2, 7), (3, 3, 4, 3), (3, 4, 4, 4), (3, 5, 3, 6), (3, 7, 4, 7)]
    number = 0
    for village, members in by(households, lambda one: one.village).items():
        first = len(page.rows)
        for one in members:
            number += 1
            province = (one.yuan * Decimal("0.6")).quantize(Decimal("0.01"))
            name = village.town + village.name if one is members[0] else ""
            page.add(number, name, one.name, one.area, one.area, province, one.yuan - province, one.yuan)
        if len(members) > 1:
            page.merges.append((first, 1, len(page.rows) - 1, 1))
        page.add("小计", "", "", areas(members), areas(members), "", "", total(members))
    page.add("合计", "", "", areas(households), areas(households), "", "", total(households))
    page.across("乡镇负责人：      审核人：      制表人：      制表日期：2025年11月18日", 8)
    return [page]


def ten_thousands(households) -> list[Page]:
    """Amounts in 万元 by the unit line, areas in 公顷 by the header; no rate column."""
    page = Page("公布表")
    page.across("苕安县2025年规模种粮补贴资金表", 6)
    page.across("填报单位：苕安县农业农村分局　　　　单位：公顷、万元", 6)
    page.add("序号", "乡镇街道", "行政村", "经营主体", "种植面积（公顷）", "补助资金")
    for at, one in enumerate(households, 1):
        hectares = (one.area / 15).normalize()
        page.add(at, one.village.town, one.village.name, one.name, hectares, one.yuan / 10000)
    page.add("总计", "", "", "", "", total(households) / 10000)
    return [page]


def with_summary(households) -> list[Page]:
    """Detail sheets, then a summary per village, a hidden sheet and last year's sheet."""
    pages = blocks(households)
    summary = Page("汇总")
    summary.across("2025年耕地地力保护补贴分村汇总表", 5)
    summary.add("序号", "乡镇", "村名", "补贴户数（户）", "补贴金额（元）")
    for at, (village, members) in enumerate(by(households, lambda one: one.village).items(), 1):
        summary.add(at, village.town, village.name, len(members), total(members))
    summary.add("合计", "", "", len(households), total(households))
    old = flat(households, title="苕安县2024年稻谷补贴发放清册")[0]
    old.name = "2024年"
    hidden = flat(households, title="苕安县2025年稻谷补贴发放底册")[0]
    hidden.name, hidden.hidden = "底册", True
    return [*pages, summary, old, hidden]


def combined(households) -> list[Page]:
    """Village and group in one text, no number column, columns in another order, 大写 below."""
    page = Page("一卡通")
    page.add("所在村组", "金额", "享受补贴人", "核定亩数", "每亩补助", "备 注")
    for one in households:
        place = f"{one.village.town}{one.village.name}{one.group}组"
        page.add(place, one.yuan, one.name, one.area, one.rate, "")
    page.add("总 计", total(households), "", areas(households), "", "")
    return [page]


LAYOUTS = {
    layout.__name__: layout
    for layout in (
        flat, totals_first, totals_both, blocks, side_by_side, three_levels, ten_thousands, with_summary, combined,
    )
}  # fmt: skip
GROUPLESS = {"three_levels", "ten_thousands"}
ONE_PAGE = ("flat", "totals_first", "totals_both", "three_levels", "ten_thousands", "combined")


def as_xlsx(pages: list[Page]) -> bytes:
    """Text and numbers are written as some exports do, without styles: a fifth of openpyxl's time, for thousands."""
    cells = [cell for page in pages for row in page.rows for cell in row]
    plain = all(type(cell) in {int, float, Decimal} or (type(cell) is str and _PLAIN(cell)) for cell in cells)
    return _by_hand(pages) if plain and all(page.plain for page in pages) else by_openpyxl(pages)


_PLAIN = re.compile(
    r"(?![=#])[^\x00-\x1f\ufffe\uffff]*"
).fullmatch  # no formula, no error, no break of the line
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def _by_hand(pages: list[Page]) -> bytes:
    out = io.BytesIO()
    names = [f"sheet{at}.xml" for at in range(1, len(pages) + 1)]
    with zipfile.ZipFile(out, "w") as parts:
        kinds = "".join(
            f'<Override PartName="/xl/{name}" ContentType="{_KIND}.worksheet+xml"/>' for name in names
        )
        parts.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType='
            f'"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType='
            f'"application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>{kinds}</Types>',
        )
        parts.writestr("_rels/.rels", _links("officeDocument", ["xl/workbook.xml"]))
        parts.writestr("xl/_rels/workbook.xml.rels", _links("worksheet", names))
        listed = "".join(
            f'<sheet name={quoteattr(page.name)} sheetId="{at}" state="{"hidden" if page.hidden else "visible"}" r:id="r{at}"/>'
            for at, page in enumerate(pages, 1)
        )
        parts.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>',
        )
        for name, page in zip(names, pages, strict=True):
            parts.writestr(f"xl/{name}", _sheet_xml(page))
    return out.getvalue()


def _links(kind: str, targets: list[str]) -> str:
    links = "".join(
        f'<Relationship Id="r{at}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for at, target in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>'


def _sheet_xml(page: Page) -> str:
    merged = page.merges
    under = {(row, column) for top, left, bottom, right in merged
             for row in range(top, bottom + 1) for column in range(left, right + 1)} - {one[:2] for one in merged}  # fmt: skip
    rows = []
    for at, row in enumerate(page.rows):
        cells = "".join(
            f'<c r="{get_column_letter(column + 1)}{at + 1}" t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>'
            if isinstance(cell, str)
            else f'<c r="{get_column_letter(column + 1)}{at + 1}"><v>{float(cell):.16g}</v></c>'
            for column, cell in enumerate(row)
            if cell != "" and (at, column) not in under
        )
        rows.append(f'<row r="{at + 1}">{cells}</row>')
    spans = "".join(
        f'<mergeCell ref="{get_column_letter(left + 1)}{top + 1}:{get_column_letter(right + 1)}{bottom + 1}"/>'
        for top, left, bottom, right in merged
    )
    merges = f"<mergeCells>{spans}</mergeCells>" if spans else ""
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(rows)}</sheetData>{merges}</worksheet>'


def _dress(sheet, page: Page) -> None:
    """What a page is beside its cells: struck out, hidden, with number formats."""
    for at in page.struck:
        for cell in sheet[at + 1]:
            cell.font = Font(strike=True)
    for at in page.unseen | page.flat:
        sheet.row_dimensions[at + 1].hidden = at in page.unseen
        sheet.row_dimensions[at + 1].height = 0.2 if at in page.flat else None
    for (at, column), code in page.formats.items():
        sheet.cell(at + 1, column + 1).number_format = code
    for column in page.unseen_columns:
        sheet.column_dimensions[get_column_letter(column + 1)].hidden = True


def by_openpyxl(pages: list[Page]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for page in pages:
        sheet = book.create_sheet(page.name)
        for at, row in enumerate(page.rows, 1):
            for column, cell in enumerate(row, 1):
                if cell != "":
                    sheet.cell(at, column, cell)
        for top, left, bottom, right in page.merges:
            sheet.merge_cells(
                start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1
            )
        _dress(sheet, page)
        sheet.sheet_state = "hidden" if page.hidden else "visible"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


PLAIN, STRUCK = xlwt.Style.default_style, xlwt.easyxf("font: struck_out on")


def as_xls(pages: list[Page]) -> bytes:
    book = xlwt.Workbook()
    for page in pages:
        sheet = book.add_sheet(page.name)
        sheet.visibility = 1 if page.hidden else 0
        merged = {(row, column) for top, left, bottom, right in page.merges
                  for row in range(top, bottom + 1) for column in range(left, right + 1)}  # fmt: skip
        for top, left, bottom, right in page.merges:
            sheet.write_merge(top, bottom, left, right, page.rows[top][left])
        for at, row in enumerate(page.rows):
            for column, cell in enumerate(row):
                if cell != "" and (at, column) not in merged:
                    value = float(cell) if isinstance(cell, Decimal) else cell
                    code = page.formats.get((at, column))
                    style = xlwt.easyxf(num_format_str=code) if code else PLAIN
                    sheet.write(at, column, value, STRUCK if at in page.struck else style)
            if at in page.unseen | page.flat:
                sheet.row(at).hidden = at in page.unseen
                sheet.row(at).height, sheet.row(at).height_mismatch = 0, at in page.flat
        for column in page.unseen_columns:
            sheet.col(column).hidden = True
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_csv(pages: list[Page], encoding: str, delimiter: str = ",") -> bytes:
    """Text has no merges: only the top-left cell of each is written."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    width = max(len(row) for row in pages[0].rows)
    for row in pages[0].rows:
        writer.writerow([*row, *[""] * (width - len(row))])
    return out.getvalue().encode(encoding)
