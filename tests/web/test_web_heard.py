"""A silent county line: what the board says of the age of its data."""

import asyncio
import os
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from types import SimpleNamespace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boards.model.calendar.civil_day import SILENT_DAYS, civil_day, silent
from kiosk_server.archive.board import Board
from kiosk_server.desk.last_contact import Heard, note_heard
from kiosk_server.web.app import web_app
from kiosk_server.web.logbook import Logbook
from tests.village import CODE, MASK, PACK
from tests.web.conftest import serve  # noqa: F401 - a fixture
from tests.web.test_web_pages import SETTINGS, Clock, Drawn, filled

pytestmark = pytest.mark.thorough

INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
SILENCE = "好几天没有收到县里的消息了"


@given(INSTANTS, st.integers(-5, 400))
def test_silence_begins_on_the_fourth_day(heard, days):
    """Three civil days without the county are nothing to tell, four are; a county never noted is no silence."""
    assert silent(heard, civil_day(heard) + timedelta(days=days)) is (days > SILENT_DAYS)
    assert not silent(None, civil_day(heard))


@given(INSTANTS)
def test_the_note_is_read_as_it_was_written(tmp_path_factory, instant):
    """To the second, and anew when it was written anew."""
    folder = tmp_path_factory.mktemp("heard")
    heard = Heard(folder)
    assert heard.at() is None
    note_heard(folder, instant)
    assert heard.at() == instant.replace(microsecond=0)
    note_heard(folder, instant + timedelta(days=1))
    os.utime(folder / "heard", ns=(1, 1))  # two notes within one tick of the disk's clock
    assert heard.at() == instant.replace(microsecond=0) + timedelta(days=1)


def test_a_note_that_cannot_be_written_or_read_stops_nothing(tmp_path):
    """A full disk costs the note; a spoilt note counts as none."""
    note_heard(tmp_path / "missing", datetime(2026, 11, 20, tzinfo=UTC))
    (tmp_path / "heard").write_text("yesterday")
    assert Heard(tmp_path).at() is None


@pytest.fixture
def place(tmp_path, serve):  # noqa: F811
    asyncio.run(filled(tmp_path / "a.sqlite3"))
    clock, board = Clock(), Board(tmp_path / "a.sqlite3", MASK)
    settings = msgspec.structs.replace(SETTINGS, data_dir=str(tmp_path))
    parts = SimpleNamespace(settings=settings, pack=PACK, board=board, press=Drawn(tmp_path), clock=clock)
    yield SimpleNamespace(
        site=serve(lambda port: web_app(parts, port, Logbook(StringIO(), clock))),
        folder=tmp_path,
        clock=clock,
    )
    board.close()


def test_the_board_says_when_the_county_was_last_heard(place):
    """数据截至 follows every pull, also one that brings nothing; after four silent days every page says so."""
    home = f"/v/{CODE}/"
    assert "数据截至：10月1日10:00" in place.site.get(home).body.decode()
    note_heard(place.folder, datetime(2026, 11, 22, 23, 5, tzinfo=UTC))
    asyncio.run(asyncio.sleep(0.03))
    told = place.site.get(home).body.decode()
    assert "数据截至：今天07:05" in told
    assert SILENCE not in told
    for day, says in ((date(2026, 11, 26), False), (date(2026, 11, 27), True)):
        place.clock.now = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
        asyncio.run(asyncio.sleep(0.03))
        for path in ("", "find", "programmes"):
            assert (SILENCE in place.site.get(home + path).body.decode()) is says
