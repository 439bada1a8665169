"""`county check --html OUT --xlsx OUT`: the report as files, written whole or not at all."""

from __future__ import annotations

import hashlib
import os
import tempfile
from typing import TYPE_CHECKING

import click

from boards.model.errors import Fault, Refusal

if TYPE_CHECKING:
    from pathlib import Path

    from boards.model.place import Village
    from sync.county.reading import Reading


class ReportNotWritten(Refusal):
    """The report's file cannot be made."""

    code = "report-not-written"
    fault = Fault.PERSON
    sentence = "报告 {name} 没有写成（{why}）。"
    advice = "请核对输出的文件名和目录；原来的名册没有改动。"


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
        click.echo(f"△ 名册没有读取，没有写 {xlsx.name}。", err=True)


def _write(target: Path, roster: Path, data: bytes) -> None:
    if target.exists() and target.samefile(roster):
        raise ReportNotWritten(name=target.name, why="这是名册本身")
    try:
        with tempfile.NamedTemporaryFile(dir=target.parent) as made:  # gone again, whatever stops us
            made.write(data)
            made.flush()
            os.link(made.name, fresh := f"{made.name}.new")
            os.replace(fresh, target)  # noqa: PTH105 - from a name to a path
    except OSError as why:
        raise ReportNotWritten(name=target.name, why=why.strerror) from why
    click.echo(f"已写成 {target.name}", err=True)
