"""Registries in the county's folder: given, they are checked when a roster is proposed; absent, it is said."""

import json
import os

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from boards.model.privacy.identifiers import id_check_digit
from kiosk_server.cli import EXIT_HOLD, EXIT_OK
from kiosk_server.cli import county_command as county
from sync.county.checks.registries import Registries
from sync.county.intake.registries import (
    FILE_LIMIT_BYTES,
    RegistryNameUnknown,
    RegistryUnreadable,
    registries_of,
)
from tests.founding import as_typed
from tests.line.county_sim import VILLAGE
from tests.line.county_sim import county as founded
from tests.roster.county_files import Page, as_xlsx

pytestmark = [pytest.mark.thorough, pytest.mark.usefixtures("reads_here")]


def resident(number: int) -> str:
    first17 = f"990523196{number}0{number + 1}{number + 11:02d}001"
    return first17 + id_check_digit(first17)


WANG, LI = resident(1), resident(2)
MISWRITTEN = LI[:-1] + ("8" if LI[-1] == "9" else "9")
PEOPLE = ["身份证号,姓名,村代码,注销", f"{WANG},王一,{VILLAGE},", f"{LI},李二,{VILLAGE},"]
CONTRACTS = ["身份证号,承包面积", f"{WANG},2", f"{WANG},1.5", f"{LI},3"]
EXCLUDED = ["身份证号,面积,原因", f"{LI},0.5,抛荒", f"{LI},0.5,设施农业用地"]
MOBILE = "14000000001"
SOUND = {"people.csv": PEOPLE, "contracts.csv": CONTRACTS}
BATCH = """programme = "farmland_fertility"
fiscal_year = 2025
period_no = "{period}"
paid_on = 2025-09-30
"""


@pytest.fixture
def own(tmp_path):
    return founded(tmp_path / "c")


def given_registries(own, files, encoding="utf-8"):
    (own.folder / "registries").mkdir(exist_ok=True)
    for name, lines in files.items():
        (own.folder / "registries" / name).write_bytes("\r\n".join(lines).encode(encoding))


def proposed(own, *confirmed):
    """`county propose` of two households with 3.5 and 3 mu."""
    page = Page("明细")
    page.across("岭东村2025年耕地地力保护补贴清册", 6)
    page.add("序号", "村", "姓名", "身份证号", "面积（亩）", "金额（元）")
    page.add(1, "岭东村", "王一", WANG, 3.5, 350)
    page.add(2, "岭东村", "李二", LI, 3, 300)
    page.add("合计", "", "", "", 6.5, 650)
    roster, toml = own.folder / "名册.xlsx", own.folder / "batch.toml"
    roster.write_bytes(as_xlsx([page]))
    reasons = "".join(f'[[confirmed]]\ncode = "{code}"\nreason = "已核实"\n' for code in confirmed)
    toml.write_text(BATCH.format(period=len(confirmed) + 1) + reasons)
    return CliRunner().invoke(county, as_typed(["propose", roster, "--batch", toml, "--folder", own.folder]))


def test_without_registries_it_is_said_once(own):
    """The reviewer reads which rules nobody could check."""
    result = proposed(own)
    assert result.exit_code == EXIT_OK, result.output
    assert result.output.count("没有核对（缺少登记资料）：R4、R7、R8") == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_roster_that_agrees_with_them_is_proposed(own, encoding):
    """R4 and R7 are checked; without excluded land R8 is still said to be open."""
    given_registries(own, SOUND, encoding)
    result = proposed(own)
    assert result.exit_code == EXIT_OK, result.output
    assert "没有核对（缺少登记资料）：R8\n" in result.output


