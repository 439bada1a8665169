"""The county's folder in one sealed file a night, believed once it was restored and checked (backups §1).

First every village's log, each under its lock, so that no publication is caught halfway; what waits and who
may act come after. What lies in the copy behind the logs is caught up when it is restored.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tarfile
import tempfile
import time
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from boards.model.errors import Fault, Refusal
from sync.county.backup.checked import AccountsDamaged, Checked, checked
from sync.county.backup.closed import FILE as CLOSED
from sync.county.backup.closed import Closed, close, closed, refuse_closed
from sync.county.backup.restore import unpacked_into
from sync.county.backup.sealed import Sealing
from sync.county.county import County, CountyBusy, open_county
from sync.durable import NotWritten, settled
from sync.log.tiles import is_village
from sync.seams import Progress, silent
from sync.trust_layout import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

KEEP: Final = 7
PEOPLE: Final = "people.sqlite3"
SUFFIX: Final = ".backup"
_HALF = ".part"
_SCRATCH = ".backup-"
_LEFT_OUT = {"feed", "due", "locks", "export", CLOSED, PEOPLE, f"{PEOPLE}-wal", f"{PEOPLE}-shm"}
_PATIENCE_S, _PAUSE_S = 600.0, 0.5


class BackupInside(Refusal):
    """A backup that burns with what it is of."""

    code = "backup-inside"
    fault = Fault.PERSON
    sentence = "备份不能放在县级发布目录里面。"
    advice = "请把 --to 指到另一块盘，最好是另一台机器的共享目录。"


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A backup that was restored and found whole."""

    path: Path
    found: Checked
    dropped: tuple[str, ...]  # older ones, by name


def backup(  # noqa: PLR0913 - the world arrives as arguments
    county: County,
    to: Path,
    passphrase: str,
    now: datetime,
    *,
    keep: int = KEEP,
    progress: Progress = silent,
    patience_s: float = _PATIENCE_S,
) -> Made:
    """Write tonight's backup, restore it into a scratch folder, check that, and let the oldest go.

    A publication that is under way is waited for. Raises BackupInside, BackupPassphraseWeak, CountyBusy,
    NotWritten, and what the check raises; then no older backup goes.
    """
    if f"{os.path.realpath(to)}/".startswith(f"{os.path.realpath(county.folder)}/"):
        raise BackupInside
    with county.writing(("backup",)), _scratch(county.folder) as scratch:
        path = to / f"{_stem(county)}{now:%Y%m%dT%H%M%SZ}{SUFFIX}"
        fresh = path.with_name(f"{path.name}{_HALF}")
        with _written(to, _stem(county)):
            _write(county, fresh, passphrase, now, scratch, progress, patience_s)
            restored = scratch / "restored"
            unpacked_into(restored, fresh, passphrase)
            found = checked(restored, scratch)
            fresh.replace(path)
            settled(to)
        return Made(path=path, found=found, dropped=_aged_out(path, _stem(county), keep))


def moved(folder: Path, to: Path, passphrase: str, now: datetime, progress: Progress = silent) -> Made:
    """Let this folder speak no more, then back it up for another machine; a stop in between leaves it silent.

    Raises NotConfirmed of one that was restored and never confirmed, and what `backup` raises.
    """
    if (found := closed(folder)) is None:
        close(folder, Closed(why="moved", made_at=f"{now:%Y-%m-%dT%H:%M:%SZ}"))
    elif found.why != "moved":
        refuse_closed(folder)
    return backup(open_county(folder, closed=True), to, passphrase, now, progress=progress)


def backups(to: Path, stem: str) -> list[Path]:
    """Whole backups of a county that lie in a folder, oldest first."""
    return sorted(to.glob(f"{stem}[0-9]*{SUFFIX}"))


def _stem(county: County) -> str:
    return f"county-{county.settings.county_code}-"


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    """A room on the county's own disk, 0700, gone behind it; what a killed run left goes first."""
    for left in folder.glob(f"{_SCRATCH}*"):
        shutil.rmtree(left, ignore_errors=True)
    try:
        room = Path(tempfile.mkdtemp(dir=folder, prefix=_SCRATCH))
    except OSError as e:
        raise NotWritten(why=e.strerror) from e
    try:
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)


