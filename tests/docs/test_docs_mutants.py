"""The list of faults (`make mutants`) does not rot."""

import re
from collections import Counter

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


def test_no_fault_stands_twice_and_all_rooms_have_some():
    """At least 60 different faults, each with a sentence of its own, in every package."""
    faults = mutants()
    assert len({(one.file, one.text, one.replacement) for one in faults}) == len(faults) >= 60
    assert len({one.says for one in faults}) == len(faults)
    assert set(Counter(one.file.partition("/")[0] for one in faults)) >= {
        "boards",
        "sync",
        "printouts",
        "kiosk_server",
        "deploy",
    }
