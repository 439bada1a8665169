"""What the county adopts is what its machines can live by, at every moment."""

from __future__ import annotations

import fcntl
import os
import re
from datetime import timedelta

import msgspec
import pytest
from securesystemslib.signer import SSlibKey
from tuf.api.metadata import Metadata, Role

from sync import durable
from sync.carriers.folder import FolderSource
from sync.log.keys import new_key
from sync.trust import repository
from sync.trust.client import TrustRefused, learn, refreshed
from sync.trust.repository import (
    NotEnoughSignatures,
    NotTheOnlineKey,
    StepOutdated,
    StepUnfit,
    TrustBent,
    delegations_of,
    key_of,
    prepared_root,
    prepared_seated,
    prepared_targets,
    refuse_root,
    signer_of,
)
from sync.trust.seats import OneSignatureOnly
from sync.trust.statement import Seat, StatementWrong, sound, statement_of
from sync.trust_layout import STATEMENT
from tests.trust.trust_house import NOW, House, pack_in, signed_by

pytestmark = pytest.mark.anyio


@pytest.fixture
def house(tmp_path):
    return House(tmp_path / "feed")


def files_of(house):
    return {path: path.read_bytes() for path in house.repository.folder.rglob("*") if path.is_file()}


def refused(house, refusal, new, contents):
    """Refused, and not a byte changed."""
    before = files_of(house)
    with pytest.raises(refusal):
        house.adopt(new, contents)
    assert files_of(house) == before


def test_a_step_of_an_older_statement_is_refused(house):
    """Two steps made of the same statement: the second that comes is refused, and says so."""
    one, other = house.said_next(county="甲县"), house.said_next(county="乙县")
    first, second = house.targets_next(one), house.targets_next(other)
    house.adopt({"targets": first}, {STATEMENT: one.bytes()})
    refused(house, StepOutdated, {"targets": second}, {STATEMENT: other.bytes()})


def test_the_same_step_again_changes_nothing_that_counts(house):
    """A step that is in force already is adopted again without a word."""
    said = house.said_next(county="甲县")
    step = {"targets": house.targets_next(said)}, {STATEMENT: said.bytes()}
    house.adopt(*step)
    house.adopt(*step)
    assert (house.repository.said, house.repository.targets.signed.version) == (said, 2)


def test_a_root_that_is_not_the_next_is_refused(house):
    """Machines walk from root to root: a number left out would shut them out for ever."""
    root = house.root_next(house.roots, house.online)
    root.signed.version = 3
    root.signatures.clear()
    refused(house, StepOutdated, {"root": signed_by(root, *house.roots)}, {})


def test_what_one_root_key_signed_is_refused(house):
    """One of three is not enough, for the root as for the statement; a stranger's counts for nothing."""
    said = house.said_next(county="甲县")
    alone = house.targets_next(said, house.roots[0], new_key("root9"))
    refused(house, NotEnoughSignatures, {"targets": alone}, {STATEMENT: said.bytes()})
    root = house.root_next(house.roots, house.online, house.roots[0])
    refused(house, NotEnoughSignatures, {"root": root}, {})


def test_one_stolen_root_key_makes_no_root_of_its_own(house):
    """Signed by a stolen key and two that came with it: the old root has signed it once, not twice."""
    roots = [house.roots[0], new_key("root8"), new_key("root9")]
    said = house.said
    step = {
        "root": house.root_next(roots, house.online, *roots),
        "targets": house.targets_next(said, *roots),
    }
    refused(house, NotEnoughSignatures, step, {STATEMENT: said.bytes()})


def test_a_root_that_the_statement_in_force_does_not_satisfy_needs_the_statement_signed_again(house):
    """Root key 1 and 2 signed the statement; after 1 and 2 went, machines could not read it."""
    roots = [house.roots[2], new_key("root4"), new_key("root5")]
    root = house.root_next(roots, house.online, *house.roots, *roots[1:])
    refused(house, NotEnoughSignatures, {"root": root}, {})


