"""`county check FILE`: read a roster as it is and say what is wrong before anything is published."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kiosk_server.cli import EXIT_HOLD, EXIT_OK, EXIT_REFUSED

if TYPE_CHECKING:
    from boards.model.place import Village
    from sync.county.reading import Reading

_FILE_MAX_BYTES = 512 * 1024 * 1024


@click.command("check", help="发布前检查一份名册：可以送审（0）、先处理问题（1）、不能读取（2）。")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--villages", type=click.Path(path_type=Path), help="本县村名单（CSV），用来核对村名。")
@click.option("--json", "as_json", is_flag=True, help="输出一个 JSON 对象，供程序读取。")
@click.option("--html", type=click.Path(path_type=Path), help="把报告写成一页可以打印的网页。")
@click.option("--xlsx", type=click.Path(path_type=Path), help="把有问题的单元格标在名册的副本上。")
def command(file: Path, villages: Path | None, as_json: bool, html: Path | None, xlsx: Path | None) -> None:
    """Read, check, report; the exit code says the verdict."""
    reading, known = _reading(file, villages)
    if html or xlsx:
        from kiosk_server.cli.check_files import write_reports  # noqa: PLC0415 - loaded only when needed

        write_reports(reading, known, file, html, xlsx)
    if as_json:
        from sync.county.report import report_json  # noqa: PLC0415 - loaded only when needed

        sys.stdout.buffer.write(report_json(reading))
        sys.stdout.buffer.flush()
    else:
        from rich.console import Console  # noqa: PLC0415

        from sync.county.report import print_report  # noqa: PLC0415

        print_report(reading, Console(), known)
    sys.exit(_exit_code(reading))


def _reading(file: Path, villages: Path | None) -> tuple[Reading, tuple[Village, ...]]:
    from sync.county.roster import RosterRefused, read_roster, refused_reading, villages_from_csv  # noqa: PLC0415
    from sync.county.roster.errors import FileNotOpened  # noqa: PLC0415

    data = b""
    known: tuple[Village, ...] = ()
    today = (datetime.now(UTC) + timedelta(hours=8)).date()  # civil days are Asia/Shanghai (DECISIONS 1)
    try:
        known = villages_from_csv(_bytes(villages)) if villages else ()
        data = _bytes(file)
        return read_roster(file.name, data, known or None, today=today), known
    except FileNotOpened as refusal:
        return refused_reading(file.name, b"", refusal), known
    except RosterRefused as refusal:
        return refused_reading(file.name, data, refusal), known


def _bytes(path: Path) -> bytes:
    from sync.county.roster.errors import FileNotOpened, WorkbookTooLarge  # noqa: PLC0415

    try:
        if path.stat().st_size > _FILE_MAX_BYTES:
            raise WorkbookTooLarge(what=f"{path.stat().st_size // 2**20} MB")
        return path.read_bytes()
    except OSError as why:
        raise FileNotOpened(name=path.name) from why


def _exit_code(reading: Reading) -> int:
    return {"ok": EXIT_OK, "hold": EXIT_HOLD}.get(reading.verdict.value, EXIT_REFUSED)
