"""`county pack …`: the working copy of the county pack, from what is typed to what is published."""

from __future__ import annotations

from pathlib import Path

import click

from kiosk_server.cli import Commands
from kiosk_server.cli.options import example

command = Commands(
    "county.pack",
    ("check", "templates", "adopt", "edit", "diff", "propose", "log", "back"),
    name="pack",
    help="县级资料包：检查、采用模板、修改、比较、提交、查看历史、换回旧版。",
    epilog=example("county pack check --folder demo-county"),
)


def pack_folder(pack: Path | None, folder: Path | None) -> Path:
    """Where the pack lies: named itself, or as the working copy in a county's folder; raises UsageError."""
    if pack and not folder:
        return pack
    if folder and not pack:
        return folder / "pack"
    raise click.UsageError("请写资料包目录，或用 --folder 写县级发布目录，两个里写一个")
