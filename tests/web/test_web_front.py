"""The front door over real HTTP: tags, encodings, bounds, headers, the two doors, the log."""

import asyncio
import gzip
import json
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from kiosk_server.serving.conditional import accepts_gzip, tag, unchanged
from kiosk_server.web.app import static_files
from kiosk_server.web.assets import KINDS, StaticTable
from kiosk_server.web.cache import Kept, Key, PageCache
from kiosk_server.web.freshness import LOOK_AGAIN_S, Moments
from kiosk_server.web.front_door import FrontDoor
from kiosk_server.web.guard import Door, Guard
from kiosk_server.web.headers import SECURITY
from kiosk_server.web.logbook import Logbook
from kiosk_server.web.pace import Pace
from kiosk_server.web.visit import Choice, Moment, Visit, Wish, choice_of, wish_of

pytestmark = pytest.mark.thorough

DAY = date(2026, 11, 23)
FILES = {"kiosk.css": b"body{background:url(icons/a.svg)}" + b" " * 600, "icons/a.svg": b"<svg/>"}


class World:
    """An application of a few pages, and the world it stands in; counts how often it is asked."""

    def __init__(self):
        self.state_version, self.day, self.composed, self.broken = 1, DAY, 0, False
        self.heard, self.meanwhile = None, None
        self.log = StringIO()
        self.static = StaticTable(FILES)
        self.cache = PageCache(200_000)

    def read(self):
        if self.broken:
            raise OSError
        return Moment(self.state_version, self.day, heard_at=self.heard)

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            for name in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{name}.complete"})
            return
        self.composed += 1
        visit: Visit = scope["state"]["visit"]
        path = scope["path"]
        if path == "/slow" and self.meanwhile:
            meanwhile, self.meanwhile = self.meanwhile, None
            await asyncio.to_thread(meanwhile)
        scope["path_template"] = "/{page}"
        status = {"/missing": 404, "/go": 303}.get(path, 200)
        keeping = b"no-store" if path.startswith("/personal") else b"no-cache"
        body = (
            f"{path} {visit.moment and visit.moment.day} {visit.choice} {visit.door} {visit.wish}\n".encode()
            * 20
        )
        headers = [(b"Content-Type", b"text/html; charset=utf-8"), (b"content-length", b"1")]
        headers += [] if path == "/silent" else [(b"cache-control", keeping)]
        if path == "/pdf":
            headers[0] = (b"content-type", b"application/pdf")
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def front(self, kiosk_port):
        return FrontDoor(
            self,
            guard=Guard(kiosk_port, "gk.example.org"),
            static=self.static,
            cache=self.cache,
            moments=Moments(self.read, ticks=iter(range(10**9)).__next__),
            languages=("zh_CN", "en"),
            logbook=Logbook(self.log, lambda: datetime(2026, 11, 23, tzinfo=UTC)),
            pace=Pace(),
        )


@pytest.fixture(scope="module")
def world():
    return World()


@pytest.fixture(scope="module")
def site(world, serve):
    return serve(world.front)


def test_an_unchanged_page_is_composed_once_and_then_answered_with_304(world, site):
    """The tag of the first answer brings a short 304, and the application is not asked again."""
    first = site.get("/once")
    before = world.composed
    again = site.get("/once", if_none_match=first.headers["etag"])
    assert (first.status, again.status, again.body, world.composed) == (200, 304, b"", before)
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["cache-control"] == "no-cache"
    assert "content-type" not in again.headers


def test_head_is_get_without_a_body(world, site):
    """HEAD carries the very headers of GET, composed or from memory."""
    for _ in range(2):
        head, get = site.get("/head", method="HEAD"), site.get("/head")
        assert (head.status, head.body) == (200, b"")
        assert {**head.headers, "date": ""} == {**get.headers, "date": ""}


def test_gzip_only_for_those_who_asked(site):
    """Each encoding has its own strong tag, and nobody gets gzip unasked, whoever came first."""
    squeezed = site.get("/words", accept_encoding="br, gzip;q=0.8")
    plain = site.get("/words", accept_encoding="br")
    assert squeezed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert gzip.decompress(squeezed.body) == plain.body
    assert squeezed.headers["etag"] != plain.headers["etag"]
    assert not plain.headers["etag"].startswith("W/")
    assert "accept-encoding" in plain.headers["vary"]
    assert "content-encoding" not in site.get("/pdf", accept_encoding="gzip").headers


