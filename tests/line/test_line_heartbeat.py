"""A heartbeat says that what a village has is still the newest, and nothing else."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from click.testing import CliRunner

from boards.model.calendar.civil_day import CIVIL
from boards.model.errors import Refusal
from kiosk_server.cli import county_command
from sync.carriers.folder import FolderSource
from sync.carriers.spool import Spool
from sync.county.county import CountyBusy
from sync.county.heartbeat import HeartbeatBefore, HeartbeatUnknown, beat
from sync.importer import LogShorter, catch_up, fetch_anew
from sync.log.cosignature import cosignature, cosigned_at, cosigner_hash
from sync.log.keys import VerifierKey, new_key, read_key, signed
from sync.log.note import Note, Signature, parse
from sync.trust.repository import Repository
from sync.trust.seats import OneSignatureOnly, Seats, WrongKey
from sync.trust.statement import Seat
from sync.trust_layout import TERMS
from tests.line.beating import beating, stated
from tests.line.county_sim import NOW, OTHER, VILLAGE, MemoryShelf, copied, county, published, row

pytestmark = [pytest.mark.thorough, pytest.mark.anyio]
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """A county with a list in each of two villages, and a heartbeat key."""
    where = beating(county(tmp_path_factory.mktemp("two") / "county"))
    published(where, [*(row(n) for n in range(3)), row(4, village=OTHER)])
    return where


@pytest.fixture
def own(two, tmp_path):
    return copied(two, tmp_path / "county")


async def pulled(where, shelf, folder, now=NOW, trust=None):
    """One pull of the village on a day."""
    source, spool = FolderSource(where.feed), Spool(folder / "spool")
    return await catch_up(source, shelf, trust or where.trust(), spool, VILLAGE, now)


class Shelf(MemoryShelf):
    """One that counts the notes it takes."""

    def __init__(self):
        super().__init__()
        self.taken = []

    async def replace(self, village, stretch, now):
        return len(list(stretch))

    async def sign_anew(self, origin, note):
        self.taken.append(note)
        self.states[origin] = msgspec.structs.replace(self.states[origin], note=note)


def test_the_published_example_of_the_standard_is_made_again():
    """Type 4, seconds as eight bytes, and `cosignature/v1` before the text: as the C2SP page has it."""
    key = new_key("witness.example.com/w1")
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    made = cosignature(text, key, datetime.fromtimestamp(1679315147, UTC))
    assert made.blob[:8].hex() == "00000000641850cb"
    key.private.public_key().verify(made.blob[8:], b"cosignature/v1\ntime 1679315147\n" + text.encode())
    known = VerifierKey("witness.example.com/w1", bytes(32))
    assert cosigner_hash(known) != known.key_hash
    note = Note(text, (made,))
    assert cosigned_at(note, key.verifier) == datetime.fromtimestamp(1679315147, UTC)
    for blob in (b"", made.blob[:-1], b"\xff" * 8 + made.blob[8:], made.blob[:7] + b"\0" + made.blob[8:]):
        assert cosigned_at(Note(text, (Signature(key.name, made.key_hash, blob),)), key.verifier) is None


def test_the_newest_cosignature_of_a_name_counts():
    """Whatever order the lines stand in; one under another name is another's, whatever it hashes to."""
    key, text = new_key("county-330590/heartbeat"), "county-330590/v/330590100201\n1\nAAAA\n"
    old, new = cosignature(text, key, NOW), cosignature(text, key, NOW + DAY)
    for lines in ((old, new), (new, old)):
        assert cosigned_at(Note(text, lines), key.verifier) == NOW + DAY
    renamed = Signature("county-990523/heartbeat", new.key_hash, new.blob)
    assert cosigned_at(Note(text, (old, renamed)), key.verifier) == NOW


def test_the_newest_of_two_heartbeats_counts_and_neither_is_a_seat(own):
    """While one heartbeat key follows another both may cosign; whoever speaks for a log are the seats alone."""
    keys = [new_key(f"county-330590/heartbeat{number}") for number in (1, 2)]
    trust = Seats(msgspec.structs.replace(own.trust().said, heartbeat=tuple(str(k.verifier) for k in keys)))
    note = parse(own.log(VILLAGE).note())
    said = (cosignature(note.text, keys[0], NOW + DAY), cosignature(note.text, keys[1], NOW))
    plain = tuple(key.signature(note.text) for key in keys)
    voices = trust.voices(Note(note.text, (*note.signatures, *said, *plain)).render())
    assert voices.heard == NOW + DAY
    assert voices.seats == {seat.verifier.public for seat in trust.said.seats}


def test_a_heartbeat_replaces_the_one_before(own):
    """Every note has one more line, with both seats' lines as they were; the next day's takes its place."""
    before = parse(own.log(VILLAGE).note())
    for days in (0, 1):
        done = beat(own, NOW + days * DAY)
        assert (done.villages, done.refused) == (2, ())
        for village in (VILLAGE, OTHER):
            note = own.log(village).note()
            assert own.trust().voices(note).heard == NOW + days * DAY
            assert len(parse(note).signatures) == 3
    after = parse(own.log(VILLAGE).note())
    assert (after.text, after.signatures[:2]) == (before.text, before.signatures)