def test_seats_and_delegations_are_the_same_keys(house, tmp_path):
    """A statement with one key less than it delegates to is refused by the county."""
    extra = Seat(person="zhao", office="reviewer", key=str(new_key("county-330590/zhao").verifier))
    said = house.said_next()
    wider = msgspec.structs.replace(said, seats=(*said.seats, extra))
    made = prepared_targets(said, NOW, house.repository.targets.signed)
    made.signed.delegations = delegations_of(wider)
    step = {"targets": signed_by(made, *house.roots)}
    refused(house, StepUnfit, step, {STATEMENT: said.bytes()})


async def test_a_machine_too_holds_the_delegations_to_the_statement(house, tmp_path, monkeypatch):
    """Signed by two roots, yet delegated to a key the statement does not name: the old statement stays."""
    store = house.paired()
    feed = FolderSource(house.repository.folder.parent)
    await learn(feed, store, NOW, tmp_path, lambda *_: None)
    said = house.said_next(county="甲县")
    made = prepared_targets(said, NOW, house.repository.targets.signed)
    stranger = Seat(person="zhao", office="reviewer", key=str(new_key("county-330590/zhao").verifier))
    made.signed.delegations = delegations_of(msgspec.structs.replace(said, seats=(*said.seats, stranger)))
    monkeypatch.setattr(repository._Adoption, "refuse_unfit", lambda _: None)
    house.adopt({"targets": signed_by(made, *house.roots)}, {STATEMENT: said.bytes()})
    learned = await learn(feed, store, NOW, tmp_path, lambda *_: None)
    assert [type(one) for one in learned.refusals] == [StatementWrong]
    assert learned.said == house.said


@pytest.mark.parametrize("changes", [{"county_code": "990523"}, {"origin_prefix": "county-990523"}])
async def test_a_machine_stays_in_its_county(house, tmp_path, monkeypatch, changes):
    """A statement for other logs, signed by two roots: the machine keeps the one it has."""
    store, feed = house.paired(), FolderSource(house.repository.folder.parent)
    await learn(feed, store, NOW, tmp_path, lambda *_: None)
    monkeypatch.setattr(repository._Adoption, "refuse_unfit", lambda _: None)
    house.say(**changes)
    learned = await learn(feed, store, NOW, tmp_path, lambda *_: None)
    assert [type(one) for one in learned.refusals] == [StatementWrong]
    assert learned.said == house.said


def test_a_target_that_is_not_what_was_signed_is_refused(house):
    """The statement's bytes are held to the digest under the signatures."""
    said = house.said_next(county="甲县")
    step = {"targets": house.targets_next(said)}
    refused(house, StepUnfit, step, {STATEMENT: house.said.bytes()})


def test_terms_that_are_over_are_refused(house):
    """Prepared on a machine whose clock is years behind: no kiosk would take it."""
    said = house.said_next(county="甲县")
    old = house.targets_next(said, now=NOW - timedelta(days=1200))
    refused(house, StepUnfit, {"targets": old}, {STATEMENT: said.bytes()})


@pytest.mark.parametrize("changes", [{"county_code": "990523"}, {"origin_prefix": "other"}, {"serial": 9}])
def test_a_statement_follows_the_one_before(house, changes):
    """Another county's, other logs', or a serial left out: refused."""
    said = msgspec.structs.replace(house.said_next(), **changes)
    refused(house, StepUnfit, {"targets": house.targets_next(said)}, {STATEMENT: said.bytes()})


def test_a_statement_seats_two_persons(house):
    """One office alone, one person in both, a witness with a seat's key, bytes that are no text: nobody lives by it."""
    li, wang = house.said.seats
    assert sound(house.said) == house.said
    witness = str(new_key("witness").verifier)
    assert sound(msgspec.structs.replace(house.said, witnesses=(witness,))).witnesses
    for changes in (
        {"seats": (li,)},
        {"seats": (wang,)},
        {"seats": (li, msgspec.structs.replace(wang, office="publisher"))},
        {"seats": (wang, msgspec.structs.replace(li, office="reviewer"))},
        {"seats": (li, msgspec.structs.replace(wang, person="li"))},
        {"witnesses": (li.key,)},
        {"witnesses": (witness,), "heartbeat": (witness,)},
        {"witnesses": ("x",)},
    ):
        with pytest.raises(StatementWrong):
            sound(msgspec.structs.replace(house.said, **changes))
    for data in (
        b"",
        b"[]",
        house.said.bytes().replace(b"county-trust/1", b"county-trust/2"),
        b'{"county":"\xff"}',
    ):
        with pytest.raises(StatementWrong):
            statement_of(data)


