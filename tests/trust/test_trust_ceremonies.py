"""Ceremonies as they are typed: steps on sticks, keys with passphrases, machines that never meet."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import shutil
import subprocess
from datetime import timedelta

import msgspec
import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives import serialization as to
from securesystemslib.signer import CryptoSigner, SSlibKey
from tuf.api.metadata import Metadata

from kiosk_server.cli import county_command
from kiosk_server.demo.founding import both_seated
from sync.carriers.folder import FolderSource
from sync.county.county import founded, open_county
from sync.county.trust_steps import SignatureFailed, fingerprint, missing, signed, step_of, written
from sync.log.keys import new_key, read_key, write_key
from sync.log.note import Note, Signature, parse
from sync.trust.client import learn
from sync.trust.repository import Repository, prepared_targets
from sync.trust.seats import OneSignatureOnly, Seats
from sync.trust.statement import Statement
from sync.trust_layout import metadata_at
from tests.founding import PASSPHRASES
from tests.line.county_sim import NOW, VILLAGE, MemoryShelf, caught_up, copied, county, published, row
from tests.trust.trust_house import MemoryStore

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A county with its seats, its pack, and one list published."""
    where = county(tmp_path_factory.mktemp("ceremonies") / "county")
    published(where, [row(n) for n in range(3)])
    return where


class Hall:
    """A county's folder, the keepers' sticks, and whatever is typed."""

    def __init__(self, source, folder):
        self.county, self.folder = copied(source, folder / "county"), folder
        (folder / "secret").write_text(f"{PASSPHRASES['root']}\n", "utf-8")
        self.step = folder / "stick" / "step.json"

    def typed(self, *words):
        done = CliRunner().invoke(county_command, ["trust", *map(str, words)])
        return done.return_value if done.exception is None else done.exit_code, done.output

    def told(self, *words):
        code, output = self.typed(*words)
        assert code in {0, None, 1}, output
        return output

    def refused(self, *words):
        code, output = self.typed(*words)
        assert code == 2, output
        return re.search(r"（([a-z-]+)）\s*$", output.strip()).group(1)

    def make(self, *words):
        return self.told(*words, "--folder", self.county.folder, "--as", "li", "--out", self.step)

    def key(self, name, who="root"):
        """A key as its holder keeps it."""
        path = self.county.folder / ("roots" if who == "root" else "keys/seats") / f"{name}.key"
        return ["--key", path, "--passphrase-file", self.county.folder / "people" / who]

    def root(self, number, *, adopt=False):
        more = ["--folder", self.county.folder] if adopt else []
        return ["sign", self.step, *self.key(f"root{number}"), *more]

    def both(self):
        self.told(*self.root(2))
        return self.told(*self.root(3, adopt=True))

    def person(self, name):
        """A newcomer's key, made elsewhere; the public half travels."""
        key = new_key(f"{self.county.settings.origin_prefix}/{name}")
        seats = self.county.folder / "keys" / "seats"
        (seats / f"{name}.key").unlink(missing_ok=True)
        write_key(key, seats / f"{name}.key", "a passphrase of one's own")
        (self.county.folder / "people" / name).write_text("a passphrase of one's own\n")
        public = self.folder / f"{name}.pub"
        public.write_text(f"{key.verifier}\n")
        return public

    def sign_as(self, name):
        return self.told("sign", self.step, *self.key(name, name), "--folder", self.county.folder)

    @property
    def said(self):
        return Repository(self.county.feed).said

    def note(self):
        return open_county(self.county.folder).log(VILLAGE).note()


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """Everything happens on the day the county was founded, whenever the test runs."""
    monkeypatch.setattr("kiosk_server.cli.county.trust.clock", lambda: NOW)


@pytest.fixture
def hall(whole, tmp_path):
    (tmp_path / "stick").mkdir()
    return Hall(whole, tmp_path)


def pulled(hall, store, scratch):
    road = FolderSource(hall.county.feed)
    return asyncio.run(learn(road, store, NOW, scratch, lambda *_: None))


def paired(hall):
    first = hall.county.feed / "trust" / "metadata" / "1.root.json"
    return MemoryStore({metadata_at("root"): first.read_bytes()})


