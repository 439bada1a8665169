"""Land cases on a page: whose figures come first, which rule holds where, and what an old or changed case says."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from boards.model.calendar.workdays import WorkCalendar
from boards.model.land.areas import Area, LandParcel
from boards.model.land.compensation import CompensationRow
from boards.model.land.postings import PlaceKind, PostingEvidence, PostingPlace
from boards.model.land.terms import NATIONAL, ZHEJIANG
from boards.pages import Pages
from boards.pages.speech.land import case_said
from boards.sheets.land.case import case_view
from boards.sheets.land.case_line import case_line
from boards.sheets.land.views import Progress
from tests.pages import land_sample as land
from tests.pages import views_sample as v
from tests.pages.gallery import GALLERY
from tests.pages.reading import Reading
from tests.pages.test_pages_rules import NAMES, WORDS

PAGES = Pages(v.ASSETS)
F = v.frame("/land/L1")
LATER = replace(F, today=date(2027, 2, 1))


def text(page: str) -> str:
    """What people read, without the blanks between elements."""
    return "".join(Reading(page).text.split())


@pytest.mark.thorough
@settings(max_examples=40, deadline=None)
@given(project=NAMES, title=NAMES, words=WORDS, place=NAMES, item=NAMES, line=NAMES)
def test_no_text_becomes_an_element(project, title, words, place, item, line):  # noqa: PLR0917
    """Whatever the county writes into a notice, list, case and notice keep their elements and tell it whole."""

    def drawn(**told) -> list[str]:
        written = replace(
            land.PLAN,
            project=told["project"],
            title=told["title"],
            purpose=told["words"],
            doc_no="〔2026〕" + told["words"],
            posted_at=(told["place"],),
            attachments=(told["place"],),
            compensation=(CompensationRow(village=told["place"], item=told["item"], basis=told["words"]),),
            text=told["line"],
        )
        case = land.case(land.START, written)
        full = PAGES.land_notice(F, land.in_full(case, 3))
        return [PAGES.land(F, (case_line(case),)), PAGES.land_case(F, case), full]

    pages = drawn(project=project, title=title, words=words, place=place, item=item, line=f"经{line}")
    calm = drawn(project="某", title="某", words=words and "某", place="某", item="某", line="经某")
    for page, like in zip(pages, calm, strict=True):
        assert [shape for shape in Reading(page).shape if shape[0] != "span"] == [
            shape for shape in Reading(like).shape if shape[0] != "span"
        ]
    assert "".join(project.split()) in text(pages[0])
    assert "".join(title.split()) in text(pages[2])


@settings(max_examples=40, deadline=None)
@given(days=st.integers(-30, 400))
def test_a_period_that_is_over_never_counts_down(days):
    """On no day does a page say 还剩 of a period that has ended, nor 已经满了 of one that runs."""
    today = land.PLAN.posted_on + timedelta(days=days)
    case = land.case(land.START, land.SURVEY, land.PLAN, today=today)
    told = text(PAGES.land_notice(replace(F, today=today), land.in_full(case, 3, today)))
    over = today > date(2026, 11, 29)
    assert ("已经满了" in told) is over
    assert ("还剩" in told or "今天是最后一天" in told) is not over


@settings(max_examples=30, deadline=None)
@given(ha=st.decimals(0, 999, places=4), mu=st.decimals(0, 9999, places=4))
def test_areas_stand_as_printed(ha, mu):
    """No zero is lost and none is added: 18.0540 stays 18.0540."""
    parcel = LandParcel(village="岭东村", village_code=v.CODE, land_class="耕地", area=Area(ha=ha, mu=mu))
    told = Reading(PAGES.land_case(F, land.case(replace(land.START, areas=(parcel,), total=None)))).text
    assert f"{ha:,f}" in told
    assert f"{mu:,f}" in told


def test_own_village_first_then_the_whole():
    """Own land by class and its sum, the neighbour's, and the total as printed; the same for the money."""
    told = text(GALLERY["land_case"](PAGES, {}))
    areas = ["岭东村耕地", "岭东村建设用地", "本村合计1.7318", "中坞村园地", "全部合计2.0473"]
    money = ["1,430,802.00", "本村合计1,510,182.32", "274,485.00", "全部合计1,845,183.60"]
    for parts in (areas, money):
        at = [told.index(part) for part in parts]
        assert at == sorted(at)


