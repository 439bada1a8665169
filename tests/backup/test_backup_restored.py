"""The county's folder is carried away every night, and comes back without forking (backups)."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import sqlite3
import stat
import threading
from contextlib import closing
from datetime import timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO

import msgspec
import pytest
from click.testing import CliRunner

from boards.model.errors import Refusal
from kiosk_server.cli import county_command
from sync.carriers.folder import FolderSource
from sync.carriers.http import HttpSource
from sync.county.backup.backup import BackupInside, backup, moved
from sync.county.backup.checked import vouched
from sync.county.backup.closed import MovedAway, NotConfirmed
from sync.county.backup.confirm import (
    NewestUnseen,
    PublishedForked,
    PublishedOlder,
    TrustGap,
    TrustUnseen,
    confirm,
)
from sync.county.backup.restore import RestoreNotEmpty, restore
from sync.county.backup.sealed import BackupDamaged, BackupOfAnotherFormat, BackupPassphraseWeak, Sealing
from sync.county.county import CountyBusy, Signer, open_county
from sync.county.heartbeat import beat
from sync.county.packs.history import published_packs
from sync.county.publish import changes, publisher
from sync.county.publish.amendments import VillageNotNamed
from sync.county.resigning import lapsed
from sync.log.bundle import packed
from sync.log.keys import new_key
from sync.log.note import Note, parse
from sync.log_files import FeedDamaged
from sync.trust.repository import Repository, TrustNotFounded, prepared_root, prepared_seated, signer_of
from sync.trust.seats import OneSignatureOnly, WrongKey
from sync.trust.statement import Seat
from sync.trust_layout import OF_ONE_KIOSK
from tests.founding import opened, repacked
from tests.line.beating import beating, roots, stated
from tests.line.county_sim import NOW, OTHER, VILLAGE, copied, county, published, row
from tests.village import REASON

WORDS = "three herons on the dyke"
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def grown(tmp_path_factory):
    """A county with two lists, accounts and a heartbeat key."""
    where = beating(county(tmp_path_factory.mktemp("grown") / "county"))
    published(where, [*(row(n) for n in range(5)), row(6, village=OTHER)])
    with closing(sqlite3.connect(where.folder / "people.sqlite3")) as db:
        db.execute("CREATE TABLE account (login TEXT)")
        db.execute("INSERT INTO account VALUES ('wang')")
        db.commit()
    return where


@pytest.fixture
def own(grown, tmp_path):
    return copied(grown, tmp_path / "county")


@pytest.fixture
def old(own, tmp_path):
    """Last night's backup."""
    return backup(own, tmp_path / "disk", WORDS, NOW).path


def brought_back(path, to, where, *more):
    """Restored, and confirmed by the county's own site."""
    restore(path, to, WORDS)
    return confirm(to, [FolderSource(where.feed), *more])


def erased(where, rec):
    made = changes.erase(where, VILLAGE, rec, REASON, NOW)
    publisher.review(where, made.id, NOW)
    publisher.publish(where, made.id, NOW)


