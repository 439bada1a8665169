"""Which font draws which character."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from printouts.errors import CharacterRefused, GlyphMissing
from printouts.fonts import BFCHAR_LIMIT, FontPlan, Role, Wanted, to_unicode
from tests.paper.paper_village import BlockFont, BlockShelf

NAMES = st.text(st.sampled_from("沈桂珍周阿根朱𬭎贾䶮王㛃·A1（）"), min_size=1, max_size=12)
LACKS = st.frozensets(st.sampled_from("沈桂珍周阿根朱𬭎贾䶮王㛃·（）"))


@given(names=st.lists(NAMES, min_size=1, max_size=6), first=LACKS, second=LACKS)
@settings(max_examples=40, deadline=None)
def test_every_stretch_is_drawn_by_the_first_font_that_covers_it(names, first, second):
    """A name is split by coverage, in order and whole, or the sheet is refused."""
    chain = [BlockFont("One", first), BlockFont("Two", second)]
    shelf = BlockShelf({Role.HEI: chain})
    wanted = [Wanted(Role.HEI, name) for name in names]
    if set("".join(names)) & first & second:
        with pytest.raises(GlyphMissing):
            FontPlan(shelf, wanted)
        return
    plan = FontPlan(shelf, wanted)
    for name in names:
        runs = plan.runs(Role.HEI, name)
        assert "".join(stretch for _, stretch in runs) == name
        for font, stretch in runs:
            assert not set(stretch) & (first if font == "One" else second)
            assert font == "One" or set(stretch) <= first


@given(left=NAMES, right=NAMES)
@settings(max_examples=30, deadline=None)
def test_a_text_is_as_wide_as_its_parts(left, right):
    """Width adds up and grows with the size."""
    plan = FontPlan(BlockShelf(), [Wanted(Role.DATA, left + right)])
    whole = plan.width_mm(Role.DATA, left + right, 15)
    assert whole == pytest.approx(plan.width_mm(Role.DATA, left, 15) + plan.width_mm(Role.DATA, right, 15))
    assert plan.width_mm(Role.DATA, left, 30) == pytest.approx(2 * plan.width_mm(Role.DATA, left, 15))


def test_a_refusal_says_where_and_tells_the_name_only_to_the_clerk():
    """The sentence names the line and the code point; the name stays out of it."""
    shelf = BlockShelf({Role.HEI: [BlockFont("One", frozenset("𬭎"))]})
    with pytest.raises(GlyphMissing) as refused:
        FontPlan(shelf, [Wanted(Role.HEI, "朱𬭎", ("序号", 3, "的", "户主"))])
    assert "序号3的户主" in str(refused.value)
    assert "U+2CB4E" in str(refused.value)
    assert "朱" not in str(refused.value)
    assert refused.value.text == "朱𬭎"


@pytest.mark.parametrize(
    "char", ["\ue000", "\uf8ff", "\U000f0000", "\ufffd", "\n", "\u202e", "\u200b", "\x00"]
)
def test_characters_without_one_meaning_are_refused_even_where_a_font_draws_them(char):
    """Private use, controls, direction marks and the replacement character never reach paper."""
    with pytest.raises(CharacterRefused):
        FontPlan(BlockShelf(), [Wanted(Role.HEI, f"王{char}")])


def test_a_text_outside_the_plan_cannot_be_drawn(blocks):
    """What was not planned is refused, not drawn as a box."""
    plan = FontPlan(blocks, [Wanted(Role.HEI, "王")])
    with pytest.raises(GlyphMissing):
        plan.width_mm(Role.HEI, "李", 15)


def test_one_font_in_two_roles_is_cut_once():
    """A fallback shared by two roles becomes one font in the file."""
    shared = BlockFont("Shared")
    shelf = BlockShelf({Role.HEI: [BlockFont("Bold", frozenset("㛃")), shared], Role.DATA: [shared]})
    FontPlan(shelf, [Wanted(Role.HEI, "王㛃"), Wanted(Role.DATA, "一组")])
    assert len(shared.asked) == 1
    assert set("㛃一组") <= shared.asked[0]


@given(
    st.lists(
        st.integers(0x4E00, 0x2CB4E).filter(lambda c: not 0xD800 <= c < 0xE000), max_size=256, unique=True
    )
)
@settings(max_examples=40)
def test_tounicode_gives_every_character_back(subset):
    """Each code of a subset reads back as its character, above U+FFFF too, in blocks a reader accepts."""
    cmap = to_unicode("Test", subset)
    pairs = re.findall(r"^<([0-9A-F]{2})> <([0-9A-F]{4,8})>$", cmap, re.MULTILINE)
    assert {int(code, 16): bytes.fromhex(text).decode("utf-16-be") for code, text in pairs} == {
        code: chr(char) for code, char in enumerate(subset) if char
    }
    assert all(int(count) <= BFCHAR_LIMIT for count in re.findall(r"(\d+) beginbfchar", cmap))
