"""What commands share: their example, where kiosk.toml is, and the one clock."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import click

from boards.model.calendar.civil_day import CIVIL

HIGHEST_PORT = 65535

settings_option = click.option(
    "--settings",
    "path",
    type=click.Path(path_type=Path),
    default=Path("kiosk.toml"),
    show_default=True,
    help="设置文件 / the kiosk's settings.",
)


def example(line: str) -> str:
    """What stands below a command's help: a line to be copied."""
    return f"\b\n例 / example:\n  {line}"


class Address(click.ParamType[tuple[str, int]]):
    """`127.0.0.1:8090` or `[::1]:8090` as host and port; port 0 takes a free one."""

    name = "地址:端口"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, int]:
        """Take it apart; raises BadParameter."""
        host, _, port = value.rpartition(":")
        if not host or not (port.isdecimal() and int(port) <= HIGHEST_PORT):
            self.fail("应是 地址:端口，如 127.0.0.1:8090，端口最大 65535", param, ctx)
        return host.removeprefix("[").removesuffix("]"), int(port)


class Day(click.ParamType[date]):
    """`2026-11-22` as a civil day."""

    name = "日期"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read it; raises BadParameter."""
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail("应是一个日期，如 2026-11-22", param, ctx)


class Instant(click.ParamType[datetime]):
    """`2026-12-31T16:00:00+08:00` as an instant; one without a zone is civil time."""

    name = "时间"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read it, UTC and in whole seconds; raises BadParameter."""
        try:
            told = datetime.fromisoformat(value)
        except ValueError:
            self.fail("应是一个时间，如 2026-12-31T16:00:00+08:00", param, ctx)
        return (told if told.tzinfo else told.replace(tzinfo=CIVIL)).astimezone(UTC).replace(microsecond=0)


def clock() -> datetime:
    """The machine's clock, UTC. Only the roof reads it."""
    return datetime.now(UTC)