def files(folder):
    """Everything in a folder, but for locks and databases."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "locks" not in path.parts and path.suffix != ".sqlite3"
    }


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
    for secret in (*secrets, "甲".encode(), b"wang"):
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


def test_a_restored_county_is_silent_until_it_is_confirmed(own, old, tmp_path):
    """No command opens it, and each says what to do."""
    restore(old, tmp_path / "new", WORDS)
    with pytest.raises(NotConfirmed):
        open_county(tmp_path / "new")
    run = CliRunner().invoke(county_command, ["status", "--folder", str(tmp_path / "new")])
    assert (run.exit_code, "county restore --confirm" in run.stderr) == (2, True), run.output
    with open_county(tmp_path / "new", closed=True).writing((OTHER,)), pytest.raises(CountyBusy):
        confirm(tmp_path / "new", [FolderSource(own.feed)])
    confirm(tmp_path / "new", [FolderSource(own.feed)])
    open_county(tmp_path / "new")


def test_an_older_backup_catches_up_from_what_was_published(own, old, tmp_path):
    """Lists, heartbeats and statements of after the backup are fetched and proven; then it goes on as if nothing was."""
    published(own, [row(n) for n in range(300)], "2025-02")
    beat(own, NOW + DAY)
    own = stated(own, NOW + DAY, witnesses=(str(new_key("w").verifier),))
    done = brought_back(old, tmp_path / "new", own)
    assert (done.villages, done.events, done.files_missing) == ((VILLAGE,), 301, 0)
    assert {name: data for name, data in files(tmp_path / "new").items() if name.startswith("feed/")} == {
        name: data for name, data in files(own.folder).items() if name.startswith("feed/")
    }
    again = opened(tmp_path / "new")
    published(again, [row(3)], "2025-03")
    assert Repository(again.feed).said.witnesses


def test_a_mirror_that_is_behind_hides_nothing(own, old, tmp_path):
    """Whatever is shown first: the longest log counts, also of a village that had none at the backup."""
    behind = shutil.copytree(own.feed, tmp_path / "behind")
    published(own, [row(9), row(1, village="330590100203")], "2025-02")
    restore(old, tmp_path / "new", WORDS)
    done = confirm(tmp_path / "new", [FolderSource(behind), FolderSource(own.feed)])
    assert done.villages == (VILLAGE, "330590100203")
    assert open_county(tmp_path / "new").log(VILLAGE).note() == own.log(VILLAGE).note()


def test_a_village_that_left_the_pack_is_proven_too(own, tmp_path):
    """Its log lies in the backup, and somebody may publish to it again."""
    for name in ("villages.csv", "contacts.csv", "land/cases.csv"):
        path = own.folder / "pack" / name
        lines = path.read_text("utf-8").splitlines(keepends=True)
        path.write_text("".join(line for line in lines if OTHER not in line), "utf-8")
    repacked(own, NOW)
    path = backup(open_county(own.folder), tmp_path / "disk", WORDS, NOW).path
    partly = shutil.copytree(own.feed, tmp_path / "partly")
    shutil.rmtree(partly / "v" / OTHER)
    restore(path, tmp_path / "new", WORDS)
    with pytest.raises(NewestUnseen):
        confirm(tmp_path / "new", [FolderSource(partly)])
    confirm(tmp_path / "new", [FolderSource(own.feed)])


def test_another_pack_under_the_signed_number_is_not_taken_in(own, old, tmp_path):
    """A site that was broken into shows other content, or the former pack once more under the next number."""
    own = rotated(own)
    restore(old, tmp_path / "new", WORDS)
    site = shutil.copytree(own.feed, tmp_path / "site")
    content = next((site / "trust" / "targets").glob("*.pack.json"))
    content.write_bytes(content.read_bytes().replace("梅坞镇".encode(), "双浒镇".encode()))
    back = shutil.copytree(own.feed, tmp_path / "back")
    shutil.copy(back / "trust" / "metadata" / "1.pack.json", back / "trust" / "metadata" / "2.pack.json")
    for shown in (site, back):
        with pytest.raises(PublishedOlder):
            confirm(tmp_path / "new", [FolderSource(shown)])
    confirm(tmp_path / "new", [FolderSource(own.feed)])


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


def test_what_was_erased_since_does_not_come_back(own, old, tmp_path):
    """The erasure is published, so restoring carries it out again: in the log, and in what waited or was kept."""
    name = "甲" + chr(0x4E02)
    erased(own, "330590-farmland_fertility-2025-01-0003")
    brought_back(old, tmp_path / "new", own)
    restored = open_county(tmp_path / "new")
    assert not any(name.encode() in line for line in restored.log(VILLAGE).lines())
    assert not any(name.encode() in data for data in files(tmp_path / "new").values())
    assert list(restored.log(VILLAGE).lines()) == list(own.log(VILLAGE).lines())


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


def test_without_the_newest_nothing_goes_on(own, old, tmp_path):
    """Nobody shows a village's log, the trust files, or only what is older: refused, and still closed."""
    earlier = shutil.copytree(own.feed, tmp_path / "earlier")
    published(own, [row(8, village=OTHER)], "2025-02")
    newer = backup(own, tmp_path / "disk", WORDS, NOW + DAY).path
    restore(newer, tmp_path / "new", WORDS)
    only_one = tmp_path / "kiosk"
    shutil.copytree(own.feed / "v" / VILLAGE, only_one / "v" / VILLAGE)
    partly = shutil.copytree(own.feed, tmp_path / "partly")
    shutil.rmtree(partly / "v" / OTHER)
    for shown, refusal in (
        ([only_one], TrustUnseen),
        ([earlier], PublishedOlder),
        ([partly], NewestUnseen),
        ([tmp_path / "nowhere"], TrustUnseen),
    ):
        with pytest.raises(refusal):
            confirm(tmp_path / "new", [FolderSource(one) for one in shown])
        with pytest.raises(NotConfirmed):
            open_county(tmp_path / "new")
    confirm(tmp_path / "new", [FolderSource(partly), FolderSource(own.feed)])


