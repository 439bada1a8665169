"""R1-R10 when a batch is proposed: each check that fails names itself and waits for a reason."""

import tempfile
from datetime import date
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boards.model.payouts import PayStatus
from sync.county.checks.publication import ReconciliationNotConfirmed
from sync.county.publish import publisher
from sync.county.publish.batch import Confirmed
from sync.county.publish.review_text import proposal_text
from tests.line.county_sim import NOW, batch, copied, county, reading, row

STOPPED = {"status": PayStatus.STOPPED, "status_text": "已停发", "amount_fen": 0}
ALIKE = {"holder": "甲某", "amount_fen": 42974}
FAULTS = {
    "R3": ([row(1, **ALIKE), row(2, **ALIKE)], {}),
    "R5": ([row(1), row(2, **STOPPED)], {}),
    "R10": ([row(1)], {"paid_on": "2019-05-01"}),
}


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    return county(tmp_path_factory.mktemp("reconciled") / "c")


@pytest.fixture
def own(empty, tmp_path):
    return copied(empty, tmp_path / "c")


@pytest.mark.parametrize("rule", FAULTS)
def test_a_check_that_fails_names_itself(own, rule):
    """Nothing is proposed until somebody writes why it may stand, by the rule's own name."""
    rows, values = FAULTS[rule]
    toml = batch(f"9-{rule}", **values)
    with pytest.raises(ReconciliationNotConfirmed, match=rule):
        publisher.propose(own, reading(rows), toml, NOW)
    said = msgspec.structs.replace(toml, confirmed=(Confirmed(code=rule, reason="已核实"),))
    made = publisher.propose(own, reading(rows), said, NOW)
    assert [one.code for one in made.findings] == [rule]
    assert f"提醒 {rule}" in proposal_text(made)


@pytest.mark.parametrize(
    ("silent", "told"),
    [((2, 4, 6, 8, 10), "第5、7、9、11、13行"), ((2, 3, 4, 5, 8, 9, 12), "第5至8、11至12、15行")],
)
def test_every_line_of_a_confirmed_warning_is_named(own, silent, told):
    """Stopped without a reason, in five lines or in many: whoever signs reads all their numbers."""
    rows = [row(n, **(STOPPED if n in silent else {})) for n in range(1, 14)]
    said = msgspec.structs.replace(batch("6"), confirmed=(Confirmed(code="R5", reason="已核实"),))
    (found,) = publisher.propose(own, reading(rows), said, NOW).findings
    assert told in found.message


def test_what_needs_a_registry_is_told_as_not_checked(own):
    """R4, R7 and R8: the reviewer reads that nobody looked (settled §31)."""
    made = publisher.propose(own, reading([row(1)]), batch("8"), NOW)
    assert made.unchecked == ("R4", "R7", "R8")
    assert "R4、R7、R8" in proposal_text(made)


@given(
    why=st.sampled_from([{"stop_reason": "户口迁出"}, {"remark": "已故"}, {"status_text": "因死亡停发"}]),
    funds=st.sampled_from(['"2024年结转资金"', '"上年结余"']),
)
@settings(max_examples=6, deadline=None)
def test_a_reason_and_a_carry_over_are_seen(empty, why, funds):
    """Stopped with a reason, paid in another year out of money carried over: nothing to ask."""
    rows = [row(1), row(2, **(STOPPED | why))]
    toml = batch("7", fiscal_year=2024, paid_on="2025-01-15", funds=funds)
    with tempfile.TemporaryDirectory() as folder:
        own = copied(empty, Path(folder) / "c")
        assert publisher.propose(own, reading(rows), toml, NOW).findings == ()


@given(year=st.integers(2000, 2024))
@settings(max_examples=10, deadline=None)
def test_a_line_of_another_year_is_seen(empty, year):
    """R10 for the day of one line, not only the batch's."""
    rows = [row(1), row(2, paid_on=date(year, 5, 1))]
    with pytest.raises(ReconciliationNotConfirmed, match="R10"):
        publisher.propose(empty, reading(rows), batch("6"), NOW)
