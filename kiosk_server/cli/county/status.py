"""`county status`: what waits, whether every land case hangs; with `--year`, how far each village is."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from boards.model.calendar.civil_day import civil_day
from kiosk_server.cli import EXIT_HOLD, EXIT_OK
from kiosk_server.cli.options import county_folder, example
from kiosk_server.cli.output_file import write_output
from kiosk_server.cli.progress import progress_line

if TYPE_CHECKING:
    from sync.county.county import County


@click.command(
    "status",
    help="发布情况：待审、待发布，征地信息是否全覆盖；--year 列出各村、各镇、全县这个年度办到哪一步；"
    "有缺漏时退出码为 1。",
    epilog=example("county status --folder demo-county"),
)
@county_folder
@click.option("--json", "as_json", is_flag=True, help="输出一个 JSON 对象，供程序读取。")
@click.option("--year", type=click.IntRange(2000, 2099), help="年度：名单公布、核对、核定到哪一步。")
@click.option("--csv", "table", type=click.Path(path_type=Path), help="与 --year 同用：各村清单写成表格。")
@click.pass_context
def command(ctx: click.Context, folder: Path, as_json: bool, year: int | None, table: Path | None) -> None:
    """Print what there is; the exit code says whether something is missing."""
    import msgspec  # noqa: PLC0415 - loaded only when needed

    from sync.county.county import open_county  # noqa: PLC0415
    from sync.county.publish.status import status, told  # noqa: PLC0415

    if (table and year is None) or (as_json and year is not None):
        raise click.UsageError("--csv 要和 --year 同用，--json 不能和 --year 同用。")
    county = open_county(folder)
    if year is not None:
        ctx.exit(_of_year(county, year, table))
    with progress_line("读取发布目录"):
        found = status(county)
    if as_json:
        sys.stdout.buffer.write(msgspec.json.encode(found) + b"\n")
        sys.stdout.buffer.flush()
    else:
        click.echo("\n".join(told(county, found)))
    ctx.exit(0 if found.land.complete else EXIT_HOLD)


def _of_year(county: County, year: int, table: Path | None) -> int:
    """Every village's checklist; 0 where all is done."""
    from boards.sheets.checklist import Colour, checklist_table  # noqa: PLC0415
    from boards.sheets.spreadsheet import as_csv  # noqa: PLC0415
    from sync.county.years.standing import standing, told  # noqa: PLC0415

    with progress_line("读取各村名单"):
        found = standing(county, year, civil_day(datetime.now(UTC)))
    click.echo("\n".join(told(found, year)))
    if table:
        rows = checklist_table((one.village, one.checklist) for one in found)
        write_output(table, county.folder / "county.toml", as_csv(rows))
        click.echo(f"清单：{table}")
    return EXIT_OK if all(one.checklist.colour is Colour.GREEN for one in found) else EXIT_HOLD
