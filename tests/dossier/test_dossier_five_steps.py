"""The printed page 核对五步: its commands run as they stand on it, and it says what they do not see."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess

import pypdfium2
import pytest

from kiosk_server.dossier.tools import checkers
from printouts.dossier.five_steps import CHECKPOINT, PROGRAM, SUMS
from sync.log.keys import new_key
from tests.dossier.year_house import tree

pytestmark = pytest.mark.thorough

TWICE = b"Signature Verified Successfully\n" * 2
SHELLS = ("bash", "dash")


@pytest.fixture
def stick(bag, tmp_path):
    """A stick with the bag, the tools beside it, and the keys that the county published."""
    shutil.copytree(bag.parent, tmp_path / "stick")
    keys = (bag / "data/feed/keys/keys.txt").read_text("utf-8")
    (tmp_path / "stick/县公钥.txt").write_text(f"# 苕安县\n{keys}", "utf-8")
    return tmp_path / "stick" / bag.name


@pytest.fixture(scope="module")
def printed(bag):
    """The page and its text."""
    with pypdfium2.PdfDocument(bag.parent / f"核对工具/核对五步_{bag.name}.pdf") as pdf:
        assert len(pdf) == 1
        return re.sub(r"\s+", "", pdf[0].get_textpage().get_text_range())


def typed(stick, lines, shell="bash"):
    """Type lines of the page in the bag's folder."""
    done = subprocess.run([shell, "-c", "\n".join(lines)], cwd=stick, capture_output=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_the_page_says_every_command_and_what_lies_beside_it(printed, bag):
    """Commands as they are typed, files and bytes of this bag, the digests of both tools, the checkpoint."""
    for line in (*SUMS, *CHECKPOINT, *PROGRAM):
        assert re.sub(r"\s+", "", line) in printed, line
    payload = tree(bag / "data")
    assert f"{len(payload)}个文件、{sum(map(len, payload.values()))}字节" in printed
    beside = bag.parent / "核对工具"
    for name, data in checkers().items():
        assert (beside / name).read_bytes() == data
        assert f"{name}{hashlib.sha256(data).hexdigest()}" in printed
    size, root = (bag / "data/feed/checkpoint").read_text("utf-8").split("\n")[1:3]
    assert f"第{size}条记录，根{root[:16]}" in printed


def test_the_page_says_what_each_step_does_not_see(printed):
    """What `test_dossier_tampered` found unseen stands on it in words."""
    assert printed.count("看不出：") == 5
    for words in ("多出的文件", "tagmanifest少了最后一个换行", "两份清单重做一遍", "data以外多出的文件"):
        assert words in printed
    assert "没有签名的东西：PDF和首页画成什么样、封面、目录、登记簿、XLSX" in printed


@pytest.mark.parametrize("shell", SHELLS)
def test_the_commands_pass_a_sound_bag(stick, shell):
    """sha256sum is silent, files and bytes are counted, openssl says twice that a signature holds."""
    payload = tree(stick / "data")
    counted = f"{len(payload)}\n{sum(map(len, payload.values()))}\n".encode()
    assert typed(stick, SUMS, shell) == (0, counted)
    assert typed(stick, CHECKPOINT, shell) == (0, TWICE)
    code, said = typed(stick, PROGRAM, shell)
    assert (code, said.splitlines()[-1]) == (0, "全部相符".encode())


@pytest.mark.parametrize("shell", SHELLS)
def test_the_commands_refuse_a_changed_one(stick, shell):
    """A changed file, an added one and a changed checkpoint are each found by the step that is there for it."""
    (stick / "data/目录_2.pdf").write_bytes(b"x")
    assert typed(stick, SUMS[:1], shell) == (0, b"")
    assert typed(stick, SUMS[1:2], shell)[1] == f"{len(tree(stick / 'data'))}\n".encode()
    note = stick / "data/feed/checkpoint"
    text = note.read_bytes()
    note.write_bytes(text.replace(text.split(b"\n")[1], b"99", 1))
    assert typed(stick, SUMS[:1], shell)[0] == 1
    code, said = typed(stick, CHECKPOINT, shell)
    assert code != 0
    assert b"Signature Verified Successfully" not in said
    code, said = typed(stick, PROGRAM, shell)
    assert (code, said.splitlines()[-1].startswith("有 ".encode())) == (1, True)


def test_another_countys_keys_refuse_it(stick):
    """With other keys in hand neither signature holds, and the program says whose bag it is not."""
    keys = (new_key("county-330590/publisher"), new_key("county-330590/reviewer"))
    (stick.parent / "县公钥.txt").write_text("".join(f"{key.verifier}\n" for key in keys), "utf-8")
    assert b"Verified Successfully" not in typed(stick, CHECKPOINT)[1]
    code, said = typed(stick, PROGRAM)
    assert (code, "不是您带来的公钥所签" in said.decode()) == (1, True)
