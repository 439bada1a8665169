"""What differs between two packs is told in words: every field, and nothing where nothing changed."""

import csv
import io
import json
import tomllib
from itertools import permutations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boards.model.kept.retention import Retention
from boards.model.masks import shown_name
from boards.model.pack import Guide, MaskPolicy, Programme, Windows
from sync.county.packs.difference import differences
from sync.county.packs.lines import with_value
from sync.county.packs.meaning import meaning
from sync.county.packs.words import CELLS, HEAD, PROGRAMME
from sync.pack import CASE_COLUMNS, CONTACT_COLUMNS, VILLAGE_COLUMNS, parsed_pack
from tests.packs.pack_files import DEMO, leaves, with_text

TABLES = sorted(name for name in DEMO if name.endswith(".csv"))
TOMLS = sorted(name for name in DEMO if name.endswith(".toml"))
SAID = {
    code: town + village
    for _, _, _, town, code, village, _ in csv.reader(DEMO["villages.csv"].decode().split())
}
SAID |= {
    "holiday": "放假",
    "makeup_workday": "上班",
    "open": "正在办理",
    "approved": "已批准",
    "closed": "已办结",
}
"""How what is written in a table is said."""


def _table(name):
    return [*csv.reader(io.StringIO(DEMO[name].decode(), newline=""))]


def _written(rows):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def _told(name, raw):
    return differences(DEMO, {**DEMO, name: raw})


def test_no_change_tells_nothing():
    """The same pack, a byte-order mark, line ends of Windows: there is nothing to read."""
    assert differences(DEMO, DEMO) == ()
    windows = {name: b"\xef\xbb\xbf" + raw.replace(b"\n", b"\r\n") for name, raw in DEMO.items()}
    assert differences(DEMO, windows) == differences(windows, DEMO) == ()


@pytest.mark.thorough
@given(st.data())
@settings(max_examples=150)
def test_every_cell_that_changes_is_told_with_both_its_values(data):
    """No cell of any table changes unseen."""
    name = data.draw(st.sampled_from(TABLES))
    rows = _table(name)
    row = data.draw(st.integers(1, len(rows) - 1))
    column = data.draw(st.integers(0, len(rows[0]) - 1))
    before = rows[row][column]
    rows[row][column] = after = data.draw(st.text("甲乙丙丁", min_size=1, max_size=40))
    told = "\n".join(_told(name, _written(rows)))
    assert after in told
    assert SAID.get(before, before) in told


@pytest.mark.thorough
@given(st.data())
@settings(max_examples=150)
def test_rows_that_come_go_or_change_places_are_told(data):
    """A row taken out, put in twice or moved is told, and told otherwise than by nothing."""
    name = data.draw(st.sampled_from(TABLES))
    rows = _table(name)
    at = data.draw(st.integers(1, len(rows) - 1))
    to = data.draw(st.integers(1, len(rows) - 1))
    act = data.draw(st.sampled_from(["out", "twice", "moved"]))
    row = rows[at]
    if act == "twice":
        rows.insert(to, row)
    else:
        rows.pop(at)
    if act == "moved":
        rows.insert(to, row)
    told = _told(name, _written(rows))
    word = {"out": "撤销", "twice": "新增", "moved": "先后次序变了"}[act]
    assert any(word in line for line in told) or (act == "moved" and at == to and not told)


@pytest.mark.thorough
@given(st.data())
@settings(max_examples=150)
def test_every_field_of_a_toml_file_that_changes_is_told_by_its_label(data):
    """No field of the pack, of a programme or of the platform's table changes unseen."""
    name = data.draw(st.sampled_from(TOMLS))
    table = tomllib.loads(DEMO[name].decode())
    way, before = data.draw(st.sampled_from([*leaves(table)]))
    after = not before if isinstance(before, bool) else before + 1 if isinstance(before, int) else "变了"
    told = "\n".join(_told(name, with_value(DEMO[name].decode(), way, after, name).encode()))
    label = (HEAD if name == "pack.toml" else PROGRAMME).get(".".join(way), ".".join(way))
    assert label in told
    assert ({True: "是", False: "否"}[after] if isinstance(after, bool) else str(after)) in told


