"""Power cuts: an import killed at any instant leaves whole lists or none, and goes on where it was."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.archive.killed_import import KILLS, LISTS, ROWS

ROOT = Path(__file__).parents[2]


@pytest.mark.faults
def test_killed_at_any_instant_nothing_is_lost_or_doubled(tmp_path):
    """60 kills: the archive opens, its tables are always those of some whole number of lists, to the byte."""
    command = [sys.executable, "-m", "tests.archive.killed_import", str(tmp_path), "7"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout)
    sizes = [stretches * (ROWS + 1) for stretches in range(LISTS + 1)]
    assert told["kills"] >= KILLS
    assert told["imports"] >= 5
    assert set(told["sizes"]) <= set(sizes)
    assert len(told["sizes"]) >= 3, "killed before, between and after the lists"
