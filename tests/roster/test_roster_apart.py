"""Hostile files: refused in bounded time and memory, in one sentence, by a child that may die."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from kiosk_server.cli import EXIT_INTERRUPTED
from sync.county.formats.errors import (
    FormatNotRead,
    HeaderNotFound,
    HeaderTooDeep,
    LineTooLong,
    ReadingTookTooLong,
    WorkbookDamaged,
    WorkbookHasMacros,
    WorkbookLocked,
    WorkbookTooLarge,
)
from sync.county.intake.check import read_roster as read_here
from sync.county.intake.process import Limits, _answer, read_roster
from tests.roster.county_files import VILLAGES
from tests.roster.hostile_files import (
    LAUGHTER,
    XLS,
    XLSX,
    boastful,
    bomb,
    corners,
    locked_xls,
    locked_xlsx,
    merged_forty_deep,
    nested,
    sheet,
    spreadsheetml,
    text_cell,
    with_parts,
)

pytestmark = pytest.mark.thorough

COUNTY = [
    sys.executable,
    "-c",
    "import sys; from kiosk_server.cli import county_command as county; sys.exit(county())",
]
SMALL = Limits(memory_mb=1024, cpu_s=20, wall_s=25)
"""A quarter of what the county's machine allows: what holds here holds there sooner."""

