"""A backup becomes a folder again, closed until `confirm` has seen what was published last (backups §3)."""

from __future__ import annotations

import os
import shutil
import tarfile
from typing import TYPE_CHECKING

from boards.model.errors import Fault, Refusal
from sync.county.backup.checked import Checked, checked
from sync.county.backup.closed import Closed, close
from sync.county.backup.sealed import BackupDamaged, Header, Unsealed
from sync.durable import NotWritten, settled
from sync.own_name import own_name

if TYPE_CHECKING:
    from pathlib import Path


class RestoreNotEmpty(Refusal):
    """Nothing is ever written over."""

    code = "restore-not-empty"
    fault = Fault.PERSON
    sentence = "{folder} 已经存在而且不是空的，没有恢复。"
    advice = "请换一个新目录；要接着确认已经恢复的目录，请加 --confirm。"


def restore(path: Path, to: Path, passphrase: str) -> Checked:
    """Unpack beside, close it, check it, and put it in its place; what was stopped begins anew.

    Raises RestoreNotEmpty, BackupDamaged, BackupOfAnotherFormat, NotWritten and what the check raises.
    """
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise RestoreNotEmpty(folder=own_name(to))
    path.open("rb").close()  # a name that was mistyped is no disk that is full
    beside = to.with_name(f"{to.name}.part")
    try:
        shutil.rmtree(beside, ignore_errors=True)
        header = unpacked_into(beside, path, passphrase)
        close(beside, Closed(why="restored", made_at=header.made_at))
        found = checked(beside, beside)
        os.sync()
        beside.replace(to)
        settled(to.parent)
    except OSError as e:
        raise NotWritten(why=e.strerror or "无法恢复") from e
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return found


def unpacked_into(folder: Path, path: Path, passphrase: str) -> Header:
    """All files of a backup, in a folder of our own (0700); raises BackupDamaged, BackupOfAnotherFormat."""
    folder.mkdir(0o700)
    with path.open("rb") as file:
        opened = Unsealed(file, path.name, passphrase)
        try:
            with tarfile.open(mode="r|", fileobj=opened) as tar:  # type: ignore[call-overload]
                for member in tar:
                    tar.extract(member, folder, filter=_plain)
        except tarfile.TarError as e:
            raise BackupDamaged(name=path.name) from e
        opened.end()
    return opened.header


def _plain(member: tarfile.TarInfo, folder: str) -> tarfile.TarInfo:
    """Files and folders below this one, with the rights they had and whoever unpacks as their owner."""
    if not (member.isreg() or member.isdir()):
        raise tarfile.SpecialFileError(member)
    return tarfile.data_filter(member, folder).replace(mode=member.mode & 0o755, deep=False)