def test_the_day_alone_changes_the_page(world, site):
    """A list leaves the board on its day although nothing was published."""
    before = site.get("/day")
    world.day = date(2026, 11, 24)
    after = site.get("/day", if_none_match=before.headers["etag"])
    world.day = DAY
    assert after.status == 200
    assert b"2026-11-24" in after.body


def test_an_import_shows_at_once_and_empties_the_memory(world, site):
    """A raised state version makes every kept page old."""
    site.get("/import")
    world.state_version += 1
    before = world.composed
    site.get("/import")
    assert world.composed == before + 1
    assert len(world.cache) == 1


def test_answers_given_a_moment_ago_are_not_given_past_their_time(world, site):
    """However often a page was just answered from memory, a new day, an import and another door are seen at once."""

    def often():
        for _ in range(4):  # composed, kept, then known by its words alone
            site.get("/often")
        return site.get("/often").body

    often()
    assert b" lan " in site.get("/often", lan=True).body
    often()
    assert site.get("/often", host="evil.example").status == 421
    often()
    world.day = date(2026, 11, 25)
    assert b"2026-11-25" in site.get("/often").body
    often()
    world.day = DAY
    assert b"2026-11-23" in site.get("/often").body
    often()
    before = world.composed
    world.state_version += 1
    site.get("/often")
    assert world.composed == before + 1


def test_what_took_so_long_that_the_world_moved_on_is_not_kept(world, site):
    """A sheet is drawn, a pull comes in between: the sheet is answered, and composed anew for the next visitor."""

    def a_pull():
        world.heard = datetime(2026, 11, 23, 4, tzinfo=UTC)
        site.get("/often")

    world.meanwhile = a_pull
    assert site.get("/slow").status == 200
    before = world.composed
    for _ in range(2):
        site.get("/slow")
    world.heard = None
    assert world.composed == before + 1


class Holds:
    """Counts who holds the archive."""

    def __init__(self):
        self.held = 0

    def hold(self):
        self.held += 1

    def let_go(self):
        self.held = 0


def test_a_moment_ends_when_nobody_asks():
    """The archive is held for one moment, once, and let go when it is over, asked or not."""
    board = Holds()

    async def story():
        moments = Moments(lambda: Moment(1, date(2026, 11, 23)), board=board)
        for _ in range(3):
            moments.now()
            await asyncio.sleep(LOOK_AGAIN_S)
        moments.now()
        held = board.held
        await asyncio.sleep(5 * LOOK_AGAIN_S)
        return held, board.held

    assert asyncio.run(story()) == (1, 0)


def test_while_nothing_moves_it_is_one_moment():
    """What is kept of a moment holds until the archive or the day moves."""
    read = iter([Moment(version, date(2026, 11, day)) for version, day in ((1, 2), (1, 2), (2, 2), (2, 3))])
    moments = Moments(read.__next__, ticks=iter(range(9)).__next__)
    first, again, imported, tomorrow = (moments.now() for _ in range(4))
    assert first is again
    assert len({id(first), id(imported), id(tomorrow)}) == 3


def test_language_size_door_and_page_number_are_told_apart(site):
    """What a visitor chose never shows on another visitor's page, not even on one just given out."""
    for _ in range(4):
        site.get("/mine")
    pages = {
        site.get("/mine").body,
        site.get("/mine", cookie="size=xl").body,
        site.get("/mine", cookie="size=xl; language=en").body,
        site.get("/mine", lan=True).body,
        site.get("/mine?page=2").body,
    }
    assert len(pages) == 5


def test_what_a_query_may_not_say_changes_nothing(world, site):
    """Unknown keys and odd numbers lead to the kept page, so they cannot fill the memory."""
    site.get("/q?page=3")
    before = world.composed
    for query in ("page=3&utm=1", "utm=2&page=003", "kiosk=1&page=3&page=3"):
        assert site.get(f"/q?{query}").status == 200
    assert world.composed == before


def test_personal_and_failed_answers_are_kept_nowhere(world, site):
    """no-store pages, errors and redirects are composed each time and carry no tag."""
    for path in ("/personal/1", "/missing", "/go", "/silent"):
        before = world.composed
        answers = [site.get(path), site.get(path)]
        assert world.composed == before + 2
        assert all("etag" not in answer.headers for answer in answers)
    assert site.get("/personal/1").headers["cache-control"] == "no-store"
    assert site.get("/silent").headers["cache-control"] == "no-store"


