"""The list of faults (`make mutants`) does not rot."""

import re

import pytest

from tests.house.statements import ROOMS, statements
from tests.mutants import ROOT, mutants


def test_every_fault_can_be_put_in():
    """Each text occurs in its file exactly once, and what replaces it is another."""
    for one in mutants():
        assert (ROOT / one.file).read_text("utf-8").count(one.text) == 1, one
        assert one.text != one.replacement, one


def test_every_test_that_must_notice_exists():
    """Each node id names a file, and a function in it."""
    for test in {test for one in mutants() for test in one.tests}:
        file, _, name = test.partition("::")
        text = (ROOT / file).read_text("utf-8")
        assert not name or re.search(
            rf"^(async )?def {re.escape(name.partition('[')[0])}\(", text, re.MULTILINE
        ), test


NO_RULES = {
    "boards/pages": "its one file says which room draws which page",
    "kiosk_server/archive/schema/migrations": "written by a generator and never edited",
}
"""Rooms that decide nothing, and why."""


@pytest.mark.thorough
def test_every_room_has_a_fault():
    """Each folder with code has one at least, but for those that decide nothing; the scripts of a machine too."""
    files = (path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
    rooms = {
        path.parent.relative_to(ROOT).as_posix() for path in files if statements(path.read_text("utf-8"))
    }
    struck = {one.file.rpartition("/")[0] for one in mutants()}
    assert rooms - struck == NO_RULES.keys()
    assert any(room.startswith("deploy") for room in struck)


def test_no_fault_stands_twice():
    """All differ, and each has a sentence of its own."""
    faults = mutants()
    assert len({(one.file, one.text, one.replacement) for one in faults}) == len(faults)
    assert len({one.says for one in faults}) == len(faults)
