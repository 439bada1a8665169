"""The rows of a year, made of a village's log (R9, R10): whatever its lists went through, equal to the fen."""

from datetime import date
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boards.model.batch_close import FEWEST
from boards.model.kept.annual import Annual
from boards.model.payouts import LeftOut, LeftOutReason, PayeeKind, Phase
from sync import wire
from sync.county.publish.year_rows import village_year
from sync.events import Events, PrivateNumberInFeed
from tests import village
from tests.village import mark, payout, terms

FAILED, COUNTY = LeftOutReason.FAILED, village.PACK
FEN = st.integers(0, 10**9)
LIST = st.fixed_dictionaries(
    {
        "programme": st.sampled_from(["farmland_fertility", "disability_living"]),
        "year": st.sampled_from([2025, 2025, 2024]),
        "phase": st.sampled_from([Phase.PAYMENT] * 3 + [Phase.APPLICATION]),
        "rows": st.lists(st.tuples(st.integers(1, 5), FEN, st.booleans()), min_size=1, max_size=4),
        "failed": st.none() | FEN,
        "late": st.booleans(),
        "then": st.sampled_from(["", "", "correct", "away", "gone"]),
    }
)


class Log(village.County):
    """A village's log as the county's own lines."""

    def lines(self):
        return [wire.line(leaf.head, leaf.body)[:-1] for leaf in self.leaves]


@pytest.mark.thorough
@settings(max_examples=150, deadline=None)
@given(st.lists(LIST, max_size=6), FEN)
def test_the_rows_of_a_year_are_its_lists_to_the_fen(lists, other):
    """R9, R10: corrected, withdrawn, failed, carried over, applied for; sums, households, people, dates, left out."""
    log, wanted, left, seen, carried = Log(), {}, {}, {}, {}
    for number, one in enumerate(lists):
        name = f"b{number}"
        rows = [
            payout(
                seq,
                f"户{who}",
                household=mark(who),
                amount_fen=fen,
                paid_on=date(2026, 1, 5) if own else None,
            )
            for seq, (who, fen, own) in enumerate(one["rows"], 1)
        ]
        about = {"programme": one["programme"], "fiscal_year": one["year"], "phase": one["phase"]}
        day = date(2026, 2, 1) if one["late"] else date(2025, 11, 20)
        about = terms(**about, programme_name=one["programme"], paid_on=day)
        parts = () if one["failed"] is None else (LeftOut(reason=FAILED, count=1, sum_fen=one["failed"]),)
        log.publish(name, *rows)
        log.close(name, terms=about, left_out=parts)
        if one["then"] == "correct":
            rows[0] = msgspec.structs.replace(rows[0], amount_fen=other)
            log.correct(name, rows[0])
        elif one["then"] == "away":
            log.withdraw(name, rows.pop(0).seq)
        elif one["then"] == "gone":
            log.withdraw(name, None)
        if one["then"] in {"correct", "away"}:
            log.close(name, edition=2, terms=about, left_out=parts)
        if one["then"] != "gone" and (one["phase"], one["year"]) == (Phase.PAYMENT, 2025):
            code = one["programme"]
            wanted.setdefault(code, []).append((name, 1 + (one["then"] in {"correct", "away"}), rows))
            left[code] = left.get(code, 0) + (one["failed"] or 0)
            seen.setdefault(code, set()).update(p.holder for p in rows)
            late = [p.amount_fen for p in rows if (p.paid_on or day).year > 2025]
            carried[code] = carried.get(code, 0) + sum(late)
    found = village_year(log.lines(), 2025, COUNTY)
    assert [row.programme for row in found.rows] == sorted(wanted)
    for one in found.rows:
        own = wanted[one.programme]
        assert one.sum_fen == sum(p.amount_fen for _, _, rows in own for p in rows)
        assert {(b.batch, b.edition): b.sum_fen for b in one.batches} == {
            (name, edition): sum(p.amount_fen for p in rows) for name, edition, rows in own
        }
        assert sum(part.sum_fen for part in one.left_out) == left[one.programme]
        assert one.households == len(seen[one.programme])
        told = one.programme == "disability_living" and len(seen[one.programme]) >= FEWEST
        assert one.people == (len(seen[one.programme]) if told else None)
        assert one.carried_fen == carried[one.programme]
        summed = found.quantities[one.programme]
        assert summed == Decimal("3.27") * sum(len(rows) for _, _, rows in own) or not any(
            rows for _, _, rows in own
        )
        assert one.quantity == (None if one.programme == "disability_living" else summed)


