"""How long archives are kept: the county's classes, and a clock that nothing else sets."""

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boards.model.kept.retention import (
    USUAL,
    ArchiveKind,
    Kept,
    Retention,
    has_elapsed,
    retained_until,
)
from boards.model.pack import Windows, kept_as
from boards.model.windows import board_window, deadline, workdays_of, year_before_visible
from sync.pack import PackNotWhole, parsed_pack
from tests import village
from tests.model.test_model_pack import FILES

SECTION = b"\n[retention]\n"
KINDS, CLASSES = st.sampled_from(ArchiveKind), st.sampled_from(Kept)
TERMED = [kept for kept in Kept if kept is not Kept.PERMANENT]


def pack_with(head: str = "", rice: str = ""):
    """The demo pack, with lines in pack.toml's last section and in one programme."""
    files = {
        **FILES,
        "pack.toml": FILES["pack.toml"] + SECTION + head.encode(),
        "programmes/rice.toml": rice.encode() + FILES["programmes/rice.toml"],
    }
    return parsed_pack(files)


def test_a_pack_that_says_nothing_keeps_as_usual():
    """The demo pack's section is a comment, and a pack of an earlier release has none: both keep as usual."""
    old = FILES["pack.toml"].decode().partition("\n# 档案保管期限")[0]
    assert "[retention]" not in old
    for pack in (pack_with(), parsed_pack({**FILES, "pack.toml": old.encode()})):
        assert {kind: kept_as(pack, kind) for kind in ArchiveKind} == USUAL


def test_the_demo_pack_comments_on_what_is_usual():
    """Its comments, uncommented, say exactly what holds without them."""
    head, mark, section = FILES["pack.toml"].decode().partition("# [retention]\n")
    said = head + (mark + section).replace("\n# ", "\n")[2:]
    assert parsed_pack({**FILES, "pack.toml": said.encode()}).retention == Retention()
    assert section.count("# ") == 2 * len(ArchiveKind)


@given(KINDS, CLASSES)
def test_a_county_sets_the_class_of_a_kind(kind, kept):
    """One line changes one kind."""
    pack = pack_with(f'{kind} = "{kept}"\n')
    assert {one: kept_as(pack, one) for one in ArchiveKind} == USUAL | {kind: kept}


@given(CLASSES)
def test_a_programme_has_a_class_of_its_own(kept):
    """It is for its lists, in both phases; other programmes and other records stay as they are."""
    pack = pack_with(rice=f'retention = "{kept}"\n')
    for kind in ArchiveKind:
        own = kept if kind in {ArchiveKind.LIST, ArchiveKind.APPLICATION} else USUAL[kind]
        assert kept_as(pack, kind, "rice") == own
        assert kept_as(pack, kind, "machinery") == USUAL[kind]


@pytest.mark.parametrize(
    ("head", "told"),
    [
        ('list = "40"\n', '第 14 行 retention list：应是 "permanent"（永久）、"30"、"10" 或 "3"（年）'),
        ("list = 30\n", '加英文引号，例如 "30"'),
        ('lists = "30"\n', "没有这一项，是不是 list？"),
        ('liste = "30"\nannuel = "30"\n', "是不是 annual？"),
    ],
)  # fmt: skip
def test_a_class_nobody_knows_is_told_with_an_example(head, told):
    """By line and field, with the word that was meant, or with what may stand there."""
    raw = FILES["pack.toml"].decode().partition("# [retention]")[0] + "[retention]\n" + head
    with pytest.raises(PackNotWhole) as refused:
        parsed_pack({**FILES, "pack.toml": raw.encode()})
    assert told in str(refused.value)
    with pytest.raises(PackNotWhole, match=r"rice\.toml 第 1 行 retention：应是 \"permanent\""):
        pack_with(rice='retention = "forever"\n')


def test_the_clock_begins_with_the_year_after():
    """A record of 2019 kept for three years is kept to the end of 2022; a permanent one for good."""
    assert retained_until(Kept.YEARS_3, 2019) == date(2022, 12, 31)
    assert retained_until(Kept.YEARS_10, 2019) == date(2029, 12, 31)
    assert retained_until(Kept.YEARS_30, 2019) == date(2049, 12, 31)
    assert retained_until(Kept.PERMANENT, 2019) is None
    assert not has_elapsed(Kept.YEARS_3, 2019, date(2022, 12, 31))
    assert has_elapsed(Kept.YEARS_3, 2019, date(2023, 1, 1))
    assert not has_elapsed(Kept.PERMANENT, 1949, date(9999, 12, 31))


@given(st.sampled_from(TERMED), st.integers(1949, 2100))
def test_so_many_whole_years_are_kept(kept, year):
    """Between the year's end and the last day lie exactly the years of the class."""
    last = retained_until(kept, year)
    assert (last.year - year, last.month, last.day) == (int(kept), 12, 31)


@given(KINDS, CLASSES, st.integers(1, 90), st.integers(1, 18), st.integers(0, 366))
def test_three_clocks_know_nothing_of_each_other(kind, kept, days, months, after):
    """A class changes no posting term and no day on which names leave; a window changes no class."""
    windows = Windows(
        application_days=days, wall_days=days, payment_max_months=months, year_before_days=after
    )
    programme = msgspec.structs.replace(village.PACK.programmes[0], windows=windows)
    plain = msgspec.structs.replace(village.PACK, programmes=(programme,))
    classed = msgspec.structs.replace(
        plain,
        retention=msgspec.structs.replace(Retention(), **{kind: kept}),
        programmes=(msgspec.structs.replace(programme, retention=kept),),
    )
    assert _shown(plain) == _shown(classed)
    assert {one: kept_as(plain, one, programme.code) for one in ArchiveKind} == USUAL


def _shown(pack):
    """Every day on which something of a list ends on the board or the wall."""
    windows, calendar, came = pack.programmes[0].windows, workdays_of(pack), date(2025, 11, 22)
    about = village.terms(), village.terms(phase="application", paid_on=None), village.terms(sensitive=True)
    ends = [
        (board_window(one, came, windows, calendar), deadline(one, came, windows, calendar)) for one in about
    ]
    before = [year_before_visible(one, windows, came, date(2026, 6, 1), hangs=False) for one in about]
    return ends, before
