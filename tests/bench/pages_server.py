"""One server process for bench_pages: ours, or a bare ASGI application that sends the same bytes.

Run: python -m tests.bench.pages_server ours|bare FOLDER [CACHE_BYTES [ROWS_A_PAGE]]; prints its ports, the
touchscreen's and the phones'.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import msgspec

import kiosk_server.cli.kiosk.serve
import kiosk_server.press.worker
import sync.pack  # noqa: F401
from boards.model.pack import Pack
from kiosk_server.archive.board import Board
from kiosk_server.serving.server import run
from kiosk_server.serving.sockets import open_doors
from kiosk_server.settings import Feed, Settings, Web
from kiosk_server.web.app import web_app
from kiosk_server.web.logbook import Logbook
from kiosk_server.web.reader import Reader

DATABASE, PACK_FILE, ANSWER_FILE = "archive.sqlite3", "pack.json", "answer.msgpack"
NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)


class Answer(msgspec.Struct):
    """What a bare application sends to everyone."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


def ours(folder: Path, port: int, cache_bytes: int):
    pack = msgspec.json.decode((folder / PACK_FILE).read_bytes(), type=Pack)
    settings = Settings(
        villages=tuple(village.code for village in pack.villages),
        public_base_url="https://gk.example.org",
        feed=Feed(folder="feed"),
        web=Web(cache_bytes=cache_bytes),
    )
    board = Board(folder / DATABASE, pack.mask)
    press = kiosk_server.press.worker.Press(folder / "press", None, settings.public_base_url)
    parts = SimpleNamespace(settings=settings, pack=pack, board=board, press=press, clock=lambda: NOW)
    return web_app(parts, port, Logbook(open(os.devnull, "w"), lambda: NOW))  # noqa: PTH123 - open for the process's life


def bare(folder: Path):
    answer = msgspec.msgpack.decode((folder / ANSWER_FILE).read_bytes(), type=Answer)
    start = {"type": "http.response.start", "status": answer.status, "headers": answer.headers}
    body = {"type": "http.response.body", "body": answer.body}

    async def application(scope, receive, send):
        if scope["type"] == "lifespan":
            for name in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{name}.complete"})
            return
        await send(start)
        await send(body)

    return application


def main(kind: str, folder: Path, cache_bytes: int = Web().cache_bytes, rows_a_page: int = 0) -> None:
    sockets = open_doors(Web(kiosk_port=0, lan_host="127.0.0.1", lan_port=0))
    port, lan = (one.getsockname()[1] for one in sockets)
    if rows_a_page:  # the ratio is asked for 50 rows; a real page has 20 at most
        Reader.rows_per_page = property(lambda _: rows_a_page)
    app = bare(folder) if kind == "bare" else ours(folder, port, cache_bytes)
    print(port, lan, flush=True)
    run(app, sockets, graceful_shutdown_s=1, keeper=getattr(app, "keeper", None))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *map(int, sys.argv[3:]))