@pytest.mark.parametrize("person", ["li\n", "li ", "Li", ""])
def test_nobody_is_two_persons_by_a_letter_nobody_sees(house, person):
    """`li` publishes and `li` with a line end reviews: one person would sit in both seats of an act."""
    said = house.said_next()
    key = str(new_key("county-330590/li/reviewer").verifier)
    seats = (*said.seats, Seat(person=person, office="reviewer", key=key))
    with pytest.raises(StatementWrong):
        statement_of(msgspec.structs.replace(said, seats=seats).bytes())


def test_no_key_does_two_things(house):
    """The heartbeat's key in a seat, a root key in a seat, a root key that is online: refused."""
    said = house.said_next(heartbeat=(str(house.li.verifier),))
    refused(house, StatementWrong, {"targets": house.targets_next(said)}, {STATEMENT: said.bytes()})
    for key in (house.roots[0], house.online):
        said = house.said_next(heartbeat=(str(key.verifier),))
        refused(house, StepUnfit, {"targets": house.targets_next(said)}, {STATEMENT: said.bytes()})
    root = house.root_next(house.roots, house.roots[0])
    refused(house, StepUnfit, {"root": root}, {})


def test_a_root_of_four_keys_or_one_signature_is_refused(house):
    """Two of three, or two of two while one is lost."""
    four = house.root_next([*house.roots, new_key("root4")], house.online)
    refused(house, StepUnfit, {"root": four}, {})
    one = house.root_next(house.roots, house.online)
    one.signed.roles["root"].threshold = 1
    one.signatures.clear()
    refused(house, StepUnfit, {"root": signed_by(one, *house.roots)}, {})


def two_online(root):
    root.signed.add_key(
        SSlibKey.from_dict("cd" * 32, key_of(new_key("b").verifier.public).to_dict()), "snapshot"
    )
    root.signed.roles["timestamp"] = root.signed.roles["snapshot"]


def snapshot_apart(root):
    root.signed.roles["snapshot"] = Role(root.signed.roles["root"].keyids, 1)


def nobody_online(root):
    alone = root.signed.roles["timestamp"]
    alone.threshold = 2


def one_keeper(root):
    keyids = root.signed.roles["root"].keyids[:1]
    root.signed.roles["root"] = root.signed.roles["targets"] = Role(keyids, 1)


def statement_by_one(root):
    root.signed.roles["targets"] = Role(root.signed.roles["root"].keyids, 1)


def by_plain_names(root):
    root.signed.consistent_snapshot = False


@pytest.mark.parametrize(
    "bent", [two_online, snapshot_apart, nobody_online, one_keeper, statement_by_one, by_plain_names]
)
def test_a_root_is_of_one_shape(house, bent):
    """Three keepers above, one key of the server below, both for both roles, and files that never change."""
    root = house.root_next(house.roots, house.online)
    refuse_root(root.signed, house.said)
    bent(root)
    with pytest.raises(StepUnfit):
        refuse_root(root.signed, house.said)
    root.signatures.clear()
    refused(house, (StepUnfit, NotEnoughSignatures), {"root": signed_by(root, *house.roots)}, {})


@pytest.mark.parametrize("written", [str, str.upper])
def test_a_root_key_under_two_names_is_one_key(house, written):
    """TUF counts ids, and a key's id is what its holder wrote: one holder would be two of three."""
    root = house.root_next(house.roots[1:], house.online)
    public = written(house.roots[1].verifier.public.hex())
    twin = SSlibKey("ab" * 32, "ed25519", "ed25519", {"public": public})
    for role in ("root", "targets"):
        root.signed.add_key(twin, role)
    root.signatures.clear()
    said = house.said
    step = {"root": signed_by(root, *house.roots[1:]), "targets": house.targets_next(said)}
    refused(house, StepUnfit, step, {STATEMENT: said.bytes()})