HOSTILE = {
    "a zip bomb": (bomb, WorkbookTooLarge),
    "a zip bomb that says it is small": (lambda: bomb(says_bytes=4000), (WorkbookDamaged, ReadingTookTooLong)),
    "seventeen billion cells": (lambda: corners("XFD1048576", 1048576), ReadingTookTooLong),
    "a cell in the last column, far down": (lambda: corners("XFD99999", 99999), ReadingTookTooLong),
    "a cell in the last column": (lambda: corners("XFD9999", 9999), (WorkbookTooLarge, ReadingTookTooLong)),
    "macros": (lambda: with_parts({"xl/vbaProject.bin": b"vba"}), WorkbookHasMacros),
    "macros in the old format": (lambda: XLS + "_VBA_PROJECT_CUR".encode("utf-16-le"), WorkbookHasMacros),
    "a password": (locked_xlsx, WorkbookLocked),
    "a password in the old format": (locked_xls, WorkbookLocked),
    "half a file": (lambda: XLSX[: len(XLSX) // 2], WorkbookDamaged),
    "half an old file": (lambda: XLS[: len(XLS) // 2], WorkbookDamaged),
    "forty levels of merged cells": (merged_forty_deep, HeaderTooDeep),
    "a line of 200 MB": (lambda: "姓名,金额\n".encode() + b"1" * (200 << 20), LineTooLong),
    "entities that unfold": (
        lambda: sheet(f'<row r="1" hidden="1">{text_cell("A1", "&l11;")}</row>', doctype=LAUGHTER), WorkbookDamaged,
    ),
    "entities that unfold in SpreadsheetML": (
        lambda: spreadsheetml("<Row><Cell><Data>&l11;</Data></Cell></Row>", LAUGHTER), WorkbookDamaged,
    ),
    "SpreadsheetML with a far cell": (
        lambda: spreadsheetml('<Row ss:Index="99999999"><Cell/></Row>'), WorkbookTooLarge,
    ),
    "a web page with a span of a billion": (
        lambda: b"<html><table><tr><td colspan=999999999>x", HeaderNotFound,
    ),
    "archives in archives": (nested, FormatNotRead),
    "a picture called .xls": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, FormatNotRead),
    "an archive": (lambda: b"Rar!\x1a\x07" + bytes(99), FormatNotRead),
}  # fmt: skip


LONG = {"a line of 200 MB"}  # seconds: with the fault loops


@pytest.mark.parametrize(
    "story", [pytest.param(one, marks=pytest.mark.faults if one in LONG else ()) for one in HOSTILE]
)
def test_a_hostile_file_is_refused_in_one_sentence(story):
    """Within seconds and a gigabyte of address space, with what to do, and without what stood in it."""
    made, refusal = HOSTILE[story]
    begun = time.monotonic()
    with pytest.raises(refusal) as caught:
        read_roster("名册.xlsx", made(), VILLAGES, limits=SMALL)
    sentence, advice = caught.value.told()
    assert sentence.count("。") == 1
    assert advice
    assert time.monotonic() - begun < SMALL.wall_s


def test_a_sheet_that_only_boasts_is_read():
    """Seventeen billion cells in the dimension, three rows in the sheet: it is three rows."""
    reading = read_roster("名册.xlsx", boastful(), limits=SMALL)
    assert [(row.payout.holder, row.payout.amount_fen) for row in reading.rows] == [
        ("王一", 1250),
        ("李二", 725),
    ]


def test_the_child_reads_what_this_process_reads():
    """The same reading, identities included, comes out of the child."""
    for data in (XLSX, XLS):
        assert read_roster("名册.xlsx", data, VILLAGES) == read_here("名册.xlsx", data, VILLAGES)


def test_time_that_runs_out_is_a_refusal():
    """Neither an endless parse nor an endless wait: the child is ended at its limit."""
    with pytest.raises(ReadingTookTooLong):
        read_roster("名册.xlsx", XLSX, VILLAGES, limits=Limits(wall_s=0.001))


def test_memory_that_runs_out_is_a_refusal():
    """A child that may take less than the file needs says so."""
    rows = "\n".join(f"{at},王一,岭东村,1,{at}" for at in range(400_000))
    with pytest.raises(ReadingTookTooLong):
        read_roster("x", f"序号,姓名,村,面积,金额\n{rows}".encode(), limits=Limits(memory_mb=256, wall_s=60))


def test_a_child_without_memory_is_not_waited_for(tmp_path):
    """CPython may spin for ever where a handler finds no memory: the parent sees that the child has all it may take."""
    program = tmp_path / "spin.py"
    program.write_text("held = bytearray(300 << 20)\nprint(flush=True)\nimport time; time.sleep(60)\n")
    with subprocess.Popen([sys.executable, program], stdout=subprocess.PIPE) as child:
        try:
            assert child.stdout.readline() == b"\n"
            begun = time.monotonic()
            with pytest.raises(ReadingTookTooLong):
                _answer(child, Limits(memory_mb=256, wall_s=20), None)
            assert time.monotonic() - begun < 15
            with pytest.raises(ReadingTookTooLong):
                _answer(child, Limits(memory_mb=4096, wall_s=0.5), None)
        finally:
            child.kill()


def test_progress_is_told():
    """Lines done and lines in all, never falling."""
    told = []
    rows = "\n".join(f"{at},王一,岭东村,{at},{at}" for at in range(1, 9001))
    read_roster(
        "x", f"序号,姓名,村,面积,金额\n{rows}".encode(), progress=lambda done, of: told.append((done, of))
    )
    assert told == sorted(told)
    assert len(told) > 3
    assert {of for _, of in told} == {9001}


@pytest.mark.usefixtures("_interruptible")
def test_a_stopped_check_leaves_nothing(tmp_path):
    """^C in the middle of a county's own file: no child lives on, no report is there, exit code 130."""
    file, out = tmp_path / "roster.csv", tmp_path / "out"
    out.mkdir()
    rows = "\n".join(f"{at},王一,岭东村,{at},{at}" for at in range(200_000))
    file.write_text(f"序号,姓名,村,面积,金额\n{rows}")
    command = [*COUNTY, "check", str(file), "--html", str(out / "r.html"), "--json"]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    readers = wait_for(lambda: psutil.Process(child.pid).children())
    os.killpg(child.pid, signal.SIGINT)
    told, said = child.communicate(timeout=30)
    assert (child.returncode, told) == (EXIT_INTERRUPTED, b""), said
    assert not list(out.iterdir())
    assert not psutil.wait_procs(readers, timeout=5)[1]


@pytest.fixture
def _interruptible():
    """^C reaches the children, also where the suite runs in the background of a shell that ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def wait_for(asked) -> list:
    """The answer as soon as there is one; fails after ten seconds."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        if found := asked():
            return found
        time.sleep(0.02)
    raise AssertionError
