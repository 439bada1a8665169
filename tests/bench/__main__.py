"""`make bench`: every benchmark three times, after one line about the machine. `--full` for a million rows.

A name runs that benchmark alone: `make bench ARGS=bench_import`. Exit code 1: a target was missed; 2: the
machine was too busy to judge.
"""

from __future__ import annotations

import importlib
import inspect
import os
import platform
import sqlite3
import sys
from functools import partial

from tests.bench.figures import BUSY_PERCENT, RUNS, taken_by_others, three_runs

BENCHES = (
    "bench_import",
    "bench_pages",
    "bench_crowd",
    "bench_search",
    "bench_paper",
    "bench_land",
    "bench_land_pages",
    "bench_roster",
    "bench_checks",
    "bench_publish",
    "bench_export",
    "bench_inspect",
)


def main(*words: str) -> int:
    """Run them all, or those named."""
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"{platform.machine()}, {os.cpu_count()} cores, {platform.platform()}")
    print(f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, load {load}")
    print(f"Each figure is the median of {RUNS} runs, which stand behind it.")
    missed, busiest = [], 0.0
    for name in [one for one in BENCHES if one in words] or BENCHES:
        busiest = max(busiest, taken_by_others())
        print(f"\n== {name}", flush=True)
        figures = importlib.import_module(f"tests.bench.{name}").figures
        if "full" in inspect.signature(figures).parameters:
            figures = partial(figures, full="--full" in words)
        for figure, values in three_runs(figures):
            print(figure.line(values), flush=True)
            missed += [] if figure.holds else [figure.what]
    if busiest > BUSY_PERCENT:
        print(f"\ntoo busy to judge: others had {busiest:.0f} % of the cores")
        return 2
    print(f"\n{'missed: ' + '; '.join(missed) if missed else 'every target holds'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
