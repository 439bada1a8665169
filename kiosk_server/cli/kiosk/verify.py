"""`kiosk verify`: hold everything that is kept against the county's signatures, and set right what is not."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from kiosk_server.cli import EXIT_HOLD, EXIT_OK
from kiosk_server.cli.options import clock, example, settings_option
from kiosk_server.cli.progress import progress_line
from kiosk_server.desk.night_check import Looked, looked_after
from kiosk_server.kiosk import database, open_archive, open_pack, open_road
from kiosk_server.settings import Settings, read_settings

_TOLD = {
    "rebuilt": "公开的数据被改动过，已由日志重做，现在逐行相符",
    "fetched": "日志被改动或损坏，已从县里重新取回并核对",
    "damaged": "与县里签名的记录不一致，没能修复，有关名单暂停展示",
}


@click.command(
    "verify",
    epilog=example("kiosk verify --settings kiosk.toml"),
)
@settings_option
@click.pass_context
def command(ctx: click.Context, path: Path) -> None:
    """逐条核对全部记录与县里的签名，修复被改动的；宜每夜运行 / check everything kept, heal what differs.

    Exit code 0: all is as it came; 1: something was not, whether it could be repaired or not.
    """
    found = asyncio.run(_looked(read_settings(path)))
    for one in found:
        click.echo(told(one), err=one.outcome == "damaged")
    ctx.exit(EXIT_OK if all(one.outcome == "well" for one in found) else EXIT_HOLD)


async def _looked(settings: Settings) -> tuple[Looked, ...]:

    async with open_archive(settings, open_pack(settings)) as archive:
        road = open_road(settings, archive)
        with progress_line("核对", "份名单") as progress:
            return await looked_after(road, archive, database(settings), clock(), progress)


def told(one: Looked) -> str:
    """One line about one village."""
    found = one.found
    if one.outcome == "well":
        return f"✓ {found.village}：{found.leaves} 条记录与县里的签名一致，公开的 {found.batches} 批逐行相符"
    why = f"（{one.refusal}）" if one.refusal else ""
    return f"{'✗' if one.outcome == 'damaged' else '!'} {found.village}：{_TOLD[one.outcome]}{why}"
