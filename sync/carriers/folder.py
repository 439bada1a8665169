"""A feed that lies in a folder: the county's own disk, a share, a mounted medium."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from sync.carriers.road import (
    BUNDLE_LIMIT_BYTES,
    NotOnTheRoad,
    SourceUnreachable,
    TooLarge,
    file_of,
    trust_file_of,
)
from sync.log.note import NOTE_LIMIT_BYTES
from sync.log.tiles import blob_name

_HOW = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class FolderSource:
    """Reads expected names only; each must be a regular file within its cap."""

    def __init__(self, folder: Path) -> None:
        """`folder` is the feed: it holds `v/<village code>/…`."""
        self.folder = folder

    def allow(self, seconds: float) -> None:
        """A disk answers at once, or not at all."""

    def believed(self, village: str) -> None:
        """Nothing is asked conditionally here."""

    doubted = believed

    def checkpoint(self, village: str) -> bytes:
        """The newest signed checkpoint."""
        return self._read(village, "checkpoint", NOTE_LIMIT_BYTES)

    def rows(self, village: str, name: str) -> bytes:
        """One gzipped bundle of rows."""
        return self._read(village, name, BUNDLE_LIMIT_BYTES)

    def blob(self, village: str, sha256: str, limit: int) -> bytes:
        """A file of a notice; its digest is for the caller to check."""
        return self._read(village, blob_name(sha256), limit)

    def trust(self, name: str, limit: int) -> bytes:
        """A file of the trust plane."""
        return self._file(trust_file_of(name), "", name, limit)

    def _read(self, village: str, name: str, limit: int) -> bytes:
        return self._file(file_of(village, name), village, name, limit)

    def _file(self, path: str, village: str, name: str, limit: int) -> bytes:
        try:
            with os.fdopen(os.open(self.folder / path, _HOW), "rb") as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    raise NotOnTheRoad(village=village, name=name)
                data = file.read(limit + 1)
        except (FileNotFoundError, NotADirectoryError) as e:
            raise NotOnTheRoad(village=village, name=name) from e
        except OSError as e:
            raise SourceUnreachable(why=e.strerror or "无法读取") from e
        if len(data) > limit:
            raise TooLarge(name=name, limit=limit)
        return data
