"""`county restore`: a backup becomes a county again, and goes on from what was published last."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from boards.model.errors import Fault, Refusal
from kiosk_server.cli.options import example
from kiosk_server.cli.progress import progress_line

if TYPE_CHECKING:
    from sync.seams import Feed


class SecretUnread(Refusal):
    """The file that should hold a secret."""

    code = "secret-unread"
    fault = Fault.PERSON
    sentence = "读不到 {option} 指明的文件。"
    advice = "请核对路径和读取权限，文件第一行写口令，再运行同一条命令。"


@click.command(
    "restore",
    help="把备份恢复到一个新目录，再从公开的发布目录补齐备份之后公布的内容；没有补齐之前什么都不能办。",
    epilog=example(
        "county restore 备份盘/county-330590-20261130T173000Z.backup --to 新机器 "
        "--passphrase-file backup.pass --published demo-county/feed"
    ),
)
@click.argument("backup", required=False, type=click.Path(path_type=Path))
@click.option(
    "--to", required=True, type=click.Path(path_type=Path, resolve_path=True), help="恢复到哪个目录。"
)
@click.option("--passphrase-file", "secret", metavar="FILE", help="写着备份口令的文件，- 为标准输入。")
@click.option(
    "--published",
    multiple=True,
    metavar="网址或目录",
    help="到哪里看最后公布的内容，可以写多处：公开网址、它的副本、一体机的 vault/events。",
)
@click.option(
    "--unpublished",
    multiple=True,
    metavar="村名",
    help="只有一体机可看时：从来没有公布过内容的村，一个一个写明。",
)
@click.option("--token-file", metavar="FILE", help="取数口令，公开网址要口令时用。")
@click.option("--confirm", is_flag=True, help="只确认已经恢复的目录。")
def command(backup: Path | None, to: Path, *, confirm: bool, **said: Any) -> None:  # noqa: ANN401
    """Unpack, then catch up; each says what to do next."""
    secret, published = said["secret"], said["published"]
    if confirm == (backup is not None) or (backup and not secret) or (confirm and not published):
        raise click.UsageError(
            "请写备份文件和 --passphrase-file；或用 --confirm 和 --published 确认已经恢复的目录。"
        )
    if backup:
        _unpacked(backup, to, secret)
    if published:
        sources = [_source(one, said["token_file"]) for one in published]
        _confirmed(to, sources, said["unpublished"])
    else:
        click.echo(f"还要确认：county restore --confirm --to {to} --published 公开网址")


def told_secret(file: str, option: str = "--passphrase-file") -> str:
    """The first line of a file, or of standard input; raises SecretUnread."""
    try:
        text = sys.stdin.readline() if file == "-" else Path(file).read_text("utf-8-sig")
    except (OSError, ValueError) as e:
        raise SecretUnread(option=option) from e
    return text.partition("\n")[0].rstrip("\r")


def _unpacked(backup: Path, to: Path, secret: str) -> None:
    from sync.county.backup.restore import restore  # noqa: PLC0415 - loaded only when needed

    with progress_line("恢复并核对"):
        found = restore(backup, to, told_secret(secret))
    click.echo(f"已恢复到 {to}：{found.logs} 个村、{found.events} 条记录，核对无误。")
    click.echo("备份之后发的取数口令、改的账号不在里面：停用过的账号和作废过的口令请再办一次。")


def _confirmed(to: Path, sources: list[Feed], unpublished: tuple[str, ...]) -> None:
    from sync.county.backup.confirm import confirm  # noqa: PLC0415

    with progress_line("对照公布的内容", "个村") as progress:
        done = confirm(to, sources, progress, unpublished)
    if done.villages:
        click.echo(f"备份之后公布的已补齐：{len(done.villages)} 个村、{done.events} 条记录。")
    if done.files_missing:
        click.echo(f"! 征地公告有 {done.files_missing} 份附件哪里都没有，请从原件补到发布目录。", err=True)
    click.echo("已确认是最新的，可以照常办理。原来的机器若还在，请不要再用它发布。")


def _source(where: str, token_file: str | None) -> Feed:
    from sync.carriers.folder import FolderSource  # noqa: PLC0415
    from sync.carriers.http import HttpSource  # noqa: PLC0415

    if where.startswith(("http://", "https://")):
        return HttpSource(where, token=told_secret(token_file, "--token-file") if token_file else "")
    return FolderSource(Path(where))
