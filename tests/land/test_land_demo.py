"""The demo's land case: open on any founding day, sound by the county's own check, in the whole line."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boards.model.windows import workdays_of
from boards.sheets.land.case import case_view
from kiosk_server.demo import land_case as demo_land
from sync.county.land.case_json import read_case
from sync.county.land.check import checked
from sync.county.land.notice_of_stage import notices_of
from sync.county.reading import Verdict
from sync.pack import read_pack
from tests.land.land_house import DEMO, RULES, hung_from, village_of

pytestmark = pytest.mark.thorough

TEMPLATE = DEMO / "land"
PACK = read_pack(DEMO / "pack")
CALENDAR = workdays_of(PACK)


def found_on(day: date):
    """The case as `kiosk demo` writes it on a day, and its texts."""
    days = demo_land.days_of((TEMPLATE / "days.toml").read_text("utf-8"), day, CALENDAR)
    texts = {path.name: demo_land.dated(path.read_text("utf-8"), days) for path in TEMPLATE.glob("*.txt")}
    case = demo_land.dated((TEMPLATE / "case.json").read_text("utf-8"), days)
    return read_case(case.encode()), texts


@settings(max_examples=40)
@given(st.dates(date(2024, 4, 1), date(2029, 12, 31)))
def test_the_case_is_sound_and_open_whatever_the_day(day):
    """Founded on any day the case passes the county's check, its plan hangs, and people can still act."""
    read, texts = found_on(day)
    report = checked(read, CALENDAR, PACK.villages, texts)
    assert report.verdict is Verdict.OK, report
    assert not any("{" in text for text in texts.values())
    notices = [notice for _, notice in notices_of(read.case, PACK.villages, texts)]
    village = village_of("330590100201")
    view = case_view(hung_from(notices), village, day, CALENDAR, RULES)
    assert view.now.days_left is not None
    assert view.now.days_left > 0
    assert {act.act.value for act in view.now.acts} == {"object", "hearing", "register"}
    assert view.own


def test_the_days_are_counted_once(tmp_path):
    """A second run finds the case as the first one wrote it, though it is another day."""
    from tests.founding import found  # noqa: PLC0415

    county = found(tmp_path / "county", DEMO / "pack", "", datetime(2026, 11, 23, 1, 0, tzinfo=UTC))
    assert demo_land.founding_day(county) == date(2026, 11, 23)
    case = demo_land.dated_case(TEMPLATE, tmp_path / "land", county, date(2026, 11, 23))
    before = {path.name: path.read_bytes() for path in case.parent.iterdir()}
    assert demo_land.dated_case(TEMPLATE, tmp_path / "land", county, date(2026, 12, 1)) == case
    assert {path.name: path.read_bytes() for path in case.parent.iterdir()} == before


def test_a_second_publication_does_nothing(tmp_path):
    """What is published stays as it is, file by file; the demo says nothing more of it."""
    from tests.founding import found  # noqa: PLC0415

    now = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    county = found(tmp_path / "county", DEMO / "pack", "", now)
    case = demo_land.dated_case(TEMPLATE, tmp_path / "land", county, date(2026, 11, 23))
    said: list[str] = []
    demo_land.published_case(county, case, now, said.append)
    assert len(said) == 4

    def state() -> dict[Path, tuple[int, int]]:
        files = (path for path in tmp_path.rglob("*") if path.is_file())
        return {path: (path.stat().st_size, path.stat().st_mtime_ns) for path in files}

    before = state()
    demo_land.published_case(county, case, now + timedelta(days=3), said.append)
    assert len(said) == 4
    assert state() == before


@pytest.mark.parametrize("rule", ["plan + ten working", "nothing + 1 days", "founding"])
def test_a_day_that_is_not_understood_is_named(rule):
    """A wrong line of days.toml is refused with the line itself."""
    with pytest.raises(demo_land.DemoDayUnknown, match=rule.replace("+", r"\+")):
        demo_land.days_of(f'day = "{rule}"', date(2026, 11, 23), CALENDAR)
    with pytest.raises(demo_land.DemoDayUnknown):
        demo_land.dated("{nothing.said}", {})
