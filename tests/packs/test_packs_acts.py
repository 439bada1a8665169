"""Small acts on a pack's working copy: comments stay, what is wrong is never written."""

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.county.packs import acts
from sync.county.packs.lines import EditByHand, with_row, with_value
from sync.pack import PackNotWhole, pack_files, read_pack
from tests.packs.pack_files import DEMO, leaves

TOMLS = sorted(name for name in DEMO if name.endswith(".toml"))


@pytest.fixture
def pack(tmp_path):
    """A working copy of the demo county's pack."""
    for name, raw in DEMO.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(raw)
    return tmp_path


@pytest.mark.thorough
@given(st.data())
@settings(max_examples=150)
def test_one_value_changes_and_every_other_line_stays(data):
    """Whatever is typed into a field stands there, and no comment is lost."""
    name = data.draw(st.sampled_from(TOMLS))
    text = DEMO[name].decode()
    way, _ = data.draw(st.sampled_from([*leaves(tomllib.loads(text))]))
    value = data.draw(
        st.one_of(st.integers(0, 99), st.booleans(), st.text(st.sampled_from('甲 #"\\=[]\n\t')))
    )
    changed = with_value(text, way, value, name)
    assert dict(leaves(tomllib.loads(changed))) == {**dict(leaves(tomllib.loads(text))), way: value}
    before, after = text.split("\n"), changed.split("\n")
    differing = [at for at, line in enumerate(before) if after[at] != line]
    assert len(after) == len(before)
    assert len(differing) <= 1
    for at in differing:
        assert after[at].endswith(before[at].partition("#")[1] + before[at].partition("#")[2])


def test_a_field_that_is_not_there_comes_to_its_table():
    """A new key stands behind the others of its table, a new table at the end."""
    text = "# oben\nname = 'a' # c\n\n[windows]\nwall_days = 7\n\n# about the guide\n[guide]\nwho = 'x'\n"
    assert with_value(text, ("kind",), "area", "f") == text.replace("# c\n", '# c\nkind = "area"\n')
    more = with_value(text, ("windows", "wall_count"), "working", "f")
    assert more == text.replace("wall_days = 7\n", 'wall_days = 7\nwall_count = "working"\n')
    assert with_value(text, ("mask", "names"), "full", "f") == f'{text}\n[mask]\nnames = "full"\n'
    assert with_value(text, ("windows", "wall_days"), None, "f") == text.replace("wall_days = 7\n", "")
    assert with_value(text, ("windows", "nothing"), None, "f") == text


def test_a_value_of_several_lines_or_with_a_hash_in_it_is_replaced_whole():
    """Nothing of the old value is left behind as a comment, and the lines below stay."""
    text = 'who = """one\ntwo # three"""  # c\nhow = "a # b" # d\nlist = [\n  1,\n]\nend = 1\n'
    for way, before, after in (
        ("who", '"""one\ntwo # three"""', '"x"'),
        ("how", '"a # b"', '"x"'),
        ("list", "[\n  1,\n]", '"x"'),
    ):
        assert with_value(text, (way,), "x", "f") == text.replace(before, after)


def test_what_cannot_be_changed_by_its_line_is_left_to_an_editor():
    """A table written in one line is not taken apart."""
    with pytest.raises(EditByHand):
        with_value("windows = { wall_days = 7 }\n", ("windows", "wall_days"), 10, "f")


def test_a_row_changes_where_it_is():
    """Other rows keep their spelling, quotes and line."""
    text = 'a,b\n1,"x, y"\n2, z\n'
    assert with_row(text, ("a", "b"), lambda row: row["a"] == "1", {"b": "w"}) == "a,b\n1,w\n2, z\n"
    assert with_row(text, ("a", "b"), lambda row: row["a"] == "3", {"a": "3"}) == f"{text}3,\n"
    assert with_row("", ("a", "b"), lambda _: False, {"a": "3", "b": "c, d"}) == 'a,b\n3,"c, d"\n'
    assert with_row("a\n1", ("a",), lambda _: False, {"a": "2", "b": "t"}) == "a,b\n1,\n2,t\n"
    assert with_row("a\n1", ("a",), lambda _: False, {"a": "2"}) == "a\n1\n2\n"
    quoted = 'a,b\n1,"x\n2, y"\n2,z\n'
    assert with_row(quoted, ("a", "b"), lambda row: row["a"] == "2", {"b": "w"}) == quoted.replace("z", "w")
    assert with_row("a\n1\n", ("a",), lambda row: row["a"] == "a", {"a": "a"}) == "a\n1\na\n"


