"""Registries in the county's folder: given, they are checked when a roster is proposed; absent, it is said."""

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from boards.model.privacy.identifiers import id_check_digit
from kiosk_server.cli import EXIT_HOLD, EXIT_OK
from kiosk_server.cli import county_command as county
from sync.county.intake.registries import RegistryUnreadable, registries_of
from tests.line.county_sim import VILLAGE
from tests.line.county_sim import county as founded
from tests.roster.county_files import Page, as_xlsx


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
    roster, toml = own.folder / "名册.xlsx", own.folder / "batch.toml"
    roster.write_bytes(as_xlsx([page]))
    reasons = "".join(f'[[confirmed]]\ncode = "{code}"\nreason = "已核实"\n' for code in confirmed)
    toml.write_text(BATCH.format(period=len(confirmed) + 1) + reasons)
    return CliRunner().invoke(
        county, ["propose", str(roster), "--batch", str(toml), "--folder", str(own.folder)]
    )


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
