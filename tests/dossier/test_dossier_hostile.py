"""Whatever lies in the folder, both checkers go on, end, and say in words what is wrong."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk_server.dossier.tools import verify
from tests.browser.board_village import browser
from tests.dossier.tampered import MANIFEST, TAGS, Copy, Page, listed, with_manifests
from tests.dossier.year_house import tree

pytestmark = pytest.mark.thorough

PROGRAM = Path(verify.__file__)
JSON = {
    "cut off": b'{"format":"village-',
    "deep": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "deep list": b"[" * 200_000,
    "huge number": b'{"year":' + b"9" * 100_000 + b"}",
    "exponent": b'{"year":1e400}',
    "fraction": b'{"year":2025.0}',
    "NaN": b'{"year":NaN}',
    "twice": b'{"year":2025,"year":2025}',
    "not UTF-8": b'{"year":"\xff\xfe"}',
    "surrogate": b'{"year":"\\ud800"}',
    "spaced": b'{"year": 2025}',
    "list": b"[1,2,3]",
    "null": b"null",
    "nothing": b"",
    "zero": b"\x00" * 100,
    "long line": b'{"a":"' + b"x" * 5_000_000 + b'"}',
    "no names": b"{}",
    "types": b'{"annual":7,"attachments":7,"batch":[],"format":{},"items":"x","leaves":null,"proofs":{},"state":0}',
    "proto": b'{"__proto__":{"x":1},"constructor":2}',
}  # fmt: skip
PLACES = (
    "data/feed/checkpoint", "data/feed/feed.json", "data/feed/heads.ndjson", "data/feed/rows.ndjson",
    "data/feed/proofs.json", "data/feed/keys/keys.txt", "data/year/year.json", "data/metadata.json",
    "data/register.ndjson", "bag-info.txt", "bagit.txt",
)  # fmt: skip


@pytest.fixture(scope="module")
def files(bag):
    """The bag as it was exported."""
    return tree(bag)


@pytest.fixture(scope="module")
def copy(bag, files, tmp_path_factory):
    """One to be spoilt."""
    return Copy(shutil.copytree(bag, tmp_path_factory.mktemp("hostile") / bag.name), files)


def spoilt(files):
    """Each hostile text in each place that is read as text, with both lists made anew."""
    sheet = next(path for path in sorted(files) if path.startswith("data/sheets/") and path.endswith(".json"))
    table = next(path for path in sorted(files) if path.endswith(".csv") and "human" in path)
    for place in (*PLACES, sheet, table):
        for what, data in JSON.items():
            if data + b"\n" != files[place]:
                yield f"{what} in {place}", with_manifests(files, {place: data + b"\n"})
    for manifest in (MANIFEST, TAGS):
        for what, data in JSON.items():
            yield f"{what} in {manifest}", {manifest: data}


def report_of(root):
    """What the program reports."""
    return verify.verified(str(root), [])[0]


def test_hostile_texts_are_faults_in_words(copy, files):
    """No such file ends the program; each is told, with nothing in it that moves a cursor."""
    for what, change in spoilt(files):
        (report,) = copy.with_change(change, report_of)
        assert report.faults, what
        lines = [*verify.told(report, None)]
        assert not verify.UNPRINTED.search("".join(lines)), what
        assert max(map(len, lines)) < 600, what


@pytest.mark.browser
def test_the_page_survives_the_same(bag, files):
    """The page tells each of them too."""
    with browser() as chromium:
        opened = chromium.new_page()
        opened.goto(PROGRAM.with_suffix(".html").as_uri())
        page, done = Page(opened, files, bag.name), [*spoilt(files)]
        small = [(what, change) for what, change in done if "long line" not in what]
        for (what, _), said in zip(small, page.faults([change for _, change in small]), strict=True):
            assert said, what


@pytest.mark.faults
def test_noise_never_ends_the_program(copy, files):
    """Four hundred files with bytes struck, moved and doubled: there is always a report."""
    chance = random.Random(12)
    for _ in range(400):
        path = chance.choice([one for one in sorted(files) if one.startswith("data/") and files[one]])
        data = bytearray(files[path])
        for _ in range(chance.randint(1, 6)):
            at, length = chance.randrange(len(data) + 1), chance.randint(0, 40)
            data[at : at + length] = chance.choice(
                [b"", os.urandom(length), data[:length], b'{"', b"\n", b"[" * 99]
            )
        copy.with_change(with_manifests(files, {path: bytes(data)}), report_of)


def test_a_bag_that_is_not_complete_is_refused(bag, tmp_path):
    """A folder that ends in .part was never finished, whatever is in it."""
    part = shutil.copytree(bag, tmp_path / f"{bag.name}.part")
    assert report_of(part).faults == [("", "导出没有做完（.part）：请重新导出")]
    done = subprocess.run([sys.executable, "-I", PROGRAM, part], capture_output=True, check=False)
    assert done.returncode == 1


def test_what_is_no_file_is_told(copy):
    """A link, a pipe, an empty folder and a file that differs in capitals only are each a fault."""
    root = copy.root
    (root / "data/feed/link").symlink_to("/etc/passwd")
    os.mkfifo(root / "data/pipe")
    (root / "data/photos").mkdir()
    (root / "data/INDEX.html").write_bytes(b"")
    (root / "data/human/a:b").write_bytes(b"")
    told = dict(report_of(root).faults)
    for path in ("data/feed/link", "data/pipe", "data/INDEX.html", "data/human/a:b"):
        (root / path).unlink()
    (root / "data/photos").rmdir()
    assert "链接" in told["data/feed/link"]
    assert "链接或设备" in told["data/pipe"]
    assert told["data/photos/"] == "多出一个空文件夹"
    assert "data/INDEX.html" in told
    assert "data/human/a:b" in told
    assert report_of(root).faults == []


def test_faults_have_their_exit_codes(copy, tmp_path):
    """0 for a sound bag, 1 for one with a fault, 2 where there is nothing to check or no keys to check by."""

    def code(*words):
        return subprocess.run(
            [sys.executable, "-I", PROGRAM, *words], capture_output=True, check=False
        ).returncode

    keys = copy.root / "data/feed/keys/keys.txt"
    assert code(copy.root) == code(copy.root, "--keys", keys) == 0
    assert copy.with_change({"data/目录.pdf": None}, code) == [1]
    (tmp_path / "one.txt").write_text(keys.read_text("utf-8").splitlines()[0], "utf-8")
    (tmp_path / "odd.txt").write_bytes(b"\xff\xfe+x+y\n")
    for words in (
        (tmp_path / "none",),
        (copy.root, "--keys", tmp_path / "one.txt"),
        (copy.root, "--keys", tmp_path / "odd.txt"),
        (copy.root, "--keys", tmp_path / "none.txt"),
    ):
        assert code(*words) == 2


def test_a_list_that_lies_about_names_is_refused(copy, files):
    """A path out of the bag, and one that stands twice, are faults of the list."""
    line = listed({"data/index.html": files["data/index.html"]})
    for odd in (line.replace(b"data/index.html", b"../../etc/passwd"), line.replace(b"  ", b" "), line):
        (report,) = copy.with_change({MANIFEST: files[MANIFEST] + odd}, report_of)
        assert {MANIFEST, "../../etc/passwd"} & {path for path, _ in report.faults}
