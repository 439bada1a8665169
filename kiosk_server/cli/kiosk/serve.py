"""`kiosk serve`: open the two doors."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kiosk_server.cli import EXIT_HOLD, EXIT_OK
from kiosk_server.cli.kiosk.migrate import migrated_by_a_child
from kiosk_server.cli.options import clock, example, settings_option
from kiosk_server.crashes import FOLDER
from kiosk_server.kiosk import data, open_kiosk
from kiosk_server.serving.server import STOPS_WITHIN_S, run
from kiosk_server.serving.sockets import open_doors
from kiosk_server.settings import KIOSK_HOST, read_settings
from kiosk_server.web.app import web_app
from kiosk_server.web.logbook import Logbook

if TYPE_CHECKING:
    from collections.abc import Callable


MEND_EVERY_S = 600.0
_VERIFY = "from kiosk_server.cli import kiosk_command; kiosk_command()"


class Mender:
    """Runs `kiosk verify` beside the board when the archive proves damaged: it makes a new one."""

    def __init__(self, settings: Path, ticks: Callable[[], float] = time.monotonic) -> None:
        """Nothing runs yet."""
        self._words = [sys.executable, "-c", _VERIFY, "verify", "--settings", str(settings)]
        self._ticks, self._next = ticks, float("-inf")
        self._running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """One at a time, and every ten minutes at most."""
        if self._ticks() >= self._next and (self._running is None or self._running.poll() is not None):
            self._next = self._ticks() + MEND_EVERY_S
            self._running = subprocess.Popen(self._words)

    def close(self) -> None:
        """The board stops: so does this, which may be repeated."""
        if self._running and self._running.poll() is None:
            self._running.terminate()
            try:
                self._running.wait(STOPS_WITHIN_S)
            except subprocess.TimeoutExpired:
                self._running.kill()


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
        code = migrated_by_a_child(path)
        if code not in {EXIT_OK, EXIT_HOLD}:
            ctx.exit(code)
        opened = opening.enter_context(closing(open_kiosk(settings, clock, waits=True)))
        mender = opening.enter_context(closing(Mender(path)))
        if code == EXIT_HOLD:
            mender.start()
        port = sockets[0].getsockname()[1]
        logbook = Logbook(sys.stderr, clock, data(settings) / FOLDER)
        app = web_app(opened, port, logbook, unwell=mender.start, renewed=opened.renewed)
        click.echo(f"公开栏已打开：http://{KIOSK_HOST}:{port}/v/{opened.settings.villages[0]}/")
        for lan in sockets[1:]:
            host, lan_port = lan.getsockname()[:2]
            click.echo(f"手机可看：http://{host}:{lan_port}/")
        run(app, sockets, graceful_shutdown_s=settings.web.graceful_shutdown_s, keeper=app.keeper)
