"""The rules of a village's year: who is counted, what was carried over, when it is due, what tells two papers apart."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from boards.model.payouts import PayeeKind
from boards.sheets.year import (
    awaited,
    days_left,
    people_named,
    reminded,
    so_far_digest,
    state_told,
    year_rows,
    year_sheet,
)
from tests.pages import views_sample as v
from tests.sheets.test_sheets_payout_sheet import head
from tests.village import mark, payout

VILLAGE = v.VILLAGE


def test_fewer_than_three_persons_are_not_counted():
    """Two whom a payment is for: not told. Three: told. A person on two lists is one."""
    two = [payout(n, "林秋实", beneficiary=f"周{n}", household=mark(1)) for n in (1, 2)]
    assert people_named(two) is None
    three = [*two, payout(3, "林秋实", household=mark(1))]
    assert people_named(three) == 3
    assert people_named([*three, *two]) == 3


def test_where_a_line_names_no_person_nobody_is_counted():
    """A cooperative among the persons: how many live from it no list says."""
    firm = payout(9, "岭东合作社", kind=PayeeKind.ORGANISATION, household="")
    assert people_named([payout(n, f"林{n}") for n in range(1, 9)]) == 8
    assert people_named([*(payout(n, f"林{n}") for n in range(1, 9)), firm]) is None


def test_two_of_one_name_are_two_persons():
    """The same name in two households, with letters of the county or without."""
    same = [payout(n, f"户主{n}", beneficiary="周小明", household=mark(n)) for n in range(1, 4)]
    assert people_named(same) == 3
    assert people_named([replace(one, household="") for one in same]) == 3


def test_only_what_was_paid_after_the_year_is_carried_over():
    """31 December counts in its year, 1 January is carried over, and so is nothing that was paid before it."""
    days = {date(2024, 12, 31): 0, date(2025, 12, 31): 0, date(2026, 1, 1): 100}
    for day, fen in days.items():
        one = head("b1", "亩", "1", 100)
        (row,) = year_rows([replace(one, terms=replace(one.terms, paid_on=day))], len)
        assert (row.sum_fen, row.carried_fen) == (100, fen)


def test_the_days_of_a_year():
    """Reminded from 1 December on; the last day is no late one; on the wall to the end of March."""
    assert reminded(2026, date(2026, 11, 30)) is None
    assert reminded(2026, date(2026, 12, 1)) == 30
    assert (days_left(2026, date(2026, 12, 31)), days_left(2026, date(2027, 1, 1))) == (0, -1)
    assert [
        awaited(2026, day)
        for day in (date(2026, 11, 30), date(2026, 12, 1), date(2027, 3, 31), date(2027, 4, 1))
    ] == [False, True, True, False]


def made(heads, settled=None, today=date(2025, 12, 5)):
    rows = year_rows(heads, len)
    return year_sheet(VILLAGE, 2025, tuple(heads), rows, settled, today=today, office="x", phone="")


@given(st.permutations([head(f"b{n}", "亩", "1", n) for n in range(1, 5)]))
def test_the_digest_of_a_sum_is_that_of_its_lists(heads):
    """Whatever their order and on whatever day; another edition, or one list fewer, has another."""
    first = made(heads)
    assert made(sorted(heads, key=lambda one: one.batch), today=date(2025, 12, 9)).digest == first.digest
    corrected = [replace(heads[0], edition=2, digest="1" * 64), *heads[1:]]
    digests = {first.digest, so_far_digest(VILLAGE, 2025, corrected), made(heads[1:]).digest}
    assert len(digests | {so_far_digest(VILLAGE, 2024, heads)}) == 4


def test_a_year_is_the_county_s_only_while_its_figures_hold():
    """Rows, sum, day and numbers are the county's, else those of the lists; the decision stays beside them."""
    heads = [head("b1", "亩", "3.5", 100)]
    settled = made(heads, v.SETTLED)
    assert (settled.sum_fen, settled.listed_fen, settled.edition) == (22483391, 100, 1)
    assert (settled.stamp, settled.as_of) == (v.SETTLED.code, date(2026, 12, 20))
    assert state_told(settled) == "已由县里核定（第1版，2026年12月20日）"
    for became in ({"overtaken": True}, {"differs": True}):
        again = made(heads, replace(v.SETTLED, **became))
        assert (again.sum_fen, again.code, again.edition, again.holds) == (100, "", 0, False)
        assert again.rows[0].quantity == Decimal("3.5")
        assert state_told(again) == "截至2025年12月5日"