def test_a_county_is_founded_by_three_keepers_and_two_persons(tmp_path):
    """Each root key on its own stick with its own passphrase; the step is signed by two and then counts."""
    folder = founded(tmp_path / "county", name="苕安县", county_code="330590", now=NOW).folder
    (tmp_path / "secret").write_text("three words and another one\n")
    secret = ["--passphrase-file", tmp_path / "secret"]
    hall = Hall.__new__(Hall)
    for number in (1, 2, 3):
        (tmp_path / f"stick{number}").mkdir()
        told = hall.told("init", "--key-out", tmp_path / f"stick{number}" / f"root{number}.key", *secret)
        assert "SHA256:" in told
    key = tmp_path / "stick1" / "root1.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert b"OPENSSH PRIVATE KEY" in key.read_bytes()
    code, told = hall.typed("init", "--key-out", key, *secret)
    assert (code, "不会覆盖" in told) == (2, True), "an existing key is never written over"
    seats = []
    for who, office in (("li", "publisher"), ("wang", "reviewer")):
        (tmp_path / f"{who}.pub").write_text(f"{new_key(f'county-330590/{who}').verifier}\n")
        seats += ["--seat", who, office, tmp_path / f"{who}.pub"]
    roots = [word for n in (1, 2, 3) for word in ("--root", tmp_path / f"stick{n}" / f"root{n}.pub")]
    assert hall.typed("init", "--folder", folder, *roots[:4], *seats)[0] == 2, "two keepers found no county"
    told = hall.told("init", "--folder", folder, *roots, *seats)
    assert "增加 发布人 li" in told
    (step,) = (folder / "trust").glob("*-init.json")
    shutil.copy(step, travelling := tmp_path / "step.json")
    told = hall.told("sign", travelling, "--key", key, *secret)
    assert "还差 1 个签名" in told
    told = hall.told(
        "sign", travelling, "--key", tmp_path / "stick2" / "root2.key", *secret, "--folder", folder
    )
    assert "已生效" in told
    said = Repository(folder / "feed").said
    assert [(seat.person, seat.office) for seat in said.seats] == [("li", "publisher"), ("wang", "reviewer")]
    assert len(said.heartbeat) == 1
    assert hall.refused("init", "--folder", folder, *roots, *seats) == "trust-founded"


def test_the_fingerprint_is_what_ssh_keygen_shows(hall):
    """A keeper holds the paper against a tool that is not ours."""
    if not shutil.which("ssh-keygen"):
        pytest.skip("no ssh-keygen")
    path = hall.county.folder / "roots" / "root1.key"
    shown = subprocess.run(["ssh-keygen", "-lf", path], capture_output=True, text=True, check=True).stdout
    assert shown.split()[1] in hall.typed("status", "--folder", hall.county.folder)[1]


def test_somebody_comes_and_two_keepers_who_never_meet_sign(hall):
    """The words say who and which key; one signature is not enough; the second brings it into force."""
    told = hall.make("add", "sun", "--office", "reviewer", "--public", hall.person("sun"))
    assert "+ 增加 审核人 sun SHA256:" in told
    assert json.loads(hall.step.read_bytes())["made_by"] == "li"
    told = hall.told(*hall.root(1, adopt=True))
    assert "+ 增加 审核人 sun SHA256:" in told
    assert "还差 1 个签名" in told
    assert "sun" not in {seat.person for seat in hall.said.seats}
    assert "已生效" in hall.told(*hall.root(3, adopt=True))
    assert "sun" in {seat.person for seat in hall.said.seats}
    assert "已生效" in hall.told("sign", hall.step, "--folder", hall.county.folder), "safe to repeat"


def test_the_wrong_key_and_the_same_key_twice_are_one_sentence(hall):
    """A seat's key signs no statement; one keeper is one signature; a wrong passphrase signs nothing."""
    hall.make("add", "sun", "--office", "reviewer", "--public", hall.person("sun"))
    before = hall.step.read_bytes()
    assert hall.refused("sign", hall.step, *hall.key("li", "li")) == "trust-key-not-asked"
    wrong = [
        "--key",
        hall.county.folder / "roots" / "root1.key",
        "--passphrase-file",
        hall.county.folder / "people" / "li",
    ]
    assert hall.refused("sign", hall.step, *wrong) == "passphrase-wrong"
    assert hall.step.read_bytes() == before
    hall.told(*hall.root(1))
    assert hall.refused(*hall.root(1)) == "trust-signed-already"
    assert PASSPHRASES["root"] not in hall.step.read_text()


