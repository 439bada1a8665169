"""A county's desk behind a real socket, and its people in browsers of their own: what the desk's tests walk through."""

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

from kiosk_server.county_office.app import desk_app
from kiosk_server.county_office.seat import open_desk
from kiosk_server.county_office.staff.doors import loopback
from kiosk_server.county_office.staff.roles import people_of
from kiosk_server.people import passwords
from kiosk_server.people.accounts import Newcomer, Role, add, add_first, set_roles
from kiosk_server.serving.server import server
from kiosk_server.serving.sockets import listening
from tests.founding import CLERK, PASSPHRASES, REVIEWER, found
from tests.people.people_house import CHEAP, PASSWORD

PACK = Path(__file__).parents[2] / "deploy" / "demo" / "pack"
NOW = datetime(2025, 12, 1, 2, 3, 4, tzinfo=UTC)
PEOPLE = {
    "admin": ("张主任", "administrator"),
    CLERK: ("李经办", "clerk"),
    REVIEWER: ("王审核", "reviewer"),
    "qian": ("钱经办", "clerk:民政局"),
    "zhao": ("赵督查", "auditor"),
    "chen": ("陈资料", "pack_editor"),
    "sun": ("孙没有角色", ""),
}
"""Login, name and roles; everybody has PASSWORD."""


class Got(NamedTuple):
    """One answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


class Visitor:
    """A browser: keeps the cookies, sends Origin with forms, follows redirects."""

    def __init__(self, port: int, login: str = "") -> None:
        self.port, self.login, self.cookies, self.seen = port, login, {}, []

    def enters(self, password: str = PASSWORD, code: str = "") -> Got:
        """Fill in the login form."""
        self.get("/login")
        return self.post("/login", login=self.login, password=password, code=code)

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    @cookie.setter
    def cookie(self, header: str) -> None:
        self.cookies = dict(one.split("=", 1) for one in header.split("; ") if "=" in one)

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Got:
        own = {"Host": f"127.0.0.1:{self.port}", "Cookie": self.cookie}
        named = own | {name.replace("_", "-"): value for name, value in headers.items()}
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, quote(path, safe="/?=&%"), body, {k: v for k, v in named.items() if v})
            answer = connection.getresponse()
            got = Got(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
            kept = [one.partition(";")[0].split("=", 1) for one in answer.headers.get_all("set-cookie", [])]
        finally:
            connection.close()
        self.seen.append(got)
        self.cookies |= dict(kept)
        if got.status == 303:
            return self.ask("GET", got.headers["location"])
        return got

    def get(self, path: str) -> Got:
        return self.ask("GET", path)

    def post(self, path: str, **fields: str) -> Got:
        """Fill in a form: what is hidden in it comes from the page that holds it, the passphrase from memory."""
        known = {
            "csrf": self.token,
            "shown": self.hidden("shown"),
            "passphrase": PASSPHRASES.get(self.login, ""),
        }
        body = urlencode(known | fields).encode()
        return self.ask(
            "POST", path, body, Origin=self.origin, Content_Type="application/x-www-form-urlencoded"
        )

    def upload(self, name: str, data: bytes, where: str = "/drafts") -> Got:
        edge = "edgeedgeedge"
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{self.token}\r\n'.encode(),
            f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'.encode(),
            b"Content-Type: application/octet-stream\r\n\r\n" + data + f"\r\n--{edge}--\r\n".encode(),
        ]
        kind = f"multipart/form-data; boundary={edge}"
        return self.ask("POST", where, b"".join(parts), Origin=self.origin, Content_Type=kind)

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


class House(NamedTuple):
    """The desk of one county, its clerk and its reviewer at work."""

    county: object
    desk: object
    port: int
    clerk: Visitor
    reviewer: Visitor

    def visitor(self, login: str) -> Visitor:
        """Somebody else, logged in."""
        return inside(self.port, login)


def inside(port: int, login: str) -> Visitor:
    visitor = Visitor(port, login)
    assert visitor.enters().status == 200, login
    return visitor


def peopled(county, clock=lambda: NOW):
    """The people of a county, who have changed their first passwords."""
    people = people_of(county, clock, new=True)
    for login, (name, roles) in PEOPLE.items():
        given = tuple(Role(*one.split(":")) for one in filter(None, roles.split(" ")))
        who = Newcomer(login, name, given, PASSWORD)
        add_first(people, who) if login == "admin" else add(people, "admin", who)
    with people.writing() as db:
        db.execute("UPDATE account SET must_change=0")
    return people


@contextmanager
def served(desk, door=loopback):
    """A desk behind a socket of its own: the port."""
    listens = listening("127.0.0.1", 0)
    port = listens.getsockname()[1]
    running = server(desk_app(desk, door(port)))
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listens]})
    thread.start()
    try:
        while not running.started and thread.is_alive():
            time.sleep(0.01)
        yield port
    finally:
        running.should_exit = True
        thread.join(timeout=10)
        listens.close()


@contextmanager
def cheap():
    """Passwords hashed with the least there is: a test of the desk waits for none."""
    before, passwords.HASHER = passwords.HASHER, CHEAP
    try:
        yield
    finally:
        passwords.HASHER = before


@contextmanager
def desk(folder: Path, clerk: str = CLERK, reviewer: str = REVIEWER):
    """A county founded anew, with a clerk and a reviewer at work."""
    county = found(folder, PACK, "", NOW)
    with cheap():
        people = peopled(county)
        if clerk == reviewer:
            set_roles(people, "admin", clerk, (Role("clerk"), Role("reviewer")))
        opened = open_desk(county, people, lambda: NOW)
        with served(opened) as port:
            yield House(county, opened, port, inside(port, clerk), inside(port, reviewer))
        opened.people.close()


def draft_at(got: Got) -> str:
    """Address of the draft shown, whether it has a form or not."""
    return "/drafts/" + re.search(r"/drafts/([a-p]{12})/discard", got.text)[1]


def proposal_at(got: Got) -> str:
    """Address of the only proposal a home page lists."""
    return re.search(r'href="(/proposals/[^"]+)"', got.text)[1]