def test_snapshot_and_timestamp_are_signed_by_the_roots_online_key_only(house):
    """A wrong keys/online.key is noticed before anything is written."""
    before = files_of(house)
    with pytest.raises(NotTheOnlineKey):
        house.repository.renew(signer_of(new_key("online")), NOW)
    assert files_of(house) == before


def test_a_snapshot_is_renewed_before_its_term_ends(house):
    """Nobody changes anything for three years: the timer alone keeps all terms running."""
    for year in range(4):
        house.repository.renew(signer_of(house.online), NOW + timedelta(days=300 * year))
    assert house.repository.snapshot.signed.expires >= house.repository.timestamp.signed.expires


def test_the_timestamp_is_small(house):
    """A pull with nothing new reads this file; the whole pull stays below one kilobyte."""
    assert (house.repository.folder / "metadata" / "timestamp.json").stat().st_size < 450


class PowerCutError(Exception):
    pass


def a_seat_changes(house):
    said = house.said_next(
        seats=(
            *house.said.seats,
            Seat(person="zhao", office="reviewer", key=str(new_key("county-330590/zhao").verifier)),
        )
    )
    return {"targets": house.targets_next(said)}, {STATEMENT: said.bytes()}, ()


def a_root_key_was_lost(house):
    house.roots = [new_key("root4"), *house.roots[1:]]
    said = house.said
    root = house.root_next(house.roots, house.online)
    return {"root": root, "targets": house.targets_next(said)}, {STATEMENT: said.bytes()}, ()


def the_online_key_goes(house):
    outgoing, house.online = house.online, new_key("online2")
    return {"root": house.root_next(house.roots, house.online)}, {}, (outgoing,)


@pytest.mark.thorough
@pytest.mark.parametrize("change", [a_seat_changes, a_root_key_was_lost, the_online_key_goes])
@pytest.mark.parametrize("writes", range(6))
async def test_power_fails_between_any_two_files(house, tmp_path, monkeypatch, change, writes):
    """Machines read on without a refusal, old or new; the same step again brings it to its end."""
    store, feed = house.paired(), FolderSource(house.repository.folder.parent)
    await learn(feed, store, NOW, tmp_path, lambda *_: None)
    new, contents, outgoing = change(house)
    done = []

    def dying(path, data, **how):
        if len(done) == writes:
            raise PowerCutError
        done.append(path)
        durable.durable(path, data, **how)

    monkeypatch.setattr(repository, "durable", dying)
    try:
        house.adopt(new, contents, outgoing=outgoing)
    except PowerCutError:
        assert (await learn(feed, store, NOW, tmp_path, lambda *_: None)).refusals == ()
    monkeypatch.undo()
    house.adopt(new, contents, outgoing=outgoing)
    for machine in (store, house.paired()):
        assert (await learn(feed, machine, NOW, tmp_path, lambda *_: None)).refusals == ()
    assert all(house.repository._holds(role, one) for role, one in new.items())


def test_what_a_power_cut_left_is_not_published_by_the_timer(house, monkeypatch):
    """A version no snapshot names stays nobody's when the timestamp is renewed."""
    new, contents, _ = a_seat_changes(house)
    house.repository._write("targets", new["targets"])
    house.repository.renew(signer_of(house.online), NOW)
    assert house.repository.targets.signed.version == 1
    assert house.repository.snapshot.signed.meta["targets.json"].version == 1
    house.adopt(new, contents)
    assert house.repository.targets.signed.version == 2


def test_the_first_root_is_adopted_again_after_a_power_cut(tmp_path, monkeypatch):
    """A founding that broke off after any file ends when it is run again."""
    for writes in range(5):
        done, path = [], tmp_path / str(writes)

        def dying(file, data, done=done, writes=writes):
            if len(done) == writes:
                raise PowerCutError
            done.append(file)
            durable.durable(file, data)

        made = House.__new__(House)
        monkeypatch.setattr(repository, "durable", dying)
        with pytest.raises(PowerCutError):
            made.__init__(path)
        monkeypatch.undo()
        root = prepared_root(made.root_keys(), repository.key_of(made.online.verifier.public), NOW)
        targets = prepared_targets(made.said, NOW)
        signed_by(root, *made.roots)
        signed_by(targets, *made.roots)
        made.adopt({"root": root, "targets": targets}, {STATEMENT: made.said.bytes()})
        assert made.repository.said == made.said


