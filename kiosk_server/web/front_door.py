"""The outermost door: guard, static table, page cache, headers. Litestar sees only what must be composed."""

from __future__ import annotations

import time
from collections.abc import Callable

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPResponseBodyEvent, HTTPScope, Message, Receive, Scope, Send

from boards.model.errors import Refusal
from kiosk_server.archive.engines.troubles import named
from kiosk_server.serving.clients import client_of
from kiosk_server.serving.conditional import accepts_gzip, compressible, squeezed, tag, tag_of, unchanged
from kiosk_server.serving.doorkeeper import Doorkeeper
from kiosk_server.web.assets import PREFIX, StaticTable
from kiosk_server.web.cache import Kept, Key, PageCache
from kiosk_server.web.errors import ServerBroke
from kiosk_server.web.explain import later, status_of
from kiosk_server.web.freshness import Moments
from kiosk_server.web.guard import Door, Guard, HostRefused
from kiosk_server.web.headers import DIGEST, PERSONAL, PUBLIC, SECURITY
from kiosk_server.web.logbook import Logbook
from kiosk_server.web.pace import PHONES, TOUCHSCREEN, Pace, Turnstile
from kiosk_server.web.visit import Moment, Visit, choice_of, wish_of

TALLY_EVERY_S = 60.0
READING = ("GET", "HEAD")
MOST_RECENT = 512
LONGEST_WORDS = 2048
_LAN, _KIOSK = Door.LAN, Door.KIOSK  # an enum's member costs ten times a name
_NO_BODY = HTTPResponseBodyEvent(type="http.response.body", body=b"", more_body=False)
_PLAIN = (b"content-type", b"text/plain; charset=utf-8")

_OURS = {b"content-length", b"cache-control", b"vary", DIGEST}
_VARY_PUBLIC = (b"vary", b"accept-encoding, cookie")
_VARY = (b"vary", b"accept, accept-encoding, cookie")
_GZIPPED = ((b"content-encoding", b"gzip"),)

Headers = dict[bytes, bytes]
Words = tuple[tuple[str, int | None] | None, str, str, bytes, bytes, bytes, bytes]


