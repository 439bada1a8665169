"""Somebody who rewrites every file that repeats a figure, and both lists: the signed records still say otherwise."""

from __future__ import annotations

import hashlib
import json
import re
import time

import pytest
from click.testing import CliRunner
from PIL import Image

from boards.model.codes import short_code
from kiosk_server.cli import county_command
from kiosk_server.dossier.tools import verify
from sync.county.publish import publisher
from tests.browser.board_village import browser
from tests.dossier.tampered import Copy, Page, with_manifests
from tests.dossier.test_dossier_hostile import PROGRAM
from tests.dossier.year_house import BATCH, VILLAGE, YEAR, tree
from tests.founding import as_typed
from tests.line.county_sim import NOW

pytestmark = pytest.mark.thorough

ROWS, PROOFS, METADATA = "data/feed/rows.ndjson", "data/feed/proofs.json", "data/metadata.json"
YEAR_FILE = "data/year/year.json"


@pytest.fixture(scope="module")
def closed(founded, tmp_path_factory):
    """The year as the county closed it, in a bag that may be forged."""
    house = founded.copied(tmp_path_factory.mktemp("closed") / "house")
    words = ["close-year", "--year", YEAR, "--figure", VILLAGE, "farmland_fertility", "3938.70"]
    words += ["--reason", "提前", "--folder", house.folder / "county"]
    done = CliRunner().invoke(county_command, as_typed(words))
    assert done.exit_code == 0, done.output
    made = re.search(r"\S+$", done.output.strip())[0]
    publisher.review(house.county, made, NOW)
    publisher.publish(house.county, made, NOW)
    assert house.kiosk("sync")[0] == 0
    bag = exported_now(house, tmp_path_factory.mktemp("closed_bag"))
    return Copy(bag, tree(bag))


def exported_now(house, into, year=YEAR):
    """The bag as of the moment after what came last."""
    code, told = house.kiosk("export", "--year", year, "--to", into)
    assert code == 0, told
    return next(one for one in into.iterdir() if one.name.startswith(VILLAGE))


def report_of(root):
    """What the program reports."""
    return verify.verified(str(root), [])[0]


def told(files, path):
    """A JSON file of the bag."""
    return json.loads(files[path])


def spelled(value):
    """JSON as the bag has it."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode() + b"\n"


def forged(files, change):
    """The change, then metadata and both lists made anew."""
    items, after = told(files, METADATA), {**files, **change}
    for item in items["items"]:
        item["文件"] = [
            {
                **one,
                "sha256": hashlib.sha256(after[one["path"]]).hexdigest(),
                "size_bytes": len(after[one["path"]]),
            }
            for one in item["文件"]
            if after[one["path"]] is not None
        ]
    table = verify.csv_of([[*verify.OF_ITEM], *map(verify.item_row, items["items"])])
    return with_manifests(files, {**change, METADATA: spelled(items), "data/metadata.csv": table})


def list_file(files):
    """The figures of the list that was corrected, in its newest edition."""
    for path in sorted(files):
        if path.startswith("data/sheets/") and path.endswith(".json"):
            one = told(files, path)
            if (one["batch"], one["state"]) == (BATCH.format("2025-01"), ""):
                return path, one
    raise AssertionError


def faults(copy, change):
    """What the program says of a change, by path."""
    (report,) = copy.with_change(change, report_of)
    return report.faults


@pytest.mark.browser
def test_a_closed_year_agrees_with_its_event(closed):
    """Both checkers hold year, table and code to the county's event, and find the bag sound."""
    report = report_of(closed.root)
    assert (report.faults, report.notes) == ([], [])
    assert "年度汇总：1 个项目，合计 3,938.70 元" in report.checked
    with browser() as chromium:
        opened = chromium.new_page()
        opened.goto(PROGRAM.with_suffix(".html").as_uri())
        page = Page(opened, closed.files, closed.root.name)
        tales = [forged(closed.files, change) for change in lies(closed.files)]
        assert page.faults([{}]) == [[]]
        assert all(page.faults(tales))


