"""`county init FOLDER --pack PACK`: set up a county's publishing folder, with its own keys."""

from __future__ import annotations

from pathlib import Path

import click

from kiosk_server.cli.options import clock, example


@click.command(
    "init",
    help="建立县级发布目录，放入县级资料包；随后建立信任根（county trust init）。",
    epilog=example("county init demo-county --pack deploy/demo/pack"),
)
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--pack", required=True, type=click.Path(path_type=Path), help="县级资料包目录。")
@click.option("--origin-prefix", default="", help="日志名称前缀，默认 county-<县代码>。")
def command(folder: Path, pack: Path, origin_prefix: str) -> None:
    """Set it up and say what comes next."""
    import shutil  # noqa: PLC0415 - loaded only when needed

    from boards.model.windows import named_too_long  # noqa: PLC0415
    from sync.county.county import founded  # noqa: PLC0415
    from sync.pack import read_pack  # noqa: PLC0415

    said = read_pack(pack)
    about = {"name": said.county, "county_code": said.county_code, "origin_prefix": origin_prefix}
    founded(folder, **about, now=clock())
    shutil.copytree(pack, folder / "pack", dirs_exist_ok=True)
    click.echo(f"已建立{said.county}的发布目录：{folder}")
    for name in named_too_long(said):
        click.echo(f"提醒：{name}是敏感项目，姓名显示超过30天；请在资料包里缩短公示期。")
    click.echo("下一步：建立信任根（county trust init），再由两个人发布资料包。")
