"""What nobody foresaw leaves a report in the data folder: places in the code, and nothing of anybody."""

import json
import re
from datetime import UTC, datetime
from io import StringIO
from types import SimpleNamespace

import msgspec
import pytest
from click.testing import CliRunner

from kiosk_server.archive.board import Board
from kiosk_server.cli import kiosk_command as kiosk
from kiosk_server.crashes import MOST, kept, reports
from kiosk_server.settings import read_settings
from kiosk_server.web.app import web_app
from kiosk_server.web.logbook import Logbook
from tests.village import CODE, MASK, PACK
from tests.web.test_web_commands import home  # noqa: F401 - a fixture
from tests.web.test_web_finding import HERE, SETTINGS, filled

pytestmark = [pytest.mark.thorough, pytest.mark.anyio]
AT = datetime(2026, 11, 23, 4, tzinfo=UTC)
QUOTED = "张三丰 990523195803120019"
PRIVATE = re.compile(r"张三|\d{15}|\d{11}(?!\d)")


def broken(depth=0):
    """An error that quotes a person, behind another one, from a place of its own."""
    person = QUOTED
    try:
        if depth:
            return broken(depth - 1)
        try:
            int(person)
        except ValueError as error:
            raise KeyError(person) from error
    except KeyError as error:
        return error


def test_a_report_has_places_and_kinds_and_nobody(tmp_path):
    """Release, command, kinds of both errors and where; the message, the values and the folders above are not in it."""
    path = kept(tmp_path / "crashes", broken(), "kiosk rebuild", AT)
    text = path.read_text("utf-8")
    assert "village-kiosk" in text
    assert "kiosk rebuild" in text
    assert "builtins.KeyError" in text
    assert "builtins.ValueError" in text
    assert re.search(r"  \S+/web/test_web_crashes.py:\d+ broken", text)
    assert not PRIVATE.search(text.replace("2026-11-23", ""))
    assert str(tmp_path) not in text


def test_twenty_reports_are_kept_and_the_oldest_leaves(tmp_path):
    """However many kinds of mistakes, whatever the clock says; the same one of a day is written once."""
    for number in range(MOST + 5):
        at = AT.replace(year=2026 - number)
        first = kept(tmp_path, broken(), f"kiosk sync {number}", at)
        assert kept(tmp_path, broken(), f"kiosk sync {number}", at) == first
    there = reports(tmp_path)
    assert len(there) == MOST
    assert [int(one.name[:6]) for one in there] == list(range(6, MOST + 6))
    assert kept(tmp_path, broken(), "kiosk sync 24", AT) not in there, "another day is another report"


def test_a_report_that_cannot_be_written_hides_nothing(tmp_path):
    """No folder, or a file in its place: no report, and no second error."""
    (tmp_path / "crashes").write_text("")
    assert kept(tmp_path / "crashes", broken(), "kiosk sync", AT) is None
    assert kept(tmp_path / "gone" / "crashes", broken(), "kiosk sync", AT) is None


async def test_a_page_that_breaks_leaves_a_report(tmp_path, serve):
    """Status 500 and a calm page; log and report name the route, never the address, its query or what broke."""
    await filled(tmp_path / "a.sqlite3")
    board, log, folder = Board(tmp_path / "a.sqlite3", MASK), StringIO(), tmp_path / "crashes"

    def breaks(*_):
        raise broken()

    press = SimpleNamespace(can_speak=False, rare_folder=tmp_path)
    parts = SimpleNamespace(settings=SETTINGS, pack=PACK, board=board, press=press, clock=lambda: AT)
    site = serve(lambda port: web_app(parts, port, Logbook(log, parts.clock, folder)))
    board.people = breaks
    for written in (True, False):
        log.truncate(0)
        got = site.get(f"{HERE}/find/%E5%BC%A0%E4%B8%89?q=990523195803120019")
        assert got.status == 500
        assert "server-broke" in got.body.decode()
        assert "/find/{surname" in log.getvalue()
        told = [json.loads(line) for line in log.getvalue().strip("\0\n").splitlines() if "broke" in line]
        assert [bool(one.get("report")) for one in told if one["event"] == "broke"] == [written]
        if written:
            (path,) = reports(folder)
            assert path.name in log.getvalue()
            assert not PRIVATE.search(path.read_text("utf-8"))
            assert not PRIVATE.search(log.getvalue())
            path.unlink()
            folder.rmdir()
            folder.write_text("")
    board.close()


