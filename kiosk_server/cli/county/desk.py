"""`county desk --folder F`: the county's desk in browsers, for all its people; each logs in."""

from __future__ import annotations

from pathlib import Path

import click

from kiosk_server.cli.options import Address, clock, county_folder, example


@click.command(
    "desk",
    help="在浏览器里办理名册：上传、检查、提交、审核、发布；各人用自己的账号登录。",
    epilog=example("county desk --folder demo-county --bind 127.0.0.1:8070"),
)
@county_folder
@click.option(
    "--bind", type=Address(), default="127.0.0.1:8070", show_default=True, help="给别的机器用的要加密。"
)
@click.option("--cert", type=click.Path(path_type=Path), help="证书文件（PEM），和 --key 同用。")
@click.option("--key", type=click.Path(path_type=Path), help="证书的私钥文件。")
@click.option("--behind-tls", default="", metavar="https://NAME", help="本机的代理用这个网址加密转来。")
def command(
    folder: Path, bind: tuple[str, int], cert: Path | None, key: Path | None, behind_tls: str
) -> None:
    """Open the desk, say where, serve until stopped."""
    from kiosk_server.county_office.app import desk_app  # noqa: PLC0415 - loaded only when needed
    from kiosk_server.county_office.seat import open_desk  # noqa: PLC0415
    from kiosk_server.county_office.staff.doors import door_of, tls_of  # noqa: PLC0415
    from kiosk_server.county_office.staff.roles import people_of  # noqa: PLC0415
    from kiosk_server.serving.server import run  # noqa: PLC0415
    from kiosk_server.serving.sockets import listening  # noqa: PLC0415
    from sync.county.county import open_county  # noqa: PLC0415
    from sync.county.intake.process import stop_reading  # noqa: PLC0415

    tls = tls_of(cert, key)
    door_of(*bind, tls, behind_tls)  # where it may not be opened, that is told before all else
    county = open_county(folder)
    desk = open_desk(county, people_of(county, clock), clock)
    listens = listening(*bind)
    door = door_of(bind[0], listens.getsockname()[1], tls, behind_tls)
    click.echo(f"{desk.name}工作台：{min(door.origins)}")
    click.echo("请在浏览器打开上面的网址，用自己的账号登录；Ctrl+C 关闭。")
    run(desk_app(desk, door), [listens], stopping=stop_reading, tls=tls and tls[:2])
