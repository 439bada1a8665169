"""The county's folder is carried away every night, and comes back without forking (backups)."""

from __future__ import annotations

import re
import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import msgspec
import pytest
from click.testing import CliRunner

from kiosk_server.cli import county_command
from sync.carriers.folder import FolderSource
from sync.carriers.http import HttpSource
from sync.county.backup.backup import backup, moved
from sync.county.backup.closed import MovedAway, NotConfirmed
from sync.county.backup.confirm import confirm
from sync.county.backup.errors import (
    NewestUnseen,
    PublishedOlder,
    TrustUnseen,
)
from sync.county.backup.restore import restore
from sync.county.county import CountyBusy, open_county
from sync.county.heartbeat import beat
from sync.county.packs.history import published_packs
from sync.county.publish import changes, publisher
from sync.county.publish.amendments import VillageNotNamed
from sync.county.resigning import lapsed
from sync.log.keys import new_key
from sync.trust.repository import Repository
from sync.trust.statement import Seat
from sync.trust_layout import OF_ONE_KIOSK
from tests.backup.restored import DAY, WORDS, brought_back, files, one_kiosks
from tests.founding import opened, repacked
from tests.line.beating import stated
from tests.line.county_sim import NOW, OTHER, VILLAGE, published, row
from tests.village import REASON

pytestmark = pytest.mark.thorough


def erased(where, rec):
    made = changes.erase(where, VILLAGE, rec, REASON, NOW)
    publisher.review(where, made.id, NOW)
    publisher.publish(where, made.id, NOW)


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


def test_what_was_erased_since_does_not_come_back(own, old, tmp_path):
    """The erasure is published, so restoring carries it out again: in the log, and in what waited or was kept."""
    name = "甲" + chr(0x4E02)
    erased(own, "330590-farmland_fertility-2025-01-0003")
    brought_back(old, tmp_path / "new", own)
    restored = open_county(tmp_path / "new")
    assert not any(name.encode() in line for line in restored.log(VILLAGE).lines())
    assert not any(name.encode() in data for data in files(tmp_path / "new").values())
    assert list(restored.log(VILLAGE).lines()) == list(own.log(VILLAGE).lines())


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
