"""All faults of a pack at once: each file's own, and those of all files together, each with its line."""

import re
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boards.model.line_faults import TOLD_AT_MOST
from boards.model.pack import Programme
from sync.handwritten.toml import line_of, places
from sync.pack import PackNotWhole, parsed_pack, read_pack
from tests.model.test_model_pack import DEMO, FILES

FAULTS = {
    "pack.toml": [
        ('version = "2025.1"', "version = 2025", "version", "应是不空的文字"),
        ('"0572-5000012"', '"请问村里"', "supervision_phone", "不像单位电话"),
        ('names = "full"', 'names = "some"', "mask names", "只能是 full、middle_star、one_star 之一"),
    ],
    "programmes/machinery.toml": [
        ('code = "machinery"', 'code = "machine"', "code", 'code = "machinery"'),
        ("department =", "departement =", "departement", "是不是 department？"),
        ('kind = "item"', "kind = “item”", "kind", "英文半角"),
        ('phone = "0572-5000022"', 'fone = "0572-5000022"', "guide fone", "是不是 phone？"),
        ("application_days = 5", "application_days = 0", "windows application_days", "1 到 90"),
        ('apply_from = "01-01"', 'apply_from = "1月1日"', "apply_from", '"03-01"（每年）'),
        ('name_en = "Farm', 'name_en = "农Farm', "name_en", "英文名称"),
        ("payment_max_months = 18", "payment_max_months = 19", "windows payment_max_months", "1 到 18"),
    ],
    "programmes/rice.toml": [
        ('apply_to = "08-31"', 'apply_to = "08-32"', "apply_to", "没有这一天"),
    ],
    "programmes/grain_one_off.toml": [
        ('apply_to = "2026-07-31"', 'apply_to = "2026-06-14"', "apply_to", "不能早于 apply_from"),
    ],
    "programmes/farmland_fertility.toml": [
        ('apply_to = "05-31"', 'apply_to = "2026-05-31"', "apply_to", "写法应和 apply_from 一样"),
    ],
    "programmes/disability_living.toml": [
        ('apply_from = "01-01"\n', "", "apply_to", "要么都写，要么都不写"),
    ],
    "villages.csv": [
        ("330590100201,岭东村", "33059010201,岭东村", "village_code", "12 位村代码"),
        ("330590100202,大岕口村,", "330590100202,,", "village", "是空的"),
    ],
    "contacts.csv": [
        ("0572-5000110", "问村长", "phone", "不像单位电话"),
        ("村会计,", "村会计 ,", "who", "前后有空格"),
    ],
    "calendar/2025.csv": [
        ("2025-01-01,holiday", "2025-1-1,holiday", "date", "例如 2027-01-01"),
        ("2025-01-26,makeup_workday", "2025-01-26,party", "kind", "holiday、makeup_workday"),
    ],
    "land/cases.csv": [
        ("迁建工程,open,330590100201", "迁建工程,running,330590100201", "standing", "open、approved、closed"),
    ],
    "land/platform.toml": [
        ('"征收目的" = "purpose"', '"征收目的" = "project"', "case 征收目的", "同一个位置"),
    ],
}  # fmt: skip
"""By file: a sound piece, the same with a fault, the field and a part of the sentence that tells it."""
EACH = [(name, *fault) for name, faults in FAULTS.items() for fault in faults]


@pytest.mark.thorough
@given(st.sets(st.sampled_from(EACH), min_size=1))
@settings(max_examples=60)
def test_so_many_faults_so_many_sentences(chosen):
    """Any faults in any files are told together, each once, with file, line, field and what may stand there."""
    files, expected = dict(FILES), []
    for name, old, new, field, told in chosen:
        text = files[name].decode()
        assert text.count(old) >= 1
        at = FILES[name].decode().index(old)
        expected.append((name, FILES[name].decode()[:at].count("\n") + 1, field, told))
        files[name] = text.replace(old, new, 1).encode()
    with pytest.raises(PackNotWhole) as refused:
        parsed_pack(files)
    found = refused.value.faults
    assert [(one.file, one.line, one.field) for one in found] == sorted(one[:3] for one in expected)
    assert all(told in one.why for one, (*_, told) in zip(found, sorted(expected), strict=True))
    assert str(refused.value).count("\n  ") == len(chosen)


