"""`kiosk rebuild`: make every table again from the log as it was admitted."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from kiosk_server.archive.schema.soundness import answered
from kiosk_server.cli import EXIT_HOLD
from kiosk_server.cli.options import example, settings_option
from kiosk_server.cli.progress import progress_line
from kiosk_server.kiosk import open_archive, open_pack
from kiosk_server.settings import Settings, read_settings


@click.command(
    "rebuild",
    epilog=example("kiosk rebuild --settings kiosk.toml"),
)
@settings_option
@click.pass_context
def command(ctx: click.Context, path: Path) -> None:
    """从日志重做全部数据表 / project all tables again; the log itself is not touched."""
    logs, lost = asyncio.run(_rebuilt(read_settings(path)))
    click.echo(f"✓ 已由 {logs} 个村的日志重做全部数据表。")
    if lost:
        click.echo(f"! {'、'.join(lost)}：日志与登记的不符，没有重做；请运行 kiosk verify 取回。", err=True)
        ctx.exit(EXIT_HOLD)


async def _rebuilt(settings: Settings) -> tuple[int, tuple[str, ...]]:
    async with open_archive(settings) as archive:
        archive.live_by(open_pack(settings))
        with answered(archive.database), progress_line("重做数据表", "条记录") as progress:
            return await archive.rebuild(progress)
