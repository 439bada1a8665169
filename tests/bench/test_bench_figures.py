"""How a benchmark is judged."""

from hypothesis import given
from hypothesis import strategies as st

from tests.bench.figures import Figure, three_runs


@given(st.lists(st.floats(0.01, 100), min_size=3, max_size=3), st.floats(0.01, 100), st.booleans())
def test_the_median_of_three_runs_is_judged(values, target, at_least):
    """One lucky or one disturbed run changes no verdict; all three values are shown."""
    runs = iter(values)
    ((figure, shown),) = three_runs(lambda: [Figure("a page", next(runs), target, at_least=at_least)])
    middle = sorted(values)[1]
    assert (figure.value, shown) == (middle, values)
    assert figure.holds == (middle >= target if at_least else middle <= target)
    assert ("MISSED" in figure.line(shown)) != figure.holds


def test_a_figure_without_a_target_only_informs():
    """It is never missed, and says nothing of a target."""
    figure = Figure("fonts cold, s", 9.5)
    assert figure.holds
    assert "MISSED" not in figure.line([9.5, 9.5, 9.5])
