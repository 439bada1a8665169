"""A full disk: the reserve is given up so that the board can be read, and nothing is lost."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk_server.archive import reserve

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parents[2]
MOUNTED = 'mount -t tmpfs -o size=80m tmpfs "$1" && exec "$2" -m tests.archive.full_disk "$1"'


def test_the_reserve_is_real_and_kept_once(tmp_path):
    """Blocks, not a hole; made where there is room, left alone afterwards, given up once."""
    assert not reserve.held(tmp_path)
    assert not reserve.put_by(tmp_path, 1 << 40)
    assert not list(tmp_path.iterdir())
    assert reserve.put_by(tmp_path, 0)
    made = (tmp_path / "reserve").stat()
    assert reserve.put_by(tmp_path, 1 << 40)
    assert (tmp_path / "reserve").stat().st_ino == made.st_ino
    assert reserve.given_up(tmp_path)
    assert not reserve.given_up(tmp_path)
    with (tmp_path / "reserve").open("wb") as hole:
        hole.truncate(reserve.RESERVE_BYTES)
    assert not reserve.held(tmp_path)


@pytest.mark.skipif(shutil.which("unshare") is None, reason="no unshare: a disk of our own cannot be mounted")
def test_on_a_full_disk_the_board_is_read(tmp_path):
    """A real disk of 80 MB, filled to the last byte by somebody else.

    With the reserve the board opens and an import is refused in words; filled up again, nothing
    opens but nothing breaks; once there is room, what was refused comes in, and the reserve is back.
    """
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", MOUNTED, "sh"]
    done = subprocess.run(
        [*command, str(disk), sys.executable],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if "unshare" in done.stderr or "mount" in done.stderr:
        pytest.skip("this machine lets nobody mount")
    assert done.stdout.splitlines() == [
        "2-rows reserve",
        "shows-2 given-up",
        "disk-full",
        "disk-full",
        "disk-full",
        "1-rows shows-2 reserve",
    ], done.stderr
