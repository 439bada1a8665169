"""What people read in an export beside the sheets: tables, metadata, the first page (words of `domain §3.4`)."""

import csv
import json
import re
from html.parser import HTMLParser
from io import BytesIO, StringIO
from urllib.parse import unquote

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from boards.model.kept.retention import ArchiveKind
from boards.sheets.sheet import Variant
from kiosk_server.dossier.human import written
from kiosk_server.dossier.index import BESIDE
from tests.dossier_village import ANNUAL, LONG, dossier_of, item_of, sheet_in, year_item
from tests.paper.paper_village import DIGEST, LEFT_OUT, NAMES, line_of, sheet_of

HOSTILE = st.text(st.sampled_from("<>\"'&/=`{}%-!script岭东 \u3000"), min_size=1, max_size=40)


class Seen(HTMLParser):
    """Elements, their attributes and the text of a page."""

    def __init__(self, page):
        super().__init__()
        self.elements, self.text = [], []
        self.feed(page.decode())

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text.append(data)

    def links(self):
        return [unquote(found["href"]) for tag, found in self.elements if tag == "a"]


def files_of(dossier):
    return dict(written(dossier))


def page_of(dossier):
    return Seen(files_of(dossier)["index.html"])


def cells_of(content):
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))


def test_every_list_in_force_has_its_tables_named_as_its_pdf():
    """CSV and XLSX beside 06_….pdf are 06_….csv and 06_….xlsx; the year's figures come where there are some."""
    whole = dossier_of(12)
    names = [f"human/{number:02d}_岭东村2025年耕地地力保护补贴发放公示表" for number in (6, 12)]
    tables = [f"{name}.{kind}" for name in names for kind in ("csv", "xlsx")]
    assert list(files_of(whole)) == [*tables, "metadata.json", "metadata.csv", "index.html", "index.css"]
    closed = files_of(dossier_of(12, annual=ANNUAL))
    assert [path for path in closed if "年度" in path] == ["human/年度汇总.csv", "human/年度汇总.xlsx"]


def test_the_same_year_is_the_same_bytes():
    """Every file, twice, to the byte."""
    assert files_of(dossier_of(12, annual=ANNUAL)) == files_of(dossier_of(12, annual=ANNUAL))


def test_a_list_opens_in_a_spreadsheet_as_it_hung():
    """Title, terms, edition and code above; every line; the sum to the fen below."""
    sheet = sheet_in(item_of(6))
    content = files_of(dossier_of((item_of(6),)))
    path = "human/06_岭东村2025年耕地地力保护补贴发放公示表"
    rows = cells_of(content[f"{path}.csv"])
    above = ["".join(row) for row in rows[:11]]
    assert above[0] == sheet.head.title
    assert {
        "补贴标准：120元/亩",
        "资金来源：中央财政",
        "发放日期：2026-11-10",
        "含个人信息，仅供检查与留存",
    } <= set(above)
    assert "第1版 短码 48219 07365 校验码 9F2C-71AB" in above
    head = rows.index(["序号", "户主", "小组", "数量", "单位", "金额（元）"])
    first = sheet.lines[0]
    assert rows[head + 1] == [
        "1",
        "沈桂珍",
        "一组",
        f"{first.quantity}",
        "亩",
        f"{first.amount_fen / 100:.2f}",
    ]
    assert rows[-1] == ["合计", "", "", f"{sheet.head.quantity}", "亩", f"{sheet.head.sum_fen / 100:.2f}"]
    assert len(rows) == head + 1 + 24 + 1
    book = load_workbook(BytesIO(content[f"{path}.xlsx"])).active
    assert [cell.value for cell in book[head + 2]][:2] == ["1", "沈桂珍"]
    assert sum(row[5].value * 100 for row in book.iter_rows(head + 2, head + 25)) == pytest.approx(
        sheet.head.sum_fen
    )


