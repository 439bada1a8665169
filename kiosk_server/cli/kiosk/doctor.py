"""`kiosk doctor`: look at everything a kiosk needs, one line each."""

from __future__ import annotations

from pathlib import Path

import click

from kiosk_server.cli.kiosk.examination import examined
from kiosk_server.cli.options import clock, example, settings_option
from kiosk_server.cli.progress import progress_line

EXIT_UNWELL = 1


@click.command(
    "doctor",
    epilog=example("kiosk doctor --settings kiosk.toml"),
)
@settings_option
@click.pass_context
def command(ctx: click.Context, path: Path) -> None:
    """检查本机：软件、字库、朗读、磁盘、资料包、公钥、时钟、端口 / is all well."""
    with progress_line("检查本机"):
        findings = examined(path, clock())
    for finding in findings:
        click.echo(f"{'✓' if finding.well else '✗'} {finding.what}：{finding.seen}")
    ctx.exit(0 if all(finding.well for finding in findings) else EXIT_UNWELL)
