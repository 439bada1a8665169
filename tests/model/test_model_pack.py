"""The county pack: whole, pinned, and refused with the file and line that is wrong."""

import json
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boards.model.privacy.numbers import numbers_in
from sync.pack import PackMissing, PackNotPinned, PackNotWhole, pack_digest, parsed_pack, read_pack

DEMO = Path(__file__).parents[2] / "deploy" / "demo" / "pack"
FILES = {path.relative_to(DEMO).as_posix(): path.read_bytes() for path in DEMO.rglob("*") if path.is_file()}


SECOND = "梅坞镇,330590100202"
HELD_AGAINST = {"pack.toml": ("villages.csv",), "villages.csv": ("contacts.csv", "land/cases.csv")}
"""Files whose rows must be of the county, or of the villages, that another file names."""


def test_the_demo_pack_is_whole():
    """Twelve villages, seven programmes with a guide, two calendar years."""
    pack = read_pack(DEMO)
    assert (pack.county_code, pack.county, len(pack.villages)) == ("330590", "苕安县", 12)
    assert {programme.code for programme in pack.programmes} == {
        "farmland_fertility",
        "machinery",
        "forest_eco",
        "grain_one_off",
        "disability_living",
        "rice",
        "in_kind",
    }
    assert all(p.guide.who and p.guide.standard and p.guide.office and p.guide.phone for p in pack.programmes)
    assert [p.code for p in pack.programmes if p.sensitive] == ["disability_living"]
    assert pack.calendar_years == (2025, 2026)


def test_the_demo_pack_names_no_person():
    """No ID, card or mobile number in any of its files."""
    assert not any(numbers_in(raw.decode()) for raw in FILES.values())


@pytest.mark.thorough
def test_anybody_can_make_the_hash_again():
    """The pin is what sha256sum prints over the listing."""
    listing = "find * -type f | LC_ALL=C sort | xargs sha256sum | sha256sum"
    printed = subprocess.run(["sh", "-c", listing], cwd=DEMO, capture_output=True, check=True, text=True)
    assert printed.stdout.split()[0] == pack_digest(FILES)


@given(st.sampled_from(sorted(FILES)), st.integers(0, 10**6), st.integers(1, 255))
@settings(max_examples=40)
def test_one_changed_byte_is_another_pack(name, at, step):
    """The pin holds names and contents of all files."""
    raw = bytearray(FILES[name])
    raw[at % len(raw)] = (raw[at % len(raw)] + step) % 256
    assert pack_digest({**FILES, name: bytes(raw)}) != pack_digest(FILES)


def test_a_pack_that_is_not_pinned_is_refused(tmp_path):
    """Another pack, or none, is refused before it is read."""
    with pytest.raises(PackNotPinned):
        read_pack(DEMO, "0" * 64)
    with pytest.raises(PackMissing):
        read_pack(tmp_path / "nowhere")
    assert read_pack(DEMO, pack_digest(FILES)) == parsed_pack(FILES)


@pytest.mark.parametrize(
    ("name", "old", "new", "line"),
    [
        ("pack.toml", 'version = "2025.1"', "version = ", 2),
        ("pack.toml", "0572-5000012", "请问村里", 5),
        ("pack.toml", 'names = "full"', 'names = "some"', 9),
        ("pack.toml", "supervision_phone", "supervision_fone", 5),
        ("pack.toml", 'names = "full"', 'ids = "show"\nnames = "full"', 9),
        ("villages.csv", "330590100202", "330590100201", 3),
        ("villages.csv", "330590100202", "330590100000", 3),
        (
            "villages.csv",
            "330590,苕安县,330590100,梅坞镇,330590100202",
            "330591,苕安县,330590100,梅坞镇,330590100202",
            3,
        ),
        ("villages.csv", "大岕口村,", "大岕口村", 3),
        ("villages.csv", "大岕口村,", "大\u200b岕口村,", 3),
        ("villages.csv", "official", "name", 1),
        ("programmes/rice.toml", 'code = "rice"', 'code = "wheat"', 1),
        ("programmes/rice.toml", 'kind = "area"', 'kind = "acre"', 6),
        ("programmes/machinery.toml", "payment_max_months = 18", "payment_max_months = 19", 23),
        ("programmes/machinery.toml", "application_days = 5", "application_days = 0", 21),
        ("programmes/machinery.toml", 'phone = "0572-5000022"', 'fone = "0572-5000022"', 17),
        ("calendar/2025.csv", "2025-01-26", "2026-01-26", 3),
        ("calendar/2025.csv", "makeup_workday", "party", 3),
    ],
)
def test_what_is_wrong_is_told_with_its_line(name, old, new, line):
    """One fault in one file names that file and that line."""
    raw = FILES[name].decode().replace(old, new, 1).encode()
    assert raw != FILES[name]
    with pytest.raises(PackNotWhole) as refused:
        parsed_pack({**FILES, name: raw})
    assert [(one.file, one.line) for one in refused.value.faults] == [(name, line)]
    assert refused.value.faults[0].why


