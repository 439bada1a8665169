"""`make bench`: every benchmark with its ratios, after one line about the machine. `--full` for a million rows."""

from __future__ import annotations

import importlib
import inspect
import os
import platform
import sqlite3
import sys

BENCHES = (
    "bench_import",
    "bench_pages",
    "bench_search",
    "bench_paper",
    "bench_land",
    "bench_land_pages",
    "bench_roster",
)


def main(*flags: str) -> int:
    """Run them all; 1 when a target was missed."""
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"{platform.machine()}, {os.cpu_count()} cores, {platform.platform()}")
    print(f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, load {load}")
    missed = []
    for name in BENCHES:
        print(f"\n== {name}", flush=True)
        bench = importlib.import_module(f"tests.bench.{name}").main
        given = {"full": "--full" in flags} if "full" in inspect.signature(bench).parameters else {}
        if bench(**given) is False:
            missed.append(name)
    print(f"\n{'missed: ' + ', '.join(missed) if missed else 'every target holds'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
