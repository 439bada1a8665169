"""Whatever is done to a bag is found: by our two checkers always, by sha256sum and bagit as far as they can see."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import pytest

from kiosk_server.dossier.tools import verify
from sync.log.checkpoint import checkpoint
from sync.log.keys import new_key, signed
from sync.log.note import parse
from tests.browser.board_village import browser
from tests.dossier.tampered import Copy, Page, by_bagit, by_program, by_sha256sum, changes, with_manifests
from tests.dossier.year_house import tree

pytestmark = pytest.mark.thorough

UNSEEN_BY_SHA256SUM = {"duplicated *", "cut tagmanifest-sha256.txt"}
"""The command of the printed page: files that were added, and the end of the last list."""

TAG_FILES = ("bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt")
UNSEEN_BY_BAGIT = {f"duplicated {one}" for one in TAG_FILES} | {
    f"{what} tagmanifest-sha256.txt" for what in ("appended", "cut", "deleted", "renamed")
}
"""Files that were added beside `data`, and a list of lists that is gone or has odd lines."""

NOT_SIGNED = ("data/index.html", "data/index.css", "data/目录.pdf", "data/登记簿.pdf", "data/案卷封面.pdf")
"""What nobody signed and nothing repeats: with new lists only people see a change of it; as of XLSX."""


@pytest.fixture(scope="module")
def files(bag):
    """The bag as it was exported."""
    return tree(bag)


@pytest.fixture(scope="module")
def copy(bag, files, tmp_path_factory):
    """One to be tampered with."""
    logging.getLogger("bagit").setLevel(logging.CRITICAL)
    return Copy(shutil.copytree(bag, tmp_path_factory.mktemp("copy") / bag.name), files)


@pytest.fixture(scope="module")
def page(bag, files):
    """The page, with the bag in its hands."""
    with browser() as chromium:
        opened = chromium.new_page()
        opened.goto(Path(verify.__file__).with_suffix(".html").as_uri())
        yield Page(opened, files, bag.name)


def everything(files, *, many=4, paths=None):
    """Every file × every change, as (what was done to which, change)."""
    order = sorted(files)
    for at, path in enumerate(order):
        if paths is None or path in paths:
            for what, change in changes(files, path, order[(at + 1) % len(order)], many):
                yield f"{what} {path}", change


def recomputed(files, *, many=8, paths=None):
    """The same of the payload, by somebody who then makes both lists anew."""
    payload = [path for path in files if path.startswith("data/") and (paths is None or path in paths)]
    for what, change in everything(files, many=many, paths=payload):
        yield what, with_manifests(files, change)


def unsigned(files):
    """What can be changed so that only people see it."""
    return {*NOT_SIGNED, *(path for path in files if path.endswith(".xlsx"))}


def one_of_a_kind(files):
    """A file of each folder and ending."""
    kinds = {(path.rpartition("/")[0], path.rpartition(".")[2]): path for path in sorted(files)}
    return set(kinds.values())


@pytest.mark.browser
def test_both_checkers_find_the_bag_sound(bag, page):
    """What was exported agrees with what was signed, for the program and for the page."""
    report, records = verify.verified(str(bag), [])
    assert (report.faults, records.by_own_keys) == ([], True)
    assert page.faults([{}]) == [[]]


def test_a_file_of_each_kind_cannot_be_touched(copy, files):
    """One file of each kind × each change: the program says so, in words and with a path of the bag."""
    for what, change in everything(files, many=2, paths=one_of_a_kind(files)):
        (report,) = copy.with_change(change, lambda root: verify.verified(str(root), [])[0])
        assert report.faults, what
        assert all(fault and not path.startswith("/") for path, fault in report.faults), what


@pytest.mark.faults
@pytest.mark.browser
def test_no_file_can_be_touched(copy, page, files):
    """Every file × (bits turned, cut, longer, deleted, renamed, duplicated, swapped): both checkers find each.

    What sha256sum and bagit do not see is what the printed page says, and no more.
    """
    done = [*everything(files)]
    blind = {"program": set(), "sha256sum": set(), "bagit": set(), "page": set()}
    for what, change in done:
        found = copy.with_change(change, by_program, by_sha256sum, by_bagit)
        for tool, seen in zip(blind, found, strict=False):
            blind[tool] |= set() if seen else {what}
    for (what, _), said in zip(done, page.faults([change for _, change in done]), strict=True):
        blind["page"] |= set() if said else {what}
    added = {f"duplicated {path}" for path in files}
    assert (blind["program"], blind["page"]) == (set(), set())
    assert {"duplicated *" if one in added else one for one in blind["sha256sum"]} == UNSEEN_BY_SHA256SUM
    assert blind["sha256sum"] >= added
    assert blind["bagit"] == UNSEEN_BY_BAGIT


@pytest.mark.faults
@pytest.mark.browser
def test_nobody_gets_round_the_signatures(copy, page, files):
    """Both lists made anew after each change: both checkers find all but what nobody signed, and that exactly."""
    done = [*recomputed(files)]
    by_both = {"program": set(), "page": set()}
    for what, change in done:
        by_both["program"] |= set() if copy.with_change(change, by_program)[0] else {what}
    for (what, _), said in zip(done, page.faults([change for _, change in done]), strict=True):
        by_both["page"] |= set() if said else {what}
    content = ("flipped ", "cut ", "appended ", "swapped ")
    may = {what for what, _ in done if what.startswith(content) and what.partition(" ")[2] in unsigned(files)}
    assert by_both["program"] == by_both["page"] <= may
    assert {what.partition(" ")[2] for what in by_both["program"]} == unsigned(files)


def test_what_was_signed_cannot_be_changed_with_new_lists(copy, files):
    """A file of each kind that is signed × each change, both lists made anew: the program still finds it."""
    paths = one_of_a_kind(files) - unsigned(files)
    for what, change in recomputed(files, many=3, paths=paths):
        assert copy.with_change(change, by_program) == [True], what


@pytest.mark.browser
def test_another_countys_signatures_are_told(copy, page, files, tmp_path):
    """A bag signed anew by other keys agrees with itself, and is refused with the county's keys in hand."""
    forger = new_key("county-330590/publisher"), new_key("county-330590/reviewer")
    text = checkpoint(parse(files["data/feed/checkpoint"]).text).text()
    lines = "".join(f"{key.verifier}\n" for key in forger).encode()
    forged = {
        "data/feed/checkpoint": signed(text, *forger).render(),
        "data/feed/keys/keys.txt": lines,
        "data/feed/keys/publisher.pem": forger[0].verifier.pem(),
        "data/feed/keys/reviewer.pem": forger[1].verifier.pem(),
    }
    change = with_manifests(files, forged)
    theirs = verify.keys_of(files["data/feed/keys/keys.txt"].decode())
    alone, held = copy.with_change(
        change,
        lambda root: verify.verified(str(root), [])[0],
        lambda root: verify.verified(str(root), theirs)[0],
    )
    assert alone.faults == []
    assert [path for path, _ in held.faults] == ["data/feed/checkpoint"]
    assert "不是您带来的公钥所签" in held.faults[0][1]
    assert page.faults([change]) == [[]]
    (said,) = page.faults([change], files["data/feed/keys/keys.txt"].decode())
    assert len(said) == 1
    assert "不是您带来的公钥所签" in said[0]