def rows_of(*lists):
    """The only row of a year with these lists of payouts."""
    log = Log()
    for number, some in enumerate(lists):
        log.batch(f"b{number}", *some)
    (found,) = village_year(log.lines(), 2025, COUNTY).rows
    return found


def test_a_household_is_one_over_all_lists_as_far_as_anybody_knows():
    """By the county's key; without one by group and name, and as the one key that this name has (settled §5)."""
    keyed, other = payout(1, "林一", household=mark(1)), payout(2, "林一", household=mark(2))
    bare, apart = payout(1, "林一", household=""), payout(2, "林一", household="", group="二组")
    assert rows_of([keyed], [keyed]).households == 1
    assert rows_of([keyed], [bare]).households == 1
    assert rows_of([keyed, other], [bare]).households == 3
    assert rows_of([bare, apart], [bare]).households == 2


def test_a_quantity_is_told_in_one_unit_only():
    """Acres and machines are not added up, and a line without a quantity leaves nobody knowing."""
    assert (rows_of([payout(1), payout(2)]).quantity, rows_of([payout(1)]).unit) == (Decimal("6.54"), "亩")
    assert rows_of([payout(1), payout(2, unit="台")]).quantity is None
    assert rows_of([payout(1), payout(2, quantity=None)]).quantity is None


def test_people_are_counted_where_persons_are_paid():
    """From three on; a list with an organisation on it names no person there."""
    about = terms(programme="disability_living", programme_name="残疾人两项补贴")
    log = Log()
    log.publish(
        "b1", payout(1, "林一", household=mark(1)), payout(2, "林一", household=mark(1), beneficiary="林二")
    )
    log.close("b1", terms=about)
    assert village_year(log.lines(), 2025, COUNTY).rows[0].people is None
    log.publish("b3", payout(1, "林一", household=mark(1), beneficiary="林三"))
    log.close("b3", terms=about)
    assert village_year(log.lines(), 2025, COUNTY).rows[0].people == 3
    log.publish("b2", payout(1, "合作社", kind=PayeeKind.ORGANISATION))
    log.close("b2", terms=about)
    assert village_year(log.lines(), 2025, COUNTY).rows[0].people is None


def test_two_rates_are_no_rate():
    """A standard is told where it holds for all lists."""
    log = Log()
    log.publish("b1", payout(1))
    log.close("b1", terms=terms(rate_text="1元/亩"))
    assert village_year(log.lines(), 2025, COUNTY).rows[0].rate_text == "1元/亩"
    log.publish("b2", payout(1))
    log.close("b2", terms=terms(rate_text="2元/亩"))
    assert village_year(log.lines(), 2025, COUNTY).rows[0].rate_text == ""


@pytest.mark.parametrize("told", [{"programme": "disability_living"}, {"sensitive": True}])
def test_of_a_sensitive_programme_neither_rate_nor_quantity_is_published(told):
    """By the pack's word or the list's own (`domain §1.6`); the county's books are still held to the quantity."""
    log = Log()
    log.publish("b1", payout(1), payout(2, "林二"))
    log.close("b1", terms=terms(rate_text="200元/人/月", **told))
    found = village_year(log.lines(), 2025, COUNTY)
    (row,) = found.rows
    assert (row.rate_text, row.quantity, row.unit) == ("", None, "")
    assert (row.households, row.sum_fen) == (2, 2 * 40868)
    assert found.quantities == {row.programme: Decimal("6.54")}


def test_the_phone_of_a_year_is_an_offices():
    """A mobile stands where the supervision phone does; anywhere else it is a person's, and nothing is written."""
    events = Events("330590-year-2025", village.CODE, "2025-12-12T02:00:00Z", lambda: village.SALT)
    mobile = "14000000001"
    told = Annual(
        village=village.CODE,
        year=2025,
        edition=1,
        rows=(),
        sum_fen=13_000_000_000,
        decided_on=date(2025, 12, 12),
    )
    assert events.year(msgspec.structs.replace(told, phone=mobile))
    with pytest.raises(PrivateNumberInFeed):
        events.year(msgspec.structs.replace(told, office=f"财政局 {mobile}"))
