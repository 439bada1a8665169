"""`kiosk pair FILE`: this machine and its county come to know each other; upgrades an older kiosk."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kiosk_server.cli.options import clock, example

if TYPE_CHECKING:
    from collections.abc import Callable

    from sync.trust.pairing import Answer, Pairing


@click.command(
    "pair",
    help="用县里给的配对文件（或配对码）配对：做成本机密钥、信任根和 kiosk.toml，写出要交回县里的答复。"
    "旧版本的一体机也用它升级，其余设置和数据都保留。",
    epilog=example("kiosk pair lingdong.pairing --folder kiosk"),
)
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default=Path(),
    help="放 kiosk.toml 的文件夹，默认当前文件夹。",
)
@click.option("--data-dir", default="", help="数据目录，写进 kiosk.toml；默认保持原样，新机器为 data。")
@click.option("--answer", type=click.Path(path_type=Path), help="答复文件写到哪里，默认写在配对文件旁边。")
@click.option("--code", is_flag=True, help="不用文件，按提示输入县里给的配对码。")
@click.option("--url", default="", help="与 --code 同用：县里数据来源的网址，https:// 开头。")
@click.option("--insecure-lan", is_flag=True, help="允许 http:// 网址：只用于县里自己的内部网络。")
@click.option("--replace", is_flag=True, help="这台机器原来是另一个编号，现在改用配对文件里的。")
@click.option("--new-root", is_flag=True, help="向县里核对过：县里重建过信任根，或换过不止一把根密钥。")
def command(  # noqa: PLR0913, PLR0917 - one parameter an option
    file: Path | None,
    folder: Path,
    data_dir: str,
    answer: Path | None,
    code: bool,
    url: str,
    insecure_lan: bool,
    replace: bool,
    new_root: bool,
) -> None:
    """Pair, and say what to do with the answer."""
    from kiosk_server.pairing import Machine, paired  # noqa: PLC0415 - loaded only when needed

    if (file is None) != code or bool(url) != code:
        raise click.UsageError("请给出配对文件，或者 --code 和 --url 两项。")
    machine = Machine(folder=folder, data_dir=data_dir)

    def made(pairing: Pairing) -> Answer:
        return paired(pairing, machine, clock(), replace=replace, new_root=new_root)

    if file is None:
        _by_code(url, insecure_lan, made)
    else:
        _by_file(file, answer, made)
    click.echo("下一步：kiosk sync，收取资料包和各村的内容。")


def _by_file(file: Path, answer: Path | None, made: Callable[[Pairing], Answer]) -> None:
    from kiosk_server.cli.output_file import write_output  # noqa: PLC0415
    from sync.trust.pairing import PAIRING_LIMIT_BYTES, pairing_of  # noqa: PLC0415

    with file.open("rb") as stick:  # whatever lies on it under that name
        done = made(pairing_of(stick.read(PAIRING_LIMIT_BYTES + 1), file.name))
    target = answer or file.with_name(f"{done.kiosk}.answer.json")
    write_output(target, file, done.bytes())
    click.echo(f"已配对：{done.kiosk}，{len(done.villages)} 个村。")
    click.echo(f"请把答复文件交回县里：{target}")
    click.echo(f"配对文件里有取数口令，用完请删去：{file}")


def _by_code(url: str, insecure: bool, made: Callable[[Pairing], Answer]) -> None:
    from sync.carriers.pairing import PairingLine  # noqa: PLC0415
    from sync.trust.pairing import pairing_of  # noqa: PLC0415
    from sync.trust.pairing_code import SealBroken, typed_code  # noqa: PLC0415

    with closing(PairingLine(url, insecure=insecure)) as line:
        typed = typed_code(click.prompt("配对码", err=True))
        pairing = pairing_of(typed.opened(line.sealed(typed.ticket)))
        if not typed.vouches_for(pairing.root_bytes):
            raise SealBroken
        done = made(pairing)
        line.hand_back(typed.ticket, done.bytes())
    click.echo(f"已配对：{done.kiosk}，{len(done.villages)} 个村；答复已送到县里。")