def lies(files):
    """Forgeries of what was signed, one after the other."""
    path, one = list_file(files)
    more = {**one, "sum_fen": one["sum_fen"] + 1, "source_total_fen": one["source_total_fen"] + 1}
    digest = "0" * 64
    yield {path: spelled(more)}
    yield {path: spelled({**one, "digest": digest, "code": short_code(digest)})}
    yield {path: spelled({**one, "state": "withdrawn", "pdf": "", "pdf_sha256": "", "printed": False})}
    yield {path: spelled({**one, "households": one["households"] + 1})}
    yield {path: spelled({**one, "leaves": one["leaves"][::-1]})}
    older = next(
        p for p in sorted(files) if p.startswith("data/sheets/") and p.endswith(".json") and "2025-03" in p
    )
    erased = told(files, older)  # its first edition: a row was erased
    yield {older: spelled({**erased, "households": erased["households"] - 1})}
    yield {path: spelled({**one, "printed": True})}
    yield {path: spelled({**one, "title": one["title"].replace("耕地", "耕种")})}
    annual = told(files, YEAR_FILE)
    annual["annual"]["rows"][0]["households"] += 1
    yield {YEAR_FILE: spelled(annual)}
    yield {YEAR_FILE: spelled({**told(files, YEAR_FILE), "index": None, "digest": "", "code": ""})}
    notice = next(
        path for path in sorted(files) if path.startswith("data/notices/") and path.endswith(".json")
    )
    for name, value in (
        ("text", "改过"),
        ("posted_on", "2020-01-01"),
        ("state", "superseded"),
        ("case", "x"),
    ):
        yield {notice: spelled({**told(files, notice), name: value})}
    yield {notice: spelled({**told(files, notice), "attachments": []})}


def test_no_figure_can_be_rewritten(closed):
    """Sum, digest and code, state, households, order, title, year, notice: each lie is told of its file."""
    for change in lies(closed.files):
        found = faults(closed, forged(closed.files, change))
        assert set(change) & {path for path, _ in found}, (change, found)


def test_an_erased_row_takes_no_household_away(closed):
    """Of an edition with an erased row only the number of the close passes, not that of the rows left."""
    for path in sorted(closed.files):
        one = told(closed.files, path) if path.startswith("data/sheets/") and path.endswith(".json") else {}
        if (one.get("batch"), one.get("edition")) == (BATCH.format("2025-03"), 1):
            less = spelled({**one, "households": one["households"] - 1})
            assert path in {where for where, _ in faults(closed, forged(closed.files, {path: less}))}
            return
    raise AssertionError


def test_a_list_cannot_be_left_out(closed):
    """A list whose records, proofs, papers and tables are all gone is missed: the tree has its heads."""
    files, batch = closed.files, BATCH.format("2025-03")
    proofs, heads = told(files, PROOFS), files["data/feed/heads.ndjson"].split(b"\n")
    mine = {at for at, head in enumerate(heads) if head and json.loads(head)["batch"] == batch}
    kept = [line for line in files[ROWS].split(b"\n") if f'"batch":"{batch}"'.encode() not in line]
    proofs["proofs"] = [one for one in proofs["proofs"] if one["index"] not in mine]
    stems = {
        path[:-5].rpartition("/")[2]
        for path in files
        if path.startswith("data/sheets/") and path.endswith(".json") and told(files, path)["batch"] == batch
    }
    gone = {path: None for path in files if path.rpartition("/")[2].rpartition(".")[0] in stems}
    found = faults(closed, forged(files, {ROWS: b"\n".join(kept), PROOFS: spelled(proofs), **gone}))
    assert (ROWS, f"“{batch}”缺 {len(mine)} 条记录（第 {min(mine)} 条等）：没有收全") in found


