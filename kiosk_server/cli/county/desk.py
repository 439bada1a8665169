"""`county desk --folder F --name NAME`: the clerk's or the reviewer's desk, in a browser of this machine."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

import click
import msgspec


@click.command("desk", help="在本机浏览器里上传、检查、提交名册；加 --as reviewer 则是审核人的工作台。")
@click.option("--folder", required=True, type=click.Path(path_type=Path), help="县级发布目录。")
@click.option("--name", required=True, help="办理人姓名，记入办理经过。")
@click.option(
    "--as",
    "role",
    type=click.Choice(["clerk", "reviewer"]),
    default="clerk",
    show_default=True,
    help="席位：经办或审核。",
)
@click.option(
    "--reviewer-key", type=click.Path(path_type=Path), help="审核密钥的位置，默认 keys/reviewer.pem。"
)
@click.option("--bind", default="127.0.0.1:8070", show_default=True, help="地址:端口，只能是本机。")
def command(folder: Path, name: str, role: str, reviewer_key: Path | None, bind: str) -> None:
    """Open the seat, print its address, serve until stopped."""
    from kiosk_server.county_office.app import desk_app, entry  # noqa: PLC0415 - loaded only when needed
    from kiosk_server.county_office.seat import Role, open_seat  # noqa: PLC0415
    from kiosk_server.serving.server import server  # noqa: PLC0415
    from kiosk_server.serving.sockets import listening  # noqa: PLC0415
    from sync.county.county import open_county  # noqa: PLC0415

    host, port = _address(bind)
    county = msgspec.structs.replace(open_county(folder), reviewer_pem=reviewer_key)
    seat = open_seat(county, Role(role), name.strip(), lambda: datetime.now(UTC))
    door = listening(host, port)
    at = door.getsockname()[1]
    office = "审核" if role == "reviewer" else "经办"
    click.echo(f"{county.settings.name}{office}工作台（{seat.name}）：{entry(seat, host, at)}")
    click.echo("请在本机浏览器打开上面的网址，不要转发给别人；Ctrl+C 关闭。")
    server(desk_app(seat, at)).run(sockets=[door])


def _address(bind: str) -> tuple[str, int]:
    """Host and port; raises NotLoopback for anything others could reach."""
    from kiosk_server.county_office.errors import NotLoopback  # noqa: PLC0415

    host, _, port = bind.rpartition(":")
    name = host.strip("[]")
    if not port.isdecimal():
        raise click.BadParameter(f"{bind}：应为 地址:端口", param_hint="--bind")
    try:
        loopback = ip_address("127.0.0.1" if name == "localhost" else name).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise NotLoopback(host=name)
    return name, int(port)
