"""An export that is stopped: nothing incomplete looks complete, and the same command finishes it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk_server.dossier.bag import Bag, ExportBusy, ExportStopped
from tests.dossier.year_house import tree

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parents[2]
INFO = {"Year": "2025"}
FILES = {f"data/第{n}份/文件.json": b"%d" % n * 100 for n in range(4)}


def filled(into, files=FILES):
    """A bag of these files."""
    with Bag(into, "袋") as bag:
        for path, data in files.items():
            bag.put(path, data)
        bag.close(INFO)
    return into / "袋"


def strikes(founded, folder, times):
    """Strike the command so many times; what came of it."""
    house = founded.copied(folder / "house")
    (folder / "sticks").mkdir()
    words = [str(house.folder), str(folder / "sticks"), str(times)]
    command = [sys.executable, "-m", "tests.dossier.struck_export", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout)
    assert told["killed"] + told["refused"] == times
    return told


@pytest.mark.sqlite
def test_struck_at_a_few_instants_the_bag_is_finished_as_if_nothing_had_been(founded, tmp_path):
    """Killed, full, pulled out: what `make faults` does at twenty-four instants, at three."""
    strikes(founded, tmp_path, 3)


@pytest.mark.sqlite
@pytest.mark.long
@pytest.mark.faults
def test_struck_at_any_instant_the_finished_bag_is_the_undisturbed_one(founded, tmp_path):
    """Twenty-four strikes, each followed by the same command."""
    strikes(founded, tmp_path, 24)


def test_what_is_right_already_is_not_written_again(tmp_path):
    """A stick is slow: of a bag that was stopped only what is missing, or wrong, is written."""
    bag = Bag(tmp_path, "袋")
    with bag:
        for path, data in FILES.items():
            bag.put(path, data)
    first, second, *_ = FILES
    (bag.part / second).write_bytes(b"torn")
    before = {path: (bag.part / path).stat().st_ino for path in FILES}
    whole = filled(tmp_path)
    after = {path: (whole / path).stat().st_ino for path in FILES}
    assert {path for path in FILES if before[path] != after[path]} == {second}
    assert (whole / first).read_bytes() == FILES[first]


def test_what_an_earlier_try_left_is_not_in_the_bag(tmp_path):
    """Half a file, a file of another state, the tag files of a bag that was nearly whole."""
    part = tmp_path / "袋.part"
    for path in ("data/第0份/文件.json.new", "data/旧.pdf", "bagit.txt", "manifest-sha256.txt", "fetch.txt"):
        (part / path).parent.mkdir(parents=True, exist_ok=True)
        (part / path).write_bytes(b"of an earlier try")
    (tmp_path / "other").mkdir()
    assert tree(filled(tmp_path)) == tree(filled(tmp_path / "other"))


def test_a_bag_that_is_filled_again_is_none_meanwhile(tmp_path):
    """Its bagit.txt goes before anything is changed in it."""
    part = tmp_path / "袋.part"
    part.mkdir()
    (part / "bagit.txt").write_bytes(b"BagIt-Version: 1.0\n")
    with Bag(tmp_path, "袋"):
        assert not (part / "bagit.txt").exists()


def test_one_export_at_a_time_fills_a_folder(tmp_path):
    """Two of different moments would mix their files."""
    with Bag(tmp_path, "袋") as bag:
        bag.put("data/a", b"a")
        with pytest.raises(ExportBusy), Bag(tmp_path, "袋"):
            pass
    assert filled(tmp_path).is_dir()


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path):
    """Whatever lies there, it is left as it is."""
    (tmp_path / "袋.part").write_bytes(b"mine")
    with pytest.raises(ExportStopped), Bag(tmp_path, "袋"):
        pass
    assert (tmp_path / "袋.part").read_bytes() == b"mine"


@pytest.fixture
def stick(tmp_path):
    """A file system of three megabytes, where this user may mount one."""
    folder = tmp_path / "stick"
    folder.mkdir()
    mounted = ["mount", "-t", "tmpfs", "-o", "size=3m", "stick", str(folder)]
    if os.geteuid() or subprocess.run(mounted, capture_output=True, check=False).returncode:
        pytest.skip("may not mount")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_real_stick_that_is_full_and_then_read_only(founded, stick):
    """Full: no folder claims to be complete; room made, the same command finishes it; read-only: it is told."""
    filler = stick / "别的文件"
    filler.write_bytes(b"x" * (2500 << 10))
    code, said = founded.exports(stick)
    assert (code, "export-stopped" in said) == (2, True), said
    assert [path.name for path in stick.iterdir() if path != filler and path.suffix != ".part"] == []
    filler.unlink()
    bag = founded.exported(stick)
    subprocess.run(["mount", "-o", "remount,ro", str(stick)], check=True)
    code, said = founded.exports(stick)
    assert (code, "已经在那里" in said) == (0, True), said
    code, said = founded.exports(stick, year=2026)
    assert (code, "export-stopped" in said) == (2, True), said
    assert bag.is_dir()
