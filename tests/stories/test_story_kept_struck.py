"""A kiosk whose commands are stopped: the night tells the truth, the same command ends the work, nothing is lost."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.line.county_sim import county, published, row
from tests.stories.keeping import Keeping
from tests.stories.test_story_backfill import LOOKED, picture, words, wrote

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parents[2]
PRINT, SYNC = ["print"], ["sync"]


@pytest.fixture(scope="module")
def founded(tmp_path_factory):
    """A county with one list over two pages."""
    where = county(tmp_path_factory.mktemp("struck") / "county")
    published(where, [row(n, holder=f"户{n:03d}") for n in range(40)])
    return where


@pytest.fixture
def kiosk(founded, tmp_path, kept_fonts):
    """It was inspected once."""
    made = Keeping(founded, tmp_path / "original", str, kept_fonts)
    made.file.write_text(f"minimum_free_mb = 0\n{made.file.read_text('utf-8')}", "utf-8")
    made.run("sync")
    made.run("inspect")
    return made


def backfills(kiosk):
    return [
        "backfill",
        *words(),
        LOOKED,
        *(wrote(kiosk, f"表{n}.png", picture("PNG", shade=n)) for n in (1, 2)),
    ]


def erased(kiosk):
    """Printed twice, and erased at the county: the pull carries it through."""
    kiosk.run("print")
    kiosk.run("print", "--paper", "a3")
    kiosk.act("erase")
    return SYNC


ACTS = {"print": lambda _kiosk: PRINT, "backfill": backfills, "erase": erased}


def strikes(kiosk, asked, times):
    """Strike so many times; what came of it."""
    about = [str(kiosk.folder.parent), str(times), *map(str, asked)]
    command = [sys.executable, "-m", "tests.stories.struck_keeping", *about]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=1200, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert sum(json.loads(done.stdout)["nights"].values()) == times


@pytest.mark.sqlite
@pytest.mark.parametrize("act", ACTS)
def test_struck_at_a_few_instants_nothing_is_lost_or_doubled(kiosk, act):
    """Killed, full, without power: what `make faults` does at forty-five instants, at three."""
    strikes(kiosk, ACTS[act](kiosk), 3)


@pytest.mark.sqlite
@pytest.mark.long
@pytest.mark.faults
@pytest.mark.parametrize("act", ACTS)
def test_struck_at_any_instant_nothing_is_lost_or_doubled(kiosk, act):
    """After each strike a night, the same command, a night that is well, and what there would be without it."""
    strikes(kiosk, ACTS[act](kiosk), 45)
