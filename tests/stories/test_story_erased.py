"""Somebody is erased at the county: where a kiosk kept the name, and which paper the office takes down."""

import asyncio
import re
import shutil
from contextlib import closing
from copy import copy
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from boards.model.codes import grouped
from boards.model.payouts import Payout
from kiosk_server.cli import kiosk_command
from kiosk_server.demo import county as demo
from kiosk_server.desk import erasing
from kiosk_server.kiosk import data, database, open_kiosk
from kiosk_server.settings import read_settings
from sync.county.publish import changes, publisher
from sync.log.bundle import unpacked
from sync.wire import BUNDLE_LIMIT_BYTES
from tests.line.county_sim import VILLAGE, copied, county, published, row
from tests.line.killed_publication import full, killed, struck
from tests.trust.trust_house import paired
from tests.village import REASON, dump

pytestmark = pytest.mark.thorough

BATCH = "330590-farmland_fertility-2025-01"
NAME, RENAMED = "贾䶮㛃", "贾䶮㛃之子"
ERASED = 30  # on the second page
ROWS = 40


@pytest.fixture(scope="module")
def founded(tmp_path_factory):
    """A county with one list over two pages."""
    where = county(tmp_path_factory.mktemp("erased") / "county")
    published(where, [row(n, holder=NAME if n == ERASED - 1 else f"户{n:03d}") for n in range(ROWS)])
    return where


class Kiosk:
    """One kiosk of that county, worked through its commands."""

    def __init__(self, original, folder, new_database, kept_fonts):
        self.county, self.folder = copied(original, folder / "county"), folder / "kiosk"
        kept_fonts(self.folder / "data" / "press")
        toml = demo.kiosk_toml(self.county, demo.home_village(self.county, VILLAGE), "", 0, new_database())
        self.file = self.folder / "kiosk.toml"
        paired(self.file, toml.replace('url = ""', 'folder = "../county/feed"'), self.county)
        self.settings = read_settings(self.file)
        self.data = data(self.settings)

    def run(self, verb, *words):
        done = CliRunner().invoke(kiosk_command, [verb, "--settings", str(self.file), *map(str, words)])
        return done.output

    def act(self, verb, *about, now=datetime(2025, 11, 24, tzinfo=UTC)):
        made = getattr(changes, verb)(self.county, VILLAGE, f"{BATCH}-{ERASED:04d}", *about, REASON, now)
        publisher.review(self.county, made.id, now)
        publisher.publish(self.county, made.id, now)

    def sheet(self):
        with closing(self.opened()) as kiosk:
            (head,) = kiosk.board.sheets(VILLAGE)
            return head

    def opened(self):
        return open_kiosk(self.settings, lambda: datetime.now(UTC))

    def shown(self):
        """Somebody prints the newest edition at the screen, and hears a page."""
        with closing(self.opened()) as kiosk:
            whole = kiosk.board.whole(VILLAGE, BATCH)
            asyncio.run(kiosk.press.pdf(whole, datetime.now(UTC)))
            (kept := self.data / "press" / "speech").mkdir(exist_ok=True)
            (kept / f"{len(list(kept.iterdir())):040d}.mp3").write_bytes(NAME.encode())

    def named(self):
        """Files of the kiosk in whose bytes the name stands, and tables where it is said."""
        files = [path for path in self.folder.rglob("*") if path.is_file() and not path.is_symlink()]
        found = {path.name for path in files if NAME.encode() in said_in(path)}
        rows = {name: repr(rows) for name, rows in dump(database(self.settings)).items()}
        told = (NAME.encode(), repr(NAME.encode())[2:-1].encode())
        return found | {name for name, said in rows.items() if any(one in said.encode() for one in told)}

    def kept(self):
        """PDFs in the vault, and tombstones there."""
        found = [path for path in (self.data / "vault").glob("??/*") if path.is_file()]
        return {path.stem for path in found if not path.suffix}, {path.stem for path in found if path.suffix}

    def printed(self):
        """Codes of the printed files, here and in the other folder."""
        return {path.stem[-10:] for path in self.folder.parent.rglob("*_*.pdf")}


def said_in(path):
    """The bytes of a file, a bundle's as they were packed."""
    raw = path.read_bytes()
    return unpacked(raw, BUNDLE_LIMIT_BYTES) if path.name.endswith(".ndjson.gz") else raw


