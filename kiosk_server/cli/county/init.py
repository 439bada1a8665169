"""`county init FOLDER --pack PACK`: set up a county's publishing folder, with its own keys."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from kiosk_server.cli.options import example


@click.command(
    "init",
    help="建立县级发布目录：生成发布、审核两把密钥，放入县级资料包。",
    epilog=example("county init demo-county --pack deploy/demo/pack"),
)
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--pack", required=True, type=click.Path(path_type=Path), help="县级资料包目录。")
@click.option("--origin-prefix", default="", help="日志名称前缀，默认 county-<县代码>。")
def command(folder: Path, pack: Path, origin_prefix: str) -> None:
    """Set it up and print what a kiosk.toml must pin."""
    from boards.model.windows import named_too_long  # noqa: PLC0415 - loaded only when needed
    from sync.county.county import found  # noqa: PLC0415

    county = found(folder, pack, origin_prefix, datetime.now(UTC))
    click.echo(f"已建立{county.settings.name}的发布目录：{folder}")
    click.echo("一体机的 kiosk.toml 请填：")
    click.echo("[feed]")
    click.echo(f'origin_prefix = "{county.settings.origin_prefix}"')
    click.echo(f'publisher_keys = ["{county.public_key("publisher")}"]')
    click.echo(f'reviewer_keys = ["{county.public_key("reviewer")}"]')
    click.echo("[pack]")
    click.echo(f'sha256 = "{county.settings.pack_sha256}"')
    for name in named_too_long(county.pack):
        click.echo(f"提醒：{name}是敏感项目，姓名显示超过30天；请在资料包里缩短公示期。")
    click.echo("提示：keys/ 里的两把私钥应由两个人分开保管。")
