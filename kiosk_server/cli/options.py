"""What the kiosk's commands share: where kiosk.toml is, and the one clock."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

settings_option = click.option(
    "--settings",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("kiosk.toml"),
    show_default=True,
    help="设置文件 / the kiosk's settings.",
)


def clock() -> datetime:
    """The machine's clock, UTC. Only the roof reads it."""
    return datetime.now(UTC)