def test_every_answer_is_fenced(site, world):
    """Security headers stand on pages, files, errors, 304, HEAD, POST and refused hosts alike."""
    css = world.static.urls["kiosk.css"]
    tagged = site.get("/fence").headers["etag"]
    answers = [
        site.get("/fence"),
        site.get("/fence", if_none_match=tagged),
        site.get("/fence", method="HEAD"),
        site.get("/fence", method="POST"),
        site.get("/missing"),
        site.get("/personal/1"),
        site.get(css),
        site.get("/static/nothing"),
        site.get("/fence", host="evil.example"),
    ]
    for answer in answers:
        for name, value in SECURITY:
            assert answer.headers[name.decode()] == value.decode()
        assert answer.headers["cache-control"]
        assert "server" not in answer.headers


def test_the_fence_lets_nothing_foreign_in():
    """The policy allows our own files and nothing else, not even inline."""
    policy = dict(SECURITY)[b"content-security-policy"].decode()
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert {word for part in policy.split(";") for word in part.split()[1:]} == {"'none'", "'self'"}
    named = {part.split()[0] for part in policy.split(";")}
    assert {"form-action", "base-uri", "frame-ancestors"} <= named, "default-src does not speak for these"


def test_static_files_are_for_ever_and_only_those_in_the_table_exist(site, world):
    """A hashed name is immutable, answers 304 and gzip; no other path reaches a file."""
    css = world.static.urls["kiosk.css"]
    got = site.get(css, accept_encoding="gzip")
    assert "immutable" in got.headers["cache-control"]
    assert world.static.urls["icons/a.svg"].encode() in gzip.decompress(got.body)
    assert site.get(css, if_none_match=got.headers["etag"], accept_encoding="gzip").status == 304
    assert site.get(css, method="HEAD").headers["content-type"] == "text/css; charset=utf-8"
    before = world.composed
    for path in (
        "/static/../front.py",
        "/static/%2e%2e/%2e%2e/etc/passwd",
        "/static/kiosk.css",
        "/static//etc/passwd",
    ):
        assert b"root:" not in site.get(path).body
    assert world.composed == before + 4


def test_a_file_with_other_bytes_has_another_name():
    """The style's name changes with its bytes, and with those of the pictures it shows."""
    other = StaticTable({**FILES, "icons/a.svg": b"<svg></svg>"})
    assert other.urls["kiosk.css"] != StaticTable(FILES).urls["kiosk.css"]


def test_every_static_file_says_what_it_is():
    """The kind of each file that is served is known here; no table of the machine is asked."""
    assert {name.rpartition(".")[2] for name in static_files()} <= KINDS.keys()


def test_the_door_is_the_socket_not_a_header(site):
    """Only the loopback socket is the kiosk; no header makes a phone one."""
    assert b"kiosk" in site.get("/door").body
    assert (
        b" lan " in site.get("/door", lan=True, x_forwarded_for="127.0.0.1", forwarded="for=127.0.0.1").body
    )


@pytest.mark.parametrize(
    ("server", "door"),
    [
        (("127.0.0.1", 8080), Door.KIOSK),
        (("::1", 8080), Door.KIOSK),
        (("192.0.2.7", 8080), Door.LAN),
        (("127.0.0.1", 8081), Door.LAN),
        (("board.sock", None), Door.LAN),
        (None, Door.LAN),
    ],
)
def test_the_kiosk_is_the_loopback_socket_of_its_port(server, door):
    """Neither the port nor the address alone makes a visitor the one at the screen."""
    assert Guard(8080, "gk.example.org").door(server) is door


def test_strange_names_are_refused(site):
    """A page of another site cannot point its own name at us (DNS rebinding)."""
    for host in ("evil.example", "127.0.0.1.evil.example", "gk.example.org"):
        assert site.get("/fence", host=host).status == 421
    for host in ("localhost", "127.0.0.1:1", "[::1]:8080"):
        assert site.get("/fence", host=host).status == 200
    for host in ("gk.example.org", "GK.example.org:80", "192.0.2.7:8081", "lingdong.local"):
        assert site.get("/fence", host=host, lan=True).status == 200
    assert site.get("/fence", host="evil.example", lan=True).status == 421


def test_an_unreadable_archive_is_left_to_the_pages(world, site):
    """While the archive cannot be read, nothing is served from memory and nothing is kept."""
    site.get("/broken")
    world.broken = True
    before = world.composed
    got = site.get("/broken")
    world.broken = False
    assert world.composed == before + 1
    assert b"None" in got.body
    assert b"None" not in site.get("/broken").body