def test_what_can_be_done_stands_before_the_steps():
    """The 现在 box with every right, its last day, place and phone comes before the timeline (screens §5)."""
    page = GALLERY["land_case"](PAGES, {})
    told = text(page)
    rights = "提意见到11月30日，还剩8天", "申请听证到11月30日，还剩8天", "办理登记到12月31日，还剩39天"
    how = "提意见交到梅坞镇人民政府，电话0572-0123456。", "办理登记到梅坞镇人民政府101室，电话0572-0123456。"
    at = [told.index(words) for words in (*rights, "看公告全文", *how, "办到哪一步")]
    assert at == sorted(at)
    assert page.index('class="nowbox') < page.index('class="line"')


def test_the_number_beside_the_case_is_that_of_the_notice_in_the_box():
    """Another notice was posted since: the 文号 above the 现在 box is not the newest one's but the box's own."""
    page = GALLERY["land_case"](PAGES, {})
    assert land.IN_PLAN.now.hung.notice.doc_no != land.IN_PLAN.latest.doc_no
    head = page[: page.index('class="nowbox')]
    assert land.IN_PLAN.now.hung.notice.doc_no in head
    assert land.IN_PLAN.latest.doc_no not in head


@pytest.mark.parametrize(
    ("code", "rules", "said", "unsaid"),
    [
        (v.CODE, ZHEJIANG, "过半数成员认为方案不合法的，县政府应当组织听证（《浙江省土地管理条例》第四十二条）", "多数成员认为"),
        ("990523101201", NATIONAL, "多数成员认为方案不合法的，县政府应当组织听证（《土地管理法实施条例》第二十八条）", "浙江"),
    ],
)  # fmt: skip
def test_the_rule_of_the_province(code, rules, said, unsaid):
    """A village reads the law that holds for it: Zhejiang's where it lies there, else the nation's alone."""
    case = case_view(land.hung(land.START, land.PLAN), v.VILLAGE, v.TODAY, land.CALENDAR, rules)
    told = text(PAGES.land_case(replace(F, village_code=code), case))
    assert said in told
    assert unsaid not in told.replace("过半数成员", "")


def test_why_a_day_is_provisional():
    """暂定 with its reason where the year has no table; the day is certain and bare once it has one."""
    assert "暂定：2027年的放假安排还没有公布" in text(GALLERY["land_case_final"](PAGES, {}))
    known = WorkCalendar(land.CALENDAR.exceptions(), land.CALENDAR.years | {2027})
    day = date(2026, 12, 28)
    case = case_view(land.OVER_NEW_YEAR.hung, v.VILLAGE, day, known, ZHEJIANG)
    assert "暂定" not in text(PAGES.land_case(replace(F, today=day), case))


def test_a_changed_plan_starts_anew():
    """The correction restarts the period; the old notice is marked and leads to the new one."""
    case = text(GALLERY["land_case_changed"](PAGES, {}))
    assert "内容有改动，公告期从11月20日重新算" in case
    assert "已更正，看新的一份" in case
    old = GALLERY["land_notice_corrected"](PAGES, {})
    assert "这份公告已经更正" in old
    assert old.index(
        f"/v/{v.CODE}/land/L1_%E5%B2%AD%E4%B8%9C%E5%B0%8F%E5%AD%A6%E8%BF%81%E5%BB%BA/4"
    ) < old.index("<article")


def test_money_that_is_late_is_told():
    """After the law's day the page says that full payment has not been published, and whom to call."""
    assert land.UNPAID.steps[-1].progress is Progress.LATE
    told = text(GALLERY["land_case_late"](PAGES, {}))
    assert "按规定2月23日（暂定）前应当付清补偿费用，现在还没有公布付清。请打监督电话0500-1234567。" in told
    assert "已逾期" in told
    assert "应当付清" not in text(GALLERY["land_case_paid"](PAGES, {}))


def test_a_stopped_case_offers_nothing():
    """A case that was stopped says so with its reason; nothing counts down and nothing can be done."""
    told = text(GALLERY["land_case_stopped"](PAGES, {}))
    assert "这件征地已经终止：项目选址调整。" in told
    for gone in ("还剩", "您现在可以", "下一步"):
        assert gone not in told


