"""`county people …`: who has an account, in which roles; lock, leave, and what was done in whose name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kiosk_server.cli.options import clock, county_folder, example

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

    from kiosk_server.people.accounts import Account, Role
    from kiosk_server.people.book import People

    Lines = TextIO | None

_by = click.option("--as", "by", required=True, metavar="NAME", help="以谁的名义办理（登录名）。")
_roles = click.option(
    "--role",
    "roles",
    multiple=True,
    help="角色，可写多个；经办写明单位，如 clerk:农业农村局，不写就是全部。",
)
_file = click.option(
    "--passphrase-file",
    "file",
    type=click.File("r"),
    help="从文件读密码，一行一个，按要问的次序；- 是标准输入。不写就在终端里问。",
)


@click.group(
    "people",
    help="账号：谁可以办理什么；停用、离开，和办理记录。",
    epilog=example("county people list --folder demo-county"),
)
def command() -> None:
    """People of the county's office."""


@command.command("add", help="建立账号；第一次登录时要改密码。--first 建立第一个管理员。")
@click.argument("login")
@click.option("--name", required=True, help="姓名。")
@_roles
@click.option("--first", is_flag=True, help="第一个管理员，只在还没有任何账号时。")
@click.option("--as", "by", default="", metavar="NAME", help="以哪个管理员的名义（登录名）。")
@_file
@county_folder
def add(  # noqa: PLR0913, PLR0917 - as click passes them
    login: str,
    name: str,
    roles: tuple[str, ...],
    first: bool,
    by: str,
    file: Lines,
    folder: Path,
) -> None:
    """Make an account."""
    from kiosk_server.people import accounts  # noqa: PLC0415 - loaded only when needed

    people = _people(folder, new=first)
    if first:
        accounts.add_first(people, accounts.Newcomer(login, name, _read(people, roles), _new(file)))
    elif by:
        accounts.acting(people, by, accounts.ADMINISTRATOR)
        accounts.add(people, by, accounts.Newcomer(login, name, _read(people, roles), _new(file)))
    else:
        raise click.MissingParameter(param_hint="--as", param_type="option")
    click.echo(f"已建立账号 {login}。第一次登录时要改密码。")


@command.command("list", help="所有账号和角色。")
@county_folder
def listed(folder: Path) -> None:
    """Everybody."""
    from kiosk_server.people.accounts import accounts  # noqa: PLC0415
    from kiosk_server.people.errors import NobodyYet  # noqa: PLC0415

    try:
        found = accounts(_people(folder))
    except NobodyYet as nobody:
        click.echo("".join(nobody.told()))
        return
    for one in found:
        click.echo(_line(one))


@command.command("roles", help="核定角色：写明的都有，没有写的都取消；正在登录的要重新登录。")
@click.argument("login")
@_roles
@_by
@county_folder
def roles(login: str, roles: tuple[str, ...], by: str, folder: Path) -> None:
    """Give somebody these roles and no others."""
    from kiosk_server.people.accounts import account, set_roles  # noqa: PLC0415

    people = _people(folder)
    set_roles(people, by, login, _read(people, roles))
    click.echo(_line(account(people, login)))


@command.command("password", help="改自己的密码；管理员可以给别人重设，那人登录时要再改。")
@click.argument("login")
@_by
@_file
@county_folder
def password(login: str, by: str, file: Lines, folder: Path) -> None:
    """Change one's own, or set somebody's who lost it."""
    from kiosk_server.people.accounts import ADMINISTRATOR, acting, set_password  # noqa: PLC0415
    from kiosk_server.people.entering import change_password  # noqa: PLC0415
    from kiosk_server.people.tries import From  # noqa: PLC0415

    people = _people(folder)
    acting(people, by, *([] if by == login else [ADMINISTRATOR]))
    if by == login:
        old = _asked(file, "现在的密码")
        change_password(people, login, old, _new(file), From("terminal"))
    else:
        set_password(people, by, login, _new(file))
    click.echo(f"已改 {login} 的密码；这个账号的登录都已结束。")


@command.command("totp", help="给自己启用手机动态码；管理员用 --remove 给丢了手机的人取消。")
@click.argument("login")
@click.option("--remove", is_flag=True, help="取消这个账号的动态码。")
@_by
@_file
@county_folder
def enrol(login: str, remove: bool, by: str, file: Lines, folder: Path) -> None:
    """Codes of a telephone beside the password, which is asked for once more."""
    from kiosk_server.people import codes  # noqa: PLC0415
    from kiosk_server.people.accounts import acting  # noqa: PLC0415
    from kiosk_server.people.entering import refuse_stranger  # noqa: PLC0415
    from kiosk_server.people.tries import From  # noqa: PLC0415

    people = _people(folder)
    if remove:
        codes.forget(people, by, login)
        click.echo(f"已取消 {login} 的动态码。")
        return
    acting(people, by)
    if by != login:
        raise click.BadParameter("要由本人启用：--as 写自己", param_hint="--as")
    refuse_stranger(people, login, _asked(file, "现在的密码"), From("terminal"))
    _shown(secret := codes.new_secret(), login)
    codes.enrol(people, login, secret, click.prompt("手机上现在的动态码"))
    click.echo("已启用：以后登录要写密码和动态码。")


