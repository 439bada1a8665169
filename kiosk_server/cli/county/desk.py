"""`county desk --folder F --name NAME`: the clerk's or the reviewer's desk, in a browser of this machine."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec

from kiosk_server.cli.options import Address, example


@click.command(
    "desk",
    help="在本机浏览器里上传、检查、提交名册；加 --as reviewer 则是审核人的工作台。",
    epilog=example("county desk --folder demo-county --name 王芳 --bind 127.0.0.1:8070"),
)
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
@click.option("--bind", type=Address(), default="127.0.0.1:8070", show_default=True, help="只能是本机。")
def command(folder: Path, name: str, role: str, reviewer_key: Path | None, bind: tuple[str, int]) -> None:
    """Open the seat, print its address, serve until stopped."""
    from kiosk_server.county_office.app import desk_app, entry  # noqa: PLC0415 - loaded only when needed
    from kiosk_server.county_office.seat import Role, open_seat  # noqa: PLC0415
    from kiosk_server.serving.server import run  # noqa: PLC0415
    from kiosk_server.serving.sockets import listening  # noqa: PLC0415
    from sync.county.county import open_county  # noqa: PLC0415
    from sync.county.intake.process import stop_reading  # noqa: PLC0415

    _refuse_other_machines(host := bind[0])
    county = msgspec.structs.replace(open_county(folder), reviewer_pem=reviewer_key)
    seat = open_seat(county, Role(role), name.strip(), lambda: datetime.now(UTC))
    door = listening(*bind)
    at = door.getsockname()[1]
    office = "审核" if role == "reviewer" else "经办"
    click.echo(f"{county.settings.name}{office}工作台（{seat.name}）：{entry(seat, host, at)}")
    click.echo("请在本机浏览器打开上面的网址，不要转发给别人；Ctrl+C 关闭。")
    run(desk_app(seat, at), [door], stopping=stop_reading)


def _refuse_other_machines(host: str) -> None:
    """Raise NotLoopback for anything others could reach."""
    from kiosk_server.county_office.errors import NotLoopback  # noqa: PLC0415
    from kiosk_server.serving.hosts import is_this_machine  # noqa: PLC0415

    if not is_this_machine(host):
        raise NotLoopback(host=host)