@pytest.fixture
def kiosk(founded, tmp_path, new_database, kept_fonts):
    return Kiosk(founded, tmp_path, new_database, kept_fonts)


def test_an_erased_name_leaves_every_file_of_a_kiosk_and_its_papers_are_named(kiosk, tmp_path):
    """Database, its log, printed files, kept PDFs, speech, web font; while a board is open all the time.

    Two editions named the person: both are told by title, short code and page, and what to hang instead.
    """
    kiosk.run("sync")
    first = kiosk.sheet()
    with closing(kiosk.opened()) as open_all_the_time:
        open_all_the_time.board.sheets(VILLAGE)
        kiosk.run("print")
        kiosk.shown()
        kiosk.act("correct", Payout(seq=1, holder=RENAMED, amount_fen=700))
        kiosk.run("sync")
        second = kiosk.sheet()
        kiosk.run("print", "--into", tmp_path / "stick")
        kiosk.shown()
        (tmp_path / "stick" / f"half_{second.code}.part").write_bytes(NAME.encode())
        (tmp_path / "stick" / "theirs.part").write_bytes(b"")
        kiosk.run("print", "--into", tmp_path / "away")
        (tmp_path / "away").rename(tmp_path / "taken")
        assert {"leaf", "household"} < kiosk.named()
        assert any(name.endswith(".ndjson.gz") for name in kiosk.named())
        shown, _ = kiosk.kept()
        assert len(shown) >= 2  # the same file again adds nothing, unless the minute has changed
        assert kiosk.printed() == {first.code, second.code}
        rare = kiosk.data / "press" / "rare"
        assert "U+4DAE" in (rare / f"{VILLAGE}.css").read_text()
        kiosk.act("erase")
        told = kiosk.run("sync")
        third = kiosk.sheet()
        assert kiosk.named() == set()
        assert kiosk.kept() == (set(), shown)
        assert all(NAME not in stone.read_text() for stone in kiosk.data.rglob("*.gone"))
        assert {path.parent.name for path in kiosk.folder.parent.rglob("*_*.pdf")} == {"taken"}
        assert [path for path in (kiosk.data / "press").rglob("*") if path.is_file()] == []
        assert [path.name for path in (tmp_path / "stick").iterdir()] == ["theirs.part"]
        assert f"打印件曾存到 {tmp_path / 'away'}，现在读不到" in told
        shutil.rmtree(tmp_path / "taken")
        if not kiosk.settings.database:
            assert (kiosk.data / "archive.sqlite3-wal").stat().st_size == 0
    lines = [line for line in told.splitlines() if "请取下" in line]
    assert len(lines) == 2
    for head, line in zip((first, second), lines, strict=True):
        assert f"{head.title}第 {head.edition} 版（短码 {grouped(head.code)}）全部各页" in line
        assert f"删去的是序号 {ERASED}，在第 2 页" in line
        assert f"换上第 3 版（短码 {grouped(third.code)}）" in line
    assert "请取下" not in kiosk.run("sync")
    assert kiosk.run("print").count("请取下") == 2
    assert kiosk.printed() == {third.code}
    assert "一致" in kiosk.run("verify")
    assert "✓ 删除：" in kiosk.run("doctor")


@pytest.mark.parametrize("stopped", ["forget", "blank", "bury", "_take_from_prints", "draw_rare", "_note"])
def test_an_erasure_that_was_stopped_on_a_kiosk_is_finished_by_the_next_pull(kiosk, monkeypatch, stopped):
    """A power cut at any step: the doctor says so, and the next pull does and tells all of it."""
    kiosk.run("sync")
    kiosk.run("print")
    kiosk.act("erase")
    where = {
        "forget": "kiosk_server.archive.archive.Archive.forget",
        "blank": "kiosk_server.archive.kept.events.KeptEvents.blank",
        "bury": "kiosk_server.archive.kept.vault.Vault.bury",
    }
    monkeypatch.setattr(where.get(stopped, f"kiosk_server.desk.erasing.{stopped}"), _power_cut)
    kiosk.run("sync")
    monkeypatch.undo()
    assert "✗ 删除：1 个村" in kiosk.run("doctor")
    assert kiosk.run("sync").count("请取下") == 1
    assert "✓ 删除：" in kiosk.run("doctor")
    assert kiosk.named() == set()
    assert kiosk.printed() == set()
    assert [len(files) for files in kiosk.kept()] == [0, 1]


