"""Power cut or full disk at any instant of a backup, a restoration, its confirmation or a heartbeat: made good by the next."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import sys
import traceback

import pytest

from boards.model.errors import Refusal
from sync.carriers.folder import FolderSource
from sync.county.backup.backup import backup
from sync.county.backup.closed import closed
from sync.county.backup.confirm import confirm
from sync.county.backup.restore import restore
from sync.county.backup.sealed import BackupDamaged
from sync.county.county import open_county
from sync.county.heartbeat import beat
from sync.county.publish import changes, publisher
from tests.line.beating import beating
from tests.line.county_sim import NOW, OTHER, VILLAGE, copied, county, published, row
from tests.village import REASON

pytestmark = pytest.mark.thorough

WORDS = "three herons on the dyke"
TOUCHES = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.truncate"}
FULL, KILLED, DONE = 1, -signal.SIGKILL, 0


def struck(act, at: int, *, killed: bool) -> tuple[int, int]:
    """Do it in a child that is killed, or meets a full disk, at its so-manieth touch; how it ended, and its touches."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        code = 3
        try:
            touches = _watch(at, killed=killed)
            try:
                act()
                code = DONE
            except Refusal as refusal:
                code = FULL if refusal.code == "county-not-written" else 4
            os.write(write, str(touches[0]).encode())
        except OSError as e:
            code = FULL if e.errno == errno.ENOSPC else 3
        except BaseException:  # noqa: BLE001 - a child that goes on would run the parent's work
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(write)
    with os.fdopen(read) as told:
        touches = told.read()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), int(touches or 0)


def _watch(at: int, *, killed: bool) -> list[int]:
    count, sync = [0], os.fsync

    def touched(event: str, args: tuple) -> None:
        if event in TOUCHES and (event != "open" or args[2] & (os.O_WRONLY | os.O_RDWR)):
            count[0] += 1
            if count[0] == at:
                if killed:
                    os.kill(os.getpid(), signal.SIGKILL)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def synced(handle: int) -> None:
        touched("os.rename", ())
        sync(handle)

    os.fsync = synced
    sys.addaudithook(touched)
    return count


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A county, last night's backup of it, and what it has published since: a list and an erasure."""
    home = tmp_path_factory.mktemp("struck")
    where = beating(county(home / "county"))
    published(where, [*(row(n) for n in range(3)), row(6, village=OTHER)])
    backup(where, home / "disk", WORDS, NOW)
    published(where, [row(n) for n in range(260)], "2025-02")
    made = changes.erase(where, VILLAGE, "330590-farmland_fertility-2025-01-0002", REASON, NOW)
    publisher.review(where, made.id, NOW)
    publisher.publish(where, made.id, NOW)
    return home


def a_heartbeat(world, folder):
    own = copied(open_county(world / "county"), folder / "county")

    def sound():
        for village in (VILLAGE, OTHER):
            own.trust().verified(village, own.log(village).note())

    return (lambda: _beaten(own)), sound


def _beaten(own):
    for _, refusal in beat(own, NOW).refused:
        raise refusal


def a_backup(world, folder):
    own, disk = copied(open_county(world / "county"), folder / "county"), folder / "disk"
    shutil.copytree(world / "disk", disk)

    def sound():
        whole = sorted(disk.glob("*.backup"))
        assert whole
        for number, path in enumerate(whole):
            restore(path, folder / f"seen-{number}", WORDS)
            shutil.rmtree(folder / f"seen-{number}")

    return (lambda: backup(own, disk, WORDS, NOW.replace(hour=9))), sound


def a_restoration(world, folder):
    (path,), new = (world / "disk").glob("*.backup"), folder / "new"

    def sound():
        assert not new.exists() or closed(new)
        shutil.rmtree(new, ignore_errors=True)

    return (lambda: restore(path, new, WORDS)), sound


def a_confirmation(world, folder):
    (path,), new = (world / "disk").glob("*.backup"), folder / "new"
    restore(path, new, WORDS)
    feed = world / "county" / "feed"

    def sound():
        if closed(new):
            return
        again = open_county(new)
        for village in (VILLAGE, OTHER):
            assert list(again.log(village).lines()) == list(
                open_county(world / "county").log(village).lines()
            )

    return (lambda: confirm(new, [FolderSource(feed)])), sound


ACTS = [a_heartbeat, a_backup, a_restoration, a_confirmation]


def strikes(world, folder, act, times):
    """So many instants, spread over the whole act; killed and full by turns."""
    folder.mkdir()
    (folder / "whole").mkdir()
    code, touches = struck(act(world, folder / "whole")[0], 0, killed=True)
    assert code == DONE
    for number, at in enumerate(sorted({1 + touches * n // times for n in range(times)})):
        here = folder / str(at)
        here.mkdir()
        do, sound = act(world, here)
        killed = number % 2 == 0
        code, _ = struck(do, at, killed=killed)
        assert code == KILLED if killed else code in {FULL, DONE}, (at, code)
        sound()
        assert struck(do, 0, killed=True)[0] == DONE, at
        sound()
        assert not list(here.glob("county/.backup-*"))
        shutil.rmtree(here)


@pytest.mark.parametrize("act", ACTS)
def test_struck_at_a_few_instants(world, tmp_path, act):
    """What `make faults` does at 60 instants of each, at four."""
    strikes(world, tmp_path / "s", act, 4)


@pytest.mark.long
@pytest.mark.faults
@pytest.mark.parametrize("act", ACTS)
def test_struck_at_any_instant(world, tmp_path, act):
    """Nothing is half done: the last whole backup stays, a restored folder is closed, every note is signed by both."""
    strikes(world, tmp_path / "s", act, 60)


def test_a_backup_that_did_not_fit_takes_no_room(world, tmp_path):
    """A full disk of backups: said so, the half file goes, and the whole ones stay."""
    do, _ = a_backup(world, tmp_path)
    before = sorted(path.name for path in (tmp_path / "disk").iterdir())
    _, touches = struck(a_backup(world, (tmp_path / "again"))[0], 0, killed=True)
    assert struck(do, touches // 2, killed=False)[0] != DONE
    assert sorted(path.name for path in (tmp_path / "disk").iterdir()) == before


def test_a_backup_that_cannot_be_opened_is_no_backup(world, tmp_path):
    """An empty file under its name."""
    (tmp_path / "x.backup").write_bytes(b'{"format":"county-backup/1"}\n')
    with pytest.raises((BackupDamaged, Refusal)):
        restore(tmp_path / "x.backup", tmp_path / "new", WORDS)
