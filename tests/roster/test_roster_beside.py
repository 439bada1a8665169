"""What a file says outside its visible cells: numbers there are told, old links noted, lists in layouts found."""

import io
import struct
import zipfile
from decimal import Decimal

import openpyxl
import pytest
import xlwt

from sync.county.formats import book_of
from sync.county.formats.errors import FormatNotRead
from sync.county.intake.check import read_roster
from sync.county.reading import Verdict
from tests.roster.county_files import VILLAGES, Page, as_xlsx, by_openpyxl
from tests.roster.county_markup import as_html
from tests.roster.county_tables import HEAD, TRUTH, YUAN, alarms, lines, notes, payouts, usual
from tests.roster.people_faults import card
from tests.roster.test_roster_people import resident

ID, CARD, MOBILE = resident(7), card(7), "14001234567"
TITLE = "岭东村2025年稻谷补贴清册"


def page(title=TITLE) -> Page:
    return Page("岭东村", [[title], list(HEAD), *lines(usual), ["合计", "", "", "", YUAN]])


def with_part(name: str, text: str | bytes, title=TITLE) -> bytes:
    """The sound list with one part more in its package."""
    out = io.BytesIO(by_openpyxl([page(title)]))
    with zipfile.ZipFile(out, "a") as packed:
        packed.writestr(name, text)
    return out.getvalue()


def inner(text: str) -> bytes:
    """Another workbook, as it is embedded."""
    return by_openpyxl([Page("x", [[text]])])


PARTS = {
    "properties": ("docProps/custom.xml", "<Properties><p><v>{}</v></p></Properties>"),
    "a pivot's cache": ("xl/pivotCache/pivotCacheRecords1.xml", '<r><s v="王一"/><s v="{}"/></r>'),
    "a drawing": ("xl/drawings/drawing9.xml", "<d><t>联系{}</t></d>"),
    "a chart": ("xl/charts/chart9.xml", "<c><v>{}</v></c>"),
    "an embedded object": ("xl/embeddings/oleObject1.bin", "\0\1{}\0\2"),
    "data of a program": ("customXml/item1.xml", "<i>{}</i>"),
}


@pytest.mark.parametrize("number", [ID, CARD, ID[:-1] + ("0" if ID[-1] != "0" else "1")])
@pytest.mark.parametrize("story", PARTS)
def test_a_number_outside_the_cells_waits_and_is_not_repeated(story, number):
    """P16: wherever a package keeps texts, an ID or a card in them is a warning that names the place only."""
    part, text = PARTS[story]
    reading = read_roster("名册.xlsx", with_part(part, text.format(number)), VILLAGES)
    assert alarms(reading) == [("PRIVATE_BESIDE_CELLS", None)]
    assert not any(number[:6] in one.message for one in reading.findings)
    assert alarms(read_roster("名册.xlsx", with_part(part, text.format("岭东村2025年")), VILLAGES)) == []


def test_a_number_in_an_embedded_workbook_waits():
    """A list that hangs behind an icon goes along with the file."""
    reading = read_roster("名册.xlsx", with_part("xl/embeddings/list.xlsx", inner(ID)), VILLAGES)
    assert alarms(reading) == [("PRIVATE_BESIDE_CELLS", None)]
    assert alarms(read_roster("名册.xlsx", with_part("xl/embeddings/list.xlsx", inner("x")), VILLAGES)) == []


@pytest.mark.parametrize("digits", ["0.78740157480314965", f"0.{CARD}", f"-1.{CARD}E-5"])
def test_measures_of_drawings_are_nobody_s_numbers(digits):
    """A fraction of many digits is a width or a share."""
    drawn = with_part("xl/charts/chart9.xml", f'<c x="{digits}"/>')
    assert "PRIVATE_BESIDE_CELLS" not in {
        one.code for one in read_roster("名册.xlsx", drawn, VILLAGES).findings
    }


