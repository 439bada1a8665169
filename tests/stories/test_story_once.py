"""One payment goes out once: what the county's command asks, and what it lets through."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.line.county_sim import copied, county
from tests.stories.office import ROWS, Office

pytestmark = [pytest.mark.thorough, pytest.mark.usefixtures("reads_here")]
BEFORE, TITLE = "PUBLISHED_BEFORE", "TITLE_OTHERWISE"


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    return county(tmp_path_factory.mktemp("once") / "county")


@pytest.fixture
def office(empty, tmp_path):
    return Office(copied(empty, tmp_path / "county"), tmp_path)


@pytest.mark.parametrize("waits", [True, False])
def test_the_same_file_again_needs_a_reason(office, waits):
    """Under another period or programme, published or only waiting, withdrawn or not; the reviewer reads the reason."""
    office.proposed() if waits else office.published()
    for values in ({"paid_on": "2025-10-31"}, {"programme": '"grain_one_off"', "paid_on": "2025-10-31"}):
        office.described("2", **values)
        told = office.asked()
        assert (
            f"岭东村：这份名册已经作为2025年稻谷补贴发放（期号2025-01）{'提交、还没有发布' if waits else '公布'}。（{BEFORE}）"
            in told
        )
        assert "大岕口村" in told
    office.described("2", confirmed=[BEFORE], paid_on="2025-10-31")
    made = office.proposed()
    assert f"提醒 {BEFORE} 2 处，已确认：核实过了" in office.typed("review", made)[1]


def test_a_file_withdrawn_is_still_asked_for(office):
    """Its list is gone from the boards of one village; the sentence says so."""
    office.published()
    take = ("withdraw", "330590-rice-2025-01", "--village", "岭东村", "--whole", "--reason", "发错了")
    told = office.typed(*take)[1]
    made = told.split()[-1]
    office.typed("review", "--accept", made)
    office.typed("publish", made)
    office.described("2", paid_on="2025-10-31")
    assert "岭东村：这份名册已经作为2025年稻谷补贴发放（期号2025-01）公布后撤下" in office.asked()


def test_the_application_and_the_payment_of_one_file_are_two_lists(office):
    """Who applied and who was paid may be one file; and so may two villages of it that go one after the other."""
    office.described(phase='"application"', villages='["330590100202"]')
    office.proposed()
    for village in ("330590100201", "330590100202"):
        office.described(villages=f'["{village}"]')
        assert "大岕口村" in office.proposes()[1] or village == "330590100201"
    assert len([*office.county.proposals.glob("*/proposal.json")]) == 3


def test_the_same_people_amounts_and_day_need_a_reason(office):
    """Saved anew, with another group's spelling and one row more or less, it is the same payment; another day is another."""
    office.published()
    again = [row.replace("一组", "1组") for row in ROWS[:2]]
    office.described("2")
    office.wrote(*again, "3,岭东村,2组,林四,5,10,50")
    assert (
        "岭东村：有2行和2025年稻谷补贴发放（期号2025-01）公布的名单是同样的人、金额和发放日期"
        in office.asked()
    )
    office.wrote(*again, *(f"{n},岭东村,2组,林家{n},5,10,50" for n in range(3, 6)))
    assert office.proposes()[0] == 0, "a supplement that repeats less than half"
    office.described("3", paid_on="2025-10-31")
    office.wrote(*again)
    assert office.proposes()[0] == 0, "the same people are paid the same next month"
    office.described("4")
    office.wrote(*(row.replace("林", "方") for row in again))
    assert office.proposes()[0] == 0, "other people"
    office.wrote(
        *(row.replace(",10,", ",20,").replace("20,20", "20,40").replace("20,30", "20,60") for row in again)
    )
    office.described("5")
    assert office.proposes()[0] == 0, "other amounts"