def test_a_pack_that_brings_other_targets_is_refused(house):
    """The two seats sign their one target, nothing beside it, and hand nothing on to others."""
    made = prepared_seated("pack", b"{}", NOW)
    made.signed.targets["trust.json"] = made.signed.targets["pack.json"]
    refused(house, StepUnfit, {"pack": signed_by(made, house.li, house.wang)}, {"pack.json": b"{}"})
    made = prepared_seated("pack", b"{}", NOW)
    made.signed.delegations = delegations_of(house.said)
    refused(house, StepUnfit, {"pack": signed_by(made, house.li, house.wang)}, {"pack.json": b"{}"})


def test_a_root_in_the_place_of_a_pack_is_refused(house):
    """A file signed for one thing is never taken for another, whoever signed it; nor is a role nobody knows."""
    root, said = house.root_next(house.roots, house.online), house.said_next()
    root.signed.version = 1
    root.signatures.clear()
    signed_by(root, *house.roots, house.li, house.wang)
    refused(house, StepUnfit, {"pack": root}, {"pack.json": b"{}"})
    refused(house, StepUnfit, {"root": house.targets_next(said)}, {STATEMENT: said.bytes()})
    refused(house, StepUnfit, {"snapshot": house.targets_next(said)}, {STATEMENT: said.bytes()})


def test_a_timer_never_stamps_into_a_publication(house, monkeypatch):
    """While new versions are written nobody else holds the repository's lock."""
    held = []

    def watching(path, data, **how):
        other = os.open(house.repository.folder, os.O_RDONLY)
        try:
            with pytest.raises(BlockingIOError):
                fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        finally:
            os.close(other)
        held.append(path.name)
        durable.durable(path, data, **how)

    monkeypatch.setattr(repository, "durable", watching)
    house.say(county="甲县")
    house.repository.renew(signer_of(house.online), NOW)
    assert held.count("timestamp.json") == 2


def test_pack_and_register_are_delegated_to_two_each_alone(house):
    """A TUF client that is not ours asks for two signatures as well, and takes each file from its own role only."""
    delegations = delegations_of(house.said)
    seated = {key_of(key.verifier.public).keyid for key in (house.li, house.wang)}
    assert {*delegations.keys} == seated
    assert {
        name: (role.threshold, role.terminating, role.paths) for name, role in delegations.roles.items()
    } == {
        "pack": (2, True, ["pack.json"]),
        "register": (2, True, ["register.json"]),
    }


def test_nothing_is_written_of_two_roles_where_one_is_refused(house):
    """A statement that is good and a pack that one seat signed: neither is there afterwards."""
    said, pack = house.said_next(county="甲县"), prepared_seated("pack", b"{}", NOW)
    new = {"targets": house.targets_next(said), "pack": signed_by(pack, house.li)}
    refused(house, OneSignatureOnly, new, {STATEMENT: said.bytes(), "pack.json": b"{}"})


def test_a_machine_takes_no_pack_that_hands_on(house, tmp_path, monkeypatch):
    """Both seats signed a pack that delegates: the machine refuses it as the county does."""
    monkeypatch.setattr(repository._Adoption, "refuse_unfit", lambda _: None)
    made = prepared_seated("pack", b"{}", NOW)
    made.signed.delegations = delegations_of(house.said)
    house.adopt({"pack": signed_by(made, house.li, house.wang)}, {"pack.json": b"{}"})
    feed = FolderSource(house.repository.folder.parent)
    files, refusals = refreshed(house.paired().files, feed, NOW, tmp_path, lambda *_: None)
    assert ([type(one) for one in refusals], pack_in(files)) == ([TrustRefused], None)


def replaced(house, name, made):
    """Somebody who may write to the feed puts a file of theirs in the place of one of the county's."""
    (house.repository.folder / name).write_bytes(made)


