"""`kiosk inspect`: read everything that is kept again, set right what can be, and say what was otherwise."""

from __future__ import annotations

import asyncio
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from boards.model.calendar.civil_day import trusted_today
from kiosk_server.archive.engines.troubles import ArchiveDamaged
from kiosk_server.archive.schema.soundness import sound
from kiosk_server.cli import EXIT_HOLD, EXIT_OK, EXIT_REFUSED
from kiosk_server.cli.kiosk.verify import told as log_told
from kiosk_server.cli.options import clock, example, settings_option
from kiosk_server.cli.progress import progress_line
from kiosk_server.desk.clock_walk import walked
from kiosk_server.desk.inspecting import Found, Inspection, Inspector
from kiosk_server.desk.mending import on_a_whole_archive
from kiosk_server.kiosk import (
    data,
    keeping,
    open_archive,
    open_events,
    open_kiosk,
    open_road,
    places,
)
from kiosk_server.release import BUILT
from kiosk_server.settings import Settings, read_settings

if TYPE_CHECKING:
    from datetime import datetime

    from kiosk_server.archive.archive import Archive
    from kiosk_server.desk.catch_up import Road

EXITS = {"well": EXIT_OK, "healed": EXIT_HOLD, "damaged": EXIT_REFUSED}
_WHAT = {"missing": "缺失", "changed": "被改动过", "extra": "多出来的"}
_WHERE = {
    "archive": ("档案库", "已重新做好"),
    "register": ("登记簿", "已由档案库里的副本补回 {count} 行，被改的留在 register.chain.bent"),
    "copy": ("登记簿在档案库里的副本", "已由登记簿补回 {count} 行"),
    "events": ("留存的县级记录", "已重新写好"),
    "print": ("打印件的存档", "已由打印文件夹里的同一份补回"),
    "attachment": ("公告附件", "已重新取回"),
    "tombstone": ("删除凭据", "已恢复，内容仍是删去的"),
    "file": ("留存文件夹里的文件", ""),
    "folder": ("打印文件夹里的打印件", ""),
}
_TODO = {
    "register": "两份登记簿说法不一，请从备份放回 register.chain；没有备份的请联系县里",
    "events": "不属于任何一个村，请查明来历后移走",
    "print": "请把原文件放回打印文件夹再运行一次；没有的，请记明情况并重新打印张贴",
    "attachment": "请联网后运行 kiosk sync，仍没有的请联系县里",
    "file": "登记簿和公告里都没有它，请查明来历后移走",
    "folder": "请勿张贴；删去这份，再运行 kiosk print",
}


@click.command(
    "inspect",
    epilog=example("kiosk inspect --settings kiosk.toml"),
)
@settings_option
@click.option("--deep", is_flag=True, help="连打印文件夹里的文件也核对 / the folders for the printer too.")
@click.option("--json", "as_json", is_flag=True, help="给程序看的结果 / for programs.")
@click.pass_context
def command(ctx: click.Context, path: Path, *, deep: bool, as_json: bool) -> None:
    """逐项核对全部留存：记录、数据表、打印存档、附件、登记簿，能修的修好 / inspect all that is kept, nightly.

    Exit code 0: all is as it came; 1: something was not, and is set right; 2: something needs a person.
    """
    done = asyncio.run(_inspected(read_settings(path), deep=deep))
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(_report(done))).decode())
    else:
        _tell(done)
    ctx.exit(EXITS[done.outcome()])


async def _inspected(settings: Settings, *, deep: bool) -> Inspection:
    """What was found; what there is to say of a database that was damaged is said."""
    now, archive = clock(), open_archive(settings)
    road, said = open_road(settings, archive), list[str]()
    road.source.allow(road.pull_s)
    try:
        return await on_a_whole_archive(
            archive,
            road,
            lambda: _checked(settings, archive, road, now, deep=deep, anew=bool(said)),
            now,
            said.append,
        )
    finally:
        await archive.close()
        for line in said:
            click.echo(line, err=True)


async def _checked(  # noqa: PLR0913 - the world arrives as arguments
    settings: Settings, archive: Archive, road: Road, now: datetime, *, deep: bool, anew: bool
) -> Inspection:
    await archive.migrate()
    if isinstance(archive.database, Path) and not sound(archive.database):
        raise ArchiveDamaged(name=archive.database.name)
    with closing(open_kiosk(settings, clock)) as kiosk:
        floor = max(kiosk.board.trusted_floor(), BUILT)
        _, suspect = trusted_today(now, floor, walked(data(settings)))
        inspector = Inspector(
            road=road,
            archive=archive,
            keeping=keeping(settings, suspect=suspect),
            events=open_events(settings),
            printed=sorted(places(settings).printed),
        )
        with progress_line("核对", "条记录") as progress:
            return await inspector.inspected(kiosk.board, now, progress, deep=deep, anew=anew)


def _tell(done: Inspection) -> None:
    for one in done.looked:
        if one.found.village or one.outcome != "well":
            click.echo(log_told(one), err=one.outcome in {"damaged", "forked"})
    for found in done.found:
        click.echo(told(found), err=not found.healed)
    if done.outcome() == "well":
        click.echo(f"✓ 留存的 {done.files} 份文件逐份相符，登记簿完整")


def told(found: Found) -> str:
    """One line about one record."""
    where, healed = _WHERE[found.where]
    what = "、".join(part for part in (found.village, found.record, found.title) if part)
    then = healed.format(count=found.count) if found.healed else _TODO[found.where]
    return f"{'!' if found.healed else '✗'} {where}{_WHAT[found.what]}{f'（{what}）' if what else ''}：{then}"


def _report(done: Inspection) -> dict[str, object]:
    logs = [
        {
            "village": one.found.village,
            "outcome": one.outcome,
            "leaves": one.found.leaves,
            "batches": one.found.batches,
            "wrong": one.found.wrong,
        }
        for one in done.looked
    ]
    return {
        "outcome": done.outcome(),
        "logs": logs,
        "found": [{**msgspec.to_builtins(one), "told": told(one)} for one in done.found],
        "files": done.files,
        "bytes": done.octets,
    }
