"""Forgeries by somebody who knows both checkers and makes every list anew: neither is better than the other."""

from __future__ import annotations

import base64
import hashlib
import shutil

import pytest

from kiosk_server.dossier.tools import verify
from tests.browser.board_village import browser
from tests.dossier.tampered import Copy, Page, with_manifests
from tests.dossier.test_dossier_forged import METADATA, forged, report_of, spelled, told
from tests.dossier.test_dossier_hostile import PROGRAM
from tests.dossier.year_house import VILLAGE, digest, tree

KEYS, CHECKPOINT, FEED = "data/feed/keys/keys.txt", "data/feed/checkpoint", "data/feed/feed.json"
REGISTER, INFO = "data/register.ndjson", "bag-info.txt"


@pytest.fixture(scope="module")
def files(bag):
    """The bag as it was exported."""
    return tree(bag)


def of_keys(files):
    """A third key, also under a name that no note can say; signatures of a form of their own."""
    raw = b"\x01" + bytes(32)
    for name in ("x/other", "a b/other"):
        mark = hashlib.sha256(name.encode() + b"\n" + raw).hexdigest()[:8]
        line = f"{name}+{mark}+{base64.b64encode(raw).decode()}\n".encode()
        yield f"key {name}", {KEYS: files[KEYS] + line}
    for name in ("a+b", "a\tb"):
        line = f"— {name} {base64.b64encode(bytes(68)).decode()}\n".encode()
        yield f"signature {name!r}", {CHECKPOINT: files[CHECKPOINT] + line}


def of_the_feed(files):
    """Texts said to be kept back in a form that says nothing, and a moment that is none."""
    feed = told(files, FEED)
    for odd in ([], {}, "", [True], [1, 1], [2, 1], [-1], 0):
        yield f"withheld {odd!r}", {FEED: spelled({**feed, "withheld": odd})}
    info = files[INFO].replace(feed["as_of"].encode(), b"today")
    yield "as of today", {FEED: spelled({**feed, "as_of": "today"}), INFO: info}


def of_bag_info(files):
    """Another day, no word of persons, a line that is none."""
    old = files[INFO]
    yield "no persons", {INFO: old.replace("含个人信息，仅供检查与留存\n".encode(), b"\n", 1)}
    yield "another day", {INFO: old.replace(b"Bagging-Date: 2", b"Bagging-Date: 1")}
    for line in (b"Note: x", b" more\n", b"__proto__: x\n", b"X: y\n"):
        yield f"line {line!r}", {INFO: old + line}


def of_the_register(files):
    """JSON that one reader takes and another does not, and lines that are none of a register."""
    village = f'"village":"{VILLAGE}"'.encode()
    odd = {
        "half a character": b'"reason":"\\ud800",',
        "deep": b'"a":' + b"[" * 500 + b"]" * 500 + b",",
        "too large": b'"edition":9007199254740993,',
        "too small": b'"edition":-9007199254740993,',
        "list": b'"act":"backfill","sha256":[1],',
        "true": b'"act":"print","edition":true,',
    }
    for what, member in odd.items():
        yield what, {REGISTER: b"{" + member + village + b"}\n"}
    yield "long", {REGISTER: spelled({"reason": "x" * 150_000, "village": VILLAGE})}
    for names in (("\uffff", "\U00010000"), ("\U00010000",)):
        yield f"names {len(names)}", {REGISTER: spelled({**dict.fromkeys(names, "x"), "village": VILLAGE})}
    yield (
        "sorted otherwise",
        {REGISTER: '{"village":"%s","\U00010000":"","\uffff":""}\n'.encode() % VILLAGE.encode()},
    )


def of_metadata(files):
    """Everything that the statements of items or the records say otherwise."""
    whole = told(files, METADATA)
    one = next(number for number, item in enumerate(whole["items"]) if item["状态"] == "第2版")
    odd = {
        "件号": 70, "档号": "x", "类别": "notice", "校验码": "0" * 64, "短码": "00000 00000", "版次": 7,
        "状态": "已撤下", "补录": "是", "日期": "2025-01-01", "页数": True, "题名": ["x"], "责任者": None, "x": 1,
    }  # fmt: skip
    for label, value in odd.items():
        yield f"item {label}", with_items(files, one, lambda item, k=label, v=value: item.update({k: v}))
    file = {"path": "data/index.html", "sha256": digest(files["data/index.html"])}
    file["size_bytes"] = len(files["data/index.html"])
    yield "another's file", with_items(files, one, lambda item: item["文件"].append(file))
    yield "a size as text", with_items(files, one, lambda item: item["文件"][0].update(size_bytes="1"))
    first = next(number for number, item in enumerate(whole["items"]) if item["状态"].endswith("已被代替"))
    yield "in force again", with_items(files, first, lambda item: item.update({"状态": ""}))
    for label, value in (("保管期限", "3年"), ("案卷题名", "x"), ("x", 1)):
        yield f"whole {label}", {METADATA: spelled({**whole, label: value})}