def test_strange_files_are_told_with_the_rest(tmp_path):
    """A file of a wrong name is told with the name that was meant, beside what is wrong in others."""
    for name, raw in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(raw)
    (tmp_path / "contacts.csv").rename(tmp_path / "contact.csv")
    (tmp_path / "villages.csv").write_bytes(FILES["villages.csv"].decode().encode("gb18030"))
    with pytest.raises(PackNotWhole) as refused:
        read_pack(tmp_path)
    told = str(refused.value)
    assert "contact.csv 第 1 行：不是资料包里应有的文件，是不是 contacts.csv？" in told
    assert re.search(r"villages\.csv 第 2 行：不是 UTF-8 文字。.*CSV UTF-8", told)


@pytest.mark.parametrize("mark", [";", "\t"])
def test_a_table_with_other_separators_says_how_to_save_it(mark):
    """Semicolons and tabs: the header is told with the commas it needs."""
    raw = FILES["villages.csv"].replace(b",", mark.encode())
    with pytest.raises(PackNotWhole, match="英文逗号分隔。请在 Excel 中“另存为”"):
        parsed_pack({**FILES, "villages.csv": raw})


def test_a_table_of_thousands_of_faults_stays_readable():
    """The first hundred are told, and how many more there are."""
    rows = b"330590,\xe8\x8b\x95\xe5\xae\x89\xe5\x8e\xbf,x,y,z,v,o\n" * 500
    with pytest.raises(PackNotWhole) as refused:
        parsed_pack({**FILES, "villages.csv": FILES["villages.csv"] + rows})
    assert str(refused.value).count("\n  ") == TOLD_AT_MOST + 1
    assert "另有" in str(refused.value)


def test_natural_villages_may_stand_beside_their_villages():
    """The column hamlets is optional, its cells may be empty; without it the pack is what it was."""
    lines = FILES["villages.csv"].decode().splitlines()
    lines = [f"{lines[0]},hamlets", f"{lines[1]},小王庄、上塘", *(f"{line}," for line in lines[2:])]
    pack = parsed_pack({**FILES, "villages.csv": "\n".join(lines).encode()})
    assert [one.hamlets for one in pack.places][:2] == [("小王庄", "上塘"), ()]
    assert pack.villages == read_pack(DEMO).villages  # what a sheet says of its village stays
    assert [(one.code, one.name) for one in pack.villages] == [
        (v.code, v.name) for v in read_pack(DEMO).villages
    ]
    assert read_pack(DEMO).places == read_pack(DEMO).villages
    lines[1] = lines[1].replace("上塘", "塘")
    with pytest.raises(PackNotWhole, match="第 2 行 hamlets：自然村名至少两个字"):
        parsed_pack({**FILES, "villages.csv": "\n".join(lines).encode()})


KEYS = st.from_regex(r"k[a-z]{1,6}", fullmatch=True)
VALUES = st.sampled_from(
    ['"文字"', "7", "true", "2025-09-30", '"""\na = 1\n[b]\n"""', '[\n "a",\n "b",\n]', "{c = 1}"]
)


@pytest.mark.thorough
@given(
    st.lists(
        st.tuples(st.sampled_from(["", "[a]", "[[b]]", "[c.d]"]), KEYS, VALUES), unique_by=lambda one: one[1]
    )
)
def test_every_key_has_its_line(parts):
    """Whatever the values and tables, a key is found on the line it is written in."""
    lines, said, seen = [], [], set()
    for header, key, value in parts:
        if header and (header not in seen or header.startswith("[[")):
            lines.append(header)
            seen.add(header)
        said.append((key, len(lines) + 1))
        lines += f"{key} = {value}".split("\n")
    try:
        tomllib.loads("\n".join(lines))
    except tomllib.TOMLDecodeError:
        return
    at = places(lines)
    found = {(way[-1], line) for way, line in at.items()}
    assert {*said} <= found
    assert line_of(at, ("nowhere",)) == 1


def test_everything_a_programme_takes_is_told_in_words():
    """No field of a programme answers with a bare “写法不对”."""
    wrong = FILES["programmes/machinery.toml"].decode()
    wrong = re.sub(r"= .*", "= [1.5]", wrong)
    with pytest.raises(PackNotWhole) as refused:
        parsed_pack({**FILES, "programmes/machinery.toml": wrong.encode()})
    assert len(refused.value.faults) == wrong.count("= [1.5]")
    assert not any(one.why == "写法不对" for one in refused.value.faults)
    assert {field.split(" ")[0] for field in (one.field for one in refused.value.faults)} <= {
        *Programme.__struct_fields__
    }
