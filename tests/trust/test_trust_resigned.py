"""After a change of the seats both sign again what was published, and nothing that was not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tuf.api.metadata import Metadata

from kiosk_server.demo.founding import both_seated
from sync.county.trust_steps import written
from sync.log.keys import new_key
from sync.log.note import Note, Signature, parse
from sync.trust.repository import Repository
from sync.trust.seats import OneSignatureOnly, Seats
from tests.founding import PASSPHRASES
from tests.line.county_sim import NOW, VILLAGE, published, row
from tests.trust.hall import bent

pytestmark = pytest.mark.thorough


def test_what_else_stands_under_a_checkpoint_stays(hall):
    """A cosignature that is no seat's, the heartbeat's say, is kept when the seats sign again."""
    path = hall.county.feed / "v" / VILLAGE / "checkpoint"
    witness = new_key("witness").signature(hall.note().decode().partition("\n\n")[0] + "\n")
    note = parse(path.read_bytes())
    path.write_bytes(Note(note.text, (*note.signatures, witness)).render())
    hall.make("rotate", "wang", "--public", hall.person("wang"))
    hall.both()
    hall.make("resign")
    hall.sign_as("li")
    hall.sign_as("wang")
    names = [one.name for one in parse(hall.note()).signatures]
    assert (len(names), names.count("witness")) == (3, 1)


def test_what_somebody_put_into_the_feed_is_not_signed_again(hall):
    """A checkpoint that no two seats ever signed gets no signature by the way of a resigning."""
    hall.make("rotate", "wang", "--public", hall.person("wang"))
    hall.both()
    hall.make("resign")
    path = hall.county.feed / "v" / VILLAGE / "checkpoint"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\n9", 1))
    assert hall.refused("resign", "--folder", hall.county.folder, "--as", "li") == "trust-not-published-here"
    words = ["sign", hall.step, *hall.key("li", "li"), "--folder", hall.county.folder]
    assert hall.refused(*words) == "trust-not-published-here"


def test_an_earlier_statement_that_somebody_put_into_the_feed_vouches_for_nothing(hall):
    """No root signed it: whoever can write to the feed names no seats of his own for what is signed again."""
    hall.make("rotate", "wang", "--public", hall.person("wang"))
    hall.both()
    path = hall.county.feed / "trust" / "metadata" / "1.targets.json"
    made = Metadata.from_bytes(path.read_bytes())
    made.signatures.clear()
    path.write_bytes(made.to_bytes())
    assert hall.refused("resign", "--folder", hall.county.folder, "--as", "li") == "trust-bent"


@pytest.mark.parametrize(
    ("where", "code"), [("metadata", "trust-not-published-here"), ("targets", "trust-bent")]
)
def test_a_pack_that_somebody_put_into_the_feed_is_not_signed_again(hall, where, code):
    """Bytes or metadata of the pack that no two seats ever signed: nothing of it is given to be signed."""
    hall.make("rotate", "wang", "--public", hall.person("wang"))
    hall.both()
    hall.make("resign")
    trust = hall.county.feed / "trust"
    if where == "targets":
        (path,) = trust.glob("targets/*.pack.json")
        path.write_bytes(path.read_bytes() + b" ")
    else:
        made = Repository(hall.county.feed).seated("pack")
        made.signatures.clear()
        (trust / "metadata" / f"{made.signed.version}.pack.json").write_bytes(made.to_bytes())
    words = ["--folder", hall.county.folder]
    assert hall.refused("resign", *words, "--as", "li") == code
    assert hall.refused("sign", hall.step, *hall.key("li", "li"), *words) == code


@pytest.mark.parametrize("name", ["../county.toml", "../keys/online.key", ""])
def test_a_step_reaches_no_file_but_a_villages(hall, name):
    """A checkpoint that both seats did sign, under the name of a file of the county: the file stays as it was."""
    hall.make("rotate", "wang", "--public", hall.person("wang"))
    hall.both()
    hall.make("resign")
    hall.sign_as("li")
    hall.sign_as("wang")
    bent(hall, lambda step: step.update(notes={name: step["notes"][VILLAGE]}, seated={}))
    kept = {path: path.read_bytes() for path in hall.county.folder.rglob("*") if path.is_file()}
    assert hall.refused("sign", hall.step, "--folder", hall.county.folder) == "trust-step-unreadable"
    assert {path: path.read_bytes() for path in hall.county.folder.rglob("*") if path.is_file()} == kept


def test_a_step_signs_pack_and_register_again_and_nothing_else(hall):
    """The statement is the root keys' affair: under a step of the seats, or beside it, it is no step."""
    hall.make("rotate", "wang", "--public", hall.person("wang"))
    hall.both()
    hall.make("resign")
    words = ["sign", hall.step, *hall.key("li", "li"), "--folder", hall.county.folder]
    made = hall.step.read_bytes()
    bent(hall, lambda step: step.update(targets=written(Repository(hall.county.feed).targets)))
    assert hall.refused(*words) == "trust-step-unfit"
    hall.step.write_bytes(made)
    bent(hall, lambda step: step.update(seated={"targets": step["seated"]["pack"]}))
    assert hall.refused(*words) == "trust-step-unreadable"


