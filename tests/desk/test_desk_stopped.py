"""A desk is closed while it reads a long roster."""

import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from http.client import HTTPException

import pytest

from tests.desk.desk_house import CLERK, Visitor, cheap, peopled
from tests.line.county_sim import county
from tests.processes import descendants, left
from tests.stories.office import HEAD

pytestmark = pytest.mark.thorough

LINES = 120_000
"""More than a second of reading."""


def uploaded(visitor, data):
    """Hand a roster in; the desk may be closed before it answers."""
    with suppress(OSError, HTTPException):
        visitor.upload("名册.csv", data)


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT])
def test_a_desk_that_is_closed_reads_no_further(tmp_path, asked):
    """It ends at once, with 0 and in silence; the child that read for it is gone."""
    with cheap():
        peopled(county(tmp_path / "county")).close()
    start = "from kiosk_server.cli import county_command as command; command()"
    words = ["desk", "--folder", tmp_path / "county", "--bind", "127.0.0.1:0"]
    rows = "".join(f"{number},岭东村,一组,户{number},2,10,20\n" for number in range(1, LINES))
    with subprocess.Popen(
        [sys.executable, "-u", "-c", start, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as desk:
        address = re.search(r"http://127.0.0.1:(\d+)", desk.stdout.readline())
        visitor = Visitor(int(address[1]), CLERK)
        visitor.enters()
        sending = threading.Thread(target=uploaded, args=(visitor, f"{HEAD}\n{rows}".encode()))
        sending.start()
        while not (reading := descendants(desk.pid)) and desk.poll() is None:
            time.sleep(0.05)
        time.sleep(0.3)  # it is there before whoever started it knows
        asked_at = time.monotonic()
        desk.send_signal(asked)
        _, errors = desk.communicate(timeout=60)
        took = time.monotonic() - asked_at
        sending.join()
    assert (desk.returncode, errors) == (0, "")
    assert took < 3
    assert left(reading) == set()
