"""The text of a notice taken apart for reading: nothing is lost, nothing is computed."""

import re

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boards.sheets.land.notice_sheet import tables_beside
from boards.sheets.land.notice_text import Heading, Paragraph, Table, blocks_of
from tests.paper.paper_notices import published_notices

NOTICES = {notice.kind.value: notice for notice in published_notices()}
CELLS = st.text(st.sampled_from("竹垓村耕地青苗1.5元亩公顷应付合计，。"), min_size=1, max_size=8)
LINES = st.lists(
    st.one_of(
        st.lists(CELLS, min_size=1, max_size=5).map("\u3000".join),
        st.sampled_from(
            ["一、征收范围", "（一）耕地", "合计2.0473公顷（30.7095亩）", "单位：公顷、亩", "合计　18.00元"]
        ),
    ),
    max_size=12,
)


def read(text, kind="plan"):
    return blocks_of(msgspec.structs.replace(NOTICES[kind], text=text))


def letters(text):
    return sorted(re.sub(r"\s", "", text))


@given(LINES)
@settings(max_examples=60)
def test_nothing_published_is_lost(lines):
    """Every character of the text is in some block, a repeated word or unit of a column once in its head."""
    written = []
    for block in read("\n".join(lines)) if any(lines) else ():
        if isinstance(block, Table):
            written += [*block.head, *(cell for row in block.rows for cell in row), *block.total, block.note]
        else:
            written += [getattr(block, "lead", ""), block.text]
    assert set("".join(lines)) - set("\u3000，。：；、") <= set("".join(written))
    figures = sorted(re.findall(r"[0-9.]+", "\n".join(lines)))
    assert sorted(re.findall(r"[0-9.]+", "\n".join(written))) == figures


@given(LINES)
@settings(max_examples=40)
def test_tables_are_rectangular(lines):
    """Rows are equally long, the head as long as they, the total not longer."""
    for block in read("\n".join(lines)):
        if isinstance(block, Table):
            (columns,) = {len(row) for row in block.rows}
            assert len(block.head) in {0, columns}
            assert len(block.total) <= columns


def test_areas_and_sums_become_tables_with_heads():
    """The plan of L1: areas as written in one column, sums with their unit in the head."""
    tables = [block for block in blocks_of(NOTICES["plan"]) if isinstance(block, Table)]
    assert [table.head for table in tables] == [
        ("村", "地类", "面积"),
        ("村", "补偿项目", "计算依据", "金额（元）"),
    ]
    assert tables[0].rows[0] == ("竹垓村", "耕地", "1.2036公顷（18.054亩）")
    assert tables[0].total == ("合计", "2.0473公顷（30.7095亩）")
    assert tables[1].rows[1] == (
        "竹垓村",
        "区片综合补偿（建设用地、未利用地）",
        "1.308亩×29000元/亩",
        "37932.00",
    )
    assert tables[1].total == ("合计", "1845183.60")


def test_due_and_paid_are_two_columns():
    """应付 and 已付 move into the heads, and the total in words of a sentence stands under them."""
    (table,) = blocks_of(NOTICES["pay"])
    assert table.head == ("村", "补偿项目", "应付（元）", "已付（元）")
    assert table.rows[2] == ("竹垓村", "青苗和地上附着物", "41448.32", "41448.32")
    assert table.total == ("合计", "1845183.60", "1845183.60")


def test_a_tables_own_heads_and_unit_line_are_kept():
    """A first row without figures is the head; 单位： stands above the table."""
    (table,) = read("单位：亩\n村名　面积\n竹垓村　1.20\n中坞村　3.4\n合计　4.60")
    assert table == Table(
        head=("村名", "面积"),
        rows=(("竹垓村", "1.20"), ("中坞村", "3.4")),
        total=("合计", "4.60"),
        note="单位：亩",
    )


@pytest.mark.parametrize(
    ("line", "block"),
    [
        ("一、征收范围和土地现状", Heading(level=1, text="一、征收范围和土地现状")),
        ("（二）青苗", Heading(level=2, text="（二）青苗")),
        ("一、征收范围　柳荫村二组、三组。", Paragraph(lead="一、征收范围", text="柳荫村二组、三组。")),
        ("一、本公告自张贴之日起生效。", Paragraph(text="一、本公告自张贴之日起生效。")),
        ("特此公告。", Paragraph(text="特此公告。")),
        ("联系人\t王\xa0某", Paragraph(text="联系人\u3000王 某")),
        ("合计2.0473公顷（30.7095亩）", Paragraph(text="合计2.0473公顷（30.7095亩）")),
    ],
)
def test_a_line_is_what_its_number_and_length_say(line, block):
    """Numbered short lines are headings, numbered sentences are text."""
    assert read(line) == (block,)


def test_lines_of_labels_are_no_table():
    """Contacts and addresses that stand side by side stay lines."""
    lines = ["联系人：征地科　电话：0572-5000160", "地址：梅坞镇政府101室　邮编：313000"]
    assert read("\n".join(lines)) == tuple(Paragraph(text=line) for line in lines)


def test_a_notice_without_text_says_where_to_look():
    """No blank sheet: the project is named, and the county's own posting."""
    (only,) = read("")
    assert "竹垓小学迁建工程" in only.text
    assert "以县里张贴的公告为准" in only.text
    stopped = msgspec.structs.replace(NOTICES["plan"], text="", reason="项目调整选址")
    assert blocks_of(stopped)[1] == Paragraph(text="原因：项目调整选址")


def test_rows_the_text_does_not_carry_follow_behind_the_signature():
    """The start of L1 prints only a total: its rows by land class stand in a table; the plan repeats none."""
    (table,) = tables_beside(NOTICES["start"])
    assert table.rows[0] == ("竹垓村", "竹垓乡竹垓村股份经济合作社", "耕地", "1.2036", "18.0540")
    assert table.total == ("合计", "2.0473", "30.7095")
    assert all(tables_beside(NOTICES[kind]) == () for kind in ("survey", "plan", "register", "final", "pay"))


def test_sums_the_text_does_not_carry_follow_too():
    """A plan whose text has no figures has both tables, sums in yuan."""
    bare = msgspec.structs.replace(NOTICES["plan"], text="特此公告。")
    areas, sums = tables_beside(bare)
    assert areas.head[-1] == "面积（亩）"
    assert sums.head == ("村", "补偿项目", "计算依据", "应付（元）")
    assert sums.rows[0][-1] == "1,430,802.00"
    assert sums.total == ("合计", "1,845,183.60")
