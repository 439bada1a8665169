"""A backup holds all there is, sealed, or is none; a restoration gives it back, or nothing."""

from __future__ import annotations

import gzip
import re
import shutil
import sqlite3
import stat
from contextlib import closing
from io import BytesIO

import pytest
from click.testing import CliRunner

from boards.model.errors import Refusal
from kiosk_server.cli import county_command
from sync.county.backup.backup import BackupInside, backup
from sync.county.backup.restore import RestoreNotEmpty, restore
from sync.county.backup.sealed import BackupDamaged, BackupOfAnotherFormat, BackupPassphraseWeak, Sealing
from sync.county.county import CountyBusy
from sync.log.bundle import packed
from sync.log.note import Note, parse
from sync.log_files import FeedDamaged
from sync.trust.repository import TrustNotFounded
from tests.backup.restored import DAY, WORDS, brought_back, files
from tests.founding import opened
from tests.line.county_sim import NOW, VILLAGE, published, row

pytestmark = pytest.mark.thorough


def modes(folder, *names):
    return [stat.S_IMODE((folder / name).stat().st_mode) for name in names]


def test_what_comes_back_is_what_there_was(own, old, tmp_path):
    """Every file with its rights, and the accounts; the county publishes on from there, and kiosks follow."""
    done = brought_back(old, tmp_path / "new", own)
    assert (done.villages, done.events) == ((), 0)
    assert files(tmp_path / "new") == files(own.folder)
    names = ("keys", "keys/household.key", "keys/heartbeat.key", "proposals", "people.sqlite3", "feed/v")
    assert modes(tmp_path / "new", *names) == [0o700, 0o600, 0o600, 0o700, 0o600, 0o755]
    with closing(sqlite3.connect(tmp_path / "new" / "people.sqlite3")) as db:
        assert db.execute("SELECT login FROM account").fetchall() == [("wang",)]
    restored = opened(tmp_path / "new")
    published(restored, [row(9)], "2025-02")
    believed = restored.trust().verified(VILLAGE, restored.log(VILLAGE).note())
    assert believed.size > own.log(VILLAGE).state().size


def test_nobody_reads_a_backup_without_its_passphrase(own, old):
    """Not a name and not a key stands in it; it is its owner's alone, and a short passphrase writes none."""
    data = old.read_bytes()
    assert stat.S_IMODE(old.stat().st_mode) == 0o600
    secrets = [path.read_bytes().strip() for path in (own.folder / "keys").iterdir() if path.is_file()]
    names = [row(number).payout.holder.encode() for number in range(7)]
    for secret in (*secrets, *names, b"CREATE TABLE account", b"people.sqlite3"):  # too long for chance
        assert secret not in data
    with pytest.raises(BackupPassphraseWeak):
        backup(own, old.parent, "short", NOW + DAY)
    assert [path.name for path in old.parent.iterdir()] == [old.name]


def test_a_passphrase_has_twelve_characters():
    """Whatever they are; with eleven nothing is begun."""
    Sealing(BytesIO(), "330590", "2025-11-23T01:02:03Z", "一二三四五六七八九十一二")
    with pytest.raises(BackupPassphraseWeak):
        Sealing(BytesIO(), "330590", "2025-11-23T01:02:03Z", "thirty reed")


def test_a_backup_does_not_say_how_much_memory_it_takes_to_open_it(old, tmp_path):
    """The work behind the passphrase is this format's; another is refused before it is begun."""
    old.write_bytes(old.read_bytes().replace(b'"cost":65536', b'"cost":16'))
    with pytest.raises(BackupOfAnotherFormat):
        restore(old, tmp_path / "new", WORDS)


@pytest.mark.parametrize("at", [0.001, 0.3, 0.6, 0.9999])
def test_one_flipped_bit_is_refused(old, tmp_path, at):
    """Wherever it is, and whatever it would change; nothing is restored."""
    data = bytearray(old.read_bytes())
    data[int(len(data) * at)] ^= 1
    old.write_bytes(data)
    with pytest.raises((BackupDamaged, BackupOfAnotherFormat)):
        restore(old, tmp_path / "new", WORDS)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["county", "disk"]


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda data: data[:-1],
        lambda data: data[: data.index(b"\n") + 1],
        lambda data: data + b"\0",
        lambda data: data.replace(b"county-backup/1", b"county-backup/9"),
        lambda data: data.replace(b'"330590"', b'"330591"'),
        lambda data: data.replace(b'"salt":"', b'"salt":"x', 1),
        lambda data: re.sub(rb'"salt":"..', b'"salt":"zz', data, count=1),
        lambda _: b"PK\3\4",
    ],
)
def test_what_is_cut_off_or_another_thing_is_refused(old, tmp_path, spoilt):
    """A copy that was stopped, something behind the end, another format, another county's first line."""
    old.write_bytes(spoilt(old.read_bytes()))
    with pytest.raises((BackupDamaged, BackupOfAnotherFormat)):
        restore(old, tmp_path / "new", WORDS)


