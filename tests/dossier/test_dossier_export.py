"""A village's year as a bag: what is in it, what standard tools say of it, when it is refused."""

from __future__ import annotations

import json
import re
import stat
import subprocess
import sys
import time
import unicodedata
from datetime import UTC, datetime

import bagit
import pytest
from PIL import Image

from kiosk_server.demo.county import PUBLIC_BASE_URL
from sync.log.checkpoint import checkpoint
from sync.log.note import parse
from sync.log.tree import leaf_hash, node_hash, root_of
from sync.wire import framed
from tests.dossier.year_house import BATCH, NEXT, VILLAGE, digest, tree

pytestmark = pytest.mark.thorough


def told(bag, path):
    """A JSON file of a bag."""
    return json.loads((bag / path).read_bytes())


def now():
    """This moment, in whole seconds."""
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


def each(bag, folder):
    """Every JSON file of a folder of the payload, in order."""
    return [json.loads(path.read_bytes()) for path in sorted((bag / "data" / folder).glob("*.json"))]


def test_a_bag_is_valid_under_the_standards_own_tools(bag):
    """Bagit finds it valid, sha256sum both manifests, and the Oxum counts every payload file."""
    assert bagit.Bag(str(bag)).validate()
    for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        done = subprocess.run(
            ["sha256sum", "-c", "--strict", manifest], cwd=bag, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stdout
        lines = (bag / manifest).read_text("utf-8").splitlines()  # one space is read by some versions only
        assert all(re.fullmatch("[0-9a-f]{64}  [^ ].*", line) for line in lines)
    payload = tree(bag / "data")
    oxum = f"Payload-Oxum: {sum(map(len, payload.values()))}.{len(payload)}"
    assert oxum in (bag / "bag-info.txt").read_text("utf-8").splitlines()


def test_the_feed_slice_is_proven_by_the_signed_checkpoint(bag):
    """Heads make the signed root, each row is its head's leaf, every proof leads to the root."""
    feed = bag / "data" / "feed"
    signed = checkpoint(parse((feed / "checkpoint").read_bytes()).text)
    heads = (feed / "heads.ndjson").read_bytes().split(b"\n")[:-1]
    hashes = [leaf_hash(head) for head in heads]
    assert (len(heads), root_of(hashes)) == (signed.size, signed.root)
    rows = [framed(line) for line in (feed / "rows.ndjson").read_bytes().split(b"\n")[:-1]]
    assert all(head in heads for head, _ in rows)
    for proof in told(bag, "data/feed/proofs.json")["proofs"]:
        assert walked(proof, signed.size) == signed.root


def walked(proof, size):
    """The root that a proof leads to (RFC 6962 §2.1.1)."""
    at, last, node = proof["index"], size - 1, bytes.fromhex(proof["leaf"])
    for side in map(bytes.fromhex, proof["path"]):
        while not at & 1 and at == last:
            at, last = at >> 1, last >> 1
        node = node_hash(side, node) if at & 1 else node_hash(node, side)
        at, last = at >> 1, last >> 1
    return node


def test_every_list_of_the_year_and_no_other_is_in_it(bag):
    """Editions that were replaced, a list taken back, one applied for; the list of 2024 is not."""
    sheets = each(bag, "sheets")
    assert [
        (one["batch"].removeprefix(BATCH.format("")), one["edition"], one["state"]) for one in sheets
    ] == [
        ("2025-01", 1, "superseded"),
        ("2025-01", 2, ""),
        ("2025-02", 1, "withdrawn"),
        ("2025-03", 1, "superseded"),
        ("2025-03", 2, ""),
        ("2025-05-app", 1, ""),
    ]
    assert {bool(one["pdf"]) for one in sheets if one["state"]} == {False}
    assert all(one["pdf"] and not one["printed"] for one in sheets if not one["state"])
    heads = (bag / "data/feed/rows.ndjson").read_text("utf-8")
    assert BATCH.format("2024-01") not in heads


def test_the_leaves_of_a_list_are_its_digest(bag):
    """Whoever hashes the named leaves in log order gets the 校验码 on the paper (settled §9)."""
    origin = told(bag, "data/feed/feed.json")["origin"]
    heads = (bag / "data/feed/heads.ndjson").read_bytes().split(b"\n")
    for one in each(bag, "sheets"):
        lines = ["village-kiosk sheet v1", origin, one["batch"], one["edition"], one["count"], one["sum_fen"]]
        lines += [leaf_hash(heads[at]).hex() for at in sorted(one["leaves"])]
        assert digest("".join(f"{line}\n" for line in lines).encode()) == one["digest"]


def test_notices_of_the_year_come_with_their_files(bag, founded, tmp_path):
    """By the day the county issued them; each file once, under its digest."""
    notices = each(bag, "notices")
    later = each(founded.exported(tmp_path / "later", year=NEXT), "notices")
    assert (len(notices), len(later)) == (4, 2)
    files = [file for one in notices for file in one["attachments"]]
    assert files
    assert all(digest((bag / file["path"]).read_bytes()) == file["sha256"] for file in files)


def test_an_erased_row_is_a_tombstone_in_every_file(bag, founded):
    """The head stays in the log, the name is in no byte of the bag (settled §15)."""
    erased = "甲" + chr(0x4E00 + 21)
    rows = (bag / "data/feed/rows.ndjson").read_text("utf-8")
    assert '"b":null' in rows
    assert not any(erased.encode() in data for data in tree(bag).values())
    assert "甲" + chr(0x4E00 + 20) in rows


def test_a_list_says_the_households_that_were_signed(bag):
    """Also of an edition with an erased row: what `batch.close` says, and no fewer."""
    bodies = [json.loads(line) for line in (bag / "data/feed/rows.ndjson").read_text("utf-8").splitlines()]
    heads = (bag / "data/feed/heads.ndjson").read_text("utf-8").splitlines()
    signed = {json.dumps(one["h"]): one["b"]["close"] for one in bodies if one["h"]["kind"] == "batch.close"}
    for one in each(bag, "sheets"):
        assert one["households"] == signed[json.dumps(json.loads(heads[one["index"]]))]["households"]


def test_the_same_moment_gives_the_same_bytes(bag, founded, tmp_path):
    """Exported once more, register and all, the whole tree is equal byte for byte."""
    assert tree(founded.exported(tmp_path / "again")) == tree(bag)


def test_the_export_is_in_the_register_after_it_is_complete(founded, tmp_path):
    """Who, why, and the digest of the manifest; not in the bag itself, but in the next one."""
    house = founded.copied(tmp_path / "house")
    bag = house.exported(tmp_path / "one", "--by", "村文书", "--reason", "年度检查")
    line = json.loads((house.data / "register.chain").read_text("utf-8").splitlines()[-1].partition(" ")[2])
    assert line["sha256"] == digest((bag / "manifest-sha256.txt").read_bytes())
    assert (line["act"], line["by"], line["reason"], line["name"]) == (
        "export",
        "村文书",
        "年度检查",
        bag.name,
    )
    assert line["sha256"] not in (bag / "data/register.ndjson").read_text("utf-8")
    time.sleep(1)  # a line of the same second comes after the moment
    code, _ = house.exports(tmp_path / "two", as_of=now())
    assert code == 0
    assert line["sha256"] in next((tmp_path / "two").glob("*/data/register.ndjson")).read_text("utf-8")


def test_why_a_year_is_handed_out_names_nobody_of_its_lists(founded, tmp_path):
    """The register outlasts every erasure: a name in reason or office is refused, at the village and at the county."""
    (into := tmp_path / "stick").mkdir()
    words = ("--year", 2025, "--to", into, "--reason", "甲 一申请查阅")
    for code, said in (
        founded.kiosk("export", *words),
        founded.kiosk("export", *words[:-2], "--by", "甲一主任"),
        founded.at_the_county(into, *words[-2:]),
    ):
        assert (code, "（reason-tells-who）" in said, "甲" in said) == (2, True, False), said
    assert not [*into.iterdir()]


def test_a_bag_that_is_there_is_never_overwritten(founded, tmp_path):
    """The same content is said to be there, other content is refused; neither changes a byte."""
    house, into = founded.copied(tmp_path / "house"), tmp_path / "stick"
    bag = house.exported(into)
    before, register = tree(bag), (house.data / "register.chain").read_bytes()
    code, said = house.exports(into)
    assert (code, "已经在那里" in said, tree(bag)) == (0, True, before)
    assert (house.data / "register.chain").read_bytes() == register
    (bag / "data" / "目录.pdf").write_bytes(b"%PDF")
    changed = tree(bag)
    code, said = house.exports(into)
    assert (code, "export-differs" in said, tree(bag)) == (2, True, changed)


@pytest.mark.parametrize("strange", ["data/另一份.pdf", "另一份.txt"])
def test_a_file_too_many_makes_it_another_bag(founded, tmp_path, strange):
    """A folder that holds all and one file more is not what was exported."""
    bag = founded.exported(tmp_path / "stick")
    (bag / strange).write_bytes(b"x")
    code, said = founded.exports(tmp_path / "stick")
    assert (code, "export-differs" in said) == (2, True)


def test_files_are_their_owners_alone(bag):
    """0600 in folders of 0700, where the file system knows it."""
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in [bag, *bag.rglob("*")]}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}


