"""The feed over HTTP: static files with conditional requests, and nothing but expected names.

In production a plain web server does the same from the same folder; this one is for a county
office, a demo and the tests.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from litestar import Litestar, Request, Response, route
from litestar.datastructures import State
from litestar.enums import HttpMethod
from litestar.params import FromPath

from kiosk_server.county_office.pairing import hand_out, take_in, tries
from kiosk_server.serving.conditional import tag, unchanged
from sync.carriers.road import UnexpectedName, trust_file_of
from sync.county.kiosks.door import Door, Verdict
from sync.log.tiles import is_file_name, is_village

_CLOCK = partial(datetime.now, UTC)
_FRESH = "no-cache"
_FOR_EVER = "public, max-age=31536000, immutable"
_HEADERS = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'"}


@route("/v/{village:str}/{name:path}", http_method=[HttpMethod.GET, HttpMethod.HEAD], sync_to_thread=True)
def file_of_log(
    request: Request[Any, Any, Any], village: FromPath[str], name: FromPath[str], state: State
) -> Response[bytes]:
    """Answer with one file of a village's log, to whoever may have it."""
    door, authorization = state.door, request.headers.get("Authorization", "")
    if refused := _refused(door.verdict(authorization, village)):
        return refused
    name = name.lstrip("/")
    known = is_village(village) and is_file_name(name)
    data = _read(state.folder / "v" / village / name) if known else None
    newest = name == "checkpoint"
    if newest and data is not None and request.method == "GET":
        door.pulled(authorization, village)
    kind = "application/gzip" if name.endswith(".gz") else "application/octet-stream"
    return _answered(request, data, "text/plain; charset=utf-8" if newest else kind, newest=newest)


@route("/trust/{name:path}", http_method=[HttpMethod.GET, HttpMethod.HEAD], sync_to_thread=True)
def file_of_trust(request: Request[Any, Any, Any], name: FromPath[str], state: State) -> Response[bytes]:
    """Answer with one file of the trust plane, to whoever has any token of the county."""
    if refused := _refused(state.door.verdict(request.headers.get("Authorization", ""))):
        return refused
    name = name.lstrip("/")
    try:
        data = _read(state.folder / trust_file_of(name))
    except UnexpectedName:
        data = None
    return _answered(request, data, "application/json", newest=name == "metadata/timestamp.json")


def feed_app(
    folder: Path,
    *,
    clock: Callable[[], datetime] = _CLOCK,
    seconds: Callable[[], float] = time.monotonic,
    grace: date | None = None,
) -> Litestar:
    """The application over a county's feed folder (the one that holds `v/`); tokens lie beside it.

    Up to the day `grace` whoever sends no token is let in too.
    """
    door = Door(folder.parent, clock, seconds, grace)
    return Litestar(
        [file_of_log, file_of_trust, hand_out, take_in],
        state=State({"folder": folder, "door": door, "clock": clock, "seconds": seconds, "tries": tries()}),
        on_shutdown=[door.book.keep],
        openapi_config=None,
    )


def _refused(may: Verdict) -> Response[bytes] | None:
    if may == "welcome":
        return None
    status, challenge = (403, {}) if may == "elsewhere" else (401, {"WWW-Authenticate": "Bearer"})
    headers = {**_HEADERS, "Cache-Control": "no-store", **challenge}
    return Response(b"", status_code=status, headers=headers, media_type="text/plain")


def _answered(
    request: Request[Any, Any, Any], data: bytes | None, kind: str, *, newest: bool
) -> Response[bytes]:
    """A file, or that the asker has it already, or that there is none."""
    if data is None:
        return Response(b"", status_code=404, headers=_HEADERS, media_type="text/plain")
    etag = tag(data, gzipped=False)
    headers = {**_HEADERS, "ETag": etag.decode(), "Cache-Control": _FRESH if newest else _FOR_EVER}
    if request.app.state.door.closed:  # a shared cache must not hand it to whoever asks next
        headers["Cache-Control"] = "private, " + headers["Cache-Control"].removeprefix("public, ")
    if unchanged(request.headers.get("If-None-Match", "").encode(), etag):
        return Response(b"", status_code=304, headers=headers, media_type=kind)
    if request.method == "HEAD":
        headers["Content-Length"] = str(len(data))
        data = b""
    return Response(data, headers=headers, media_type=kind)


def _read(path: Path) -> bytes | None:
    """A file of the feed, None where there is none; links are not followed."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    with os.fdopen(handle, "rb") as file:
        return file.read()