def test_a_village_that_no_kiosk_shows_is_empty_only_by_somebodys_word(own, old, tmp_path):
    """A site shows every log there is; a kiosk only its own, and the first list may hang at one nobody asked."""
    kiosk = shutil.copytree(own.feed, tmp_path / "kiosk")
    (kiosk / "trust" / OF_ONE_KIOSK).touch()
    no_trust = shutil.copytree(own.feed / "v", tmp_path / "another" / "v").parent
    restore(old, tmp_path / "new", WORDS)
    (first, *others) = [one for one in own.pack.villages if one.code not in {VILLAGE, OTHER}]
    for words, unseen in (([], [first, *others]), ([one.code for one in others], [first])):
        every = "、".join(f"{one.name} {one.code}" for one in sorted(unseen, key=lambda one: one.code))
        with pytest.raises(NewestUnseen, match=f"分叉：{every}。"):
            confirm(tmp_path / "new", [FolderSource(kiosk), FolderSource(no_trust)], unpublished=words)
    with pytest.raises(VillageNotNamed):
        confirm(tmp_path / "new", [FolderSource(kiosk)], unpublished=["无此村"])
    with pytest.raises(NotConfirmed):
        open_county(tmp_path / "new")
    words = [first.name, *(one.code for one in others)]
    confirm(tmp_path / "new", [FolderSource(kiosk)], unpublished=words)
    restore(old, tmp_path / "twin", WORDS)
    confirm(tmp_path / "twin", [FolderSource(kiosk), FolderSource(own.feed)])


def test_a_village_that_is_called_unpublished_and_is_not_stays_unseen(own, old, tmp_path):
    """A log in the backup was published: nobody's word takes it away."""
    kiosk = shutil.copytree(own.feed, tmp_path / "kiosk")
    (kiosk / "trust" / OF_ONE_KIOSK).touch()
    shutil.rmtree(kiosk / "v" / OTHER)
    restore(old, tmp_path / "new", WORDS)
    with pytest.raises(NewestUnseen, match=OTHER):
        confirm(tmp_path / "new", [FolderSource(kiosk)], unpublished=[one.code for one in own.pack.villages])


def one_kiosks(feed, to, *missed):
    """A kiosk's copy of all there is, but for what it never saw of the trust files."""
    made = shutil.copytree(feed, to)
    (made / "trust" / OF_ONE_KIOSK).touch()
    for name in missed:
        (made / "trust" / name).unlink()
    return FolderSource(made)


def rooted(own):
    """The county under its next root, of the same keys."""
    repository, online = Repository(own.feed), signer_of(own.machine_key("online"))
    before = repository.root.signed
    keys = [before.keys[one] for one in before.roles["root"].keyids]
    made = prepared_root(keys, online.public_key, NOW, before)
    for key in roots(own):
        made.sign(signer_of(key), append=True)
    repository.adopt({"root": made}, {}, online, NOW)


GAPS = {  # what the county signed, twice; which file of the first a kiosk never saw
    "statement": (lambda own, _: stated(own), "metadata/3.targets.json"),
    "root": (lambda own, _: rooted(own), "metadata/2.root.json"),
    "pack": (lambda own, day: repacked(own, NOW + day * DAY), "metadata/3.pack.json"),
    "half": (lambda own, _: stated(own), "metadata/5.snapshot.json"),  # its line broke
}