def test_a_resigning_of_older_seats_is_refused(hall):
    """The step names the seats it was made for: where they are no longer those, it is made anew."""
    hall.make("rotate", "wang", "--public", hall.person("wang"))
    hall.both()
    hall.make("resign")
    bent(hall, lambda step: step["before"].update(county="别县"))
    words = ["sign", hall.step, *hall.key("li", "li"), "--folder", hall.county.folder]
    assert hall.refused(*words) == "trust-step-outdated"


def test_one_seat_alone_signs_nothing_again(hall):
    """The publisher's signature alone is no step; another publisher's neither."""
    hall.make("add", "sun", "--office", "publisher", "--public", hall.person("sun"))
    hall.both()
    hall.make("rotate", "wang", "--public", hall.person("wang"))
    hall.both()
    hall.make("resign")
    assert "还差审核人的签名（wang）" in hall.sign_as("li")
    assert "还差审核人的签名（wang）" in hall.sign_as("sun")
    with pytest.raises(OneSignatureOnly):
        Seats(hall.said).verified(VILLAGE, hall.note())


def test_one_person_with_two_keys_signs_nothing_again(hall):
    """Li sits in both offices: his two signatures are one person's, and are told so."""
    hall.make("add", "sun", "--office", "reviewer", "--public", hall.person("sun"))
    hall.both()
    hall.make("add", "li", "--office", "reviewer", "--public", hall.person("li2"))
    hall.both()
    hall.make("rotate", "wang", "--public", hall.person("wang"))
    hall.both()
    hall.make("resign")
    hall.sign_as("li")
    assert "发布和审核要由两个人签" in hall.sign_as("li2")
    with pytest.raises(OneSignatureOnly):
        Seats(hall.said).verified(VILLAGE, hall.note())


def test_one_office_is_left_and_the_other_kept(hall):
    """Whoever sits twice leaves, loses or changes the one key that is named; which one must be said."""
    public = hall.person("li2")
    hall.make("add", "sun", "--office", "publisher", "--public", hall.person("sun"))
    hall.both()
    hall.make("add", "li", "--office", "reviewer", "--public", public)
    hall.both()
    words = ["--folder", hall.county.folder, "--as", "li"]
    assert hall.refused("rotate", "li", "--public", hall.person("li3"), *words) == "trust-nobody-there"
    assert hall.refused("retire", "sun", "--office", "reviewer", *words) == "trust-nobody-there"
    hall.make("retire", "li", "--office", "publisher")
    hall.both()
    assert [(one.person, one.office) for one in hall.said.seats] == [
        ("wang", "reviewer"),
        ("sun", "publisher"),
        ("li", "reviewer"),
    ]
    assert hall.said.seats[-1].key == public.read_text().strip()


def test_a_false_line_under_a_checkpoint_is_none(hall):
    """A line in a seat's name that the seat did not make leaves the seat to sign."""
    hall.make("rotate", "wang", "--public", hall.person("wang"))
    hall.both()
    hall.make("resign")
    key = next(seat.verifier for seat in hall.said.seats if seat.person == "wang")

    def change(step):
        note = parse(step["notes"][VILLAGE].encode())
        false = Signature(key.name, key.key_hash, bytes(64))
        step["notes"][VILLAGE] = Note(note.text, (*note.signatures, false)).render().decode()

    bent(hall, lambda step: step.update(seated={}))
    assert hall.told("sign", hall.step, "--folder", hall.county.folder).count("还差审核人的签名（wang）") == 1
    bent(hall, change)
    assert hall.told("sign", hall.step, "--folder", hall.county.folder).count("还差审核人的签名（wang）") == 1


