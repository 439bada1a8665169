"""What the checks of “nothing wrong passes” cost, and what a proposal costs beside its check.

Run: make bench ARGS=bench_checks. In this process, in CPU seconds. With and without them, one after the other,
so that a machine that slows down slows both: the ratio is that of the medians.
"""

from __future__ import annotations

import gc
import tempfile
from contextlib import ExitStack
from datetime import date
from functools import partial
from importlib import import_module
from pathlib import Path
from statistics import median
from time import process_time
from typing import TYPE_CHECKING
from unittest.mock import patch

from sync.county.checks import rules, statements
from sync.county.intake.check import read_roster
from sync.county.publish.publisher import propose
from sync.county.reading import Verdict
from tests.bench.bench_roster import as_excel_writes, roster
from tests.bench.figures import Figure
from tests.line.county_sim import NOW, batch, county
from tests.roster.county_files import VILLAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROWS, PROPOSED, ROUNDS = 100_000, 20_000, 3
ADDED_MAX, PROPOSAL_MAX = 1.10, 2.0
TODAY = date(2025, 11, 23)


def nothing(*_: object, **__: object) -> tuple[()]:
    """Finds nothing."""
    return ()


ADDED = {
    "sync.county.checks.r3_duplicates": {"_accounts_are_one_persons": nothing, "_check_digits_hold": nothing},
    "sync.county.checks.plausible": {"_nobody_is_unlike": nothing},
    "sync.county.checks.p16_hidden": {"_struck_rows": nothing, "_beside_the_cells": nothing},
    "sync.county.checks.rules": {
        "RULES": tuple(rule for rule in rules.RULES if rule.roster not in {statements.statements_agree, statements.units_agree})
    },
    "sync.county.roster.reader": {"mended": nothing, "units_disagree": nothing, "_formats": lambda *_: {}},
    "sync.county.roster.rows.other_cells": {"excluded_by": lambda *_: ""},
    "sync.county.roster.rows.name_faults": {"_words_beside": nothing},
    "sync.county.roster.rows.accounts": {"names_kin": lambda *_: False},
    "sync.county.formats.sheet_xml": {"_lined": lambda *_: [], "_scaled_in": lambda *_: {}},
}  # fmt: skip
"""The checks by room, each with what stands in its place where it is left out."""


def without(checks: dict[str, dict[str, object]]) -> ExitStack:
    """While it is open these checks are left out."""
    left_out = ExitStack()
    for room, names in checks.items():
        left_out.enter_context(patch.multiple(import_module(room), **names))
    return left_out


def taken(work: Callable[[], object]) -> float:
    """CPU seconds."""
    gc.collect()
    before = process_time()
    work()
    return process_time() - before


def check(data: bytes) -> object:
    """A roster read and checked, as in the child."""
    return read_roster("全县.xlsx", data, VILLAGES, today=TODAY)


def figures() -> Iterator[Figure]:
    """100,000 rows with ÷ without the added checks; a proposal of 20,000 rows ÷ its check."""
    data = as_excel_writes(roster(ROWS))
    bare, full = [], []
    for _ in range(ROUNDS):
        with without(ADDED):
            bare.append(taken(lambda: check(data)))
        full.append(taken(lambda: check(data)))
    said = f"{median(full):.2f} ÷ {median(bare):.2f} s"
    yield Figure(
        f"{ROWS:,} rows ÷ without the added checks", median(full) / median(bare), ADDED_MAX, said=said
    )

    data, alone, whole = as_excel_writes(roster(PROPOSED)), [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            own = county(Path(folder) / "c")
            alone.append(taken(lambda: check(data)))
            whole.append(taken(partial(_proposed, own, data)))
    said = f"{median(whole):.2f} ÷ {median(alone):.2f} s"
    yield Figure(
        f"a proposal of {PROPOSED:,} rows ÷ its check", median(whole) / median(alone), PROPOSAL_MAX, said=said
    )


def _proposed(own: object, data: bytes) -> None:
    reading = check(data)
    assert reading.verdict is Verdict.OK
    propose(own, reading, batch("2025-01"), NOW)
