"""A county with two seats behind real sockets: what the desk's tests walk through."""

from __future__ import annotations

import re
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, urlencode

from kiosk_server.county_office.app import desk_app, entry
from kiosk_server.county_office.seat import Role, open_seat
from kiosk_server.serving.server import server
from kiosk_server.serving.sockets import listening
from tests.founding import CLERK, REVIEWER, found

PACK = Path(__file__).parents[2] / "deploy" / "demo" / "pack"
NOW = datetime(2025, 12, 1, 2, 3, 4, tzinfo=UTC)


class Got(NamedTuple):
    """One answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


class Visitor:
    """A browser at one seat: keeps the cookie, sends Origin with forms, follows redirects."""

    def __init__(self, port: int) -> None:
        self.port, self.cookie, self.seen = port, "", []

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Got:
        own = {"Host": f"127.0.0.1:{self.port}", "Cookie": self.cookie}
        named = own | {name.replace("_", "-"): value for name, value in headers.items()}
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, quote(path, safe="/?=&%"), body, {k: v for k, v in named.items() if v})
            answer = connection.getresponse()
            got = Got(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()
        self.seen.append(got)
        if got.status == 303:
            self.cookie = got.headers.get("set-cookie", self.cookie).partition(";")[0]
            return self.ask("GET", got.headers["location"])
        return got

    def get(self, path: str) -> Got:
        return self.ask("GET", path)

    def post(self, path: str, **fields: str) -> Got:
        """Fill in a form: what is hidden in it comes from the page that holds it."""
        body = urlencode({"csrf": self.token, "shown": self.hidden("shown"), **fields}).encode()
        return self.ask(
            "POST", path, body, Origin=self.origin, Content_Type="application/x-www-form-urlencoded"
        )

    def upload(self, name: str, data: bytes) -> Got:
        edge = "edgeedgeedge"
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{self.token}\r\n'.encode(),
            f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'.encode(),
            b"Content-Type: application/octet-stream\r\n\r\n" + data + f"\r\n--{edge}--\r\n".encode(),
        ]
        kind = f"multipart/form-data; boundary={edge}"
        return self.ask("POST", "/drafts", b"".join(parts), Origin=self.origin, Content_Type=kind)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def token(self) -> str:
        return self.hidden("csrf")

    def hidden(self, name: str) -> str:
        """What the last page with such a field carries in it."""
        found = [
            re.search(rf'name="{name}" value="([^"]+)"', got.body.decode("latin-1")) for got in self.seen
        ]
        return next((one[1] for one in reversed(found) if one), "")


class Desk(NamedTuple):
    """Both seats of one county."""

    county: object
    clerk: Visitor
    reviewer: Visitor


@contextmanager
def served(seat):
    """One seat behind a socket of its own; its visitor has come in."""
    door = listening("127.0.0.1", 0)
    port = door.getsockname()[1]
    running = server(desk_app(seat, port))
    thread = threading.Thread(target=running.run, kwargs={"sockets": [door]})
    thread.start()
    try:
        while not running.started and thread.is_alive():
            time.sleep(0.01)
        visitor = Visitor(port)
        visitor.get(entry(seat, "127.0.0.1", port).removeprefix(visitor.origin))
        yield visitor
    finally:
        running.should_exit = True
        thread.join(timeout=10)
        door.close()


@contextmanager
def desk(folder: Path, clerk: str = CLERK, reviewer: str = REVIEWER):
    """A county founded anew, with a clerk and a reviewer at work."""
    county = found(folder, PACK, "", NOW)
    clerks = open_seat(county, Role.CLERK, clerk, lambda: NOW)
    reviewers = open_seat(county, Role.REVIEWER, reviewer, lambda: NOW)
    with served(clerks) as one, served(reviewers) as other:
        yield Desk(county, one, other)


def draft_at(got: Got) -> str:
    """Address of the draft shown, whether it has a form or not."""
    return "/drafts/" + re.search(r"/drafts/([a-p]{12})/discard", got.text)[1]


def proposal_at(got: Got) -> str:
    """Address of the only proposal a home page lists."""
    return re.search(r'href="(/proposals/[^"]+)"', got.text)[1]
