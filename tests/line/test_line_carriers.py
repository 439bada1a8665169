"""The road: a folder, and HTTP with honest and dishonest servers."""

import http.client
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import urllib3

from kiosk_server.county_office.feed import feed_app
from kiosk_server.serving.server import server
from kiosk_server.serving.sockets import PortInUse, listening
from sync.carriers.folder import FolderSource
from sync.carriers.http import HttpSource
from sync.carriers.road import NotOnTheRoad, SourceUnreachable, TooLarge, TooSlow, UnexpectedName
from sync.carriers.spool import Spool
from tests.line.county_sim import OTHER, VILLAGE, MemoryShelf, caught_up, county, published, row

pytestmark = pytest.mark.anyio
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
    """The ETag is kept on disk; a new process asks conditionally too."""
    asked = []

    class Counting(HttpSource):
        def _get(self, village, name, limit, headers):
            answer = super()._get(village, name, limit, headers)
            asked.append(answer[0])
            return answer

    for _ in range(2):
        source = Counting(address, memory=tmp_path)
        first = source.checkpoint(VILLAGE)
        assert source.checkpoint(VILLAGE) == first
        source.close()
    (tmp_path / f"{VILLAGE}.seen").write_bytes(b"not json")
    source = Counting(address, memory=tmp_path)
    assert source.checkpoint(VILLAGE) == first
    source.close()
    assert asked == [200, 304, 304, 304, 200]


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
    link.symlink_to(five.folder / "keys" / "publisher.pem")
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