def test_a_step_of_an_older_statement_is_refused(hall):
    """Made before another came into force: its signatures are worth nothing any more."""
    hall.make("add", "sun", "--office", "reviewer", "--public", hall.person("sun"))
    old = hall.step.read_bytes()
    hall.make("add", "zhao", "--office", "publisher", "--public", hall.person("zhao"))
    hall.both()
    hall.step.write_bytes(old)
    hall.told(*hall.root(2))
    assert hall.refused(*hall.root(3, adopt=True)) == "trust-step-outdated"


def test_nobody_leaves_a_county_without_two_persons(hall):
    """The last reviewer cannot retire before another has come; whom nobody knows neither."""
    words = ["--folder", hall.county.folder, "--as", "li"]
    assert hall.refused("retire", "wang", *words) == "trust-step-wrong"
    assert hall.refused("retire", "zhou", *words) == "trust-nobody-there"
    same = hall.person("wang")
    assert hall.refused("add", "li", "--office", "reviewer", "--public", hall.folder / "none.pub", *words)
    assert hall.refused("revoke", "wang", *words) == "trust-step-wrong"
    assert same.exists()


def test_a_private_key_is_not_taken_for_the_public_one(hall):
    """Whoever hands over the wrong of the two files is told which it is, and nothing of what stands in it."""
    hall.person("sun")
    private = hall.county.folder / "keys" / "seats" / "sun.key"
    words = ["--office", "reviewer", "--public", private, "--folder", hall.county.folder, "--as", "li"]
    assert hall.refused("add", "sun", *words) == "private-key-given"
    words[3] = "county-330590/sun+00000000+AAAA"
    assert hall.refused("add", "sun", *words) == "key-unreadable"


def bent(hall, change):
    step = json.loads(hall.step.read_bytes())
    change(step)
    hall.step.write_text(json.dumps(step))


@pytest.mark.parametrize(
    "change",
    [
        lambda step: step["said"]["seats"].pop(),
        lambda step: step["targets"]["signed"]["targets"].update(
            {"pack.json": step["targets"]["signed"]["targets"]["trust.json"]}
        ),
        lambda step: step.update(targets=step["old_root"]),
        lambda step: step.update(root=step["targets"]),
        lambda step: step.update(notes={VILLAGE: "county-330590/v/330590100201\n9\nAAAA\n"}),
        lambda step: step.update(format="county-trust-step/2"),
        lambda step: step["root"]["signed"]["roles"]["targets"].update(threshold=1),
        lambda step: step.pop("targets"),
        lambda step: step.update(act="resign"),
    ],
)
def test_a_step_that_says_one_thing_and_signs_another_is_refused(hall, change):
    """Whatever somebody does to the file on the way: the words are of what is signed, or there is no step."""
    public = hall.folder / "root4.pub"
    public.write_text(f"{new_key('root').verifier}\n")
    lost = re.findall(r"根密钥 (SHA256:\S+)", hall.typed("status", "--folder", hall.county.folder)[1])[0]
    hall.make("rotate", "--root", lost, "--public", public)
    bent(hall, change)
    before = hall.step.read_bytes()
    assert hall.refused(*hall.root(2)) in {
        "trust-step-unreadable",
        "trust-step-unfit",
        "trust-statement-wrong",
    }
    assert hall.step.read_bytes() == before


