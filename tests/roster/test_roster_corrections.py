"""A clerk's word on a column: obeyed, remembered for the layout, taken back."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk_server.cli import EXIT_REFUSED
from kiosk_server.cli import county_command as county
from sync.county.formats.errors import ColumnNotKnown
from sync.county.formats.grid import column_letter
from sync.county.intake.check import read_roster
from sync.county.intake.layouts import FILE, LayoutsUnreadable, remembered
from sync.county.roster.columns.clerk import WORDS, by_index, corrections
from tests.founding import found, opened
from tests.roster.county_files import VILLAGES, Page, as_csv, as_xlsx

PACK = Path(__file__).parents[2] / "deploy" / "demo" / "pack"
FOUNDED = datetime(2026, 3, 1, tzinfo=UTC)


def odd(month: int, *, head: str = "兑现") -> Page:
    """A list whose amounts stand under a word nobody knows, beside a column that looks like amounts."""
    page = Page("明细")
    page.across(f"岭东村2025年{month}月补贴清册", 6)
    page.add("序号", "村", "姓名", "面积（亩）", "金额（元）", head)
    for at, name in enumerate(("王一", "李二", "张三"), 1):
        page.add(at, "岭东村", name, at * 2, 999, at * 10 + month)
    return page


@pytest.fixture
def folder(tmp_path):
    return found(tmp_path / "county", PACK, "", FOUNDED).folder


def checked(folder, tmp_path, page, *flags) -> dict:
    """What `county check --folder … --json` says."""
    file = tmp_path / "名册.xlsx"
    file.write_bytes(as_xlsx([page]))
    done = CliRunner().invoke(county, ["check", str(file), "--folder", str(folder), "--json", *flags])
    return json.loads(done.stdout)


@given(st.dictionaries(st.integers(0, 700), st.sampled_from(sorted(WORDS)), max_size=6))
@settings(max_examples=50)
def test_what_is_typed_is_what_is_said(said):
    """Every column and every meaning can be named, in either case, with spaces around."""
    typed = [f" {column_letter(at).lower()} = {word.upper()} " for at, word in said.items()]
    assert by_index(corrections(typed)) == {at: WORDS[word] for at, word in said.items()}


@pytest.mark.parametrize("typed", ["F", "F=", "=amount", "F=money", "6=amount", "ABCD=amount", "F=amount=x"])
def test_what_is_not_understood_is_refused(typed):
    """A slip of the hand changes no column silently."""
    with pytest.raises(ColumnNotKnown):
        corrections([typed])


def test_a_correction_is_obeyed():
    """The column the clerk names is the amount, whatever its header says, in workbook and text file alike."""
    for data in (as_xlsx([odd(1)]), as_csv([odd(1)], "utf-8")):
        said = {"F": "amount", "E": "ignore"}
        reading = read_roster("名册", data, VILLAGES, columns=said)
        assert [row.payout.amount_fen for row in reading.rows] == [1100, 2100, 3100]
        assert list(reading.layouts.values()) == [said]


def test_a_correction_may_be_of_one_sheet():
    """`明细!F=amount` leaves the sheet beside it alone."""
    other = odd(2)
    other.name = "另表"
    reading = read_roster(
        "名册", as_xlsx([odd(1), other]), VILLAGES, columns={"明细!F": "amount", "明细!E": "ignore"}
    )
    assert [row.payout.amount_fen for row in reading.rows] == [1100, 2100, 3100, 99900, 99900, 99900]


@pytest.mark.thorough
def test_the_county_remembers_a_layout(folder, tmp_path):
    """Said once, next month's file of the same layout is read so too; another layout is not."""
    before = checked(folder, tmp_path, odd(1))
    assert before["sum_fen"] == 3 * 99900
    assert checked(folder, tmp_path, odd(1), "--map", "F=amount", "--map", "E=ignore")["sum_fen"] == 6300
    assert checked(folder, tmp_path, odd(2))["sum_fen"] == 6600
    assert checked(folder, tmp_path, odd(2, head="数字"))["sum_fen"] == 3 * 99900
    assert len(json.loads((folder / FILE).read_bytes())) == 1


@pytest.mark.thorough
def test_a_correction_is_taken_back(folder, tmp_path):
    """`F=auto` forgets; the file of corrections is empty again."""
    checked(folder, tmp_path, odd(1), "--map", "F=amount", "--map", "E=ignore")
    again = checked(folder, tmp_path, odd(1), "--map", "F=auto", "--map", "E=auto")
    assert again["sum_fen"] == 3 * 99900
    assert json.loads((folder / FILE).read_bytes()) == {}


@pytest.mark.thorough
def test_without_a_county_nothing_is_remembered(tmp_path):
    """A correction without --folder is for this file, this time."""
    file = tmp_path / "名册.xlsx"
    file.write_bytes(as_xlsx([odd(1)]))
    sums = [
        json.loads(CliRunner().invoke(county, ["check", str(file), "--json", *flags]).stdout)["sum_fen"]
        for flags in (("--map", "F=amount", "--map", "E=ignore"), ())
    ]
    assert sums == [6300, 3 * 99900]
    assert [path.name for path in tmp_path.iterdir()] == ["名册.xlsx"]


def test_a_slip_is_one_sentence(tmp_path):
    """An unknown meaning ends with exit code 2 and the meanings there are."""
    done = CliRunner().invoke(county, ["check", str(tmp_path / "x.xlsx"), "--map", "F=money"])
    assert done.exit_code == EXIT_REFUSED
    assert "F=money" in done.stderr
    assert "beneficiary" in done.stderr


def test_a_spoilt_memory_is_told(folder):
    """A layouts.json that says nothing we can read stops the work instead of being taken for empty."""
    (folder / FILE).write_text("[")
    with pytest.raises(LayoutsUnreadable):
        remembered(opened(folder))
