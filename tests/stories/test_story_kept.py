"""What a village's machine keeps for inspection: each print with its digest, the events themselves, every night."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import sqlite3
from contextlib import closing
from copy import copy
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pypdfium2
import pytest
from click.testing import CliRunner

from boards.model.kept.register import Act
from kiosk_server.archive.engines.connection import reader, writer
from kiosk_server.archive.kept.events import KeptEvents, logs_kept
from kiosk_server.archive.kept.vault import Vault
from kiosk_server.archive.reserve import DiskNotWritable
from kiosk_server.cli import kiosk_command
from kiosk_server.kiosk import data, database, open_register, open_vault
from kiosk_server.settings import read_settings
from tests.line.county_sim import ADULT, VILLAGE, county, published, row
from tests.stories.test_story_erased import BATCH, Kiosk, said_in

pytestmark = pytest.mark.thorough

ROWS = 40  # two pages


@pytest.fixture(scope="module")
def founded(tmp_path_factory):
    """A county with one list over two pages."""
    where = county(tmp_path_factory.mktemp("kept") / "county")
    published(where, [row(n, holder=f"户{n:03d}") for n in range(ROWS)])
    return where


@pytest.fixture
def kiosk(founded, tmp_path, new_database, kept_fonts):
    found = Kiosk(founded, tmp_path, new_database, kept_fonts)
    found.run("sync")
    return found


def prints(kiosk):
    return [one for one in open_register(kiosk.settings).entries(VILLAGE) if one.act is Act.PRINT]


def test_a_print_is_kept_and_written_down(kiosk, tmp_path, monkeypatch):
    """The register names list, edition, number and digest; under it lies the very file, and printing again adds nothing."""
    assert "1 份" in kiosk.run("print")
    head = kiosk.sheet()
    (file,) = (kiosk.data / "print").iterdir()
    (one,) = prints(kiosk)
    assert (one.record, one.edition, one.code, one.title, one.digest, one.year, one.kind) == (
        BATCH,
        1,
        head.code,
        head.title,
        head.digest,
        2025,
        "list",
    )
    pdf = open_vault(kiosk.settings).read(one.sha256)
    assert pdf == file.read_bytes()
    assert one.sha256 == hashlib.sha256(pdf).hexdigest()
    assert (one.size_bytes, one.pages, one.name) == (len(pdf), len(pypdfium2.PdfDocument(pdf)), file.name)
    assert not one.suspect
    minute = datetime.fromisoformat(one.at)
    monkeypatch.setattr("kiosk_server.cli.kiosk.print.clock", lambda: minute)
    assert "1 份" in kiosk.run("print", "--into", tmp_path / "once_more")
    assert prints(kiosk) == [one]
    kiosk.run("print", "--into", tmp_path / "large", "--paper", "a3")
    assert [len(one.name.split("_A3_")) for one in prints(kiosk)] == [1, 2]


def test_no_folder_is_noted_that_is_called_after_a_number(kiosk, tmp_path):
    """Where sheets were printed to is kept and told: refused before anything is drawn."""
    said = kiosk.run("print", "--into", tmp_path / f"甲{ADULT}")
    assert ("--into" in said, ADULT in said, [*tmp_path.glob("甲*")]) == (True, False, [])
    assert not (kiosk.data / "printed").exists()
    assert prints(kiosk) == []


def test_a_doubted_clock_stands_beside_what_it_says(kiosk, monkeypatch):
    """A print made while the clock is suspect is marked."""
    monkeypatch.setattr("kiosk_server.cli.kiosk.print.clock", lambda: datetime(2020, 1, 1, tzinfo=UTC))
    kiosk.run("print")
    assert [one.suspect for one in prints(kiosk)] == [True]


def test_a_sheet_for_the_printer_lasts_before_it_has_its_name(kiosk, monkeypatch):
    """Its bytes are flushed first: after a power cut no empty file passes for a sheet that is there already."""
    flushed, fsync = [], os.fsync

    def seen(handle):
        flushed.append(Path(f"/proc/self/fd/{handle}").readlink().suffix)
        fsync(handle)

    monkeypatch.setattr("os.fsync", seen)
    kiosk.run("print")
    assert ".part" in flushed


@pytest.mark.parametrize("full", ["vault.os.fsync", "register.Chain.append"])
def test_a_disk_without_room_prints_nothing_it_does_not_keep(kiosk, monkeypatch, full):
    """Neither a file for the printer nor a line in the register; once there is room, both."""
    with monkeypatch.context() as patched:
        patched.setattr(f"kiosk_server.archive.kept.{full}", _full)
        assert kiosk.run("print").startswith("✗")
    assert not list(kiosk.folder.rglob("*_*.pdf"))
    assert prints(kiosk) == []
    assert "1 份" in kiosk.run("print")
    assert len(prints(kiosk)) == len(list(open_vault(kiosk.settings).files())) == 1


def _full(*_):
    raise OSError(errno.ENOSPC, "No space left on device")


def files(kiosk):
    """Everything that is kept beside the database."""
    vault = [path for path in (kiosk.data / "vault").rglob("*") if path.is_file()]
    return sorted([*vault, kiosk.data / "register.chain"])


def flipped(path, _):
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    written(path, bytes(raw))


def deleted(path, _):
    path.unlink()


def renamed(path, _):
    path.rename(path.with_name(f"{path.name}x"))


def swapped(path, other):
    mine, theirs = path.read_bytes(), other.read_bytes()
    written(path, theirs)
    written(other, mine)


def truncated(path, _):
    written(path, path.read_bytes()[:-1])


def doubled(path, _):
    if path.suffix == ".chain":  # beside it anybody may keep a copy
        written(path, path.read_bytes() * 2)
        return
    path.with_name(f"{path.name}x").write_bytes(path.read_bytes())


def linked(path, _):
    if path.suffix == ".chain":  # a register may live on another disk
        path.unlink()
        return
    data = next(one for one in path.parents if one.name == "data")
    path.symlink_to(shutil.move(path, data.parent / path.name))


def led_nowhere(path, _):
    path.unlink()
    path.symlink_to(path)


def made_a_folder(path, _):
    path.unlink()
    path.mkdir()


def made_a_pipe(path, _):
    path.unlink()
    os.mkfifo(path)


def written(path, data):
    path.chmod(0o644)
    path.write_bytes(data)


FAULTS = (flipped, deleted, renamed, swapped, truncated, doubled)
NO_FILES = (linked, led_nowhere, made_a_folder, made_a_pipe)


@pytest.fixture(scope="module")
def grown(founded, tmp_path_factory, kept_fonts, new_database):
    """A kiosk with prints of two editions, one of them taken away by an erasure, that was inspected."""
    kiosk = Kiosk(founded, tmp_path_factory.mktemp("grown"), new_database, kept_fonts)
    kiosk.run("sync")
    kiosk.run("print")
    kiosk.run("print", "--paper", "a3")
    kiosk.act("erase")
    kiosk.run("sync")
    kiosk.run("print")
    kiosk.run("print", "--paper", "a3")
    assert inspected(kiosk) == (0, "well", [])
    return kiosk


def inspected(kiosk, *words):
    """Exit code, outcome, and what was found where."""
    done = CliRunner().invoke(
        kiosk_command, ["inspect", "--settings", str(kiosk.file), "--json", *words], catch_exceptions=False
    )
    said = json.loads(done.stdout)
    return done.exit_code, said["outcome"], [(one["what"], one["where"]) for one in said["found"]]


def copied(kiosk, folder):
    """The same kiosk in another folder, on the same county."""
    shutil.copytree(kiosk.folder, folder / "kiosk", symlinks=True)
    shutil.copytree(kiosk.folder.parent / "county", folder / "county")
    other = copy(kiosk)
    other.folder, other.file = folder / "kiosk", folder / "kiosk" / "kiosk.toml"
    other.settings = read_settings(other.file)
    other.data = data(other.settings)
    return other


@pytest.mark.sqlite
@pytest.mark.parametrize("fault", [*FAULTS, *NO_FILES], ids=lambda fault: fault.__name__)
def test_every_kept_file_that_is_touched_is_found(grown, tmp_path, fault):
    """One bit, gone, under another name, changed for another, cut, doubled: found, and well once it is set right.

    A link, a folder, a pipe in its place stops no inspection either.
    """
    count = len(files(grown))
    assert count >= 7
    for number in range(count):
        kiosk = copied(grown, tmp_path / str(number))
        path, other = files(kiosk)[number], files(kiosk)[number - 1]
        fault(path, other)
        code, outcome, found = inspected(kiosk)
        assert found, path.name
        assert (code, outcome) in {(1, "healed"), (2, "damaged")}, path.name
        for beside in kiosk.data.rglob("*x"):
            beside.unlink()
        if code == 1:
            assert inspected(kiosk) == (0, "well", []), path.name
        shutil.rmtree(kiosk.folder.parent)


def test_a_file_nobody_names_waits_for_a_person(kiosk):
    """Whole, and under its digest: neither register nor notice knows it. The doctor says so until it is gone."""
    assert "还没有核对过" in kiosk.run("doctor")
    with open_vault(kiosk.settings).laying(b"somebody's") as digest:
        pass
    assert inspected(kiosk) == (2, "damaged", [("extra", "file")])
    assert "登记簿和公告里都没有它" in kiosk.run("inspect")
    assert "✗ 留存" in kiosk.run("doctor")
    open_vault(kiosk.settings).path(digest).unlink()
    assert inspected(kiosk) == (0, "well", [])
    assert "✓ 留存" in kiosk.run("doctor")
    ended = [one.outcome for one in open_register(kiosk.settings).entries(VILLAGE) if one.act is Act.INSPECT]
    assert ended == ["damaged", "damaged", "well"]


def test_a_print_that_is_nowhere_else_is_named(kiosk, tmp_path):
    """Its copy in the folder for the printer brings it back; without that the record is told, and what to do."""
    kiosk.run("print", "--into", tmp_path / "stick")
    (one,) = prints(kiosk)
    vault = open_vault(kiosk.settings)
    vault.path(one.sha256).unlink()
    assert inspected(kiosk) == (1, "healed", [("missing", "print")])
    flipped(vault.path(one.sha256), None)
    shutil.rmtree(tmp_path / "stick")
    told = kiosk.run("inspect")
    assert f"✗ 打印件的存档被改动过（{VILLAGE}、{BATCH}、{one.title}）：请把原文件放回" in told
    assert inspected(kiosk) == (2, "damaged", [("changed", "print")])


def test_a_look_into_the_folders_for_the_printer_finds_what_must_not_hang(kiosk):
    """Somebody edited the file that waits for the printer: only `--deep` reads it."""
    kiosk.run("print")
    (file,) = (kiosk.data / "print").iterdir()
    flipped(file, None)
    assert inspected(kiosk)[0] == 0
    assert inspected(kiosk, "--deep") == (2, "damaged", [("changed", "folder")])


def test_a_disk_that_takes_nothing_is_not_told_as_a_full_one(kiosk, monkeypatch):
    """It is told as what it is; and an inspection that cannot bring a print back says so, and goes on."""
    kiosk.run("print")
    (one,) = prints(kiosk)
    open_vault(kiosk.settings).path(one.sha256).unlink()
    with monkeypatch.context() as patched:
        patched.setattr("kiosk_server.archive.kept.vault.os.fsync", _fails)
        told = kiosk.run("print", "--into", kiosk.folder / "elsewhere")
        assert ("（disk-not-writable）" in told, "磁盘空间不足" in told) == (True, False), told
    with monkeypatch.context() as patched:
        patched.setattr("kiosk_server.archive.kept.vault.Vault._laid", _worn_out)
        assert inspected(kiosk) == (2, "damaged", [("missing", "print")])
    assert inspected(kiosk) == (1, "healed", [("missing", "print")])


def _fails(*_):
    raise OSError(errno.EIO, "Input/output error")


def _worn_out(*_):
    raise DiskNotWritable(why="Input/output error")


def test_a_list_of_folders_with_odd_bytes_stops_nothing(kiosk):
    """The folders that sheets were printed into: one line is in no encoding, the others count all the same."""
    (kiosk.data / "printed").write_bytes(b"/media/\xff\xfe\n")
    kiosk.run("print", "--into", kiosk.folder / "stick")
    shutil.rmtree(kiosk.data / "vault" / prints(kiosk)[0].sha256[:2])
    assert inspected(kiosk) == (1, "healed", [("missing", "print")])


def test_an_old_kiosk_writes_its_bundles_at_the_first_inspection(kiosk):
    """Nothing is amiss then; the second time their loss is told, and they are written again from the log."""
    shutil.rmtree(kiosk.data / "vault" / "events")
    assert inspected(kiosk) == (0, "well", [])
    shutil.rmtree(kiosk.data / "vault" / "events")
    assert inspected(kiosk) == (1, "healed", [("missing", "events")] * 2)
    (stray := kiosk.data / "vault" / "events" / "stray").write_bytes(b"")
    assert inspected(kiosk) == (2, "damaged", [("extra", "events")])
    stray.unlink()


@pytest.mark.sqlite
def test_a_database_edited_by_hand_is_set_right_without_the_county(kiosk):
    """A leaf, a row and a line of the register changed: found, and healed from the bundles and the file."""
    kiosk.run("print")
    kiosk.run("inspect")
    with closing(writer(database(kiosk.settings))) as db:
        db.execute("UPDATE leaf SET body = CAST(replace(body, '户', '尸') AS BLOB) WHERE id = 4294967297")
        db.execute("DELETE FROM register_line WHERE id = 1")
    (kiosk.folder.parent / "county" / "feed").rename(kiosk.folder.parent / "away")
    assert "已重新取回并核对" in kiosk.run("inspect")
    assert inspected(kiosk) == (0, "well", [])


PUT_IN = {  # statements of somebody at the database
    "register row 0": "INSERT INTO register_line (id, line) VALUES (0, x'41')",
    "register row below 0": "INSERT INTO register_line (id, line) VALUES (-5, x'41')",
    "register row far off": "INSERT INTO register_line (id, line) VALUES (9223372036854775807, x'41')",
    "register row of text": "INSERT INTO register_line (line) VALUES ('x')",
    "second machine": "INSERT INTO state (id, version, trusted_floor) VALUES (2, 0, '')",
    "a log": "INSERT INTO log (id, origin, village, frontier, note) VALUES (9, 'o', '330590100202', x'', x'')",
    "log renamed": "UPDATE log SET origin = origin || 'x'",
    "log named in bytes": "UPDATE log SET origin = CAST(origin AS BLOB)",
    "log of no village": "UPDATE log SET village = ''",
    "log with a huge number": "UPDATE log SET id = 9000000000000000000",
    "log without end": "UPDATE log SET size = 9000000000000000000",
    "checkpoint as text": "UPDATE log SET note = 'hello'",
    "frontier as text": "UPDATE log SET frontier = 'hello'",
}


@pytest.mark.sqlite
@pytest.mark.parametrize("statement", PUT_IN.values(), ids=PUT_IN)
def test_what_is_put_into_the_database_is_told_once(grown, tmp_path, statement):
    """Rows nobody reads, a log renamed, a cell of another kind: the night tells it and sets it right, the next is well."""
    kiosk = copied(grown, tmp_path)
    with closing(sqlite3.connect(database(kiosk.settings), isolation_level=None)) as db:
        db.execute(statement)
    assert inspected(kiosk)[:2] == (1, "healed")
    assert inspected(kiosk) == (0, "well", [])


@pytest.mark.sqlite
def test_an_archive_made_anew_is_no_night_like_any_other(kiosk):
    """Words, `--json`, exit code and the line in the register say the same, on a kiosk that never printed too."""
    with closing(sqlite3.connect(database(kiosk.settings), isolation_level=None)) as db:
        db.execute("CREATE TABLE notes (mine)")
    assert inspected(kiosk) == (1, "healed", [("changed", "archive")])
    assert [one.outcome for one in open_register(kiosk.settings).entries(VILLAGE)] == ["healed"]
    assert inspected(kiosk) == (0, "well", [])


def test_a_print_laid_down_while_the_vault_is_read_is_nobodys_fault(kiosk, monkeypatch):
    """Half a file that the register does not name yet is no stranger; one that is taken away is not missed."""
    kiosk.run("print")
    (one,) = prints(kiosk)
    vault, read = open_vault(kiosk.settings), Vault.files

    def files(self):
        half = vault.path(one.sha256).with_name(f"{'ab' * 32}.new")
        gone = vault.path(one.sha256).with_name(f"{one.sha256[:2]}{'ab' * 31}")
        for path in (half, gone):
            path.write_bytes(b"")
        found = [*read(self)]
        for path in (half, gone):
            path.unlink()
        return iter(found)

    with monkeypatch.context() as patched:
        patched.setattr(Vault, "files", files)
        assert inspected(kiosk) == (0, "well", [])


def test_a_file_with_a_name_in_no_script_is_told(kiosk):
    """Bytes that are no text: told all the same, as words and for programs."""
    kiosk.run("print")
    (stray := Path(os.fsdecode(os.fsencode(kiosk.data / "vault") + b"/\xff\xfe"))).write_bytes(b"")
    assert inspected(kiosk) == (2, "damaged", [("extra", "file")])
    assert "\N{REPLACEMENT CHARACTER}" in kiosk.run("inspect")
    stray.unlink()


def test_bundles_grow_with_the_log(kiosk):
    """A narrower bundle gives way to the wider one, and a database that lost something takes none away."""
    events, where = kiosk.data / "vault" / "events" / "v" / VILLAGE, database(kiosk.settings)
    first = [path.name for path in events.rglob("*.gz")]
    kiosk.act("withdraw")
    kiosk.run("sync")
    (second,) = [path.name for path in events.rglob("*.gz")]
    assert first != [second]
    with closing(reader(where)) as db:
        log = logs_kept(db)[VILLAGE]
        short = log._replace(size=1, note=log.note.replace(b"\n43\n", b"\n1\n"))
        assert short.signed
        KeptEvents(kiosk.data / "vault" / "events").keep(db, short)
    assert [path.name for path in events.rglob("*.gz")] == [second]


@pytest.mark.parametrize("next_command", ["sync", "print", "inspect"])
def test_an_erasure_cut_off_behind_its_line_is_ended_at_the_next_start(kiosk, next_command):
    """The register says that the file goes, and it is still there: whatever runs next lets it go."""
    kiosk.run("print")
    (one,) = prints(kiosk)
    gone = msgspec.structs.replace(one, act=Act.ERASE, by="县农业农村局", reason="log#7")
    open_register(kiosk.settings).write(gone)
    kiosk.run(next_command)
    vault = open_vault(kiosk.settings)
    assert not vault.has(one.sha256)
    assert vault.stone(one.sha256).event == "log#7"


def test_a_tombstone_that_tells_another_story_is_written_again(kiosk):
    """Who had the file go, and by which act, is what the register says."""
    kiosk.run("print")
    (one,) = prints(kiosk)
    open_register(kiosk.settings).write(
        msgspec.structs.replace(one, act=Act.ERASE, by="县里", reason="log#7")
    )
    kiosk.run("inspect")
    vault = open_vault(kiosk.settings)
    vault.bury(msgspec.structs.replace(vault.stone(one.sha256), event="log#8"))
    assert inspected(kiosk) == (1, "healed", [("changed", "tombstone")])
    assert vault.stone(one.sha256).event == "log#7"


def test_an_erased_body_leaves_its_bundle_and_nothing_else_does(kiosk):
    """Also a bundle that is full and is not written again; what a power cut left beside it goes too."""
    (bundle,) = (kiosk.data / "vault" / "events").rglob("*.gz")
    before = said_in(bundle).splitlines()
    (half := bundle.with_name(f"{bundle.name}.new")).write_bytes(bundle.read_bytes())
    events = KeptEvents(kiosk.data / "vault" / "events")
    for _ in range(2):
        events.blank(VILLAGE, [5])
        after = said_in(bundle).splitlines()
        assert after[5] == before[5][: before[5].index(b',"b":')] + b',"b":null}'
        assert [*after[:5], *after[6:]] == [*before[:5], *before[6:]]
    assert not half.exists()
