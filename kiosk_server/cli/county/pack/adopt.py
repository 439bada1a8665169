"""`county pack adopt CODE`: a starter programme goes into the working copy."""

from __future__ import annotations

import click

from kiosk_server.cli.county.pack.edit import done
from kiosk_server.cli.options import Who, acts, example


@click.command(
    "adopt",
    help="采用一个补贴项目模板（county pack templates 列出），放进工作副本。",
    epilog=example("county pack adopt animal_epidemic --as li --folder demo-county"),
)
@click.argument("code")
@acts
def command(who: Who, code: str) -> None:
    """Adopt it and say what it says."""
    from sync.county.founding.starting import template  # noqa: PLC0415 - loaded only when needed
    from sync.county.packs.acts import new_programme  # noqa: PLC0415

    done(who, new_programme(code, template(code).decode()))
