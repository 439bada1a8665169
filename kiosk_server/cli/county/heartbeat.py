"""`county heartbeat`: say every day that what the villages have is still the newest."""

from __future__ import annotations

from pathlib import Path

import click

from kiosk_server.cli import EXIT_HOLD, EXIT_OK
from kiosk_server.cli.options import clock, county_folder, example
from kiosk_server.cli.progress import progress_line


@click.command(
    "heartbeat",
    help="给每个村最新的检查点加上带时间的心跳签名，让各村知道手里的数据仍是最新的；信任文件快到期的一并续期。"
    "由 county-heartbeat.timer 每天运行。",
    epilog=example("county heartbeat --folder demo-county"),
)
@county_folder
@click.pass_context
def command(ctx: click.Context, folder: Path) -> None:
    """Cosign; exit code 1 where a village was left out."""
    from sync.county.county import open_county  # noqa: PLC0415 - loaded only when needed
    from sync.county.heartbeat import beat  # noqa: PLC0415

    with progress_line("签心跳", "个村") as progress:
        done = beat(open_county(folder), clock(), progress)
    for village, refusal in done.refused:
        click.echo(f"✗ {village}：{refusal}", err=True)
    click.echo(f"{done.villages} 个村的检查点已签心跳。")
    if done.renewed:
        click.echo("信任文件的时间戳已续期。")
    ctx.exit(EXIT_HOLD if done.refused else EXIT_OK)