@pytest.mark.parametrize(
    ("name", "old", "new", "why"),
    [
        ("villages.csv", f"330590100,{SECOND}", f"330590101,{SECOND}", "前 9 位应和 town_code 相同"),
        (
            "villages.csv",
            f"330590100,{SECOND}",
            "330591100,梅坞镇,330591100202",
            "不是本县的村，应以 330590 开头",
        ),
        (
            "villages.csv",
            f"330590,苕安县,330590100,{SECOND}",
            f"330591,苕安县,330590100,{SECOND}",
            "相同：330590",
        ),
        ("villages.csv", f"苕安县,330590100,{SECOND}", f"苕乐县,330590100,{SECOND}", "相同：苕安县"),
        ("villages.csv", "330590100202", "330590100201", "村代码和第 2 行相同"),
        ("contacts.csv", "330590100202", "330590100299", "不是本县的村"),
        ("land/cases.csv", "330590100202", "330590100299", "不是本县的村"),
        ("land/cases.csv", "330590100202", "330590100201", "第 2 行已经写过"),
        ("land/cases.csv", "迁建工程,open,330590100202", "改建工程,open,330590100202", "和第 2 行不一致"),
        ("land/cases.csv", "迁建工程,open,330590100202", "迁建工程,closed,330590100202", "和第 2 行不一致"),
        ("calendar/2025.csv", "2025-01-01", "2024-12-31", "不是 2025 年的日期"),
    ],
)
def test_what_contradicts_another_row_or_file_is_told(name, old, new, why):
    """Towns, counties, villages, cases and years fit together, or no kiosk takes any of it."""
    raw = FILES[name]
    assert old.encode() in raw
    with pytest.raises(PackNotWhole, match=why):
        parsed_pack({**FILES, name: raw.replace(old.encode(), new.encode(), 1)})


def test_a_folder_of_too_many_or_too_large_files_is_not_read(monkeypatch):
    """Somebody's pictures in pack/ must not fill the memory; as many and as large as allowed are read."""
    for limit, most in (("FILES_LIMIT", len(FILES)), ("FILE_LIMIT_BYTES", max(map(len, FILES.values())))):
        with monkeypatch.context() as small:
            small.setattr(f"sync.pack.{limit}", most)
            assert read_pack(DEMO).digest == pack_digest(FILES)
            small.setattr(f"sync.pack.{limit}", most - 1)
            with pytest.raises(PackNotWhole, match="文件过大或文件过多"):
                read_pack(DEMO)


@pytest.mark.parametrize("mark", ["\n", "\r", "\u2028"])
@pytest.mark.parametrize(
    ("name", "old"),
    [("pack.toml", "2025.1"), ("pack.toml", '苕安县"'), ("programmes/rice.toml", '稻谷补贴"')],
)
def test_a_name_or_version_stands_on_one_line(name, old, mark):
    """At the foot of a page and in what a reviewer signs it could pass for a sentence of its own."""
    new = json.dumps(f"{mark}甲")[1:-1] + old
    with pytest.raises(PackNotWhole, match="要写在一行里"):
        parsed_pack({**FILES, name: FILES[name].replace(old.encode(), new.encode(), 1)})


def test_a_pack_of_an_earlier_release_stays_good():
    """It says of numbers the one thing that could be said: they are left out. Its digest, and so its pin, stay."""
    old = FILES["pack.toml"] + b'ids = "omit"\naccounts = "omit"\nphones = "omit"\n'
    assert parsed_pack({**FILES, "pack.toml": old}).mask == parsed_pack(FILES).mask
    with pytest.raises(PackNotWhole, match="phones"):
        parsed_pack({**FILES, "pack.toml": old.replace(b'phones = "omit"', b'phones = "show"')})


@pytest.mark.thorough
@given(st.sampled_from(sorted(FILES)), st.binary(max_size=60), st.integers(0, 400))
@settings(max_examples=80)
def test_any_bytes_give_a_pack_or_our_refusal(name, junk, at):
    """Nothing in a file makes the reader fail in another way; it names that file, or one held against it."""
    raw = FILES[name][:at] + junk + FILES[name][at:]
    told = set()
    try:
        assert parsed_pack({**FILES, name: raw}).digest == pack_digest({**FILES, name: raw})
    except PackNotWhole as refused:
        told = {one.file for one in refused.faults}
    assert told <= {name, *HELD_AGAINST.get(name, ())}


def test_strange_files_are_refused(tmp_path):
    """Unknown names and links are no part of a pack."""
    for name, raw in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(raw)
    assert read_pack(tmp_path).digest == pack_digest(FILES)
    (tmp_path / "calendar" / "2027.csv").symlink_to(tmp_path / "calendar" / "2026.csv")
    with pytest.raises(PackNotWhole):
        read_pack(tmp_path)
    (tmp_path / "calendar" / "2027.csv").unlink()
    contacts = tmp_path / "contacts.csv"
    contacts.rename(tmp_path.parent / "contacts.csv")
    contacts.symlink_to(tmp_path.parent / "contacts.csv")
    with pytest.raises(PackNotWhole):
        read_pack(tmp_path)
    contacts.unlink()
    (tmp_path / "notes.txt").write_text("?")
    with pytest.raises(PackNotWhole):
        read_pack(tmp_path)


def test_whom_to_turn_to():
    """contacts.csv is optional; each line belongs to a village of the pack and has a telephone."""
    files = FILES
    assert {one.village for one in parsed_pack(files).contacts} == {
        v.code for v in parsed_pack(files).villages
    }
    bare = {name: raw for name, raw in files.items() if name != "contacts.csv"}
    assert parsed_pack(bare).contacts == ()
    for old, new in ((b"330590100201", b"330591100201"), (b"0572-5000110", "问村长".encode())):
        with pytest.raises(PackNotWhole):
            parsed_pack(files | {"contacts.csv": files["contacts.csv"].replace(old, new)})
