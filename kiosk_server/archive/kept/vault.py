"""Files of notices by their digest: written whole or not at all, believed only by their digest (line §6).

<data>/vault/ab/ab12…      64 hex digits, the sha256 of the bytes
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import msgspec

from boards.model.errors import Fault, Refusal
from boards.model.payouts import Digest
from kiosk_server.archive.reserve import require_room
from sync.durable import durable

VAULT = "vault"


class FileNotAsSigned(Refusal):
    """The bytes are not those the county described."""

    code = "file-not-as-signed"
    fault = Fault.ROAD
    sentence = "附件 {name} 的内容与县里签名的不一致，没有保存。"
    advice = "公告正文照常显示；稍后会重新接收，若反复出现请通知县里。"


class Tombstone(msgspec.Struct, frozen=True, kw_only=True):
    """What stays of a file that had to go; never what it said, nor of whom."""

    at: str  # RFC 3339 UTC
    by: str  # the office that had it go
    event: str  # which erasure, or which appraisal list
    sha256: Digest


class Vault:
    """A folder of files by digest."""

    def __init__(self, folder: Path, *, minimum_free_mb: int = 0) -> None:
        """The folder is made with the first file; none is taken in on a disk that is nearly full."""
        self._folder, self._minimum_free_mb = folder, minimum_free_mb

    def has(self, sha256: str) -> bool:
        """Whether the file is here."""
        return self._path(sha256).is_file()

    def keep(self, sha256: str, name: str, data: bytes) -> None:
        """Write a file: temp, fsync, rename, fsync of the folder. Raises FileNotAsSigned, DiskFull."""
        if hashlib.sha256(data).hexdigest() != sha256:
            raise FileNotAsSigned(name=name)
        path = self._path(sha256)
        path.parent.mkdir(parents=True, exist_ok=True)
        require_room(path.parent, self._minimum_free_mb)
        fresh = path.with_suffix(".new")
        with fresh.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def read(self, sha256: str) -> bytes | None:
        """The file, None when it is not here or no longer what it was: it will be fetched again."""
        path = self._path(sha256)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return None
        if hashlib.sha256(data).hexdigest() == sha256:
            return data
        path.unlink(missing_ok=True)
        return None

    def bury(self, stone: Tombstone) -> None:
        """A tombstone takes the place of a file. Raises NotWritten."""
        path = self._path(stone.sha256)
        durable(path.with_suffix(".gone"), msgspec.json.encode(stone))
        path.unlink(missing_ok=True)

    def sweep(self, wanted: frozenset[str]) -> int:
        """Remove what no notice names any more, and what a power cut left; how many files."""
        gone = [path for path in self._folder.glob("*/*") if path.name not in wanted]
        for path in gone:
            path.unlink(missing_ok=True)
        return len(gone)

    def _path(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256
