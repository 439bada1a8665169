"""`kiosk consult`: an elapsed list is opened for a villager at the counter, with a reason, and recorded."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import click
import msgspec

from boards.model.calendar.civil_day import names_day, trusted_today
from boards.model.codes import grouped
from boards.model.kept.register import stamped
from boards.model.money import yuan
from boards.model.windows import workdays_of
from kiosk_server.archive.schema.soundness import answered
from kiosk_server.cli import EXIT_HOLD, EXIT_OK
from kiosk_server.cli.options import Actor, PublicText, clock, example, given, settings_option
from kiosk_server.desk.clock_walk import walked
from kiosk_server.desk.list_windows import window_on
from kiosk_server.dossier.consulting import (
    Reasons,
    consultation,
    elapsed,
    kept_list,
    on_it,
    require_elapsed,
    rows_of,
)
from kiosk_server.dossier.nobody import people_of, require_nobody
from kiosk_server.kiosk import Kiosk, data, database, open_kiosk, open_register, village_here
from kiosk_server.release import BUILT
from kiosk_server.settings import read_settings

if TYPE_CHECKING:
    from datetime import date, datetime
    from pathlib import Path

    from boards.model.windows import Window
    from boards.sheets.sheet import Line, SheetHead

_OPEN = (
    "\n\n\b\n打开一张表 / to open one:\n  kiosk consult --list 短码 --name 户主 --by 岭东村村民委员会"
    " --reason 本人核对往年面积"
)


@click.command("consult", epilog=example("kiosk consult --village 330590100201") + _OPEN)
@settings_option
@click.option("--village", default="", help="12 位代码；不写就是本村 / a village's code, else the first one.")
@click.option("--list", "asked", default="", help="短码（10 位）或批次；不写就列出可以查的表。")
@click.option("--name", default="", help="谁来查：表上的户主或享受人，不记录 / whose rows; never recorded.")
@click.option("--by", type=Actor(), help="哪个单位、岗位给查的，不写人名 / which office opens it.")
@click.option("--reason", type=PublicText(), help="为什么查，不写人名 / why, without names.")
@click.option("--all", "whole", type=PublicText(), help="看全表另写的理由 / a second reason: all rows.")
@click.pass_context
def command(  # noqa: PLR0913, PLR0917 - one argument an option
    ctx: click.Context, path: Path, village: str, asked: str, name: str, by: str, reason: str, whole: str
) -> None:
    """查档：期满的公示表，在柜台上给本人查自己的行，记入登记簿 / open an elapsed list at the counter.

    Exit code 0: shown; 1: nobody of that name stands on it; 2: refused, and nothing was opened.
    """
    settings, now = read_settings(path), clock()
    with answered(database(settings)), closing(open_kiosk(settings, clock)) as kiosk:
        code = village_here(kiosk, village).code
        if not asked:
            _list(kiosk, code, now)
            return
        given(ctx, "--by", "--reason", *(() if whole else ("--name",)))
        if whole == reason:
            raise click.BadParameter("要另写一条理由，不能和 --reason 一样", param_hint="--all")
        head, rows = _opened(kiosk, code, asked, name.strip(), now, by, Reasons(reason, whole or ""))
    click.echo(f"{head.title}　第{head.edition}版　短码 {grouped(head.code)}　（期满，已记入登记簿）")
    for row in rows:
        click.echo(_told(row))
    click.echo(f"共 {len(rows)} 行。" if rows else "这张表上没有这个名字。")
    ctx.exit(EXIT_OK if rows else EXIT_HOLD)


def _opened(  # noqa: PLR0913, PLR0917 - what was asked, by whom, when and why
    kiosk: Kiosk, code: str, asked: str, name: str, now: datetime, by: str, reasons: Reasons
) -> tuple[SheetHead, tuple[Line, ...]]:
    """The rows, once the register says that they were opened: a disk that is full opens nothing."""
    day, suspect = _days(kiosk, now)
    head = kept_list(kiosk.board, code, asked)
    require_elapsed(head, _window(kiosk, head, day), day)
    lines = kiosk.board.lines_named(code, head.batch)
    require_nobody(people_of(kiosk.board, code) | on_it(lines) | {name}, by, *reasons)
    rows = rows_of(lines, name, reasons)
    entry = consultation(head, stamped(now), by, reasons, found=bool(rows))
    open_register(kiosk.settings).write(msgspec.structs.replace(entry, suspect=suspect))
    return head, rows


def _list(kiosk: Kiosk, code: str, now: datetime) -> None:
    day, _ = _days(kiosk, now)
    found = elapsed(kiosk.board, code, lambda head: _window(kiosk, head, day), day)
    for head in found:
        click.echo(f"{grouped(head.code)}  {head.title}  {head.terms.period_no}期  {head.batch}")
    click.echo(f"可以查的期满的表 {len(found)} 张。")


def _days(kiosk: Kiosk, now: datetime) -> tuple[date, bool]:
    """The day names go by (settled §3), and whether the clock is suspect."""
    clocks = now, max(kiosk.board.trusted_floor(), BUILT), walked(data(kiosk.settings))
    return names_day(*clocks), trusted_today(*clocks)[1]


def _window(kiosk: Kiosk, head: SheetHead, day: date) -> Window:
    programmes = {one.code: one for one in kiosk.pack.programmes}
    return window_on(kiosk.board, programmes, workdays_of(kiosk.pack), head, day)


def _told(row: Line) -> str:
    """One row as it hung."""
    area = f"{row.quantity}{row.unit}" if row.quantity is not None else ""
    paid = f"{yuan(row.amount_fen)}元" if row.amount_fen else ""
    was = f"（更正前 {yuan(row.corrected_from_fen)}元）" if row.corrected_from_fen is not None else ""
    parts = row.group, row.holder, row.beneficiary, row.item, row.in_kind, area, paid + was, row.remark
    return "  ".join((f"序号{row.seq}", *filter(None, parts)))
