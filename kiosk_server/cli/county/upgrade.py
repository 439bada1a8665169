"""`county upgrade`: a county folder of the last release gets persons, passphrases and roots."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kiosk_server.cli.options import LoginName, clock, county_folder, example, given, passphrase

if TYPE_CHECKING:
    from sync.county.upgrading import Holder
    from sync.trust.statement import Office

ROOTS = 3
_FILE = "写着口令的文件，- 为标准输入；不写就提示输入。"


@click.command(
    "upgrade",
    help="把旧版本的县级发布目录升级：两把密钥各加上本人的口令，生成三把根密钥，资料包由两人签名后随数据下发。"
    "已发布的和待审的都不变；中断了再运行同一条命令，会接着做完。",
    epilog=example(
        "county upgrade --folder demo-county --publisher li --reviewer wang --site https://gongkai.example "
        "--root U盘1/root1.key --root U盘2/root2.key --root U盘3/root3.key"
    ),
)
@county_folder
@click.option("--publisher", type=LoginName(), metavar="NAME", help="发布人的登录名（小写字母开头）。")
@click.option("--reviewer", type=LoginName(), metavar="NAME", help="审核人的登录名；必须是另一个人。")
@click.option("--site", default="", help="本县公开网站的地址，https:// 开头。")
@click.option(
    "--root",
    "roots",
    multiple=True,
    type=click.Path(path_type=Path),
    help="三把根密钥写到哪里，写三次；各放一个U盘，由三个人保管。",
)
@click.option(
    "--reviewer-key",
    type=click.Path(path_type=Path),
    help="审核密钥原来不在 keys/ 里的，写它在哪里；新的放在它旁边。",
)
@click.option("--publisher-passphrase", default="", metavar="FILE", help=f"发布密钥：{_FILE}")
@click.option("--reviewer-passphrase", default="", metavar="FILE", help=f"审核密钥：{_FILE}")
@click.option("--root-passphrase", default="", metavar="FILE", help=f"三把根密钥：{_FILE}")
@click.pass_context
def command(  # noqa: PLR0913, PLR0917 - two persons, three sticks
    ctx: click.Context,
    folder: Path,
    publisher: str | None,
    reviewer: str | None,
    site: str,
    roots: tuple[Path, ...],
    reviewer_key: Path | None,
    publisher_passphrase: str,
    reviewer_passphrase: str,
    root_passphrase: str,
) -> None:
    """Ask for every passphrase first, then change the folder."""
    from sync.county.upgrading import Stick, left_open, old_county, upgrade  # noqa: PLC0415

    old = old_county(folder)
    if old.format and not left_open(folder):
        click.echo(f"{old.name}的发布目录早已升级，没有改动。")
        return
    if old.format:
        upgrade(folder, (), (), "", clock())
        click.echo("没有口令的旧密钥已抹去，升级完成。")
        return
    given(ctx, "--publisher", "--reviewer", "--site")
    _refuse_together(folder, roots)
    holders = (
        _holder(folder, "publisher", publisher or "", publisher_passphrase, None),
        _holder(folder, "reviewer", reviewer or "", reviewer_passphrase, reviewer_key),
    )
    sticks = [
        Stick(
            path=one,
            passphrase=passphrase(f"给 {one.name} 定一个口令", one.name, root_passphrase, twice=True),
        )
        for one in roots
    ]
    upgrade(folder, holders, sticks, site, clock())
    for one in holders:
        click.echo(f"{one.person}（{one.office}）的密钥：{one.new}")
    click.echo(f"{old.name}的发布目录已升级。三把根密钥请分开保管；没有口令的旧密钥已抹去。")
    click.echo("旧的备份里还有没有口令的密钥：请销毁，或用 county trust rotate 换掉两个人的密钥。")


def _holder(folder: Path, office: Office, person: str, file: str, old: Path | None) -> Holder:
    from sync.county.upgrading import Holder  # noqa: PLC0415

    new = old.with_name(f"{person}.key") if old else folder / "keys" / "seats" / f"{person}.key"
    typed = passphrase(f"{person} 给自己的密钥定一个口令", new.name, file, twice=True)
    lies = old or folder / "keys" / f"{office}.pem"
    return Holder(person=person, office=office, old=lies, new=new, passphrase=typed)


def _refuse_together(folder: Path, roots: tuple[Path, ...]) -> None:
    """Three places, none of them the county's folder; raises BadParameter."""
    places = {one.resolve() for one in roots}
    if len(places) != ROOTS:
        raise click.BadParameter("要写三次，三把根密钥各放一处", param_hint="--root")
    if any(one.is_relative_to(folder.resolve()) for one in places):
        raise click.BadParameter("根密钥不能放在县级发布目录里，请写U盘上的位置", param_hint="--root")
