"""What the keepers of root keys are shown of a step is what they sign, and all of it."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess

import msgspec
import pytest
from securesystemslib.signer import SSlibKey

from sync.county.trust_steps import fingerprint, written
from sync.log.keys import new_key
from sync.trust.repository import Repository, prepared_targets
from sync.trust.statement import Statement
from tests.line.county_sim import NOW, VILLAGE
from tests.trust.hall import bent

pytestmark = pytest.mark.thorough


def test_the_fingerprint_is_what_ssh_keygen_shows(hall):
    """A keeper holds the paper against a tool that is not ours."""
    if not shutil.which("ssh-keygen"):
        pytest.skip("no ssh-keygen")
    path = hall.county.folder / "roots" / "root1.key"
    shown = subprocess.run(["ssh-keygen", "-lf", path], capture_output=True, text=True, check=True).stdout
    assert shown.split()[1] in hall.typed("status", "--folder", hall.county.folder)[1]


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


def test_a_step_that_seats_one_person_is_shown_to_nobody(hall):
    """Consistent and well made, and no county could live by it: no keeper is asked to sign it."""
    hall.make("add", "sun", "--office", "reviewer", "--public", hall.person("sun"))

    def change(step):
        step["said"]["seats"] = step["said"]["seats"][:1]
        said = msgspec.convert(step["said"], Statement)
        step["targets"] = written(prepared_targets(said, NOW, Repository(hall.county.feed).targets.signed))

    bent(hall, change)
    assert hall.refused(*hall.root(1)) == "trust-statement-wrong"


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