def test_a_step_for_the_seats_is_signed_before_the_feed_alone(hall):
    """Without the county's folder nobody can see what is published: nothing is signed, the file stays as it was."""
    hall.make("rotate", "wang", "--public", hall.person("wang"))
    hall.both()
    hall.make("resign")
    before = hall.step.read_bytes()
    assert hall.typed("sign", hall.step, *hall.key("li", "li"))[0] == 2
    assert hall.step.read_bytes() == before


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda step: step["notes"].update({VILLAGE: bent_note(step)}), "trust-not-published-here"),
        (lambda step: step["seated"]["pack"]["signed"].update(version=9), "trust-step-outdated"),
        (lambda step: bent_pack(step).update(length=9), "trust-step-outdated"),
        (
            lambda step: step["seated"]["pack"]["signed"].update(delegations={"keys": {}, "roles": []}),
            "trust-step-outdated",
        ),
    ],
)
def test_what_is_signed_again_is_what_is_published(hall, change, code):
    """Another text, another pack, another version under the words that nothing changes: no seat signs it."""
    hall.make("rotate", "wang", "--public", hall.person("wang"))
    hall.both()
    hall.make("resign")
    bent(hall, change)
    before = hall.step.read_bytes()
    words = ["sign", hall.step, *hall.key("li", "li"), "--folder", hall.county.folder]
    assert hall.refused(*words) == code
    assert hall.step.read_bytes() == before


def bent_note(step):
    """The checkpoint of a log that is one line longer."""
    note = parse(step["notes"][VILLAGE].encode())
    origin, size, *rest = note.text.split("\n")
    return Note("\n".join((origin, str(int(size) + 1), *rest)), note.signatures).render().decode()


def bent_pack(step):
    return step["seated"]["pack"]["signed"]["targets"]["pack.json"]


def test_a_log_that_is_not_whole_is_not_signed_again(hall):
    """The hashes behind a checkpoint must give its root before the seats of today vouch for it."""
    hall.make("rotate", "wang", "--public", hall.person("wang"))
    hall.both()
    for path in (hall.county.feed / "v" / VILLAGE / "tile" / "0").rglob("*"):
        if path.is_file():
            path.write_bytes(bytes(path.stat().st_size))
    assert hall.refused("resign", "--folder", hall.county.folder, "--as", "li") == "feed-damaged"


def test_a_resigning_waits_for_whoever_publishes(hall):
    """One writer for each log: the step is signed, and comes into force when the other is done."""
    hall.make("rotate", "wang", "--public", hall.person("wang"))
    hall.both()
    hall.make("resign")
    hall.sign_as("li")
    note, words = hall.note(), ["--folder", hall.county.folder]
    with hall.county.writing((VILLAGE,)):
        assert hall.refused("sign", hall.step, *hall.key("wang", "wang"), *words) == "county-busy"
    assert hall.note() == note
    assert "已生效" in hall.told("sign", hall.step, *words)
    assert hall.note() != note


def test_a_step_of_the_seats_never_takes_back_what_came_after(hall):
    """Brought into force once more after the next list: the list stays, and nobody is alarmed."""
    hall.make("rotate", "wang", "--public", hall.person("wang"))
    hall.both()
    hall.make("resign")
    hall.sign_as("li")
    hall.sign_as("wang")
    own = {**PASSPHRASES, "wang": "a passphrase of one's own"}
    published(both_seated(hall.county.folder, own), [row(9)], "2025-02")
    note = hall.note()
    assert "已生效" in hall.told("sign", hall.step, "--folder", hall.county.folder)
    assert hall.note() == note


def test_the_pack_is_signed_again_before_its_term_ends(hall, monkeypatch):
    """Nothing changed for almost three years: the same pack, a new version, a new term."""
    late = NOW + timedelta(days=3 * 365 - 100)
    monkeypatch.setattr("kiosk_server.cli.county.trust.clock", lambda: late)
    assert "重签 pack.json，内容不变" in hall.make("resign")
    hall.sign_as("li")
    assert "已生效" in hall.sign_as("wang")
    assert "已生效" in hall.told("sign", hall.step, "--folder", hall.county.folder), "safe to repeat"
    assert Repository(hall.county.feed).seated("pack").signed.expires > late + timedelta(days=1000)