def test_every_name_is_one_that_a_stick_can_hold(bag):
    """None of the signs FAT forbids, no two that differ in capitals only, in one spelling of Unicode."""
    for path in [bag, *bag.rglob("*")]:
        assert not re.search(r'[\\:*?"<>|%\x00-\x1f]', path.name)
        assert unicodedata.is_normalized("NFC", path.name)
        assert not path.name.endswith((" ", "."))
        assert len(path.name) <= 100
    names = [path.as_posix().casefold() for path in bag.rglob("*")]
    assert len(names) == len(set(names))


def test_what_cannot_be_exported_is_said_in_one_sentence(founded, tmp_path):
    """A village that is not here, a year without anything, a folder that is not there, a moment long ago."""
    into = tmp_path / "stick"
    for words, code in (
        (("--village", "330590200202"), "village-not-held"),
        (("--year", 2019), "year-empty"),
        (("--to", tmp_path / "nowhere"), "export-no-folder"),
        (("--as-of", "2025-11-01T00:00:00Z"), "export-as-of"),
        (("--as-of", "2199-11-01T00:00:00Z"), "export-as-of"),
    ):
        exit_code, said = founded.exports(into, *words)
        assert (exit_code, code in said, [*into.iterdir()]) == (2, True, []), said


def test_the_bag_says_that_it_holds_persons(bag, founded):
    """On the stick, whoever opens bag-info.txt reads it."""
    assert "含个人信息，仅供检查与留存" in (bag / "bag-info.txt").read_text("utf-8")
    assert f"As-Of: {founded.as_of}" in (bag / "bag-info.txt").read_text("utf-8")
    assert bag.name.startswith(f"{VILLAGE}_竹垓村_2025年_")


