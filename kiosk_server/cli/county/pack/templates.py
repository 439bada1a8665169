"""`county pack templates`: the programmes a county can begin with, one line each."""

from __future__ import annotations

import click

from kiosk_server.cli.options import example


@click.command(
    "templates",
    help="列出可以采用的补贴项目模板：代码、名称、单位、依据。",
    epilog=example("county pack templates"),
)
@click.argument("code", required=False)
def command(code: str | None) -> None:
    """List them all, or print one as it would be adopted."""
    from sync.county.founding.starting import template, templates  # noqa: PLC0415 - loaded only when needed

    if code:
        click.echo(template(code).decode(), nl=False)
        return
    for one in templates():
        mark = "（敏感：只公布姓名和金额）" if one.sensitive else ""
        click.echo(f"{one.code}  {one.name}，按{one.unit}{mark}  {one.guide.basis}")
