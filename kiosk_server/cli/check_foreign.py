"""`county check --profile generic --mapping FILE`: any text table, streamed; ^C ends it in order."""

from __future__ import annotations

import contextlib
import signal
import sys
from collections import deque
from typing import TYPE_CHECKING

from kiosk_server.cli import EXIT_HOLD, EXIT_INTERRUPTED, EXIT_OK, EXIT_REFUSED
from kiosk_server.cli.progress import progress_bar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sync.county.foreign import Survey
    from sync.county.report import Report
    from sync.county.roster.asked import Progress


def check_foreign(file: Path, mapping_file: Path, *, as_json: bool) -> int:
    """Read, report, and say the verdict as an exit code; raises what the mapping and the head raise."""
    from sync.county.foreign import Survey, mapping_toml  # noqa: PLC0415 - loaded only when needed
    from sync.county.foreign.records import text_table  # noqa: PLC0415

    mapping = mapping_toml(_bytes(mapping_file), mapping_file.name)
    with progress_bar(file.name) as bar, _stoppable(bar) as progress:
        table = text_table(file, encoding=mapping.encoding, delimiter=mapping.delimiter)
        survey = Survey(table, mapping, progress)
        report = _streamed(survey) if as_json else _read(survey)
    if not as_json:
        from rich.console import Console  # noqa: PLC0415

        from sync.county.report import print_told  # noqa: PLC0415

        print_told(report, Console())
    if any(finding.code == "READING_INTERRUPTED" for finding in report.findings):
        return EXIT_INTERRUPTED
    return {"ok": EXIT_OK, "hold": EXIT_HOLD}.get(report.verdict.value, EXIT_REFUSED)


def _streamed(survey: Survey) -> Report:
    """Write the JSON while reading; the report comes back without rows."""
    from sync.county.foreign.stream import json_blocks  # noqa: PLC0415

    blocks = json_blocks(survey)
    while True:
        try:
            sys.stdout.buffer.write(next(blocks))
        except StopIteration as end:
            sys.stdout.buffer.flush()
            report: Report = end.value
            return report


def _read(survey: Survey) -> Report:
    from sync.county.foreign.stream import told  # noqa: PLC0415
    from sync.county.roster.errors import RosterRefused  # noqa: PLC0415

    try:
        deque(survey.lines(), maxlen=0)
    except RosterRefused as refusal:
        return told(survey, refusal)
    return told(survey)


@contextlib.contextmanager
def _stoppable(bar: Progress | None) -> Iterator[Progress]:
    """While reading, ^C is asked for between rows: what is being written is ended in order."""
    from sync.county.foreign.errors import ReadingInterrupted  # noqa: PLC0415

    asked: list[int] = []

    def progress(done: int, of: int) -> None:
        if asked:
            raise ReadingInterrupted
        if bar:
            bar(done, of)

    before = signal.signal(signal.SIGINT, lambda number, _: asked.append(number))
    try:
        yield progress
    finally:
        signal.signal(signal.SIGINT, before)


def _bytes(path: Path) -> bytes:
    from sync.county.roster.errors import FileNotOpened  # noqa: PLC0415

    try:
        return path.read_bytes()
    except OSError as why:
        raise FileNotOpened(name=path.name) from why
