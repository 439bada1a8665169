"""A restored county's logs: the longest that counts, proven, from whoever shows it."""

from __future__ import annotations

import shutil

import msgspec
import pytest

from boards.model.errors import Refusal
from sync.carriers.folder import FolderSource
from sync.county.backup.backup import backup
from sync.county.backup.closed import NotConfirmed
from sync.county.backup.confirm import confirm
from sync.county.backup.errors import (
    NewestUnseen,
    PublishedForked,
)
from sync.county.backup.restore import restore
from sync.county.county import Signer, open_county
from sync.log.keys import new_key
from sync.log.note import Note, parse
from sync.trust.seats import OneSignatureOnly
from sync.trust.statement import Seat
from tests.backup.restored import DAY, WORDS, brought_back, files, rotated
from tests.founding import opened, repacked
from tests.line.beating import stated
from tests.line.county_sim import NOW, OTHER, VILLAGE, copied, published, row

pytestmark = pytest.mark.thorough


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