async def test_what_breaks_before_any_page_is_told_without_its_words(tmp_path, serve, capfd):
    """A mistake of the front door itself is a calm 500, in our log and a report; the server quotes nothing."""
    await filled(tmp_path / "a.sqlite3")
    board, log = Board(tmp_path / "a.sqlite3", MASK), StringIO()
    press = SimpleNamespace(can_speak=False, rare_folder=tmp_path)
    parts = SimpleNamespace(settings=SETTINGS, pack=PACK, board=board, press=press, clock=lambda: AT)
    apps = []
    site = serve(
        lambda port: apps.append(web_app(parts, port, Logbook(log, parts.clock, tmp_path))) or apps[0]
    )

    class Odd(dict):
        def get(self, *_):
            raise broken()

    apps[0].cache = Odd()
    got = site.get(f"{HERE}/help")
    assert (got.status, got.headers["x-content-type-options"]) == (500, "nosniff")
    assert "server-broke" in got.body.decode()
    assert len(reports(tmp_path)) == 1
    assert not PRIVATE.search("".join(capfd.readouterr()) + log.getvalue())
    board.close()


@pytest.mark.usefixtures("home")
def test_a_village_that_breaks_the_pull_leaves_a_report(home, tmp_path):  # noqa: F811
    """`kiosk sync` tells of each village, ends with 2, says where the report lies; the next pull is a usual one."""
    toml = home.settings.read_text("utf-8")
    settings = home.settings.with_name("road.toml")
    settings.write_text(f'data_dir = "{tmp_path}"\n{toml}', "utf-8")
    assert CliRunner().invoke(kiosk, ["sync", "--settings", str(settings)]).exit_code == 0
    toml = toml.replace('folder = "../county/feed"', 'url = "http://127.0.0.1:9/"')
    settings.write_text(f'data_dir = "{tmp_path}"\n{toml}', "utf-8")
    villages = read_settings(settings).villages
    (tmp_path / "spool").mkdir(exist_ok=True)
    seen = tmp_path / "spool" / f"{villages[0]}.seen"
    seen.write_bytes(msgspec.json.encode({"etag": f"x\n{QUOTED}", "note": b""}))
    done = CliRunner().invoke(kiosk, ["sync", "--settings", str(settings)])
    assert done.exit_code == 2, done.output
    assert done.output.count("source-unreachable") == len(villages) - 1
    assert done.output.count("pull-broke") == 1
    (path,) = reports(tmp_path / "crashes")
    assert str(path) in done.output
    assert not PRIVATE.search(path.read_text("utf-8").replace(CODE, ""))
    assert not seen.exists()


def test_a_command_that_breaks_says_where_its_report_lies(home, monkeypatch, tmp_path):  # noqa: F811
    """In the data folder of its settings, where the units may write and nothing is swept away at the end."""
    settings = home.settings.with_name("broken.toml")
    settings.write_text(f'data_dir = "{tmp_path}"\n{home.settings.read_text("utf-8")}', "utf-8")
    command = kiosk.get_command(None, "rebuild")

    def breaks(**_):
        raise broken()

    monkeypatch.setattr(command, "callback", breaks)
    for words in (["--settings", str(settings)], [f"--settings={settings}"]):
        done = CliRunner().invoke(kiosk, ["rebuild", *words])
        assert done.exit_code == 3
        (path,) = reports(tmp_path / "crashes")
        assert str(path) in done.output
        assert not PRIVATE.search(path.read_text("utf-8") + done.output.replace(str(tmp_path), ""))
