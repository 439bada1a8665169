"""`kiosk loudspeaker`: the file an official takes to the village's loudspeaker."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from boards.model.calendar.civil_day import civil_day
from tests.cli.conftest import typed
from tests.voice.hearing import loud, seconds

pytestmark = pytest.mark.thorough


def test_the_week_becomes_a_file_that_can_be_played(place):
    """One command writes an mp3 of some length with a voice in it, whole or not at all, over last week's."""
    Path("大喇叭.mp3").write_bytes(b"last week")
    done = typed(["kiosk", "loudspeaker", "--to", "大喇叭.mp3"])
    assert (done.exit_code, done.output) == (0, "✓ 大喇叭：最近七天 2 项，大喇叭.mp3\n")
    audio = Path("大喇叭.mp3").read_bytes()
    assert 20 < seconds(audio) <= 180
    assert loud(audio) > 0.2
    assert not list(Path("data/press").rglob("*.mp3"))


def test_who_reads_out_gets_the_words(place):
    """`.txt` is what the mp3 says, also on a machine without a voice; another day has another week."""
    today = civil_day(datetime.now(UTC))
    for days, told in ((0, "有两项"), (30, "没有新公开"), (-30, "没有新公开")):
        day = (today - timedelta(days=days)).isoformat()
        done = typed(
            ["kiosk", "loudspeaker", "--to", "week.txt", "--village", "330590100201", "--as-of", day]
        )
        assert done.exit_code == 0, done.output
        said = Path("week.txt").read_text("utf-8")
        assert said.startswith("岭东村村务公开，这一周")
        assert told in said


def test_after_a_quiet_year_nothing_old_is_called_out_as_new(place, monkeypatch):
    """A clock that came there day by day is believed, as the board believes it: its week has nothing new."""
    later = datetime.now(UTC) + timedelta(days=430)
    Path("data/walked").write_text(later.isoformat(), "utf-8")
    monkeypatch.setattr("kiosk_server.cli.kiosk.loudspeaker.clock", lambda: later)
    assert typed(["kiosk", "loudspeaker", "--to", "week.txt"]).exit_code == 0
    assert "没有新公开" in Path("week.txt").read_text("utf-8")


@pytest.mark.parametrize(("words", "told"), [([], True), (["--as-of", "2026-11-20"], False)])
def test_a_suspect_clock_is_told(place, monkeypatch, words, told):
    """Whoever takes the file to the loudspeaker hears by which day it goes, unless he named the day."""
    monkeypatch.setattr("kiosk_server.cli.kiosk.loudspeaker.clock", lambda: datetime(2099, 1, 1, tzinfo=UTC))
    done = typed(["kiosk", "loudspeaker", "--to", "week.txt", *words])
    assert (done.exit_code, "时钟可疑" in done.stderr) == (0, told)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--to", "week.mp3", "--village", "330590100299"], "village-not-in-pack"),
        (["--to", "week.mp3", "--as-of", "昨天"], "mistyped"),
        (["--to", "nowhere/week.txt"], "report-not-written"),
        ([], "mistyped"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(place, words, code):
    """An unknown village, a day that is none, a folder that is not there: exit code 2, and no file."""
    done = typed(["kiosk", "loudspeaker", *words])
    assert done.exit_code == 2
    assert code in done.output
    assert not list(Path().glob("week*"))


def test_without_a_voice_it_says_so(place, monkeypatch, tmp_path):
    """A machine without espeak-ng refuses with advice, and last week's file stays as it was."""
    monkeypatch.setenv("PATH", str(tmp_path))
    Path("week.mp3").write_bytes(b"last week")
    done = typed(["kiosk", "loudspeaker", "--to", "week.mp3"])
    assert done.exit_code == 2
    assert "speech-missing" in done.output
    assert Path("week.mp3").read_bytes() == b"last week"
