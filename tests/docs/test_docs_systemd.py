"""The units of deploy/systemd: what a village's machine and the county's start by themselves, and when."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from kiosk_server.cli import county_command, kiosk_command
from kiosk_server.settings import Feed as FeedSettings
from kiosk_server.web.pace import PHONES, TOUCHSCREEN

PULL_S = FeedSettings().pull_s
UNITS = Path(__file__).parents[2] / "deploy" / "systemd"
SERVICES = sorted(path.name for path in UNITS.glob("*.service"))
TIMERS = sorted(path.name for path in UNITS.glob("*.timer"))
PROGRAMS = {"kiosk": kiosk_command, "county": county_command}


def line(unit: str, key: str) -> str:
    """The one value of a key."""
    (value,) = re.findall(rf"^{key}=(.+)$", (UNITS / unit).read_text("utf-8"), re.MULTILINE)
    return value


@pytest.mark.parametrize("unit", SERVICES)
def test_a_service_starts_a_command_there_is(unit: str) -> None:
    """Each ExecStart is one of our commands with options it takes, as the machine's own user."""
    path, name, *args = line(unit, "ExecStart").split()
    program = PROGRAMS[Path(path).name]
    command = program.get_command(click.Context(program), name)
    assert command is not None
    known = {option for param in command.params for option in param.opts}
    assert {arg for arg in args if arg.startswith("--")} <= known
    assert line(unit, "User") == Path(path).name


@pytest.mark.parametrize("unit", TIMERS)
def test_a_timer_has_its_service(unit: str) -> None:
    """A timer wakes the service of its name; what has its hour is made up for after a power cut."""
    assert unit.replace(".timer", ".service") in SERVICES
    assert TIMERS == [
        "county-backup.timer",
        "county-heartbeat.timer",
        "kiosk-sync.timer",
        "kiosk-verify.timer",
    ]
    assert line(unit, "RandomizedDelaySec")
    for one in TIMERS:
        assert one == "kiosk-sync.timer" or line(one, "Persistent") == "true"


@pytest.mark.parametrize("unit", sorted(path.name for path in UNITS.glob("kiosk-*.service")))
def test_what_a_timer_starts_comes_to_an_end(unit: str) -> None:
    """A oneshot that hangs is ended, and never before a pull that is merely slow has ended by itself."""
    assert line(unit, "Type") == "oneshot"
    hours = int(line(unit, "TimeoutStartSec").removesuffix("h"))
    assert 2 * PULL_S < hours * 3600 <= 4 * 3600


def test_both_doors_full_leave_files_to_spare() -> None:
    """The connections of both doors, whole answers among them, need less than half of the files there are."""
    files = int(line("kiosk.service", "LimitNOFILE"))
    assert 2 * (TOUCHSCREEN.connections + PHONES.connections) < files
    assert PHONES.each < PHONES.connections


@pytest.mark.thorough
@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd on this machine")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    """No unknown key, no wrong section, no calendar it cannot read."""
    ours = str(Path(sys.executable).parent)
    for path in UNITS.iterdir():
        text = path.read_text("utf-8").replace("/opt/village-kiosk/.venv/bin", ours)
        (tmp_path / path.name).write_text(text, "utf-8")
    units = map(str, sorted(tmp_path.iterdir()))
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