def test_the_very_end_is_held_to_its_seal(own, tmp_path, monkeypatch):
    """Also where all files were read before it: what stands behind the last of them is not overlooked."""
    monkeypatch.setattr("sync.county.backup.sealed._PIECE", 512)
    path = backup(own, tmp_path / "disk", WORDS, NOW).path
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(BackupDamaged):
        restore(path, tmp_path / "new", WORDS)


def test_a_wrong_passphrase_is_refused(old, tmp_path):
    """In one sentence, which says the other possibility too."""
    with pytest.raises(BackupDamaged, match="口令不对，或者文件损坏"):
        restore(old, tmp_path / "new", WORDS + "!")


def test_a_backup_that_is_not_there_is_told_as_that(tmp_path):
    """A mistyped name is not told as a disk that cannot be written."""
    (tmp_path / "pass").write_text(f"{WORDS}\n")
    words = [tmp_path / "none.backup", "--to", tmp_path / "new", "--passphrase-file", tmp_path / "pass"]
    done = CliRunner().invoke(county_command, ["restore", *map(str, words)])
    assert (done.exit_code, "none.backup 读不了" in done.output) == (2, True), done.output


def test_nothing_is_restored_over_something(own, old):
    """The folder of the running county least of all; nor is a backup written into it."""
    with pytest.raises(RestoreNotEmpty):
        restore(old, own.folder, WORDS)
    (old.parent / "new").touch()
    with pytest.raises(RestoreNotEmpty):
        restore(old, old.parent / "new", WORDS)
    (own.folder.parent / "link").symlink_to(own.folder)
    for inside in (own.folder / "backups", own.folder.parent / "link", own.folder / "feed" / ".." / "keys"):
        with pytest.raises(BackupInside):
            backup(own, inside, WORDS, NOW)


def test_a_folder_that_is_damaged_makes_no_backup(own, old):
    """The scratch restoration finds it, the file goes, and the whole ones stay however many nights it takes."""
    tile = next((own.feed / "v" / VILLAGE / "tile" / "rows").rglob("*.gz"))
    data = bytearray(tile.read_bytes())
    data[90] ^= 1
    tile.write_bytes(data)
    with pytest.raises(Refusal):
        backup(own, old.parent, WORDS, NOW + DAY, keep=1)
    (own.folder / "people.sqlite3").write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    with pytest.raises(Refusal):
        backup(own, old.parent, WORDS, NOW + DAY, keep=1)
    assert [path.name for path in old.parent.iterdir()] == [old.name]
    assert not list(own.folder.glob(".backup-*"))


def test_the_oldest_go(own, tmp_path):
    """As many stay as are asked for, the newest of them; other files and another county's backups are not ours."""
    disk = tmp_path / "disk"
    disk.mkdir()
    strange = (
        "county-330590-notes.txt",
        "county-330590-notes.backup",
        "county-330591-20251122T010203Z.backup",
    )
    for name in strange:
        (disk / name).write_text("x")
    nights = [backup(own, disk, WORDS, NOW + days * DAY, keep=2) for days in range(3)]
    assert [one.dropped for one in nights] == [(), (), (nights[0].path.name,)]
    assert {path.name for path in disk.iterdir()} == {*strange, *(one.path.name for one in nights[1:])}


@pytest.mark.parametrize("keep", [1, 2])
def test_tonights_backup_never_goes(own, tmp_path, keep):
    """The clock was years ahead for some nights: what they made is newer by its name, and goes before tonight's."""
    for days in (400, 401):
        backup(own, tmp_path / "disk", WORDS, NOW + days * DAY, keep=2)
    made = backup(own, tmp_path / "disk", WORDS, NOW, keep=keep)
    assert made.path in {*(tmp_path / "disk").iterdir()}
    assert len(list((tmp_path / "disk").iterdir())) == keep


