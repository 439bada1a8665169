"""`county move`: the last backup of this machine, which publishes no more; the county goes on elsewhere."""

from __future__ import annotations

from pathlib import Path

import click

from kiosk_server.cli.options import Who, acts, clock, example
from kiosk_server.cli.progress import progress_line


@click.command(
    "move",
    help="搬到另一台机器：先让这里不能再办理，再做一份备份，到新机器上用 county restore 恢复。可以重复运行。",
    epilog=example("county move --folder demo-county --to U盘1 --passphrase-file backup.pass --as admin"),
)
@acts
@click.option("--to", required=True, type=click.Path(path_type=Path), help="备份放在哪个目录。")
@click.option(
    "--passphrase-file", "secret", required=True, metavar="FILE", help="写着备份口令的文件，- 为标准输入。"
)
def command(who: Who, to: Path, secret: str) -> None:
    """Close, then back up."""
    from kiosk_server.cli.county.restore import told_secret  # noqa: PLC0415 - loaded only when needed
    from kiosk_server.county_office.staff.roles import permitted  # noqa: PLC0415
    from kiosk_server.people.accounts import ADMINISTRATOR  # noqa: PLC0415
    from sync.county.backup.backup import moved  # noqa: PLC0415
    from sync.county.county import open_county  # noqa: PLC0415

    permitted(open_county(who.folder, closed=True), who.person, clock, ADMINISTRATOR)
    with progress_line("备份", "个村") as progress:
        made = moved(who.folder, to, told_secret(secret), clock(), progress)
    click.echo(f"已备份到 {made.path}。这里不能再办理；请到新机器上：")
    click.echo(f"county restore {made.path.name} --to 目录 --passphrase-file 文件 --published 公开网址")
