"""Names and places: surnames, masks, what cannot be shown, village codes."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boards.model.masks import masked_id, shown_name
from boards.model.names import COMPOUND_SURNAMES, is_organisation, surname_of, unshowable
from boards.model.pack import MaskPolicy
from boards.model.payouts import PayeeKind
from boards.model.place import county_of, is_village_code, short_name, town_of

han = st.text(alphabet="欧阳司马王李张小明秋实𬭎䶮㛃", min_size=1, max_size=6)


@given(han, st.sampled_from(["one_star", "middle_star"]))
@settings(max_examples=150)
def test_a_mask_hides_every_given_name_of_two_characters(name, names):
    """The surname stays, one_star hides all the rest, middle_star all but the last character."""
    shown = shown_name(name, MaskPolicy(version="1", names=names))
    surname = surname_of(name)
    assert shown.startswith(surname)
    assert "*" in shown
    assert set(shown[len(surname) : -1]) <= {"*"}
    if names == "one_star":
        assert shown == surname + "*"


@given(han)
@settings(max_examples=50)
def test_a_full_policy_changes_nothing(name):
    """Names of supervised lists are shown whole."""
    assert shown_name(name, MaskPolicy(version="1")) == name


@pytest.mark.parametrize(
    ("name", "one", "middle"),
    [
        ("张明", "张*", "张*"),
        ("张小明", "张*", "张*明"),
        ("欧阳修文", "欧阳*", "欧阳*文"),
        ("欧阳明", "欧阳*", "欧阳*"),
        ("买买提·吐尔逊", "买*", "买*"),
        ("岭东村稻虾专业合作社", "岭东村稻虾专业合作社", "岭东村稻虾专业合作社"),
    ],
)
def test_the_patterns_of_the_policy(name, one, middle):
    """张*, 欧阳*, 张*明 as domain §1.6 writes them; organisations are not persons."""
    assert shown_name(name, MaskPolicy(version="1", names="one_star")) == one
    assert shown_name(name, MaskPolicy(version="1", names="middle_star")) == middle


@given(st.text(alphabet="0123456789", max_size=22))
@settings(max_examples=100)
def test_a_masked_id_never_holds_a_number(digits):
    """What is left of an ID is at most its first and its last place."""
    assert sum(sign.isdigit() for sign in masked_id(digits)) <= 2


def test_an_id_is_masked_one_way():
    """One pattern, so that two sheets cannot be spliced."""
    assert masked_id("990523195803120019") == "9****************9"


def test_surnames_for_the_tiles():
    """Compound surnames need a given name; organisations and collectives have none."""
    assert [surname_of(name) for name in ("欧阳修文", "欧阳", "司马相如", "王小明", "朱𬭎", "")] == [
        "欧阳",
        "欧",
        "司马",
        "王",
        "朱",
        "",
    ]
    assert surname_of("岭东村", PayeeKind.COLLECTIVE) == ""
    assert surname_of("双浒镇桥南村股份经济合作社") == ""
    assert not is_organisation("农场")
    assert all(len(surname) == 2 for surname in COMPOUND_SURNAMES)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("林\ue000实", "private-use"),
        ("林\U0010fffd", "private-use"),
        ("林\u200b实", "zero-width"),
        ("\ufeff林", "zero-width"),
        ("林\u202e实", "bidi"),
        ("林\n实", "control"),
        ("林\x9f", "control"),
        ("林\ufffd", "replacement"),
        ("a\u0301", "not-nfc"),
        ("\uf9d1", "not-nfc"),
        ("\U000e0001", "zero-width"),
        ("\uffff", "unassigned"),
    ],
)
def test_what_cannot_be_shown_is_named(text, reason):
    """Boxes, hidden marks and second spellings are refused with their reason."""
    assert unshowable(text) == reason


@pytest.mark.parametrize(
    "name", ["林秋实", "朱𬭎", "贾䶮", "王㛃", "买买提·吐尔逊", "O'Neil", "", "\U000323b1"]
)
def test_rare_names_are_shown(name):
    """Extension A to the newest planes are names like all others."""
    assert unshowable(name) is None


@given(st.text(max_size=8))
@settings(max_examples=150)
def test_what_may_be_shown_is_one_spelling_without_hidden_marks(text):
    """Whatever passes is NFC and holds no control, format, surrogate or private character."""
    if unshowable(text) is None:
        assert unicodedata.is_normalized("NFC", text)
        assert not {unicodedata.category(character) for character in text} & {"Cc", "Cf", "Cs", "Co"}


def test_the_anatomy_of_a_village_code():
    """County, township and village digits say what the place is (domain §1.7)."""
    code = "330590100201"
    assert (county_of(code), town_of(code)) == ("330590", "330590100")
    assert is_village_code(code)
    towns = {town: is_village_code(f"330590{town}201") for town in ("001", "100", "599", "600", "000")}
    assert [town for town, whole in towns.items() if not whole] == ["600", "000"]
    villages = {part: is_village_code(f"330590100{part}") for part in ("001", "199", "399", "400", "000")}
    assert [part for part, whole in villages.items() if not whole] == ["400", "000"]


@given(st.text(alphabet="0123456789１a", min_size=10, max_size=13))
@settings(max_examples=100)
def test_only_twelve_digits_of_a_real_kind_are_a_village(text):
    """Full-width digits, wrong lengths and townships are no village codes."""
    if is_village_code(text):
        assert text.isascii()
        assert len(text) == 12
        assert text[9:] != "000"


@pytest.mark.parametrize(
    ("official", "short"),
    [
        ("岭东村委会", "岭东村"),
        ("岭东村村委会", "岭东村"),
        ("岭东村民委员会", "岭东村"),
        ("岭东村村民委员会", "岭东村"),
        ("浮星桥社区居委会", "浮星桥社区"),
        ("浮星桥社区居民委员会", "浮星桥社区"),
        ("南街居委会", "南街"),
        ("岭东村", "岭东村"),
        ("村委会", "村委会"),
    ],
)
def test_villages_are_called_by_their_short_name(official, short):
    """The statistics office's name loses its 委会; a short name stays."""
    assert short_name(official) == short
    assert short_name(short) == short
