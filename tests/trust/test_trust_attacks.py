"""Whoever holds the road between county and machine can delay, and nothing more."""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boards.model.errors import Refusal
from sync.carriers.folder import FolderSource
from sync.carriers.road import NotOnTheRoad, SourceUnreachable, UnexpectedName, trust_file_of
from sync.log.keys import new_key
from sync.trust.client import (
    NothingTrusted,
    TrustExpired,
    TrustNotThere,
    TrustRefused,
    learn,
    refreshed,
    trusting,
)
from sync.trust.repository import prepared_seated, signer_of
from sync.trust.seats import OnePersonOnly, OneSignatureOnly
from sync.trust.statement import Seat
from sync.trust_layout import METADATA_LIMIT_BYTES, STATEMENT, TARGET_LIMIT_BYTES, metadata_at, target_at
from tests.trust.trust_house import NOW, House, MemoryStore, pack_in, signed_by

pytestmark = pytest.mark.anyio
ANY = lambda name, data: None  # noqa: E731


class Moment:
    """What the feed held at one time."""

    def __init__(self, house: House) -> None:
        folder = house.repository.folder
        self.files = {
            str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()
        }
        self.said, self.pack = house.repository.said, house.repository.target("pack")


class Honest:
    def __init__(self, files):
        self.files, self.asked = files, []

    def trust(self, name, limit):
        self.asked.append(name)
        if name not in self.files:
            raise NotOnTheRoad(village="", name=name)
        return self.files[name]


@pytest.fixture(scope="module")
def moments(tmp_path_factory):
    """A county over some years: packs, a new reviewer, a lost root key, a new online key."""
    house = House(tmp_path_factory.mktemp("years") / "feed")
    found = [Moment(house)]

    def then(act):
        act()
        found.append(Moment(house))

    then(lambda: house.publish("pack", b'{"edition":1}', house.li, house.wang))
    then(lambda: house.repository.renew(signer_of(house.online), NOW))
    zhao = new_key("county-330590/zhao")
    seat = Seat(person="zhao", office="reviewer", key=str(zhao.verifier))
    then(lambda: house.say(seats=(*house.said.seats, seat)))
    then(lambda: house.publish("pack", b'{"edition":2}', house.li, zhao))
    then(lambda: lost_root(house))
    then(lambda: house.say(seats=(house.said.seats[0], seat)))
    then(lambda: new_online(house))
    then(lambda: house.publish("pack", b'{"edition":3}', house.li, zhao))
    return found


def lost_root(house):
    house.roots = [new_key("root4"), *house.roots[1:]]
    said = house.repository.said
    new = {"root": house.root_next(house.roots, house.online), "targets": house.targets_next(said)}
    house.adopt(new, {STATEMENT: said.bytes()})


def new_online(house):
    outgoing, house.online = house.online, new_key("online2")
    house.adopt({"root": house.root_next(house.roots, house.online)}, {}, outgoing=(outgoing,))


def pull(road, store, now=NOW, sound=ANY):
    with tempfile.TemporaryDirectory() as scratch:
        return asyncio.run(learn(road, store, now, Path(scratch), sound))


def pulled_here(road, store):
    """The same in this thread: hypothesis draws while the road is asked."""
    with tempfile.TemporaryDirectory() as scratch:
        store.files, refusals = refreshed(store.files, road, NOW, Path(scratch), ANY)
    assert all(isinstance(one, Refusal) for one in refusals)
    return trusting(store.files)


def paired(moments):
    return MemoryStore({metadata_at("root"): moments[0].files["metadata/1.root.json"]})


class Attacker(Honest):
    """For each request: the truth of any time, a file of another name, bent, cut, or nothing at all."""

    def __init__(self, moments, draw):
        super().__init__({})
        self.moments, self.draw = moments, draw

    def trust(self, name, limit):
        told = [one.files for one in self.moments if name in one.files]
        what = self.draw(st.sampled_from(["true", "true", "true", "other", "bent", "cut", "none", "broken"]))
        if what == "broken":
            raise SourceUnreachable(why="timeout")
        if what == "none" or not told:
            raise NotOnTheRoad(village="", name=name)
        data = self.draw(st.sampled_from(told))[name]
        if what == "other":
            return self.draw(st.sampled_from(sorted(self.moments[-1].files.values())))
        if what == "bent":
            at = self.draw(st.integers(0, len(data) - 1))
            return data[:at] + bytes([data[at] ^ (1 << self.draw(st.integers(0, 7)))]) + data[at + 1 :]
        return data[: self.draw(st.integers(0, len(data)))] if what == "cut" else data


