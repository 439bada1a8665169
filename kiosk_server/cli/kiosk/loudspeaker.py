"""`kiosk loudspeaker`: the week's notices as an mp3 for the village's loudspeaker (大喇叭)."""

from __future__ import annotations

import asyncio
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from boards.model.speech.spoken import words
from boards.pages import Pages
from boards.pages.speech.week import week_said
from kiosk_server.archive.schema.soundness import answered
from kiosk_server.cli.options import Day, clock, example, settings_option
from kiosk_server.cli.output_file import write_output
from kiosk_server.desk.clock_walk import walked
from kiosk_server.kiosk import Kiosk, VillageNotInPack, data, database, open_kiosk
from kiosk_server.settings import read_settings
from kiosk_server.web.app import doors_of, present, static_files
from kiosk_server.web.assets import StaticTable
from kiosk_server.web.guard import Door
from kiosk_server.web.logbook import Logbook
from kiosk_server.web.pages.week import this_week
from kiosk_server.web.reader import Reader
from kiosk_server.web.visit import Choice, Visit, Wish

if TYPE_CHECKING:
    from datetime import date

    from boards.model.speech.spoken import Speech

WRITTEN = ".txt"


@click.command("loudspeaker", epilog=example("kiosk loudspeaker --to 大喇叭.mp3"))
@settings_option
@click.option(
    "--to",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="写到哪个文件：.mp3 直接播放，.txt 给人念 / where to write it.",
)
@click.option("--village", default="", help="12 位代码；不写就是本村 / a village's code, else the first one.")
@click.option(
    "--as-of",
    type=Day(),
    help="截至哪一天的七天（不写就是今天）/ the last of the seven days.",
)
def command(path: Path, to: Path, village: str, as_of: date | None) -> None:
    """大喇叭：最近七天新公开的名单和公告，没有姓名，三分钟以内 / the week's notices as an mp3, no names."""
    settings = read_settings(path)
    with answered(database(settings)), closing(open_kiosk(settings, clock)) as kiosk:
        code = village or kiosk.settings.villages[0]
        if code not in kiosk.settings.villages:
            raise VillageNotInPack(village=code)
        count, speech = _week(kiosk, code, as_of)
        made = words(speech).encode() if to.suffix == WRITTEN else asyncio.run(_spoken(kiosk, speech))
    write_output(to, path, made)  # whole or not at all: what is half written must never be broadcast
    click.echo(f"✓ 大喇叭：最近七天 {count} 项，{to}")


def _week(kiosk: Kiosk, code: str, as_of: date | None) -> tuple[int, Speech]:
    """The very words that the board has for them, on the day asked for."""
    moment = present(kiosk.board, clock(), seen=lambda *_: walked(data(kiosk.settings)))
    if moment.clock_suspect and not as_of:
        click.echo(f"! 时钟可疑，按 {moment.day} 播报；请校准本机时间，或用 --as-of 写明哪一天。", err=True)
    if as_of:
        moment = msgspec.structs.replace(moment, day=as_of)
    visit = Visit(Door.LAN, moment, Choice("zh_CN", "m"), Wish(), gzipped=False)
    here = Reader(
        doors_of(kiosk, Pages(StaticTable(static_files()).urls), Logbook(sys.stderr, clock)),
        visit,
        moment,
        f"/v/{code}/",
    )
    village = here.village(code)
    with kiosk.board.snapshot():
        news = this_week(here, village)
        return len(news), week_said(here.frame(village), news)


async def _spoken(kiosk: Kiosk, speech: Speech) -> bytes:
    """It is broadcast once and kept by whoever asked for it."""
    return await kiosk.press.say(speech, personal=True)