def with_items(files, number, change):
    """Both metadata files with one item changed."""
    whole = told(files, METADATA)
    change(whole["items"][number])
    table = verify.csv_of([[*verify.OF_ITEM], *map(verify.item_row, whole["items"])])
    return {METADATA: spelled(whole), "data/metadata.csv": table}


def of_statements(files):
    """No PDF in another spelling; the year of another village."""
    path = next(p for p in sorted(files) if p.startswith("data/sheets/") and b'"superseded"' in files[p])
    yield "no pdf", {path: spelled({**told(files, path), "pdf": None})}
    year = told(files, "data/year/year.json")
    deep: list[object] = []
    for _ in range(200):
        deep = [deep]
    for label, value in (("village", "330590200202"), ("year", 2024), ("deep", deep)):
        annual = {**year["annual"], label: value}
        yield f"annual {label}", {"data/year/year.json": spelled({**year, "annual": annual})}


def forgeries(files):
    """All of them, as (what, change)."""
    for tales in (of_keys, of_the_feed, of_bag_info, of_the_register, of_metadata):
        for what, change in tales(files):
            yield what, with_manifests(files, change)
    for what, change in of_statements(files):
        yield what, forged(files, change)
    for ending in (".exe", "\u202egnp.png"):
        yield f"attachment {ending!r}", renamed(files, ending)


def of_attachment(files, path, becomes):
    """What else has to say where an attachment lies."""
    notices = [p for p in files if p.startswith("data/notices/") and p.endswith(".json")]
    for notice in notices:
        one = told(files, notice)
        for file in one["attachments"]:
            file["path"] = becomes if file["path"] == path else file["path"]
        yield notice, spelled(one)


def renamed(files, ending):
    """An attachment under another name, everywhere."""
    (path,) = [p for p in files if p.startswith("data/attachments/")]
    becomes = path.rpartition(".")[0] + ending
    items = told(files, METADATA)
    for item in items["items"]:
        for file in item["文件"]:
            file["path"] = becomes if file["path"] == path else file["path"]
    moved = {name: data for name, data in files.items() if name != path} | {becomes: files[path]}
    change = forged({**moved, METADATA: spelled(items)}, dict(of_attachment(files, path, becomes)))
    return {**change, path: None, becomes: files[path]}


@pytest.mark.browser
def test_both_checkers_tell_each_forgery(bag, files, tmp_path):
    """Whatever one of them would let pass, the other would not, and so neither does."""
    tales = [*forgeries(files)]
    copy = Copy(shutil.copytree(bag, tmp_path / bag.name), files)
    with browser() as chromium:
        opened = chromium.new_page()
        opened.goto(PROGRAM.with_suffix(".html").as_uri())
        said = Page(opened, files, bag.name).faults([change for _, change in tales])
    for (what, change), by_page in zip(tales, said, strict=True):
        (report,) = copy.with_change(change, report_of)
        assert (what, bool(report.faults), bool(by_page)) == (what, True, True)


@pytest.mark.browser
def test_a_file_of_a_notice_that_hangs_is_missed(bag, files, tmp_path):
    """Taken out of every file that names it, it is still signed: neither checker says that everything agrees."""
    (path,) = [one for one in files if one.startswith("data/attachments/")]
    items = told(files, METADATA)
    for item in items["items"]:
        item["文件"] = [file for file in item["文件"] if file["path"] != path]
    notices = dict(of_attachment(files, path, ""))
    less = {name: data for name, data in files.items() if name != path} | {METADATA: spelled(items)}
    change = {**forged(less, notices), path: None}
    copy = Copy(shutil.copytree(bag, tmp_path / bag.name), files)
    (report,) = copy.with_change(change, report_of)
    assert [line.partition("的附件")[2] for line in report.kept_back] == ["“界址图.png”不在案卷里"] * 2
    assert "全部相符" not in verify.verdict(report)
    with browser() as chromium:
        opened = chromium.new_page()
        opened.goto(PROGRAM.with_suffix(".html").as_uri())
        Page(opened, files, bag.name).faults([change])
        shown = opened.evaluate("""async () => { const c = await window.last; show(c);
            return document.getElementById("verdict").innerText }""")
    assert "其余相符，但有 2 条记录没有正文或文件" in shown