@pytest.mark.parametrize("hidden", ["苕安县\x1b[8m", "苕安县\n  发布人 li SHA256:x", "苕安县\u202e"])
def test_a_step_that_repaints_the_terminal_is_refused(hall, hidden):
    """Who may write into the file hides no line from a keeper, and adds none."""
    hall.make("add", "sun", "--office", "reviewer", "--public", hall.person("sun"))

    def change(step):
        step["said"]["county"] = hidden
        data = msgspec.convert(step["said"], Statement).bytes()
        step["targets"]["signed"]["targets"]["trust.json"] = {
            "length": len(data),
            "hashes": {"sha256": hashlib.sha256(data).hexdigest()},
        }

    bent(hall, change)
    code, told = hall.typed(*hall.root(2))
    assert (code, "trust-step-unreadable" in told, "已签名" in told) == (2, True, False), told
    assert not {"\x1b", "\u202e"} & {*told}


def test_a_key_that_calls_itself_like_another_is_shown_as_what_it_is():
    """A hardware key's id is written by whoever wrote the file: its fingerprint is of the key itself."""
    one, other = (
        SSlibKey("f" * 64, "ecdsa", "ecdsa-sha2-nistp256", {"public": public}) for public in ("a", "b")
    )
    assert fingerprint(one) != fingerprint(other)


def test_words_in_the_file_are_never_what_a_keeper_is_shown(hall):
    """Somebody writes that nothing changes: the program shows what it computes."""
    hall.make("add", "sun", "--office", "reviewer", "--public", hall.person("sun"))
    bent(hall, lambda step: step.update(reads=["一切照旧"]))
    told = hall.told(*hall.root(1))
    assert "一切照旧" not in told
    assert "增加 审核人 sun" in told


def test_a_root_key_is_lost_and_the_other_two_suffice(hall, tmp_path):
    """Two keepers put a third key in its place; every machine, paired before or after, goes on."""
    store = paired(hall)
    pulled(hall, store, tmp_path)
    lost = re.findall(r"根密钥 (SHA256:\S+)", hall.typed("status", "--folder", hall.county.folder)[1])[0]
    hall.make("revoke", "--root", lost)
    assert "已生效" in hall.both()
    code, told = hall.typed("status", "--folder", hall.county.folder)
    assert code == 1
    assert "只剩 2 把根密钥" in told
    fourth = new_key("root4")
    write_key(fourth, hall.county.folder / "roots" / "root4.key", PASSPHRASES["root"])
    (hall.folder / "root4.pub").write_text(f"{fourth.verifier}\n")
    hall.make("add", "--root", "--public", hall.folder / "root4.pub")
    assert "已生效" in hall.both()
    hall.make("add", "sun", "--office", "reviewer", "--public", hall.person("sun"))
    assert hall.refused(*hall.root(1)) == "trust-key-not-asked"
    hall.told(*hall.root(4))
    assert "已生效" in hall.told(*hall.root(2, adopt=True))
    for machine in (store, paired(hall)):
        learned = pulled(hall, machine, tmp_path)
        assert (learned.refusals, learned.said) == ((), hall.said)


@pytest.mark.parametrize("lost", [False, True])
def test_the_servers_keys_are_replaced(hall, tmp_path, lost):
    """Online and heartbeat: new files take the old ones' place once the step counts, also where the old is gone."""
    keys = hall.county.folder / "keys"
    before = {name: (keys / f"{name}.key").read_bytes() for name in ("online", "heartbeat")}
    store = paired(hall)
    pulled(hall, store, tmp_path)
    if lost:
        (keys / "online.key").unlink()
    for name in ("online", "heartbeat"):
        hall.make("rotate", f"--{name}")
        assert "已生效" in hall.both()
        assert (keys / f"{name}.key").read_bytes() != before[name]
        assert (keys / f"{name}.key").stat().st_mode & 0o777 == 0o600
        assert not (keys / f"{name}-next.key").exists()
    learned = pulled(hall, store, tmp_path)
    assert learned.refusals == ()
    assert learned.said.heartbeat == (
        str(read_key(f"{hall.county.settings.origin_prefix}/heartbeat", keys / "heartbeat.key").verifier),
    )