def versions(store):
    """How far each role has come."""
    return {
        name: json.loads(data)["signed"]["version"]
        for name, data in store.files.items()
        if name.startswith("metadata/")
    }


@pytest.mark.thorough
@given(data=st.data())
@settings(max_examples=60)
def test_an_attacker_on_the_road_can_only_delay(moments, data):
    """Whatever comes: only what the county published is believed, nothing goes back, honesty ends it all."""
    store = paired(moments)
    pull(Honest(data.draw(st.sampled_from(moments)).files), store)
    for _ in range(data.draw(st.integers(1, 3))):
        before, serial = versions(store), trusting(store.files).said.serial
        learned = pulled_here(Attacker(moments, data.draw), store)
        assert learned.said in [one.said for one in moments]
        assert learned.said.serial >= serial
        assert pack_in(learned.files) in [one.pack for one in moments]
        assert all(versions(store)[role] >= version for role, version in before.items())
    learned = pull(Honest(moments[-1].files), store)
    assert learned.refusals == ()
    assert (learned.said, pack_in(learned.files)) == (moments[-1].said, moments[-1].pack)


@pytest.mark.thorough
@given(broken=st.integers(0, 30))
@settings(max_examples=31)
def test_a_road_that_breaks_off_anywhere_costs_one_pull(moments, broken):
    """What came before it broke is kept, and the next pull ends where it should."""

    class Breaking(Honest):
        def trust(self, name, limit):
            if len(self.asked) >= broken:
                raise SourceUnreachable(why="timeout")
            return super().trust(name, limit)

    store = paired(moments)
    pull(Breaking(moments[-1].files), store)
    assert pull(Honest(moments[-1].files), store).said == moments[-1].said


def test_a_store_that_loses_power_holds_the_old_or_the_new(moments):
    """The files go into the store in one call: what fails there leaves what was, and the next pull is whole."""

    class Dying(MemoryStore):
        async def trust(self, files, now):
            raise OSError("power")

    store = Dying(paired(moments).files)
    with pytest.raises(OSError, match="power"):
        pull(Honest(moments[-1].files), store)
    assert list(store.files) == [metadata_at("root")]
    store = MemoryStore(store.files)
    assert pull(Honest(moments[-1].files), store).said == moments[-1].said


def test_a_machine_that_slept_through_everything_catches_up(moments):
    """From any moment's state to the last one in one pull."""
    for one in moments:
        store = paired(moments)
        pull(Honest(one.files), store)
        learned = pull(Honest(moments[-1].files), store)
        assert (learned.refusals, learned.said) == ((), moments[-1].said)


@pytest.mark.thorough
def test_a_root_that_slept_forty_versions_catches_up(tmp_path):
    """Forty roots, one after another, each signed by the one before; then a pull asks for the forty-first."""
    house = House(tmp_path / "feed")
    store = house.paired()
    for _ in range(40):
        house.adopt({"root": house.root_next(house.roots, house.online)}, {})
    road = Honest(Moment(house).files)
    assert pull(road, store).refusals == ()
    assert versions(store)["metadata/root.json"] == 41
    road.asked.clear()
    pull(road, store)
    assert road.asked == ["metadata/42.root.json", "metadata/timestamp.json"]


def test_a_pull_with_nothing_new_asks_twice_and_for_little(moments):
    """The next root, which is not there, and a timestamp of less than half a kilobyte."""
    store, road = paired(moments), Honest(moments[-1].files)
    pull(road, store)
    road.asked.clear()
    assert pull(road, store).refusals == ()
    assert road.asked == ["metadata/4.root.json", "metadata/timestamp.json"]
    assert len(road.files["metadata/timestamp.json"]) < 450


