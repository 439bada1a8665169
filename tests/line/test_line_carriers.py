"""The road: a folder, and HTTP with honest and dishonest servers."""

import errno
import http.client
import os
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import urllib3
from hypothesis import given
from hypothesis import strategies as st

from boards.model.errors import Refusal
from kiosk_server.cli.kiosk.sync import exit_code, told
from kiosk_server.county_office.feed import feed_app
from kiosk_server.desk.catch_up import Road, catch_up
from kiosk_server.serving.server import server
from kiosk_server.serving.sockets import PortInUse, listening
from sync.carriers.folder import FolderSource
from sync.carriers.http import HttpSource
from sync.carriers.patience import HEAD_BYTES
from sync.carriers.road import (
    NotOnTheRoad,
    SourceUnreachable,
    TooLarge,
    TooSlow,
    UnexpectedName,
    shared_out,
)
from sync.carriers.spool import Spool
from sync.log.checkpoint import Checkpoint
from tests.line.county_sim import NOW, OTHER, VILLAGE, MemoryShelf, caught_up, county, published, row

pytestmark = [pytest.mark.thorough, pytest.mark.anyio]
ROWS = "tile/rows/000.p/6"


@pytest.fixture(scope="module")
def five(tmp_path_factory):
    """A county with one batch of five rows."""
    where = county(tmp_path_factory.mktemp("five") / "county")
    published(where, [row(n) for n in range(5)])
    return where


@pytest.fixture(scope="module")
def address(five):
    """The county's own feed server, on a free port."""
    door = listening("127.0.0.1", 0)
    serving = server(feed_app(five.feed))
    thread = threading.Thread(target=serving.run, kwargs={"sockets": [door]})
    thread.start()
    yield f"http://127.0.0.1:{door.getsockname()[1]}"
    serving.should_exit = True
    thread.join(5)
    door.close()


@pytest.fixture
def strange():
    """A server that answers as told: `answer(handler)`."""
    servers = []

    def start(answer):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                answer(self)

            def log_message(self, *args):
                """Say nothing."""

        httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        httpd.daemon_threads = True
        threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        servers.append(httpd)
        return f"http://127.0.0.1:{httpd.server_port}"

    yield start
    for httpd in servers:
        httpd.shutdown()
        httpd.server_close()


def answers(status, body, **headers):
    """A plain answer."""

    def answer(handler):
        handler.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


async def test_http_brings_what_the_folder_holds(five, address, tmp_path):
    """The same log by both roads, to the byte."""
    by_folder, by_http = MemoryShelf(), MemoryShelf()
    await caught_up(five, by_folder, tmp_path / "a")
    source = HttpSource(address, memory=tmp_path / "memory")
    await caught_up(five, by_http, tmp_path / "b", source=source)
    assert (await caught_up(five, by_http, tmp_path / "b", source=source)).nothing_new
    assert by_http.leaves == by_folder.leaves
    assert by_http.states == by_folder.states
    source.close()


def test_an_unchanged_checkpoint_costs_a_304(address, tmp_path):
    """The ETag of what was verified is kept on disk, and of nothing else; a new process asks conditionally too."""
    asked = []

    class Counting(HttpSource):
        def _get(self, village, name, limit, headers):
            answer = super()._get(village, name, limit, headers)
            asked.append(answer[0])
            return answer

    source = Counting(address, memory=tmp_path)
    source.checkpoint(VILLAGE)
    source.close()
    assert not any(tmp_path.iterdir()), "nobody has verified it yet"
    for _ in range(2):
        source = Counting(address, memory=tmp_path)
        first = source.checkpoint(VILLAGE)
        source.believed(VILLAGE)
        assert source.checkpoint(VILLAGE) == first
        source.close()
    (tmp_path / f"{VILLAGE}.seen").write_bytes(b"not json")
    source = Counting(address, memory=tmp_path)
    assert source.checkpoint(VILLAGE) == first
    source.close()
    assert asked == [200, 200, 304, 304, 304, 200]