def test_the_county_hands_out_the_same_year(founded, bag, tmp_path):
    """Of the same state, as of the same moment, out of its own feed: every byte but the register's and its count."""
    house = founded.copied(tmp_path / "house")
    base = ("--public-base-url", PUBLIC_BASE_URL)
    code, said = house.at_the_county(tmp_path / "county", *base, "--by", "县档案馆")
    assert code == 0, said
    theirs = tree(tmp_path / "county" / founded.name())
    assert theirs == tree(bag)
    assert not [*(house.folder / "county" / "export").glob("*/*")]
    last = (house.folder / "county" / "register.chain").read_text("utf-8").splitlines()[-1]
    assert json.loads(last.partition(" ")[2])["by"] == "县档案馆"


def test_the_county_has_no_year_of_a_village_it_publishes_nothing_for(founded, tmp_path):
    """Refused in a sentence, and nothing is made."""
    (tmp_path / "stick").mkdir()
    for village in ("330590100205", "330590999999"):
        code, said = founded.at_the_county(tmp_path / "stick", "--village", village)
        assert (code, "village-not-held" in said) == (2, True)
    assert not [*(tmp_path / "stick").iterdir()]


def verified(bag):
    """Whether the program beside the bag finds it whole: standard library only, as an inspector runs it."""
    tool = bag.parent / "核对工具" / "verify.py"
    done = subprocess.run(
        [sys.executable, "-I", "-S", tool, bag], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return True


def test_the_tools_lie_beside_the_bag_and_find_it_whole(bag):
    """A copy of the program travels on every stick."""
    assert verified(bag)


def test_papers_of_an_older_year_go_out_marked_as_taken_in_later(founded, tmp_path):
    """A year before this system has no list and no log of its own: the scan, and where it came from."""
    house, scan = founded.copied(tmp_path / "house"), tmp_path / "公示表.png"
    Image.new("L", (60, 80), 200).save(scan, "PNG")
    about = {"--year": 2019, "--kind": "scan", "--title": "2019年地力补贴公示表", "--day": "2019-12-01"}
    about |= {"--from": "村档案室", "--by": "竹垓村村民委员会", "--village": VILLAGE}
    words = [word for pair in about.items() for word in pair]
    code, said = house.kiosk("backfill", scan, "--no-numbers-seen", *words)
    assert code == 0, said
    time.sleep(1)
    code, said = house.exports(tmp_path / "stick", year=2019, as_of=now())
    assert code == 0, said
    bag = next((tmp_path / "stick").glob("*2019年*"))
    (file,) = (bag / "data" / "backfill").glob("*.png")
    assert file.read_bytes() == scan.read_bytes()
    assert told(bag, f"data/backfill/{file.name}.json")["marked"] == "补录"
    assert bagit.Bag(str(bag)).validate()


def test_what_was_printed_for_the_wall_goes_out_as_it_was_printed(founded, tmp_path):
    """`kiosk print`, then the export: the very file that hangs, by the register, and the rest drawn."""
    house = founded.copied(tmp_path / "house")
    code, said = house.kiosk("print", "--into", tmp_path / "wall")
    assert code == 0, said
    time.sleep(1)
    code, said = house.exports(tmp_path / "stick", as_of=now())
    assert code == 0, said
    bag = next((tmp_path / "stick").glob("*2025年*"))
    wall = {path.read_bytes() for path in (tmp_path / "wall").glob("*.pdf")}
    out = [one for folder in ("sheets", "notices") for one in each(bag, folder) if one["printed"]]
    assert out
    for one in out:
        folder = "sheets" if one["format"] == "village-sheet/1" else "notices"
        assert (bag / "data" / folder / one["pdf"]).read_bytes() in wall
    assert verified(bag)


def test_two_years_on_one_stick_have_a_page_of_steps_each(founded, tmp_path):
    """Its counts are those of one bag; the program is for all."""
    for year in (2025, NEXT):
        founded.exported(tmp_path / "stick", year=year)
    assert len([*(tmp_path / "stick" / "核对工具").glob("核对五步_*.pdf")]) == 2
    assert all(map(verified, (tmp_path / "stick").glob(f"{VILLAGE}_*")))


@pytest.mark.sqlite
def test_both_databases_hand_out_the_same_bytes(founded, tmp_path, postgres):
    """The same log in a file and in PostgreSQL, as of the same moment."""
    other = founded.copied(tmp_path / "house")
    toml = other.settings.read_text("utf-8").replace('database = ""', f'database = "{postgres.database()}"')
    other.settings.write_text(toml, "utf-8")
    code, said = other.kiosk("sync")
    assert code == 0, said
    moment = now()
    for house, into in ((founded, "file"), (other, "server")):
        code, said = house.exports(tmp_path / into, as_of=moment)
        assert code == 0, said
    assert tree(tmp_path / "file") == tree(tmp_path / "server")
