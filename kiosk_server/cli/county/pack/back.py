"""`county pack back VERSION`: the working copy becomes what was published before, under a new version."""

from __future__ import annotations

import click

from kiosk_server.cli.options import Who, acts, clock, example


@click.command(
    "back",
    help="发布错了：把工作副本换回以前发布过的一版，版本号接着编，再提交、审核、发布。",
    epilog=example("county pack back 2025.1 --discard --as li --folder demo-county"),
)
@click.argument("version")
@acts
@click.option("--discard", is_flag=True, help="工作副本里没有发布的修改不要了。")
def command(who: Who, version: str, *, discard: bool) -> None:
    """Put it back and say what that changes."""
    from sync.county.packs.proposing import back  # noqa: PLC0415 - loaded only when needed

    edited = back(who.county("pack_editor"), version, clock(), discard=discard)
    click.echo("\n".join(edited.told) or "没有改动。")
    click.echo(f"工作副本已换回 {version} 版的内容。提交：")
    click.echo(f"county pack propose --folder {who.folder} --as {who.person}")