@pytest.mark.parametrize(
    ("method", "path", "status", "cache"),
    [
        ("GET", f"/v/{VILLAGE}/checkpoint", 200, "no-cache"),
        ("HEAD", f"/v/{VILLAGE}/checkpoint", 200, "no-cache"),
        ("GET", f"/v/{VILLAGE}/{ROWS}.ndjson.gz", 200, "public, max-age=31536000, immutable"),
        ("GET", f"/v/{VILLAGE}/tile/0/000.p/6", 200, "public, max-age=31536000, immutable"),
        ("GET", f"/v/{VILLAGE}/tile/rows/000.ndjson.gz", 404, None),
        ("GET", "/v/330590100299/checkpoint", 404, None),
        ("GET", f"/v/{VILLAGE}/../../county.toml", 404, None),
        ("GET", f"/v/{VILLAGE}/%2e%2e/%2e%2e/%2e%2e/keys/publisher.pem", 404, None),
        ("GET", "/keys/publisher.pem", 404, None),
        ("GET", "/", 404, None),
        ("POST", f"/v/{VILLAGE}/checkpoint", 405, None),
    ],
)
def test_the_feed_serves_expected_names_only(address, method, path, status, cache):
    """Checkpoints are fresh, everything else for ever; keys and proposals are out of reach."""
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=5)
    connection.request(method, path)
    answer = connection.getresponse()
    body = answer.read()
    assert answer.status == status
    assert answer.headers.get("Cache-Control") == cache
    if cache:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert int(answer.headers["Content-Length"]) > 0
        assert bool(body) is (method == "GET")
    connection.close()


def test_the_feed_follows_no_link(five, address):
    """A link among the files, made by mistake or on purpose, hands out nothing from beside the feed."""
    link = five.feed / "v" / OTHER / "checkpoint"
    link.parent.mkdir()
    link.symlink_to(five.folder / "keys" / "household.key")
    pool = urllib3.PoolManager(retries=False)
    answer = pool.request("GET", f"{address}/v/{OTHER}/checkpoint")
    link.unlink()
    link.parent.rmdir()
    assert (answer.status, answer.data) == (404, b"")
    pool.clear()


def test_a_strong_etag_answers_304(address):
    """Any of a list, weakly compared, or a star; another tag gets the file."""
    pool = urllib3.PoolManager(retries=False)
    url = f"{address}/v/{VILLAGE}/checkpoint"
    tag = pool.request("GET", url).headers["ETag"]
    assert tag.startswith('"')
    for sent, status in ((tag, 304), (f'"x", W/{tag}', 304), ("*", 304), ('"x"', 200)):
        answer = pool.request("GET", url, headers={"If-None-Match": sent})
        assert (answer.status, answer.headers["ETag"]) == (status, tag)
        assert bool(answer.data) is (status == 200)
    pool.clear()


def test_a_token_goes_with_every_request(strange):
    """The kiosk shows who it is, to this server only: redirects are not followed."""
    seen = []

    def answer(handler):
        seen.append(handler.headers["Authorization"])
        answers(302, b"", Location="http://127.0.0.1:9/")(handler)

    source = HttpSource(strange(answer), token="abc")
    with pytest.raises(SourceUnreachable, match="302"):
        source.checkpoint(VILLAGE)
    assert seen == ["Bearer abc"]
    source.close()


@pytest.mark.parametrize(
    ("answer", "refusal"),
    [
        (answers(404, b""), NotOnTheRoad),
        (answers(500, b""), SourceUnreachable),
        (answers(304, b""), SourceUnreachable),
        (answers(200, b"x" * 9000), TooLarge),
        (answers(200, b"short", Content_Length="100"), SourceUnreachable),
        (lambda handler: handler.connection.close(), SourceUnreachable),
        (lambda handler: handler.wfile.write(b"nonsense\r\n\r\n"), SourceUnreachable),
    ],
)
def test_bad_servers_are_refused_in_words(strange, answer, refusal):
    """Too long, too short, broken, or plainly no: never anything but a refusal."""
    source = HttpSource(strange(answer), timeout_s=2)
    with pytest.raises(refusal):
        source.checkpoint(VILLAGE)
    source.close()


def test_a_dripping_server_is_left(strange):
    """Below the minimum speed we go, although bytes keep coming."""

    def drip(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "5000")
        handler.end_headers()
        for _ in range(100):
            try:
                handler.wfile.write(b"x")
                handler.wfile.flush()
            except OSError:
                return
            threading.Event().wait(0.02)

    source = HttpSource(strange(drip), timeout_s=0.2, minimum_bytes_per_s=1024)
    with pytest.raises(TooSlow):
        source.checkpoint(VILLAGE)
    source.close()


def pours(start, again, pause=0.0):
    """An answer on the bare wire: how it begins, and what is said over and over."""

    def answer(handler):
        with suppress(OSError):
            handler.wfile.write(start)
            for _ in range(100_000):
                handler.wfile.write(again)
                threading.Event().wait(pause) if pause else None
            handler.wfile.write(start + again * 2)

    return answer


OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


