"""`python -m tests.roster.sweep [SEEDS]`: faults and habits of clerks over all layouts and formats, judged.

A fault that passes, a sound file that is misread or waits, and a fault told only otherwise are printed.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from datetime import date
from itertools import product
from typing import TYPE_CHECKING

from sync.county.intake.check import read_roster
from sync.county.reading import Verdict
from tests.roster.county_faults import CHANGES, SHOWN, UNSEEN, Change
from tests.roster.county_files import VILLAGES, as_csv, as_xls, as_xlsx
from tests.roster.county_markup import as_html, as_ods, as_spreadsheetml
from tests.roster.county_spots import LAYOUTS, Unfit, file_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.roster.county_generator import CountyFile

TODAY = date(2026, 11, 29)
PASSED, MISREAD, ALARM, OTHERWISE, RIGHT = "passed", "misread", "false alarm", "told otherwise", "right"
WRITERS = {
    "xlsx": as_xlsx,
    "xls": as_xls,
    "ods": as_ods,
    "spreadsheetml": as_spreadsheetml,
    "html": as_html,
    "csv": lambda pages: as_csv(pages, "gb18030"),
}
MERGED = {"funds", "three_levels", "three_up", "side_by_side"}  # a text has no merges to show what they mean


def judged(name: str, layout: str, seed: int) -> tuple[str, str]:
    """What became of one changed file, and what was told; Unfit where the layout cannot carry the change."""
    file, change = file_of(layout, seed), CHANGES[name]
    change.put(file, random.Random(f"{name}{seed}"))
    form = _form(name, file, seed)
    reading = read_roster(file.name, WRITERS[form](file.pages), VILLAGES, today=TODAY)
    found = sorted((one.code, one.row or 0) for one in reading.findings if one.level.value != "note")
    rows = Counter((row.payout.holder, row.village, row.payout.amount_fen) for row in reading.rows)
    right = rows == Counter((name, village, fen) for name, village, _, fen in file.truth.rows)
    waits = reading.verdict is Verdict.HOLD
    return _verdict(change, {code for code, _ in found}, waits=waits, right=right), f"{form} {found[:4]}"


def _verdict(change: Change, codes: set[str], *, waits: bool, right: bool) -> str:
    if not change.codes:
        return ALARM if waits else RIGHT if right else MISREAD
    if not waits:  # a total that is misspelt may be known for what it is
        return RIGHT if right and change.put.__name__ == "total_misspelt" else PASSED
    return RIGHT if codes & change.codes else OTHERWISE


def _form(name: str, file: CountyFile, seed: int) -> str:
    """A format that can hold all of it, by the seed."""
    forms = ["xlsx", "xls", "ods", *(["spreadsheetml"] if name not in SHOWN else [])]
    one_sheet = len(file.pages) == 1 and name not in UNSEEN
    forms += (["html"] if one_sheet else []) + (["csv"] if one_sheet and file.layout not in MERGED else [])
    return forms[seed % len(forms)]


def swept(
    names: Iterable[str], layouts: Iterable[str], seeds: Iterable[int]
) -> tuple[Counter[str], list[str]]:
    """How many files came out how, and a line for each that did not come out right."""
    outcomes, wrong = Counter[str](), []
    for name, layout, seed in product(names, layouts, seeds):
        try:
            how, what = judged(name, layout, seed)
        except Unfit:
            continue
        outcomes[how] += 1
        wrong += [] if how == RIGHT else [f"{how}: {name} {layout} {seed} {what}"]
    return outcomes, wrong


if __name__ == "__main__":
    outcomes, lines = swept(CHANGES, LAYOUTS, range(int(*sys.argv[1:] or ["5"])))
    print(*lines, f"{sum(outcomes.values())} files: {dict(outcomes)}", sep="\n")
    sys.exit(bool(lines))
