"""`kiosk appraise`: lists what has been kept long enough; destroys what a list names that both signed."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from boards.model.calendar.civil_day import trusted_today
from boards.model.kept.appraisal import LARGEST_BYTES, Item, ListUnreadable, appraisal, listed
from boards.model.kept.register import Act, Entry, stamped
from boards.model.privacy.withheld import shown
from kiosk_server.archive.schema.soundness import answered
from kiosk_server.cli.options import Actor, clock, example, given, settings_option
from kiosk_server.cli.output_file import write_output
from kiosk_server.desk.clock_walk import walked
from kiosk_server.desk.erasing import take_copies
from kiosk_server.desk.print_sheets import may_hang
from kiosk_server.desk.wall import hanging, notice_hangs
from kiosk_server.dossier.appraising import (
    ClockSuspect,
    ListElsewhere,
    Signed,
    destroy,
    destroyed,
    elapsed,
    never,
)
from kiosk_server.dossier.nobody import people_of, require_nobody
from kiosk_server.kiosk import (
    Kiosk,
    data,
    database,
    keeping,
    open_kiosk,
    open_register,
    open_trust,
    open_vault,
    places,
    village_here,
)
from kiosk_server.release import BUILT
from kiosk_server.settings import read_settings

if TYPE_CHECKING:
    from datetime import date, datetime

    from boards.model.place import Village


@click.command("appraise", epilog=example("kiosk appraise --list 鉴定清单.txt"))
@settings_option
@click.option("--village", default="", help="12 位代码；不写就是本村 / a village's code, else the first one.")
@click.option(
    "--list",
    "listing",
    type=click.Path(dir_okay=False, path_type=Path),
    help="把保管期限已满的写成清单，供鉴定和签名 / where to write what has elapsed.",
)
@click.option(
    "--destroy",
    "signed",
    type=click.Path(path_type=Path),
    help="销毁这份清单上的；须有发布人、审核人两个签名 / a list that both signed.",
)
@click.option("--by", type=Actor(), help="哪个单位、岗位执行销毁，不写人名 / which office destroys.")
@click.pass_context
def command(  # noqa: PLR0913, PLR0917 - one argument an option
    ctx: click.Context, path: Path, village: str, listing: Path | None, signed: Path | None, by: str
) -> None:
    """档案鉴定：列出期满的；县里两人签名以后才销毁 / what may go, and what goes once both roles signed.

    Exit code 0: listed (nothing is written where nothing has elapsed), or destroyed; 2: refused.
    """
    if listing and signed:
        raise click.BadParameter("不能和 --list 一起写", param_hint="--destroy")
    given(ctx, "--by" if signed else "--list")
    settings, now = read_settings(path), clock()
    with answered(database(settings)), closing(open_kiosk(settings, clock)) as kiosk:
        home = village_here(kiosk, village)
        today = _today(kiosk, now)
        items = _elapsed(kiosk, home, today)
        if listing:
            if items:
                write_output(listing, path, appraisal(home, items, today).encode())
            click.echo(f"✓ {home.name}：{len(items)} 份保管期限已满{f'，清单 {listing}' if items else ''}")
        elif signed:
            require_nobody(people_of(kiosk.board, home.code), by, signed.stem)
            about = Entry(at=stamped(now), act=Act.DESTROY, village=home.code, by=by)
            list_ = _signed(kiosk, home, signed)
            gone = destroy(keeping(settings), list_, items, about)
            took = destroyed(open_register(settings), list_)
            take_copies(places(settings), {one.code for one in took if one.code})
            click.echo(f"✓ {home.name}：按清单销毁 {gone} 份，清单存档（sha256 {list_.sha256}）")


def _today(kiosk: Kiosk, now: datetime) -> date:
    """The trusted day; raises ClockSuspect where there is none."""
    floor = max(kiosk.board.trusted_floor(), BUILT)
    today, suspect = trusted_today(now, floor, walked(data(kiosk.settings)))
    if suspect:
        raise ClockSuspect
    return today


def _elapsed(kiosk: Kiosk, home: Village, today: date) -> list[Item]:
    """What is over, is here, and hangs no more."""
    board, pack = kiosk.board, kiosk.pack
    entries, vault = open_register(kiosk.settings).entries(), open_vault(kiosk.settings)
    hang = hanging(board, home, pack, may_hang(board, pack, today), notice_hangs(today))
    found = elapsed(entries, pack, home.code, today, never(board, entries))
    return [one for one in found if vault.has(one.sha256) and one.code not in hang]


def _signed(kiosk: Kiosk, home: Village, file: Path) -> Signed:
    """A list that both keys signed; raises ListUnreadable, WrongKey, OneSignatureOnly, ListElsewhere."""
    from sync.log.note import MalformedNote, parse  # noqa: PLC0415 - loaded only when something goes

    name, raw = shown(file.name), file.read_bytes()
    try:
        note = parse(raw, LARGEST_BYTES)
    except MalformedNote as e:
        raise ListUnreadable(name=name, why="没有签名，或不完整") from e
    said = listed(note.text, name)
    if said.village != home.code:
        raise ListElsewhere(village=said.village)
    open_trust(kiosk).require_both(home.name, note)
    return Signed(name, raw, said)
