"""Twenty thousand spoilt workbooks: each is read or refused in one sentence; the reader itself never errs."""

import os
import selectors
import struct
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.roster.mutations import mutated, sound_files

pytestmark = pytest.mark.thorough

BOUND_S = 330  # 20,000 took 263 s on one x86-64 core
FILE_MAX_S = 20
"""Longer than any spoilt small file may take on a busy machine; a county's own limit is minutes."""


class Child:
    """One reading process, started anew when it dies."""

    def __init__(self):
        self.started = 0
        self._running = None

    def answer(self, data: bytes) -> str:
        """What the child says of a file; `died` when native code took it down, `late` when it took too long."""
        child = self._running or self._start()
        try:
            child.stdin.write(struct.pack(">Q", len(data)) + data)
            child.stdin.flush()
            with selectors.DefaultSelector() as waiting:
                waiting.register(child.stdout, selectors.EVENT_READ)
                in_time = waiting.select(FILE_MAX_S)
            said = child.stdout.readline().decode().strip() if in_time else "late"
        except BrokenPipeError:
            said = ""
        if said in {"", "late"}:
            self.end()
        return said or "died"

    def _start(self):
        self.started += 1
        self._running = subprocess.Popen(
            [sys.executable, "-m", "tests.roster.fuzz_child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        return self._running

    def end(self):
        """End the child and let go of its pipes."""
        if self._running:
            self._running.kill()
            self._running.communicate()
            self._running = None


def fuzzed(seeds: range) -> tuple[Counter, dict[str, int]]:
    """How the files of these seeds went, and for each answer that must not be a seed that brings it."""
    sound, child = sound_files(), Child()
    counts, wrong = Counter(), {}
    try:
        for seed in seeds:
            said = child.answer(mutated(sound, seed))
            counts[said.split(" ")[0]] += 1
            if said.startswith(("wrong", "late")):
                wrong.setdefault(said, seed)
    finally:
        child.end()
    return counts, wrong


def test_a_hundred_spoilt_workbooks_are_read_or_refused():
    """No error of ours, no endless reading; what takes native code down takes one child with it."""
    counts, wrong = fuzzed(range(100))
    assert wrong == {}
    assert counts["read"] > 16
    assert counts["refused"] > 16
    assert counts["died"] + counts["memory"] <= 5


@pytest.mark.long
@pytest.mark.faults
def test_twenty_thousand_spoilt_workbooks_are_read_or_refused():
    """The same for twenty thousand, a child for each core; a slow machine stops after BOUND_S with fewer."""
    until, counts, wrong = time.monotonic() + BOUND_S, Counter(), {}

    def in_time(start: int) -> tuple[Counter, dict[str, int]]:
        return fuzzed(range(start, start + 500)) if time.monotonic() < until else (Counter(), {})

    with ThreadPoolExecutor(os.cpu_count()) as cores:
        for some, found in cores.map(in_time, range(1000, 21_000, 500)):
            counts += some
            wrong |= found
    print(dict(counts))
    assert wrong == {}
    assert counts["died"] + counts["memory"] <= counts.total() // 20


def test_a_child_that_is_gone_is_replaced():
    """After a death the next file is read by the next child."""
    child = Child()
    try:
        first = child.answer("序号,姓名,金额\n1,王一,5\n".encode())
        child._running.kill()
        child._running.wait()
        assert child.answer(b"x") == "died"
        assert child.answer("序号,姓名,金额\n1,王一,5\n".encode()) == first == "read 1"
        assert child.started == 2
    finally:
        child.end()
