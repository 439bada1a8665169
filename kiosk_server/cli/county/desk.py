"""`county desk --folder F --as NAME`: the publisher's or the reviewer's desk, in this machine's browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kiosk_server.cli.options import Address, Who, clock, example, signs

if TYPE_CHECKING:
    from sync.trust.statement import Office


@click.command(
    "desk",
    help="在本机浏览器里上传、检查、提交、发布名册（发布人），或审核（审核人）。",
    epilog=example("county desk --folder demo-county --as li --bind 127.0.0.1:8070"),
)
@signs
@click.option("--bind", type=Address(), default="127.0.0.1:8070", show_default=True, help="只能是本机。")
def command(who: Who, bind: tuple[str, int]) -> None:
    """Open the seat, print its address, serve until stopped."""
    from kiosk_server.county_office.app import desk_app, entry  # noqa: PLC0415 - loaded only when needed
    from kiosk_server.county_office.seat import Role, open_seat  # noqa: PLC0415
    from kiosk_server.serving.server import run  # noqa: PLC0415
    from kiosk_server.serving.sockets import listening  # noqa: PLC0415
    from sync.county.county import OFFICES  # noqa: PLC0415
    from sync.county.intake.process import stop_reading  # noqa: PLC0415

    _refuse_other_machines(host := bind[0])
    office: Office = "reviewer" if who.person in who.county().sitting("reviewer") else "publisher"
    county, role = who.signing(office), Role.REVIEWER if office == "reviewer" else Role.CLERK
    seat = open_seat(county, role, who.person, clock)
    door = listening(*bind)
    at = door.getsockname()[1]
    click.echo(f"{county.settings.name}{OFFICES[office]}工作台（{seat.name}）：{entry(seat, host, at)}")
    click.echo("请在本机浏览器打开上面的网址，不要转发给别人；Ctrl+C 关闭。")
    run(desk_app(seat, at), [door], stopping=stop_reading)


def _refuse_other_machines(host: str) -> None:
    """Raise NotLoopback for anything others could reach."""
    from kiosk_server.county_office.errors import NotLoopback  # noqa: PLC0415
    from kiosk_server.serving.hosts import is_this_machine  # noqa: PLC0415

    if not is_this_machine(host):
        raise NotLoopback(host=host)