class Answer:
    """Collects what the application sends: our answers are whole pages, never streams."""

    def __init__(self) -> None:
        """Nothing yet: an application that sends nothing has broken."""
        self.status = 500
        self.headers: list[tuple[bytes, bytes]] = [_PLAIN]
        self.body = b""

    async def take(self, message: Message) -> None:
        """Keep one ASGI message of the application."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = [(name.lower(), value) for name, value in message["headers"]]
        elif message["type"] == "http.response.body":
            self.body += message["body"]

    def finished(self, *, gzip_wanted: bool) -> Kept:
        """Encode, tag and fence the answer. Without a word on keeping, it is kept nowhere."""
        told = dict(self.headers)
        keeping, kind = told.get(b"cache-control") or PERSONAL, told.get(b"content-type", b"")
        squeeze = gzip_wanted and compressible(kind, len(self.body))
        body = squeezed(self.body) if squeeze else self.body
        public = keeping == PUBLIC
        headers = [
            *[pair for pair in self.headers if pair[0] not in _OURS],
            (b"content-length", b"%d" % len(body)),
            (b"cache-control", keeping),
            _VARY_PUBLIC if public else _VARY,
            *(_GZIPPED if squeeze else ()),
            *SECURITY,
        ]
        return Kept(self.status, headers, body, self._tag(told, squeeze) if public else b"")

    def _tag(self, told: Headers, squeeze: bool) -> bytes:
        if self.status != 200:
            return b""
        digest = told.get(DIGEST)
        return tag_of(digest, gzipped=squeeze) if digest else tag(self.body, gzipped=squeeze)


class FrontDoor:
    """ASGI: answers from memory where it can, otherwise asks the application and finishes its answer."""

    def __init__(  # noqa: PLR0913 - the parts of a front door
        self,
        app: ASGIApp,
        *,
        guard: Guard,
        static: StaticTable,
        cache: PageCache,
        moments: Moments,
        languages: tuple[str, ...],
        logbook: Logbook,
        pace: Pace,
        renew: Callable[[], None] = lambda: None,
        unwell: Callable[[], None] = lambda: None,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        """Each part is made by `web.app`; `renew` is called when something was written into the archive."""
        self.renew, self.unwell = renew, unwell
        self.app, self.guard, self.static, self.cache = app, guard, static, cache
        self.moments, self.languages, self.logbook = moments, languages, logbook
        self.pace, self.ticks, self.turnstile = pace, ticks, Turnstile()
        self._keepers = {Door.KIOSK: Doorkeeper(TOUCHSCREEN), Door.LAN: Doorkeeper(PHONES)}
        self._recent: dict[Words, Kept] = {}
        self._seen: Moment | None = None
        self._seen_as: tuple[object, ...] | None = None
        self._tally_at = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or hand on the start and stop of the server."""
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            self.logbook.tally()
            return
        headers = dict(scope["headers"])
        door = self.guard.door(scope["server"])
        refusal = self.pace.asks(_client(scope), self.ticks()) if door is _LAN else None
        words = _words(scope, headers)
        moment = self._moment()
        kept = self._recent.get(words) if moment else None
        if refusal:
            kept = self._sent_away(refusal)
        elif kept is None:
            try:
                kept = await self._looked_up(scope, receive, headers, words, moment)
            except Exception as error:  # noqa: BLE001 - the server's own log would quote the error
                self.logbook.broke(error, "front door")
                kept = _plainly(500, ServerBroke())
        else:
            self.logbook.counted["answers"] += 1
        if_none_match = headers.get(b"if-none-match")
        if if_none_match and kept.etag and unchanged(if_none_match, kept.etag):
            await send(kept.start_unchanged)
            await send(_NO_BODY)
        else:
            await send(kept.start)
            await send(_NO_BODY if scope["method"] == "HEAD" else kept.body)

    def keeper(self, server: tuple[str, int | None] | None) -> Doorkeeper:
        """The keeper of the door whose socket has this address."""
        return self._keepers[self.guard.door(server)]

    async def _looked_up(
        self, scope: HTTPScope, receive: Receive, headers: Headers, words: Words, moment: Moment | None
    ) -> Kept:
        """Understand the request, then answer from memory or have the answer composed."""
        door = self.guard.door(scope["server"])
        if not self.guard.knows(headers.get(b"host", b"")[:256], door):
            return _plainly(421, HostRefused())
        visit = Visit(
            door,
            moment,
            choice_of(headers.get(b"cookie", b"")[:1024], self.languages, board=door is _KIOSK),
            wish_of(scope["query_string"][:512]),
            accepts_gzip(headers.get(b"accept-encoding", b"")[:256]),
            _client(scope),
        )
        key = _key(scope["path"], visit)
        kept = self._remembered(scope, visit, key)
        if kept is None and door is _LAN:
            if refusal := self.pace.composes(visit.client, self.ticks()):
                return self._sent_away(refusal)
            await self.turnstile.passed()
        if kept is None:
            return await self._composed(scope, receive, visit, key)
        if len(self._recent) < MOST_RECENT and sum(map(len, words[1:])) < LONGEST_WORDS:
            self._recent[words] = kept
        return kept

    def _moment(self) -> Moment | None:
        """See where the world stands; when it has moved, nothing kept is worth its room any more."""
        try:
            moment = self.moments.now()
            if moment is self._seen:
                return moment
            if self._seen is None or moment.state_version != self._seen.state_version:
                self.renew()
        except Exception as error:  # noqa: BLE001 - the pages report an unreadable archive, with advice
            if told := error if isinstance(error, Refusal) else named(error):
                self.logbook.refused(told.code, "moment")
            else:
                self.logbook.broke(error, "moment")
            self.unwell()
            return None
        seen_as = _seen_as(moment)
        if seen_as != self._seen_as:
            self.cache.clear()
            self._recent.clear()
        self._seen, self._seen_as = moment, seen_as
        return moment

    def _remembered(self, scope: HTTPScope, visit: Visit, key: Key | None) -> Kept | None:
        if scope["method"] not in READING:
            return None
        path = scope["path"]
        if path.startswith(PREFIX):
            kept = self.static.get(path, gzipped=visit.gzipped)
        else:
            kept = self.cache.get(key) if key else None
        if kept:
            self.logbook.counted["answers"] += 1
        return kept

    async def _composed(self, scope: HTTPScope, receive: Receive, visit: Visit, key: Key | None) -> Kept:
        """Ask the application, log its work, keep the answer if it is public and whole."""
        began = time.perf_counter()
        inner = {**scope, "state": {**scope.get("state", {}), "visit": visit}}
        inner["method"] = "GET" if scope["method"] == "HEAD" else scope["method"]
        answer = Answer()
        await self.app(inner, receive, answer.take)  # type: ignore[arg-type]
        kept = answer.finished(gzip_wanted=visit.gzipped)
        if kept.etag and key and self._holds(visit.moment):
            self.cache.put(key, kept)
            self._recent.clear()  # it must not hold what the cache has let go
        took_ms = (time.perf_counter() - began) * 1000
        self.logbook.served(str(inner.get("path_template") or "-"), answer.status, took_ms, visit.door)
        self._tally(began)
        return kept

    def _holds(self, moment: Moment | None) -> bool:
        """Whether the world is as it was then: it may have moved on while a sheet was drawn."""
        return moment is self._seen or (moment is not None and _seen_as(moment) == self._seen_as)

    def _sent_away(self, refusal: Refusal) -> Kept:
        """Counted, not listed: whoever asks too fast shall not fill the log either."""
        self.logbook.counted[refusal.code] += 1
        return _plainly(status_of(refusal), refusal)

    def _tally(self, at: float) -> None:
        if at >= self._tally_at:
            self.logbook.tally()
            self._tally_at = at + TALLY_EVERY_S


def _words(scope: HTTPScope, headers: Headers) -> Words:
    """All of a request that an answer from memory depends on, as it came: the same words, the same answer."""
    get = headers.get
    return (
        scope["server"],
        scope["method"],
        scope["path"],
        scope["query_string"],
        get(b"host", b""),
        get(b"cookie", b""),
        get(b"accept-encoding", b""),
    )


def _seen_as(moment: Moment) -> tuple[object, ...]:
    """What of a moment the answers depend on; the key has what two of one moment may differ in."""
    days = moment.day, moment.names_day, moment.clock_suspect
    return moment.state_version, days, moment.rare, moment.heard_at, moment.read_only, moment.alarmed


def _key(path: str, visit: Visit) -> Key | None:
    if visit.moment is None:
        return None
    moment = visit.moment
    return Key(path, visit.wish, moment.state_version, moment.day, visit.choice, visit.door, visit.gzipped)


def _client(scope: HTTPScope) -> str:
    client = scope["client"]
    return client_of(client[0]) if client else ""


def _plainly(status: int, refusal: Refusal) -> Kept:
    """A refusal in one line of text: it costs next to nothing."""
    body = str(refusal).encode()
    told = [(name.encode(), value.encode()) for name, value in later(refusal).items()]
    return Kept(status, [_PLAIN, (b"content-length", b"%d" % len(body)), *told, *SECURITY], body)