@pytest.mark.thorough
@given(st.sampled_from(sorted(DEMO)), st.data())
@settings(max_examples=200)
def test_any_change_of_any_file_is_told(name, data):
    """One character put in, taken out or replaced anywhere, a comment too, is never nothing."""
    text = DEMO[name].decode()
    at = data.draw(st.integers(0, len(text) - 1))
    put = data.draw(st.sampled_from(["", "甲", "#", "1", '"', ",", "\n", " ", "="]))
    changed = text[:at] + put + text[at + 1 :]
    assert bool(_told(name, changed.encode())) == (changed != text)
    inserted = text[:at] + "甲" + text[at:]
    assert _told(name, inserted.encode())


@given(st.sampled_from(sorted(DEMO)))
def test_a_file_that_comes_or_goes_is_told(name):
    """A programme, a year, a table that is new or gone is named."""
    without = {one: raw for one, raw in DEMO.items() if one != name}
    assert any(line.startswith(("撤销", "去掉")) for line in differences(DEMO, without))
    assert any(line.startswith("新增") for line in differences(without, DEMO))


@pytest.mark.thorough
@given(st.data())
@settings(max_examples=100)
def test_every_field_that_is_taken_out_is_told_by_its_label(data):
    """A ceiling, a term, a class that is written no longer: what holds then is another rule."""
    name = data.draw(st.sampled_from(TOMLS))
    way, _ = data.draw(st.sampled_from([*leaves(tomllib.loads(DEMO[name].decode()))]))
    told = "\n".join(_told(name, with_value(DEMO[name].decode(), way, None, name).encode()))
    assert (HEAD if name == "pack.toml" else PROGRAMME).get(".".join(way), ".".join(way)) in told
    assert "（没有写）" in told


def test_a_column_that_comes_or_goes_is_told_with_what_stood_in_it():
    """The county's own columns of the catalogue too."""
    with_basis = {
        **DEMO,
        "catalogue/farming.csv": "code,field,l1,shown_by,本县备注\nA1,涉农,发放,payout,每季一次\n".encode(),
    }
    without = {**DEMO, "catalogue/farming.csv": "code,field,l1,shown_by\nA1,涉农,发放,payout\n".encode()}
    for before, after, said in (
        (with_basis, without, "本县备注：每季一次 → （没有写）"),
        (without, with_basis, "本县备注：（没有写） → 每季一次"),
        (DEMO, with_basis, "本县备注 每季一次"),
    ):
        assert any(said in line for line in differences(before, after))


def test_the_pack_s_own_fields_are_read_first_and_villages_by_their_names():
    """Then the villages, then the others; who is gone is still called by the name of the village that went."""
    gone = {name: raw.replace(b"330590100205", b"330590100209") for name, raw in DEMO.items()}
    told = differences(DEMO, with_text("pack.toml", '"full"', '"one_star"', gone))
    assert [line[:2] for line in told[:2]] == ["资料", "村“"]
    assert any(line.startswith("撤销梅坞镇前坑村的办事联系人“村务公开员”") for line in told)


def test_a_long_text_stands_under_the_one_before():
    """However short the other is, both can be read."""
    told = differences(DEMO, with_text("programmes/rice.toml", 'unit = "亩"', f'unit = "{"亩" * 30}"'))
    assert told == (f"补贴“稻谷补贴”（rice）的计量单位改了\n　　原：亩\n　　现：{'亩' * 30}",)


@pytest.mark.parametrize(("was", "now"), [*permutations(("full", "one_star", "middle_star"), 2)])
def test_whatever_shows_more_of_a_name_is_told_first(was, now):
    """By what the pattern shows of a name, whichever way it goes."""
    pack = parsed_pack(DEMO)
    before, after = (
        msgspec.structs.replace(pack, mask=MaskPolicy(version="1", names=one)) for one in (was, now)
    )
    shown = [len(shown_name("张小明", one.mask).replace("*", "")) for one in (before, after)]
    assert any("放宽" in line for line in meaning(None, before, after)) == (shown[1] > shown[0])


