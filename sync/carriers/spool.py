"""Bundles on their way in: kept until they are admitted, so that a broken journey resumes."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import shutil
from collections.abc import Iterator
from pathlib import Path

from boards.model.errors import Fault, Refusal
from sync.carriers.road import file_of
from sync.log.bundle import is_whole


class NoSpace(Refusal):
    """The disk is full, or nearly so."""

    code = "disk-full"
    fault = Fault.MACHINE
    sentence = "这台机器的磁盘空间不够，没有接收新数据。"
    advice = "已公开的内容照常显示；请清理磁盘后重新同步。"


class SpoolUnusable(Refusal):
    """The spool folder cannot be read or written."""

    code = "spool-unusable"
    fault = Fault.MACHINE
    sentence = "接收数据用的目录无法使用（{why}）。"
    advice = "已公开的内容照常显示；请检查 data_dir 的权限和存储卡。"


class AlreadySyncing(Refusal):
    """Another import of the same village is running."""

    code = "already-syncing"
    fault = Fault.MACHINE
    sentence = "{village} 正在同步中。"
    advice = "请等它结束后再试。"


class Spool:
    """A folder of gzipped bundles by village.

    No fsync: a bundle proves itself (`sync.log.bundle`), so one that a power cut has torn is
    seen as damaged and fetched again, and a long log does not wait for the disk 400 times.
    """

    def __init__(self, folder: Path, *, minimum_free_bytes: int = 0) -> None:
        """Nothing is taken in once less than `minimum_free_bytes` would be left."""
        self.folder, self.minimum_free_bytes = folder, minimum_free_bytes

    @contextlib.contextmanager
    def taken(self, village: str) -> Iterator[None]:
        """One import of a village at a time, in all processes; raises AlreadySyncing."""
        self._ready(self.folder)
        with contextlib.ExitStack() as stack:
            try:
                file = stack.enter_context((self.folder / f"{village}.lock").open("w"))
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as e:
                raise AlreadySyncing(village=village) from e
            except OSError as e:
                raise _explained(e) from e
            yield

    def held(self, village: str, name: str) -> bytes | None:
        """A bundle that need not be fetched again; None when it is not here, or not whole."""
        try:
            raw = (self.folder / file_of(village, name)).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as e:
            raise _explained(e) from e
        return raw if is_whole(raw) else None

    def read(self, village: str, name: str) -> bytes:
        """A bundle that is held, as it lies here; raises SpoolUnusable."""
        try:
            return (self.folder / file_of(village, name)).read_bytes()
        except OSError as e:
            raise _explained(e) from e

    def keep(self, village: str, name: str, data: bytes) -> None:
        """Write a bundle beside, then in place; a grown one drops its narrower ones. Raises NoSpace."""
        path = self.folder / file_of(village, name)
        self._ready(path.parent)
        fresh = path.with_name(path.name + ".new")
        try:
            fresh.write_bytes(data)
            fresh.replace(path)
            # `007.p/17`, and `007` itself, come after `007.p/9`
            partial = path.parent.suffix == ".p"
            narrower = path.parent if partial else path.with_name(path.name.partition(".")[0] + ".p")
            for other in narrower.iterdir() if narrower.is_dir() else ():
                if other != path:
                    other.unlink(missing_ok=True)
        except OSError as e:
            raise _explained(e) from e

    def forget(self, village: str) -> None:
        """Drop a village's bundles: admitted, or not to be trusted. Erased bodies go with them."""
        shutil.rmtree(self.folder / "v" / village, ignore_errors=True)

    def _ready(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            free = shutil.disk_usage(folder).free
        except OSError as e:
            raise _explained(e) from e
        if free < self.minimum_free_bytes:
            raise NoSpace


def _explained(e: OSError) -> Refusal:
    return NoSpace() if e.errno in {errno.ENOSPC, errno.EDQUOT} else SpoolUnusable(why=e.strerror)
