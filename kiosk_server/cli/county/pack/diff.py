"""`county pack diff`: what the working copy would change of the published pack, in words."""

from __future__ import annotations

from pathlib import Path

import click

from kiosk_server.cli import EXIT_HOLD, EXIT_OK
from kiosk_server.cli.options import county_folder, example


@click.command(
    "diff",
    help="工作副本和已发布的资料包差在哪里，逐项用文字说明；没有差别时退出码为 0，有差别为 1。",
    epilog=example("county pack diff --folder demo-county"),
)
@county_folder
@click.pass_context
def command(ctx: click.Context, folder: Path) -> None:
    """Tell it; a stray file is told and goes nowhere."""
    from sync.county.county import open_county  # noqa: PLC0415 - loaded only when needed
    from sync.county.packs.proposing import standing  # noqa: PLC0415
    from sync.pack import found_in  # noqa: PLC0415

    found = standing(open_county(folder))
    for one in found_in(folder / "pack")[1]:
        click.echo(f"不随资料包发布：{one.file}")
    click.echo("\n".join(found.lines()) if found.told else "工作副本和已发布的资料包一样。")
    ctx.exit(EXIT_HOLD if found.told else EXIT_OK)
