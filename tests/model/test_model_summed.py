"""What the lists of a year add up to (R9), by vectors and by properties."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boards.model.kept.summed import YearList, summed
from boards.model.payouts import LeftOut, LeftOutReason, Phase
from tests.village import terms

PARTS = st.lists(
    st.builds(
        LeftOut,
        reason=st.sampled_from(LeftOutReason),
        count=st.integers(1, 9),
        sum_fen=st.integers(0, 10**9),
    ),
    max_size=3,
    unique_by=lambda part: part.reason,
).map(tuple)


def of(batch, fen, left=(), **more):
    """One list of a year."""
    return YearList(batch=batch, edition=1, terms=terms(**more), count=1, sum_fen=fen, left_out=tuple(left))


@st.composite
def lists(draw):
    """Some lists of two programmes and years, paid or applied for."""
    return [
        of(
            f"b{n}",
            draw(st.integers(0, 10**11)),
            draw(PARTS),
            programme=draw(st.sampled_from(["rice", "wood"])),
            fiscal_year=draw(st.sampled_from([2024, 2025])),
            phase=draw(st.sampled_from(Phase)),
            paid_on=draw(st.dates(date(2025, 1, 1), date(2026, 6, 1))),
        )
        for n in range(draw(st.integers(0, 6)))
    ]


def parts(reason, *figures):
    return LeftOut(reason=reason, count=figures[0], sum_fen=figures[1])


@pytest.mark.thorough
@given(lists())
def test_a_programme_is_the_sum_of_its_payment_lists(some):
    """To the fen, each list once, in the order of payment; what others left out by reason."""
    mine = [one for one in some if one.terms.phase is Phase.PAYMENT and one.terms.fiscal_year == 2025]
    found = summed(some, 2025)
    assert list(found) == sorted({one.terms.programme for one in mine})
    for code, row in found.items():
        own = [one for one in mine if one.terms.programme == code]
        assert row.sum_fen == sum(one.sum_fen for one in own)
        assert sorted(one.batch for one in row.batches) == sorted(one.batch for one in own)
        assert all(a.paid_on <= b.paid_on for a, b in pairwise(row.batches))
        assert row.made_good_fen == 0
        for reason in LeftOutReason:
            same = [part for one in own for part in one.left_out if part.reason is reason]
            told = [part for part in row.left_out if part.reason is reason]
            assert sum(part.sum_fen for part in told) == sum(part.sum_fen for part in same)
            assert sum(part.count for part in told) == sum(part.count for part in same)


@pytest.mark.thorough
@given(lists(), st.sets(st.sampled_from([f"b{n}" for n in range(6)])))
def test_paying_again_takes_as_much_from_what_failed(some, good):
    """No fen more, no fen less; what goes beyond everything that failed is told."""
    mine = [one for one in some if one.terms.phase is Phase.PAYMENT and one.terms.fiscal_year == 2025]
    for code, row in summed(some, 2025, frozenset(good)).items():
        own = [one for one in mine if one.terms.programme == code]
        failed = sum(unpaid(one) for one in own if one.batch not in good)
        again = [one for one in own if one.batch in good]
        left = failed - sum(one.sum_fen for one in again)
        meant = left >= 0 and all(one.sum_fen + unpaid(one) <= failed for one in again)
        assert row.sum_fen == sum(one.sum_fen for one in own)
        assert (row.made_good_fen == 0) is meant
        assert unpaid(row) == max(left, 0)
        whole = sum(part.sum_fen for one in own for part in one.left_out) - sum(map(unpaid, own))
        assert sum(part.sum_fen for part in row.left_out) == whole + max(left, 0)
        assert all(part.count > 0 for part in row.left_out)


def unpaid(one):
    """What failed or came back."""
    tried = {LeftOutReason.FAILED, LeftOutReason.RETURNED}
    return sum(part.sum_fen for part in one.left_out if part.reason in tried)


def test_what_fails_once_more_is_one_debt():
    """70 failed; 40 of it was paid and 30 failed again: 30 is open, and nothing once the third list paid it."""
    some = [
        of("b1", 500, [parts(LeftOutReason.FAILED, 2, 70)], paid_on=date(2025, 9, 1)),
        of("b2", 40, [parts(LeftOutReason.RETURNED, 1, 30)], paid_on=date(2025, 10, 1)),
    ]
    row = summed(some, 2025, frozenset({"b2"}))["farmland_fertility"]
    assert (row.left_out, row.made_good_fen) == ((parts(LeftOutReason.FAILED, 1, 30),), 0)
    some.append(of("b3", 30, paid_on=date(2025, 11, 1)))
    row = summed(some, 2025, frozenset({"b2", "b3"}))["farmland_fertility"]
    assert (row.left_out, row.made_good_fen) == ((), 0)


def test_a_list_that_tried_more_than_had_failed_pays_others_besides():
    """70 failed, 90 was tried: what failed there is not only the old debt, and the list cannot be named."""
    some = [
        of("b1", 500, [parts(LeftOutReason.FAILED, 2, 70)]),
        of("b2", 40, [parts(LeftOutReason.FAILED, 1, 50)]),
    ]
    assert summed(some, 2025, frozenset({"b2"}))["farmland_fertility"].made_good_fen == 20


def test_what_was_applied_for_never_counts():
    """申报公示 is no payment, whatever it says."""
    assert summed([of("b1", 500, phase=Phase.APPLICATION)], 2025) == {}


def test_only_what_failed_is_made_good():
    """First what failed, then what came back; who was stopped or is not listed stays."""
    failed, back = LeftOutReason.FAILED, LeftOutReason.RETURNED
    left = [parts(failed, 2, 700), parts(back, 1, 300), parts(LeftOutReason.STOPPED, 1, 900)]
    some = [of("b1", 500, left), of("b2", 800)]
    row = summed(some, 2025, frozenset({"b2"}))["farmland_fertility"]
    assert row.left_out == (parts(back, 1, 200), parts(LeftOutReason.STOPPED, 1, 900))
    assert (
        summed([*some, of("b3", 300)], 2025, frozenset({"b2", "b3"}))["farmland_fertility"].made_good_fen
        == 100
    )


def test_paying_again_partly_leaves_at_least_one_open():
    """Two had failed, one was paid again."""
    some = [of("b1", 500, [parts(LeftOutReason.FAILED, 2, 700)]), of("b2", 300)]
    row = summed(some, 2025, frozenset({"b2"}))["farmland_fertility"]
    assert row.left_out == (parts(LeftOutReason.FAILED, 1, 400),)
