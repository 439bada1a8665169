"""A read-only disk never blanks a board (settled §49): it shows what it has, and says so."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.archive.damage import grown

pytestmark = [pytest.mark.thorough, pytest.mark.sqlite]
ROOT = Path(__file__).parents[2]
MOUNTED = 'mount -t tmpfs -o size=200m tmpfs "$1/m" && cp -r "$1/well/kiosk" "$1/m/" && mount -o remount,ro "$1/m" && exec "$2" -m tests.archive.read_only_disk "$1/m" "$1/prints"'


@pytest.mark.skipif(shutil.which("unshare") is None, reason="no unshare: a disk of our own cannot be mounted")
@pytest.mark.parametrize("after", ["a clean end", "a power cut"])
def test_on_a_read_only_disk_the_board_is_read(tmp_path, kept_fonts, after):
    """Closed well or not, the lists are there with a word on the page; commands say it and break nothing."""
    _, place = grown(tmp_path / "well")
    kept_fonts(place.database.parent / "press")
    assert place.run("sync").code == 0
    if after == "a power cut":
        place.pulled_before_a_power_cut()
    (tmp_path / "m").mkdir()
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", MOUNTED, "sh"]
    done = subprocess.run(
        [*command, str(tmp_path), sys.executable],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if "unshare" in done.stderr or "mount" in done.stderr:
        pytest.skip("this machine lets nobody mount")
    assert done.stdout.splitlines() == [
        "board 200 True True",
        "healthz 1",
        *(f"{command} 2 True False" for command in ("sync", "verify", "rebuild")),
        "print 2 False False",  # drawn onto the same disk
        "doctor 1 False False",
    ], done.stderr
