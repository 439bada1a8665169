"""`kiosk backfill`: scanned sheets and old rosters of years before this system, as archive records (补录)."""

from __future__ import annotations

from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import click

from boards.model.calendar.civil_day import trusted_today
from boards.model.kept.register import Act, Entry, stamped
from kiosk_server.archive.schema.soundness import answered
from kiosk_server.cli import EXIT_HOLD, EXIT_OK
from kiosk_server.cli.options import Actor, Day, PublicText, clock, example, given, settings_option
from kiosk_server.desk.clock_walk import walked
from kiosk_server.dossier.backfill import (
    LOOKED_AT,
    READ,
    Handed,
    NumbersNotLookedFor,
    Taken,
    backfilled,
    require_older,
    take_in,
)
from kiosk_server.dossier.nobody import people_of, require_nobody
from kiosk_server.kiosk import (
    Kiosk,
    data,
    database,
    keeping,
    open_kiosk,
    open_register,
    village_here,
)
from kiosk_server.release import BUILT
from kiosk_server.settings import read_settings

if TYPE_CHECKING:
    from datetime import date, datetime

SCAN, ROSTER = "scan", "roster"
_KINDS = {SCAN: "扫描件", ROSTER: "老名册"}
_CALLED = ("--year", "--kind", "--title", "--day", "--from", "--by", "files")
EARLIEST = 1949


@click.command(
    "backfill",
    epilog=example(
        "kiosk backfill --year 2019 --kind scan --title 2019年地力补贴公示表 --day 2019-12-01"
        " --from 村档案室 --by 岭东村村民委员会 --no-numbers-seen deploy/demo/picture.png"
    ),
)
@settings_option
@click.option("--village", default="", help="12 位代码；不写就是本村 / a village's code, else the first one.")
@click.option("--year", type=click.IntRange(EARLIEST, 9999), help="材料属于哪一年 / the year it belongs to.")
@click.option(
    "--kind",
    type=click.Choice([SCAN, ROSTER]),
    help="scan 扫描件（pdf、jpg、png、tiff）；roster 老名册（csv、xlsx、xls）。",
)
@click.option("--title", type=PublicText(), help="题名，如 2019年地力补贴公示表 / what it is.")
@click.option("--day", type=Day(), help="材料上写的日期 / the day on the paper.")
@click.option("--from", "source", type=PublicText(), help="从哪里来，如 村档案室 / where it came from.")
@click.option("--by", type=Actor(), help="谁交来的：单位或岗位，不写人名 / which office brings it.")
@click.option(
    "--no-numbers-seen",
    "looked",
    is_flag=True,
    help="已逐页核对，扫描件里没有身份证号、银行卡号 / a person has looked.",
)
@click.option("--list", "listed", is_flag=True, help="列出已经补录的 / what has been taken in.")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.pass_context
def command(  # noqa: PLR0913, PLR0917 - one argument an option
    ctx: click.Context,
    path: Path,
    village: str,
    year: int,
    kind: str,
    title: str,
    day: date,
    source: str,
    by: str,
    looked: bool,
    listed: bool,
    files: tuple[Path, ...],
) -> None:
    """补录：以前年份的扫描件和老名册收进档案，不上公开栏 / papers of older years, kept and never shown.

    Exit code 0: taken in, or listed; 1: some were here already; 2: refused, nothing was taken in.
    """
    settings, now = read_settings(path), clock()
    with answered(database(settings)), closing(open_kiosk(settings, clock)) as kiosk:
        code = village_here(kiosk, village).code
        if listed:
            _list(kiosk, code)
            return
        given(ctx, *_CALLED)
        about = Entry(
            at=stamped(now),
            act=Act.BACKFILL,
            village=code,
            year=year,
            kind=kind,
            title=title,
            day=day,
            source=source,
            by=by,
            outcome=LOOKED_AT if kind == SCAN else READ,
        )
        taken = _taken(kiosk, about, now, files, looked=looked)
    for one in taken:
        click.echo(_told(one))
    ctx.exit(EXIT_HOLD if any(one.known for one in taken) else EXIT_OK)


def _taken(
    kiosk: Kiosk, about: Entry, now: datetime, files: tuple[Path, ...], *, looked: bool
) -> tuple[Taken, ...]:
    """All are judged before the first is kept; raises what refuses one of them."""
    settings, floor = kiosk.settings, max(kiosk.board.trusted_floor(), BUILT)
    today, suspect = trusted_today(now, floor, walked(data(settings)))
    require_older(kiosk.board, about, today)
    people = people_of(kiosk.board, about.village)
    require_nobody(people, about.title, about.source, about.by)
    if about.kind == SCAN and not looked:
        raise NumbersNotLookedFor
    handed = [_handed(about.kind, one) for one in files]
    return take_in(keeping(settings, suspect=suspect), about, handed, people)


def _handed(kind: str, file: Path) -> Handed:
    """A file and what a program can tell of it; raises ScanUnfit, OldRosterUnfit, OlderFilePrivate."""
    from boards.model.privacy.withheld import shown  # noqa: PLC0415 - loaded only when something comes in
    from sync.county import older  # noqa: PLC0415

    with file.open("rb") as opened:
        octets = opened.read((older.LARGEST_MB << 20) + 1)
    read = older.scan if kind == SCAN else older.old_roster
    found = read(shown(file.name), octets)
    return Handed(file, sha256(octets).hexdigest(), len(octets), found.suffix, found.pages)


def _told(one: Taken) -> str:
    entry = one.entry
    what = f"{entry.year}年 {entry.title}（{entry.name}，sha256 {str(entry.sha256)[:16]}）"
    if one.known:
        return f"! 同一份文件已经在档案里，没有重复收：{what}，{entry.at[:10]} 收入"
    return f"✓ 补录：{what}，{entry.pages} {'页' if entry.kind == SCAN else '张表'}"


def _list(kiosk: Kiosk, code: str) -> None:
    found = backfilled(open_register(kiosk.settings), code)
    for one in found:
        pages = f"{one.pages} {'页' if one.kind == SCAN else '张表'}"
        click.echo(f"{one.year}年  {one.day}  补录·{_KINDS[one.kind]}  {one.title}  {pages}")
        click.echo(
            f"        来自{one.source}，{one.by}交来，{one.at[:10]} 收入，{one.name}，sha256 {one.sha256}"
        )
    click.echo(f"共 {len(found)} 份。")