def test_a_note_that_one_seat_signed_gets_no_heartbeat(own):
    """The heartbeat vouches for nothing that was not reviewed; the other village has its own."""
    log = own.log(VILLAGE)
    note = parse(log.note())
    alone = Note(note.text, note.signatures[:1]).render()
    log.signed_again(alone)
    done = beat(own, NOW)
    assert [(village, refusal.code) for village, refusal in done.refused] == [(VILLAGE, "one-signature-only")]
    assert (done.villages, log.note()) == (1, alone)
    run = CliRunner().invoke(county_command, ["heartbeat", "--folder", str(own.folder)])
    assert (run.exit_code, "1 个村的检查点已签心跳" in run.stdout) == (1, True), run.output


def test_a_heartbeat_key_signs_nothing_else(own):
    """Alone, or in the place of a seat, it makes no note good, whichever way it signs."""
    beat(own, NOW)
    trust, note = own.trust(), parse(own.log(VILLAGE).note())
    *seats, beats = note.signatures
    key = read_key(trust.heartbeats[0].name, own.folder / "keys" / "heartbeat.key")
    with pytest.raises(WrongKey):
        trust.verified(VILLAGE, Note(note.text, (beats,)).render())
    for stands_in in (beats, key.signature(note.text)):
        for seat in seats:
            with pytest.raises(OneSignatureOnly):
                trust.verified(VILLAGE, Note(note.text, (seat, stands_in)).render())


def test_a_key_that_the_statement_does_not_name_is_told(own):
    """A heartbeat nobody would believe is not made; a clock that went back makes none either."""
    beat(own, NOW + 9 * DAY)
    (_, refusal), *_ = beat(own, NOW).refused
    assert isinstance(refusal, HeartbeatBefore)
    assert f"{NOW.astimezone(CIVIL):%Y-%m-%d %H:%M}" in str(refusal), "the time that the wall's clock shows"
    own = stated(own, heartbeat=())
    with pytest.raises(HeartbeatUnknown):
        beat(own, NOW)


def test_the_timestamp_is_renewed_in_its_last_half(own):
    """Once in half a year, not every day: kiosks fetch it anew each time it changes."""
    stamp = Repository(own.feed).timestamp.signed
    assert not beat(own, NOW + DAY).renewed
    late = stamp.expires - TERMS["timestamp"] / 2
    assert beat(own, late).renewed
    fresh = Repository(own.feed).timestamp.signed
    assert (fresh.version, fresh.expires) == (stamp.version + 1, late + TERMS["timestamp"])
    assert not beat(own, late + DAY).renewed


def test_a_timestamp_waits_for_whoever_publishes(own):
    """The timer renews nothing while somebody at work holds the trust plane; the villages have their heartbeat."""
    late = Repository(own.feed).timestamp.signed.expires - DAY
    with own.writing(("trust",)), pytest.raises(CountyBusy):
        beat(own, late)
    assert own.trust().voices(own.log(VILLAGE).note()).heard == late
    assert beat(own, late).renewed


async def test_a_kiosk_keeps_the_newest_heartbeat(own, tmp_path):
    """Once a day one small change; the same again, or an older one, changes nothing."""
    shelf = Shelf()
    assert (await pulled(own, shelf, tmp_path)).heard is None
    beat(own, NOW + DAY)
    older = own.log(VILLAGE).note()
    caught = await pulled(own, shelf, tmp_path, NOW + DAY)
    assert (caught.nothing_new, caught.heard, shelf.taken) == (True, NOW + DAY, [older])
    beat(own, NOW + 2 * DAY)
    newest = own.log(VILLAGE).note()
    assert (await pulled(own, shelf, tmp_path, NOW + 2 * DAY)).heard == NOW + 2 * DAY
    own.log(VILLAGE).signed_again(older)
    caught = await pulled(own, shelf, tmp_path, NOW + 3 * DAY)
    assert (caught.heard, shelf.taken) == (NOW + 2 * DAY, [older, newest])


@pytest.mark.parametrize("days", [2, 900])
async def test_a_heartbeat_from_the_future_gives_way(own, tmp_path, days):
    """A county whose clock ran ahead is believed again on the day after it was set right."""
    shelf = Shelf()
    beat(own, NOW)
    right = own.log(VILLAGE).note()
    beat(own, NOW + days * DAY)
    await pulled(own, shelf, tmp_path, NOW)
    own.log(VILLAGE).signed_again(right)
    assert (await pulled(own, shelf, tmp_path, NOW)).heard == NOW
    assert shelf.taken == [right]


