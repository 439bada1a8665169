"""Records that reached this machine with a personal number in them, and that it keeps no text of (settled §4)."""

from __future__ import annotations

import json

import pytest

from kiosk_server.dossier.tools import verify
from sync import wire
from sync.county.publish.publisher import instant
from sync.events import Events
from sync.log.note import Note
from tests.browser.board_village import browser
from tests.dossier.tampered import Page
from tests.dossier.test_dossier_export import each
from tests.dossier.test_dossier_five_steps import PROGRAM as TYPED
from tests.dossier.test_dossier_five_steps import typed
from tests.dossier.test_dossier_forged import exported_now
from tests.dossier.test_dossier_hostile import PROGRAM
from tests.dossier.year_house import BATCH, REASON, VILLAGE, tree
from tests.line.county_sim import NOW

NUMBER = "330590195203120017"
LINE, NOTICE = BATCH.format("2025-01-0099"), "land-330590-2025-099-start-1"


@pytest.fixture(scope="module")
def lacking(founded, tmp_path_factory):
    """A bag of a kiosk that kept back a line and a notice, and what the export said."""
    house = founded.copied(tmp_path_factory.mktemp("withheld") / "house")
    _send(house.county)
    house.kiosk("sync")
    into = tmp_path_factory.mktemp("withheld_bag")
    bag = exported_now(house, into)
    code, told = house.kiosk("export", "--year", 2025, "--to", into)
    assert code == 0, told
    return bag, told


def _send(county):
    """Two events past the county's own checks."""
    lines = [
        _line("publish", LINE, BATCH.format("2025-01"), {"payout": {"remark": NUMBER}}),
        _line("notice", NOTICE, "land-330590-2025-099", {"notice": {"text": NUMBER}}),
    ]
    _signed(county, lines)


def _signed(county, lines):
    """Lines behind the log, signed by both seats."""
    log = county.log(VILLAGE)
    grown, state = log.grown(lines), log.state()
    log.write(lines)
    text = type(state)(state.origin, grown.size, grown.root).text()
    keys = [county.signing_key(role) for role in ("publisher", "reviewer")]
    log.publish(Note(text, tuple(key.signature(text) for key in keys)).render())


def _line(kind, rec, batch, told):
    body = json.dumps({**told, "salt": "aaaa"}, separators=(",", ":")).encode()
    head = wire.Head(
        v=1, kind=kind, rec=rec, rev=1, batch=batch, issued="2025-12-01T01:00:00Z",
        body=wire.body_digest(body), crit=False,
    )  # fmt: skip
    return wire.line(wire.canonical(head), body)[:-1]


def test_the_export_says_that_something_is_kept_back(lacking):
    """How many, why, and what the checkers will say; the number itself stands in no byte of the bag."""
    bag, told = lacking
    assert "! 有 2 条记录因含个人号码，本机没有保存正文" in told
    assert not [path for path, data in tree(bag).items() if NUMBER.encode() in data]
    assert "有 2 条记录因含个人号码没有保存正文" in (bag / "bag-info.txt").read_text("utf-8")


def test_the_program_names_and_counts_what_is_kept_back(lacking, tmp_path):
    """No fault and no 全部相符: the rest agrees, each record by name, and it ends with 1."""
    bag, _ = lacking
    report, _ = verify.verified(str(bag), [])
    assert report.faults == []
    assert [line.partition("（")[2].partition("）")[0] for line in report.kept_back] == [LINE, NOTICE]
    (bag.parent / "县公钥.txt").write_bytes((bag / "data/feed/keys/keys.txt").read_bytes())
    code, said = typed(bag, TYPED)
    assert (code, said.decode().splitlines()[-1]) == (
        1,
        "其余相符，但有 2 条记录没有正文，不能核对：请向县里索取",
    )


def test_nobody_is_told_that_the_county_erased_it(lacking):
    """List and notice say that their text was not kept, neither erased nor withdrawn."""
    bag, _ = lacking
    states = {(one["title"], one["state"]) for one in each(bag, "notices")}
    assert ("", "held") in states
    lists = [one for one in each(bag, "sheets") if one["batch"] == BATCH.format("2025-01")]
    assert [one["state"] for one in lists] == ["superseded", "held"]
    items = json.loads((bag / "data/metadata.json").read_text("utf-8"))["items"]
    assert {item["题名"] for item in items if item["状态"].endswith("未保存正文")} >= {"未保存正文的公告"}


@pytest.fixture(scope="module")
def erased(founded, tmp_path_factory):
    """A bag of a year in which the county had a notice erased."""
    house = founded.copied(tmp_path_factory.mktemp("erased") / "house")
    heads = [json.loads(line)["h"] for line in house.county.log(VILLAGE).lines()]
    at, batch = next((at, head["batch"]) for at, head in enumerate(heads) if head["kind"] == "notice")
    _signed(house.county, [Events(batch, VILLAGE, instant(NOW), lambda: "aaaa").erase(1, (at,), REASON)])
    house.kiosk("sync")
    return exported_now(house, tmp_path_factory.mktemp("erased_bag"))


@pytest.mark.browser
def test_a_bag_with_an_erased_notice_is_sound(erased):
    """It says 已删除, has no text of it, and both checkers find that everything agrees."""
    assert "erased" in {one["state"] for one in each(erased, "notices")}
    report, _ = verify.verified(str(erased), [])
    assert (report.faults, verify.verdict(report)) == ([], "全部相符")
    with browser() as chromium:
        opened = chromium.new_page()
        opened.goto(PROGRAM.with_suffix(".html").as_uri())
        assert Page(opened, tree(erased), erased.name).faults([{}]) == [[]]


@pytest.mark.browser
def test_the_page_names_them_too(lacking):
    """The same records, no fault, and its verdict is neither good nor bad."""
    bag, _ = lacking
    with browser() as chromium:
        opened = chromium.new_page()
        opened.goto(PROGRAM.with_suffix(".html").as_uri())
        assert Page(opened, tree(bag), bag.name).faults([{}]) == [[]]
        said = opened.evaluate("""async () => { const c = await window.last; show(c);
            return [document.getElementById("verdict").innerText, c.keptBack.map(k => k.zh)] }""")
        assert "其余相符，但有 2 条记录没有正文" in said[0]
        assert [LINE in said[1][0], NOTICE in said[1][1]] == [True, True]
