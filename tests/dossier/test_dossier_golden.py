"""Bags that earlier versions handed out: whoever holds one can check it with every later version's tools."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import bagit
import pytest

from kiosk_server.dossier.tools import checkers

GOLDEN = Path(__file__).parents[1] / "golden" / "bag"
BAGS = sorted(GOLDEN.glob("*.zip"))


@pytest.fixture(params=BAGS, ids=lambda path: path.stem)
def bag(request, tmp_path):
    """One of them, as it lay on its stick."""
    with ZipFile(request.param) as packed:
        packed.extractall(tmp_path)
    return next(path for path in tmp_path.iterdir() if path.is_dir())


def test_a_bag_of_each_version_is_kept():
    """There is one of this version at least."""
    assert [path.name for path in BAGS][:1] == ["village-bag-1.zip"]


@pytest.mark.thorough
def test_an_old_bag_keeps_verifying(bag, tmp_path):
    """Under bagit, under sha256sum, under the program of today."""
    assert bagit.Bag(str(bag)).validate()
    sums = ["sha256sum", "-c", "--strict", "manifest-sha256.txt", "tagmanifest-sha256.txt"]
    assert subprocess.run(sums, cwd=bag, capture_output=True, check=False).returncode == 0
    tool = tmp_path / "verify.py"
    tool.write_bytes(checkers()["verify.py"])
    done = subprocess.run(
        [sys.executable, "-I", "-S", tool, bag], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
