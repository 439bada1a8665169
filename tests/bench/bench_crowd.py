"""Whoever stands at the touchscreen while the phones' door is stormed: how long they wait, what it weighs.

Run: make bench ARGS=bench_crowd. One address holds 1,200 half-open connections, sends 250 MB of headers and
searches 500 times a second, all at once, while one person pages through the board. Calm and storm are
measured in turns, because the machine is shared; both figures are printed.
"""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

import psutil

from tests.bench.bench_pages import BROWSER, SURNAMES, codes, filled, running
from tests.bench.figures import Figure
from tests.bench.load import body_of, connections, one_round, request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.bench.bench_pages import Server

A_SECOND = 25  # pages at the touchscreen


class Storm(NamedTuple):
    """What was measured on both sides."""

    calm_ms: list[float]
    storm_ms: list[float]
    before_mib: float
    peak_mib: float
    did: dict[str, int]

    def p95(self) -> tuple[float, float]:
        """Calm and in the storm."""
        return _p95(self.calm_ms), _p95(self.storm_ms)


def _p95(some: list[float]) -> float:
    return sorted(some)[int(len(some) * 0.95)]


def touched(village: str) -> list[bytes]:
    """What somebody at the screen asks for: lists, people, households, letters; much of it composed."""
    chance = random.Random(7)
    pages = [f"payouts/b{n}?page={page}" for n in range(3) for page in range(1, 9)]
    pages += [f"find/{quote(chance.choice(SURNAMES))}" for _ in range(8)]
    pages += [f"households/{chance.randint(1, 1000)}" for _ in range(24)]
    pages += ["", "find", "groups", "programmes", "initials?q=W", "people", "help"]
    chance.shuffle(pages)
    return [request(f"/v/{village}/{page}", Accept_Encoding="gzip", **BROWSER) for page in pages]


def waits(port: int, asked: list[bytes], seconds: float, a_second: int) -> list[float]:
    """Milliseconds until each answer was whole, asked at a person's pace on one kept connection."""
    found, end, at = [], time.monotonic() + seconds, 0
    with connections(port, 1) as opened:
        while time.monotonic() < end:
            found += one_round(opened, asked, at, b"200")
            at += 1
            time.sleep(1 / a_second)
    return [1000 * one for one in found]


@contextmanager
def crowd(port: int, path: str, half_open: int, megabytes: int, searches: int) -> Iterator[dict[str, int]]:
    """A crowd at the door; what it did is known afterwards."""
    words = [str(one) for one in (port, path, half_open, megabytes, searches)]
    command = ["nice", "-n19", sys.executable, "-m", "tests.bench.crowd", *words]  # other machines, in truth
    did: dict[str, int] = {}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout.readline() == "here\n"
        try:
            yield did
        finally:
            child.stdin.close()
        did |= json.loads(child.stdout.readline())


@contextmanager
def weighed(pid: int) -> Iterator[list[float]]:
    """The greatest weight of a process meanwhile, in MiB."""
    peak, over = [0.0], threading.Event()

    def look() -> None:
        process = psutil.Process(pid)
        while not over.wait(0.02):
            peak[0] = max(peak[0], process.memory_info().rss / 2**20)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield peak
    finally:
        over.set()
        thread.join()


class Size(NamedTuple):
    """Of a storm."""

    half_open: int = 1_200
    header_mb: int = 250
    searches: int = 500  # a second
    turns: int = 5
    seconds: float = 4.0


WHOLE = Size()


def _undisturbed(*pids: int) -> None:
    """Server and measurement before all else on a shared machine, where we may; what they start is as usual."""
    with suppress(PermissionError):
        for pid in (0, *pids):
            os.sched_setscheduler(pid, os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(5))


def stormed(server: Server, village: str, size: Size = WHOLE) -> Storm:
    """Calm and storm in turns: who pages through the board meanwhile, and what the server weighs."""
    asked, path = touched(village), f"/v/{village}/initials?q=W"
    for one in asked:
        body_of(server.port, one)
        body_of(server.lan, one)
    before = psutil.Process(server.pid).memory_info().rss / 2**20
    storm = Storm([], [], before, 0.0, {})
    for _ in range(size.turns):
        _undisturbed(server.pid)
        storm.calm_ms.extend(waits(server.port, asked, size.seconds, A_SECOND))
        with weighed(server.pid) as peak, crowd(server.lan, path, *size[:3]) as did:
            storm.storm_ms.extend(waits(server.port, asked, size.seconds, A_SECOND))
        storm = storm._replace(peak_mib=max(storm.peak_mib, peak[0]))
        for what, count in did.items():
            storm.did[what] = storm.did.get(what, 0) + count
    return storm


def figures(size: Size = WHOLE) -> Iterator[Figure]:
    """The whole storm."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    with tempfile.TemporaryDirectory() as scratch:
        folder = filled(Path(scratch) / "small", 10_000)
        with running("ours", folder) as server:
            storm = stormed(server, codes(10_000)[0], size)
    calm, rough = storm.p95()
    load = "load " + " ".join(f"{one:.1f}" for one in os.getloadavg())
    yield Figure(
        "touchscreen p95, storm ÷ calm", rough / calm, 2, said=f"{rough:.2f} ÷ {calm:.2f} ms, {load}"
    )
    grown = storm.peak_mib - storm.before_mib
    yield Figure("memory the storm takes, MiB", grown, 30, said=f"{storm.before_mib:.0f} MiB before")
    for what, count in sorted(storm.did.items()):
        yield Figure(f"the storm: {what}", count)
