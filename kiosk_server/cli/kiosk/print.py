"""`kiosk print`: a village's sheets and land notices as PDF in a folder, ready for the printer."""

from __future__ import annotations

import asyncio
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from boards.model.calendar.civil_day import names_day, trusted_today
from boards.model.privacy.withheld import told_in_text
from boards.model.windows import workdays_of
from kiosk_server.archive.schema.soundness import answered
from kiosk_server.cli.options import clock, example, settings_option
from kiosk_server.cli.progress import progress_line
from kiosk_server.desk.clock_walk import walked
from kiosk_server.desk.erasing import note_printed
from kiosk_server.desk.erasing import told as papers_told
from kiosk_server.desk.print_sheets import Job, may_hang, print_notices, print_sheets, print_years
from kiosk_server.desk.wall import (
    hanging,
    list_hangs,
    notice_hangs,
    put_aside,
    years_put_aside,
    years_to_hang,
)
from kiosk_server.kiosk import Kiosk, VillageNotInPack, data, database, keeping, open_kiosk
from kiosk_server.kiosk import places as places_of
from kiosk_server.release import BUILT
from kiosk_server.settings import read_settings
from printouts.size import Paper

if TYPE_CHECKING:
    from datetime import date

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
    help="放在哪个文件夹（不写就是数据目录里的 print）/ where the PDFs go.",
)
@click.option(
    "--paper",
    type=click.Choice([paper.value for paper in Paper]),
    default=Paper.A4.value,
    help="纸张：a3 的字更大，远处也看得清 / A3 shows the same pages larger.",
)
@click.option(
    "--year",
    type=click.IntRange(2000, 2099),
    help="也打这一年的年度汇总表，什么时候都可以 / the summary of a year too, at any time.",
)
def command(path: Path, village: str, into: Path | None, paper: str, year: int | None) -> None:
    """打印件：正在张贴的公示表、公告和汇总；不再张贴的移到 已失效/ 并说明撤下哪些 / PDFs of what hangs."""
    if told_in_text(str(into)):  # which folders were printed into is kept
        raise click.BadParameter("里有个人号码，请换一个文件夹", param_hint="--into")
    settings, now = read_settings(path), clock()
    with answered(database(settings)), closing(open_kiosk(settings, clock)) as kiosk:
        code = village or kiosk.settings.villages[0]
        home = next((one for one in kiosk.pack.villages if one.code == code), None)
        if home is None or code not in kiosk.settings.villages:
            raise VillageNotInPack(village=code)
        places = places_of(settings)
        clocks = now, max(kiosk.board.trusted_floor(), BUILT), walked(data(settings))
        today, suspect = trusted_today(*clocks)
        kept = keeping(settings, suspect=suspect)
        kept.begin()
        job = Job(into or places.prints, now, Paper(paper), keeping=kept)
        note_printed(places, job.into)
        lists, notices = list_hangs(kiosk.board, kiosk.pack, today, job.into), notice_hangs(today)
        codes = hanging(kiosk.board, home, kiosk.pack, lists, notices)
        for down in put_aside(kiosk.board, home, kiosk.pack, job.into, codes):
            click.echo(f"! {down.sentence}")
        pdfs = asyncio.run(_printed(kiosk, home, job, codes, names_day(*clocks)))
        pdfs += _years(kiosk, home, job, today, year)
        old = [one for one in kiosk.board.erasures({}).papers if one.now and one.head.village.code == code]
        for line in papers_told(kiosk.board, old):
            click.echo(f"! {line}")
    for pdf in pdfs:
        click.echo(f"打印件：{pdf}")
    click.echo(f"✓ {home.name}：{len(pdfs)} 份")


def _years(kiosk: Kiosk, home: Village, job: Job, today: date, asked: int | None) -> tuple[Path, ...]:
    """年度汇总 of the years that hang, and which papers of a year come down."""
    board, pack = kiosk.board, kiosk.pack
    hang = years_to_hang(board, pack, home, today, job.into, asked)
    for down in years_put_aside(board, pack, home, today, job.into, hang):
        click.echo(f"! {down.sentence}")
    return tuple(asyncio.run(print_years(kiosk.press, hang, job)).values())


async def _printed(
    kiosk: Kiosk, home: Village, job: Job, codes: frozenset[str], day: date
) -> tuple[Path, ...]:
    """Names leave paper as they leave the screen, also where only a suspect clock says so (settled §2)."""
    board, press, pack = kiosk.board, kiosk.press, kiosk.pack
    may = may_hang(board, pack, day)
    with progress_line("打印", "份") as progress:
        job = job._replace(progress=progress)
        lists = await print_sheets(
            board, press, home.code, job, lambda head: head.code in codes and may(head)
        )
        calendar = workdays_of(pack)
        notices = await print_notices(board, press, home, calendar, job, lambda sheet: sheet.code in codes)
    return tuple((lists | notices).values())
