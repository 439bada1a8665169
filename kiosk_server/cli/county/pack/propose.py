"""`county pack propose`: the working copy is put forward for both seats (先审后发)."""

from __future__ import annotations

import click

from kiosk_server.cli.options import Who, acts, clock, example


@click.command(
    "propose",
    help="提交工作副本，等待审核、发布；版本要和发布过的都不同，--version auto 按年份接着编号。",
    epilog=example("county pack propose --version auto --as li --folder demo-county"),
)
@acts
@click.option("--version", default="", help="写进 pack.toml 的版本，如 2026-2；auto 自动编号。")
def command(who: Who, version: str) -> None:
    """Set the version where one is given, propose, and say what comes next."""
    from sync.county.packs.proposing import propose_pack, versioned  # noqa: PLC0415 - loaded only when needed

    county, now = who.county("pack_editor"), clock()
    if version:
        versioned(county, version, now)
    made = propose_pack(county, now)
    click.echo(made.shown)
    click.echo(f"已提交，等待审核：county review --folder {who.folder} {made.id}")