def test_each_posting_place_is_told_by_itself():
    """Township, village and group each want their own; a photo of one proves nothing for another (G7)."""
    proof = PostingEvidence(
        doc_no=land.REGISTER.doc_no,
        place=PostingPlace(kind=PlaceKind.VILLAGE, name="岭东村"),
        posted_on=date(2026, 11, 9),
        photo_sha256="0" * 64,
    )
    case = case_view(land.IN_PLAN.hung, v.VILLAGE, v.TODAY, land.CALENDAR, ZHEJIANG, (proof,))
    told = text(PAGES.land_case(F, case)).partition("应当贴在哪里")[2]
    assert "梅坞镇乡镇公告栏公告写明要贴" in told
    assert "岭东村村务公开栏11月9日已张贴，有照片" in told
    assert "岭东村村民小组公告没有写明" in told


def test_a_notice_printed_with_another_day_says_which_counts():
    """Where paper and law differ, the page tells both."""
    short = replace(land.PLAN, stated_until=date(2026, 11, 28))
    told = text(PAGES.land_notice(F, land.in_full(land.case(short), 3)))
    assert "公告上写到11月28日，这里按规定的天数算。" in told
    assert "这里按规定的天数算" not in text(GALLERY["land_notice"](PAGES, {}))


def test_home_shows_what_ends_first():
    """The card that ends soonest comes first, be it a list or a land notice; a finished case has none."""
    page = GALLERY["home_land"](PAGES, {})
    told = text(page)
    assert told.index("自张贴之日起7日内") < told.index("公告到11月29日") < told.index("可查到2027年9月2日")
    assert "征地公告1件正在办理" in told
    done = PAGES.home(LATER, replace(v.HOME, showing=(), cases=land.CASE_LINES[1:]))
    assert "征地公告1件，都已办完" in text(done)


def test_a_land_case_is_on_the_home_page_until_its_last_day_is_over():
    """The last day of a period or of something to do is a day: the case leaves the home page after it."""
    case = land.CASE_LINES[0]
    last = max(day for day in (case.until and case.until.day, *(one.until.day for one in case.acts)) if day)
    for later, shown in ((0, True), (1, False)):
        frame = replace(F, today=last + timedelta(days=later))
        page = PAGES.home(frame, replace(v.HOME, showing=(), cases=(case,)))
        assert (case.project in text(page)) is shown


def test_screen_and_voice_call_a_period_as_the_paper_does():
    """A 公示 hangs for its 公示期 on its page, its case, the list of cases, the front page and aloud; a 公告 not."""
    day = date(2026, 10, 15)
    case = land.case(land.START, land.SURVEY, today=day)
    frame, line = replace(F, today=day), case_line(case)
    for page in (PAGES.land_notice(frame, land.in_full(case, 2, day)), PAGES.land_case(frame, case)):
        assert "公示期10月12日至10月19日" in text(page)
    said = "".join(one.text for one in case_said(frame, case))
    assert "现在：土地现状调查结果公示。公示期十月十二日到十月十九日" in said
    for page in (PAGES.land(frame, (line,)), PAGES.home(frame, replace(v.HOME, showing=(), cases=(line,)))):
        assert "土地现状调查结果公示，公示到10月19日" in text(page)
    assert "公告期9月1日至" in text(PAGES.land_notice(frame, land.in_full(case, 1, day)))


def test_english_frame_of_land_pages():
    """In English only what the county wrote stays Chinese, and it is marked so."""
    page = GALLERY["land_case_late"](PAGES, {"language": "en"})
    told = Reading(page).text
    for chinese in ("现在", "公告期", "办到哪一步", "已完成", "规定不少于", "应当贴在"):
        assert chinese not in told
    assert "Where it stands" in told


def test_the_risk_assessment_is_ticked_only_where_its_day_is_published():
    """Without a day the page says what the notice says, and no green tick; with one it shows the day."""
    silent = PAGES.land_case(F, land.case(land.START, land.SURVEY, land.PLAN))
    told = replace(land.PLAN, risk_assessed_on=date(2026, 10, 20))
    dated = PAGES.land_case(F, land.case(land.START, land.SURVEY, told))
    assert "公告载明已评估，未公布日期" in text(silent)
    assert "10月20日评估完成" in text(dated)
    assert dated.count("✓") == silent.count("✓") + 1
    before = PAGES.land_case(F, land.case(land.START, land.SURVEY))
    assert "未公布日期" not in before