def test_what_an_office_keeps_comes_along_and_what_a_run_left_half_does_not(own, tmp_path):
    """Registries and passes are in every backup; half files, an export's copies and locks in none."""
    kept, left = ("registries/people.csv", "passes.json"), ("registries/people.csv.new", "export/x/row.json")
    for name in (*kept, *left):
        (own.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (own.folder / name).write_bytes(b"{}")
    path = backup(own, tmp_path / "disk", WORDS, NOW).path
    restore(path, tmp_path / "new", WORDS)
    there = {name for name in (*kept, *left, "locks") if (tmp_path / "new" / name).exists()}
    assert there == {*kept}


def test_two_backups_at_once_are_one(own, tmp_path):
    """The second waits for another night: each would take the other's scratch folder away."""
    with own.writing(("backup",)), pytest.raises(CountyBusy):
        backup(own, tmp_path / "disk", WORDS, NOW)


def rewritten(own, before, after):
    """The rows of a log changed as somebody at the disk would, packed as they were."""
    path = next((own.feed / "v" / VILLAGE / "tile" / "rows").rglob("*.gz"))
    rows = gzip.decompress(path.read_bytes())
    assert before in rows
    path.write_bytes(packed(rows.replace(before, after)))


def one_signature(own):
    note = parse(own.log(VILLAGE).note())
    (own.feed / "v" / VILLAGE / "checkpoint").write_bytes(Note(note.text, note.signatures[:1]).render())


def bent_accounts(own):
    with closing(sqlite3.connect(own.folder / "people.sqlite3")) as db:
        db.executescript(
            "INSERT INTO account VALUES (NULL); PRAGMA writable_schema = 1;"
            "UPDATE sqlite_master SET sql = 'CREATE TABLE account (login TEXT NOT NULL)' WHERE name = 'account'"
        )


def appended(pattern, at=0):
    def spoil(own):
        path = sorted((own.feed / "trust").glob(pattern))[at]
        path.write_bytes(path.read_bytes() + b" ")

    return spoil


def stretched(own):
    path = max((own.feed / "trust" / "metadata").glob("*.snapshot.json"))
    path.write_bytes(path.read_bytes().replace(b'"expires":"20', b'"expires":"21'))


SPOILT = {
    "a body": lambda own: rewritten(own, "一组".encode(), "二组".encode()),
    "a head": lambda own: rewritten(own, b"2025-01-0001", b"2025-01-0009"),
    "a seat's signature": one_signature,
    "the household key": lambda own: (own.folder / "keys" / "household.key").write_text("none\n"),
    "an account": bent_accounts,
    "a term": stretched,
    "a statement": appended("targets/*.trust.json"),
    "another statement": appended("targets/*.trust.json", 1),
    "the pack": appended("targets/*.pack.json"),
}


@pytest.mark.parametrize("what", SPOILT)
def test_what_is_not_as_it_was_signed_makes_no_backup(own, tmp_path, what):
    """Each part is looked at again, by the county's own rules and the kiosks'."""
    SPOILT[what](own)
    with pytest.raises(Refusal):
        backup(own, tmp_path / "disk", WORDS, NOW)
    assert not list((tmp_path / "disk").iterdir())


def test_a_body_that_no_erasure_took_is_missed(own, tmp_path):
    """The tree holds without it, and a list is gone: no backup is made that would push the whole ones out."""
    own.log(VILLAGE).blank([1])
    with pytest.raises(FeedDamaged):
        backup(own, tmp_path / "disk", WORDS, NOW)


def test_a_county_without_its_roots_is_told_so_at_the_backup(own, tmp_path):
    """Founded and its trust not yet: the way on is named, not a disk that would be full."""
    shutil.rmtree(own.feed / "trust")
    with pytest.raises(TrustNotFounded):
        backup(own, tmp_path / "disk", WORDS, NOW)
    assert not list((tmp_path / "disk").iterdir())


def test_a_publication_under_way_is_waited_for(own, tmp_path, monkeypatch):
    """A log is copied while nobody writes there: never half of a publication; too long a wait is told."""
    held = own.writing((VILLAGE,))
    held.__enter__()
    with pytest.raises(CountyBusy):
        backup(own, tmp_path / "disk", WORDS, NOW, patience_s=0)
    monkeypatch.setattr("sync.county.backup.backup.time.sleep", lambda _: held.__exit__(None, None, None))
    assert backup(own, tmp_path / "disk", WORDS, NOW).found.logs == 2


def test_a_restored_folder_can_be_where_one_stands(own, old, tmp_path, monkeypatch):
    """`--to .` and `--folder .`: sentences name the folder, and their commands can be typed as they stand."""
    (tmp_path / "pass").write_text(WORDS + "\n")
    (tmp_path / "new").mkdir()
    monkeypatch.chdir(tmp_path / "new")
    run = CliRunner().invoke
    done = run(county_command, ["restore", str(old), "--to", ".", "--passphrase-file", "../pass"])
    assert done.exit_code == 0, done.output
    monkeypatch.chdir(tmp_path / "new")
    told = run(county_command, ["status", "--folder", "."]).stderr
    assert "✗ new 是从备份" in told
    assert "--confirm --to . --published" in told
    done = run(county_command, ["restore", "--confirm", "--to", ".", "--published", str(own.feed)])
    assert done.exit_code == 0, done.output


def test_backups_of_a_clock_that_was_ahead_go_first(own, tmp_path):
    """Their days say nothing: as many true ones are kept as there have been nights since."""
    for day in (400, 401, 402, 0, 1, 2):
        backup(own, tmp_path / "disk", WORDS, NOW + day * DAY, keep=3)
    names = sorted(path.name for path in (tmp_path / "disk").iterdir())
    assert len(names) == 3
    assert all(f"{NOW + day * DAY:%Y%m%d}" in name for day, name in enumerate(names))
