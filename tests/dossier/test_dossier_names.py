"""Names of files on a stick: whatever a title holds, FAT32 and exFAT can hold its name."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kiosk_server.dossier.names import LONGEST, Names, plain_name

pytestmark = pytest.mark.thorough

TITLES = st.text(st.characters(exclude_categories=()), max_size=300)
FORBIDDEN = re.compile(r'[\x00-\x1f\x7f-\x9f/\\:*?"<>|%]')


def holds(name: str) -> bool:
    """Whether a stick can hold a file of this name, and a manifest name it."""
    return (
        not FORBIDDEN.search(name)
        and unicodedata.is_normalized("NFC", name)
        and not name.endswith((" ", "."))
        and 0 < len(name) <= LONGEST
        and len(name.encode()) + len(".json.new") <= 255
        and name.splitlines() == [name]
    )


@given(title=TITLES)
@example(title="CON")
@example(title='a/b\\c:d*e?f"g<h>i|j%0A')
@example(title="...")
@example(title="é" * 200)
@example(title="表" * 300)
@example(title="𬭎" * 100)
@settings(max_examples=300)
def test_any_title_becomes_a_name_that_a_stick_can_hold(title):
    """Signs that are forbidden, unseen or too many are left out; what is left is never empty."""
    path = Names().name("data/sheets", f"02_{title}", ".pdf")
    assert path.startswith("data/sheets/02")
    assert holds(path.rpartition("/")[2])
    assert holds(plain_name(title, 10))


@given(titles=st.lists(TITLES, max_size=12), suffix=st.sampled_from([".png", ".PDF", "", ".x" * 30]))
@settings(max_examples=100)
def test_no_two_names_of_a_folder_are_one_without_capitals(titles, suffix):
    """Ａ and a, two titles that begin alike for a hundred signs, the same name twice."""
    names = Names()
    given = [names.name("data/attachments", title, suffix) for title in [*titles, *titles, "a", "A"]]
    assert len({path.casefold() for path in given}) == len(given)
    assert all(holds(path.rpartition("/")[2]) for path in given)