def test_what_is_not_on_a_list_is_told_above_it():
    """Count and sum of those that are counted and not named."""
    item = item_of(6)
    sheet = sheet_in(item, left_out=LEFT_OUT)
    text = next(content for _, content in written(dossier_of((item,), sheets=(sheet,)))).decode()
    assert '"未列入3笔，1,734.56元"' in text
    assert '"2025年度 2026-01期"' in text


def test_a_corrected_amount_stands_beside_what_it_replaced():
    """The old amount in a column of its own, said to be struck, with day and reason."""
    line = msgspec.structs.replace(
        line_of(1, Variant.AREA, "朱𬭎"),
        corrected_from_fen=100000,
        corrected_why="面积录错",
        amount_fen=120000,
    )
    item = item_of(6)
    sheet = sheet_in(item)
    whole = dossier_of((item,), sheets=(msgspec.structs.replace(sheet, lines=(line,)),))
    rows = cells_of(next(content for path, content in written(whole) if path.endswith(".csv")))
    assert rows[-3][-3:] == ["更正前金额（元，已划去）", "更正日期", "更正原因"]
    assert rows[-2][-4:] == ["1200.00", "1000.00", "", "面积录错"]


def test_applications_have_no_sums_and_sensitive_lists_no_terms():
    """Nothing is said of money where none is paid, nor of the rate where it tells the degree."""
    item = item_of(6)
    applied = sheet_of(3, Variant.APPLICATION)
    head = msgspec.structs.replace(applied.head, batch=item.record, edition=item.edition)
    whole = dossier_of((item,), sheets=(msgspec.structs.replace(applied, head=head),))
    text = next(content for path, content in written(whole) if path.endswith(".csv")).decode()
    assert "金额" not in text
    assert "元" not in text
    private = dossier_of((item,), sheets=(sheet_in(item, sensitive=True),))
    assert "补贴标准" not in next(content for _, content in written(private)).decode()


def test_the_years_figures_say_whether_the_county_decided_them():
    """Open, they are as of a day; with the county's event among the items they are its edition; sums are numbers."""
    running = files_of(dossier_of(6, annual=ANNUAL))
    rows = cells_of(running["human/年度汇总.csv"])
    assert rows[0] == ["岭东村2025年惠民惠农财政补贴资金年度汇总表"]
    assert rows[2] == ["截至2025-12-20，尚未由县里核定"]
    assert {"human/年度汇总.csv", "human/年度汇总.xlsx"} <= set(Seen(running["index.html"]).links())
    item = msgspec.structs.replace(year_item(1), digest=DIGEST)
    files = files_of(msgspec.structs.replace(dossier_of((item,)), annual=ANNUAL))
    decided = cells_of(files["human/年度汇总.csv"])
    assert decided[2] == ["县里2025-12-20核定的第1版"]
    assert decided[4][7:9] == ["149232.00", "32.00"]
    assert decided[-1][7] == "149232.00"
    said = files["index.html"].decode(), running["index.html"].decode()
    assert ["发放合计（县里核定）" in page for page in said] == [True, False]


def test_metadata_say_of_each_item_what_an_archive_asks():
    """件号 to 补录 with every file's digest and size, in JSON (sorted keys, one line) and as a table."""
    files = files_of(dossier_of(14))
    whole = json.loads(files["metadata.json"])
    assert (
        files["metadata.json"]
        == json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"
    )
    assert (whole["format"], whole["保管期限"], whole["as_of"]) == (
        "village-metadata/1",
        "永久",
        "2026-01-12T08:30:00Z",
    )
    item = whole["items"][13]
    assert {
        key: item[key] for key in ("件号", "题名", "保管期限", "页数", "档号", "短码", "版次", "状态", "补录")
    } == {
        "件号": 14,
        "题名": "关于朱𬭎、扎西多吉·才让旺姆·洛桑丹增等户的更正公示",
        "保管期限": "30年",
        "页数": 5,
        "档号": "330590102201-2025-list-014",
        "短码": "00000 00014",
        "版次": 3,
        "状态": "第3版 已被代替 补录",
        "补录": "是",
    }
    assert [set(file) for file in item["文件"]] == [{"path", "sha256", "size_bytes"}] * 2
    rows = cells_of(files["metadata.csv"])
    assert rows[0][:7] == ["件号", "题名", "责任者", "日期", "保管期限", "页数", "档号"]
    assert rows[1][:4] == ["1", LONG, "苕安县人民政府", "2025-01-07"]
    assert [row[0] for row in rows[1:]] == [str(number) for number in range(1, 15)]
    assert rows[14][-1].count("字节") == 2
    assert files_of(dossier_of(0))["metadata.csv"].startswith(b"\xef\xbb\xbf")


