"""P10: the county's list of words is asked of titles, items and remarks, in check and in propose."""

import json

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from boards.model.findings import Level
from kiosk_server.cli import EXIT_HOLD
from kiosk_server.cli import county_command as county
from sync.county.checks.p10_terms import CODE, Terms, termed
from sync.county.publish import publisher
from sync.county.reading import Verdict
from tests.line.county_sim import NOW, batch, reading, row
from tests.line.county_sim import county as founded
from tests.roster.county_files import Page, as_xlsx


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    return founded(tmp_path_factory.mktemp("terms") / "c")


@given(st.text("岭东村补贴资金", max_size=6), st.text("岭东村补贴资金", max_size=6))
def test_a_word_is_found_anywhere_and_told_with_its_advice(before, after):
    """帐户→账户: the word, and what to write instead; a word without advice is simply not used."""
    terms = Terms(["帐户→账户", "内部资料"])
    assert "账户" in terms.told(f"{before}帐户{after}")
    assert "内部资料" in terms.told(f"{before}内部资料{after}")
    assert terms.told(before + after) == ""


def test_words_of_the_list_hold_a_reading():
    """Title, item and remark each get a warning; asking twice tells once."""
    rows = [row(1, remark="打入帐户"), row(2, item="内部资料"), row(3)]
    found = termed(reading(rows, title="帐户发放表"), ["帐户", "内部资料"])
    assert [(one.row, one.level, one.code) for one in found.findings] == [
        (None, Level.WARNING, CODE),
        (4, Level.WARNING, CODE),
        (5, Level.WARNING, CODE),
    ]
    assert found.verdict is Verdict.HOLD
    assert termed(found, ["帐户", "内部资料"]) == found


def test_a_clean_reading_stays_as_it_is():
    """No list, or nothing on it: the very same reading."""
    clean = reading([row(1, remark="一季")])
    assert termed(clean, []) is termed(clean, ["帐户"]) is clean


def test_propose_waits_for_a_word_of_the_packs_list(own):
    """The demo's pack lists 帐户."""
    with pytest.raises(publisher.WarningsNotConfirmed, match=CODE):
        publisher.propose(own, reading([row(1, remark="打入帐户")]), batch(), NOW)


@pytest.mark.thorough
def test_the_command_asks_the_countys_list(own, tmp_path):
    """`county check --folder` knows the pack, and holds the file."""
    page = Page("岭东村", [["2025年补贴"], ["序号", "姓名", "金额", "备注"], [1, "王一", 100, "打入帐户"]])
    file = tmp_path / "名册.xlsx"
    file.write_bytes(as_xlsx([page]))
    done = CliRunner().invoke(county, ["check", str(file), "--folder", str(own.folder), "--json"])
    told = json.loads(done.stdout)
    assert done.exit_code == EXIT_HOLD
    assert (CODE, 3) in {(one["code"], one["row"]) for one in told["findings"]}
