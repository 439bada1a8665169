"""How small the print of a sheet may be, and where a seal has its place: read back from the PDF."""

import re
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boards.model.money import LIMIT_FEN
from boards.sheets.sheet import Variant
from printouts import foot
from printouts.size import Paper
from printouts.table_sheet import payout_sheet
from tests.paper.paper_village import AT, BASE, COOPERATIVE, LEFT_OUT, BlockShelf, sheet_of
from tests.paper.read_back import INK_MM, chars_of

LONGEST = (
    "阿不都热依木·买买提吐尔逊·艾合麦提江·阿卜杜喀迪尔·帕提古丽汗",
    "古丽巴哈尔·阿不都克热木·吐尔逊江",
    "阿不都热依木•买买提",
    "欧阳建国",
    COOPERATIVE,
)
GROUPS = ("一组", "大埠头第3组", "岭东自然村第十二村民小组（外塘）", "")
PEOPLE = st.lists(
    st.tuples(
        st.sampled_from(LONGEST)
        | st.text(st.sampled_from("阿不都热依木·买提（）A1"), min_size=1, max_size=60),
        st.sampled_from(GROUPS) | st.text(st.sampled_from("岭东自然村第三小组（）3"), max_size=24),
        st.sampled_from([100, 34_780_000, 10**14]),
    ),
    min_size=1,
    max_size=40,
)


def sheet_for(people, variant=Variant.AREA, *, corrected=False, **terms):
    lines = sheet_of(len(people), variant).lines
    lines = [
        msgspec.structs.replace(
            line, holder=name, group=group, amount_fen=fen, corrected_from_fen=fen // 2 if corrected else None
        )
        for line, (name, group, fen) in zip(lines, people, strict=True)
    ]
    return sheet_of(lines, variant, left_out=LEFT_OUT, **terms)


def printed(sheet, paper=Paper.A4, shelf=None):
    return payout_sheet(sheet, shelf or BlockShelf(), printed_at=AT, base_url=BASE, paper=paper)


def squeezed(text):
    return re.sub(r"\s", "", text)


@pytest.mark.thorough
@given(
    people=PEOPLE,
    variant=st.sampled_from(list(Variant)),
    corrected=st.booleans(),
    paper=st.sampled_from(Paper),
)
@settings(max_examples=25, deadline=None)
def test_nothing_is_printed_smaller_than_nine_points_and_nothing_is_lost(people, variant, corrected, paper):
    """Names of 30 characters and groups of 16: whole on the page, at 9 pt or more, inside the printable area."""
    sheet = sheet_for(people, variant, corrected=corrected)
    for page in chars_of(printed(sheet, paper)):
        for char in page:
            assert char.size_pt >= 9 * paper.scale - 0.01, char
            assert INK_MM <= char.left < char.right <= 297 * paper.scale - INK_MM, char
            assert INK_MM <= char.top < char.bottom <= 210 * paper.scale - INK_MM, char
    said = "".join(char.char for page in chars_of(printed(sheet)) for char in page)
    for name, group, _ in people:
        assert all(said.count(char) >= squeezed(name + group).count(char) for char in squeezed(name + group))


@pytest.mark.thorough
@pytest.mark.parametrize("paper", list(Paper))
@pytest.mark.parametrize("variant", list(Variant))
def test_names_have_eleven_points_and_a_name_of_five_parts_is_broken_at_its_dots(debian, variant, paper):
    """With the machine's own fonts: each part of a Uighur name whole on a line, groups at 9 pt or more."""
    people = [(LONGEST[0], GROUPS[2], 34_780_000)] * 3
    pdf = printed(sheet_for(people, variant), paper, debian)
    (page,) = chars_of(pdf)
    said = "".join(char.char for char in page)
    for part in LONGEST[0].split("·"):
        starts = [found.start() for found in re.finditer(part, said)]
        assert len(starts) == 3
        for start in starts:
            chars = page[start : start + len(part)]
            assert {round(char.size_pt / paper.scale, 2) for char in chars} == {11.0}
            assert max(char.bottom for char in chars) - min(char.top for char in chars) < 6 * paper.scale
    assert said.count("（外塘）") == 3


@pytest.mark.thorough
@pytest.mark.parametrize("paper", list(Paper))
@pytest.mark.parametrize("variant", list(Variant))
@pytest.mark.parametrize("long", [False, True])
def test_no_text_stands_where_the_seal_goes(variant, paper, long):
    """40 × 40 mm beside the code stay free on every page, however long everything else is."""
    terms = {"office": "苕安县农业农村局、财政局" * 6, "address": "村部一楼" * 20, "funds": "中央财政" * 20}
    pages = chars_of(
        printed(sheet_for([(LONGEST[0], GROUPS[2], 100)] * 30, variant, **terms if long else {}), paper)
    )
    left, top, scale = foot.SEAL_X, foot.BOTTOM - foot.SEAL_MM, paper.scale
    assert foot.SEAL_MM == 40
    for page in pages:
        for char in page:
            beside = char.right < left * scale or char.left > (left + 40) * scale
            assert beside or char.bottom < top * scale or char.top > (top + 40) * scale, char


@pytest.mark.thorough
@pytest.mark.parametrize("variant", list(Variant))
def test_a_page_holds_24_lines_or_fewer_and_every_line_once(variant):
    """From one line to sixty: each stands on a page once and in order, in a block of at most twelve."""
    for count in range(1, 61):
        pages = chars_of(printed(sheet_for([("沈桂香", "一组", 100)] * count, variant)))
        at_once = 12 if variant is Variant.ITEM else 24
        assert len(pages) == -(-count // at_once)
        assert sum("".join(char.char for char in page).count("沈桂香") for page in pages) == count


def test_high_rows_leave_no_room_to_add_a_name():
    """Where the next row is too high for what is left, the rows above it fill the block."""
    people = [("沈桂珍", "一组", 100)] * 11 + [(LONGEST[0], "一组", 100)] + [("沈桂珍", "一组", 100)] * 13
    (first, _) = chars_of(printed(sheet_for(people)))
    numbers = [char for char in first if char.left < 28 and char.size_pt == 12]
    gaps = [below.top - above.top for above, below in pairwise(numbers) if below.top > above.top + 6]
    assert min(gaps) > 9.9


def test_the_marks_of_a_group_stay_as_the_county_wrote_them():
    """Full-width brackets and digits of a group's name are printed full-width."""
    said = "".join(char.char for char in chars_of(printed(sheet_for([("沈桂珍", "（外塘）３组", 100)])))[0])
    assert "（外塘）３组" in said


def test_a_sum_of_a_billion_takes_a_second_line_and_stays_legible():
    """The bar of totals becomes higher before its figures become small."""
    people = [("沈桂珍", "一组", LIMIT_FEN // 31 - 7)] * 31
    chars = chars_of(printed(sheet_for(people)))[0]
    assert min(char.size_pt for char in chars) >= 9
