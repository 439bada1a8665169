"""`county key new --as NAME --office OFFICE --out FILE`: a seat's key, on its holder's machine or stick."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kiosk_server.cli.options import LoginName, example, passphrase
from sync.own_name import own_name

if TYPE_CHECKING:
    from sync.trust.statement import Office


@click.command(
    "new",
    help="给自己生成一把签名密钥，用自己的口令加密；公钥那一行交给根密钥保管人登记（county trust add）。"
    "不需要县级发布目录，可以在自己的电脑上做。",
    epilog=example("county key new --as zhao --office reviewer --prefix county-330590 --out U盘1/zhao.key"),
)
@click.option("--as", "person", required=True, type=LoginName(), help="本人的登录名。")
@click.option(
    "--office",
    required=True,
    type=click.Choice(["publisher", "reviewer"]),
    help="职务：发布人或审核人；一把密钥只用于一个职务。",
)
@click.option("--prefix", required=True, help="本县日志名称的前缀：county.toml 里的 origin_prefix。")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    help="密钥写到哪里，如U盘；公钥写在它旁边（.pub）。",
)
@click.option(
    "--passphrase-file", default="", metavar="FILE", help="写着口令的文件，- 为标准输入；不写就提示输入。"
)
def command(person: str, office: Office, prefix: str, out: Path, passphrase_file: str) -> None:
    """Make it, never over another one, and say what to do with its public half."""
    from sync.county.acting import key_name  # noqa: PLC0415 - loaded only when needed
    from sync.durable import durable  # noqa: PLC0415
    from sync.log.keys import new_key, verifier_key, write_key  # noqa: PLC0415

    made = new_key(key_name(prefix, person, office))
    verifier_key(str(made.verifier))  # a prefix that no key can have is refused here
    if out.exists():
        raise click.BadParameter(f"{own_name(out)} 已经在那里，不会覆盖", param_hint="--out")
    told = passphrase(f"给 {out.name} 定一个口令", out.name, passphrase_file, twice=True)
    write_key(made, out, told)
    durable(out.with_suffix(".pub"), f"{made.verifier}\n".encode())
    click.echo(f"已生成密钥 {out}。公钥（{out.with_suffix('.pub').name}）：")
    click.echo(f"{made.verifier}")
    click.echo(f"登记：county trust add {person} --office {office} --public {out.with_suffix('.pub')}")