def test_a_village_comes_with_what_its_town_is(pack):
    """Only its name is typed; the pack is whole afterwards and the new village is in it."""
    done = acts.edited(pack, acts.village("330590100206", {"village": "新塘村"}))
    assert done.left == ()
    assert read_pack(pack).villages[-1].name == "新塘村"
    assert read_pack(pack).villages[-1].town == "梅坞镇"


def test_a_village_of_a_town_nobody_knows_says_its_town(pack):
    """What only a person can say is asked for, and nothing is written."""
    with pytest.raises(acts.MoreNeeded, match="--town"):
        acts.edited(pack, acts.village("330590102201", {"village": "新塘村"}))
    assert pack_files(pack) == DEMO


@pytest.mark.parametrize(
    "act",
    [
        acts.village("330590100000", {"village": "新塘村", "town": "梅坞镇"}),
        acts.village("330591100201", {"village": "新塘村", "town": "梅坞镇"}),
        acts.programme("rice", {"windows.wall_days": "0"}),
        acts.programme("rice", {"windows.wall_dais": "7"}),
        acts.programme("new_one", {"name": "新项目"}),
        acts.head("mask.names", "some"),
        acts.head("supervision_phone", "请问村里"),
        acts.contact("岭东村", "村务公开员", {"place": ""}),
        acts.whole_file("calendar/2027.csv", b"date,kind\n2026-01-01,holiday\n"),
        acts.whole_file("calendar/2027.csv", b"date,kind\n2027-01-01,holyday\n"),
    ],
)
def test_what_is_wrong_is_not_written(pack, act):
    """An act that would leave the pack less whole than it was tells why, and changes no file."""
    with pytest.raises(PackNotWhole):
        acts.edited(pack, act)
    assert pack_files(pack) == DEMO


def test_a_pack_that_is_not_whole_may_be_mended_bit_by_bit(pack):
    """What was wrong before stops no act, and is told until it is right."""
    (pack / "villages.csv").write_bytes(DEMO["villages.csv"].replace(b"330590100202", b"330590100201"))
    done = acts.edited(pack, acts.head("supervision_phone", "0572-5000013"))
    assert [one.field for one in done.left] == ["village_code"]
    assert "0572-5000013" in (pack / "pack.toml").read_text("utf-8")


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("name", "line"),
    [("villages.csv", b"330590,\n"), ("land/cases.csv", b"2026-001,\n"), ("contacts.csv", b"3\n")],
)
def test_a_row_that_breaks_off_stops_no_act(pack, name, line):
    """Half a row that an editor left is no reason to stop: it is told, and the others can be changed."""
    (pack / name).write_bytes(DEMO[name] + line)
    for act in (
        acts.village("330590100201", {"village": "岭东新村"}),
        acts.land_case("2026-001", {"project": "新路", "standing": "open"}, ["石垟村"]),
    ):
        assert name in {one.file for one in acts.edited(pack, act).left}


def test_a_fault_that_is_there_moves_with_its_line_and_is_not_made_twice(pack):
    """A contact without a telephone stops no other; a second one like it is not written."""
    (pack / "contacts.csv").write_bytes(DEMO["contacts.csv"] + "330590100202,会计,村部,周一,\n".encode())
    assert acts.edited(pack, acts.no_contact("岭东村", "村会计")).left[0].field == "phone"
    with pytest.raises(PackNotWhole, match="phone"):
        acts.edited(pack, acts.contact("岭东村", "村会计", {"place": "村部", "hours": "周一"}))


@pytest.mark.parametrize("code", ["岭东村", "330590100201"])
def test_a_village_goes_with_its_contacts_and_cases(pack, code):
    """Nothing is left that names a village the pack does not have."""
    assert acts.edited(pack, acts.no_village(code)).left == ()
    assert not any(b"330590100201" in raw for raw in pack_files(pack).values())


def test_a_village_goes_last_and_every_file_is_on_disk(pack, monkeypatch):
    """Stopped between, no table names a village that is gone; a file that was taken out does not come back."""
    written, settled = [], []
    monkeypatch.setattr(acts, "durable", lambda path, _raw: written.append(path.name))
    monkeypatch.setattr(acts, "settled", lambda folder: settled.append(folder.name))
    acts.edited(pack, acts.no_village("岭东村"))
    assert (sorted(written[:-1]), written[-1]) == (["cases.csv", "contacts.csv"], "villages.csv")
    acts.edited(pack, acts.no_programme("rice"))
    assert settled == ["programmes"]