@pytest.mark.parametrize(
    ("start", "again", "pause"),
    [
        pytest.param(OK, b"x", 0.01, id="a header that drips"),
        pytest.param(OK + b"X: ", b"x" * 1000, 0, id="a header without end"),
        pytest.param(OK, b"X: y\r\n", 0, id="headers without end"),
        pytest.param(b"", CONTINUE, 0, id="continue without end"),
        pytest.param(b"", CONTINUE, 0.05, id="continue that drips"),
        pytest.param(CHUNKED, b"1\r\nx\r\n", 0, id="chunks without end"),
        pytest.param(CHUNKED, b"1\r\nx\r\n", 0.02, id="chunks that drip"),
        pytest.param(CHUNKED, b"0" * 1000, 0, id="a length without end"),
        pytest.param(CHUNKED + b"0\r\n", b"X: y\r\n", 0, id="trailers without end"),
        pytest.param(OK + b"Content-Length: 9999999999\r\n\r\n", b"x" * 999, 0, id="a body without end"),
        pytest.param(
            b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: /v\r\n\r\n", b"", 0.01, id="a circle"
        ),
        pytest.param(b"HTTP/1.1 1", b"0", 0, id="a status without end"),
    ],
)
def test_a_server_that_never_comes_to_an_end_is_left(strange, start, again, pause):
    """Whatever is repeated for ever, fast or drop by drop, is refused in words within seconds."""
    source = HttpSource(strange(pours(start, again, pause)), timeout_s=0.3, minimum_bytes_per_s=1024)
    source.allow(5)
    began = time.monotonic()
    with pytest.raises((TooSlow, TooLarge, SourceUnreachable)):
        source.checkpoint(VILLAGE)
    assert time.monotonic() - began < 3
    assert source.patience.read < HEAD_BYTES * 3
    source.close()


def test_a_pull_ends_when_its_time_is_over(strange):
    """A server that is fast enough for every single file is left when the whole takes too long."""

    def lively(handler):
        with suppress(OSError):
            handler.wfile.write(OK + b"Content-Length: 9000\r\n\r\n")
            for _ in range(900):
                handler.wfile.write(b"x" * 10)
                threading.Event().wait(0.005)

    source = HttpSource(strange(lively), timeout_s=2, minimum_bytes_per_s=1)
    source.allow(0.4)
    began = time.monotonic()
    with pytest.raises(TooSlow):
        source.rows(VILLAGE, "tile/rows/000")
    with pytest.raises(TooSlow):
        source.rows(VILLAGE, "tile/rows/001")
    assert time.monotonic() - began < 1.5
    source.close()


async def test_a_refused_answer_is_never_taken_for_known(five, strange, tmp_path):
    """A checkpoint nobody signed leaves no tag behind, and one that is refused now loses the tag it had."""
    true = (five.feed / "v" / VILLAGE / "checkpoint").read_bytes()
    asked, says = [], {"checkpoint": true}

    def answer(handler):
        name = handler.path.rpartition("/")[2]
        asked.append((name, handler.headers["If-None-Match"]))
        if name != "checkpoint":
            answers(200, (five.feed / handler.path[1:]).read_bytes())(handler)
        elif handler.headers["If-None-Match"]:
            answers(304, b"", ETag='"a"')(handler)
        else:
            answers(200, says["checkpoint"], ETag='"a"')(handler)

    source, shelf = HttpSource(strange(answer), memory=tmp_path), MemoryShelf()
    says["checkpoint"] = true.replace(b"\n6\n", b"\n7\n", 1)
    for _ in range(2):
        with pytest.raises(Refusal):
            await caught_up(five, shelf, tmp_path / "a", source=source)
    says["checkpoint"] = true
    assert (await caught_up(five, shelf, tmp_path / "a", source=source)).size == 6
    assert (await caught_up(five, shelf, tmp_path / "a", source=source)).nothing_new
    other = county(tmp_path / "other").trust()
    with pytest.raises(Refusal):
        await caught_up(five, shelf, tmp_path / "a", source=source, trust=other)
    assert (await caught_up(five, shelf, tmp_path / "a", source=source)).nothing_new
    tags = [tag for name, tag in asked if name == "checkpoint"]
    assert tags == [None, None, None, '"a"', '"a"', None]
    source.close()


