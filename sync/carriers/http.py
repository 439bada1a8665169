"""A feed over HTTP: conditional, capped, and never slower than a person would wait."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
from urllib3.exceptions import HTTPError

from sync.carriers.patience import Patience, pool
from sync.carriers.road import (
    BUNDLE_LIMIT_BYTES,
    NotAdmitted,
    NotOnTheRoad,
    SourceUnreachable,
    TooLarge,
    TooSlow,
    file_of,
    trust_file_of,
)
from sync.log.note import NOTE_LIMIT_BYTES
from sync.log.tiles import blob_name

if TYPE_CHECKING:
    import urllib3

_CHUNK: Final = 16 << 10
LONGEST_ETAG: Final = 256


class _Kept(msgspec.Struct, frozen=True):
    """The last checkpoint that was believed, and its ETag: what a 304 stands for."""

    etag: str
    note: bytes


class HttpSource:
    """One county's feed server. Redirects are not followed; a bearer token goes to this server only."""

    def __init__(  # noqa: PLR0913 - each is one line of kiosk.toml
        self,
        url: str,
        *,
        token: str = "",
        timeout_s: float = 20.0,
        minimum_bytes_per_s: int = 1024,
        memory: Path | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`memory` is a folder for the newest checkpoints and their ETags; None asks afresh each time."""
        self.url = url.rstrip("/")
        self.headers = {"Accept-Encoding": "identity", "User-Agent": "village-kiosk"}
        if token:
            self.headers["Authorization"] = f"Bearer {token}"
        self.memory = memory
        self.patience = Patience(timeout_s, minimum_bytes_per_s, clock)
        self.pool = pool(self.patience)
        self._came: dict[str, _Kept] = {}

    def allow(self, seconds: float) -> None:
        """Whatever is asked for from now on ends within this time, or raises TooSlow."""
        self.patience.until = self.patience.clock() + seconds

    def checkpoint(self, village: str) -> bytes:
        """The newest signed checkpoint; an unchanged one costs a 304."""
        self._came.pop(village, None)
        kept = self._kept(village)
        headers = {"If-None-Match": kept.etag} if kept else {}
        status, etag, note = self._get(village, "checkpoint", NOTE_LIMIT_BYTES, headers)
        if status == 304:
            if kept is None:
                raise SourceUnreachable(why="HTTP 304")
            return kept.note
        if etag:
            self._came[village] = _Kept(etag, note)
        return note

    def believed(self, village: str) -> None:
        """The checkpoint that came last was verified with all it stands for: its tag may be kept.

        Best effort: a lost memory costs 250 bytes at the next visit.
        """
        kept = self._came.pop(village, None)
        if kept and self.memory is not None:
            with suppress(OSError):
                self.memory.mkdir(parents=True, exist_ok=True)
                fresh = self.memory / f"{village}.seen.new"
                fresh.write_bytes(msgspec.json.encode(kept))
                fresh.replace(self.memory / f"{village}.seen")

    def doubted(self, village: str) -> None:
        """Something was refused: the next visit asks afresh, and no 304 brings the refused answer again."""
        self._came.pop(village, None)
        if self.memory is not None:
            with suppress(OSError):
                (self.memory / f"{village}.seen").unlink(missing_ok=True)

    def rows(self, village: str, name: str) -> bytes:
        """One gzipped bundle of rows."""
        return self._whole(village, name, BUNDLE_LIMIT_BYTES)

    def blob(self, village: str, sha256: str, limit: int) -> bytes:
        """A file of a notice; its digest is for the caller to check."""
        return self._whole(village, blob_name(sha256), limit)

    def trust(self, name: str, limit: int) -> bytes:
        """A file of the trust plane."""
        status, _, data = self._file(trust_file_of(name), "", name, limit, {})
        if status != 200:
            raise SourceUnreachable(why=f"HTTP {status}")
        return data

    def _whole(self, village: str, name: str, limit: int) -> bytes:
        status, _, data = self._get(village, name, limit, {})
        if status != 200:
            raise SourceUnreachable(why=f"HTTP {status}")
        return data

    def close(self) -> None:
        """Let the connections go."""
        self.pool.clear()

    def _get(self, village: str, name: str, limit: int, headers: dict[str, str]) -> tuple[int, str, bytes]:
        return self._file(file_of(village, name), village, name, limit, headers)

    def _file(
        self, path: str, village: str, name: str, limit: int, headers: dict[str, str]
    ) -> tuple[int, str, bytes]:
        address = f"{self.url}/{path}"
        self.patience.begin(name)
        self.patience.left()
        try:
            answer = self.pool.request(
                "GET",
                address,
                headers=self.headers | headers,
                redirect=False,
                preload_content=False,
                decode_content=False,
            )
            with answer:
                status = answer.status
                if status in {404, 410}:
                    raise NotOnTheRoad(village=village, name=name)
                if status in {401, 403}:
                    raise NotAdmitted(village=village, why=f"HTTP {status}")
                if status not in {200, 304}:
                    raise SourceUnreachable(why=f"HTTP {status}")
                self.patience.body(limit)
                return status, answer.headers.get("ETag", "")[:LONGEST_ETAG], _body(answer, name, limit)
        except (HTTPError, HTTPException, OSError) as e:
            raise (
                TooSlow(name=name) if self.patience.over else SourceUnreachable(why=type(e).__name__)
            ) from e

    def _kept(self, village: str) -> _Kept | None:
        if self.memory is not None:
            with suppress(OSError, msgspec.MsgspecError):
                return msgspec.json.decode((self.memory / f"{village}.seen").read_bytes(), type=_Kept)
        return None


def _body(answer: urllib3.BaseHTTPResponse, name: str, limit: int) -> bytes:
    """Read as it comes: the cap holds at every moment."""
    data = bytearray()
    while chunk := answer.read1(_CHUNK):
        data += chunk
        if len(data) > limit:
            raise TooLarge(name=name, limit=limit)
    return bytes(data)
