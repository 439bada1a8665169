"""`county passes`: who fetches with which token, who still without one, which tokens were never used."""

from __future__ import annotations

from pathlib import Path

import click

from kiosk_server.cli.options import county_folder, example


@click.command(
    "passes",
    help="取数口令的使用情况：哪些村还在用没有口令的一体机取数，哪台用哪个口令、最近是哪天，哪些从没用过。",
    epilog=example("county passes --folder demo-county"),
)
@county_folder
def command(folder: Path) -> None:
    """A line each."""
    from sync.county.county import open_county  # noqa: PLC0415 - loaded only when needed
    from sync.county.kiosks.enrolling import register_now  # noqa: PLC0415
    from sync.county.kiosks.register_words import fetching  # noqa: PLC0415

    county = open_county(folder)
    click.echo("\n".join(fetching(county, register_now(county))))
