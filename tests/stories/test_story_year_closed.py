"""A county closes its year by typed commands; its kiosk pulls, checks and shows it; a late list opens it again."""

from __future__ import annotations

import csv
import re
from contextlib import closing
from functools import partial

import pytest

from sync.county.intake.process import Limits, read_roster
from tests.line.county_sim import VILLAGE, county
from tests.stories.office import Office
from tests.stories.test_story_erased import Kiosk

pytestmark = pytest.mark.thorough

TABLE = "村,项目,金额（元）,户数\n岭东村,稻谷补贴,50.00,2\n大岕口村,稻谷补贴,40.00,1\n合计,,90.00,\n"


@pytest.fixture(scope="module")
def founded(tmp_path_factory):
    """A county in which nothing is published."""
    return county(tmp_path_factory.mktemp("year") / "county")


@pytest.fixture
def kiosk(founded, tmp_path, new_database, kept_fonts):
    return Kiosk(founded, tmp_path, new_database, kept_fonts)


@pytest.fixture
def office(kiosk, tmp_path):
    """The office of that kiosk's county, after its only roster went out."""
    office = Office(kiosk.county, tmp_path)
    office.published()
    (tmp_path / "汇总.csv").write_bytes(TABLE.encode("gbk"))
    return office


def annual(kiosk):
    """What the kiosk has of the year after a pull."""
    assert f"✓ {VILLAGE}" in kiosk.run("sync")
    with closing(kiosk.opened()) as opened:
        return opened.board.annual(VILLAGE, 2025)


def closed(office, *words):
    """A year that is proposed, reviewed and published."""
    code, told = office.typed("close-year", "--year", "2025", *words)
    assert code == 0, told
    made = re.search(r"\S+$", told.strip())[0]
    assert office.typed("review", "--accept", made)[0] == 0
    code, told = office.typed("publish", made)
    assert code == 0, told
    return made, told


def test_a_year_is_closed_held_and_opened_again_by_a_late_list(office, kiosk, tmp_path):
    """From the county's table to the kiosk and back: every step says in words where the year stands."""
    table = ("--from", tmp_path / "汇总.csv")
    code, told = office.typed("status", "--year", "2025")
    assert (code, "年度汇总已核定 0 个，须重新核定 0 个，未核定 12 个" in told) == (1, True)
    code, told = office.typed("close-year", "--year", "2025", "--figure", "岭东村", "rice", "50.01")
    assert code == 2
    assert "年度数据写 50.01 元，各批合计 50.00 元，年度数据多 1 分；期号 2025-01" in told
    assert "大岕口村 稻谷补贴：年度数据里没有，名单合计 40.00 元" in told
    made, told = closed(office, *table)
    assert told == "已发布到 2 个村：90.00 元。\n"
    assert "年度汇总  已发布  2 个村 2025 年度汇总 90.00 元" in office.typed("review")[1]
    assert "2025年度汇总  第 1 版 1 个项目 50.00 元  短码 " in office.typed("list")[1]
    assert "nothing-new-to-close" in office.typed("close-year", "--year", "2025", *table)[1]
    first = annual(kiosk)
    assert (first.holds, first.annual.sum_fen, first.annual.rows[0].households) == (True, 5000, 2)
    assert (first.annual.source, len(first.annual.source_sha256)) == ("汇总.csv", 64)
    office.wrote("1,岭东村,一组,林一,2,10,20")
    office.described("2025-02", paid_on="2025-10-30")
    assert "2025 年度已核定，发布后须重新核定" in office.asked()
    office.described("2025-02", ["YEAR_CLOSED"], paid_on="2025-10-30")
    _, told = office.typed("publish", office.reviewed())
    assert "! 2025 年度已核定的数不再有效：请再办理 county close-year --year 2025。" in told
    assert annual(kiosk).overtaken
    code, told = office.typed("status", "--year", "2025", "--csv", tmp_path / "清单.csv")
    assert code == 1
    assert "岭东村 330590100201  红（有误或逾期）" in told
    assert "年度汇总须重新核定（现为第 1 版）" in told
    assert "年度汇总已核定 1 个，须重新核定 1 个，未核定 10 个" in told
    with (tmp_path / "清单.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["村"] == "岭东村"]
    assert [row["项目"] for row in rows] == ["年度汇总", "稻谷补贴", "稻谷补贴"]
    assert [(row["在年度汇总"], row["已张贴"], row["已打印"]) for row in rows[1:]] == [
        ("是", "—", "—"),
        ("否", "—", "—"),
    ]
    again, last = closed(office, "--figure", "岭东村", "稻谷补贴", "70", "--figure", "大岕口村", "rice", "40")
    assert "不再有效" not in last
    assert "第 2 版  合计 70.00 元（上一版 50.00 元）" in office.typed("review", again)[1]
    second = annual(kiosk)
    assert (second.holds, second.annual.edition, second.annual.sum_fen) == (True, 2, 7000)
    with closing(kiosk.opened()) as opened:
        found = [opened.board.year_by_code(one.code) for one in (first, second)]
    assert found == [(VILLAGE, 2025)] * 2
    assert kiosk.run("verify").count("✗") == 0
    assert made != again


def test_a_table_is_read_where_there_are_limits_first(office, tmp_path, monkeypatch):
    """What takes more than a child may take ends in a sentence, as a roster does, and nothing waits."""
    tight = partial(read_roster, limits=Limits(wall_s=0.01))
    with monkeypatch.context() as world:
        world.setattr("sync.county.years.figures.read_roster", tight)
        code, said = office.typed("close-year", "--year", "2025", "--from", tmp_path / "汇总.csv")
    assert (code, "READING_TOOK_TOO_LONG" in said) == (2, True), said


def test_a_year_that_waits_is_cancelled_like_anything_else(office, tmp_path):
    """Nothing of it is left, and it can be handed in again; without figures of the county's own nothing begins."""
    words = ("close-year", "--year", "2025", "--from", tmp_path / "汇总.csv")
    made = re.search(r"\S+$", office.typed(*words)[1].strip())[0]
    assert "proposal-waits" in office.typed(*words)[1]
    assert office.typed("cancel", made, "--reason", "数还没定")[0] == 0
    assert office.typed(*words)[0] == 0
    assert "figures-missing" in office.typed("close-year", "--year", "2025")[1]
    assert (
        "amount-not-exact"
        in office.typed("close-year", "--year", "2025", "--figure", "岭东村", "rice", "5.001")[1]
    )
    assert (
        "programme-unknown"
        in office.typed("close-year", "--year", "2025", "--figure", "岭东村", "无", "5")[1]
    )
    assert "year-ahead" in office.typed("close-year", "--year", "2099", "--figure", "岭东村", "rice", "5")[1]
