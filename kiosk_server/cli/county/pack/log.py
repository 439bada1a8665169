"""`county pack log`: every pack that was published, by whom, and what it changed."""

from __future__ import annotations

from pathlib import Path

import click

from kiosk_server.cli.options import county_folder, example


@click.command(
    "log",
    help="发布过的资料包：版本、日期、经办人和每一版改了什么，新的在前。",
    epilog=example("county pack log --folder demo-county"),
)
@county_folder
def command(folder: Path) -> None:
    """Tell them."""
    from sync.county.county import open_county  # noqa: PLC0415 - loaded only when needed
    from sync.county.packs.history import published_packs, told  # noqa: PLC0415

    lines = [*told(published_packs(open_county(folder)))]
    click.echo("\n".join(lines) or "还没有发布过资料包。")
