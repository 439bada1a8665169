"""A character that no font here has keeps back its own paper, never a village's year."""

from __future__ import annotations

import json

import pytest

from kiosk_server.dossier.tools import verify
from tests.browser.board_village import browser
from tests.dossier.tampered import Copy, Page
from tests.dossier.test_dossier_export import each
from tests.dossier.test_dossier_forged import forged, spelled, told
from tests.dossier.test_dossier_hostile import PROGRAM
from tests.dossier.year_house import VILLAGE, YearHouse, tree
from tests.line.county_sim import published, row

pytestmark = pytest.mark.thorough

RARE = "\U0002a6d6"  # in Unicode since 2020, in no font of Debian's yet


@pytest.fixture(scope="module")
def rare(tmp_path_factory):
    """A bag of a year in which one of two lists has such a name, and what the command said."""

    def year(county, _folder):
        names = [row(0, village=VILLAGE, holder=f"甲{RARE}"), row(1, village=VILLAGE)]
        published(county, names, "2025-01")
        published(county, [row(2, village=VILLAGE)], "2025-02")

    house = YearHouse.founded(tmp_path_factory.mktemp("rare") / "house", "", year)
    code, said = house.exports(tmp_path_factory.mktemp("rare_bag") / "stick")
    assert code == 1, said
    county = house.at_the_county(tmp_path_factory.mktemp("rare_county") / "stick")
    assert county[0] == 1, county[1]
    return next(iter(tmp_path_factory.getbasetemp().glob(f"rare_bag*/stick/{VILLAGE}*"))), said


def test_the_year_goes_out_without_that_paper(rare):
    """The list is whole as figures and as table; its item, the contents and the stick say what lacks and why."""
    bag, said = rare
    assert "有 1 件没有画成PDF（缺字 U+2A6D6）" in said
    assert "因缺字（U+2A6D6）没有画成PDF" in (bag / "bag-info.txt").read_text("utf-8")
    first, second = each(bag, "sheets")
    assert (first["undrawn"], first["pdf"], first["count"]) == ("U+2A6D6", "", 2)
    assert second["pdf"]
    assert "undrawn" not in second
    items = json.loads((bag / "data/metadata.json").read_text("utf-8"))["items"]
    assert [item["状态"] for item in items if item["状态"]] == ["没有PDF：缺字U+2A6D6"]
    (table,) = (path for path in (bag / "data/human").glob("*2025-01*.csv"))
    assert f"甲{RARE}" in table.read_text("utf-8")


def lies(files):
    """A paper left out for a character it does not have, one left out for none, and one that is there all the same."""
    first, second = (
        path for path in sorted(files) if path.startswith("data/sheets/") and path.endswith(".json")
    )
    pdf = second[:-5] + ".pdf"
    for character in ("U+9F98", "U+2A6D6", "龘", "U+110000", ""):
        none = {**told(files, second), "undrawn": character, "pdf": "", "pdf_sha256": ""}
        yield {second: spelled(none), pdf: None}
    yield {second: spelled({**told(files, second), "undrawn": "U+4E00"})}
    yield {second: spelled({**told(files, second), "pdf": "", "pdf_sha256": ""}), pdf: None}
    yield {first: spelled({**told(files, first), "printed": True})}
    year = "data/year/year.json"
    yield {"data/year/年度汇总.pdf": None}
    yield {year: spelled({**told(files, year), "undrawn": "U+4E00"})}


@pytest.mark.browser
def test_no_other_paper_can_be_left_out_so(rare):
    """Both checkers find that everything agrees, say which paper lacks, and tell each lie of this kind."""
    bag, _ = rare
    report, files = verify.verified(str(bag), [])[0], tree(bag)
    assert (report.faults, verify.verdict(report)) == ([], "全部相符")
    assert f"没有 PDF，因为导出的机器打印不出“{RARE}”（U+2A6D6）" in report.notes[0]
    tales = [forged(files, change) for change in lies(files)]
    with browser() as chromium:
        opened = chromium.new_page()
        opened.goto(PROGRAM.with_suffix(".html").as_uri())
        page = Page(opened, files, bag.name)
        assert page.faults([{}]) == [[]]
        assert "U+2A6D6" in opened.evaluate("async () => (await window.last).notes[0].zh")
        told_by_page = page.faults(tales)
    copy = Copy(bag, files)
    for tale, said in zip(tales, told_by_page, strict=True):
        assert said
        assert copy.with_change(tale, lambda root: verify.verified(str(root), [])[0].faults)[0]