def test_the_log_has_patterns_and_counts_but_no_addresses(world, site):
    """Lines are JSON objects that name the route's pattern, never what was asked for."""
    world.log.truncate(0)
    site.get("/personal/zhang?name=zhang", cookie="secret=1")
    lines = [json.loads(line) for line in world.log.getvalue().strip("\0\n").splitlines()]
    assert {line["event"] for line in lines} <= {"served", "from-memory"}
    served = [line for line in lines if line["event"] == "served"]
    assert [(line["route"], line["status"], line["door"]) for line in served] == [("/{page}", 200, "kiosk")]
    assert "zhang" not in world.log.getvalue()
    assert "secret" not in world.log.getvalue()


def test_a_failed_line_stops_nothing():
    """A closed log stream loses lines, never answers; the loss is counted."""
    closed = StringIO()
    closed.close()
    logbook = Logbook(closed, lambda: datetime(2026, 11, 23, tzinfo=UTC))
    logbook.told("started")
    assert logbook.counted["lines-lost"] == 1


def test_a_mishap_is_logged_by_its_places_only():
    """What an error quotes may be a name: the log has its kind and the places in our code."""
    out = StringIO()
    try:
        int("张三")
    except ValueError as error:
        Logbook(out, lambda: datetime(2026, 11, 23, tzinfo=UTC)).broke(error, "/v/{code}")
    line = json.loads(out.getvalue())
    assert (line["error"], line["places"][0].partition(":")[0]) == ("ValueError", "test_web_front.py")
    assert "张" not in out.getvalue()


def _key(number):
    return Key(f"/{number}", Wish(), 1, DAY, Choice("zh_CN", "m"), Door.LAN, gzipped=False)


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 9000)), max_size=60))
@limits(max_examples=60)
def test_the_memory_never_outgrows_its_bound(puts):
    """Whatever is kept, the weight is the sum of what is there and stays within the bound."""
    cache = PageCache(40_000)
    for number, size in puts:
        cache.put(_key(number), Kept(200, [], b"x" * size, b'"t"'))
        kept = [cache.get(_key(n)) for n in range(31)]
        assert cache.weight == sum(one.weight for one in kept if one) <= 40_000


def test_the_least_used_page_leaves_first():
    """Home, looked at all day, outlives a thousand pages looked at once."""
    cache = PageCache(60_000)
    cache.put(_key(0), Kept(200, [], b"home", b'"t"'))
    for number in range(1, 1000):
        assert cache.get(_key(0))
        cache.put(_key(number), Kept(200, [], b"x" * 3000, b'"t"'))
    assert cache.get(_key(1)) is None


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        (b"", False),
        (b"gzip", True),
        (b"GZIP, br", True),
        (b"br;q=1.0, gzip;q=0.8", True),
        (b"gzip;q=0", False),
        (b"gzip; q=0.000", False),
        (b"*", True),
        (b"*;q=0", False),
        (b"identity", False),
        (b"gzip;q=0, *", False),
        (b"gzip;q=0.01", True),
    ],
)
def test_who_accepts_gzip(header, wanted):
    """Accept-Encoding as RFC 9110 §12.5.3 reads it."""
    assert accepts_gzip(header) is wanted


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_tags_tell_bodies_and_encodings_apart(one, other):
    """Equal tags mean equal bytes; a list of tags, a weak tag or a star is understood."""
    assert (tag(one, gzipped=False) == tag(other, gzipped=False)) == (one == other)
    assert tag(one, gzipped=True) != tag(one, gzipped=False)
    mine = tag(one, gzipped=False)
    assert unchanged(b'"x", W/' + mine, mine)
    assert unchanged(b"*", mine)
    assert not unchanged(b'"x"', mine)


def test_a_language_nobody_speaks_is_not_chosen():
    """A cookie of another site, or of an older version, gives the first language and the usual size."""
    assert choice_of(b"language=xx; size=huge; base=7", ("zh_CN", "en")) == Choice("zh_CN", "m", "")
    calibrated = b"language=en; size=xl; base=24"
    assert choice_of(calibrated, ("zh_CN", "en"), board=True) == Choice("en", "xl", "24")
    assert choice_of(calibrated, ("zh_CN", "en")) == Choice("en", "xl")  # a phone does not choose it
    for kept in (b"rows=6", b"rows=7"):
        assert choice_of(kept, ("zh_CN",)) == Choice("zh_CN", "m")
        assert choice_of(kept, ("zh_CN",), board=True).rows == {b"rows=6": "6"}.get(kept, "10")


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_any_query_and_cookie_can_be_read(query, cookie):
    """Odd bytes are never an error, and never more than digits and known words come of them."""
    wish, choice = wish_of(query), choice_of(cookie, ("zh_CN", "en"))
    assert all(not value or value.isdigit() for value in wish)
    assert choice.language in {"zh_CN", "en"}
    assert choice.size in {"m", "l", "xl"}
