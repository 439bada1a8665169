"""The list of villages a clerk hands in: read as Excel and WPS write it, or refused with all that is wrong."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from kiosk_server.cli import county_command as county
from sync.county.gazetteer import VillageListUnreadable, villages_from_csv

DATA = Path(__file__).parent / "data"
LIST = (DATA / "villages.csv").read_text("utf-8")
WHOLE = villages_from_csv(LIST.encode())

FAULTS = {
    2: ("330590100201", "33059010020", "village_code", "12 位村代码"),
    3: ("330590100202", "3.30590E+11", "village_code", "设为文本"),
    4: ("330590100203", "330591100203", "village_code", "应以 330590 开头"),
    5: ("330590100204", "330590100205", "village_code", "应以"),
}


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"]
)
@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("quoted", [False, True])
def test_the_village_list_is_read_as_offices_save_it(encoding, mark, end, quoted):
    """GBK, UTF-8 and UTF-16, commas, semicolons and tabs, CRLF and quotes: the same villages."""
    rows = [line.split(",") for line in LIST.splitlines()]
    lines = [mark.join(f'"{cell}"' if quoted else cell for cell in row) for row in rows]
    assert villages_from_csv("".join(line + end for line in lines).encode(encoding)) == WHOLE


def test_more_or_fewer_columns_and_blank_lines_do_no_harm():
    """Only code and name are needed, in any order; other columns may stay empty."""
    text = "village,village_code,town,备注\n岭东村委会,330590100201,梅坞镇,\n\n,,,\n大岕口村,330590100202\n"
    found = [(one.name, one.code, one.town) for one in villages_from_csv(text.encode())]
    assert found == [("岭东村", "330590100201", "梅坞镇"), ("大岕口村", "330590100202", "")]


def refused(data: bytes) -> list:
    with pytest.raises(VillageListUnreadable) as caught:
        villages_from_csv(data)
    assert "CSV UTF-8" in str(caught.value)  # how to save it
    return caught.value.faults


@given(
    st.dictionaries(
        st.integers(1, len(WHOLE)), st.sampled_from(["short", "lost", "county", "town", "name"]), min_size=1
    )
)
def test_every_wrong_line_is_told_at_once(faults):
    """A code too short, one that Excel rounded, one of another county or town, a missing name: each with its line."""
    lines = LIST.splitlines()
    for at, fault in faults.items():
        cells = lines[at].split(",")
        code = cells[4]
        cells[4] = {"short": code[:-1], "lost": "3.30590E+11", "county": f"330591{code[6:]}"}.get(fault, code)
        cells[4] = f"{code[:6]}999{code[9:]}" if fault == "town" else cells[4]
        cells[5] = "" if fault == "name" else cells[5]
        lines[at] = ",".join(cells)
    told = {
        "short": ("village_code", "12 位村代码"), "lost": ("village_code", "设为文本"),
        "county": ("village_code", "应以 330590 开头"), "town": ("village_code", "应以"), "name": ("village", "是空的"),
    }  # fmt: skip
    found = refused("\n".join(lines).encode("gb18030"))
    assert [(one.line, one.field) for one in found] == [
        (at + 1, told[faults[at]][0]) for at in sorted(faults)
    ]
    assert all(told[faults[one.line - 1]][1] in one.why for one in found)


def test_villages_that_stand_twice_are_told_with_both_lines():
    """One code twice, and one village of a town under two codes."""
    text = "town,village_code,village\n梅坞镇,330590100201,岭东村\n梅坞镇,330590100201,岭西村\n梅坞镇,330590100203,岭东村委会\n"
    assert [str(one) for one in refused(text.encode())] == [
        "第 3 行 village_code：村代码和第 2 行相同",
        "第 4 行 village：同一乡镇的同一个村，第 2 行已经写过",
    ]


def test_without_a_county_column_the_odd_one_out_is_told():
    """A code of another county than all the others; lists of several counties say which is which."""
    text = "village_code,village\n330590100201,岭东村\n330590100202,岭西村\n330591100203,岭南村\n"
    assert [one.line for one in refused(text.encode())] == [4]
    both = "county,village_code,village\n甲县,330590100201,岭东村\n乙县,330591100203,岭南村\n"
    assert len(villages_from_csv(both.encode())) == 2


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"PK\x03\x04", 1),
        (b"", 1),
        (b"village_code,village\n", 1),
        ("代码,村名\n330590100201,岭东村\n".encode(), 1),
        ("village_code,village\n330590100201,岭东村\n".encode() + b"330590100202,\xff\xff\xff", 1),
        ('village_code,village\n330590100201,"岭东村\n330590100202,岭西村\n'.encode(), 2),
    ],
)
def test_what_cannot_be_read_says_how_to_save_it(data, line):
    """A workbook, an empty file, another header, broken bytes, a lost quote: one sentence, no crash."""
    assert [one.line for one in refused(data)] == [line]


def test_the_command_tells_all_of_it(tmp_path):
    """`county check --villages` refuses the list with every line that is wrong."""
    path = tmp_path / "villages.csv"
    path.write_text(
        LIST.replace("330590100201,岭东村", "33059,岭东村").replace("330590100202,大岕口村", "1,大岕口村")
    )
    ran = CliRunner().invoke(county, ["check", str(path), "--villages", str(path)])
    assert ran.exit_code == 2
    assert ran.output.count("12 位村代码") == 2
