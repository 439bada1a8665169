"""征地信息全覆盖: the county's list of cases minus what hangs is empty, or what is missing is named."""

import json
import shutil

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from boards.model.land.register import ListedCase, completeness
from kiosk_server.cli import county_command as county
from sync.county.publish.status import status
from sync.pack import PackNotWhole, parsed_pack
from tests.land.land_house import CASE, DEMO, NEIGHBOUR, VILLAGE, House

pytestmark = pytest.mark.thorough

CODES = st.sampled_from(["a", "b", "c", "d"])
CASES = st.sampled_from(["x", "y", "z"])


@st.composite
def lists(draw):
    ids = draw(st.lists(CASES, unique=True))
    return [
        ListedCase(
            case_id=one,
            project=f"{one}工程",
            standing=draw(st.sampled_from(["open", "approved", "closed"])),
            villages=tuple(draw(st.lists(CODES, min_size=1, unique=True))),
        )
        for one in ids
    ]


@given(lists(), st.dictionaries(CODES, st.frozensets(CASES)))
def test_what_is_missing_is_the_list_minus_what_hangs(listed, shown):
    """A gap is named exactly where an open or approved case does not hang in a village we look at."""
    found = completeness(listed, shown)
    missing = {(gap.case_id, code) for gap in found.gaps for code in gap.villages}
    owed = {(c.case_id, v) for c in listed if c.standing != "closed" for v in c.villages if v in shown}
    hanging = {(case_id, code) for code, ids in shown.items() for case_id in ids}
    assert missing == owed - hanging
    assert found.complete == (not missing)
    assert found.due == len({case_id for case_id, _ in owed})
    assert set(found.unlisted) == {case_id for case_id, _ in hanging} - {c.case_id for c in listed}


FILES = {
    str(path.relative_to(DEMO / "pack")): path.read_bytes()
    for path in (DEMO / "pack").rglob("*")
    if path.is_file()
}
LIST = "case_id,project,standing,village_code\n"


def packed(text: str):
    return parsed_pack(FILES | {"land/cases.csv": text.encode()})


def test_the_list_is_a_file_of_the_pack():
    """A line a village; a case's lines come together; a pack without the list has none."""
    text = f"{LIST}C1,一号工程,open,{VILLAGE}\nC2,二号工程,closed,{VILLAGE}\nC1,一号工程,open,{NEIGHBOUR}\n"
    first, second = packed(text).land_cases
    assert (first.case_id, first.villages) == ("C1", (VILLAGE, NEIGHBOUR))
    assert second.standing == "closed"
    assert parsed_pack({n: raw for n, raw in FILES.items() if not n.startswith("land/")}).land_cases == ()


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        ("C1,一号工程,open,330590999999", 2),
        (f"C1,一号工程,perhaps,{VILLAGE}", 2),
        (f"C1,一号工程,open,{VILLAGE}\nC1,一号工程,open,{VILLAGE}", 3),
        (f"C1,一号工程,open,{VILLAGE}\nC1,二号工程,open,{NEIGHBOUR}", 3),
        (f"C1,,open,{VILLAGE}", 2),
    ],
)
def test_a_wrong_line_is_named(lines, line):
    """An unknown village, an unknown standing, a village twice, two names of one case: file and line are told."""
    with pytest.raises(PackNotWhole) as caught:
        packed(LIST + lines + "\n")
    assert f"land/cases.csv 第 {line} 行" in str(caught.value)


@pytest.fixture(scope="module")
def house(tmp_path_factory) -> House:
    """A county whose pack lists L1, with nothing published."""
    folder = tmp_path_factory.mktemp("register")
    shutil.copytree(DEMO / "pack", folder / "pack")
    lines = [f"{CASE},竹垓小学迁建工程,open,{code}\n" for code in (VILLAGE, NEIGHBOUR)]
    (folder / "pack" / "land" / "cases.csv").write_text(LIST + "".join(lines), "utf-8")
    return House.founded(folder, folder / "pack")


def test_the_countys_status_names_what_is_missing_until_it_hangs(house):
    """Before publication the case is missing in both villages, exit code 1; afterwards nothing is, exit code 0."""
    folder = house.county.folder
    done = CliRunner().invoke(county, ["status", "--folder", str(folder)])
    assert done.exit_code == 1
    assert f"缺 竹垓小学迁建工程（{CASE}）：竹垓乡竹垓村、竹垓乡中坞村" in done.output
    house.published()
    done = CliRunner().invoke(county, ["status", "--folder", str(folder)])
    assert done.exit_code == 0
    assert "应公开 1 件，已全部公开 1 件" in done.output
    told = json.loads(CliRunner().invoke(county, ["status", "--folder", str(folder), "--json"]).stdout)
    assert told["land"] == {"due": 1, "gaps": [], "unlisted": []}
    assert (told["proposed"], told["reviewed"]) == (0, 0)
    assert status(house.county).land.complete
