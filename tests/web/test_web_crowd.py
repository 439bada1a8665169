"""A crowd at the phones' door, over real sockets: who stands at the touchscreen does not notice."""

import asyncio
import html
import re
import socket
import threading
import time
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import UTC, datetime
from http.client import HTTPConnection
from io import StringIO
from types import SimpleNamespace

import pytest

from kiosk_server.archive.board import Board
from kiosk_server.serving.doorkeeper import LONG_ASKING_S, Doorkeeper, Limits
from kiosk_server.serving.server import server
from kiosk_server.serving.sockets import listening
from kiosk_server.web.app import web_app
from kiosk_server.web.guard import Door
from kiosk_server.web.logbook import Logbook
from kiosk_server.web.pace import BoardBusy, Pace, PressQueue
from tests.village import MASK, PACK
from tests.web.test_web_finding import HERE, SETTINGS, filled
from tests.web.test_web_front import World

SHORT = Limits(
    connections=12, each=12, head_bytes=4096, head_s=0.4, idle_s=0.6, taking_s=0.8, unsent_bytes=20 << 20
)
PATIENCE_S = 5.0
BIG = b"x" * (16 << 20)


async def plain(scope, receive, send):
    """A bare application; `/big` is an answer that somebody must take."""
    if scope["type"] == "lifespan":
        for name in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{name}.complete"})
        return
    body = BIG if scope["path"] == "/big" else b"well"
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]}
    )
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
def door():
    """A door with short limits: its address, and its keeper."""
    keeper, opened = Doorkeeper(SHORT), listening("127.0.0.1", 0)
    running = server(plain, graceful_shutdown_s=1, keeper=lambda _: keeper)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [opened]})
    thread.start()
    while not running.started:
        time.sleep(0.01)
    with ExitStack() as left:
        yield SimpleNamespace(address=opened.getsockname(), keeper=keeper, left=left)
    running.should_exit = True
    thread.join(10)
    opened.close()


def come(door, said=b""):
    """One connection that says something."""
    one = door.left.enter_context(socket.create_connection(door.address, timeout=PATIENCE_S))
    one.sendall(said)
    return one


def heard(one) -> bytes:
    """All that comes until the other side closes."""
    got = b""
    with suppress(ConnectionResetError):
        while piece := one.recv(1 << 16):
            got += piece
    return got


GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"GET / HT",
        b"GET / HTTP/1.1\r\nHost: a\r\n",
        GET,
        b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nab",
    ],
)
def test_nobody_waits_for_ever(door, said):
    """Who says nothing, half a head, or nothing after an answer is let go; and one byte at a time is no more."""
    silent, began = come(door, said), time.monotonic()
    heard(silent)
    assert time.monotonic() - began < 3
    dripping, began = come(door, said), time.monotonic()
    with suppress(OSError):
        while time.monotonic() - began < PATIENCE_S:
            dripping.sendall(b"x")
            time.sleep(0.05)
    assert time.monotonic() - began < 3
    assert len(door.keeper) == 0


@pytest.mark.parametrize(
    "said",
    [
        b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X-A: b\r\n" * 600,
        b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 5000,
        b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X-A: b\r\n" * 600 + b"\r\n",
    ],
)
def test_a_head_that_is_too_long_is_told_so(door, said):
    """In one piece or in many it ends at the bound, in a sentence with its code, and the connection closes."""
    answer = heard(come(door, said)).decode()
    assert answer.startswith("HTTP/1.1 431 ")
    assert "这个请求太长" in answer
    assert "head-too-long" in answer
    slowly = come(door)
    with suppress(OSError):
        for at in range(0, len(said), 100):
            slowly.sendall(said[at : at + 100])
    assert b"200 OK" not in heard(slowly)


def test_a_flood_of_requests_in_one_piece_is_cut(door):
    """Hundreds of requests on one connection before the first answer are not kept for later."""
    assert heard(come(door, GET * 140)).count(b"200 OK") < 20