def test_a_key_is_rotated_in_the_middle_of_a_log(hall, tmp_path):
    """The old key is refused at once; both seats sign again what is published; kiosks take it as it was."""
    store = paired(hall)
    old = pulled(hall, store, tmp_path).seats
    text = hall.note().partition(b"\n\n")[0]
    hall.make("rotate", "wang", "--public", hall.person("wang"))
    told = hall.both()
    assert "resign" in told
    learned = pulled(hall, store, tmp_path)
    with pytest.raises(OneSignatureOnly):
        learned.seats.verified(VILLAGE, hall.note())
    assert [type(one) for one in learned.refusals] != []
    code, told = hall.typed("status", "--folder", hall.county.folder)
    assert code == 1
    assert "1 个村的检查点、资料包" in told
    told = hall.make("resign")
    assert f"重签 {VILLAGE} 的检查点：" in told
    hall.sign_as("li")
    assert "已生效" in hall.sign_as("wang")
    learned = pulled(hall, store, tmp_path)
    assert learned.refusals == ()
    assert learned.seats.verified(VILLAGE, hall.note()).size
    assert hall.note().partition(b"\n\n")[0] == text
    with pytest.raises(OneSignatureOnly):
        old.verified(VILLAGE, hall.note())
    assert hall.refused("resign", "--folder", hall.county.folder, "--as", "li") == "trust-nothing-to-sign"


async def test_a_kiosk_takes_rows_before_and_after_a_rotation(hall, tmp_path):
    """Three rows under the old keys, two more under the new ones: one log, nothing fetched twice, nothing held."""
    store, shelf = paired(hall), MemoryShelf()
    trust = Seats(Repository(hall.county.feed).said)
    first = await caught_up(hall.county, shelf, tmp_path, trust=trust)
    hall.make("rotate", "wang", "--public", hall.person("wang"))
    hall.both()
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    road = FolderSource(hall.county.feed)
    new = (await learn(road, store, NOW, scratch, lambda *_: None)).seats
    with pytest.raises(OneSignatureOnly):
        await caught_up(hall.county, shelf, tmp_path, trust=new)
    hall.make("resign")
    hall.sign_as("li")
    hall.sign_as("wang")
    same = await caught_up(hall.county, shelf, tmp_path, trust=new)
    assert (same.before, same.size) == (first.size, first.size)
    own = {**PASSPHRASES, "wang": "a passphrase of one's own"}
    published(both_seated(hall.county.folder, own), [row(n) for n in range(3, 5)], "2025-02")
    more = await caught_up(hall.county, shelf, tmp_path, trust=new)
    assert more.size > first.size
    with pytest.raises(OneSignatureOnly):
        trust.verified(VILLAGE, hall.note())


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


def test_a_step_that_seats_one_person_is_shown_to_nobody(hall):
    """Consistent and well made, and no county could live by it: no keeper is asked to sign it."""
    hall.make("add", "sun", "--office", "reviewer", "--public", hall.person("sun"))

    def change(step):
        step["said"]["seats"] = step["said"]["seats"][:1]
        said = msgspec.convert(step["said"], Statement)
        step["targets"] = written(prepared_targets(said, NOW, Repository(hall.county.feed).targets.signed))

    bent(hall, change)
    assert hall.refused(*hall.root(1)) == "trust-statement-wrong"


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


def test_a_false_signature_is_none(hall):
    """Whatever stands under a keeper's key in the file: only what the key made for both papers counts."""
    lost = re.findall(r"根密钥 (SHA256:\S+)", hall.typed("status", "--folder", hall.county.folder)[1])[0]
    hall.make("revoke", "--root", lost)
    hall.told(*hall.root(2))
    signed = hall.step.read_bytes()
    for change in (
        lambda step: step["targets"]["signatures"][0].update(sig="00" * 64),
        lambda step: step["targets"].update(signatures=[]),
        lambda step: step["root"].update(signatures=[]),
    ):
        hall.step.write_bytes(signed)
        bent(hall, change)
        assert "还差 2 个签名" in hall.told("sign", hall.step)
    hall.step.write_bytes(signed)
    assert "还差 1 个签名" in hall.told("sign", hall.step)


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


def test_a_keeper_who_goes_may_sign_it(hall):
    """A stick that is replaced in good time is one of the two that the root in force asks for."""
    old = re.findall(r"根密钥 (SHA256:\S+)", hall.typed("status", "--folder", hall.county.folder)[1])[0]
    hall.make("revoke", "--root", old)
    assert "已签名" in hall.told(*hall.root(1))
    assert "现在的根密钥还差 1 个签名" in hall.told(*hall.root(1)[:2])