@pytest.mark.parametrize("what", GAPS)
@pytest.mark.parametrize("newest_first", [True, False])
def test_a_kiosk_that_missed_a_version_is_helped_by_another_or_waited_for(
    own, old, tmp_path, what, newest_first
):
    """An older state that is whole stands before no newer one: its numbers are taken, and kiosks would fork."""
    act, missed = GAPS[what]
    empty = [one.code for one in own.pack.villages]
    behind = one_kiosks(own.feed, tmp_path / "behind")
    act(own, 1)
    between = one_kiosks(own.feed, tmp_path / "between")
    act(own, 2)
    newest = one_kiosks(own.feed, tmp_path / "newest", missed)
    helps = FolderSource(own.feed) if what in {"pack", "half"} else between  # one that saw the file
    restore(old, tmp_path / "new", WORDS)
    for others in ([], [behind]):
        shown = [newest, *others] if newest_first else [*others, newest]
        with pytest.raises(TrustGap, match=missed):
            confirm(tmp_path / "new", shown, unpublished=empty)
        with pytest.raises(NotConfirmed):
            open_county(tmp_path / "new")
    shown = [newest, behind, helps] if newest_first else [helps, behind, newest]
    confirm(tmp_path / "new", shown, unpublished=empty)
    came, site = Repository(tmp_path / "new" / "feed"), Repository(own.feed)
    for role in ("root", "targets", "pack", "snapshot"):
        assert came.newest(role) == site.newest(role)


def test_a_mirror_that_is_behind_calls_no_village_empty(own, tmp_path):
    """It shows trust files older than the backup: what was published first since is not on it."""
    mirror = FolderSource(shutil.copytree(own.feed, tmp_path / "mirror"))
    stated(own, NOW + DAY)
    made = backup(own, tmp_path / "disk", WORDS, NOW + DAY).path
    kiosk = one_kiosks(own.feed, tmp_path / "kiosk")
    restore(made, tmp_path / "new", WORDS)
    with pytest.raises(NewestUnseen):
        confirm(tmp_path / "new", [kiosk, mirror])


def test_a_kiosks_copy_is_one_kiosks_by_the_network_too(own, old, tmp_path):
    """Served from its folder by any web server, it still shows one kiosk's villages only."""
    shown = one_kiosks(own.feed, tmp_path / "kiosk").folder
    for whole in (False, True):
        (shown / "trust" / OF_ONE_KIOSK).unlink() if whole else None
        with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Silent, directory=str(shown))) as site:
            threading.Thread(target=site.serve_forever).start()
            source = HttpSource(f"http://127.0.0.1:{site.server_port}")
            try:
                if not whole:
                    restore(old, tmp_path / "new", WORDS)
                    with pytest.raises(NewestUnseen):
                        confirm(tmp_path / "new", [source])
                else:
                    confirm(tmp_path / "new", [source])
            finally:
                source.close()
                site.shutdown()


