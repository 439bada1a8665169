"""The front page: which of all that hangs has a card, in which order, and what is told besides."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from boards.model.calendar.workdays import LastDay
from boards.model.payouts import Phase
from boards.pages import Pages
from boards.pages.payouts.home import MOST_HEROES, SOON, in_order, on_cards
from boards.sheets.views import HomeView, Posted
from tests.pages import land_sample as land
from tests.pages import views_sample as v
from tests.pages.reading import Reading

PAGES = Pages(v.ASSETS)
EMPTY = HomeView(showing=(), year=2026, programmes=1, applications=0, sum_fen=0, updated_at=None)


def case(number: int, days: int):
    """A land case whose one period ends in so many days."""
    until = LastDay(day=v.TODAY + timedelta(days=days))
    line = land.CASE_LINES[0]
    return replace(
        line, case_id=f"L{number}", project=f"{number}号工程", until=until, days_left=days, acts=()
    )


def payment(number: int, days: int, came: int = 40, paid: int = 30, phase: Phase = Phase.PAYMENT) -> Posted:
    """A list that hangs for so many days more, came and was paid so many days ago."""
    paid_on = v.TODAY - timedelta(days=paid) if phase is Phase.PAYMENT else None
    about = v.terms(f"p{number}", f"{number}号补贴", phase=phase, paid_on=paid_on)
    made = v.head(
        batch=f"b{number}",
        title=f"岭东村{number}号补贴公示表",
        terms=about,
        imported_on=v.TODAY - timedelta(days=came),
    )
    return v.posted(made, until=v.TODAY + timedelta(days=days))


def cards(view: HomeView) -> list[str]:
    """Batches and cases on the cards, first one first."""
    shown = on_cards(in_order(view, v.TODAY), v.TODAY)
    return [one.of.head.batch if isinstance(one.of, Posted) else one.of.case_id for one in shown]


def test_what_ends_soon_then_the_newest_payment_then_the_rest():
    """Within 14 days the soonest first, the fourteenth day included; then the last payment; then by their end."""
    showing = (payment(1, 300, paid=90), payment(2, 14), payment(3, 15, paid=60), payment(4, 400, paid=5))
    view = replace(EMPTY, showing=showing, cases=(case(1, 3), case(2, 200)))
    assert cards(view) == ["L1", "b2", "b4", "b3", "L2"]


def test_a_card_says_once_until_when_a_list_can_be_looked_up():
    """After the term a card has no tag: its sentence says the day, and nothing says it twice."""
    over = replace(payment(1, 300), posting=False)
    told = Reading(PAGES.home(v.frame("/", back=""), replace(EMPTY, showing=(over,)))).text
    assert told.count("本机可查到") == 1
    assert "正在公示" not in told
    running = replace(EMPTY, showing=(replace(over, posting=True),))
    assert "正在公示" in Reading(PAGES.home(v.frame("/", back=""), running)).text


def test_a_list_of_today_has_a_card_beside_many_land_cases():
    """Eight cases end this week and a payment came today: it has the last card, and is named beneath."""
    cases = tuple(case(number, number) for number in range(1, 9))
    view = replace(EMPTY, showing=(payment(1, 500, came=0, paid=200), payment(2, 480, paid=1)), cases=cases)
    assert cards(view) == ["L1", "L2", "L3", "L4", "b1"]
    told = "".join(Reading(PAGES.home(v.FRAME, view)).text.split())
    assert "第1件，共10件" in told
    assert "今天公布1号补贴公示表" in told


@settings(max_examples=60, deadline=None)
@given(
    ends=st.lists(st.integers(-5, 400), max_size=12),
    lands=st.lists(st.integers(-5, 400), max_size=12),
    came=st.lists(st.integers(0, 30), min_size=12, max_size=12),
    applied=st.lists(st.booleans(), min_size=12, max_size=12),
)
def test_the_newest_payment_and_all_that_is_new_are_there(ends, lands, came, applied):
    """However much hangs: at most five cards, soon ones by their end, the newest payment always, every list of today."""
    phases = [Phase.APPLICATION if one else Phase.PAYMENT for one in applied]
    shown = tuple(payment(n, days, came[n], came[n], phases[n]) for n, days in enumerate(ends))
    view = replace(EMPTY, showing=shown, cases=tuple(case(n, days) for n, days in enumerate(lands)))
    order = in_order(view, v.TODAY)
    assert len(order) == sum(days >= 0 for days in (*ends, *lands))
    soon = [one.ends for one in order if one.ends <= v.TODAY + SOON]
    assert [one.ends for one in order[: len(soon)]] == sorted(soon)
    on = cards(view)
    assert len(on) == min(MOST_HEROES, len(order))
    payments = [one for one in shown if one.open and one.head.terms.phase is Phase.PAYMENT]
    assert not payments or max(one.head.terms.paid_on for one in payments) in {
        one.head.terms.paid_on for one in payments if one.head.batch in on
    }
    page = PAGES.home(v.FRAME, view)
    new = [one.head.batch for one in shown if one.head.imported_on == v.TODAY]
    beneath = [batch for batch in new if [batch] != on[:1]]
    assert all(f"/payouts/{batch}" in page for batch in beneath[:3])
    assert (f"今天还公布了{len(beneath) - 3}份" in page) is (len(beneath) > 3)


def test_a_list_that_is_over_the_day_it_came_is_told_without_a_card():
    """A list paid long ago comes today: its names stay shut, and the front page says all the same that it came."""
    page = PAGES.home(v.FRAME, replace(EMPTY, showing=(payment(1, -3, came=0),)))
    told = "".join(Reading(page).text.split())
    assert "本机现在没有能查到的名单" in told
    assert "今天公布1号补贴公示表" in told
