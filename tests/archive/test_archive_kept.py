"""What a machine keeps for inspection: files written once under their digest, and a register that only grows."""

import hashlib
import os
import stat
import threading
from contextlib import closing

import pytest

from boards.model.kept.register import Act, Entry
from kiosk_server.archive.engines.connection import writer
from kiosk_server.archive.kept.register import Register, RegisterBent
from kiosk_server.archive.kept.vault import NotKept, Tombstone, Vault, digest_of
from kiosk_server.archive.reserve import DiskFull
from sync.durable import NotWritten, durable
from tests.village import CODE

pytestmark = pytest.mark.anyio
PDF = b"%PDF-1.7 a sheet"
DIGEST = hashlib.sha256(PDF).hexdigest()


def entry(number: int, **more) -> Entry:
    return Entry(at=f"2025-11-22T02:00:{number:02d}+00:00", act=Act.PRINT, village=CODE, **more)


def laid(vault, data):
    with vault.laying(data) as digest:
        return digest


@pytest.mark.parametrize("trap", ["link", "pipe"])
def test_what_lies_where_half_a_file_is_written_is_neither_followed_nor_waited_at(tmp_path, trap):
    """Refused once and taken away: the file of somebody else is as it was, and the next time it is written."""
    path, fresh, other = (tmp_path / name for name in ("a.json", "a.json.new", "other"))
    other.write_bytes(b"of somebody")
    if trap == "link":
        fresh.symlink_to(other)
    else:
        os.mkfifo(fresh)
    with pytest.raises(NotWritten):
        durable(path, PDF)
    durable(path, PDF)
    assert (path.read_bytes(), other.read_bytes()) == (PDF, b"of somebody")


def test_a_file_is_written_once_and_nobody_writes_to_it(tmp_path):
    """The same bytes again are nothing: the first file stays, read-only, from bytes or from a big file."""
    vault, big = Vault(tmp_path / "vault"), tmp_path / "big"
    big.write_bytes(PDF * 200_000)
    assert laid(vault, PDF) == DIGEST
    first = vault.path(DIGEST).stat()
    assert stat.S_IMODE(first.st_mode) == 0o444
    assert laid(vault, PDF) == DIGEST
    assert vault.path(DIGEST).stat().st_ino == first.st_ino
    assert vault.read(laid(vault, big)) == big.read_bytes()
    assert len(list(vault.files())) == 2


def test_a_file_is_in_its_place_only_once_it_is_named(tmp_path):
    """Cut off before it was named it goes, cut off after that it comes into its place; nothing else is swept."""
    vault = Vault(tmp_path)
    laid(vault, b"another")
    for named in ({DIGEST}, frozenset()):
        with pytest.raises(KeyboardInterrupt), vault.laying(PDF):
            _power_cut()
        assert not vault.has(DIGEST)
        vault.sweep(named)
        assert vault.has(DIGEST) == bool(named)
        vault.path(DIGEST).unlink(missing_ok=True)
    (tmp_path / DIGEST[:2] / f"{DIGEST}.new").write_bytes(b"torn")
    vault.sweep({DIGEST})
    assert [digest_of(path) for path in vault.files()] == [hashlib.sha256(b"another").hexdigest()]


def test_a_file_lasts_before_anybody_names_it(tmp_path, monkeypatch):
    """Bytes and names are flushed when the register's line is written: a power cut leaves no line without its file."""
    vault, flushed = Vault(tmp_path / "vault"), []
    monkeypatch.setattr("kiosk_server.archive.kept.vault.settled", flushed.append)
    with vault.laying(PDF):
        assert {vault.folder / DIGEST[:2], vault.folder} <= {*flushed}


def test_a_changed_file_gives_way_to_the_true_one(tmp_path):
    """What is laid down again over a changed file takes its place."""
    vault = Vault(tmp_path)
    laid(vault, PDF)
    vault.path(DIGEST).chmod(0o644)
    vault.path(DIGEST).write_bytes(b"x")
    laid(vault, PDF)
    assert vault.read(DIGEST) == PDF


def test_a_tombstone_takes_the_place_of_every_copy(tmp_path):
    """The file, its changed copy and a half one go; who, when and by which erasure stays."""
    vault = Vault(tmp_path)
    laid(vault, PDF)
    for end in (".bent", ".new"):
        (tmp_path / DIGEST[:2] / f"{DIGEST}{end}").write_bytes(PDF)
    stone = Tombstone(at="2025-11-22T02:00:00+00:00", by="县农业农村局", event="origin#7", sha256=DIGEST)
    vault.bury(stone)
    vault.bury(stone)
    assert vault.stone(DIGEST) == stone
    assert [path.name for path in vault.files()] == [f"{DIGEST}.gone"]
    assert vault.stone("ab" * 32) is None
    (tmp_path / DIGEST[:2] / f"{DIGEST}.gone").write_bytes(b"{}")
    assert vault.stone(DIGEST) is None