def test_a_name_of_two_villages_is_no_name(pack):
    """Two villages are called 向阳村: one of them is chosen by its code."""
    with pytest.raises(acts.NotInPack):
        acts.edited(pack, acts.no_village("向阳村"))


def test_excel_keeps_what_it_wrote(pack):
    """Mark and line ends of the editor's stay, so that it opens the file as before."""
    raw = b"\xef\xbb\xbf" + DEMO["villages.csv"].replace(b"\n", b"\r\n")
    (pack / "villages.csv").write_bytes(raw)
    acts.edited(pack, acts.village("330590100201", {"village": "岭东新村"}))
    changed = raw.replace("岭东村,岭东村委会".encode(), "岭东新村,岭东新村委会".encode())
    assert (pack / "villages.csv").read_bytes() == changed


def test_a_calendar_of_excel_is_read_and_a_table_in_gbk_says_how_to_save_it(pack):
    """Days off are taken in GBK too; a table of the pack that is no UTF-8 is told with its line."""
    acts.edited(
        pack,
        acts.whole_file(
            "calendar/2027.csv", "date,kind,festival\r\n2027-01-01,holiday,元旦\r\n".encode("gbk")
        ),
    )
    assert 2027 in read_pack(pack).calendar_years
    (pack / "contacts.csv").write_bytes(DEMO["contacts.csv"].decode().encode("gbk"))
    with pytest.raises(PackNotWhole, match="CSV UTF-8"):
        acts.edited(pack, acts.contact("岭东村", "村务公开员", {"phone": "0572-5000111"}))


@pytest.mark.thorough
def test_what_was_put_in_can_be_taken_out_again(pack):
    """Term, contact, case, programme, calendar: afterwards the pack is what it was."""
    said = {"place": "村部", "hours": "周一", "phone": "0572-5000111"}
    there_and_back = [
        (acts.term("试用的词"), acts.no_term("试用的词")),
        (acts.contact("石垟村", "村会计", said), acts.no_contact("石垟村", "村会计")),
        (
            acts.land_case("2026-009", {"project": "新路", "standing": "open"}, ["石垟村", "岭东村"]),
            acts.no_land_case("2026-009", []),
        ),
        (
            acts.whole_file("calendar/2027.csv", b"date,kind\n2027-01-01,holiday\n"),
            acts.whole_file("calendar/2027.csv", None),
        ),
        (acts.head("version", "2026-9"), acts.head("version", "2025.1")),
        (acts.programme("rice", {"ceiling_yuan": "5000"}), acts.programme("rice", {"ceiling_yuan": ""})),
    ]
    for there, again in there_and_back:
        assert not any("只动了" in line for line in acts.edited(pack, there).told)
        assert pack_files(pack) != DEMO
        acts.edited(pack, again)
        assert pack_files(pack) == DEMO


@pytest.mark.parametrize(
    "act",
    [
        acts.no_village("330590100299"),
        acts.no_contact("岭东村", "没有的人"),
        acts.no_programme("ryce"),
        acts.no_land_case("2026-999", []),
        acts.no_term("没有的词"),
        acts.whole_file("calendar/2031.csv", None),
        acts.whole_file("notes.txt", b""),
    ],
)
def test_what_is_not_there_cannot_be_taken_out(pack, act):
    """A slip of the pen is told, with what was probably meant."""
    with pytest.raises(acts.NotInPack):
        acts.edited(pack, act)


@pytest.mark.thorough
def test_what_is_taken_out_takes_nothing_like_it_along(pack):
    """A word inside another word, one village of a land case: the others stay."""
    for word in ("试用", "试用的词"):
        acts.edited(pack, acts.term(word))
    acts.edited(pack, acts.no_term("试用"))
    assert "试用的词" in read_pack(pack).forbidden_terms
    two = {"project": "新路", "standing": "open"}
    acts.edited(pack, acts.land_case("2026-009", two, ["石垟村", "岭东村"]))
    acts.edited(pack, acts.no_land_case("2026-009", ["岭东村"]))
    assert [one.villages for one in read_pack(pack).land_cases if one.case_id == "2026-009"] == [
        ("330590100203",)
    ]


def test_a_template_writes_over_nothing(pack):
    """A programme that the county has said is not replaced."""
    with pytest.raises(acts.ProgrammeThere):
        acts.edited(pack, acts.new_programme("rice", "name = 'x'"))
