"""`county serve --folder F --bind 127.0.0.1:8090`: the feed over HTTP, for kiosks to pull."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("serve", help="用 HTTP 提供发布目录，供各村一体机拉取。")
@click.option("--folder", required=True, type=click.Path(path_type=Path), help="县级发布目录。")
@click.option("--bind", default="127.0.0.1:8090", show_default=True, help="地址:端口")
def command(folder: Path, bind: str) -> None:
    """Serve until stopped."""
    from kiosk_server.county_office.feed import feed_app  # noqa: PLC0415 - loaded only when needed
    from kiosk_server.serving.server import server  # noqa: PLC0415
    from kiosk_server.serving.sockets import listening  # noqa: PLC0415
    from sync.county.county import open_county  # noqa: PLC0415
    from sync.county.publish.passes import passes  # noqa: PLC0415

    county = open_county(folder)
    known = passes(county.folder)
    host, _, port = bind.rpartition(":")
    if not port.isdecimal():
        raise click.BadParameter(f"{bind}：应为 地址:端口", param_hint="--bind")
    door = listening(host.strip("[]"), int(port))
    click.echo(f"{county.settings.name}的发布目录：http://{host}:{door.getsockname()[1]}/")
    click.echo("未发放取数口令：谁都可以取。" if known is None else f"只让 {len(known)} 个有口令的一体机取。")
    server(feed_app(county.feed)).run(sockets=[door])
