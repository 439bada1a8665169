"""`kiosk export`: a village's year for inspection, as a folder that standard tools can check."""

from __future__ import annotations

import asyncio
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from boards.model.calendar.civil_day import trusted_today
from kiosk_server.archive.schema.soundness import answered
from kiosk_server.cli import EXIT_HOLD, EXIT_OK
from kiosk_server.cli.options import Actor, Instant, PublicText, clock, example, settings_option
from kiosk_server.cli.progress import progress_line
from kiosk_server.desk.clock_walk import walked
from kiosk_server.desk.erasing import NotForgotten, due
from kiosk_server.dossier.export import Acted, begun, exported, record, told
from kiosk_server.dossier.moment import Asked, Holder, VillageNotHeld, came
from kiosk_server.dossier.nobody import people_of, require_nobody
from kiosk_server.kiosk import Kiosk, data, database, open_kiosk, open_register, open_trust, open_vault
from kiosk_server.release import BUILT
from kiosk_server.settings import read_settings

if TYPE_CHECKING:
    from datetime import datetime


@click.command(
    "export",
    epilog=example("kiosk export --village 330590100201 --year 2025 --to 移交 --by 村文书 --reason 年度检查"),
)
@settings_option
@click.option("--village", default="", help="12 位代码；不写就是本村 / a village's code, else the first one.")
@click.option("--year", type=click.IntRange(2000, 2099), required=True, help="哪一年 / the year.")
@click.option(
    "--to",
    "into",
    type=click.Path(path_type=Path),
    required=True,
    help="放在哪个文件夹，如U盘上的 / a folder that is there, as on a stick.",
)
@click.option("--as-of", type=Instant(), help="截至哪个时间；不写就是现在 / as of which moment, else now.")
@click.option("--by", type=Actor(), help="谁导出的：单位或职务 / which office.")
@click.option("--reason", type=PublicText(), help="为什么导出 / why.")
@click.pass_context
def command(  # noqa: PLR0913, PLR0917 - one option each
    ctx: click.Context,
    path: Path,
    village: str,
    year: int,
    into: Path,
    as_of: datetime | None,
    by: str | None,
    reason: str | None,
) -> None:
    """把一个村一年的公开档案导出到U盘，供检查：不用本程序也能核对 / a year for the inspector.

    Exit code 0: complete; 1: complete, but it says what it lacks; 2: refused. Run again, it goes on.
    """
    settings, now = read_settings(path), clock()
    with answered(database(settings)), closing(open_kiosk(settings, clock)) as kiosk:
        code = village or kiosk.settings.villages[0]
        home = next((one for one in kiosk.pack.villages if one.code == code), None)
        if home is None or code not in kiosk.settings.villages:
            raise VillageNotHeld(village=code)
        if code in due(kiosk.board, data(settings)).villages:
            raise NotForgotten(why="上次同步没有做完")
        require_nobody(people_of(kiosk.board, code), by or "", reason or "")
        clocks = now, max(kiosk.board.trusted_floor(), BUILT), walked(data(settings))
        moment = as_of or begun(came(kiosk.board, code), into, home, year, now) or now
        asked = Asked(home, year, into, moment.replace(microsecond=0), now, trusted_today(*clocks)[1])
        holder = _holder(kiosk)
        with progress_line("导出", "件") as progress:
            done = asyncio.run(exported(holder, asked._replace(progress=progress)))
        record(holder.register, asked, done, Acted(clock(), by or "", reason or ""))
    for line in told(done):
        click.echo(line)
    ctx.exit(EXIT_HOLD if done.lacks else EXIT_OK)


def _holder(kiosk: Kiosk) -> Holder:
    return Holder(
        board=kiosk.board,
        pack=kiosk.pack,
        press=kiosk.press,
        trust=open_trust(kiosk),
        register=open_register(kiosk.settings),
        files=open_vault(kiosk.settings).read,
    )