def test_a_device_that_signs_something_else_is_told(hall):
    """Before its signature is kept it is held to the key; nothing of it is in the step."""

    class Broken(CryptoSigner):
        def sign(self, payload):
            return super().sign(payload + b" ")

    hall.make("add", "sun", "--office", "reviewer", "--public", hall.person("sun"))
    root = read_key("root", hall.county.folder / "roots" / "root1.key", PASSPHRASES["root"])
    with pytest.raises(SignatureFailed):
        signed(step_of(hall.step), Broken(root.private))
    hall.both()
    hall.make("rotate", "wang", "--public", hall.person("wang"))
    hall.both()
    hall.make("resign")
    step = step_of(hall.step)
    li = read_key("", hall.county.folder / "keys" / "seats" / "li.key", PASSPHRASES["li"])
    wang = read_key("", hall.county.folder / "keys" / "seats" / "wang.key", "a passphrase of one's own")
    assert missing(signed(signed(step, CryptoSigner(li.private)), CryptoSigner(wang.private))) == ()
    for part in ({"seated": {}}, {"notes": {}}):
        with pytest.raises(SignatureFailed):
            signed(msgspec.structs.replace(step, **part), Broken(wang.private))


def test_a_step_tells_every_key_that_comes_or_goes(hall):
    """The server's and the keepers' keys as the persons': what goes, what comes, until when, and all that then count."""
    status = hall.typed("status", "--folder", hall.county.folder)[1]
    (beat,) = re.findall(r"心跳密钥 (\S+)", status)
    (online,) = re.findall(r"在线密钥 (\S+)", status)
    lost, *others = re.findall(r"根密钥 (\S+)", status)
    told = hall.make("rotate", "--heartbeat")
    (fresh,) = re.findall(r"\+ 增加 心跳密钥 (\S+)", told)
    assert f"− 去掉 心跳密钥 {beat}" in told
    assert "有效期至 2028-11-22" in told
    whole = told.partition("全部有效的密钥：")[2]
    for line in (f"心跳密钥 {fresh}", f"在线密钥 {online}", "发布人 li", "审核人 wang", *others, lost):
        assert line in whole
    assert beat not in whole
    told = hall.make("rotate", "--online")
    assert f"− 去掉 在线密钥 {online}" in told
    told = hall.make("revoke", "--root", lost)
    assert f"− 去掉 根密钥 {lost}" in told
    assert "信任根第 2 版，有效期至 2035-11-21" in told
    assert f"  根密钥 {lost}" not in told


def test_what_follows_a_key_that_goes_is_said(hall):
    """Whoever lost a laptop is told to sign again what hangs, and to shut the account."""
    hall.make("add", "sun", "--office", "publisher", "--public", hall.person("sun"))
    assert "resign" not in hall.both()
    hall.make("revoke", "li")
    told = hall.both()
    assert ("county trust resign" in told, "county people leave" in told) == (True, True)


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


def test_a_kiosk_that_slept_through_three_rotations_catches_up(hall, tmp_path):
    """A publisher's, a reviewer's and a root key went meanwhile; one pull, and the list is believed."""
    store = paired(hall)
    pulled(hall, store, tmp_path)
    for who in ("li", "wang"):
        hall.make("rotate", who, "--public", hall.person(who))
        hall.both()
        hall.make("resign")
        hall.sign_as("li")
        hall.sign_as("wang")
    lost = re.findall(r"根密钥 (SHA256:\S+)", hall.typed("status", "--folder", hall.county.folder)[1])[0]
    hall.make("revoke", "--root", lost)
    hall.both()
    learned = pulled(hall, store, tmp_path)
    assert learned.refusals == ()
    assert learned.seats.verified(VILLAGE, hall.note()).size


def test_a_stray_file_stops_no_status(hall):
    """Something that is no step lies among the steps: it is named, and everything else is told."""
    (hall.county.folder / "trust").mkdir(exist_ok=True)
    for number, text in enumerate(("{}", "[" * 100_000, "\udcff")):
        (hall.county.folder / "trust" / f"{number}.json").write_text(text, errors="surrogateescape")
    told = hall.told("status", "--folder", hall.county.folder)
    assert told.count("trust-step-unreadable") == 3
    assert "发布人 li" in told