async def test_signatures_of_those_who_sit_now_take_the_place_of_older_ones(own, tmp_path):
    """After a rotation the same checkpoint comes signed by others; the old signatures hold no longer (settled 54)."""
    shelf, zhao = Shelf(), new_key(f"{own.settings.origin_prefix}/zhao")
    beat(own, NOW)
    await pulled(own, shelf, tmp_path)
    note = parse(own.log(VILLAGE).note())
    seats = tuple(
        Seat(person="zhao", office="publisher", key=str(zhao.verifier)) if one.office == "publisher" else one
        for one in Repository(own.feed).said.seats
    )
    own = stated(own, seats=seats)
    with pytest.raises(Refusal):
        await pulled(own, shelf, tmp_path, NOW + DAY)
    again = Note(note.text, (zhao.signature(note.text), note.signatures[1])).render()
    own.log(VILLAGE).signed_again(again)
    caught = await pulled(own, shelf, tmp_path, NOW + DAY)
    assert (caught.nothing_new, caught.heard, shelf.taken) == (True, NOW, [again])


async def test_a_log_fetched_anew_after_a_rotation_is_never_shorter(own, tmp_path):
    """What was seen before still counts, though nobody who signed it sits there any more (settled 54)."""
    shelf, zhao = Shelf(), new_key(f"{own.settings.origin_prefix}/zhao")
    earlier = parse(own.log(VILLAGE).note()).text
    shutil.copytree(own.log(VILLAGE).folder, tmp_path / "earlier")
    published(own, [row(7)], "2025-02")
    await pulled(own, shelf, tmp_path)
    chen = new_key(f"{own.settings.origin_prefix}/chen")
    own = stated(
        own,
        seats=(
            Seat(person="zhao", office="publisher", key=str(zhao.verifier)),
            Seat(person="chen", office="reviewer", key=str(chen.verifier)),
        ),
    )
    shutil.rmtree(own.log(VILLAGE).folder)
    shutil.copytree(tmp_path / "earlier", own.log(VILLAGE).folder)
    own.log(VILLAGE).signed_again(signed(earlier, zhao, chen).render())
    with pytest.raises(LogShorter):
        await fetch_anew(FolderSource(own.feed), shelf, own.trust(), Spool(tmp_path / "spool"), VILLAGE, NOW)


async def test_a_seat_that_came_in_addition_is_taken_too(own, tmp_path):
    """Both old signatures hold still: the new ones are kept where no seat is missing and no heartbeat is older."""
    shelf, zhao = Shelf(), new_key(f"{own.settings.origin_prefix}/zhao")
    beat(own, NOW)
    await pulled(own, shelf, tmp_path)
    said = Repository(own.feed).said
    own = stated(own, seats=(*said.seats, Seat(person="zhao", office="publisher", key=str(zhao.verifier))))
    note = parse(own.log(VILLAGE).note())
    publisher, reviewer, beats = note.signatures
    for signatures, taken in (
        ((zhao.signature(note.text), reviewer), 0),  # the heartbeat is missing
        ((zhao.signature(note.text), publisher, reviewer, beats), 1),
        ((publisher, reviewer, beats), 1),  # a seat fewer
    ):
        own.log(VILLAGE).signed_again(Note(note.text, signatures).render())
        assert (await pulled(own, shelf, tmp_path)).heard == NOW
        assert len(shelf.taken) == taken


async def test_a_longer_log_goes_on_from_the_heartbeat_before(own, tmp_path):
    """What grew since holds all that was there: the last heartbeat still stands."""
    shelf = Shelf()
    beat(own, NOW + DAY)
    await pulled(own, shelf, tmp_path, NOW + DAY)
    published(own, [row(7)], "2025-02")
    caught = await pulled(own, shelf, tmp_path, NOW + 2 * DAY)
    assert (caught.nothing_new, caught.heard) == (False, NOW + DAY)


def test_a_village_that_is_being_published_to_waits_for_tomorrow(own):
    """One writer for each log: whoever holds it goes on undisturbed, all others have their heartbeat."""
    with own.writing((OTHER,)):
        done = beat(own, NOW)
    assert [(village, refusal.code) for village, refusal in done.refused] == [(OTHER, "county-busy")]
    assert done.villages == 1


def test_half_a_note_is_never_published(own, monkeypatch):
    """A disk that is full in the middle leaves every note whole, and the next run makes it good."""
    shutil.copytree(own.feed, own.folder / "before")
    calls = iter(range(99))
    sync = __import__("os").fsync

    def full(handle):
        if next(calls) == 1:
            raise OSError(28, "No space left on device")
        sync(handle)

    monkeypatch.setattr("os.fsync", full)
    refused = beat(own, NOW).refused
    monkeypatch.undo()
    assert [refusal.code for _, refusal in refused] == ["county-not-written"]
    trust = Seats(own.trust().said)
    for village in (VILLAGE, OTHER):
        trust.verified(village, own.log(village).note())
    assert beat(own, NOW + DAY).villages == 2