def test_a_full_door_still_lets_the_next_one_in(door):
    """Half-open connections and idle ones give way; as many stay as the door holds."""
    door.keeper.limits = replace(SHORT, head_s=9, idle_s=9)
    asked = [come(door, GET) for _ in range(6)]
    for one in asked:
        assert one.recv(999)
    half = [come(door, b"GET / HTTP/1.1\r\nX") for _ in range(60)]
    time.sleep(LONG_ASKING_S + 0.1)
    last = come(door, GET)
    assert b"200 OK" in last.recv(999)
    assert len(door.keeper) <= SHORT.connections
    assert len(half) == 60


def test_answers_nobody_takes_stay_within_a_bound(door):
    """Eleven who ask for 16 MB each and take nothing: the oldest go, and the memory holds what the bound says."""
    for _ in range(SHORT.connections - 1):
        come(door, b"GET /big HTTP/1.1\r\nHost: a\r\n\r\n")
        time.sleep(0.02)
    time.sleep(0.2)
    places = [one for some in door.keeper._places.values() for one in some]
    assert sum(one.unsent() for one in places) <= SHORT.unsent_bytes
    assert b"200 OK" in come(door, GET).recv(999)
    time.sleep(SHORT.taking_s + 1.5)
    assert len(door.keeper) == 0


class Ticks:
    """Seconds that pass when they are told to."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture(scope="module")
def place(tmp_path_factory, serve):
    folder, log, ticks = tmp_path_factory.mktemp("crowd"), StringIO(), Ticks()
    asyncio.run(filled(folder / "a.sqlite3"))
    board = Board(folder / "a.sqlite3", MASK)

    class Mouth:
        can_speak, rare_folder = True, folder

        async def say(self, speech, *, personal):
            return b"mp3"

    parts = SimpleNamespace(
        settings=SETTINGS,
        pack=PACK,
        board=board,
        press=Mouth(),
        clock=lambda: datetime(2025, 12, 1, 4, tzinfo=UTC),
    )
    site = serve(lambda port: web_app(parts, port, Logbook(log, parts.clock), ticks=ticks))
    yield SimpleNamespace(site=site, log=log, ticks=ticks)
    board.close()


def rested(place):
    """Nobody has asked for a long time."""
    place.ticks.now += 10_000
    return place.site


def households(site) -> list[str]:
    """The pages of those on the lists."""
    found = set()
    for path in (
        "groups/%E5%85%AD%E7%BB%84?page=1",
        "groups/%E5%85%AD%E7%BB%84?page=2",
        "groups/%E5%85%AD%E7%BB%84?page=3",
    ):
        found |= set(
            re.findall(rf"{HERE}/households/\d+", html.unescape(site.get(f"{HERE}/{path}").body.decode()))
        )
    return sorted(found)


def test_a_phone_sees_thirty_households_in_ten_minutes(place):
    """The thirty-first page is a calm one that says when to come again; known ones, and the touchscreen's, go on."""
    site = rested(place)
    real = households(site)
    addresses = real + [f"{HERE}/households/{number}" for number in range(900, 930 - len(real))]
    assert len(set(addresses)) == 30
    statuses = [site.get(one, lan=True).status for one in addresses]
    assert statuses == [200] * len(real) + [404] * (30 - len(real))
    more = f"{HERE}/households/950"
    waits = site.get(more, lan=True)
    page = html.unescape(waits.body.decode())
    assert waits.status == 429
    assert 590 <= int(waits.headers["retry-after"]) <= 600
    assert "已经看了 30 户" in page
    assert "请在 12:11 以后再看" in page
    assert "触摸屏" in page
    assert "households-enough" in page
    assert waits.headers["cache-control"] == "no-store"
    place.ticks.now += 60
    assert site.get(real[0], lan=True).status == 200
    assert site.get(real[0].replace("households", "say/households"), lan=True).status == 200
    assert site.get(more.replace("households", "say/households"), lan=True).status == 429
    assert site.get(more.replace("/950", "/000950"), lan=True).status == 429
    assert site.get(more).status == 404, "nobody at the touchscreen waits"
    place.ticks.now += 541
    assert site.get(more, lan=True).status == 404
    assert "households/9" not in place.log.getvalue()