def test_the_pack_is_signed_again_before_its_term_ends(hall, monkeypatch):
    """Nothing changed for almost three years: the same pack, a new version, a new term."""
    late = NOW + timedelta(days=3 * 365 - 100)
    monkeypatch.setattr("kiosk_server.cli.county.trust.clock", lambda: late)
    assert "重签 pack.json，内容不变" in hall.make("resign")
    hall.sign_as("li")
    assert "已生效" in hall.sign_as("wang")
    assert "已生效" in hall.told("sign", hall.step, "--folder", hall.county.folder), "safe to repeat"
    assert Repository(hall.county.feed).seated("pack").signed.expires > late + timedelta(days=1000)


def test_a_hardware_key_signs_by_its_address(hall):
    """Any Signer of securesystemslib: here a PKCS#8 file by its URI; the wrong one is one sentence."""
    hall.make("add", "sun", "--office", "reviewer", "--public", hall.person("sun"))
    for name in ("root1", "online"):
        where = hall.county.folder / ("roots" if name == "root1" else "keys") / f"{name}.key"
        key = read_key(name, where, PASSPHRASES["root"] if name == "root1" else "")
        open_ = to.Encoding.PEM, to.PrivateFormat.PKCS8, to.NoEncryption()
        (hall.folder / f"{name}.pem").write_bytes(key.private.private_bytes(*open_))
    assert (
        hall.refused("sign", hall.step, "--signer", f"file2:{hall.folder}/online.pem")
        == "trust-signature-failed"
    )
    assert hall.refused("sign", hall.step, "--signer", "nothing:1") == "trust-signature-failed"
    told = hall.told("sign", hall.step, "--signer", f"file2:{hall.folder}/root1.pem")
    assert "已签名" in told


@pytest.mark.parametrize("name", ["online", "heartbeat"])
def test_status_tells_a_key_of_this_machine_that_counts_no_more(hall, name):
    """As after an older backup was restored: what it signs nobody believes, and the way out is named."""
    path = hall.county.folder / "keys" / f"{name}.key"
    old = path.read_bytes()
    hall.make("rotate", f"--{name}")
    hall.both()
    assert hall.typed("status", "--folder", hall.county.folder)[0] in {0, None}
    path.write_bytes(old)
    code, told = hall.typed("status", "--folder", hall.county.folder)
    assert (code, f"county trust rotate --{name}" in told) == (1, True), told


def test_status_tells_every_term_that_runs_out(hall, monkeypatch):
    """The timestamp after a year, all that is signed by persons after three, the root after ten; before, that it will."""

    def told(**term):
        monkeypatch.setattr("kiosk_server.cli.county.trust.clock", lambda: NOW + timedelta(**term))
        code, lines = hall.typed("status", "--folder", hall.county.folder)
        return {line[2:] for line in lines.splitlines() if line.startswith("! ")}, code or 0

    soon, code = told(days=305)
    assert (code, [*soon]) == (1, ["时间戳将在 2026-11-23 到期，请续签：county heartbeat"])
    assert told(days=304, hours=23) == (set(), 0)
    over, code = told(days=365)
    assert (code, len(over)) == (1, 1)
    assert "时间戳已过期（2026-11-23）" in over.pop()
    over, _ = told(days=3 * 365)
    for name in ("时间戳", "密钥名册", "资料包", "版本清单"):
        assert any(line.startswith(f"{name}已过期") for line in over), (name, over)
    assert any(line.startswith("信任根已过期") for line in told(days=3650)[0])


