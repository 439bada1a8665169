"""`kiosk serve`: open the two doors."""

from __future__ import annotations

import sys
from contextlib import ExitStack, closing
from pathlib import Path

import click

from kiosk_server.cli.kiosk.migrate import migrated_by_a_child
from kiosk_server.cli.options import clock, example, settings_option
from kiosk_server.crashes import FOLDER
from kiosk_server.kiosk import data, open_kiosk
from kiosk_server.serving.server import run
from kiosk_server.serving.sockets import open_doors
from kiosk_server.settings import KIOSK_HOST, read_settings
from kiosk_server.web.app import web_app
from kiosk_server.web.logbook import Logbook


@click.command(
    "serve",
    epilog=example("kiosk serve --settings kiosk.toml"),
)
@settings_option
@click.pass_context
def command(ctx: click.Context, path: Path) -> None:
    """打开公开栏 / serve the board until stopped."""
    settings = read_settings(path)
    with ExitStack() as opening:
        sockets = [opening.enter_context(door) for door in open_doors(settings.web)]
        if code := migrated_by_a_child(path):
            ctx.exit(code)
        opened = opening.enter_context(closing(open_kiosk(settings, clock)))
        port = sockets[0].getsockname()[1]
        app = web_app(opened, port, Logbook(sys.stderr, clock, data(settings) / FOLDER))
        click.echo(f"公开栏已打开：http://{KIOSK_HOST}:{port}/v/{settings.villages[0]}/")
        for lan in sockets[1:]:
            host, lan_port = lan.getsockname()[:2]
            click.echo(f"手机可看：http://{host}:{lan_port}/")
        run(app, sockets, graceful_shutdown_s=settings.web.graceful_shutdown_s, keeper=app.keeper)
