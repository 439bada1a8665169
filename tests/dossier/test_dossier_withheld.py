"""Records that reached this machine with a personal number in them, and that it keeps no text of (settled §4)."""

from __future__ import annotations

import json

import pypdfium2
import pytest

from kiosk_server.dossier.tools import verify
from sync import wire
from sync.county.publish.publisher import instant
from sync.events import Events
from sync.log.note import Note
from tests.browser.board_village import browser
from tests.dossier.tampered import Copy, Page
from tests.dossier.test_dossier_export import each
from tests.dossier.test_dossier_five_steps import PROGRAM as TYPED
from tests.dossier.test_dossier_five_steps import typed
from tests.dossier.test_dossier_forged import METADATA, exported_now, forged, spelled, told
from tests.dossier.test_dossier_hostile import PROGRAM
from tests.dossier.year_house import BATCH, REASON, VILLAGE, tree
from tests.line.county_sim import NOW

pytestmark = pytest.mark.thorough

NUMBER = "330590195203120017"
LINE, NOTICE = BATCH.format("2025-01-0099"), "land-330590-2025-099-start-1"


@pytest.fixture(scope="module")
def lacking(founded, tmp_path_factory):
    """A bag of a kiosk that kept back a line and a notice, and what the export said."""
    house = founded.copied(tmp_path_factory.mktemp("withheld") / "house")
    _send(house.county)
    return _exported(house, tmp_path_factory.mktemp("withheld_bag"))


def _exported(house, into):
    """The bag of what has come by now, which lacks something, and what the command said."""
    house.kiosk("sync")
    code, told = house.kiosk("export", "--year", 2025, "--to", into)
    assert code == 1, told
    return next(one for one in into.iterdir() if one.name.startswith(VILLAGE)), told


@pytest.fixture(scope="module")
def unclosed(founded, tmp_path_factory):
    """A bag of a kiosk that kept back a list's only close, a third edition's, and a list's withdrawal."""
    house = founded.copied(tmp_path_factory.mktemp("unclosed") / "house")
    of = {"close": {"terms": {"office": NUMBER}}}, {"reason": {"text": NUMBER}}
    new, third, back = (BATCH.format(f"2025-{period}") for period in ("09", "01", "03"))
    lines = [
        _line("publish", f"{new}-0001", new, {"payout": {"holder": "甲一", "seq": 1}}, amount_fen=100),
        _line("batch.close", f"{new}-close", new, of[0]),
        _line("batch.close", f"{third}-close", third, of[0], rev=3),
        _line("withdraw", f"{back}-close", back, of[1], rev=2),
    ]
    _signed(house.county, lines)
    return _exported(house, tmp_path_factory.mktemp("unclosed_bag"))[0]


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


def _line(kind, rec, batch, told, **about):
    body = json.dumps(
        {**told, "salt": "aaaa"}, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()
    about = {"rev": 1, "issued": "2025-12-01T01:00:00Z", **about}
    head = wire.Head(v=1, kind=kind, rec=rec, batch=batch, body=wire.body_digest(body), crit=False, **about)
    return wire.line(wire.canonical(head), body)[:-1]


def test_the_export_says_that_something_is_kept_back(lacking):
    """How many, why, and what the checkers will say; the number itself stands in no byte of the bag."""
    bag, told = lacking
    assert "! 有 2 条记录因含个人号码，本机没有保存正文" in told
    assert not [path for path, data in tree(bag).items() if NUMBER.encode() in data]
    assert "有 2 条记录因含个人号码没有保存正文" in (bag / "bag-info.txt").read_text("utf-8")
    with pypdfium2.PdfDocument(bag.parent / f"核对工具/核对五步_{bag.name}.pdf") as pdf:
        page = "".join(pdf[0].get_textpage().get_text_range().split())
    assert "会逐条点名，并显示“其余相符”" in page


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
        "其余相符，但有 2 条记录没有正文或文件，不能核对：请向县里索取",
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


def test_a_list_whose_close_is_kept_back_is_named(unclosed):
    """Its lines are in the bag, it is an item without figures, and no other list is called false for it."""
    sheets = each(unclosed, "sheets")
    assert [(one["batch"].rpartition("-")[2], one["edition"], one["state"]) for one in sheets] == [
        ("01", 1, "superseded"),
        ("01", 2, "held"),
        ("02", 1, "withdrawn"),
        ("03", 1, "withdrawn"),
        ("03", 2, "withdrawn"),
        ("app", 1, ""),
        ("09", 1, "held"),
        ("01", 3, "held"),
    ]
    assert all(not one["pdf"] and not one["digest"] and not one["count"] for one in sheets[-2:])
    report, _ = verify.verified(str(unclosed), [])
    assert (report.faults, len(report.kept_back)) == ([], 3)
    items = json.loads((unclosed / "data/metadata.json").read_text("utf-8"))["items"]
    named = [item["题名"] for item in items if item["题名"].startswith("未保存正文的名单")]
    assert named == [
        f"未保存正文的名单（{BATCH.format('2025-09')}，第1版）",
        f"未保存正文的名单（{BATCH.format('2025-01')}，第3版）",
    ]


def unclosed_lies(files):
    """What somebody may write of a list that has no figures, or of one that has."""
    paths = [path for path in sorted(files) if path.startswith("data/sheets/") and path.endswith(".json")]
    silent = next(path for path in paths if "未保存正文" in path)
    whole = next(path for path in paths if "2025-05" in path)
    one = told(files, silent)
    for change in ({"count": 1}, {"sum_fen": 100}, {"state": "erased"}, {"state": ""}, {"leaves": [1]}):
        yield forged(files, {silent: spelled({**one, **change})})
    yield forged(files, {silent: None})
    blank = dict.fromkeys(("title", "digest", "code", "pdf", "pdf_sha256"), "")
    blank |= dict.fromkeys(("count", "households", "sum_fen", "source_total_fen"), 0)
    none = {**told(files, whole), **blank, "leaves": [], "left_out": [], "state": "held"}
    stem = whole.rpartition("/")[2][:-5]
    papers = [path for path in files if path.rpartition("/")[2].rpartition(".")[0] == stem and path != whole]
    items = told(files, METADATA)
    item = next(item for item in items["items"] if item["文件"][0]["path"] == whole)
    item |= {"校验码": "", "短码": "", "状态": "未保存正文", "日期": "2025-11-23", "文件": item["文件"][:1]}
    becomes = {**files, METADATA: spelled(items), whole: spelled(none)}
    yield {**forged(becomes, dict.fromkeys(papers)), whole: becomes[whole]}


@pytest.mark.browser
def test_no_list_hides_behind_another_that_was_kept_back(unclosed):
    """Both checkers find the bag sound but for three texts, and tell each lie about a list without figures."""
    files = tree(unclosed)
    with browser() as chromium:
        opened = chromium.new_page()
        opened.goto(PROGRAM.with_suffix(".html").as_uri())
        page = Page(opened, files, unclosed.name)
        assert page.faults([{}]) == [[]]
        lies = [*unclosed_lies(files)]
        said = page.faults(lies)
    copy = Copy(unclosed, files)
    for lie, by_page in zip(lies, said, strict=True):
        assert by_page
        assert copy.with_change(lie, lambda root: verify.verified(str(root), [])[0].faults)[0]


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
        assert "其余相符，但有 2 条记录没有正文或文件" in said[0]
        assert [LINE in said[1][0], NOTICE in said[1][1]] == [True, True]
