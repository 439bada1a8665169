"""A bag (RFC 8493) on its way onto a stick: filled beside its name, and given the name when it is whole.

    <into>/<name>.part/    while it is being filled; what is right in it already is not written again
    <into>/<name>/         complete: this name, and `bagit.txt`, come last of all

A bag of that name that is there already is never written to: it is compared, file by file. Files
go to the disk one after the other while the next ones are made, as many as `MOST_WAITING` bytes hold.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Self

from boards.model.errors import Fault, Refusal
from boards.sheets.dossier import DossierFile
from sync.durable import NotWritten, placed, settled
from sync.own_name import own_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

DECLARATION: Final = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
BAGIT, INFO, MANIFEST, TAGS = "bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt"
MOST_WAITING: Final = 48 << 20  # bytes on their way to the disk: a board has a gigabyte
_NO_FOLDERS = {errno.EINVAL, errno.ENOTSUP, errno.EBADF}  # a file system that cannot flush a folder by itself


class ExportStopped(Refusal):
    """The stick is full, read-only, or was pulled out."""

    code = "export-stopped"
    fault = Fault.PERSON
    sentence = "导出没有做完（{why}），{name} 不完整，不能移交。"
    advice = "请检查U盘是否插好、能否写入、空间够不够，再运行同一条命令，会接着做完；已写好的不会重写。"


class ExportBusy(Refusal):
    """Another export fills the same folder."""

    code = "export-busy"
    fault = Fault.PERSON
    sentence = "{name} 正在由另一个导出写入。"
    advice = "请等它结束后再试。"


class FolderNotThere(Refusal):
    """Where the bag should go is no folder."""

    code = "export-no-folder"
    fault = Fault.PERSON
    sentence = "没有 {folder} 这个文件夹，没有导出。"
    advice = "请先插好U盘，用 --to 写明它上面的一个文件夹。"


class OtherBagThere(Refusal):
    """A folder of this name is there and says something else."""

    code = "export-differs"
    fault = Fault.PERSON
    sentence = "那里已经有 {name}，内容与这次要导出的不同（{what}），没有改动它。"
    advice = "请换一个文件夹；若要的就是那一份，请用核对工具核对它。"


class Bag:
    """One bag being filled, or compared."""

    def __init__(self, into: Path, name: str) -> None:
        """Nothing is written yet. Raises FolderNotThere, ExportStopped."""
        if not into.is_dir():
            raise FolderNotThere(folder=own_name(into))
        self.whole, self.part = into / name, into / f"{name}.part"
        self.name, self.files = name, list[DossierFile]()
        self._held: int | None = None
        self._disk, self._waiting = ThreadPoolExecutor(1), deque[tuple[Future[None], int]]()
        with _on_the_stick(self.part.name):
            self.there = self.whole.exists()

    def __enter__(self) -> Self:
        """Begin to fill it, unless it is there. Raises ExportStopped, ExportBusy."""
        if not self.there:
            with _on_the_stick(self.part.name):
                self._begin()
        return self

    def __exit__(self, *_: object) -> None:
        """Let others fill it."""
        self._disk.shutdown()
        if self._held is not None:
            os.close(self._held)

    def put(self, path: str, data: bytes, sha256: str = "") -> DossierFile:
        """A payload file, on its way to the disk behind those before it.

        Raises ExportStopped, OtherBagThere of those. Whoever has just held the bytes to their
        digest says so.
        """
        digest = sha256 or hashlib.sha256(data).hexdigest()
        made = DossierFile(path=path, sha256=digest, size_bytes=len(data))
        self._room(MOST_WAITING - len(data))
        self._waiting.append((self._disk.submit(self._place, path, data), len(data)))
        self.files.append(made)
        return made

    @property
    def octets(self) -> int:
        """Bytes of the payload so far."""
        return sum(one.size_bytes for one in self.files)

    def close(self, info: Mapping[str, str]) -> str:
        """Write what makes it a bag and give it its name; the digest of its manifest.

        Raises ExportStopped, OtherBagThere.
        """
        self._room(0)
        about = {"Payload-Oxum": f"{self.octets}.{len(self.files)}", **info}
        manifest = _lines((one.sha256, one.path) for one in sorted(self.files, key=lambda one: one.path))
        tags = {
            INFO: "".join(f"{label}: {text}\n" for label, text in about.items() if text).encode(),
            MANIFEST: manifest,
            BAGIT: DECLARATION,
        }
        sums = _lines((hashlib.sha256(tags[name]).hexdigest(), name) for name in sorted(tags))
        self._clear({*tags, TAGS, *(one.path for one in self.files)})
        for name, data in ((INFO, tags[INFO]), (MANIFEST, manifest), (TAGS, sums), (BAGIT, DECLARATION)):
            self._place(name, data)
        if not self.there:
            self._name()
        return hashlib.sha256(manifest).hexdigest()

    def beside(self, path: str, data: bytes) -> None:
        """A file that lies beside the bag, the newest one of its name; raises ExportStopped."""
        self._room(0)
        target = self.whole.parent / path
        if not _same(target, data):
            with _on_the_stick(self.part.name):
                placed(target, data)
                _settle(target.parent)

    def _room(self, most: int) -> None:
        """Wait until no more than so many bytes are on their way; what stopped one of them is raised here."""
        while self._waiting and (self._waiting[0][0].done() or sum(size for _, size in self._waiting) > most):
            self._waiting.popleft()[0].result()

    def _begin(self) -> None:
        """One at a time fills it; what was nearly whole is no bag while it is filled again."""
        self.part.mkdir(0o700, exist_ok=True)
        self._held = os.open(self.part, os.O_RDONLY)
        try:
            fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as e:
            raise ExportBusy(name=self.name) from e
        (self.part / BAGIT).unlink(missing_ok=True)

    def _place(self, path: str, data: bytes) -> None:
        target = (self.whole if self.there else self.part) / path
        with _on_the_stick(self.part.name):
            if _same(target, data):
                return
            if self.there:
                raise OtherBagThere(name=self.name, what=path)
            for folder in [*reversed(target.relative_to(self.part).parents)]:
                (self.part / folder).mkdir(0o700, exist_ok=True)
            placed(target, data, private=True)

    def _clear(self, known: set[str]) -> None:
        """Nothing of an earlier try stays in it; a bag that is complete has nothing more either."""
        home = self.whole if self.there else self.part
        with _on_the_stick(self.part.name):
            for found in [one for one in home.rglob("*") if one.is_symlink() or not one.is_dir()]:
                path = found.relative_to(home).as_posix()
                if path not in known and self.there:
                    raise OtherBagThere(name=self.name, what=path)
                if path not in known:
                    found.unlink()

    def _name(self) -> None:
        with _on_the_stick(self.part.name):
            for folder in [one for one in self.part.rglob("*") if one.is_dir()]:
                _settle(folder)
            _settle(self.part)
            self.part.rename(self.whole)
            _settle(self.whole.parent)


@contextmanager
def _on_the_stick(name: str) -> Iterator[None]:
    """What cannot be read or written here is told as what it is; raises ExportStopped."""
    try:
        yield
    except NotWritten as e:
        raise ExportStopped(name=name, why=e.facts["why"]) from e
    except OSError as e:
        raise ExportStopped(name=name, why=e.strerror or type(e).__name__) from e


def _same(path: Path, data: bytes) -> bool:
    """Whether a file is there and says just that."""
    try:
        return not path.is_symlink() and path.stat().st_size == len(data) and path.read_bytes() == data
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return False


def _settle(folder: Path) -> None:
    """Have a folder's names on the disk, where its file system can."""
    try:
        settled(folder)
    except NotWritten as e:
        if not isinstance(e.__cause__, OSError) or e.__cause__.errno not in _NO_FOLDERS:
            raise


def _lines(sums: Iterable[tuple[str, str]]) -> bytes:
    """A manifest as `sha256sum -c` reads it: two spaces."""
    return "".join(f"{digest}  {path}\n" for digest, path in sums).encode()
