"""Files kept under their digest, written once: what was printed, files of notices, what was taken in later.

<data>/vault/ab/ab12…        64 hex digits, the sha256 of the bytes; nobody writes to it again
<data>/vault/ab/ab12….new    laid down, and not yet named by whoever keeps it: `sweep` decides
<data>/vault/ab/ab12….bent   what a changed file had become, put aside so that nothing is made of it
<data>/vault/ab/ab12….gone   a tombstone: the file had to go, and this says when, why and by whom

A file is on the disk before the register or the database names it, and in its place once they do
(keeping §1).
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import stat
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from boards.model.errors import Fault, Refusal
from boards.model.payouts import Digest
from kiosk_server.archive.reserve import not_taken, require_room
from sync.durable import NotWritten, durable, placed, settled

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator
    from io import BufferedReader

VAULT, EVENTS = "vault", "events"  # and in it, bundles of source events (events.py)
_LAYING, _NEW, _BENT, _GONE = "laying.new", ".new", ".bent", ".gone"
_AT_ONCE = 1 << 20
_MOST = 1 << 30  # bytes; nothing that is kept is nearly as large
_NAMED = re.compile(r"[0-9a-f]{64}")
Amiss = Literal["missing", "changed", "extra"]


class FileNotAsSigned(Refusal):
    """The bytes are not those the county described."""

    code = "file-not-as-signed"
    fault = Fault.ROAD
    sentence = "附件 {name} 的内容与县里签名的不一致，没有保存。"
    advice = "公告正文照常显示；稍后会重新接收，若反复出现请通知县里。"


class NotKept(Refusal):
    """The disk is full, or the folder is not ours to write."""

    code = "not-kept"
    fault = Fault.MACHINE
    sentence = "留存备查的文件没有写成（{why}）。"
    advice = "已公开的内容不受影响；请检查磁盘空间和 data_dir 的权限，下次会接着做。"


@contextmanager
def lasting() -> Iterator[None]:
    """What a disk says of a write is told in our words; raises NotKept."""
    try:
        yield
    except NotWritten as e:
        raise NotKept(**e.facts) from e
    except OSError as e:
        raise NotKept(why=e.strerror or type(e).__name__) from e


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
        self.folder, self._minimum_free_mb = folder, minimum_free_mb

    def has(self, sha256: str) -> bool:
        """Whether the file is here."""
        return self.path(sha256).is_file()

    def path(self, sha256: str) -> Path:
        """Where a file lies."""
        return self.folder / sha256[:2] / sha256

    def whole(self, sha256: str) -> bool:
        """Whether the file is here and is what it was."""
        return digest_of(self.path(sha256)) == sha256

    def bent(self, sha256: str) -> Path:
        """Where what it had become is put aside."""
        return self._beside(sha256, _BENT)

    def keep(self, sha256: str, name: str, data: bytes) -> None:
        """Keep a file that is named already, beside its tombstone where it once went.

        Raises FileNotAsSigned, DiskFull.
        """
        if hashlib.sha256(data).hexdigest() != sha256:
            raise FileNotAsSigned(name=name)
        self.folder.mkdir(parents=True, exist_ok=True)
        require_room(self.folder, self._minimum_free_mb)
        with self._alone():
            self._sealed(self._laid(data), ends=(_BENT,))

    @contextmanager
    def laying(self, source: Path | bytes) -> Iterator[str]:
        """Lay a file down, give its digest, and put it in its place once the caller has named it.

        What is here already stays as it is. Stopped in between, `sweep` ends it. Raises DiskFull,
        DiskNotWritable.
        """
        with self._alone():
            sha256 = self._laid(source)
            yield sha256
            self._sealed(sha256)

    def read(self, sha256: str) -> bytes | None:
        """The file, None when it is not here or no longer what it was: it can be brought again."""
        try:
            with own(self.path(sha256)) as file:
                data = file.read()
        except FileNotFoundError:
            return None
        except NoFile:
            data = b""
        if hashlib.sha256(data).hexdigest() == sha256:
            return data
        self.put_aside(sha256)
        return None

    def put_aside(self, sha256: str) -> None:
        """A changed file leaves its place, and is kept beside it as evidence."""
        with suppress(OSError):  # a disk that cannot be written to: it is refused all the same
            self.path(sha256).replace(self._beside(sha256, _BENT))

    def sweep(self, named: Container[str]) -> None:
        """End what a power cut left: a file that is named comes into its place, any other half goes."""
        with self._alone():
            _dropped(self.folder / _LAYING)
            for fresh in self.folder.glob(f"*/*{_NEW}"):
                if fresh.stem in named and digest_of(fresh) == fresh.stem:
                    self._sealed(fresh.stem)
                else:
                    _dropped(fresh)

    def files(self) -> Iterator[Path]:
        """Everything that lies here but the bundles of events, in order; a folder in a file's place too."""
        for path in sorted(self.folder.rglob("*")):
            plain_folder = path.is_dir() and not path.is_symlink() and not named(path)
            if path.relative_to(self.folder).parts[0] != EVENTS and not plain_folder:
                yield path

    def bury(self, stone: Tombstone) -> None:
        """A tombstone takes the place of a file, and of every copy here. Raises NotKept.

        The file goes first: one without a tombstone had still to go, one beside it came again since.
        """
        path, place = self.path(stone.sha256), self._beside(stone.sha256, _GONE)
        with lasting():
            path.parent.mkdir(parents=True, exist_ok=True)
            for one in path.parent.glob(f"{path.name}*"):
                if one.suffix != _GONE:
                    _dropped(one)
            settled(path.parent)
            give_way(place)
            durable(place, msgspec.json.encode(stone))

    def stone(self, sha256: str) -> Tombstone | None:
        """What stays of a file that went; None where none stands, or none that speaks of it."""
        try:
            with own(self._beside(sha256, _GONE)) as file:
                stone = msgspec.json.decode(file.read(), type=Tombstone)
        except (OSError, msgspec.MsgspecError):
            return None
        return stone if stone.sha256 == sha256 else None

    def _laid(self, source: Path | bytes) -> str:
        """Written beside, on the disk, under its digest; not at all where it is here."""
        laying, sha256 = self.folder / _LAYING, hashlib.sha256()
        try:
            with laying.open("wb") as file:
                for part in _parts(source):
                    sha256.update(part)
                    file.write(part)
                file.flush()
                os.fsync(file.fileno())
            laying.chmod(0o444)
            path = self.path(sha256.hexdigest())
            path.parent.mkdir(exist_ok=True)
            laying.replace(self._beside(path.name, _NEW))
            settled(path.parent)  # its name lasts before anybody names it
            settled(self.folder)
        except (OSError, NotWritten) as e:
            laying.unlink(missing_ok=True)
            raise not_taken(e, self.folder) from e
        return path.name

    def _sealed(self, sha256: str, ends: tuple[str, ...] = (_BENT, _GONE)) -> None:
        """Into its place; a file that is there and whole is never written over."""
        path, fresh = self.path(sha256), self._beside(sha256, _NEW)
        if digest_of(path) == sha256:
            fresh.unlink()
        else:
            give_way(path)
            fresh.replace(path)
            for end in ends:  # it is here again
                _dropped(self._beside(sha256, end))
        with suppress(NotWritten):
            settled(path.parent)
            settled(self.folder)

    def _beside(self, sha256: str, end: str) -> Path:
        return self.folder / sha256[:2] / f"{sha256}{end}"

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time lays down and sweeps."""
        self.folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def named(path: Path) -> str:
    """The digest a file of the vault is called by; "" for any other file."""
    right = _NAMED.fullmatch(path.name) and path.parent.name == path.name[:2]
    return path.name if right else ""


class NoFile(OSError):  # noqa: N818 - says what lies there
    """A link, a folder, a pipe, something without end lies where a file should be."""


def own(path: Path) -> BufferedReader:
    """Open a file that lies here itself: no link is followed, no pipe waited for. Raises OSError, NoFile."""
    there = path.lstat()
    if not stat.S_ISREG(there.st_mode) or there.st_size > _MOST:
        raise NoFile
    return path.open("rb")


def digest_of(path: Path) -> str:
    """The sha256 of a file, read in parts; "" where none lies here, or its disk does not give it."""
    try:
        with own(path) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def give_way(path: Path) -> None:
    """A folder that somebody put in the place of a file leaves it, whatever is in it. Raises OSError."""
    if path.is_dir() and not path.is_symlink():
        path.replace(path.with_name(f"{path.name}{_BENT}"))


def put(path: Path, data: bytes) -> None:
    """Write a file that nobody else writes to; the caller settles its folder. Raises OSError, NotWritten."""
    give_way(path)
    placed(path, data)
    path.chmod(0o444)


def unlike(path: Path, said: bytes, read: Callable[[bytes], bytes] = bytes) -> Amiss | None:
    """How a file differs from what it must say, read as `read` reads it."""
    try:
        with own(path) as file:
            return None if read(file.read()) == said else "changed"
    except FileNotFoundError:
        return "missing"
    except (OSError, Refusal):
        return "changed"


def _dropped(path: Path) -> None:
    """A file goes; a folder in its place is somebody's, and is told."""
    with suppress(IsADirectoryError):
        path.unlink(missing_ok=True)


def _parts(source: Path | bytes) -> Iterator[bytes]:
    if isinstance(source, bytes):
        yield source
        return
    with source.open("rb") as file:
        while part := file.read(_AT_ONCE):
            yield part
