"""What open data tells of a list and its editions: no two figures that differ by fewer than three households."""

from datetime import date
from itertools import combinations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from boards.sheets.open_year import Edition, enough, open_year, told
from boards.sheets.sheet import SheetHead, Variant
from tests.village import CODE, PACK, terms

HERE = next(one for one in PACK.villages if one.code == CODE)


def head(edition: int = 1, sum_fen: int = 0, households: int = 0, **about) -> SheetHead:
    return SheetHead(
        village=HERE,
        batch=about.pop("batch", "b1"),
        edition=edition,
        variant=Variant.AREA,
        title="岭东村2025年耕地地力保护补贴发放公示表",
        terms=terms(**about),
        count=households,
        households=households,
        sum_fen=sum_fen,
        digest="a" * 64,
        code="0123456789",
    )


def editions_of(lists: list[dict[int, int]], batch: str = "b1") -> list[Edition]:
    """Households with their amounts, one edition after the other."""
    return [
        Edition(
            head=head(number, sum(amounts.values()), len(amounts), batch=batch),
            shares={(f"m{one}", f"户{one}", "一组"): ((fen, None),) for one, fen in amounts.items()},
        )
        for number, amounts in enumerate(lists, 1)
    ]


amounts = st.dictionaries(st.integers(1, 6), st.integers(1, 3), max_size=6)


@given(st.lists(amounts, min_size=1, max_size=5))
def test_no_two_editions_that_were_told_give_away_a_household(lists):
    """Whoever keeps every state of the data learns by no subtraction of fewer than three households."""
    seen = {}
    for upto in range(1, len(lists) + 1):
        shown = told(editions_of(lists[:upto]))
        if shown is not None:
            seen[shown.edition] = lists[shown.edition - 1]
    assert all(len(one) >= 3 for one in seen.values())
    for before, after in combinations(seen.values(), 2):
        differs = {one for one in before | after if before.get(one) != after.get(one)}
        figures = [(len(one), sum(one.values())) for one in (before, after)]
        assert figures[0] == figures[1] or len(differs) >= 3


def test_a_correction_is_told_from_three_households_on():
    """Of one household the figures stay those before it; of three the new ones are told; below three nothing is."""
    first = dict.fromkeys(range(1, 7), 100)
    one, three = first | {1: 90}, first | {1: 90, 2: 80, 3: 70}
    assert told(editions_of([first, one])).sum_fen == 600
    assert told(editions_of([first, three])).sum_fen == 540
    assert told(editions_of([first, one, three])).edition == 3
    assert (
        told(editions_of([first, three, first | {4: 90}])).edition == 2
    )  # the first one less the third: one
    assert told(editions_of([first, {1: 100, 2: 100}])) is None


def test_what_was_taken_back_and_published_again_is_a_correction():
    """Of a list that another took the place of, one household fewer is not told under the new name either."""
    first = dict.fromkeys(range(1, 7), 100)
    again = {one: 100 for one in first if one != 1}
    assert told([*editions_of([first], "old"), *editions_of([again])]) is None
    assert told([*editions_of([first], "old"), *editions_of([first])]).batch == "b1"
    assert (
        told([*editions_of([first], "old"), *editions_of([dict.fromkeys(range(11, 15), 70)])]).sum_fen == 280
    )


def test_where_rows_were_erased_only_equal_figures_follow():
    """Nobody can tell any more whose they were: a correction beside them is not told."""
    first, third = editions_of([dict.fromkeys(range(1, 7), 100), dict.fromkeys(range(1, 7), 90)])
    assert told([first, third]).edition == 2
    erased = msgspec.structs.replace(first, whole=False)
    assert told([erased, third]).edition == 1


def test_a_household_is_counted_once_however_it_is_written():
    """Three names of one mark are one household, three marks of one name in one group too."""
    assert enough([("a", "林秋实", "一组"), ("b", "王芳", "一组"), ("", "张伟", "二组")])
    assert not enough([("a", "林秋实", "一组"), ("a", "林秋水", "一组"), ("a", "林秋月", "一组")])
    assert not enough([("a", "林秋实", "一组"), ("b", "林秋实", "一组"), ("c", "林秋实", "一组")])
    assert not enough([("a", "林秋实", "一组"), ("b", "王芳", "一组")])


def test_a_sensitive_programme_is_told_as_one_figure_when_its_year_is_over():
    """Neither month nor list, neither rate nor measure: households and sum, from 1 January on."""
    care = {"programme": "disability_living", "programme_name": "残疾人两项补贴", "rate_text": "300元/月"}
    lists = [head(1, 100, 5, batch=f"c{at}", paid_on=date(2025, at, 5), **care) for at in (1, 2)]
    lists.append(head(1, 700, 9))
    known = {one.code: one for one in PACK.programmes}
    more = {"lists": lists, "cases": (), "households": lambda _: 6, "programmes": known}
    during = open_year(HERE, 2025, today=date(2025, 12, 31), **more)
    over = open_year(HERE, 2025, today=date(2026, 1, 1), **more)
    assert [one.programme for one in during.totals] == ["farmland_fertility"]
    assert [one.batch for one in over.lists] == [one.batch for one in during.lists] == ["b1"]
    row = over.totals[0]
    assert (row.programme, row.households, row.sum_fen) == ("disability_living", 6, 200)
    assert (row.rate_text, row.quantity, row.unit, row.batches) == ("", None, "", ())


def test_a_list_that_became_sensitive_is_so_in_every_edition():
    """What a later edition says of the programme holds for the figures of the one before it."""
    first, later = editions_of([dict.fromkeys(range(5), 1), dict.fromkeys(range(5), 1) | {0: 2}])
    secret = msgspec.structs.replace(later.head, terms=terms(sensitive=True))
    shown = told([first, msgspec.structs.replace(later, head=secret)])
    assert (shown.edition, shown.terms.sensitive) == (1, True)