def test_a_line_cannot_be_blanked(closed):
    """A body that no erasure names may not be missing; where the bag says it was withheld, that is told of it."""
    files = closed.files
    lines = files[ROWS].split(b"\n")
    at = next(number for number, line in enumerate(lines) if b'"kind":"publish"' in line)
    head, cut, _ = lines[at].partition(b',"b":')
    lines[at] = head + cut + b"null}"
    index = files["data/feed/heads.ndjson"].split(b"\n").index(head.removeprefix(b'{"h":'))
    feed = spelled({**told(files, "data/feed/feed.json"), "withheld": [index]})
    change = {ROWS: b"\n".join(lines)}
    found = faults(closed, with_manifests(files, change))
    assert (ROWS, f"第 {index} 条记录没有内容，也没有删除它的记录") in found
    lie = with_manifests(files, {**change, "data/feed/feed.json": feed})
    (report,) = closed.with_change(lie, report_of)
    assert [f"第 {index} 条记录" in line for line in report.kept_back] == [True]
    assert "全部相符" not in verify.verdict(report)
    (report,) = closed.with_change(with_manifests(files, {"data/feed/feed.json": feed}), report_of)
    assert ("data/feed/feed.json", f"第 {index} 条记录写着没有保存正文，正文却在") in report.faults


def test_a_table_cannot_be_rewritten(closed):
    """A cell of a list or of the year that differs from the records is told, whatever it is."""
    csvs = [path for path in sorted(closed.files) if path.startswith("data/human/") and path.endswith(".csv")]
    for path in csvs:
        text = closed.files[path].decode()
        for old, new in ((",", ";"), ("合计", "合計"), ("竹垓", "竹坡"), ("\r\n", "\n"), ("0", "1")):
            change = {path: text.replace(old, new, 1).encode()}
            assert path in {where for where, _ in faults(closed, with_manifests(closed.files, change))}, (
                path,
                old,
            )
    named = next(path for path in csvs if "发放" in path)
    change = {named: closed.files[named].replace("甲一".encode(), "甲*".encode(), 1)}
    assert faults(closed, with_manifests(closed.files, change)) == []  # as a county that masks names has it
    change = {named: closed.files[named].replace("甲一".encode(), "乙*".encode(), 1)}
    assert [path for path, _ in faults(closed, with_manifests(closed.files, change))] == [named]


def test_a_record_of_another_year_cannot_be_changed(closed):
    """Heads that no row of this bag rests on are held by the signed root too: changed, swapped, taken out."""
    path, lines = "data/feed/heads.ndjson", closed.files["data/feed/heads.ndjson"].split(b"\n")
    other = [at for at, line in enumerate(lines) if BATCH.format("2024-01").encode() in line][:2]
    one, two = other
    changed, swapped = [*lines], [*lines]
    changed[one] = lines[one].replace(b'"rev":1', b'"rev":2')
    swapped[one], swapped[two] = lines[two], lines[one]
    for lie in (changed, swapped, lines[:one] + lines[two:]):
        found = faults(closed, with_manifests(closed.files, {path: b"\n".join(lie)}))
        assert path in {where for where, _ in found}


def test_papers_of_older_years_are_held_to_the_register(founded, tmp_path):
    """A scan taken in later is sound as the register tells it, and told where file, source or act differ."""
    house, scan = founded.copied(tmp_path / "house"), tmp_path / "公示表.png"
    Image.new("L", (60, 80), 200).save(scan, "PNG")
    about = {"--year": 2019, "--kind": "scan", "--title": "2019年地力补贴公示表", "--day": "2019-12-01"}
    about |= {"--from": "村档案室", "--by": "竹垓村村民委员会", "--village": VILLAGE}
    said = house.kiosk(
        "backfill", scan, "--no-numbers-seen", *(word for pair in about.items() for word in pair)
    )
    assert said[0] == 0, said
    time.sleep(1)
    (tmp_path / "stick").mkdir()
    bag = exported_now(house, tmp_path / "stick", 2019)
    copy = Copy(bag, tree(bag))
    assert report_of(bag).faults == []
    (path,) = [one for one in copy.files if one.startswith("data/backfill/") and one.endswith(".png")]
    source = spelled({**told(copy.files, f"{path}.json"), "source": "县档案馆"})
    for change in ({path: b"x"}, {f"{path}.json": source}, {"data/register.ndjson": b""}):
        assert f"{path}.json" in {where for where, _ in faults(copy, forged(copy.files, change))}
    (report,) = copy.with_change(forged(copy.files, {path: None}), report_of)
    assert (report.faults, report.kept_back) == ([], ["补录“2019年地力补贴公示表”的文件不在案卷里"])