async def test_what_ails_one_village_stops_no_other(five, strange, tmp_path):
    """A dripping, a lying and an unforeseen village are each told in a sentence; the others come all the same."""
    slow, lying, odd = "330590100203", "330590100204", "330590100205"

    def answer(handler):
        village, _, name = handler.path.removeprefix("/v/").partition("/")
        if village == slow:
            pours(OK + b"Content-Length: 8000\r\n\r\n", b"x" * 99, 0.02)(handler)
        elif village == lying:
            answers(200, b"nonsense")(handler)
        else:
            answers(200, (five.feed / "v" / VILLAGE / name).read_bytes())(handler)

    class Odd(MemoryShelf):
        async def log_state(self, origin):
            if origin.endswith(odd):
                raise ValueError("甲某某")
            if origin.endswith(OTHER):
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            return await super().log_state(origin)

    class Believing:
        voices = staticmethod(five.trust().voices)

        def verified(self, village, note):
            if village in {odd, OTHER}:
                return Checkpoint(f"x/{village}", 6, b"")
            return five.trust().verified(village, note)

    source, shelf = HttpSource(strange(answer), timeout_s=9, minimum_bytes_per_s=1), Odd()
    villages = (slow, lying, odd, OTHER, VILLAGE)
    road = Road(
        villages=villages, source=source, shelf=shelf, trust=Believing(), spool=Spool(tmp_path), pull_s=2.5
    )
    began = time.monotonic()
    arrivals = await catch_up(road, NOW)
    assert time.monotonic() - began < 2.5
    refused = [one.refusal.code if one.refusal else "" for one in arrivals]
    assert refused == ["source-too-slow", "malformed-note", "pull-broke", "pull-broke", ""]
    assert len(shelf.leaves) == 6
    assert "甲" not in "".join(told(one) for one in arrivals)
    assert "Input/output error" in told(arrivals[3])
    assert [isinstance(one.mishap, ValueError) for one in arrivals] == [False, False, True, False, False]
    assert exit_code(arrivals) == 2
    source.close()


@given(st.floats(0.1, 3600), st.lists(st.floats(0, 4000), min_size=1, max_size=12))
def test_every_village_has_its_share_of_the_time(seconds, taken):
    """However long the others took within their shares, each village has at least an even one."""
    now, shares = [0.0], []

    class Watch:
        def allow(self, seconds):
            shares.append(seconds)

    names = tuple(map(str, range(len(taken))))
    for village in shared_out(Watch(), seconds, names, lambda: now[0]):
        now[0] += min(taken[int(village)], shares[-1])
    assert all(share >= seconds / len(taken) * 0.999 for share in shares)
    assert now[0] <= seconds * 1.001


def test_a_silent_address_is_a_road_problem():
    """Nobody there: said so, quickly."""
    door = listening("127.0.0.1", 0)
    source = HttpSource(f"http://127.0.0.1:{door.getsockname()[1]}", timeout_s=0.3)
    with pytest.raises(SourceUnreachable):
        source.checkpoint(VILLAGE)
    source.close()
    door.close()


def test_an_endless_bundle_stops_at_the_cap(strange):
    """A bundle without end is dropped at 3 MB."""

    def endless(handler):
        handler.send_response(200)
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b"x" * 65536)
        except OSError:
            return

    source = HttpSource(strange(endless))
    with pytest.raises(TooLarge):
        source.rows(VILLAGE, "tile/rows/000")
    source.close()


@pytest.mark.parametrize("make", [FolderSource, lambda folder: HttpSource("http://127.0.0.1:9"), Spool])
@pytest.mark.parametrize(
    "name", ["../checkpoint", "tile/rows/0", "tile/0/000", "", "tile/rows/000.ndjson.gz"]
)
def test_unexpected_names_do_not_leave_the_house(make, name, tmp_path):
    """Names are checked before anything is opened or asked."""
    source = make(tmp_path)
    ask = source.held if isinstance(source, Spool) else source.rows
    for village, file in ((VILLAGE, name), ("../../etc", "tile/rows/000")):
        with pytest.raises(UnexpectedName):
            ask(village, file)


@pytest.mark.parametrize("trap", ["missing", "symlink", "fifo", "folder", "sparse"])
def test_a_folder_full_of_traps(five, tmp_path, trap):
    """Links, pipes, folders and giants under an expected name are refused, without waiting."""
    path = tmp_path / "v" / VILLAGE / "checkpoint"
    path.parent.mkdir(parents=True)
    if trap == "symlink":
        path.symlink_to(five.feed / "v" / VILLAGE / "checkpoint")
    elif trap == "fifo":
        os.mkfifo(path)
    elif trap == "folder":
        path.mkdir()
    elif trap == "sparse":
        with path.open("wb") as file:
            file.truncate(4 << 30)
    with pytest.raises((NotOnTheRoad, SourceUnreachable, TooLarge)):
        FolderSource(tmp_path).checkpoint(VILLAGE)


def test_a_port_in_use_is_said_so():
    """Two servers on one address: the second is told what to do."""
    door = listening("127.0.0.1", 0)
    with pytest.raises(PortInUse, match="端口"):
        listening("127.0.0.1", door.getsockname()[1])
    door.close()


def test_a_wider_bundle_replaces_the_narrower(tmp_path):
    """The spool keeps one copy of a growing bundle."""
    spool = Spool(tmp_path)
    for name in ("tile/rows/001.p/9", "tile/rows/001.p/17", "tile/rows/001"):
        spool.keep(VILLAGE, name, b"x")
    assert [f.name for f in tmp_path.rglob("*") if f.is_file()] == ["001.ndjson.gz"]
