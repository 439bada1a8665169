"""A clock nobody signs for: believed as far as it came day by day, and no further, whoever sets it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boards.model.calendar.civil_day import AHEAD, DARK, civil_day, trusted_today
from kiosk_server.desk.clock_walk import ClockWalk, walked

pytestmark = pytest.mark.thorough

FLOOR = datetime(2026, 9, 10, tzinfo=UTC)
DAY = timedelta(days=1)


class Machine:
    """A board over years: its clock, and how long it has been up."""

    def __init__(self, folder):
        self.folder, self.up, self.now = folder, 0.0, FLOOR
        self.started()

    def started(self):
        """The board begins to run."""
        self.walk = ClockWalk(self.folder, lambda: self.up)

    def runs(self, days):
        """It looks at its clock twice a day."""
        for _ in range(2 * days):
            self.now, self.up = self.now + DAY / 2, self.up + 43_200
            self.look()

    def look(self, now=None):
        """How far its clock has come."""
        return self.walk.seen(now or self.now, FLOOR)

    def believes(self, now):
        return not trusted_today(now, FLOOR, walked(self.folder))[1]


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


def test_three_quiet_years_end_no_trust(machine):
    """Up day and night, switched off over holidays, started again: a right clock stays right."""
    for days in (200, 1, 150, 300, 40, 400):
        machine.runs(days)
        machine.now += DARK - DAY  # dark
        machine.started()
        assert machine.believes(machine.now)
        machine.look()
    assert machine.now > FLOOR + 2.5 * AHEAD


def test_an_update_after_a_quiet_year_believes_its_clock(machine):
    """Nothing is noted yet, and the clock is not yet suspect: from there it goes on, without a new start."""
    machine.now = FLOOR + AHEAD - DAY
    machine.runs(60)
    assert machine.believes(machine.now)
    assert machine.now > FLOOR + AHEAD + DARK


def test_a_machine_dark_for_too_long_waits_for_the_county(machine):
    """Nobody saw the days between: it is suspect until something signed comes."""
    machine.runs(420)
    assert not machine.believes(machine.now + DARK + DAY)


@pytest.mark.parametrize("step", [timedelta(minutes=1), timedelta(hours=6), DARK])
def test_whoever_sets_the_clock_forward_bit_by_bit_comes_no_further(machine, step):
    """A minute a time or a month, a thousand times in an hour: what the run of the board may gain, no more."""
    machine.runs(3)
    now = FLOOR + AHEAD
    for _ in range(1000 if step > DAY / 8 else 60 * 24 * 40):
        machine.look(now)
        now += step
    assert walked(machine.folder) <= max(FLOOR + AHEAD, FLOOR + DARK + 4 * DAY)
    assert not machine.believes(FLOOR + AHEAD + DARK + DAY)


@given(st.integers(1, 900), st.lists(st.sampled_from([1970, 2000, 2020, 2038, 2099]), max_size=4))
def test_a_lost_battery_loses_no_day(tmp_path_factory, days, years):
    """A start at 1970 or 2099, before the network sets the clock: suspect then, and right again afterwards."""
    machine = Machine(tmp_path_factory.mktemp("walk"))
    machine.runs(days)
    for year in years:
        machine.started()
        wrong = datetime(year, 1, 1, tzinfo=UTC)
        machine.look(wrong)
        assert not machine.believes(wrong)
        machine.runs(1)
        assert machine.believes(machine.now)


def test_it_is_written_once_a_day(machine):
    """A card is not worn by it: the note changes with the civil day."""
    machine.look()
    machine.runs(1)
    noted = (machine.folder / "walked").read_text()
    machine.look(machine.now + timedelta(minutes=1))
    assert (machine.folder / "walked").read_text() == noted
    assert civil_day(walked(machine.folder)) == civil_day(machine.now)


def test_a_note_that_cannot_be_read_or_written_stops_nothing(tmp_path):
    """A spoilt note counts as none, a disk that cannot be written to costs the note."""
    (tmp_path / "walked").write_text("yesterday")
    assert walked(tmp_path) == datetime(1970, 1, 1, tzinfo=UTC)
    assert ClockWalk(tmp_path / "nowhere", lambda: 0.0).seen(FLOOR + DAY, FLOOR) == FLOOR + DAY
