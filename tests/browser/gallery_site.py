"""The gallery's pages behind a small server, with the headers of the real doors."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import TYPE_CHECKING

from boards.pages import Pages
from kiosk_server.web.headers import CONTENT_SECURITY_POLICY
from tests.pages import views_sample as v
from tests.pages.gallery import GALLERY

if TYPE_CHECKING:
    from collections.abc import Iterator

STATIC = files("boards.pages") / "static"
KINDS = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
BOARD, PHONE = ("board", "phone")
SCREENS = {"portrait": (1080, 1920, BOARD), "landscape": (1280, 800, BOARD), "phone": (390, 844, PHONE)}
PAGES = Pages(v.ASSETS)
MAP = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 240" width="800" height="480">
<rect width="400" height="240" fill="#f5f1e6"/><path d="M0 190 400 150M70 0 120 240M0 60 400 90" stroke="#999" fill="none"/>
<path d="m150 80 110-20 40 60-60 50-80-20z" fill="#f3c9c4" stroke="#9c1c17" stroke-width="3"/></svg>"""


class Village(BaseHTTPRequestHandler):
    """Serves /<page>/<door>/<size>[/<language>] and the static files, with the headers of the real doors."""

    def do_GET(self) -> None:
        self.path = self.path.partition("?")[0]
        if self.path.startswith("/static/"):
            name, _, ending = self.path.removeprefix("/static/").replace(".0123abcd", "").rpartition(".")
            self.answer((STATIC / f"{name}.{ending}").read_bytes(), KINDS[ending])
            return
        if "/files/" in self.path:  # what belongs to a land notice
            self.answer(MAP, KINDS["svg"])
            return
        name, door, size, *language = self.path.strip("/").split("/")
        if name not in GALLERY:
            self.send_error(404)
            return
        options = {"kiosk": door == BOARD, "size": size, "language": language[0] if language else "zh_CN"}
        self.answer(GALLERY[name](PAGES, options).encode(), "text/html; charset=utf-8")

    def answer(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *said: object) -> None:
        pass


@contextmanager
def gallery_site() -> Iterator[str]:
    """The address of the gallery, while it is open."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Village)
    worker = threading.Thread(target=server.serve_forever, daemon=True)
    worker.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        worker.join()
