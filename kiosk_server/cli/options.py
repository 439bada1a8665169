"""What commands share: their example, where kiosk.toml is, and the one clock."""

from __future__ import annotations

import functools
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from boards.model.calendar.civil_day import CIVIL
from boards.model.errors import Fault, Refusal
from boards.model.privacy.public_fields import office_fault, words_fault
from boards.model.privacy.words import words_in

if TYPE_CHECKING:
    from sync.county.county import County
    from sync.trust.statement import Office

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


class LoginName(click.ParamType[str]):
    """`wang`: how a person is called where acts are written down."""

    name = "登录名"
    form = re.compile(r"[a-z][a-z0-9_.-]{0,31}")

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Hold it to the form; raises BadParameter."""
        if not self.form.fullmatch(value):
            self.fail("应以小写字母开头，只用小写字母、数字和 _ . -，最多 32 个", param, ctx)
        return value


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


class PassphraseMissing(Refusal):
    """There is nobody to ask, and no file that says it."""

    code = "passphrase-missing"
    fault = Fault.PERSON
    sentence = "没有密钥 {what} 的口令，没有签名。"
    advice = "请在终端里运行，按提示输入；或用 --passphrase-file 指明写着口令的文件（- 为标准输入）。"


SIGNING: dict[Office, tuple[str, ...]] = {"publisher": ("clerk", "pack_editor"), "reviewer": ("reviewer",)}
"""In which role somebody signs for an office."""


OF_ALL = ""
"""The office of what is of no single one: for clerks of all of them."""


class PassphraseDiffers(Refusal):
    """A new secret that was typed in two ways would lock its holder out."""

    code = "passphrase-differs"
    fault = Fault.PERSON
    sentence = "两次输入的口令不一样，什么都没有改。"
    advice = "请再运行一次，两次输入同一个口令。"


@dataclass(frozen=True, kw_only=True, slots=True)
class Who:
    """Who acts in which county, as it was typed. No name comes from the environment (settled 45)."""

    folder: Path
    person: str
    key: Path | None = None
    passphrase_file: str = ""

    def county(self, *roles: str, office: str | None = None) -> County:
        """The county with this person at work, who signs nothing, in one of the roles (none: any that acts).

        Raises PersonUnknown, and AccountUnknown, AccountLocked, AccountMayNot (people §1).
        """
        from kiosk_server.county_office.staff.roles import permitted  # noqa: PLC0415 - loaded only when needed
        from sync.county.county import open_county  # noqa: PLC0415

        return permitted(open_county(self.folder), self.person, clock, *roles, office=office)

    def signing(self, office: Office) -> County:
        """The county with this person in a seat; raises NoSeat, PassphraseMissing and what the key raises."""
        from sync.county.acting import seated  # noqa: PLC0415

        here = self.county(*SIGNING[office])
        return seated(here, self.person, office, self.passphrase, self.key)

    def passphrase(self, key: Path) -> str:
        """What its holder types for a key; raises PassphraseMissing."""
        return passphrase(f"密钥 {key.name} 的口令", key.name, self.passphrase_file)


def passphrase(prompt: str, what: str, file: str = "", *, twice: bool = False) -> str:
    """A secret, typed unseen or a file's first line; raises PassphraseMissing, PassphraseDiffers."""
    if file:
        try:
            text = sys.stdin.readline() if file == "-" else Path(file).read_text("utf-8-sig")
        except (OSError, ValueError) as e:
            raise PassphraseMissing(what=what) from e
        return text.partition("\n")[0].rstrip("\r")
    if not sys.stdin.isatty():
        raise PassphraseMissing(what=what)
    typed = str(click.prompt(prompt, hide_input=True, err=True))
    if twice and click.prompt("再输入一次", hide_input=True, err=True) != typed:
        raise PassphraseDiffers
    return typed


county_folder = click.option(
    "--folder", required=True, type=click.Path(path_type=Path), help="县级发布目录。"
)
_AS = click.option("--as", "person", required=True, metavar="NAME", help="办理人的登录名，记入办理经过。")
_AS_TO_SIGN = click.option(
    "--as", "person", default="", metavar="NAME", help="谁签名（登录名）；只看不用写。"
)
_KEY = click.option(
    "--key",
    type=click.Path(path_type=Path),
    help="密钥文件，默认 keys/seats/NAME.key；可以在U盘上。",
)
_PASSPHRASE = click.option(
    "--passphrase-file", default="", metavar="FILE", help="写着密钥口令的文件，- 为标准输入；不写就提示输入。"
)


def acts(command: Callable[..., None]) -> Callable[..., None]:
    """`--folder` and `--as`, handed to the command as `who`."""
    return _options(command, county_folder, _AS)


def signs(command: Callable[..., None]) -> Callable[..., None]:
    """Beside them `--key` and `--passphrase-file`."""
    return _options(command, county_folder, _AS, _KEY, _PASSPHRASE)


def may_sign(command: Callable[..., None]) -> Callable[..., None]:
    """The same where looking needs no name; who signs is `given` one."""
    return _options(command, county_folder, _AS_TO_SIGN, _KEY, _PASSPHRASE)


def _options(command: Callable[..., None], *options: Callable[..., Any]) -> Callable[..., None]:
    @functools.wraps(command)
    def told(**said: Any) -> None:  # noqa: ANN401 - what click has read
        own = {name: said.pop(name) for name in Who.__slots__ if name in said}
        command(who=Who(**own), **said)

    for option in reversed(options):
        told = option(told)
    return told
