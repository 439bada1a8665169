"""`county status`: what waits, and whether every land case that must hang does."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kiosk_server.cli import EXIT_HOLD
from kiosk_server.cli.options import example
from kiosk_server.cli.progress import progress_line


@click.command(
    "status",
    help="发布情况：待审、待发布，征地信息是否全覆盖；有缺漏时退出码为 1。",
    epilog=example("county status --folder demo-county"),
)
@click.option("--folder", required=True, type=click.Path(path_type=Path), help="县级发布目录。")
@click.option("--json", "as_json", is_flag=True, help="输出一个 JSON 对象，供程序读取。")
@click.pass_context
def command(ctx: click.Context, folder: Path, as_json: bool) -> None:
    """Print what there is; the exit code says whether something is missing."""
    import msgspec  # noqa: PLC0415 - loaded only when needed

    from sync.county.county import open_county  # noqa: PLC0415
    from sync.county.publish.status import status, told  # noqa: PLC0415

    county = open_county(folder)
    with progress_line("读取发布目录"):
        found = status(county)
    if as_json:
        sys.stdout.buffer.write(msgspec.json.encode(found) + b"\n")
        sys.stdout.buffer.flush()
    else:
        click.echo("\n".join(told(county, found)))
    ctx.exit(0 if found.land.complete else EXIT_HOLD)