@pytest.fixture
def rotated(house):
    """A county that has had two roots and two statements."""
    house.adopt({"root": house.root_next(house.roots, house.online, *house.roots)}, {})
    said = house.said_next(county="甲县")
    house.adopt({"targets": house.targets_next(said, *house.roots)}, {STATEMENT: said.bytes()})
    return house


def test_all_statements_there_were_are_vouched_for_by_roots(rotated):
    """From the newest back, each with what it delegated."""
    found = [(above.version, said.serial) for above, said in rotated.repository.earlier()]
    assert found == [(2, 2), (1, 1)]


@pytest.mark.parametrize("keys", [0, 1])
def test_an_earlier_statement_of_somebodys_own_is_none(rotated, keys):
    """Its seats would vouch for a log of theirs, and the seats of today would sign that (trust §6)."""
    theirs = new_key("county-330590/li"), new_key("county-330590/wang")
    seats = tuple(
        msgspec.structs.replace(seat, key=str(key.verifier))
        for seat, key in zip(rotated.said.seats, theirs, strict=True)
    )
    said = msgspec.structs.replace(rotated.said, seats=seats)
    made = signed_by(prepared_targets(said, NOW), *rotated.roots[:keys], new_key("root9"))
    replaced(rotated, "metadata/1.targets.json", made.to_bytes())
    replaced(rotated, f"targets/{made.signed.targets[STATEMENT].hashes['sha256']}.{STATEMENT}", said.bytes())
    with pytest.raises(TrustBent, match=r"1\.targets\.json"):
        [*rotated.repository.earlier()]


@pytest.mark.parametrize("number", [1, 2])
def test_a_root_that_leads_nowhere_vouches_for_nothing(rotated, number):
    """Each root is signed by itself and by the one before it."""
    found = Metadata.from_bytes((rotated.repository.folder / "metadata" / f"{number}.root.json").read_bytes())
    found.signatures.clear()
    signed_by(found, *(rotated.roots[:1] if number == 2 else [new_key("root9")]))
    replaced(rotated, f"metadata/{number}.root.json", found.to_bytes())
    with pytest.raises(TrustBent, match=rf"{number}\.root\.json"):
        [*rotated.repository.earlier()]


def test_a_root_that_the_one_before_never_signed_vouches_for_nothing(rotated):
    """Whole and signed by its own three keys; its earlier statement would be theirs."""
    keys = [new_key(f"root{number}") for number in (7, 8, 9)]
    made = rotated.root_next(keys, rotated.online, *keys)
    replaced(rotated, f"metadata/{made.signed.version}.root.json", made.to_bytes())
    with pytest.raises(TrustBent, match=rf"{made.signed.version}\.root\.json"):
        [*rotated.repository.earlier()]


@pytest.mark.parametrize("data", [None, b"", b"{}", b"\xff", "another kind"])
@pytest.mark.parametrize("name", ["{}.snapshot", "1.root", "2.root", "1.targets", "2.targets", "timestamp"])
def test_a_bent_file_of_trust_is_one_sentence(rotated, name, data):
    """Gone, empty, no metadata, metadata of another kind: it is named, and no report of the program."""
    metadata = rotated.repository.folder / "metadata"
    path = metadata / f"{name.format(rotated.repository.snapshot.signed.version)}.json"
    if data is None:
        path.unlink()
    elif data == "another kind":
        path.write_bytes((metadata / ("1.targets.json" if "root" in name else "1.root.json")).read_bytes())
    else:
        path.write_bytes(data)
    if data is None and name in {"timestamp", "2.root"}:  # not founded yet; the state before
        return
    with pytest.raises(TrustBent, match=re.escape(path.name)):
        looked_at(rotated.repository)


def test_a_bent_statement_or_pack_is_none(rotated):
    """A target is what was signed of it, to the byte."""
    for path in (rotated.repository.folder / "targets").iterdir():
        kept = path.read_bytes()
        path.write_bytes(kept + b" ")
        with pytest.raises(TrustBent, match=re.escape(path.name)):
            looked_at(rotated.repository)
        path.write_bytes(kept)


def looked_at(found):
    """What the county's commands read of it."""
    return found.root, found.snapshot, found.said, [*found.earlier()]
