"""From a county's file to a proposal: what has no amount is never said to be paid."""

from datetime import date

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from boards.model.payouts import Phase
from kiosk_server.cli import EXIT_HOLD, EXIT_OK
from kiosk_server.cli import county_command as county
from sync.county.intake.check import read_roster
from sync.county.publish import publisher
from sync.county.publish.batch import BatchToml, Confirmed
from tests.founding import as_typed
from tests.line.county_sim import NOW
from tests.line.county_sim import county as founded
from tests.roster.county_files import VILLAGES, Page, as_xlsx

CONFIRMED = (Confirmed(code="NO_AMOUNT_COLUMN", reason="已核实"),)
TOML = BatchToml(
    programme="farmland_fertility",
    fiscal_year=2025,
    period_no="1",
    paid_on=date(2025, 9, 30),
    confirmed=CONFIRMED,
)
APPLICATION = BatchToml(
    programme="farmland_fertility",
    fiscal_year=2025,
    period_no="1",
    phase=Phase.APPLICATION,
    confirmed=CONFIRMED,
)


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    return founded(tmp_path_factory.mktemp("proposed") / "c")


def listed(*heads: str, title: str = "岭东村2025年补贴清册", cells=(3, "水稻种子10斤")) -> bytes:
    """Two households of one village, with no column of amounts."""
    page = Page("Sheet1")
    page.across(title, 5)
    page.add("序号", "村", "姓名", *heads)
    page.add(1, "岭东村", "王一", *cells[: len(heads)])
    page.add(2, "岭东村", "李二", *cells[: len(heads)])
    return as_xlsx([page])


@given(title=st.sampled_from(["岭东村2025年补贴清册", "岭东村2025年补贴面积核实公示", "岭东村2025年发放表"]))
@settings(max_examples=3, deadline=None)
def test_a_list_without_amounts_is_not_paid(own, title):
    """Who and how much land, but no money: held back from paying, whatever its title and whoever confirmed."""
    reading = read_roster("名册.xlsx", listed("面积（亩）", title=title), VILLAGES)
    assert [row.payout.amount_fen for row in reading.rows] == [0, 0]
    with pytest.raises(publisher.AmountsMissing, match="2 户"):
        publisher.propose(own, reading, TOML, NOW)


def test_the_same_list_is_an_application(own):
    """As 申报公示 it goes to review."""
    reading = read_roster("名册.xlsx", listed("面积（亩）"), VILLAGES)
    made = publisher.propose(own, reading, APPLICATION, NOW)
    assert (made.count, made.sum_fen) == (2, 0)


def test_goods_are_paid_without_money(own):
    """A list of goods in kind (实物) has no amounts and is a payment all the same."""
    reading = read_roster("名册.xlsx", listed("面积（亩）", "实物名称及数量"), VILLAGES)
    assert {row.payout.in_kind for row in reading.rows} == {"水稻种子10斤"}
    assert publisher.propose(own, reading, TOML, NOW).count == 2


@pytest.mark.thorough
def test_the_command_holds_such_a_list(own, tmp_path):
    """`county propose` ends with 1 and a sentence; the same file as an application with 0."""
    file, toml = tmp_path / "名册.xlsx", tmp_path / "batch.toml"
    file.write_bytes(listed("面积（亩）", title="岭东村2025年补贴面积公示"))
    common = 'programme = "farmland_fertility"\nfiscal_year = 2025\nperiod_no = "2"\n'
    for last, code in (("paid_on = 2025-09-30", EXIT_HOLD), ('phase = "application"', EXIT_OK)):
        toml.write_text(common + last)
        given_ = ["propose", str(file), "--batch", str(toml), "--folder", str(own.folder)]
        done = CliRunner().invoke(county, as_typed(given_))
        assert done.exit_code == code, done.output
