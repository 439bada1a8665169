"""`county check-land CASE.json`: read a land case and say what is wrong before anything is published."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kiosk_server.cli import EXIT_HOLD, EXIT_OK, EXIT_REFUSED

if TYPE_CHECKING:
    from boards.model.calendar import WorkCalendar
    from sync.county.land.findings import LandReport
    from sync.county.land.reading import ReadCase

_TEXT_LIMIT_BYTES = 1 << 20


@click.command("check-land", help="发布前检查一个征地案件：可以送审（0）、先处理问题（1）、不能读取（2）。")
@click.argument("case", type=click.Path(path_type=Path))
@click.option("--villages", type=click.Path(path_type=Path), help="本县村名单（CSV），用来核对村名。")
@click.option(
    "--calendar",
    type=click.Path(path_type=Path),
    help="节假日表（CSV，或 holiday-cn 的年度 JSON），补充或替换程序自带的 2004–2026 年。",
)
@click.option("--json", "as_json", is_flag=True, help="输出一个 JSON 对象，供程序读取。")
def command(case: Path, villages: Path | None, calendar: Path | None, as_json: bool) -> None:
    """Read, check, report; the exit code says the verdict."""
    from sync.county.land.report import print_report, report_json  # noqa: PLC0415 - loaded only when needed

    report = _report(case, villages, calendar)
    if as_json:
        sys.stdout.buffer.write(report_json(report))
        sys.stdout.buffer.flush()
    else:
        from rich.console import Console  # noqa: PLC0415

        print_report(report, Console(highlight=False, soft_wrap=True))
    sys.exit({"ok": EXIT_OK, "hold": EXIT_HOLD}.get(report.verdict.value, EXIT_REFUSED))


def _report(case: Path, villages: Path | None, calendar: Path | None) -> LandReport:
    from boards.model.errors import Refusal  # noqa: PLC0415
    from sync.county.land.check import checked, refused  # noqa: PLC0415
    from sync.county.land.reading import FILE_LIMIT_BYTES, read_case  # noqa: PLC0415
    from sync.county.roster.village import villages_from_csv  # noqa: PLC0415

    try:
        known = villages_from_csv(bytes_of(villages, FILE_LIMIT_BYTES)) if villages else None
        read = read_case(bytes_of(case, FILE_LIMIT_BYTES))
        return checked(read, _calendar(calendar), known, texts_beside(read, case.parent))
    except Refusal as refusal:
        return refused(refusal)


def _calendar(path: Path | None) -> WorkCalendar:
    from boards.model.calendar_years import (  # noqa: PLC0415
        exceptions_from,
        exceptions_from_holiday_cn,
        shipped_calendar,
    )

    if path is None:
        return shipped_calendar()
    raw = bytes_of(path, _TEXT_LIMIT_BYTES)
    if raw.lstrip().startswith(b"{"):
        year, exceptions = exceptions_from_holiday_cn(raw)
        return shipped_calendar().extended(exceptions, {year})
    exceptions = exceptions_from(raw.decode("utf-8", "replace"))
    return shipped_calendar().extended(exceptions, {one.day.year for one in exceptions})


def texts_beside(read: ReadCase, folder: Path) -> dict[str, str]:
    """Texts of the notices that lie beside the case; a name that leads elsewhere is not followed."""
    names = {stage.text_file for stage in read.case.stages if stage.text_file}
    found: dict[str, str] = {}
    for name in sorted(names):
        path = folder / name
        if path.name != name or path.is_symlink() or not path.is_file():
            continue
        if path.stat().st_size <= _TEXT_LIMIT_BYTES:
            raw = path.read_bytes()
            try:
                found[name] = raw.decode("utf-8-sig")
            except UnicodeDecodeError:
                found[name] = raw.decode("gb18030", "replace")
    return found


def bytes_of(path: Path, limit: int) -> bytes:
    """A file's bytes; raises CaseUnreadable when it is too large or cannot be opened."""
    from sync.county.land.reading import CaseUnreadable  # noqa: PLC0415

    try:
        if path.stat().st_size > limit:
            raise CaseUnreadable(why=f"{path.name} 过大")
        return path.read_bytes()
    except OSError as why:
        raise CaseUnreadable(why=f"打不开 {path.name}") from why