def test_an_old_timestamp_is_no_news(moments):
    """Rollback: the feed of a year ago is refused, whole as it is."""
    store = paired(moments)
    newest = pull(Honest(moments[-1].files), store)
    again = pull(Honest(moments[1].files), store)
    assert [type(one) for one in again.refusals] == [TrustRefused]
    assert again.files == newest.files


def test_freeze_is_noticed_by_the_clock(moments):
    """The same true files for longer than a year: served on, and told."""
    store = paired(moments)
    pull(Honest(moments[-1].files), store)
    late = pull(Honest(moments[-1].files), store, NOW + timedelta(days=366))
    assert [type(one) for one in late.refusals] == [TrustExpired]
    assert late.said == moments[-1].said


def test_mixed_moments_are_refused(moments):
    """A new timestamp over an old snapshot's file, and metadata of another role in its place."""
    last = dict(moments[-1].files)
    newest = max(name for name in last if name.endswith(".snapshot.json"))
    for wrong in (moments[0].files["metadata/1.snapshot.json"], last["metadata/1.targets.json"]):
        store = paired(moments)
        assert [type(one) for one in pull(Honest({**last, newest: wrong}), store).refusals] == [TrustRefused]


@pytest.mark.parametrize("name", ["metadata/timestamp.json", "metadata/2.root.json"])
def test_endless_and_bottomless_files_are_refused(moments, name):
    """A gigabyte's worth of metadata is cut at the limit, JSON of a hundred thousand floors is no JSON."""
    for bad in (b" " * (2 << 20), b"[" * 100_000, b"\xff", b"", b"{}", b'{"signed":{"_type":"root"}}'):
        store = paired(moments)
        learned = pull(Honest({**moments[-1].files, name: bad}), store)
        assert [type(one) for one in learned.refusals] == [TrustRefused]


@pytest.mark.parametrize(
    "name",
    [
        "../x",
        "metadata/../../v/1",
        "metadata/0.root.json",
        "metadata/1.evil.json",
        "targets/pack.json",
        "metadata/१.root.json",
    ],
)
def test_only_expected_names_travel(name):
    """Whatever signed metadata might name, a carrier is asked for files of the trust plane only."""
    with pytest.raises(UnexpectedName):
        trust_file_of(name)


def test_a_source_without_a_trust_plane_says_so(tmp_path):
    """An old stick: one sentence, nothing changes."""
    house = House(tmp_path / "feed")
    store = house.paired()
    (tmp_path / "stick").mkdir()
    learned = pull(FolderSource(tmp_path / "stick"), store)
    assert [type(one) for one in learned.refusals] == [TrustNotThere]


def test_a_first_pull_without_the_statement_says_so(tmp_path):
    """A stick that was copied by halves: the missing file is named, and comes with the next pull."""
    house = House(tmp_path / "feed")
    house.publish("pack", b"a pack", house.li, house.wang)
    store = house.paired()
    (statement,) = (path for path in (tmp_path / "feed").rglob("*.trust.json"))
    data = statement.read_bytes()
    statement.unlink()
    learned = pull(FolderSource(tmp_path / "feed"), store)
    assert ([one.code for one in learned.refusals], learned.said) == (["trust-not-there"], None)
    statement.write_bytes(data)
    assert pack_in(pull(FolderSource(tmp_path / "feed"), store).files) == b"a pack"


def test_a_register_that_both_signed_is_never_a_pack(tmp_path):
    """Somebody slipped a pack into what was signed as a register, and shows it as the pack's own metadata."""
    house = House(tmp_path / "feed")
    made = prepared_seated("register", b"shown", NOW)
    made.signed.targets |= prepared_seated("pack", b"slipped in", NOW).signed.targets
    signed_by(made, house.li, house.wang)
    metadata, targets = (house.repository.folder / name for name in ("metadata", "targets"))
    (metadata / "1.pack.json").write_bytes(made.to_bytes())
    digest = made.signed.targets["pack.json"].hashes["sha256"]
    (targets / f"{digest}.pack.json").write_bytes(b"slipped in")
    house.repository._stamp(house.repository.root, {"pack": 1}, (signer_of(house.online),), NOW)
    learned = pull(FolderSource(tmp_path / "feed"), house.paired())
    assert ([type(one) for one in learned.refusals], pack_in(learned.files)) == ([TrustRefused], None)