WRONG = {
    "a person nobody knows": ("people.csv", PEOPLE[:2], "R4", "不在补贴对象库中（“明细”第4行）"),
    "another name": ("people.csv", [*PEOPLE[:2], PEOPLE[2].replace("李二", "李三")], "R4", "姓名或村"),
    "another village": ("people.csv", [*PEOPLE[:2], PEOPLE[2].replace(VILLAGE, "330590100202")], "R4", "姓名或村"),
    "who died": ("people.csv", [*PEOPLE[:2], f"{PEOPLE[2]}已故"], "R4", "已注销"),
    "more than the contract": ("contracts.csv", [*CONTRACTS[:2], CONTRACTS[3]], "R7", "（“明细”第3行）"),
    "excluded land": ("excluded_land.csv", EXCLUDED, "R8", "（抛荒、设施农业用地）（“明细”第4行）"),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_what_a_registry_denies_waits_for_a_reason(own, wrong):
    """By rule and row of the roster; somebody may write why it stands, for a registry may be old."""
    name, lines, rule, told = WRONG[wrong]
    given_registries(own, SOUND | {name: lines})
    held = proposed(own)
    assert held.exit_code == EXIT_HOLD
    assert rule in held.output
    assert told in held.output
    allowed = proposed(own, rule)
    assert allowed.exit_code == EXIT_OK, allowed.output
    assert f"提醒 {rule} 1 处，已确认：已核实" in allowed.output


def checked(own):
    """What `county check` says of the same two households."""
    proposed(own)  # writes the roster
    result = CliRunner().invoke(
        county, ["check", str(own.folder / "名册.xlsx"), "--folder", str(own.folder), "--json"]
    )
    said = json.loads(result.stdout)
    findings = [(one["code"], one["row"]) for one in said["findings"] if one["level"] != "note"]
    return result.exit_code, said["verdict"], findings


@pytest.mark.parametrize("wrong", WRONG)
def test_what_a_registry_denies_is_told_when_the_roster_is_checked(own, wrong):
    """At its row, before anything is proposed; what agrees is no finding, and without registries none is asked."""
    name, lines, rule, told = WRONG[wrong]
    assert checked(own) == (EXIT_OK, "ok", [])
    given_registries(own, SOUND)
    assert checked(own) == (EXIT_OK, "ok", [])
    given_registries(own, SOUND | {name: lines})
    row = 3 if "第3行" in told else 4
    assert checked(own) == (EXIT_HOLD, "hold", [(rule, row)])


@pytest.mark.parametrize("number", [WANG, MOBILE, "140 0000 0001", MISWRITTEN])
def test_a_number_in_a_reason_is_neither_shown_nor_kept(own, number):
    """The finding repeats why land is excluded, and the proposal keeps the finding; somebody's number is withheld."""
    lines = [EXCLUDED[0], f"{LI},0.5,抛荒", f"{LI},0.5,本人同意{number}"]
    given_registries(own, SOUND | {"excluded_land.csv": lines})
    told, allowed = proposed(own).output, proposed(own, "R8").output
    (kept,) = (own.folder / "proposals").glob("*/proposal.json")
    assert "抛荒、（含个人号码，不显示）" in told
    assert not any(number in text for text in (told, allowed, kept.read_text()))


DAMAGED = {
    "no ID column": ("people.csv", ["姓名,村代码", f"王一,{VILLAGE}"], 1),
    "a wrong ID": ("people.csv", [*PEOPLE[:2], f"{MISWRITTEN},李二,{VILLAGE},"], 3),
    "no ID": ("contracts.csv", [*CONTRACTS, ",3"], 5),
    "no name": ("people.csv", [*PEOPLE, f"{resident(3)},,{VILLAGE},"], 4),
    "a village by name": ("people.csv", [PEOPLE[0], f"{WANG},王一,岭东村,"], 2),
    "two names": ("people.csv", [*PEOPLE, f"{WANG},王乙,{VILLAGE},"], 4),
    "an area in words": ("contracts.csv", [CONTRACTS[0], f"{WANG},三亩"], 2),
    "an area below nothing": ("excluded_land.csv", [EXCLUDED[0], f"{LI},-1,抛荒"], 2),
    "a field too many": ("contracts.csv", [CONTRACTS[0], f"{WANG},1,234.5"], 2),
    "nothing": ("people.csv", [], 1),
    "no line below the header": ("contracts.csv", [CONTRACTS[0], "", ","], 1),
    "a quote nobody closed": ("excluded_land.csv", [EXCLUDED[0], f'{LI},0.5,"抛荒', EXCLUDED[2]], 2),
    "an open quote in a column of no use": (
        "contracts.csv", [f"{CONTRACTS[0]},备注", f"{WANG},9,", f'{WANG},1,"见附件', f"{LI},3,"], 3,
    ),
    "an open quote in the header": ("people.csv", [f'{PEOPLE[0]},"备注', *PEOPLE[1:]], 1),
    "a column nearly named as one of ours": ("people.csv", [f"{PEOPLE[0]}日期", *PEOPLE[1:]], 1),
    "a column that asks": ("people.csv", [PEOPLE[0].replace("注销", "是否注销"), *PEOPLE[1:]], 1),
    "a column beside its own": ("people.csv", [f"{PEOPLE[0]},注销日期", *PEOPLE[1:]], 1),
    "an optional column twice": ("people.csv", [f"{PEOPLE[0]},注销", *PEOPLE[1:]], 1),
    "a needed column twice": ("contracts.csv", [f"{CONTRACTS[0]},承包面积", *CONTRACTS[1:]], 1),
    "an area with its unit": ("excluded_land.csv", ["身份证号,面积（亩）,原因", EXCLUDED[1]], 1),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_registry_is_refused_by_name_and_line(own, damage):
    """Never skipped in silence: nothing is proposed, and no number is repeated."""
    name, lines, line = DAMAGED[damage]
    given_registries(own, SOUND | {name: lines})
    result = proposed(own)
    assert result.exit_code not in {EXIT_OK, EXIT_HOLD}
    assert f"登记资料 {name} 第 {line} 行读不出来" in result.output
    assert WANG not in result.output
    assert not list((own.folder / "proposals").iterdir())


@pytest.mark.parametrize(
    ("head", "told"),
    [
        ("身份证号,姓名,村代码,注销日期", "第 4 栏的名称应为“注销”"),
        ("身份证号码,姓名,村代码", "第 1 栏的名称应为“身份证号”"),
        ("身份证号,姓名,村代码,注销,注销", "可以有“注销”一列，且只有一列"),
        ("身份证号,姓名", "要有“村代码”一列，且只有一列"),
    ],
)
def test_a_wrong_header_is_told_what_is_expected(own, head, told):
    """Which column, and the name it should have."""
    given_registries(own, {"people.csv": [head, PEOPLE[1]]})
    with pytest.raises(RegistryUnreadable, match=told):
        registries_of(own)


def test_columns_of_no_use_may_stand_beside(own):
    """A column without a word of ours is left alone, empty names and names that repeat included."""
    given_registries(own, {"contracts.csv": [f"{CONTRACTS[0]},姓名,备注,备注,", f"{WANG},2,王一,,,"]})
    assert list(registries_of(own).contracts.values()) == [2]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("", "身份证号没有写"),
        ("990523580312001", "身份证号是 15 位的旧号，要写 18 位的"),
        (MISWRITTEN, "身份证号不对"),
        ("9905", "身份证号不对"),
    ],
)
def test_an_identity_that_is_refused_is_told_apart(own, written, told):
    """Missing, of 15 digits or wrong: who corrects the file knows what to look for."""
    given_registries(own, {"contracts.csv": [CONTRACTS[0], f"{written},2"]})
    with pytest.raises(RegistryUnreadable) as refused:
        registries_of(own)
    assert refused.value.facts == {"file": "contracts.csv", "line": 2, "why": told}


