"""P16: a name that no font of the machine draws is told where the roster is checked, with the font to install."""

import json
import os
import subprocess
import sys

import pytest

from boards.model.findings import Level
from kiosk_server.press.installed import drawn_here
from sync.county.intake.printable import names_are_drawn
from sync.county.intake.process import read_roster
from tests.roster.county_files import VILLAGES, as_xlsx
from tests.roster.county_tables import HEAD, Page, lines, read, usual

pytestmark = pytest.mark.thorough

RARE, NOBODY_S = "䶮", "\U0003134a"  # the second is the last Hanzi of Unicode 13
COUNTY = [
    sys.executable,
    "-c",
    "import sys; from kiosk_server.cli import county_command as county; sys.exit(county())",
]


def roster(*names: str) -> Page:
    rows = lines(usual)
    for row, name in zip(rows, names, strict=False):
        row[1] = name
    return Page("岭东村", [["岭东村2025年"], list(HEAD), *rows])


def test_a_name_nobody_can_draw_is_told_at_its_row():
    """A note, because the list is right and the machine lacks a font; only rare characters are asked about."""
    asked = []

    def drawn(chars):
        asked.append(chars)
        return chars - {NOBODY_S}

    rows = read(*roster("王一", f"贾{RARE}", f"朱{NOBODY_S}").rows).rows
    (told,) = names_are_drawn(rows, drawn)
    assert (told.level, told.code, told.row) == (Level.NOTE, "NAME_NOT_DRAWN", 5)
    assert "U+3134A" in told.message
    assert "fonts-babelstone-han" in told.message
    assert asked == [frozenset({RARE, NOBODY_S})]
    assert list(names_are_drawn(read(*roster().rows).rows, lambda chars: frozenset())) == []


def test_the_child_s_reading_gets_the_note():
    """Who reads in a child asks the fonts here; without fonts to ask nothing is said."""
    data = as_xlsx([roster(f"朱{NOBODY_S}")])
    told = read_roster("x.xlsx", data, VILLAGES, drawn=lambda chars: frozenset()).findings
    assert [one.row for one in told if one.code == "NAME_NOT_DRAWN"] == [3]
    assert "NAME_NOT_DRAWN" not in {one.code for one in read_roster("x.xlsx", data, VILLAGES).findings}


def test_the_fonts_of_this_machine_are_asked(tmp_path):
    """`county check` says it; a common rare name (贾䶮) is drawn by Debian's fonts and not told."""
    assert drawn_here(frozenset({RARE})) == {RARE}
    file = tmp_path / "x.xlsx"
    file.write_bytes(as_xlsx([roster(f"贾{RARE}", f"朱{NOBODY_S}")]))
    done = subprocess.run(
        [*COUNTY, "check", str(file), "--json"], capture_output=True, env=os.environ, check=False
    )
    told = [one["row"] for one in json.loads(done.stdout)["findings"] if one["code"] == "NAME_NOT_DRAWN"]
    assert told == ([] if NOBODY_S in drawn_here(frozenset({NOBODY_S})) else [4])