def test_each_word_that_comes_or_goes_is_told_and_no_other():
    """A word that lists may say again is what a reviewer must see; those that stay are not told."""
    fewer = with_text("terms/forbidden.txt", "内部资料", "试用的词")
    assert differences(DEMO, fewer) == ("新增不得公开的词“试用的词”", "去掉不得公开的词“内部资料”")


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        (
            "programmes/farmland_fertility.toml",
            "wall_days = 7",
            "wall_days = 10",
            "补贴“耕地地力保护补贴”（farmland_fertility）的发放名单的公示期（天）：7 → 10",
        ),
        ("pack.toml", '"full"', '"one_star"', "资料包（pack.toml）的姓名显示：全名 → 姓加一个星号"),
        (
            "villages.csv",
            "330590100205,前坑村,前坑村委会\n",
            "330590100205,前坑村,前坑村委会\n330590,苕安县,330590100,梅坞镇,330590100206,新塘村,新塘村委会\n",
            "新增村“梅坞镇新塘村”（330590100206）：县代码 330590，县名 苕安县，乡镇代码 330590100，",
        ),
        (
            "villages.csv",
            "330590100205,前坑村",
            "330590100209,前坑村",
            "村“梅坞镇前坑村”的村代码：330590100205 → 330590100209",
        ),
    ],
)
def test_a_leader_reads_what_happened(name, old, new, told):
    """In the words of the field, not of the file."""
    assert differences(DEMO, with_text(name, old, new))[0].startswith(told)


def test_a_text_of_several_lines_cannot_pass_for_other_sentences():
    """Whatever is typed into a field stands on the line of its field."""
    forged = 'standard = """x\n县级资料包：没有别的改动"""\n#'
    told = differences(DEMO, with_text("programmes/rice.toml", "standard =", forged))
    assert [line.count("\n") for line in told] == [0]
    assert "x⏎县级资料包：没有别的改动" in told[0]


@pytest.mark.parametrize("mark", ["\n", "\r", "\u2028", "\x1b[2K", "\u202e"])
def test_nothing_written_in_a_pack_hides_a_line_that_is_told(mark):
    """Not a value, nor what stands before it: the name of a programme, of a platform's field, of a county's column."""
    escaped = json.dumps(f"甲{mark}乙")
    named = with_text("programmes/rice.toml", "稻谷补贴", escaped[1:-1])
    table = f'code,field,l1,shown_by,"x{mark}y"\nA1,涉农补贴,补贴发放,payout,1\n'
    for before, after in (
        (DEMO, named),
        (named, with_text("programmes/rice.toml", 'unit = "亩"', 'unit = "件"', named)),
        (named, {name: raw for name, raw in named.items() if name != "programmes/rice.toml"}),
        (DEMO, with_text("land/platform.toml", '"征收目的" =', f"{escaped} =")),
        (DEMO, {**DEMO, "catalogue/farming.csv": table.encode()}),
    ):
        assert not any(mark in line for line in differences(before, after))


def test_a_comment_alone_is_told_as_no_change_of_content():
    """Whoever sees another digest learns why."""
    told = differences(DEMO, with_text("pack.toml", "# 苕安县（虚构）", "# 苕安县"))
    assert told == ("资料包（pack.toml）：只动了注释、空行或写法，内容没有变",)


def test_every_field_has_its_words():
    """A field that somebody adds to a pack is called by words, not by its name in the file."""
    inner = {"guide": Guide, "windows": Windows}
    ways = [
        *(field.name for field in msgspec.structs.fields(Programme) if field.name not in inner),
        *(f"{key}.{field.name}" for key, kind in inner.items() for field in msgspec.structs.fields(kind)),
    ]
    assert set(ways) == set(PROGRAMME)
    kept = {f"retention.{field.name}" for field in msgspec.structs.fields(Retention)}
    masks = {f"mask.{field.name}" for field in msgspec.structs.fields(MaskPolicy)}
    assert kept | masks < set(HEAD)
    assert {*VILLAGE_COLUMNS, *CASE_COLUMNS, *CONTACT_COLUMNS} < set(CELLS)