def _a_dangling_link(path):
    path.symlink_to("gone.csv")


def _a_folder(path):
    path.mkdir()


def _a_pipe(path):
    os.mkfifo(path)


def _one_too_large(path):
    with path.open("wb") as file:
        file.truncate(FILE_LIMIT_BYTES + 1)


@pytest.mark.parametrize(
    ("laid", "told"),
    [
        (_a_dangling_link, "文件打不开"),
        (_a_folder, "文件打不开"),
        (_a_pipe, "文件打不开"),
        (_one_too_large, "文件大于 64 MB"),
    ],
)
def test_what_is_there_and_cannot_be_read_is_not_taken_as_absent(own, laid, told):
    """A registry that is given is read or refused, by its name."""
    given_registries(own, {})
    laid(own.folder / "registries" / "people.csv")
    with pytest.raises(RegistryUnreadable, match=told) as refused:
        registries_of(own)
    assert refused.value.facts["file"] == "people.csv"


def test_a_link_to_no_folder_is_not_taken_as_no_registries(own):
    """A share that is not mounted is refused."""
    (own.folder / "registries").symlink_to("gone")
    with pytest.raises(RegistryUnreadable, match="目录打不开"):
        registries_of(own)


@pytest.mark.parametrize(
    "name", ["People.csv", "people.xlsx", "people.csv.txt", "contract.csv", b"\xc8\xcb.csv"]
)
def test_a_file_of_another_name_is_refused_with_the_names_that_count(own, name):
    """Whoever misspells a registry learns it; nothing is proposed as if it had not been given."""
    given_registries(own, SOUND)
    (own.folder / "registries" / os.fsdecode(name)).write_text("\n".join(PEOPLE))
    result = proposed(own)
    assert result.exit_code not in {EXIT_OK, EXIT_HOLD}
    assert "people.csv、contracts.csv、excluded_land.csv" in result.output
    assert not list((own.folder / "proposals").iterdir())