def test_another_programme_is_asked_for_when_all_of_it_is_the_same(office):
    """A list under the wrong programme is seen; people who have two subsidies of one amount are let be."""
    office.published()
    office.described(programme='"grain_one_off"')
    office.wrote("1,岭东村,1组,林一,2,10,20", "2,岭东村,1组,林二,3,10,30", title="名单")
    assert BEFORE in office.asked()
    office.wrote(
        "1,岭东村,1组,林一,2,10,20", "2,岭东村,1组,林二,3,10,30", "3,岭东村,1组,林五,3,10,30", title="名单"
    )
    assert office.proposes()[0] == 0


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("苕安县2024年稻谷补贴发放清册", "标题写的是2024年，批次写的是2025年"),
        ("苕安县二〇二四年度稻谷补贴发放清册", "标题写的是2024年，批次写的是2025年"),
        ("2025年实际种粮农民一次性补贴发放表", "标题写的是“实际种粮农民一次性补贴”，批次写的是“稻谷补贴”"),
        ("2025年耕地地力保护补贴分户清册", "标题写的是“耕地地力保护补贴”，批次写的是“稻谷补贴”"),
    ],
)
def test_a_title_of_another_programme_or_year_needs_a_reason(office, title, said):
    """Both texts are told once, however many villages the list has."""
    office.wrote(*ROWS, title=title)
    told = office.asked()
    assert (told.count(TITLE), said in told) == (1, True)
    office.described(confirmed=[TITLE])
    office.proposed()


@pytest.mark.parametrize(
    "title",
    [
        "苕安县2025年稻谷补贴发放清册",
        "二〇二五年稻谷补贴发放清册",
        "2024-2025年度稻谷补贴发放清册",
        "稻谷补贴发放清册（苕农发〔2024〕12号）",
        "2025年惠民惠农财政补贴“一卡通”发放花名册",
        "2025年早稻种植面积核定表",
        "",
    ],
)
def test_a_title_that_agrees_or_says_nothing_is_let_be(office, title):
    """A year of a document number, a season over two years and general words accuse nobody."""
    office.wrote(*ROWS, title=title)
    assert office.proposes()[0] == 0, office.proposes()[1]


def test_the_files_name_speaks_where_the_title_does_not(office):
    """A roster without a title is what its file is called; a period has a year as well."""
    office.file = "2024年耕地地力保护补贴.csv"
    office.wrote(*ROWS)
    told = office.asked()
    assert "文件名写的是2024年" in told
    assert "文件名写的是“耕地地力保护补贴”，批次写的是“稻谷补贴”" in told
    office.file = "名册.csv"
    office.described("2024-03")
    assert "期号写的是2024年，批次写的是2025年" in office.asked()


def test_nobody_was_paid_tomorrow(office):
    """A day of payment to come is refused, whatever is confirmed; today's is not, nor the plan of an application."""
    today = (datetime.now(UTC) + timedelta(hours=8)).date()
    ahead = {"paid_on": today + timedelta(days=1), "fiscal_year": today.year}
    office.described("1", confirmed=["R10", BEFORE, "PAYDAYS_IN_FUTURE"], **ahead)
    code, told = office.proposes()
    assert (code, "payment-day-ahead" in told, f"{today + timedelta(days=1)}" in told) == (2, True, True)
    office.described("1", fiscal_year=today.year, paid_on=today)
    office.proposed()


def test_a_payment_corrected_away_is_not_held_against_the_next(office):
    """Lines that were withdrawn were paid to nobody: paid once more they are no repetition."""
    office.published()
    for number, name in ((1, "林一"), (1, "林二")):
        take = ("withdraw", "330590-rice-2025-01", "--village", "岭东村", "--reason", "账号有误，重新发放")
        told = office.typed(*take, "--line", number, "--holder", name)[1]
        made = told.split()[-1]
        office.typed("review", "--accept", made)
        office.typed("publish", made)
    office.wrote("1,岭东村,一组,林一,2,10,20", "2,岭东村,一组,林二,3,10,30")
    office.described("2")
    assert office.proposes()[0] == 0, office.proposes()[1]
