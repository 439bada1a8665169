"""`county check-land CASE.json`: read a land case and say what is wrong before anything is published."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kiosk_server.cli import EXIT_HOLD, EXIT_OK, EXIT_REFUSED
from kiosk_server.cli.options import example

if TYPE_CHECKING:
    from boards.model.calendar.workdays import WorkCalendar
    from sync.county.land.report import LandReport


@click.command(
    "check-land",
    help="发布前检查一个征地案件：可以送审（0）、先处理问题（1）、不能读取（2）。",
    epilog=example("county check-land 征地案件/case.json --folder demo-county"),
)
@click.argument("case", type=click.Path(path_type=Path))
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    help="县级发布目录：按其中的村名单、节假日和规定检查，与 propose-land 结论相同。",
)
@click.option("--villages", type=click.Path(path_type=Path), help="本县村名单（CSV），用来核对村名。")
@click.option(
    "--calendar",
    type=click.Path(path_type=Path),
    help="节假日表（CSV，或 holiday-cn 的年度 JSON），补充或替换程序自带的 2004–2026 年。",
)
@click.option("--json", "as_json", is_flag=True, help="输出一个 JSON 对象，供程序读取。")
def command(
    case: Path, folder: Path | None, villages: Path | None, calendar: Path | None, as_json: bool
) -> None:
    """Read, check, report; the exit code says the verdict."""
    from boards.model.errors import Refusal  # noqa: PLC0415 - loaded only when needed
    from sync.county.land.check import refused  # noqa: PLC0415
    from sync.county.land.report import print_report, report_json  # noqa: PLC0415

    try:
        report = _by_county(case, folder) if folder else _alone(case, villages, calendar)
    except Refusal as refusal:
        report = refused(refusal)
    if as_json:
        sys.stdout.buffer.write(report_json(report))
        sys.stdout.buffer.flush()
    else:
        from kiosk_server.cli.tables import console  # noqa: PLC0415

        print_report(report, console(soft_wrap=True))
    code = {"ok": EXIT_OK, "hold": EXIT_HOLD}.get(report.verdict.value, EXIT_REFUSED)
    click.get_current_context().exit(code)


def _by_county(case: Path, folder: Path) -> LandReport:
    from sync.county.county import open_county  # noqa: PLC0415
    from sync.county.land.case_folder import case_folder  # noqa: PLC0415
    from sync.county.land.proposing import report_of  # noqa: PLC0415

    return report_of(open_county(folder), case_folder(case))


def _alone(case: Path, villages: Path | None, calendar: Path | None) -> LandReport:
    """Without a county's folder the case itself says in which province it lies."""
    from boards.model.land.terms import ZHEJIANG, rules_of  # noqa: PLC0415
    from sync.county.gazetteer import villages_from_csv  # noqa: PLC0415
    from sync.county.land.case_folder import bytes_of, case_folder  # noqa: PLC0415
    from sync.county.land.case_json import FILE_LIMIT_BYTES  # noqa: PLC0415
    from sync.county.land.check import checked_folder  # noqa: PLC0415

    known = villages_from_csv(bytes_of(villages, FILE_LIMIT_BYTES)) if villages else None
    found = case_folder(case)
    code = found.read.case.county_code or (known[0].code if known else "")
    return checked_folder(found, _calendar(calendar), known, rules_of(code) if code else ZHEJIANG)


def _calendar(path: Path | None) -> WorkCalendar:
    from boards.model.calendar.years import (  # noqa: PLC0415
        exceptions_from,
        exceptions_from_holiday_cn,
        shipped_calendar,
    )
    from sync.county.land.case_folder import TEXT_LIMIT_BYTES, bytes_of  # noqa: PLC0415

    if path is None:
        return shipped_calendar()
    raw = bytes_of(path, TEXT_LIMIT_BYTES)
    if raw.lstrip().startswith(b"{"):
        year, exceptions = exceptions_from_holiday_cn(raw)
        return shipped_calendar().extended(exceptions, {year})
    exceptions = exceptions_from(raw.decode("utf-8", "replace"))
    return shipped_calendar().extended(exceptions, {one.day.year for one in exceptions})