def test_a_number_in_the_name_of_a_file_is_not_repeated(own):
    """A file may be called by somebody's ID."""
    given_registries(own, {f"{WANG}.csv": PEOPLE})
    with pytest.raises(RegistryNameUnknown) as refused:
        registries_of(own)
    assert WANG not in str(refused.value)


def test_what_programs_leave_beside_a_file_is_left_alone(own):
    """Locks and hidden files are nobody's registry, and neither is a folder of old ones."""
    given_registries(
        own,
        {
            ".~lock.people.csv#": PEOPLE,
            "~$people.xlsx": PEOPLE,
            ".DS_Store": [],
            "Thumbs.db": [],
            "desktop.ini": [],
        },
    )
    (own.folder / "registries" / "2024").mkdir()
    assert registries_of(own) == Registries()


def test_broken_text_is_refused(own):
    """UTF-8 with a broken byte is named, whatever else the file says."""
    given_registries(own, SOUND)
    path = own.folder / "registries" / "people.csv"
    path.write_bytes(path.read_bytes().replace("王".encode(), b"\xe7\x8e"))
    with pytest.raises(RegistryUnreadable, match=r"people\.csv"):
        registries_of(own)


reasons = st.lists(st.sampled_from(["抛荒", WANG, LI, MOBILE, f"电话{MOBILE}、抛荒"]), min_size=1, max_size=4)


@given(
    lines=st.lists(st.sampled_from([PEOPLE[1], PEOPLE[2], "", ",,,"]), max_size=8),
    gone=st.sampled_from(["", MOBILE]),
    reasons=reasons,
)
@settings(max_examples=25, deadline=None)
def test_no_id_stays_in_memory(tmp_path_factory, lines, gone, reasons):
    """People are known by the county's keyed hash only; blank lines and lines said twice are nothing new."""
    own = founded(tmp_path_factory.mktemp("ids") / "c")
    people = [*PEOPLE[:1], f"{resident(3)},王{MOBILE},{VILLAGE},{gone}", *lines]
    excluded = [EXCLUDED[0], *(f"{LI},0.5,{why}" for why in reasons)]
    given_registries(own, {"people.csv": people, "contracts.csv": CONTRACTS, "excluded_land.csv": excluded})
    known = registries_of(own)
    assert len(known.people) == len({line for line in lines if line.strip(",")}) + 1
    assert (len(known.contracts), len(known.excluded_land)) == (2, 1)
    assert not any(number in repr(known) for number in (WANG, LI, resident(3), MOBILE))
