"""One demo county for all stories: founded, published, pulled and printed once a session."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent


def run(*command: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run one of our commands as a person would, in the checkout unless another folder is given."""
    tool, *args = map(str, command)
    environment = {**os.environ, "PYTHONWARNINGS": "error"}
    return subprocess.run(
        [BIN / tool, *args],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
        env=environment,
        check=False,
    )


@dataclass(frozen=True)
class Shown:
    """The demo as it stands after `kiosk demo --once --json`."""

    folder: Path
    summary: dict[str, Any]
    said: str
    database: str

    @property
    def settings(self) -> Path:
        return self.folder / "kiosk" / "kiosk.toml"

    @property
    def feed(self) -> Path:
        return self.folder / "county" / "feed"

    def again(self, *options: str) -> subprocess.CompletedProcess[str]:
        about = ("--folder", self.folder, "--database", self.database)
        return run("kiosk", "demo", "--once", "--json", *about, *options)


@pytest.fixture(scope="session")
def demo(
    tmp_path_factory: pytest.TempPathFactory,
    kept_fonts: Callable[[Path], None],
    new_database: Callable[[], str],
) -> Shown:
    """The whole line, run once."""
    folder = tmp_path_factory.mktemp("story") / "demo"
    kept_fonts(folder / "kiosk" / "data" / "press")
    database = new_database()
    done = run("kiosk", "demo", "--once", "--json", "--folder", folder, "--database", database)
    assert done.returncode == 0, done.stderr
    return Shown(folder=folder, summary=json.loads(done.stdout), said=done.stderr, database=database)