def test_a_disk_that_is_full_keeps_no_file_that_has_to_go(tmp_path, monkeypatch):
    """The file goes before its tombstone is written; one without the other is ended at the next start."""
    vault = Vault(tmp_path)
    laid(vault, PDF)
    stone = Tombstone(at="2025-11-22T02:00:00+00:00", by="县农业农村局", event="origin#7", sha256=DIGEST)

    def full(*_):
        raise NotWritten(why="No space left on device")

    with monkeypatch.context() as world:
        world.setattr("kiosk_server.archive.kept.vault.durable", full)
        with pytest.raises(NotKept):
            vault.bury(stone)
    assert (vault.has(DIGEST), vault.stone(DIGEST)) == (False, None)
    vault.bury(stone)
    assert vault.stone(DIGEST) == stone


@pytest.fixture
async def register(archive, path, tmp_path):
    found = Register(tmp_path, path)
    found.write(entry(0), entry(1))
    found.write(entry(2))
    return found


def lines(register):
    return register.chain.path.read_bytes().splitlines(keepends=True)


def put(register, *some):
    register.chain.path.write_bytes(b"".join(some))


async def test_what_was_done_is_told_in_order(register):
    """Every line as it was written, and twice on the disk."""
    assert [one.at[17:19] for one in register.entries(CODE)] == ["00", "01", "02"]
    assert register.entries("330590101204") == ()
    assert register.settled() == (0, 0)


@pytest.mark.parametrize("cut", [0, 1, 2])
async def test_a_register_cut_short_is_put_back_from_the_database(register, cut):
    """Lines lost at the end come back before anything is written behind them; the torn file is kept."""
    whole = lines(register)
    put(register, *whole[:cut], whole[cut][:9])
    assert register.settled() == (3 - cut, 0)
    assert lines(register) == whole
    put(register, *whole[:cut])
    register.write(entry(3))
    assert lines(register)[:3] == whole
    assert len(register.entries()) == 4
    register.chain.path.unlink()
    assert register.settled() == (4, 0)
    assert len(register.entries()) == 4


@pytest.mark.parametrize("at", [0, 1, 2])
async def test_a_line_that_was_changed_or_taken_out_is_put_back(register, at):
    """Changed by hand, with a digest that fits or without, taken out, doubled, swapped, or one put behind."""
    whole = lines(register)
    bent = whole[at].replace(b"2025-11-22", b"2025-11-21")
    forged = Register(register.chain.path.parent / "forged")
    told = [msg for number, msg in enumerate(register.entries()) if number < at]
    forged.write(*told, entry(9))
    for fault in (
        (*whole[:at], bent, *whole[at + 1 :]),
        (*lines(forged), *whole[at + 1 :]),
        (*whole[:at], *whole[at + 1 :]),
        (*whole[:at], whole[at], *whole[at:]),
        (*whole, bent),
    ):
        put(register, *fault)
        if list(fault) == lines(forged):  # the last line, written anew with all its digests
            assert register.settled() is None
            assert len(list(register.told())) == 4
        else:
            assert register.settled()[0] > 0
            assert lines(register) == whole
    put(register, *whole)


async def test_the_database_gets_its_lines_back_from_the_file(register, path):
    """Lines taken out of the table, or changed there, or written while it was held, come from the file."""
    for statement, values, changed in (
        ("DELETE FROM register_line WHERE id > 1", (), 2),
        ("UPDATE register_line SET line = ? WHERE id = 2", (b"x",), 2),
        ("DELETE FROM register_line", (), 3),
    ):
        with closing(writer(path)) as db:
            db.execute(statement, values)
        assert register.settled() == (0, changed)
        assert register.settled() == (0, 0)


async def test_where_neither_holds_a_person_must_look(register, path):
    """Both were changed: nothing is made of either, and what is done goes on being written down."""
    whole = lines(register)
    put(register, whole[0], whole[1].replace(b"11-22", b"11-21"), whole[2])
    with closing(writer(path)) as db:
        db.execute("UPDATE register_line SET line = ? WHERE id = 2", (b"x",))
    assert register.settled() is None
    with pytest.raises(RegisterBent):
        register.entries()
    register.write(entry(3))
    assert len(list(register.told())) == 4


def test_without_a_database_the_file_is_all_there_is(tmp_path):
    """No archive yet, or one of an older release: the act is written down, and none is made for it."""
    for database in (None, tmp_path / "none.sqlite3"):
        register = Register(tmp_path / str(database is None), database)
        register.write(entry(0))
        assert register.settled() == (0, 0)
        assert len(register.entries()) == 1
    assert not (tmp_path / "none.sqlite3").exists()


async def test_acts_of_two_processes_stand_one_after_the_other(register, path, tmp_path):
    """Print, backfill and inspection may run side by side."""
    others = [
        threading.Thread(target=Register(tmp_path, path).write, args=(entry(number),))
        for number in range(10, 18)
    ]
    for other in others:
        other.start()
    for other in others:
        other.join()
    assert len(register.entries()) == 11
    assert register.settled() == (0, 0)


async def test_what_could_not_be_kept_was_not_said(register, monkeypatch):
    """A disk that fails when a line is to last: the register says what it said before."""
    whole = lines(register)
    monkeypatch.setattr("kiosk_server.archive.chain.os.fsync", _fails)
    with pytest.raises(DiskFull):
        register.write(entry(3))
    assert lines(register) == whole


def _fails(_handle):
    raise OSError(28, "No space left on device")


def _power_cut():
    raise KeyboardInterrupt
