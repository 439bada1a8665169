"""Whom a kiosk trusts is kept beside its events, so that a county which lost everything can go on from it."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import tempfile
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk_server.archive.archive import Archive
from kiosk_server.archive.engines.connection import writer
from kiosk_server.archive.kept.events import KeptEvents
from kiosk_server.archive.kept.vault import NotKept
from kiosk_server.desk.inspecting import Inspector
from kiosk_server.desk.keeping import keep_source
from sync.carriers.folder import FolderSource
from sync.trust.client import learn
from sync.trust.repository import signer_of
from sync.trust_layout import OF_ONE_KIOSK, REGISTER, STATEMENT, target_at
from tests.trust.trust_house import NOW, House
from tests.village import PACK

pytestmark = [pytest.mark.thorough, pytest.mark.sqlite]

ACTS = {
    "say": lambda house, _: house.say(),
    "pack": lambda house, number: house.publish("pack", b"%d" % number, house.li, house.wang),
    "register": lambda house, number: house.publish("register", b"%d" % number, house.li, house.wang),
    "root": lambda house, _: house.adopt({"root": house.root_next(house.roots, house.online)}, {}),
    "renew": lambda house, _: house.repository.renew(signer_of(house.online), NOW),
}
"""What changes in a county's trust files."""


class Kiosk:
    """A county's feed, and what one of its kiosks learned of it and keeps."""

    def __init__(self, folder: Path):
        self.folder, self.house = folder, House(folder / "feed")
        self.store, self.kept = self.house.paired(), KeptEvents(folder / "events").trust

    def learns(self, of: Path | None = None, store=None):
        """Everything this machine (or another one) trusts after a pull from the county, or from a copy of it."""
        store = store or self.store
        source = FolderSource(of or self.folder / "feed")
        with tempfile.TemporaryDirectory(dir=self.folder) as scratch:
            done = asyncio.run(learn(source, store, NOW, Path(scratch), lambda *_: None))
        assert not done.refusals, done.refusals
        return store.files

    def names(self):
        return {path.relative_to(self.kept.folder).as_posix() for path in self.kept.folder.rglob("*.json")}


@contextmanager
def alarm():
    """Whoever waits at a pipe is woken, and fails."""
    before = signal.signal(signal.SIGALRM, _woken)
    signal.alarm(5)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _woken(*_):
    pytest.fail("it waits at the pipe")


@pytest.fixture
def kiosk(tmp_path):
    made = Kiosk(tmp_path)
    made.house.publish("pack", b"first", made.house.li, made.house.wang)
    made.kept.keep(made.learns())
    return made


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(sorted(ACTS)), max_size=8))
def test_what_is_kept_brings_another_machine_as_far_as_the_county(acts):
    """Whatever the county signed, one act a pull: who starts with the first root trusts the same by either."""
    with tempfile.TemporaryDirectory() as folder:
        kiosk = Kiosk(Path(folder))
        for number, act in enumerate(["pack", *acts]):
            ACTS[act](kiosk.house, number)
            assert kiosk.kept.keep(kiosk.learns()) == {}
        assert not list(kiosk.kept.strange(kiosk.store.files))
        assert kiosk.learns(kiosk.kept.folder.parent, kiosk.house.paired()) == kiosk.store.files
        statements = [name for name in kiosk.names() if name.endswith(STATEMENT)]
        assert len(statements) == acts.count("say") + 1
        assert len([name for name in kiosk.names() if "pack" in name or "snapshot" in name]) == 3


def test_a_copy_says_that_it_is_one_kiosks(kiosk):
    """Who reads it must not take a village that is missing for one that was never published to."""
    assert (kiosk.kept.folder / OF_ONE_KIOSK).read_text()


def test_what_was_kept_is_told_when_it_is_gone_or_changed(kiosk):
    """One file, or the timestamp; not what a pull has brought and nobody has written down yet."""
    for name in sorted(kiosk.names()):
        path = kiosk.kept.folder / name
        whole = path.read_bytes()
        path.unlink()
        assert kiosk.kept.keep(kiosk.store.files) == {name: "missing"}
        path.chmod(0o644)
        path.write_bytes(whole[:-1])
        assert kiosk.kept.keep(kiosk.store.files) == {name: "changed"}
        assert path.read_bytes() == whole
    kiosk.house.publish("pack", b"second", kiosk.house.li, kiosk.house.wang)
    assert kiosk.kept.keep(kiosk.learns()) == {}


def test_nothing_else_lies_there(kiosk):
    """A former statement is what its name says; half files go; what nobody trusted is for a person to look at."""
    ACTS["say"](kiosk.house, 1)
    kiosk.kept.keep(kiosk.learns())
    (half := kiosk.kept.folder / "metadata" / "3.pack.json.new").write_bytes(b"{")
    assert kiosk.kept.keep(kiosk.store.files) == {}
    assert not half.exists()
    now = kiosk.store.files[target_at(STATEMENT)]
    old = next(one for one in kiosk.kept.folder.rglob(f"*.{STATEMENT}") if one.read_bytes() != now)
    root = kiosk.kept.folder / "metadata" / "7.root.json"
    root.write_bytes((kiosk.kept.folder / "metadata" / "1.root.json").read_bytes())
    (stray := kiosk.kept.folder / "note").write_bytes(b"")
    old.chmod(0o644)
    old.write_bytes(b"{}")
    assert {*kiosk.kept.strange(kiosk.store.files)} == {old, root, stray}


