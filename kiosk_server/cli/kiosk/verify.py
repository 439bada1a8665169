"""`kiosk verify`: hold everything that is kept against the county's signatures, and set right what is not."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kiosk_server.archive.engines.troubles import ArchiveDamaged
from kiosk_server.archive.schema.soundness import sound
from kiosk_server.cli import EXIT_HOLD, EXIT_OK, EXIT_REFUSED
from kiosk_server.cli.options import clock, example, settings_option
from kiosk_server.cli.progress import progress_line
from kiosk_server.crashes import FOLDER, kept
from kiosk_server.desk.catch_up import PullBroke
from kiosk_server.desk.mending import on_a_whole_archive
from kiosk_server.desk.night_check import Looked, looked_after
from kiosk_server.kiosk import data, open_archive, open_road
from kiosk_server.settings import Settings, read_settings

if TYPE_CHECKING:
    from datetime import datetime

    from kiosk_server.archive.archive import Archive
    from kiosk_server.desk.catch_up import Road

_TOLD = {
    "rebuilt": "本机数据被改动过{what}，已重做，现在逐行相符",
    "fetched": "日志被改动、丢失或损坏，已重新取回并核对",
    "forked": "县里的记录曾出现两个互相矛盾的版本，已停止接收，两份证据已保存；请联系县里核查",
    "damaged": "与县里签名的记录或到达登记不一致{what}，没能修复，有关内容以核对得上的为准",
}
_WORDS = {
    "leaf": "日志",
    "log": "进度",
    "batch": "批次",
    "change": "待生效的更正",
    "payout": "名单",
    "household": "户",
    "reading": "检索字母",
    "sheet": "表头",
    "incident": "异常记录",
    "notice": "征地公告",
    "enclosure": "公告附件",
    "annual": "年度汇总",
    "admission": "到达日期",
    "arrivals": "到达日期、拦截、可信时间或冻结证据",
    "trust": "信任文件或资料包，已按配对时的信任根重新取回",
    "book": "到达登记缺失或被改动，请核对后运行 kiosk rebuild",
    "schema": "数据库结构，请备份后删去 archive.sqlite3 再运行 kiosk sync（PostgreSQL：请管理员查明）",
}
UNHEALED = {"damaged", "forked"}


@click.command(
    "verify",
    epilog=example("kiosk verify --settings kiosk.toml"),
)
@settings_option
@click.pass_context
def command(ctx: click.Context, path: Path) -> None:
    """逐条核对全部记录与县里的签名，修复被改动的；宜每夜运行 / check everything kept, heal what differs.

    Exit code 0: all is as it came; 1: something was not, and is set right; 2: something needs a person.
    """
    looked, said = asyncio.run(_looked(read_settings(path)))
    found = [one for one in looked if one.found.village or one.outcome != "well"]
    for one in found:
        click.echo(told(one), err=one.outcome in UNHEALED)
        _reported(one, path)
    if any(one.outcome in UNHEALED for one in found):
        ctx.exit(EXIT_REFUSED)
    ctx.exit(EXIT_OK if all(one.outcome == "well" for one in found) and not said else EXIT_HOLD)


def _reported(one: Looked, path: Path) -> None:
    """A report of what nobody foresaw while a log was fetched."""
    broke = one.refusal.__cause__ if isinstance(one.refusal, PullBroke) else None
    if broke and (made := kept(data(read_settings(path)) / FOLDER, broke, "kiosk verify", clock())):
        click.echo(f"  报告已写到 {made}，请交给维护人员。", err=True)


async def _looked(settings: Settings) -> tuple[tuple[Looked, ...], list[str]]:
    """What was found, and what had to be said of a file that was damaged."""
    now, archive = clock(), open_archive(settings)
    road, said = open_road(settings, archive), list[str]()
    road.source.allow(road.pull_s)
    try:
        return await on_a_whole_archive(
            archive, road, lambda: _checked(archive, road, now), now, said.append
        ), said
    finally:
        await archive.close()
        for line in said:
            click.echo(line, err=True)


async def _checked(archive: Archive, road: Road, now: datetime) -> tuple[Looked, ...]:
    """Pages first: what hangs on a damaged one is not found by comparing rows."""
    await archive.migrate()
    if isinstance(archive.database, Path) and not sound(archive.database):
        raise ArchiveDamaged(name=archive.database.name)
    with progress_line("核对", "条记录") as progress:
        return await looked_after(road, archive, archive.database, now, progress)


def told(one: Looked) -> str:
    """One line about one village."""
    found = one.found
    if one.outcome == "well":
        return f"✓ {found.village}：{found.leaves} 条记录与县里的签名一致，公开的 {found.batches} 批逐行相符"
    rows = "、".join(f"{_WORDS[what]} {count} 处" for what, count in found.wrong.items())
    why = f"（{one.refusal}）" if one.refusal else ""
    said = _TOLD[one.outcome].format(what=f"（{rows}）" if rows else "")
    return f"{'✗' if one.outcome in UNHEALED else '!'} {found.village or '本机'}：{said}{why}"