@contextmanager
def _written(to: Path, stem: str) -> Iterator[None]:
    """Half a backup never lies under a backup's name, and takes no room after."""
    try:
        to.mkdir(0o700, parents=True, exist_ok=True)
        for left in to.glob(f"{stem}*{_HALF}"):
            left.unlink()
        yield
    except OSError as e:
        raise NotWritten(why=e.strerror or "无法写入备份") from e
    finally:
        for left in to.glob(f"{stem}*{_HALF}"):
            left.unlink(missing_ok=True)


def _write(  # noqa: PLR0913, PLR0917
    county: County,
    path: Path,
    passphrase: str,
    now: datetime,
    scratch: Path,
    progress: Progress,
    patience_s: float,
) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        sealing = Sealing(file, county.settings.county_code, f"{now:%Y-%m-%dT%H:%M:%SZ}", passphrase)
        with tarfile.open(mode="w|", fileobj=sealing, format=tarfile.PAX_FORMAT) as tar:  # type: ignore[call-overload]
            _logs(county, tar, progress, patience_s)
            _trust(county, tar)
            _others(county, tar, scratch)
        sealing.close()
        file.flush()
        os.fsync(file.fileno())


def _logs(county: County, tar: tarfile.TarFile, progress: Progress, patience_s: float) -> None:
    """Every village's log, and an erasure of it that is under way, while nobody writes there."""
    villages = [path.name for path in sorted((county.feed / "v").glob("*")) if is_village(path.name)]
    if (due := county.folder / "due").exists():
        tar.add(str(due), due.name, recursive=False)
    for number, village in enumerate(villages):
        progress(number, len(villages))
        with _quiet(county, village, patience_s):
            for part in (due / village, county.feed / "v" / village):
                _add(tar, county.folder, part)


@contextmanager
def _quiet(county: County, village: str, patience_s: float) -> Iterator[None]:
    """The village's log while nobody publishes to it; raises CountyBusy when that takes too long."""
    until = time.monotonic() + patience_s
    while True:
        held = county.writing((village,))
        try:
            held.__enter__()
            break
        except CountyBusy:
            if time.monotonic() > until:
                raise
            time.sleep(_PAUSE_S)
    try:
        yield
    finally:
        held.__exit__(None, None, None)


def _trust(county: County, tar: tarfile.TarFile) -> None:
    """The timestamp first: all that it names lies there already."""
    _add(tar, county.folder, county.feed / FOLDER / "metadata" / "timestamp.json")
    _add(tar, county.folder, county.feed / FOLDER, but="timestamp.json")


def _others(county: County, tar: tarfile.TarFile, scratch: Path) -> None:
    for part in sorted(county.folder.iterdir()):
        if part.name not in _LEFT_OUT and not part.name.startswith(_SCRATCH):
            _add(tar, county.folder, part)
    if (people := county.folder / PEOPLE).exists():
        copy = scratch / PEOPLE
        try:
            with closing(sqlite3.connect(people)) as old, closing(sqlite3.connect(copy)) as new:
                old.backup(new)
        except sqlite3.DatabaseError as e:
            raise AccountsDamaged from e
        copy.chmod(0o600)
        _add(tar, scratch, copy)


def _add(tar: tarfile.TarFile, home: Path, path: Path, but: str = "") -> None:
    """A file, or a folder with all that lies in it; half files and what goes meanwhile are left out."""
    if path.is_dir() and not path.is_symlink():
        tar.add(str(path), str(path.relative_to(home)), recursive=False)
        for part in sorted(path.iterdir()):
            _add(tar, home, part, but)
    elif path.name != but and not path.name.endswith(".new"):
        with suppress(FileNotFoundError), path.open("rb") as file:
            tar.addfile(tar.gettarinfo(arcname=str(path.relative_to(home)), fileobj=file), file)


def _aged_out(fresh: Path, stem: str, keep: int) -> tuple[str, ...]:
    """Older backups go, and with them what was erased since; never tonight's, whatever the clock said.

    Those of a clock that was ahead go first: their days say nothing, and true ones would never come to stay.
    """
    others = [path for path in backups(fresh.parent, stem) if path != fresh]
    others.sort(key=lambda path: (path.name < fresh.name, path.name))
    old = others[: max(len(others) + 1 - keep, 0)]
    for one in old:
        one.unlink()
    return tuple(one.name for one in old)
