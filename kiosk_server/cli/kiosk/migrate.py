"""Bring the archive to the newest schema. `kiosk serve` runs this as a child: it need not hold Piccolo."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import click

from kiosk_server.archive.engines.troubles import ArchiveDamaged, ArchiveMissing
from kiosk_server.archive.reserve import DiskFull, DiskNotWritable
from kiosk_server.cli import EXIT_HOLD
from kiosk_server.cli.options import settings_option
from kiosk_server.cli.streams import say
from kiosk_server.kiosk import open_archive
from kiosk_server.settings import Settings, read_settings

_CHILD = "from kiosk_server.cli import Commands; Commands('kiosk', ('migrate',), name='kiosk')()"


@click.command("migrate")
@settings_option
@click.pass_context
def command(ctx: click.Context, path: Path) -> None:
    """把档案库升级到最新的表结构 / run the migrations that are missing.

    Exit code 1: the archive or its disk ails; what can be read is shown all the same.
    """
    try:
        asyncio.run(_migrated(read_settings(path)))
    except (ArchiveDamaged, ArchiveMissing, DiskFull, DiskNotWritable) as refusal:
        say(f"! {refusal}")
        ctx.exit(EXIT_HOLD)


async def _migrated(settings: Settings) -> None:
    async with open_archive(settings):
        pass


def migrated_by_a_child(path: Path) -> int:
    """Exit code of the child, which has printed by itself what it refused."""
    return subprocess.run(
        [sys.executable, "-c", _CHILD, "migrate", "--settings", str(path)], check=False
    ).returncode