def test_who_taps_faster_than_thirty_phones_waits_a_moment(place):
    """A storm of searches is answered with 429 and when to come again; a calm phone and the touchscreen are not."""
    site = rested(place)
    search = f"{HERE}/initials?q=S"
    got = [site.get(search, lan=True) for _ in range(70)]
    assert [one.status for one in got] == [200] * 60 + [429] * 10
    assert got[-1].headers["retry-after"] == "1"
    assert got[-1].headers["x-content-type-options"] == "nosniff"
    assert "点得太快了" in got[-1].body.decode()
    assert "too-fast" in got[-1].body.decode()
    assert site.get(search).status == 200
    place.ticks.now += 0.1
    assert [site.get(search, lan=True).status for _ in range(2)] == [200, 429]


def test_pages_from_memory_have_a_pace_too(place):
    """Also what costs nearly nothing is not given out without end; it is counted, never listed."""
    site = rested(place)
    site.get(f"{HERE}/help", lan=True)
    place.log.truncate(0)
    phone, statuses = HTTPConnection("127.0.0.1", site.lan, timeout=PATIENCE_S), []
    for _ in range(320):
        phone.request("GET", f"{HERE}/help")
        answer = phone.getresponse()
        answer.read()
        statuses.append(answer.status)
    phone.close()
    assert (statuses[:299], set(statuses[299:])) == ([200] * 299, {429})
    assert place.log.getvalue().count("too-fast") <= 1


def test_all_phones_together_leave_room_for_the_touchscreen():
    """Many addresses at once: the machine composes so many pages a second for phones, and no more."""
    pace = Pace()
    refusals = [pace.composes(f"192.0.2.{n}", 0.0) for n in range(200)]
    assert [one.code if one else "" for one in refusals] == [""] * 120 + ["board-busy"] * 80


async def test_the_touchscreens_sheet_is_always_next():
    """Phones wait for the press in a short queue, a few of each; the touchscreen waits for one sheet at most."""
    queue, drawn, refused = PressQueue(most=8, each=4), [], []

    async def wants(door, client):
        try:
            async with queue.turn(door, client):
                drawn.append(client)
                await asyncio.sleep(0.01)
        except BoardBusy as busy:
            refused.append((client, busy.code))

    phones = [wants(Door.LAN, client) for client in ("a",) * 6 + ("b",) * 3 + ("c",) * 3]
    waiting = [asyncio.create_task(one) for one in phones]
    await asyncio.sleep(0)
    await wants(Door.KIOSK, "screen")
    assert drawn.index("screen") <= 1
    await asyncio.gather(*waiting)
    assert [one for one, _ in refused] == ["a", "a", "c", "c"]
    assert {code for _, code in refused} == {"board-busy"}
    assert not queue._here


pytestmark = [pytest.mark.thorough, pytest.mark.anyio]


class Slow(World):
    """Each page takes 10 ms of pure work."""

    def __init__(self):
        super().__init__()
        self.order = []

    async def __call__(self, scope, receive, send):
        if scope["type"] == "http":
            self.order.append(scope["path"])
            until = time.monotonic() + 0.01
            while time.monotonic() < until:
                pass
        await super().__call__(scope, receive, send)


def test_the_touchscreen_never_stands_behind_all_phones(serve):
    """Thirty phones ask in one moment; who asks at the touchscreen right after them waits for two at most."""
    world = Slow()
    site = serve(world.front, kept=True)
    with ExitStack() as left:
        phones = [left.enter_context(socket.create_connection(("127.0.0.1", site.lan))) for _ in range(30)]
        screen = left.enter_context(socket.create_connection(("127.0.0.1", site.kiosk)))
        time.sleep(0.1)
        for number, one in enumerate(phones):
            one.sendall(b"GET /personal/%d HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" % number)
        time.sleep(0.02)
        behind = len(world.order)
        screen.sendall(b"GET /personal/screen HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert screen.recv(99)
        assert world.order.index("/personal/screen") - behind <= 3
        for one in phones:
            assert one.recv(99)
