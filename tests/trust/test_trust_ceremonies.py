"""Ceremonies as they are typed: steps on sticks, keys with passphrases, machines that never meet."""

from __future__ import annotations

import asyncio
import json
import re
import shutil

import msgspec
import pytest
from cryptography.hazmat.primitives import serialization as to
from securesystemslib.signer import CryptoSigner

from kiosk_server.demo.founding import both_seated
from sync.carriers.folder import FolderSource
from sync.county.county import founded
from sync.county.trust_steps import SignatureFailed, missing, signed, step_of
from sync.log.keys import new_key, read_key, write_key
from sync.trust.client import learn
from sync.trust.repository import Repository
from sync.trust.seats import OneSignatureOnly, Seats
from sync.trust_layout import metadata_at
from tests.founding import PASSPHRASES
from tests.line.county_sim import NOW, VILLAGE, MemoryShelf, caught_up, published, row
from tests.trust.hall import Hall, bent
from tests.trust.trust_house import MemoryStore

pytestmark = [pytest.mark.thorough, pytest.mark.anyio]


def pulled(hall, store, scratch):
    road = FolderSource(hall.county.feed)
    return asyncio.run(learn(road, store, NOW, scratch, lambda *_: None))


def paired(hall):
    first = hall.county.feed / "trust" / "metadata" / "1.root.json"
    return MemoryStore({metadata_at("root"): first.read_bytes()})


@pytest.mark.usefixtures("clock")
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
