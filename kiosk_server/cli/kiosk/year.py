"""`kiosk year`: what is done and what is left of a village's year, and how many days there are."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from boards.model.calendar.civil_day import trusted_today
from boards.sheets.checklist import COLUMNS, Checklist, Colour, checklist_table
from boards.sheets.spreadsheet import as_csv
from kiosk_server.archive.schema.soundness import answered
from kiosk_server.cli import EXIT_HOLD, EXIT_OK
from kiosk_server.cli.options import clock, example, settings_option
from kiosk_server.cli.output_file import write_output
from kiosk_server.desk.checklist import checklist_on
from kiosk_server.desk.clock_walk import walked
from kiosk_server.kiosk import VillageElsewhere, VillageNotInPack, data, database, open_kiosk, open_register
from kiosk_server.release import BUILT
from kiosk_server.settings import read_settings

if TYPE_CHECKING:
    from boards.model.place import Village
    from boards.sheets.checklist import ChecklistRow

INK = {Colour.GREEN: "green", Colour.AMBER: "yellow", Colour.RED: "red"}


@click.command("year", epilog=example("kiosk year --csv 年度清单.csv"))
@settings_option
@click.option("--village", default="", help="12 位代码；不写就是本村 / a village's code, else the first one.")
@click.option(
    "--year", type=click.IntRange(2000, 2099), help="哪一年；不写就是今年 / which year, else this one."
)
@click.option(
    "--csv", "table", type=click.Path(dir_okay=False, path_type=Path), help="也写成表格 / as CSV too."
)
@click.pass_context
def command(ctx: click.Context, path: Path, village: str, year: int | None, table: Path | None) -> None:
    """年度清单：一年里哪些已公布、核对、打印、汇总、存档，还差什么，还剩几天 / what is left of a year.

    Exit code 0: done, or there is still time; 1: something is red, wrong or late; 2: refused.
    """
    settings, now = read_settings(path), clock()
    with answered(database(settings)), closing(open_kiosk(settings, clock)) as kiosk:
        code = village or kiosk.settings.villages[0]
        home = next((one for one in kiosk.pack.villages if one.code == code), None)
        if code not in kiosk.settings.villages:
            raise VillageElsewhere(village=code)
        if home is None:
            raise VillageNotInPack(village=code)
        today, _ = trusted_today(now, max(kiosk.board.trusted_floor(), BUILT), walked(data(settings)))
        acts = open_register(settings).entries(code)
        found = checklist_on(kiosk.board, acts, home, year or today.year, today)
    _tell(home, found)
    if table:
        write_output(table, path, as_csv(checklist_table([(home, found)])))
    ctx.exit(EXIT_HOLD if found.colour is Colour.RED else EXIT_OK)


def _tell(village: Village, found: Checklist) -> None:
    """A line a list, for terminals of any width; what is left of it below; the whole in one line."""
    click.echo(f"{village.name}{found.year}年年度清单")
    for row in found.rows:
        state = click.style(f"{row.colour}（{row.meaning}）", fg=INK[row.colour])
        what = f"{row.programme_name}{row.period_no and f' {row.period_no} 期'}"
        click.echo(f"{state}  {what}{_done(row)}")
        for one in row.left:
            click.echo(f"  ! {one}")
    click.echo(f"{village.name} {found.year} 年，{found.words}")


def _done(row: ChecklistRow) -> str:
    """What is done; what is not, and what nobody knows, is left to the lines below."""
    done = "、".join(column for column, mark in zip(COLUMNS, row.marks, strict=True) if mark == "是")
    return done and f"：{done}"
