"""`county check FILE`: read a roster as it is and say what is wrong before anything is published."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from boards.model.calendar.civil_day import civil_day
from kiosk_server.cli import EXIT_HOLD, EXIT_OK, EXIT_REFUSED
from kiosk_server.cli.options import example
from sync.own_name import own_name

if TYPE_CHECKING:
    from boards.model.place import Village
    from sync.county.county import County
    from sync.county.reading import Reading

_FILE_MAX_BYTES = 512 * 1024 * 1024


@click.command(
    "check",
    help="发布前检查一份名册：可以送审（0）、先处理问题（1）、不能读取（2）。",
    epilog=example("county check 名册.xlsx --folder demo-county"),
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--villages", type=click.Path(path_type=Path), help="本县村名单（CSV），用来核对村名。")
@click.option(
    "--folder", type=click.Path(path_type=Path), help="县级发布目录：用它的村名单、登记资料和记住的列含义。"
)
@click.option(
    "--map",
    "said",
    multiple=True,
    metavar="列=含义",
    help="更正一列的含义，如 F=amount 或 明细!F=amount，F=auto 取消。"
    "给了 --folder 就按表头版式记在它的 layouts.json，以后自动照用。",
)
@click.option("--json", "as_json", is_flag=True, help="输出一个 JSON 对象，供程序读取。")
@click.option("--html", type=click.Path(path_type=Path), help="把报告写成一页可以打印的网页。")
@click.option("--xlsx", type=click.Path(path_type=Path), help="把有问题的单元格标在名册的副本上。")
def command(  # noqa: PLR0913 - one parameter an option
    *,
    file: Path,
    villages: Path | None,
    folder: Path | None,
    said: tuple[str, ...],
    as_json: bool,
    html: Path | None,
    xlsx: Path | None,
) -> None:
    """Read, check, report; the exit code says the verdict."""
    reading, known = _reading(file, villages, folder, said)
    if html or xlsx:
        from kiosk_server.cli.county.check_files import write_reports  # noqa: PLC0415 - loaded only when needed

        write_reports(reading, known, file, html, xlsx)
    if as_json:
        from sync.county.report.report import json_blocks  # noqa: PLC0415 - loaded only when needed

        sys.stdout.buffer.writelines(json_blocks(reading))
        sys.stdout.buffer.flush()
    else:
        from kiosk_server.cli.tables import console  # noqa: PLC0415
        from sync.county.report.report import print_report  # noqa: PLC0415

        print_report(reading, console(), known)
    code = {"ok": EXIT_OK, "hold": EXIT_HOLD}.get(reading.verdict.value, EXIT_REFUSED)
    click.get_current_context().exit(code)


def _reading(
    file: Path, villages: Path | None, folder: Path | None, said: tuple[str, ...]
) -> tuple[Reading, tuple[Village, ...]]:
    from sync.county.formats.errors import RosterRefused  # noqa: PLC0415
    from sync.county.gazetteer import villages_from_csv  # noqa: PLC0415
    from sync.county.intake.process import refused_reading  # noqa: PLC0415
    from sync.county.roster.columns.clerk import corrections  # noqa: PLC0415

    data = b""
    known: tuple[Village, ...] = ()
    columns = corrections(said)
    county: County | None = None
    if folder:
        from sync.county.county import open_county  # noqa: PLC0415

        county = open_county(folder)
    try:
        known = villages_from_csv(_bytes(villages)) if villages else county.pack.places if county else ()
        data = _bytes(file)
        return _read(own_name(file), data, known, county, columns), known
    except RosterRefused as refusal:
        return refused_reading(own_name(file), data, refusal), known


def _read(
    name: str, data: bytes, known: tuple[Village, ...], county: County | None, columns: dict[str, str]
) -> Reading:
    """Read with what is remembered, and remember what the clerk said of a file that could be read."""
    from kiosk_server.cli.progress import progress_line  # noqa: PLC0415
    from kiosk_server.press.installed import drawn_here  # noqa: PLC0415
    from sync.county.intake.layouts import remember, remembered  # noqa: PLC0415
    from sync.county.intake.process import read_roster  # noqa: PLC0415

    layouts, terms = (remembered(county), county.pack.forbidden_terms) if county else ({}, ())
    today = civil_day(datetime.now(UTC))
    with progress_line("读取名册", "行") as progress:
        reading = read_roster(
            name,
            data,
            known or None,
            today=today,
            columns=columns,
            layouts=layouts,
            terms=terms,
            programmes=county.pack.programme_names if county else (),
            drawn=drawn_here,
            progress=progress,
        )
    if county and columns:
        remember(county, reading)
    return _looked_up(county, reading) if county else reading


def _looked_up(county: County, reading: Reading) -> Reading:
    from sync.county.intake.registries import looked_up_in  # noqa: PLC0415 - 20 ms, only with a folder

    return looked_up_in(county, reading)


def _bytes(path: Path) -> bytes:
    from sync.county.formats.errors import FileNotOpened, WorkbookTooLarge  # noqa: PLC0415

    try:
        if path.stat().st_size > _FILE_MAX_BYTES:
            raise WorkbookTooLarge(what=f"{path.stat().st_size // 2**20} MB")
        return path.read_bytes()
    except OSError as why:
        raise FileNotOpened(name=own_name(path)) from why