def test_the_first_page_leads_to_every_file_and_to_the_checker():
    """Each item with its PDF and JSON, a list in force with its tables; what lies beside; the checker outside the bag."""
    whole = dossier_of(12)
    seen, there = page_of(whole), {f"data/{path}" for path in files_of(whole)}
    there |= {file.path for item in whole.items for file in item.files} | {
        f"data/{path}" for _, _, path in BESIDE
    }
    checker, *links = seen.links()
    assert links[4:9] == [links[4], links[4].replace(".pdf", ".json"), *links[6:9]]
    assert checker == "../../核对工具/verify.html"
    assert {f"data/{link}" for link in links} == there - {
        "data/index.html",
        "data/index.css",
        "data/metadata.json",
    }


def test_the_first_page_runs_nothing_and_asks_nobody():
    """No script, no style in it, nothing from elsewhere; one stylesheet beside it that names no other file."""
    files = files_of(dossier_of(12))
    seen = Seen(files["index.html"])
    assert not [
        tag for tag, found in seen.elements if tag in {"script", "style", "img", "iframe"} or "style" in found
    ]
    assert not [name for _, found in seen.elements for name in found if name.startswith("on")]
    assert "http" not in re.sub("http-equiv", "", files["index.html"].decode())
    assert [found["href"] for tag, found in seen.elements if tag == "link"] == ["index.css"]
    assert b"url(" not in files["index.css"]
    assert b"@import" not in files["index.css"]


def test_the_first_page_says_the_years_sums_and_names_nobody():
    """Lists in force added up, counts, classes, states; no name of a list."""
    whole = dossier_of(12)
    text = "".join("".join(page_of(whole).text).split())
    fen = sum(item.sum_fen for item in whole.items if item.kind is ArchiveKind.LIST and not item.state)
    assert f"{fen / 100:,.2f}元" in text
    assert "发放名单Lists2份" in text
    assert "第3版已被代替" in text
    assert "保管期限：永久" in text
    assert not [name for name in NAMES if name in text.replace("朱𬭎", "")]


@pytest.mark.thorough
@given(words=st.lists(HOSTILE, min_size=4, max_size=4))
@settings(max_examples=60, deadline=None)
@example(words=["</b><script>alert(1)</script>", "<img src=x>", "&lt;b&gt;", '"><a href="//x">'])
def test_no_title_becomes_an_element(words):
    """Whatever stands in a title, an office, a note or a village's name is text on the page, to the letter."""
    title, maker, note, name = words
    plain = dossier_of((item_of(2), item_of(6)))
    items = tuple(msgspec.structs.replace(item, title=title, made_by=maker) for item in plain.items)
    village = msgspec.structs.replace(plain.village, name=name)
    odd = msgspec.structs.replace(plain, items=items, note=note, village=village)
    seen, usual = page_of(odd), page_of(msgspec.structs.replace(plain, note="说明"))
    assert [tag for tag, _ in seen.elements] == [tag for tag, _ in usual.elements]
    assert [sorted(found) for _, found in seen.elements] == [sorted(found) for _, found in usual.elements]
    for word in (title, maker, note, name):
        assert word in "".join(seen.text)
