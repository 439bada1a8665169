"""`county backup`: tonight's copy of the county's folder, sealed, and believed only once it was restored."""

from __future__ import annotations

from pathlib import Path

import click

from kiosk_server.cli.options import clock, county_folder, example
from kiosk_server.cli.progress import progress_line


@click.command(
    "backup",
    help="把县级发布目录备份成一个加密文件，随即试恢复核对，再删去最旧的；由 county-backup.timer 每夜运行。",
    epilog=example("county backup --folder demo-county --to 备份盘 --passphrase-file backup.pass"),
)
@county_folder
@click.option("--to", required=True, type=click.Path(path_type=Path), help="备份放在哪个目录（另一块盘）。")
@click.option(
    "--passphrase-file", "secret", required=True, metavar="FILE", help="写着备份口令的文件，- 为标准输入。"
)
@click.option("--keep", default=7, show_default=True, type=click.IntRange(1), help="留几份。")
def command(folder: Path, to: Path, secret: str, keep: int) -> None:
    """Back up and say what was checked."""
    from kiosk_server.cli.county.restore import told_secret  # noqa: PLC0415 - loaded only when needed
    from sync.county.backup.backup import backup  # noqa: PLC0415
    from sync.county.county import open_county  # noqa: PLC0415

    with progress_line("备份", "个村") as progress:
        made = backup(open_county(folder), to, told_secret(secret), clock(), keep=keep, progress=progress)
    click.echo(f"已备份到 {made.path}，试恢复核对无误：{made.found.logs} 个村、{made.found.events} 条记录。")
    for name in made.dropped:
        click.echo(f"已删去旧备份 {name}。")
