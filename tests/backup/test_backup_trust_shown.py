"""A restored county's trust files: the newest that anybody shows, and all that leads to them."""

from __future__ import annotations

import json
import shutil

import pytest

from sync.carriers.folder import FolderSource
from sync.county.backup.backup import backup
from sync.county.backup.checked import vouched
from sync.county.backup.closed import NotConfirmed
from sync.county.backup.confirm import confirm
from sync.county.backup.errors import (
    PublishedOlder,
    TrustGap,
)
from sync.county.backup.restore import restore
from sync.county.county import open_county
from sync.log.keys import new_key
from sync.log.note import Note, parse
from sync.trust.repository import Repository, prepared_root, signer_of
from sync.trust.seats import WrongKey
from sync.trust.statement import Seat
from tests.backup.restored import DAY, WORDS, brought_back, one_kiosks, rotated
from tests.founding import repacked
from tests.line.beating import roots, stated
from tests.line.county_sim import NOW, VILLAGE

pytestmark = pytest.mark.thorough


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