def test_roots_that_were_passed_in_one_pull_are_kept(kiosk):
    """A kiosk that slept through two changes of the root: whoever starts with the first needs the one between."""
    for number in (1, 2):
        ACTS["root"](kiosk.house, number)
    kiosk.kept.keep(kiosk.learns())
    ACTS["renew"](kiosk.house, 3)
    kiosk.kept.keep(kiosk.learns())
    learned = kiosk.learns(kiosk.kept.folder.parent, kiosk.house.paired())
    assert learned == kiosk.store.files
    assert not list(kiosk.kept.strange(learned))


def test_another_root_leads_into_no_older_one(kiosk, tmp_path):
    """`kiosk pair --new-root`: the county began anew at one, and a root two of before still lay here."""
    for number, act in enumerate(["root", "say", "root"]):
        ACTS[act](kiosk.house, number)
        kiosk.kept.keep(kiosk.learns())
    anew = House(tmp_path / "anew")
    anew.publish("pack", b"again", anew.li, anew.wang)
    files = kiosk.learns(tmp_path / "anew", anew.paired())
    kiosk.kept.keep(files)
    assert kiosk.learns(kiosk.kept.folder.parent, anew.paired()) == files
    assert not list(kiosk.kept.strange(files))


def test_a_file_that_is_nested_without_end_is_told(kiosk):
    """It stops no inspection, in a file's place or beside."""
    nested = b'{"signed":{"x":' + b"[" * 200_000
    (beside := kiosk.kept.folder / "metadata" / "9.root.json").write_bytes(nested)
    assert [*kiosk.kept.strange(kiosk.store.files)] == [beside]
    (path := kiosk.kept.folder / "metadata" / "timestamp.json").unlink()
    path.write_bytes(nested)
    assert kiosk.kept.keep(kiosk.store.files) == {"metadata/timestamp.json": "changed"}


def test_a_pipe_in_a_files_place_holds_nothing_up(kiosk):
    """It is told and leaves its place."""
    (path := kiosk.kept.folder / "metadata" / "timestamp.json").unlink()
    os.mkfifo(path)
    with alarm():
        assert kiosk.kept.keep(kiosk.store.files) == {"metadata/timestamp.json": "changed"}
    assert path.is_file()


def test_what_lies_where_the_folder_should_be_is_told(kiosk):
    """A file called `trust` is somebody's: nothing can be kept there, and a person must look."""
    shutil.rmtree(kiosk.kept.folder)
    kiosk.kept.folder.write_bytes(b"")
    with pytest.raises(NotKept):
        kiosk.kept.keep(kiosk.store.files)
    assert [*KeptEvents(kiosk.kept.folder.parent).strange(())] == [kiosk.kept.folder]


def test_before_the_first_word_of_the_county_nothing_is_kept(kiosk):
    """A root alone says who may speak, not what was said."""
    assert kiosk.kept.keep(kiosk.house.paired().files) == {}
    assert any(name.endswith(".pack.json") for name in kiosk.names())


@pytest.mark.anyio
async def test_files_of_trust_that_somebody_changed_are_not_kept(kiosk, tmp_path):
    """The copy stays what it was, until the archive's own hold again."""
    events, database = KeptEvents(tmp_path / "events"), tmp_path / "archive.sqlite3"
    before = {name: (kiosk.kept.folder / name).read_bytes() for name in kiosk.names()}
    async with Archive(database, PACK, minimum_free_mb=0) as archive:
        await archive.trust(kiosk.store.files, NOW)
        with closing(writer(database)) as db:
            db.execute(
                "UPDATE trust_file SET content=CAST('{}' AS BLOB) WHERE name=?", (target_at("pack.json"),)
            )
        assert await keep_source(events, archive) is None
        assert {name: (kiosk.kept.folder / name).read_bytes() for name in kiosk.names()} == before
        await archive.trust({**kiosk.store.files, target_at(REGISTER): b"{}"}, NOW + timedelta(days=1))
        assert await keep_source(events, archive) is None
    assert len(kiosk.names()) == len(before) + 1


class Overtaken:
    """An archive into which a pull brings newer files while an inspection reads it."""

    def __init__(self, kiosk):
        self.kiosk, self.before, self.asked = kiosk, dict(kiosk.store.files), 0

    async def trust_holds(self):
        return True

    async def trusted(self):
        self.asked += 1
        if self.asked > 1:
            return self.kiosk.store.files
        self.kiosk.house.publish("pack", b"second", self.kiosk.house.li, self.kiosk.house.wang)
        self.kiosk.kept.keep(await asyncio.to_thread(self.kiosk.learns))
        return self.before


@pytest.mark.anyio
async def test_a_pull_during_the_inspection_is_no_damage(kiosk):
    """What it wrote down stays, and nothing is told."""
    events = KeptEvents(kiosk.kept.folder.parent)
    look = Inspector(road=None, archive=Overtaken(kiosk), keeping=None, events=events, printed=())
    assert await look._trust() == []
    learned = await asyncio.to_thread(kiosk.learns, events.folder, kiosk.house.paired())
    assert learned[target_at("pack.json")] == b"second"