class _Silent(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        """Nothing."""


def test_older_trust_files_are_not_gone_back_to(own, old, tmp_path):
    """A mirror that is behind shows an older statement: refused, until somebody shows the newest."""
    earlier = shutil.copytree(own.feed, tmp_path / "earlier")
    own = stated(own, NOW + DAY)
    newer = backup(own, tmp_path / "disk", WORDS, NOW + DAY).path
    restore(newer, tmp_path / "new", WORDS)
    with pytest.raises(PublishedOlder):
        confirm(tmp_path / "new", [FolderSource(earlier)])
    confirm(tmp_path / "new", [FolderSource(earlier), FolderSource(own.feed)])
    assert Repository(tmp_path / "new" / "feed").said.serial == Repository(own.feed).said.serial


def test_another_history_is_a_fork(own, old, tmp_path):
    """Somebody published on from the backup beside the county: both are kept, neither goes on."""
    brought_back(old, tmp_path / "twin", own)
    published(opened(tmp_path / "twin"), [row(8)], "2025-02")
    twin = backup(open_county(tmp_path / "twin"), tmp_path / "disk", WORDS, NOW + DAY).path
    published(own, [row(9)], "2025-02")
    restore(twin, tmp_path / "new", WORDS)
    with pytest.raises(PublishedForked):
        confirm(tmp_path / "new", [FolderSource(own.feed)])
    published(own, [row(9)], "2025-03")
    with pytest.raises(Refusal):
        confirm(tmp_path / "new", [FolderSource(own.feed)])
    with pytest.raises(NotConfirmed):
        open_county(tmp_path / "new")


@pytest.mark.parametrize("first", [0, 1])
def test_two_kiosks_that_show_two_histories(own, old, tmp_path, first):
    """A kiosk that follows a county somebody restored badly: the longer one is not simply taken; nothing is written."""
    twin = copied(own, tmp_path / "twin")
    published(twin, [row(8)], "2025-02")
    published(own, [row(9)], "2025-02")
    published(own, [row(9)], "2025-03")
    shown = [FolderSource(one.feed) for one in (own, twin)]
    restore(old, tmp_path / "new", WORDS)
    before = files(tmp_path / "new")
    with pytest.raises(PublishedForked):
        confirm(tmp_path / "new", shown[first:] + shown[:first])
    assert files(tmp_path / "new") == before
    with pytest.raises(NotConfirmed):
        open_county(tmp_path / "new")


def test_what_is_shown_is_proven(own, old, tmp_path):
    """A site that was broken into shows other rows, or a note of one seat: nothing of it is written."""
    published(own, [row(9)], "2025-02")
    restore(old, tmp_path / "new", WORDS)
    before = files(tmp_path / "new")
    false = shutil.copytree(own.feed, tmp_path / "false")
    for tile in (false / "v" / VILLAGE / "tile" / "rows").rglob("*.gz"):
        shutil.copy(next((own.feed / "v" / OTHER / "tile" / "rows").rglob("*.gz")), tile)
    alone = shutil.copytree(own.feed, tmp_path / "alone")
    note = parse((alone / "v" / VILLAGE / "checkpoint").read_bytes())
    (alone / "v" / VILLAGE / "checkpoint").write_bytes(Note(note.text, note.signatures[:1]).render())
    for shown in (false, alone):
        with pytest.raises(Refusal):
            confirm(tmp_path / "new", [FolderSource(shown)])
    assert files(tmp_path / "new") == before


def rotated(own):
    """The county after its publisher's key was replaced and everything signed again."""
    zhao = new_key(f"{own.settings.origin_prefix}/zhao")
    seats = tuple(
        Seat(person="zhao", office="publisher", key=str(zhao.verifier)) if one.office == "publisher" else one
        for one in Repository(own.feed).said.seats
    )
    own = stated(own, seats=seats)
    repository = Repository(own.feed)
    pack = prepared_seated("pack", repository.target("pack"), NOW, repository.seated("pack").signed)
    for key in (zhao, own.signing_key("reviewer")):
        pack.sign(signer_of(key), append=True)
    repository.adopt(
        {"pack": pack}, {"pack.json": repository.target("pack")}, signer_of(own.machine_key("online")), NOW
    )
    for village in (VILLAGE, OTHER):
        note = parse(own.log(village).note())
        own.log(village).signed_again(
            Note(note.text, (zhao.signature(note.text), note.signatures[1])).render()
        )
    return own


def test_signatures_of_after_a_rotation_come_too(own, old, tmp_path):
    """The same checkpoint, signed by those who sit there now: what the kiosks judge by (settled 54)."""
    own = rotated(own)
    brought_back(old, tmp_path / "new", own)
    restored = open_county(tmp_path / "new")
    believed = restored.trust().verified(VILLAGE, restored.log(VILLAGE).note())
    assert believed.root == own.log(VILLAGE).state().root


def test_a_key_that_has_gone_extends_no_log_that_was_signed_again(own, old, tmp_path):
    """Whoever stole the keys of before shows a longer log of theirs at the hour of restoring: it is not taken."""
    robbed = shutil.copytree(own.folder, tmp_path / "robbed")
    own = rotated(own)
    later = backup(own, tmp_path / "disk", WORDS, NOW + DAY).path
    published(opened(robbed), [row(8)], "2025-02")
    shutil.rmtree(robbed / "feed" / "trust")
    shutil.copytree(own.feed / "trust", robbed / "feed" / "trust")
    restore(later, tmp_path / "new", WORDS)
    with pytest.raises(OneSignatureOnly):
        confirm(tmp_path / "new", [FolderSource(robbed / "feed")])
    confirm(tmp_path / "new", [FolderSource(own.feed)])


@pytest.mark.parametrize("first", ["own", "robbed"])
def test_what_todays_seats_signed_stands_before_a_longer_log_of_a_gone_key(own, old, tmp_path, first):
    """Also where the backup is of before the change: whoever shows more under stolen keys is not believed more."""
    robbed = copied(own, tmp_path / "robbed")
    own = rotated(own)
    published(robbed, [row(8)], "2025-02")
    shutil.rmtree(robbed.feed / "trust")
    shutil.copytree(own.feed / "trust", robbed.feed / "trust")
    restore(old, tmp_path / "new", WORDS)
    shown = [FolderSource(one.feed) for one in ((own, robbed) if first == "own" else (robbed, own))]
    assert confirm(tmp_path / "new", shown).events == 0
    assert open_county(tmp_path / "new").log(VILLAGE).note() == own.log(VILLAGE).note()


def test_a_county_without_its_roots_is_told_so_at_the_backup(own, tmp_path):
    """Founded and its trust not yet: the way on is named, not a disk that would be full."""
    shutil.rmtree(own.feed / "trust")
    with pytest.raises(TrustNotFounded):
        backup(own, tmp_path / "disk", WORDS, NOW)
    assert not list((tmp_path / "disk").iterdir())


@pytest.mark.parametrize("before_the_night", [True, False])
def test_a_county_that_died_before_it_signed_again_comes_back(own, tmp_path, before_the_night):
    """The publisher's key was revoked, and pack and lists not signed again yet, at the backup or since: it opens."""
    made = None if before_the_night else backup(own, tmp_path / "disk", WORDS, NOW).path
    zhao = new_key(f"{own.settings.origin_prefix}/zhao")
    seats = tuple(
        Seat(person="zhao", office="publisher", key=str(zhao.verifier)) if one.office == "publisher" else one
        for one in Repository(own.feed).said.seats
    )
    own = stated(own, NOW + DAY, seats=seats)
    brought_back(made or backup(own, tmp_path / "disk", WORDS, NOW + DAY).path, tmp_path / "new", own)
    restored = open_county(tmp_path / "new")
    assert restored.said.seats == seats
    assert lapsed(restored, "pack") is not None
    feed = {name: data for name, data in files(own.folder).items() if name.startswith("feed/")}
    assert {name: data for name, data in files(tmp_path / "new").items() if name.startswith("feed/")} == feed


def test_a_pack_that_no_two_seats_signed_is_not_taken_in(own, old, tmp_path):
    """A site that was broken into shows a pack without one of its signatures: the folder stays closed."""
    site = shutil.copytree(own.feed, tmp_path / "site")
    path = next((site / "trust" / "metadata").glob("*.pack.json"))
    told = json.loads(path.read_bytes())
    path.write_bytes(json.dumps(told | {"signatures": told["signatures"][:1]}).encode())
    restore(old, tmp_path / "new", WORDS)
    for bad in (path.read_bytes(), b"{}", b"<html>"):
        path.write_bytes(bad)
        with pytest.raises(PublishedOlder):
            confirm(tmp_path / "new", [FolderSource(site)])
    with pytest.raises(NotConfirmed):
        open_county(tmp_path / "new")


def test_every_statement_there_was_comes_too(own, old, tmp_path):
    """Seats changed twice since the backup; checkpoints that wait to be signed again are vouched for by the earlier ones."""
    zhao = new_key(f"{own.settings.origin_prefix}/zhao")
    seats = tuple(
        Seat(person="zhao", office="publisher", key=str(zhao.verifier)) if one.office == "publisher" else one
        for one in Repository(own.feed).said.seats
    )
    beats = (str(new_key("another/heartbeat").verifier),)
    own = stated(own, heartbeat=beats)
    own = stated(own, witnesses=(str(new_key("w").verifier),))
    assert len(list(Repository(own.feed).earlier())) == 4
    brought_back(old, tmp_path / "new", own)
    assert list(Repository(tmp_path / "new" / "feed").earlier()) == list(Repository(own.feed).earlier())
    own = stated(own, seats=seats)
    backup(own, tmp_path / "disk", WORDS, NOW + DAY)
    assert vouched(own, VILLAGE, own.log(VILLAGE).note()).size == 6
    note = parse(own.log(VILLAGE).note())
    with pytest.raises(WrongKey):
        vouched(own, VILLAGE, Note(note.text, note.signatures[:1]).render())


def test_statements_that_the_roots_did_not_sign_are_refused(own, old, tmp_path):
    """A site that was broken into puts a statement of its own between two true ones."""
    own = stated(stated(own), witnesses=(str(new_key("w").verifier),))
    false = shutil.copytree(own.feed, tmp_path / "false")
    between = sorted((false / "trust" / "metadata").glob("*.targets.json"))[-2]
    made = json.loads(between.read_bytes())
    made["signed"]["expires"] = "2099-01-01T00:00:00Z"
    between.write_text(json.dumps(made))
    restore(old, tmp_path / "new", WORDS)
    with pytest.raises(PublishedOlder):
        confirm(tmp_path / "new", [FolderSource(false)])
    confirm(tmp_path / "new", [FolderSource(own.feed)])


def test_a_publication_under_way_is_waited_for(own, tmp_path, monkeypatch):
    """A log is copied while nobody writes there: never half of a publication; too long a wait is told."""
    held = own.writing((VILLAGE,))
    held.__enter__()
    with pytest.raises(CountyBusy):
        backup(own, tmp_path / "disk", WORDS, NOW, patience_s=0)
    monkeypatch.setattr("sync.county.backup.backup.time.sleep", lambda _: held.__exit__(None, None, None))
    assert backup(own, tmp_path / "disk", WORDS, NOW).found.logs == 2


def test_a_county_that_moved_is_silent_where_it_was(own, tmp_path):
    """The old machine closes before the backup is made, may make it again, and never speaks; the new one does."""
    path = moved(own.folder, tmp_path / "stick", WORDS, NOW).path
    with pytest.raises(MovedAway):
        open_county(own.folder)
    again = moved(own.folder, tmp_path / "stick", WORDS, NOW + DAY).path
    assert again != path
    brought_back(again, tmp_path / "new", own)
    published(opened(tmp_path / "new"), [row(8)], "2025-02")
    restore(path, tmp_path / "unsure", WORDS)
    with pytest.raises(NotConfirmed):
        moved(tmp_path / "unsure", tmp_path / "stick", WORDS, NOW)


def test_a_desk_that_was_open_as_the_county_moved_publishes_no_more(own, tmp_path):
    """It was opened before the folder was closed, and would fork every log on the new machine."""
    desk = opened(own.folder)
    path = moved(own.folder, tmp_path / "stick", WORDS, NOW).path
    with pytest.raises(MovedAway):
        published(desk, [row(8)], "2025-02")
    brought_back(path, tmp_path / "new", own)
    published(opened(tmp_path / "new"), [row(9)], "2025-02")


def test_a_county_that_moved_is_not_confirmed_back(own, tmp_path):
    """Its feed lies there, whole and newest: that opens what was restored, and never what was left."""
    moved(own.folder, tmp_path / "stick", WORDS, NOW)
    with pytest.raises(MovedAway):
        confirm(own.folder, [FolderSource(own.feed)])
    with pytest.raises(MovedAway):
        open_county(own.folder)


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


def test_the_commands_say_what_they_did_and_what_to_do(own, tmp_path):
    """Back up, restore, confirm, move: each ends with what comes next; no passphrase is on a command line or told.

    It is the first line of its file, also as Windows saves it.
    """
    (tmp_path / "pass").write_text(WORDS + "\n")
    secret, disk = ["--passphrase-file", str(tmp_path / "pass")], tmp_path / "disk"

    def run(*words, code=0):
        done = CliRunner().invoke(county_command, [*map(str, words)])
        assert done.exit_code == code, done.output
        assert WORDS not in done.output
        return done.output

    told = run("backup", "--folder", own.folder, "--to", disk, *secret)
    assert "试恢复核对无误：2 个村" in told
    path = next(disk.glob("*.backup"))
    told = run("restore", path, "--to", tmp_path / "new", *secret)
    assert f"county restore --confirm --to {tmp_path / 'new'}" in told
    assert "可以照常办理" in run("restore", "--confirm", "--to", tmp_path / "new", "--published", own.feed)
    run("restore", path, "--to", tmp_path / "new", *secret, code=2)
    run("restore", "--to", tmp_path / "new", code=2)
    run("restore", path, "--to", tmp_path / "x", code=2)
    run("restore", "--confirm", "--to", tmp_path / "new", code=2)
    (tmp_path / "pass").write_bytes(f"\ufeff{WORDS}\r\nof the cellar\r\n".encode())
    run("restore", path, "--to", tmp_path / "notepad", *secret)
    assert "什么都没有恢复" in run(
        "restore", path, "--to", tmp_path / "x", "--passphrase-file", own.folder / "county.toml", code=2
    )
    (own.folder / "people.sqlite3").unlink()
    run("move", "--folder", own.folder, "--to", disk, *secret, code=2)
    run("move", "--folder", own.folder, "--to", disk, *secret, "--as", "nobody", code=2)
    run("status", "--folder", own.folder, code=1)
    told = run("move", "--folder", own.folder, "--to", disk, *secret, "--as", "li")
    assert "请到新机器上" in told
    assert "已经在" in run("status", "--folder", own.folder, code=2)


def test_a_village_that_nobody_published_to_needs_no_proof(own, old, tmp_path):
    """The pack lists it, the site has nothing of it, nor has the backup."""
    assert len(own.pack.villages) > 2
    assert brought_back(old, tmp_path / "new", own).villages == ()


def test_a_log_that_the_site_lost_is_not_taken_for_empty(own, old, tmp_path):
    """A file that is missing says nothing of what was published."""
    (own.feed / "v" / OTHER / "checkpoint").unlink()
    restore(old, tmp_path / "new", WORDS)
    with pytest.raises(NewestUnseen):
        confirm(tmp_path / "new", [FolderSource(own.feed)])


def test_another_format_of_the_closing_is_closed_all_the_same(own):
    """A newer program closed it: an older one does not open it."""
    (own.folder / "closed.json").write_bytes(msgspec.json.encode({"format": "county-closed/2"}))
    with pytest.raises(NotConfirmed):
        open_county(own.folder)


def test_backups_of_a_clock_that_was_ahead_go_first(own, tmp_path):
    """Their days say nothing: as many true ones are kept as there have been nights since."""
    for day in (400, 401, 402, 0, 1, 2):
        backup(own, tmp_path / "disk", WORDS, NOW + day * DAY, keep=3)
    names = sorted(path.name for path in (tmp_path / "disk").iterdir())
    assert len(names) == 3
    assert all(f"{NOW + day * DAY:%Y%m%d}" in name for day, name in enumerate(names))


def test_the_longer_log_counts_where_the_same_two_sat_before(own, old, tmp_path):
    """Li went and came back with the same key: what a kiosk that slept shows is by today's two, and is not the newest."""
    third = "330590100203"
    published(own, [row(1, village=third)], "2025-02")
    behind = shutil.copytree(own.feed, tmp_path / "behind")
    first, key = own.said.seats, new_key(f"{own.settings.origin_prefix}/zhao")
    zhao = Seat(person="zhao", office="publisher", key=str(key.verifier))
    theirs = open_county(stated(own, seats=(zhao, *first[1:])).folder)
    signers = Signer(person="zhao", office="publisher", key=key), own.signer("reviewer")
    theirs = msgspec.structs.replace(theirs, acting="zhao", signers=signers)
    published(theirs, [row(2, village=third)], "2025-03")
    stated(theirs, seats=first)
    restore(old, tmp_path / "new", WORDS)
    confirm(tmp_path / "new", [FolderSource(behind), FolderSource(own.feed)])
    assert open_county(tmp_path / "new").log(third).state() == theirs.log(third).state()


def test_a_restored_county_proposes_packs_again(own, tmp_path):
    """Of two packs published since the backup the county has the newest; the history has a gap, and goes on."""
    path = own.folder / "pack" / "pack.toml"

    def packed_again(version):
        path.write_text(
            re.sub('version = "[^"]*"', f'version = "{version}"', path.read_text("utf-8")), "utf-8"
        )
        repacked(own, NOW)

    packed_again("2026-11")
    made = backup(own, tmp_path / "disk", WORDS, NOW).path
    packed_again("2026-12")
    packed_again("2026-13")
    brought_back(made, tmp_path / "new", own)
    told = [one.version for one in published_packs(open_county(tmp_path / "new"))]
    assert (told[-2:], "2026-12" in told) == (["2026-11", "2026-13"], False)