def test_what_status_says_of_a_term_renews_it(hall, monkeypatch):
    """Three years on nothing changed: the commands that the alarms name, and there is no alarm any more."""
    late = NOW + timedelta(days=3 * 365 - 30)
    monkeypatch.setattr("kiosk_server.cli.county.trust.clock", lambda: late)
    told = hall.told("status", "--folder", hall.county.folder)
    assert "密钥名册将在 2028-11-22 到期，请续签：county trust rotate --online" in told
    hall.make("rotate", "--online")
    hall.both()
    told = hall.told("status", "--folder", hall.county.folder)
    assert [line for line in told.splitlines() if line.startswith("! ")] == [
        "! 资料包将在 2028-11-22 到期，请续签：county trust resign"
    ]
    hall.make("resign")
    hall.sign_as("li")
    hall.sign_as("wang")
    assert "没有要处理的事" in hall.told("status", "--folder", hall.county.folder)


def test_status_shows_only_steps_that_can_still_count(hall):
    """What is in force, and what another step has overtaken, is under way no longer."""
    words = ["--folder", hall.county.folder, "--as", "li"]
    for name in ("sun", "zhao"):
        hall.told("add", name, "--office", "reviewer", "--public", hall.person(name), *words)
        (made,) = (hall.county.folder / "trust").glob("*.json")
        made.rename(hall.folder / f"{name}.json")
    for name in ("sun", "zhao"):
        (hall.folder / f"{name}.json").rename(hall.county.folder / "trust" / f"{name}.json")
    assert hall.told("status", "--folder", hall.county.folder).count("正在办") == 2
    hall.step = hall.county.folder / "trust" / "sun.json"
    hall.both()
    assert "正在办" not in hall.told("status", "--folder", hall.county.folder)


def test_status_shows_a_resigning_until_it_is_done(hall):
    """It lies there, told with who must sign, until what hangs carries signatures that count."""
    hall.make("rotate", "wang", "--public", hall.person("wang"))
    hall.both()
    hall.told("resign", "--folder", hall.county.folder, "--as", "li")
    (hall.step,) = (hall.county.folder / "trust").glob("*-resign.json")
    assert json.loads(hall.step.read_bytes())["made_by"] == "li"
    told = hall.told("status", "--folder", hall.county.folder)
    assert ("正在办" in told, "还差审核人的签名（wang）" in told) == (True, True)
    hall.sign_as("li")
    hall.sign_as("wang")
    assert "正在办" not in hall.told("status", "--folder", hall.county.folder)


def test_a_step_waits_for_the_servers_key(hall):
    """keys/online.key is gone or another's: nothing comes into force, and the way out is named."""
    hall.make("add", "sun", "--office", "reviewer", "--public", hall.person("sun"))
    hall.told(*hall.root(1))
    online = hall.county.folder / "keys" / "online.key"
    kept = online.read_bytes()
    online.unlink()
    assert hall.refused(*hall.root(2, adopt=True)) == "trust-online-key-wrong"
    write_key(new_key("online"), online)
    assert hall.refused("sign", hall.step, "--folder", hall.county.folder) == "trust-online-key-wrong"
    assert len(hall.said.seats) == 2
    online.write_bytes(kept)
    assert "已生效" in hall.told("sign", hall.step, "--folder", hall.county.folder)


def test_status_tells_a_county_without_a_heartbeat(hall, monkeypatch):
    """One that was founded before there was any: what is missing, and the one command."""
    monkeypatch.setattr("sync.county.county.County.said", msgspec.structs.replace(hall.said, heartbeat=()))
    code, told = hall.typed("status", "--folder", hall.county.folder)
    assert (code, "没有心跳密钥" in told, "county trust rotate --heartbeat" in told) == (1, True, True)


def test_status_says_who_may_what_until_when_and_what_waits(hall):
    """Seats, keys, terms, steps under way with the signatures they lack; exit code 1 only for alarms."""
    code, told = hall.typed("status", "--folder", hall.county.folder)
    assert code in {0, None}, told
    assert "发布人 li SHA256:" in told
    assert "没有要处理的事" in told
    hall.told(
        "add",
        "sun",
        "--office",
        "reviewer",
        "--public",
        hall.person("sun"),
        "--folder",
        hall.county.folder,
        "--as",
        "li",
    )
    told = hall.told("status", "--folder", hall.county.folder)
    assert "还差 2 个签名" in told
    code, told = hall.typed("status", "--folder", hall.county.folder, "--days", "3000")
    assert code == 1
    assert "到期，请续签" in told