@command.command("lock", help="停用：立刻不能登录、不能办理，正在登录的都结束。")
@click.argument("login")
@_by
@county_folder
def lock(login: str, by: str, folder: Path) -> None:
    """Nothing is done in this name from now on."""
    from kiosk_server.people.accounts import lock as locked  # noqa: PLC0415

    locked(_people(folder), by, login)
    click.echo(f"已停用 {login}。")


@command.command("unlock", help="恢复停用的账号，或解除试错后的等待。")
@click.argument("login")
@_by
@county_folder
def unlock(login: str, by: str, folder: Path) -> None:
    """Let somebody in again."""
    from kiosk_server.people.accounts import unlock as unlocked  # noqa: PLC0415

    unlocked(_people(folder), by, login)
    click.echo(f"已恢复 {login}，试错后的等待也已解除。")


@command.command("leave", help="人离开：立刻停用；签名密钥另由根密钥收回。")
@click.argument("login")
@_by
@county_folder
def leave(login: str, by: str, folder: Path) -> None:
    """Lock at once; the key is the root's to take away."""
    from kiosk_server.people.accounts import lock as locked  # noqa: PLC0415

    locked(_people(folder), by, login, leaves=True)
    click.echo(f"已停用 {login}，登录都已结束，不能再以这个名义办理。")
    click.echo(f"有签名密钥的，还要收回：county trust retire {login}（要两把根密钥签名）。")


@command.command("log", help="谁在什么时候办了什么；并核对有没有人改过这份记录。")
@county_folder
def log(folder: Path) -> None:
    """What was done to accounts, each line chained to the one before."""
    from kiosk_server.county_office.staff.roles import ACTS  # noqa: PLC0415
    from kiosk_server.people.book import acts, first_broken  # noqa: PLC0415
    from kiosk_server.people.errors import ActsBroken  # noqa: PLC0415

    found = acts(_people(folder))
    for one in found:
        click.echo(f"{one.no:>5} {one.at} {one.by} {ACTS.get(one.act, one.act)} {one.about}")
    if broken := first_broken(found):
        raise ActsBroken(no=broken)


def _people(folder: Path, *, new: bool = False) -> People:
    """The people of a county, which must be there itself."""
    from kiosk_server.county_office.staff.roles import people_of  # noqa: PLC0415
    from sync.county.county import open_county  # noqa: PLC0415

    return people_of(open_county(folder), clock, new=new)


def _read(people: People, roles: tuple[str, ...]) -> tuple[Role, ...]:
    from kiosk_server.people.accounts import role_of  # noqa: PLC0415

    return tuple(role_of(people, text) for text in roles)


def _asked(file: Lines, what: str, *, twice: bool = False) -> str:
    """A password from the file's next line, or typed unseen."""
    if file:
        return str(file.readline()).rstrip("\r\n")
    told: Callable[..., str] = click.prompt
    return told(what, hide_input=True, confirmation_prompt="再写一次" if twice else False)


def _new(file: Lines) -> str:
    return _asked(file, "新密码（至少 10 个字）", twice=True)


def _line(one: Account) -> str:
    state = "已离开" if one.left_at else "已停用" if one.locked else ""
    first = "还没有改过初始密码" if one.must_change else ""
    marks = [*map(str, one.roles), "动态码" if one.has_code else "", first, state]
    return f"{one.login}\t{one.name}\t{'　'.join(filter(None, marks))}"


def _shown(secret: str, login: str) -> None:
    """The QR code on the terminal, once, and the same as letters."""
    from kiosk_server.people.codes import address  # noqa: PLC0415
    from printouts.qr import code_of  # noqa: PLC0415

    code = code_of(address(secret, login, "county"))
    rows = [bytearray(code.modules + 8) for _ in range(code.modules + 8)]
    for row, column, length in code.runs:
        rows[row + 4][column + 4 : column + 4 + length] = b"\1" * length
    for upper, lower in zip(rows[::2], [*rows[1::2], bytes(len(rows))], strict=False):
        click.echo("".join("█▀▄ "[2 * above + below] for above, below in zip(upper, lower, strict=True)))
    click.echo(f"请用手机的动态码软件扫描，或输入：{secret}（只显示这一次）")