def edged(text: str, title=TITLE) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(by_openpyxl([page(title)])))
    book.active.oddFooter.center.text = text
    book.defined_names["甲"] = openpyxl.workbook.defined_name.DefinedName("甲", attr_text='"甲"')
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_headers_and_footers_are_looked_through():
    """An ID waits anywhere; a telephone in a list that hangs on a wall waits, in another it is a note."""
    public = "岭东村2025年稻谷补贴公示"
    assert alarms(read_roster("x", edged(f"制表 {ID}"), VILLAGES)) == [("PRIVATE_BESIDE_CELLS", None)]
    assert alarms(read_roster("x", edged(MOBILE, public), VILLAGES)) == [("PRIVATE_BESIDE_CELLS", None)]
    quiet = read_roster("x", edged(f"电话 {MOBILE}"), VILLAGES)
    assert (alarms(quiet), ("PRIVATE_BESIDE_CELLS", None) in notes(quiet)) == ([], True)
    for text in ("第 &P 页 共 &N 页", "2025年11月20日", "监督电话 0572-5000001"):
        assert "PRIVATE_BESIDE_CELLS" not in {
            one.code for one in read_roster("x", edged(text), VILLAGES).findings
        }


def old_workbook(*, footer="&P", total=None) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("岭东村")
    for at, row in enumerate(page().rows):
        for column, cell in enumerate(row):
            sheet.write(at, column, cell if isinstance(cell, str) else float(cell))
    if total:
        sheet = book.get_sheet(0)
        sheet._cell_overwrite_ok = True
        sheet.write(len(page().rows) - 1, 4, xlwt.Formula(total))
    sheet.footer_str = footer.encode()
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def compound(streams):
    """A compound file (OLE2) of these streams, in the root or in one storage: 512-byte sectors, no short ones."""
    paths = [path.rpartition("/") for path in streams]
    storages = sorted({way for way, _, _ in paths if way})
    chains, sectors, fat = [], b"", []
    for data in streams.values():
        padded = data.ljust(max(4096, -(-len(data) // 512) * 512), b"\0")
        first, many = len(sectors) // 512, len(padded) // 512
        sectors, chains = sectors + padded, [*chains, (first, max(len(data), 4096))]
        fat += [*range(first + 1, first + many), 0xFFFFFFFE]
    entries = [("Root Entry", 5, 0, 0, "")]
    entries += [
        (name, 2, first, size, way) for (way, _, name), (first, size) in zip(paths, chains, strict=True)
    ]
    entries += [(name, 1, 0, 0, "") for name in storages]
    folder = b""
    for at, (name, kind, first, size, way) in enumerate(entries):
        beside = [n for n, one in enumerate(entries) if n > at and one[4] == way and kind != 5]
        within = [
            n
            for n, one in enumerate(entries)
            if n and ((kind == 5 and not one[4]) or (kind == 1 and one[4] == name))
        ]
        letters = (name + "\0").encode("utf-16-le")
        after, inner = beside[0] if beside else -1, within[0] if within else -1
        start = 0xFFFFFFFE if kind == 5 else first
        folder += struct.pack(
            "<64sHBBiii36xII4x", letters, len(letters), kind, 1, -1, after, inner, start, size
        )
    folder += (struct.pack("<64sHBBiii36xII4x", b"", 0, 0, 1, -1, -1, -1, 0, 0)) * (-len(entries) % 4)
    begin = len(sectors) // 512
    fat += [*range(begin + 1, begin + len(folder) // 512), 0xFFFFFFFE]
    sectors += folder
    tables = -(-(len(fat) + 2) // 128)
    places = [len(sectors) // 512 + at for at in range(tables)]
    fat += [0xFFFFFFFD] * tables
    table = b"".join(struct.pack("<I", one) for one in fat).ljust(512 * tables, b"\xff")
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIIIIIIII", 0, tables, begin, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head += b"".join(struct.pack("<I", one) for one in places).ljust(436, b"\xff")
    return head + sectors + table


def old_with(*, records=b"", **streams):
    """An .xls with more records among its globals, or more streams beside its cells."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("岭东村")
    for at, row in enumerate(page().rows):
        for column, cell in enumerate(row):
            sheet.write(at, column, float(cell) if isinstance(cell, Decimal) else cell)
    own = book._Workbook__country_rec
    book._Workbook__country_rec = lambda: own() + records
    return compound(
        {
            "Workbook": book.get_biff_data(),
            **{name.replace("__", "/"): data for name, data in streams.items()},
        }
    )


def record(kind, body):
    return struct.pack("<HH", kind, len(body)) + body


HIDDEN_IN_XLS = {
    "an embedded list": lambda text: {"MBD0001__Package": inner(text)},
    "an embedded object in plain letters": lambda text: {"MBD0001__Contents": b"\1\2" + text.encode() + b"\0"},
    "an embedded object in wide letters": lambda text: {"MBD0001__Contents": text.encode("utf-16-le")},
    "a cache of a pivot table": lambda text: {"_SX_DB_CUR__0001": b"\3" + text.encode()},
    "a property": lambda text: {"\5SummaryInformation": b"\x1e\0\0\0" + text.encode() + b"\0"},
    "a defined name": lambda text: {"records": record(0x18, bytes(14) + b"\0" + text.encode())},
    "a text box": lambda text: {"records": record(0x5D, b"\x15\0\x12\0\6\0" + bytes(16)) + record(0x1B6, bytes(18)) + record(0x3C, b"\0" + text.encode())},
}  # fmt: skip


@pytest.mark.parametrize("number", [ID, CARD])
@pytest.mark.parametrize("place", HIDDEN_IN_XLS)
def test_what_an_old_workbook_hides_is_looked_through(place, number):
    """Embedded files, caches, properties, names and text boxes of .xls: a number there is told, a title is not."""
    assert alarms(read_roster("x.xls", old_with(**HIDDEN_IN_XLS[place](number)), VILLAGES)) == [
        ("PRIVATE_BESIDE_CELLS", None)
    ]
    assert (
        alarms(
            read_roster(
                "x.xls", old_with(**HIDDEN_IN_XLS[place]("Lingdong list of 2025, first batch")), VILLAGES
            )
        )
        == []
    )


def test_a_comment_in_an_old_workbook_is_no_text_box():
    """The words of a comment are read with its cell, once."""
    remark = (
        record(0x5D, b"\x15\0\x12\0\x19\0" + bytes(16))
        + record(0x1B6, bytes(18))
        + record(0x3C, b"\0" + ID.encode())
    )
    assert alarms(read_roster("x.xls", old_with(records=remark), VILLAGES)) == []


def test_a_binary_workbook_is_refused_by_name():
    """What an .xlsb hides nobody could tell: refused, with the way to save it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as parts:
        parts.writestr("xl/workbook.bin", b"")
    with pytest.raises(FormatNotRead, match=r"xlsb.*另存为 \.xlsx"):
        read_roster("名册.xlsb", out.getvalue(), VILLAGES)


def test_an_old_workbook_s_footer_is_looked_through():
    """The same in .xls."""
    assert alarms(read_roster("x", old_workbook(footer=f"&L{ID}"), VILLAGES)) == [
        ("PRIVATE_BESIDE_CELLS", None)
    ]
    assert alarms(read_roster("x", old_workbook(), VILLAGES)) == []


def test_an_old_total_without_a_stored_value_is_said():
    """A formula nobody calculated is no total: .xls says so as .xlsx does."""
    reading = read_roster("x", old_workbook(total="SUM(E3:E8)"), VILLAGES)
    assert alarms(reading) == [("FORMULA_NOT_CALCULATED", 9)]
    assert payouts(reading) == TRUTH


def test_values_of_other_files_are_read_as_they_were_stored():
    """Links to other workbooks are a note; what those links keep is told with them, and holds nothing."""
    links = f'<externalLink><sheetData><cell r="A1"><v>{ID}</v></cell></sheetData></externalLink>'
    reading = read_roster("x", with_part("xl/externalLinks/externalLink1.xml", links), VILLAGES)
    assert (payouts(reading), alarms(reading), reading.verdict) == (TRUTH, [], Verdict.OK)
    assert {("EXTERNAL_LINKS", None), ("PRIVATE_BESIDE_CELLS", None)} <= notes(reading)


def test_a_list_inside_a_layout_is_found():
    """Web systems lay their pages out with tables: the list stands in a cell of one, its title in another."""
    rows = as_html([Page("x", page().rows[1:])]).decode("gb18030")
    table = rows[rows.index("<table") : rows.index("</body>")]
    layout = (
        "<html><body><table><tr><td>系统</td><td>首页</td></tr><tr><td colspan=2>"
        f"<table><tr><td>{TITLE}</td></tr><tr><td>{table}</td></tr></table></td></tr>"
        "<tr><td>填表人：张三</td><td>2025年11月20日</td></tr></table></body></html>"
    )
    reading = read_roster("x.xls", layout.encode(), VILLAGES)
    assert (payouts(reading), alarms(reading), reading.declared_total_fen) == (TRUTH, [], int(YUAN * 100))
    assert reading.title.endswith("清册") or reading.title.startswith("系统")


def test_small_tables_inside_a_cell_stay_its_text():
    """What stands in a cell of the list itself is that cell's text."""
    rows = as_html([page()]).decode("gb18030").replace("王一", "<table><tr><td>王一</td></tr></table>")
    assert payouts(read_roster("x.xls", rows.encode("gb18030"), VILLAGES)) == TRUTH


ODS = """<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x" xmlns:style="s" xmlns:fo="f">
<office:automatic-styles><style:style style:name="r0" style:family="table-row"><style:table-row-properties style:row-height="0cm"/></style:style>
<style:style style:name="lined" style:family="table-cell"><style:text-properties style:text-line-through-style="solid"/></style:style>
</office:automatic-styles><office:body><office:spreadsheet><table:table table:name="岭东村">{}</table:table></office:spreadsheet></office:body></office:document-content>"""
URNS = {
    '"o"': '"urn:oasis:names:tc:opendocument:xmlns:office:1.0"',
    '"t"': '"urn:oasis:names:tc:opendocument:xmlns:table:1.0"',
    '"x"': '"urn:oasis:names:tc:opendocument:xmlns:text:1.0"',
    '"s"': '"urn:oasis:names:tc:opendocument:xmlns:style:1.0"',
}


def open_document(*, row="", cell="", comment="") -> bytes:
    """The sound list as .ods; attributes of the third payee's row and cells, and a comment on his name."""
    body = "<table:table-column table:number-columns-repeated='5'/>"
    for at, cells in enumerate(page().rows):
        body += f"<table:table-row {row if at == 4 else ''}>"
        for column, value in enumerate(cells):
            kind = "string" if isinstance(value, str) else "float"
            said = comment if (at, column) == (4, 1) else ""
            note = f"<office:annotation><text:p>{said}</text:p></office:annotation>" if said else ""
            number = "" if isinstance(value, str) else f'office:value="{value}"'
            body += f'<table:table-cell {cell if at == 4 else ""} office:value-type="{kind}" {number}>{note}<text:p>{value}</text:p></table:table-cell>'
        body += "</table:table-row>"
    text = ODS.format(body)
    for short, urn in URNS.items():
        text = text.replace(short, urn)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("content.xml", text)
        packed.writestr("META-INF/manifest.xml", "<m/>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({}, None),
        ({"row": 'table:visibility="collapse"'}, "HIDDEN_ROWS"),
        ({"row": 'table:visibility="filter"'}, "HIDDEN_ROWS"),
        ({"row": 'table:style-name="r0"'}, "HIDDEN_ROWS"),
        ({"cell": 'table:style-name="lined"'}, "STRUCK_OUT"),
        ({"comment": f"身份证{ID}"}, "COMMENT_PRIVATE"),
    ],
)
def test_an_open_document_hides_nothing(how, code):
    """Collapsed, filtered and flat rows, struck cells and comments of .ods are seen as those of .xlsx."""
    reading = read_roster("x.ods", open_document(**how), VILLAGES)
    assert payouts(reading) == TRUTH
    assert {one for one, _ in alarms(reading)} == ({code} if code else set())


def test_a_binary_workbook_says_that_nobody_looked():
    """What a format does not let us see is said, not passed over."""
    assert all(
        book_of(data).looked_twice for data in (open_document(), old_workbook(), by_openpyxl([page()]))
    )


STRIKES = {
    "a style": ('<c r="B4" s="1" t="inlineStr"><is><t>李二</t></is></c>', True),
    "another style": ('<c r="B4" s="0" t="inlineStr"><is><t>李二</t></is></c>', False),
    "a stretch of the text": ('<c r="B4" t="inlineStr"><is><r><rPr><strike/></rPr><t>李</t></r><r><t>二</t></r></is></c>', True),
    "a stretch that is not": ('<c r="B4" t="inlineStr"><is><r><rPr><strike val="0"/></rPr><t>李二</t></r></is></c>', False),
    "a shared text": ('<c r="B4" t="s"><v>1</v></c>', True),
    "another shared text": ('<c r="B4" t="s"><v>0</v></c>', False),
}  # fmt: skip
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STYLES = f'<styleSheet xmlns="{SHEET}"><fonts><font/><font><strike/></font></fonts><fills/><borders/><cellStyleXfs><xf fontId="1"/></cellStyleXfs><cellXfs><xf fontId="0"/><xf fontId="1"/></cellXfs></styleSheet>'
SHARED = f'<sst xmlns="{SHEET}"><si><t>李二</t></si><si><r><rPr><strike/></rPr><t>李二</t></r></si></sst>'


@pytest.mark.parametrize("story", STRIKES)
def test_a_line_through_a_name_is_seen_wherever_it_is_kept(story):
    """In a cell's style, in its own text, in the table of shared texts; unused styles accuse nobody."""
    cell, struck = STRIKES[story]
    data = as_xlsx([page()])
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        parts = {name: packed.read(name).decode() for name in packed.namelist()}
    old = next(one for one in parts["xl/sheet1.xml"].split("<c ") if 'r="B4"' in one)
    parts["xl/sheet1.xml"] = parts["xl/sheet1.xml"].replace(f"<c {old}", cell)
    parts |= {"xl/styles.xml": STYLES, "xl/sharedStrings.xml": SHARED}
    links = parts["xl/_rels/workbook.xml.rels"]
    for kind, name in (("styles", "styles.xml"), ("sharedStrings", "sharedStrings.xml")):
        link = f'<Relationship Id="{kind}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" Target="{name}"/>'
        links = links.replace("</Relationships>", f"{link}</Relationships>")
    parts["xl/_rels/workbook.xml.rels"] = links
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, text in parts.items():
            packed.writestr(name, text)
    reading = read_roster("x", out.getvalue(), VILLAGES)
    assert payouts(reading) == TRUTH
    assert alarms(reading) == ([("STRUCK_OUT", 4)] if struck else [])


FLAT = {
    'ht="0"': True, "ht='0'": True, 'ht="0.0"': True, 'ht="0.75"': True, 'hidden="1"': True, 'ht="15"': False, 'ht="1"': False, "": False,
}  # fmt: skip


@pytest.mark.parametrize("height", FLAT)
def test_a_row_of_no_height_is_hidden(height):
    """However a program writes it; with `zeroHeight` every row that gives no height of its own."""
    data = as_xlsx([page()])
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        parts = {name: packed.read(name).decode() for name in packed.namelist()}
    sheet = parts["xl/sheet1.xml"]

    def told(text):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as packed:
            for name, part in (parts | {"xl/sheet1.xml": text}).items():
                packed.writestr(name, part)
        return {code for code, _ in alarms(read_roster("x", out.getvalue(), VILLAGES))}

    assert told(sheet.replace('<row r="5">', f'<row r="5" {height}>')) == (
        {"HIDDEN_ROWS"} if FLAT[height] else set()
    )
    default = sheet.replace("<sheetData>", '<sheetFormatPr zeroHeight="1"/><sheetData>')
    tall = default.replace('<row r="', '<row ht="15" r="')
    assert (told(default), told(tall)) == ({"HIDDEN_ROWS"}, set())
    wide = sheet.replace("<sheetData>", '<cols><col min="5" max="5" width="0"/></cols><sheetData>')
    assert told(wide) == {"HIDDEN_COLUMN_COUNTED"}
