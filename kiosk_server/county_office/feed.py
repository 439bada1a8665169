"""The feed over HTTP: static files with conditional requests, and nothing but expected names.

In production a plain web server does the same from the same folder; this one is for a county
office, a demo and the tests.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from litestar import Litestar, Request, Response, route
from litestar.datastructures import State
from litestar.enums import HttpMethod
from litestar.params import FromPath

from kiosk_server.serving.conditional import tag, unchanged
from sync.county.kiosks.passes import passes, verdict
from sync.log.tiles import is_file_name, is_village

_FRESH = "no-cache"
_FOR_EVER = "public, max-age=31536000, immutable"
_HEADERS = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'"}


@route("/v/{village:str}/{name:path}", http_method=[HttpMethod.GET, HttpMethod.HEAD], sync_to_thread=True)
def file_of_log(
    request: Request[Any, Any, Any], village: FromPath[str], name: FromPath[str], state: State
) -> Response[bytes]:
    """Answer with one file of a village's log, to whoever may have it."""
    known = passes(state.folder.parent)
    may = verdict(known, request.headers.get("Authorization", ""), village)
    if may != "welcome":
        status, challenge = (403, {}) if may == "elsewhere" else (401, {"WWW-Authenticate": "Bearer"})
        headers = {**_HEADERS, "Cache-Control": "no-store", **challenge}
        return Response(b"", status_code=status, headers=headers, media_type="text/plain")
    data = _read(state.folder, village, name.lstrip("/"))
    if data is None:
        return Response(b"", status_code=404, headers=_HEADERS, media_type="text/plain")
    etag = tag(data, gzipped=False)
    newest = name.lstrip("/") == "checkpoint"
    kind = "application/gzip" if name.endswith(".gz") else "application/octet-stream"
    kind = "text/plain; charset=utf-8" if newest else kind
    headers = {**_HEADERS, "ETag": etag.decode(), "Cache-Control": _FRESH if newest else _FOR_EVER}
    if known is not None:  # a shared cache must not hand it to whoever asks next
        headers["Cache-Control"] = "private, " + headers["Cache-Control"].removeprefix("public, ")
    if unchanged(request.headers.get("If-None-Match", "").encode(), etag):
        return Response(b"", status_code=304, headers=headers, media_type=kind)
    if request.method == "HEAD":
        headers["Content-Length"] = str(len(data))
        data = b""
    return Response(data, headers=headers, media_type=kind)


def feed_app(folder: Path) -> Litestar:
    """The application over a county's feed folder (the one that holds `v/`); tokens lie beside it."""
    return Litestar([file_of_log], state=State({"folder": folder}), openapi_config=None)


def _read(folder: Path, village: str, name: str) -> bytes | None:
    """A file of a log, None for anything else; links are not followed."""
    if not is_village(village) or not is_file_name(name):
        return None
    try:
        handle = os.open(folder / "v" / village / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    with os.fdopen(handle, "rb") as file:
        return file.read()
