"""Faults and habits of clerks over all layouts and formats: nothing wrong passes, nothing right waits."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.roster.county_faults import CHANGES
from tests.roster.county_spots import LAYOUTS
from tests.roster.sweep import swept

pytestmark = pytest.mark.thorough


@pytest.mark.parametrize("name", CHANGES)
@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 10**6), layout=st.sampled_from(LAYOUTS))
def test_a_change_is_judged_rightly(name, seed, layout):
    """A fault is told by its own code; a habit is read to the fen and accuses nobody."""
    assert swept([name], [layout], [seed])[1] == []


@pytest.mark.faults
def test_nothing_wrong_passes_and_nothing_right_waits():
    """More than 3,500 files, the same each time: none passed, none misread, no false alarm."""
    outcomes, wrong = swept(CHANGES, LAYOUTS, range(5))
    assert wrong == []
    assert sum(outcomes.values()) >= 3500
