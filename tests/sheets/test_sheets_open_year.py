"""What open data tells of a list and its editions: no two figures that differ by fewer than three households."""

from datetime import date
from decimal import Decimal
from itertools import combinations

import msgspec
import pytest
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


P = 2**61 - 1


def rank(rows: list[list[int]]) -> int:
    """Of whole numbers, counted in a large prime field."""
    rows, found = [list(row) for row in rows], 0
    for column in range(len(rows[0]) if rows else 0):
        at = next((n for n in range(found, len(rows)) if rows[n][column] % P), None)
        if at is None:
            continue
        rows[found], rows[at] = rows[at], rows[found]
        by = pow(rows[found][column], -1, P)
        for n in range(found + 1, len(rows)):
            less = rows[n][column] * by
            rows[n] = [(one - less * over) % P for one, over in zip(rows[n], rows[found], strict=True)]
        found += 1
    return found


def alone(figures: list[dict[int, int]]) -> set[tuple[int, ...]]:
    """Whom an attacker can single out: one or two households of whom alone some sum of the figures is.

    What a household brings is unknown to them; that it stayed the same they may know.
    """
    facts = sorted({(one, value) for figure in figures for one, value in figure.items() if value})
    matrix = [[int(figure.get(one) == value) for one, value in facts] for figure in figures]
    every = sorted({one for one, _ in facts})
    found = set()
    for few in [(one,) for one in every] + [*combinations(every, 2)]:
        others = [
            [cell for cell, (one, _) in zip(row, facts, strict=True) if one not in few] for row in matrix
        ]
        if rank(others) < rank(matrix):
            found.add(few)
    return found


@pytest.mark.thorough
@given(st.lists(amounts, min_size=1, max_size=6))
def test_no_sum_of_all_editions_told_is_of_one_or_two_households(lists):
    """Whoever keeps every state of the data, and adds and subtracts as they like, singles out nobody."""
    seen = {}
    for upto in range(1, len(lists) + 1):
        shown = told(editions_of(lists[:upto]))
        if shown is not None:
            seen[shown.edition] = lists[shown.edition - 1]
    assert all(len(one) >= 3 for one in seen.values())
    assert not alone([*seen.values()])
    assert not alone([dict.fromkeys(one, 1) for one in seen.values()])


def test_four_editions_that_differ_by_three_each_can_give_away_one():
    """Each pair of them differs by three households or more; two less the two others are twice one household's change."""
    first = {one: one for one in range(1, 7)}
    second, third = first | {1: 11, 2: 12, 3: 13}, first | {1: 11, 2: 12, 4: 14, 5: 15, 6: 16}
    fourth = first | {3: 13, 4: 14, 5: 15, 6: 16}
    assert (3,) in alone([first, second, third, fourth])
    assert told(editions_of([first, second, third, fourth])).edition == 3


def test_two_households_whose_shares_changed_otherwise_are_no_group():
    """Nobody is alone in what the third tells beside the second, but two are."""
    first = {one: one for one in range(1, 9)}
    second = first | {1: 11, 2: 12, 3: 13, 4: 14}
    third = second | {4: 24, 5: 25}
    assert alone([first, second, third]) == {(4, 5)}
    assert told(editions_of([first, second, third])).edition == 2


def test_each_figure_is_judged_by_itself():
    """Three households' amounts and one household's area: the areas would give it away."""
    first, later = editions_of([dict.fromkeys(range(1, 7), 100), dict.fromkeys(range(1, 7), 90)])

    def with_area(edition: Edition, areas: list[str]) -> Edition:
        shares = {
            family: ((fen, Decimal(area)),)
            for (family, ((fen, _),)), area in zip(edition.shares.items(), areas, strict=True)
        }
        quantity = sum(map(Decimal, areas), Decimal(0))
        return Edition(
            head=msgspec.structs.replace(edition.head, quantity=quantity, unit="亩"), shares=shares
        )

    before = with_area(first, ["1"] * 6)
    assert told([before, with_area(later, ["2"] + ["1"] * 5)]).edition == 1
    assert told([before, with_area(later, ["2"] * 3 + ["1"] * 3)]).edition == 2


def test_a_new_spelling_is_no_other_household():
    """Two names mended and one amount changed are one household's change, with the county's marks and without."""
    for mark in ("m", ""):

        def edition(number: int, of: dict[str, int], mark: str = mark) -> Edition:
            about = head(number, sum(of.values()), len(of))
            shares = {
                (f"{mark}{at}" if mark else "", name, "一组"): ((fen, None),)
                for at, (name, fen) in enumerate(of.items())
            }
            return Edition(head=about, shares=shares)

        first = edition(1, {"林秋实": 10, "王芳": 20, "张伟": 30, "贾平": 40})
        assert told([first, edition(2, {"林秋石": 10, "王方": 20, "张伟": 31, "贾平": 40})]).edition == 1
        assert told([first, edition(2, {"林秋实": 11, "王芳": 21, "张伟": 31, "贾平": 40})]).edition == 2


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


def test_what_was_told_before_a_row_was_erased_still_counts():
    """The third edition differs from the first by three, from the second by the erased one: it is not told."""
    first = dict.fromkeys(range(1, 7), 100)
    second = first | {1: 90, 2: 80, 3: 70}
    one, two, three = editions_of([first, second, second | {1: 95}])
    assert told([one, two]).edition == 2
    shares = {family: share for family, share in two.shares.items() if family[0] != "m1"}
    assert told([one, Edition(head=two.head, shares=shares, whole=False), three]).edition == 1


def test_of_an_edition_that_lost_its_rows_nothing_is_told():
    """Two rows are left of it: whether it was ever of three households nobody knows."""
    one, two = editions_of([dict.fromkeys(range(1, 3), 100), dict.fromkeys(range(1, 7), 100)])
    assert told([msgspec.structs.replace(one, whole=False), two]) is None


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
