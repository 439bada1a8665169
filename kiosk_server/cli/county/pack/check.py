"""`county pack check PACK | --folder F`: everything wrong, missing or odd in a pack, at once."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from boards.model.calendar.civil_day import civil_day
from kiosk_server.cli import EXIT_HOLD, EXIT_OK, EXIT_REFUSED
from kiosk_server.cli.county.pack import pack_folder
from kiosk_server.cli.options import clock, example

if TYPE_CHECKING:
    from sync.county.founding.lacking import Lacking

_MARKS = {"wrong": "✗ 不对", "missing": "△ 缺少", "odd": "？请核对"}


@click.command(
    "check",
    help="检查资料包：没有问题（0）、有缺少或要核对的（1）、有一体机不能用的（2）。",
    epilog=example("county pack check --folder demo-county"),
)
@click.argument("pack", required=False, type=click.Path(path_type=Path))
@click.option("--folder", type=click.Path(path_type=Path), help="县级发布目录：检查其中的 pack/。")
@click.option("--json", "as_json", is_flag=True, help="输出一个 JSON 对象，供程序读取。")
def command(pack: Path | None, folder: Path | None, *, as_json: bool) -> None:
    """Read, judge, report; the exit code says the verdict."""
    from sync.county.founding.lacking import lacking  # noqa: PLC0415 - loaded only when needed
    from sync.pack import found_in  # noqa: PLC0415

    found = lacking(*found_in(pack_folder(pack, folder)), civil_day(clock()))
    wrong = any(one.kind == "wrong" for one in found)
    if as_json:
        verdict = "refused" if wrong else "hold" if found else "ok"
        sys.stdout.buffer.write(msgspec.json.encode({"verdict": verdict, "found": found}) + b"\n")
    else:
        _tell(found)
    click.get_current_context().exit(EXIT_REFUSED if wrong else EXIT_HOLD if found else EXIT_OK)


def _tell(found: list[Lacking]) -> None:
    for one in found:
        click.echo(f"{_MARKS[one.kind]}  {one}")
        if one.example:
            click.echo(f"      例：{one.example}")
    counted = {kind: sum(one.kind == kind for one in found) for kind in _MARKS}
    told = "、".join(f"{_MARKS[kind][2:].strip()} {n} 处" for kind, n in counted.items() if n)
    click.echo(f"资料包：{told}。" if told else "资料包没有发现问题。")
