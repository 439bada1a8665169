"""`kiosk print`: a village's sheets and land notices as PDF in a folder, ready for the printer."""

from __future__ import annotations

import asyncio
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from boards.model.calendar.civil_day import names_day
from boards.model.windows import workdays_of
from kiosk_server.archive.schema.soundness import answered
from kiosk_server.cli.options import clock, example, settings_option
from kiosk_server.cli.progress import progress_line
from kiosk_server.desk.clock_walk import walked
from kiosk_server.desk.erasing import Places, note_printed
from kiosk_server.desk.erasing import told as papers_told
from kiosk_server.desk.print_sheets import may_hang, print_notices, print_sheets
from kiosk_server.kiosk import Kiosk, VillageNotInPack, data, database, open_kiosk
from kiosk_server.release import BUILT
from kiosk_server.settings import read_settings

if TYPE_CHECKING:
    from datetime import datetime

    from boards.model.place import Village


@click.command(
    "print",
    epilog=example("kiosk print --village 330590100201 --into 打印件"),
)
@settings_option
@click.option("--village", default="", help="12 位代码；不写就是本村 / a village's code, else the first one.")
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    help="放在哪个文件夹（不写就是设置文件旁的 print）/ where the PDFs go.",
)
def command(path: Path, village: str, into: Path | None) -> None:
    """打印件：公示期内的公示表和征地公告 / sheets and land notices as PDF; what is there already stays."""
    settings, now = read_settings(path), clock()
    code = village or settings.villages[0]
    with answered(database(settings)), closing(open_kiosk(settings, clock)) as kiosk:
        home = next((one for one in kiosk.pack.villages if one.code == code), None)
        if home is None or code not in settings.villages:
            raise VillageNotInPack(village=code)
        places = Places(data=data(settings), prints=settings.path("print"))
        folder = into or places.prints
        note_printed(places, folder)
        pdfs = asyncio.run(_printed(kiosk, home, folder, now))
        old = [one for one in kiosk.board.erasures({}).papers if one.now and one.head.village.code == code]
        for line in papers_told(kiosk.board, old):
            click.echo(f"! {line}")
    for pdf in pdfs:
        click.echo(f"打印件：{pdf}")
    click.echo(f"✓ {home.name}：{len(pdfs)} 份")


async def _printed(kiosk: Kiosk, home: Village, into: Path, now: datetime) -> tuple[Path, ...]:
    board, press, pack = kiosk.board, kiosk.press, kiosk.pack
    floor = max(board.trusted_floor(), BUILT)
    hangs = may_hang(board, pack, names_day(now, floor, walked(data(kiosk.settings))))
    with progress_line("打印", "份") as progress:
        sheets = await print_sheets(board, press, home.code, into, now, hangs, progress)
        return sheets + await print_notices(board, press, home, workdays_of(pack), into, now, progress)
