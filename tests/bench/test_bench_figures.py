"""How a benchmark is judged."""

from hypothesis import given
from hypothesis import strategies as st

from sync.county.intake.check import read_roster
from tests.bench.bench_checks import ADDED, without
from tests.bench.figures import Figure, three_runs
from tests.roster.county_files import VILLAGES, Page, as_xlsx
from tests.roster.people_faults import card


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


def test_what_is_left_out_of_a_benchmark_is_a_check():
    """A card of two people and 取消 in a remark are found with the checks that are timed, and not without."""
    rows = [[n, f"王{n}小", card(min(n, 5)), n * 10, "取消" if n == 3 else ""] for n in range(1, 7)]
    page = Page("岭东村", [["2025年补贴清册"], ["序号", "姓名", "银行卡号", "金额", "备注"], *rows])
    found = lambda: {one.code for one in read_roster("x", as_xlsx([page]), VILLAGES).findings}  # noqa: E731
    assert found() >= {"ACCOUNT_OF_SEVERAL", "EXCLUDED_BY_WORDS"}
    with without(ADDED):
        assert not found() & {"ACCOUNT_OF_SEVERAL", "EXCLUDED_BY_WORDS"}
