"""What commands share: their example, where kiosk.toml is, and the one clock."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import click

from boards.model.calendar.civil_day import CIVIL
from boards.model.privacy.public_fields import office_fault, words_fault
from boards.model.privacy.words import words_in

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


class PublicText(click.ParamType[str]):
    """A few Chinese words that others will read: no number of a person, nobody's health or door."""

    name = "文字"
    longest = 200

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Hold it to the rules of public fields; raises BadParameter, which never repeats it."""
        fault = words_fault(value)
        if words_in(value):
            fault = "里有门牌、病情或联系方式，请删去"
        if len(value) > self.longest:
            fault = f"太长，最多 {self.longest} 个字"
        if fault:
            self.fail(fault, param, ctx)
        return value.strip()


class Actor(PublicText):
    """An office, or a post in one: never somebody's name."""

    name = "单位或岗位"
    post = re.compile(r"(?:员|主任|书记|会计|文书|专干|干部)$")

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Hold it to what an office is called; raises BadParameter."""
        said = super().convert(value, param, ctx)
        if office_fault(said) and not self.post.search(said):
            self.fail("请写单位或岗位，不写人名，如 岭东村村民委员会、村档案员", param, ctx)
        return said


def given(ctx: click.Context, *names: str) -> None:
    """Options that one use of a command cannot do without; raises MissingParameter."""
    for param in ctx.command.params:
        if {param.name, *param.opts} & {*names} and ctx.params[str(param.name)] in {None, "", ()}:
            raise click.MissingParameter(ctx=ctx, param=param)


def clock() -> datetime:
    """The machine's clock, UTC. Only the roof reads it."""
    return datetime.now(UTC)
