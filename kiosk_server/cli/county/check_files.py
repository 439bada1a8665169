"""`county check --html OUT --xlsx OUT`: the report as files, written whole or not at all."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import click

from kiosk_server.cli.output_file import ReportNotWritten, write_output
from sync.own_name import own_name

if TYPE_CHECKING:
    from pathlib import Path

    from boards.model.place import Village
    from sync.county.reading import Reading


def write_reports(
    reading: Reading, villages: tuple[Village, ...], file: Path, html: Path | None, xlsx: Path | None
) -> None:
    """Write what was asked for, never onto the roster itself; raises ReportNotWritten."""
    if html:
        from sync.county.report.page import report_html  # noqa: PLC0415 - loaded only when needed

        _write(html, file, report_html(reading, villages).encode())
    if xlsx and reading.format:
        from sync.county.report.workbook import report_xlsx  # noqa: PLC0415

        data = file.read_bytes()
        if hashlib.sha256(data).hexdigest() != reading.source_sha256:
            raise ReportNotWritten(name=file.name, why="检查时名册被改动了")
        _write(xlsx, file, report_xlsx(reading, data))
    elif xlsx:
        click.echo(f"△ 名册没有读取，没有写 {own_name(xlsx)}。", err=True)


def _write(target: Path, roster: Path, data: bytes) -> None:
    write_output(target, roster, data)
    click.echo(f"已写成 {target.name}", err=True)
