"""Cells as typists and programs leave them."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boards.model.numerals import number_words
from sync.county.formats.cells import day_of, figure, group_name, person, text_of
from sync.county.roster.rows.name_faults import names_in

fen = st.integers(0, 10**11)
WIDE = str.maketrans("0123456789.,-", "０１２３４５６７８９．，－")


@given(fen)
def test_every_way_to_write_an_amount_is_the_same_amount(amount):
    """Number, text, thousands commas of both kinds, full-width digits, TAB, currency dress, ="…" cells."""
    yuan = Decimal(amount) / 100
    plain = f"{yuan:.2f}"
    for cell in (
        float(yuan), plain, f"{yuan:,.2f}", plain.translate(WIDE), f"{yuan:,.2f}".translate(WIDE), plain + "\t",
        f"￥{plain}", f"{plain}元", f' ="{plain}"', f"'{plain}", f"\u200b{plain}\u3000", f"¥ {yuan:,.2f} 元",
    ):  # fmt: skip
        assert figure(cell).value == yuan, cell


@given(fen.filter(bool))
def test_below_zero_in_every_spelling(amount):
    """A leading minus of any kind, or parentheses as accountants write them."""
    yuan = Decimal(amount) / 100
    for cell in (-float(yuan), f"-{yuan}", f"－{yuan}", f"−{yuan}", f"({yuan:,})", f"（{yuan}）"):
        assert figure(cell).value == -yuan


@given(st.integers(0, 10**7), st.integers(1, 10**4))
def test_binary_dust_is_never_money(left, right):
    """Sums and products made of floats mean the decimal they show (0.1 + 0.2 is 0.3)."""
    assert figure(left / 100 + right / 100).value == Decimal(left + right) / 100


@given(st.text(max_size=8).filter(lambda text: not any(letter.isnumeric() for letter in text)))
def test_what_is_no_number_is_never_zero(text):
    """Empty cells are empty, other text is unread; nothing becomes 0."""
    assert figure(text).value is None


@pytest.mark.parametrize(
    "cell", ["—", "/", "待定", "1,39", "1.2.3", "12-3", "#REF!", True, date(2025, 1, 1), "1..2",
     "100\n200", "100 200", "50 100", "1 2", "12.5 30", "100\r\n200", "1,200 300", "100\u3000200"],
)  # fmt: skip
def test_unreadable_is_said_to_be_so(cell):
    """Dashes, broken commas, error texts, ticks, dates and two amounts in one cell are none, and not empty."""
    read = figure(cell)
    assert (read.value, read.empty) == (None, False)


@given(
    st.text("王秀英𬭎䶮㛃·", min_size=2, max_size=6),
    st.sampled_from([" ", "\u3000", "\u200b", "\t", "\ufeff", "\xa0"]),
)
def test_spaces_do_not_belong_to_a_name(name, space):
    """Inner, outer and invisible spaces go; every letter of the name stays, rare ones too."""
    assert person(space + space.join(name) + space) == name


@pytest.mark.parametrize("written", ["1组", "一组", "1", "第一村民小组", "第1组", "一小组", "１组", " 1 组"])
def test_groups_have_one_spelling(written):
    """The ways a first group is written are one group."""
    assert group_name(written) == "一组"


@given(st.integers(1, 199))
def test_a_groups_number_is_one_in_figures_and_in_words(number):
    """Group numbers are written as villages write them, whichever way the office typed them."""
    assert group_name(f"{number}组") == group_name(f"第{number_words(number)}村民小组")


@pytest.mark.parametrize("written", ["一二组", "二〇组", "十十组"])
def test_a_group_whose_number_cannot_be_read_keeps_its_name(written):
    """Nobody guesses which group 一二组 is: it stays as it was written."""
    assert group_name(written) == written


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_a_day_in_every_spelling(day):
    """Date cells, texts with strokes, dots or 年月日, eight digits, and a spreadsheet's serial number."""
    serial = (day - date(1899, 12, 30)).days
    for cell in (
        day, datetime(day.year, day.month, day.day, 8, 30), day.isoformat(), f"{day:%Y/%m/%d}",
        f"{day.year}.{day.month}.{day.day}", f"{day.year}年{day.month}月{day.day}日", f"{day:%Y%m%d}", float(serial),
    ):  # fmt: skip
        assert day_of(cell) == day


def test_text_keeps_what_is_written():
    """Whole numbers lose their “.0”, texts their margins, nothing else."""
    assert (text_of(3.0), text_of(" 岭东村\u200b "), text_of('="12"'), text_of(None)) == (
        "3",
        "岭东村",
        "12",
        "",
    )


@given(st.integers(1000, 10**11), st.sampled_from([" ", "\u00a0", "\u202f"]))
def test_spaces_between_thousands(amount, space):
    """1 234.50 is one amount, however wide the space; without its fen only where a program put the space."""
    yuan = Decimal(amount) / 100
    assert figure(f"{yuan:,.2f}".replace(",", space)).value == yuan
    whole = f"{amount:,}".replace(",", space)
    assert figure(whole).value == (None if space == " " else amount)


PEOPLE = st.builds(str.__add__, st.sampled_from("王李张刘陈"), st.text("秀英芳伟敏", min_size=1, max_size=2))


@given(PEOPLE, PEOPLE, st.sampled_from(["\n", "\r\n", " \n"]), st.sampled_from("、,，/;；"))
def test_two_people_in_one_cell_are_told(one, other, line, mark):
    """On two lines, or with a mark between them, or with 等N户 behind the first."""
    assert names_in(one + line + other) == "lines"
    assert names_in(one + mark + other) == "marks"
    assert names_in(f"{one}等3户") == "marks"


@pytest.mark.parametrize(
    "name", ["王\n五", "欧阳\n震华", "阿依努尔·\n买买提江", "岭东村股份\n经济合作社", "王 五", "李(小)", "张三（已故）", "一组、二组",
             "岭东村/石垟村", "王五\n", "Zhang San", "苕安县等高种植专业合作社"],
)  # fmt: skip
def test_one_name_is_one_name(name):
    """Broken lines inside a name, dots, remarks, groups and organisations are not several people."""
    assert names_in(name) == ""