@pytest.mark.faults
@pytest.mark.sqlite
@pytest.mark.parametrize("strike", [killed, full])
def test_struck_at_any_instant_a_kiosk_forgets_with_the_next_pull(kiosk, tmp_path, monkeypatch, strike):
    """Killed, or without room, at every thirteenth file that a pull touches: the next one brings it to its end."""
    monkeypatch.setattr("kiosk_server.cli.kiosk.sync.warm_fonts", _no_fonts)
    kiosk.run("sync")
    kiosk.run("print")
    kiosk.act("erase")
    times = 0
    for instant in range(1, 1000, 13):
        own = tmp_path / "struck" / str(instant)
        shutil.copytree(tmp_path / "county", own / "county")
        shutil.copytree(kiosk.folder, own / "kiosk", symlinks=True)
        one = copy(kiosk)
        one.folder, one.file = own / "kiosk", own / "kiosk" / "kiosk.toml"
        one.settings = read_settings(one.file)
        one.data = data(one.settings)
        code = struck(lambda one=one: one.run("sync"), instant, strike)
        assert code in {None, 0}
        one.run("sync")
        assert one.named() == set()
        assert [len(files) for files in one.kept()] == [0, 1]
        assert not list(one.folder.rglob("*_*.pdf"))
        assert "✓ 删除：" in one.run("doctor")
        shutil.rmtree(own)
        times += 1
        if strike is killed and code is not None:  # it came to its end
            break
        if strike is full and instant > 300:
            break
    assert times > 8


async def _no_fonts(*_):
    return None


def _power_cut(*_):
    raise KeyboardInterrupt


def test_a_list_taken_down_before_is_told_without_one_to_hang(kiosk):
    """The paper may hang though the list is gone from the screen; a kiosk that comes late tells it too."""
    kiosk.run("sync")
    first = kiosk.sheet()
    made = changes.withdraw_list(kiosk.county, VILLAGE, BATCH, REASON, datetime(2025, 11, 24, tzinfo=UTC))
    publisher.review(kiosk.county, made.id, datetime(2025, 11, 24, tzinfo=UTC))
    publisher.publish(kiosk.county, made.id, datetime(2025, 11, 24, tzinfo=UTC))
    kiosk.act("erase")
    told = kiosk.run("sync")
    assert re.search(rf"请取下并销毁：.*短码 {grouped(first.code)}）.*序号 30，在第 2 页.*；不再张贴", told)
    shutil.rmtree(kiosk.data)
    assert grouped(first.code) in kiosk.run("sync") or kiosk.settings.database


def test_a_busy_database_is_told_and_tried_again(kiosk, monkeypatch):
    """A reader that does not let go of an old state: the name may lie in the log, and nobody says it is gone."""
    kiosk.run("sync")
    kiosk.act("erase")

    async def busy(_archive):
        return False

    monkeypatch.setattr("kiosk_server.archive.archive.Archive.forget", busy)
    assert "not-forgotten" in kiosk.run("sync")
    monkeypatch.undo()
    assert "not-forgotten" not in kiosk.run("sync")
    assert "✓ 删除：" in kiosk.run("doctor")


def test_what_was_being_drawn_goes_with_the_pull_after(kiosk):
    """A sheet that came down onto the emptied shelves stays until the next pull, and nothing else is lost later."""
    kiosk.run("sync")
    old = kiosk.sheet().code
    kiosk.act("erase")
    kiosk.run("sync")
    late = [kiosk.data / "press" / "pdf" / "late.pdf", kiosk.folder / "print" / f"late_{old}.pdf"]
    for path in late:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"")
    assert "请取下" not in kiosk.run("sync")
    assert not any(path.exists() for path in late)
    late[0].write_bytes(b"")
    kiosk.run("sync")
    assert late[0].exists()


def test_a_disk_that_cannot_be_written_to_costs_a_pull_nothing(kiosk, tmp_path, monkeypatch):
    """Nothing was erased: the note of how far was looked is missed, and so is that of a folder printed into."""
    kiosk.run("sync")
    monkeypatch.setattr(erasing, "ERASED", "no/such/folder")
    monkeypatch.setattr(erasing, "PRINTED", "no/such/folder")
    assert "没有新内容" in kiosk.run("sync")
    assert "✓ 岭东村：1 份" in kiosk.run("print", "--into", tmp_path / "stick")
