"""How far a long work is: one line on a terminal's standard error, gone at its end; nothing anywhere else."""

from __future__ import annotations

import contextlib
import sys
import time
from typing import TYPE_CHECKING

from sync.seams import Progress, silent

if TYPE_CHECKING:
    from collections.abc import Iterator

_EVERY_S = 0.1
_WIDE = 0x2E80  # from here on a character takes two columns


@contextlib.contextmanager
def progress_line(what: str, unit: str = "") -> Iterator[Progress]:
    """Yields what reports progress: 正在读取名册 12000/100000 行."""
    if not sys.stderr.isatty():
        yield silent
        return
    line = _Line(f"正在{what}", unit)
    try:
        line.show("")
        yield line
    finally:
        line.wipe()


class _Line:
    def __init__(self, what: str, unit: str) -> None:
        self._what, self._unit = what, unit
        self._shown_at, self._columns = 0.0, 0

    def __call__(self, done: int, of: int) -> None:
        """Show how much is done of how much, a few times a second."""
        if time.monotonic() >= self._shown_at + _EVERY_S:
            self.show(f" {done}/{of} {self._unit}" if of else f" {done} {self._unit}")

    def show(self, figures: str) -> None:
        """Write over what stood there."""
        text = f"{self._what}{figures}"
        columns = sum(2 if ord(char) >= _WIDE else 1 for char in text)
        self._write(text + " " * (self._columns - columns))
        self._shown_at, self._columns = time.monotonic(), columns

    def wipe(self) -> None:
        """Leave the line as if nothing had been there."""
        self._write(" " * self._columns + "\r")

    def _write(self, text: str) -> None:
        with contextlib.suppress(OSError):  # the terminal was closed: nobody watches any more
            sys.stderr.write(f"\r{text}")
            sys.stderr.flush()
