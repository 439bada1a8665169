"""`county serve --folder F --bind 127.0.0.1:8090`: the feed over HTTP, for kiosks to pull."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from kiosk_server.cli.options import Address, Day, clock, county_folder, example


@click.command(
    "serve",
    help="用 HTTP 提供发布目录，供各村一体机拉取。",
    epilog=example("county serve --folder demo-county --bind 127.0.0.1:8090 --grace 2027-03-31"),
)
@county_folder
@click.option("--bind", type=Address(), default="127.0.0.1:8090", show_default=True, help="在哪里提供。")
@click.option(
    "--grace",
    type=Day(),
    help="换发口令期间：到这一天为止，还没有口令的一体机也让取，并记下是哪些村（county passes）。",
)
def command(folder: Path, bind: tuple[str, int], grace: date | None) -> None:
    """Serve until stopped."""
    from kiosk_server.county_office.feed import feed_app  # noqa: PLC0415 - loaded only when needed
    from kiosk_server.serving.server import run  # noqa: PLC0415
    from kiosk_server.serving.sockets import listening  # noqa: PLC0415
    from sync.county.county import open_county  # noqa: PLC0415
    from sync.county.kiosks.passes import passes  # noqa: PLC0415

    county = open_county(folder)
    known = passes(county.folder)
    door = listening(*bind)
    click.echo(f"{county.settings.name}的发布目录：http://{bind[0]}:{door.getsockname()[1]}/")
    click.echo("未发放取数口令：谁都可以取。" if known is None else f"只让 {len(known)} 个有口令的一体机取。")
    if known is not None and grace:
        click.echo(f"到 {grace} 为止，没有口令的也让取；哪些村还没有换，用 county passes 看。")
    run(feed_app(county.feed, clock=clock, grace=grace), [door])
