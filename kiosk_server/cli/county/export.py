"""`county export`: any village's year for inspection, out of the county's own feed."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kiosk_server.cli import EXIT_HOLD, EXIT_OK
from kiosk_server.cli.options import Actor, Instant, PublicText, clock, county_folder, example
from kiosk_server.cli.progress import progress_line

if TYPE_CHECKING:
    from datetime import datetime

    from boards.model.place import Village
    from kiosk_server.dossier.export import Exported
    from kiosk_server.dossier.moment import Asked
    from sync.county.county import County


@click.command(
    "export",
    help="把任何一个村一年的公开档案导出到U盘，供检查：不用本程序也能核对。",
    epilog=example(
        "county export --folder demo-county --village 330590100201 --year 2025 --to 移交 --by 县档案馆"
    ),
)
@county_folder
@click.option("--village", required=True, help="12 位村代码。")
@click.option("--year", type=click.IntRange(2000, 2099), required=True, help="哪一年。")
@click.option("--to", "into", required=True, type=click.Path(path_type=Path), help="放在哪个文件夹。")
@click.option("--as-of", type=Instant(), help="截至哪个时间；不写就是现在。")
@click.option("--by", type=Actor(), help="谁导出的：单位或职务。")
@click.option("--reason", type=PublicText(), help="为什么导出。")
@click.option(
    "--public-base-url",
    "base_url",
    default="https://county.invalid",
    show_default=True,
    help="补画的公示表上二维码的网址，应与各村 kiosk.toml 的 public_base_url 相同。",
)
@click.pass_context
def command(  # noqa: PLR0913, PLR0917 - one option each
    ctx: click.Context,
    folder: Path,
    village: str,
    year: int,
    into: Path,
    as_of: datetime | None,
    by: str | None,
    reason: str | None,
    base_url: str,
) -> None:
    """Exit code 0: complete; 1: complete, but it says what it lacks; 2: refused."""
    from kiosk_server.archive.kept.register import Register  # noqa: PLC0415 - loaded only when needed
    from kiosk_server.county_office.year_out import published_at, village_of  # noqa: PLC0415
    from kiosk_server.dossier.export import Acted, begun, record, told  # noqa: PLC0415
    from kiosk_server.dossier.moment import Asked  # noqa: PLC0415
    from sync.county.county import open_county  # noqa: PLC0415

    county, now = open_county(folder), clock()
    home: Village = village_of(county, village)
    moment = as_of or begun(published_at(county, village), into, home, year, now) or now
    asked = Asked(home, year, into, moment.replace(microsecond=0), now)
    done = asyncio.run(_exported(county, asked, base_url, (by or "", reason or "")))
    record(Register(county.folder), asked, done, Acted(clock(), by or "", reason or ""))
    for line in told(done):
        click.echo(line)
    ctx.exit(EXIT_HOLD if done.lacks else EXIT_OK)


async def _exported(county: County, asked: Asked, base_url: str, words: tuple[str, str]) -> Exported:
    """Hand it out, unless the words for the register name somebody; raises WordsTellWho."""
    from kiosk_server.county_office.year_out import holder  # noqa: PLC0415
    from kiosk_server.dossier.export import exported  # noqa: PLC0415
    from kiosk_server.dossier.nobody import people_of, require_nobody  # noqa: PLC0415

    with progress_line("导出", "件") as progress:
        async with holder(county, asked.village.code, base_url) as stands:
            require_nobody(people_of(stands.board, asked.village.code), *words)
            return await exported(stands, asked._replace(progress=progress))
