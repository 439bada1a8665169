"""`county key passphrase FILE`: the same key under another passphrase."""

from __future__ import annotations

from pathlib import Path

import click

from kiosk_server.cli.options import example, passphrase


@click.command(
    "passphrase",
    help="更换密钥的口令，密钥不变，不用重新登记；旧口令的副本和备份仍可用旧口令打开。",
    epilog=example("county key passphrase demo-county/keys/seats/li.key"),
)
@click.argument("key", type=click.Path(path_type=Path))
@click.option(
    "--passphrase-file", default="", metavar="FILE", help="写着现在口令的文件，- 为标准输入；不写就提示输入。"
)
@click.option("--new-passphrase-file", default="", metavar="FILE", help="写着新口令的文件，- 为标准输入。")
def command(key: Path, passphrase_file: str, new_passphrase_file: str) -> None:
    """Open it, close it again; the file is replaced whole or not at all."""
    from sync.durable import durable  # noqa: PLC0415 - loaded only when needed
    from sync.log.keys import PassphraseWrong, read_key, sealed  # noqa: PLC0415

    before = passphrase(f"密钥 {key.name} 现在的口令", key.name, passphrase_file)
    if not before:
        raise PassphraseWrong(what=key.name)
    opened = read_key("", key, before)
    after = passphrase(f"密钥 {key.name} 的新口令", key.name, new_passphrase_file, twice=True)
    durable(key, sealed(opened, after), private=True)
    click.echo(f"已更换 {key.name} 的口令。")