def test_a_machine_that_was_never_paired_says_so(tmp_path):
    """No root, no trust: nothing is asked of the road."""
    with pytest.raises(NothingTrusted):
        pull(Honest({}), MemoryStore({}))


def test_what_cannot_be_lived_by_keeps_the_last_good_one(moments):
    """A pack that two seats signed and this machine cannot use: keys come through, the old pack stays."""

    class PackBad(Refusal):
        code, sentence, advice = "pack-bad", "坏", "改"

    def sound(name, data):
        if data == moments[-1].pack:
            raise PackBad

    store = paired(moments)
    pull(Honest(moments[4].files), store)
    learned = pull(Honest(moments[-1].files), store, sound=sound)
    assert [type(one) for one in learned.refusals] == [PackBad]
    assert (learned.said, pack_in(learned.files)) == (moments[-1].said, moments[4].pack)
    assert pull(Honest(moments[-1].files), store).refusals == ()
    assert pack_in(store.files) == moments[-1].pack


def test_what_ails_the_road_is_told_of_the_road(moments):
    """No connection is no forgery: nobody is sent to the county for a cable that came loose."""

    class Loose(Honest):
        def trust(self, name, limit):
            if name != "metadata/2.root.json":
                raise SourceUnreachable(why="timeout")
            return super().trust(name, limit)

    learned = pull(Loose(moments[0].files), paired(moments))
    assert [type(one) for one in learned.refusals] == [SourceUnreachable]


def test_metadata_are_cut_shorter_than_targets(moments):
    """What nobody has verified yet fills no memory: a carrier reads each kind no further than it may be long."""
    limits = {}

    class Measured(Honest):
        def trust(self, name, limit):
            limits[name.partition("/")[0]] = limit
            return super().trust(name, limit)

    assert pull(Measured(moments[-1].files), paired(moments)).refusals == ()
    assert limits == {"metadata": METADATA_LIMIT_BYTES, "targets": TARGET_LIMIT_BYTES}
    assert METADATA_LIMIT_BYTES < TARGET_LIMIT_BYTES


def test_a_pack_that_is_too_large_is_not_even_asked_for(moments, monkeypatch):
    """Signed metadata tell its length: what no machine could hold is refused before it travels."""
    monkeypatch.setattr("sync.trust.client.TARGET_LIMIT_BYTES", len(moments[-1].pack) - 1)
    road = Honest(moments[-1].files)
    learned = pull(
        road, MemoryStore({**paired(moments).files, target_at(STATEMENT): moments[-1].said.bytes()})
    )
    assert any("pack.json 太大" in str(one) for one in learned.refusals)
    assert not [name for name in road.asked if name.endswith(".pack.json") and name.startswith("targets/")]


def test_two_clerks_are_no_publisher_and_reviewer(tmp_path, monkeypatch):
    """Two valid signatures satisfy TUF; our rule refuses them on the machine too."""
    house = House(tmp_path / "feed")
    sun = new_key("county-330590/sun")
    extra = (
        Seat(person="sun", office="publisher", key=str(sun.verifier)),
        Seat(person="li", office="reviewer", key=str((own := new_key("county-330590/li2")).verifier)),
    )
    house.say(seats=(*house.said.seats, *extra))
    monkeypatch.setattr("sync.trust.repository._Adoption.refuse_unfit", lambda _: None)
    for other, refusal in ((sun, OneSignatureOnly), (own, OnePersonOnly)):
        where = tmp_path / other.name.partition("/")[2]
        shutil.copytree(house.repository.folder, where / "trust")
        copy = House.__new__(House)
        copy.__dict__ = {**house.__dict__, "repository": type(house.repository)(where)}
        copy.publish("pack", b"{}", house.li, other)
        store = house.paired()
        learned = pull(FolderSource(where), store)
        assert [type(one) for one in learned.refusals] == [refusal]
        assert pack_in(learned.files) is None
