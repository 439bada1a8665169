"""`county list`: what is published, list by list, with the code that stands on the sheet."""

from __future__ import annotations

from pathlib import Path

import click

from kiosk_server.cli.options import county_folder, example
from kiosk_server.cli.progress import progress_line


@click.command(
    "list",
    help="已发布的名单：村、项目、期号、第几版、行数、金额、短码，撤下的也列出。",
    epilog=example("county list --village 岭东村 --folder demo-county"),
)
@click.option("--village", default="", help="只列一个村：村名或 12 位村代码。")
@click.option("--programme", default="", help="只列一项补贴：名称或资料包里的代码。")
@county_folder
def command(village: str, programme: str, folder: Path) -> None:
    """One line a list."""
    from sync.county.county import open_county  # noqa: PLC0415 - loaded only when needed
    from sync.county.publish.amendments import village_named  # noqa: PLC0415
    from sync.county.publish.published.text import published_text  # noqa: PLC0415

    county = open_county(folder)
    villages = [village_named(county, village)] if village else county.pack.villages
    with progress_line("读取发布目录"):
        told = [*published_text(county, villages, programme)]
    click.echo("\n".join(told) if told else "还没有发布过这样的名单。")
