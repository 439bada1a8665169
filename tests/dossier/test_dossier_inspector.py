"""A bag before an inspector who has openssl, sha256sum and a reader of JSON, and nothing of ours."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.thorough

SCRIPT = Path(__file__).parents[1] / "stories" / "inspector.py"


def asked(bag, keys):
    """Let the script look at a bag; its exit code and what it said."""
    done = subprocess.run(
        [sys.executable, "-I", SCRIPT, bag, keys], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def keys(bag, tmp_path_factory):
    """The county's keys, which came another way than the bag."""
    folder = tmp_path_factory.mktemp("keys")
    for seat in ("publisher", "reviewer"):
        shutil.copy(bag / "data/feed/keys" / f"{seat}.pem", folder)
    return folder


def listed_again(bag):
    """Manifests as whoever changes a file would write them: only what is signed can still find the change."""
    for name in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        paths = [line[66:] for line in (bag / name).read_text("utf-8").splitlines()]
        said = subprocess.run(
            ["sha256sum", "--", *paths], cwd=bag, capture_output=True, text=True, check=True
        )
        (bag / name).write_text(said.stdout, "utf-8")


def turned(path, pattern, put):
    """Change what a pattern finds first in a file."""
    raw = path.read_text("utf-8")
    changed = re.sub(pattern, put, raw, count=1)
    assert changed != raw, pattern
    path.write_text(changed, "utf-8")


def test_what_the_county_signed_agrees(bag, keys):
    """Signatures, root, bodies, closes, figures and digests: all of them, without a line of our code."""
    code, said = asked(bag, keys)
    assert code == 0, said
    assert re.search(r"\d+ heads, \d+ events of 2025, 4 lists, closed 0 times", said)
    imported = re.findall(r"^(?:import|from) (\w+)", SCRIPT.read_text("utf-8"), re.MULTILINE)
    assert set(imported) == {"json", "subprocess", "sys", "pathlib", "tempfile"}


CHANGES = {
    "a head": ("data/feed/heads.ndjson", r'"amount_fen":(\d)', lambda m: f'"amount_fen":{int(m[1]) % 9 + 1}'),
    "a row": ("data/feed/rows.ndjson", r'"holder":"(.)', '"holder":"钱'),
    "a row's head": (
        "data/feed/rows.ndjson",
        r'"amount_fen":(\d)',
        lambda m: f'"amount_fen":{int(m[1]) % 9 + 1}',
    ),
    "a figure of a sheet": (
        "data/sheets/02_*.json",
        r'"sum_fen":(\d)',
        lambda m: f'"sum_fen":{int(m[1]) % 9 + 1}',
    ),
    "a digest": (
        "data/sheets/02_*.json",
        r'"digest":"(.)',
        lambda m: f'"digest":"{"b" if m[1] == "a" else "a"}',
    ),
    "a signature": (
        "data/feed/checkpoint",
        r"(/reviewer \S{20})(.)",
        lambda m: m[1] + ("B" if m[2] == "A" else "A"),
    ),
    "the other signature": (
        "data/feed/checkpoint",
        r"(/publisher \S{20})(.)",
        lambda m: m[1] + ("B" if m[2] == "A" else "A"),
    ),
    "the size": ("data/feed/checkpoint", r"\n(\d)", lambda m: f"\n{int(m[1]) % 9 + 1}"),
    "a row left out": ("data/feed/rows.ndjson", r'[^\n]*"kind":"correct"[^\n]*\n', ""),
    "a head left out": ("data/feed/heads.ndjson", r"[^\n]*\n", ""),
}


@pytest.mark.parametrize("what", CHANGES)
def test_one_byte_that_was_changed_is_found(bag, keys, tmp_path, what):
    """Also by somebody who wrote the manifests anew; without that the manifests find it themselves."""
    copy = tmp_path / bag.name
    shutil.copytree(bag, copy)
    pattern, found, put = CHANGES[what]
    (path, *_) = sorted(copy.glob(pattern))
    turned(path, found, put)
    assert asked(copy, keys)[0] == 1
    listed_again(copy)
    code, said = asked(copy, keys)
    assert code == 1, said
    assert "sha256sum --check" not in said


def test_a_file_nobody_listed_is_found(bag, keys, tmp_path):
    """One more, or one changed where no record says what it is: the manifest finds it."""
    copy = tmp_path / bag.name
    shutil.copytree(bag, copy)
    (copy / "data" / "more.txt").write_text("x")
    assert asked(copy, keys)[0] == 1
    (copy / "data" / "more.txt").unlink()
    assert asked(copy, keys)[0] == 0
    register = copy / "data" / "register.ndjson"
    register.write_bytes(register.read_bytes() + b"{}\n")
    assert "sha256sum --check" in asked(copy, keys)[1]


def test_other_keys_are_not_believed(bag, keys, tmp_path):
    """The keys the county published decide, not those that lie in the bag."""
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", tmp_path / "k.pem"], check=True)
    for seat in ("publisher", "reviewer"):
        made = ["openssl", "pkey", "-in", tmp_path / "k.pem", "-pubout", "-out", tmp_path / f"{seat}.pem"]
        subprocess.run(made, check=True)
    assert asked(bag, tmp_path)[0] == 1


def test_figures_of_a_year_that_nobody_closed_do_not_pass_for_closed(bag, keys, tmp_path):
    """A bag that says its year was closed, and has no signed event of it, is refused."""
    copy = tmp_path / bag.name
    shutil.copytree(bag, copy)
    path = copy / "data/year/year.json"
    told = json.loads(path.read_bytes())
    path.write_text(json.dumps(told | {"index": 3}, ensure_ascii=False), "utf-8")
    listed_again(copy)
    assert "does not say so" in asked(copy, keys)[1]
