"""What may be shown, when, and in which words."""

from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from urllib.parse import unquote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from boards.model.money import yuan
from boards.model.payouts import Control, LeftOut, LeftOutReason
from boards.pages import Pages
from boards.pages.frame.phrases import WORDS as BEGINNINGS
from boards.pages.frame.phrases import joints, numbered, phrased
from boards.pages.frame.wording import link, plain, plains, rate_texts, under
from boards.sheets.views import FindView, HouseholdPart, HouseholdView, Person, Surname, TroubleView
from tests.pages import views_sample as v
from tests.pages.gallery import GALLERY
from tests.pages.reading import Reading

PAGES = Pages(v.ASSETS)
F = v.frame("/x")
WORDS = st.text(
    st.one_of(st.sampled_from("<>&\"'`{}%=/\\ 沈𬭎䶮㛃·"), st.characters(exclude_categories=["Cs", "Cc"])),
    max_size=24,
)
NAMES = st.one_of(
    WORDS.map(lambda text: f"沈{text}"),
    st.sampled_from(
        [
            "<b>沈</b>",
            "<script>alert(1)</script>",
            "{{ 7*7 }}",
            "{% raw %}",
            '"><img src=x onerror=y>',
            "</table>",
        ]
    ),
)
FEN = st.integers(min_value=0, max_value=10**11)


def text(page: str) -> str:
    return Reading(page).text


@pytest.mark.thorough
@settings(max_examples=60)
@given(name=NAMES, group=WORDS, remark=NAMES, why=NAMES, title=NAMES)
def test_no_text_becomes_an_element_of_a_list(name, group, remark, why, title):
    """Whatever the county writes into names, remarks and titles, the page keeps its elements and tells it whole."""
    line = replace(v.lines()[4], holder=name, group=group or "一", remark=remark, corrected_why=why)
    calm = replace(line, holder="沈", group="一", remark="备注", corrected_why="因")
    head = v.head(terms=v.terms(name=title, office=title, address=title))
    drawn = v.listing(PAGES, F, v.list_view(v.posted(head), (line,)))
    like = v.listing(PAGES, F, v.list_view(v.posted(v.head()), (calm,)))
    assert Reading(drawn).shape == Reading(like).shape
    assert name in text(drawn)
    assert title in text(drawn)


@settings(max_examples=40)
@given(name=NAMES, head=NAMES, surname=NAMES, sentence=NAMES)
def test_no_text_becomes_an_element_elsewhere(name, head, surname, sentence):
    """The same on the personal pages and on the page for trouble."""

    def pages(name, head, surname, sentence):
        people = (Person(household=1, name=name, group="一组", head_of_household=f"{head}户", payouts=1),)
        yield PAGES.find(F, FindView(surnames=(), surname=surname, people=people))
        yield PAGES.find(F, FindView(surnames=(Surname(surname=f"{surname}四个字", count=1),)))
        yield PAGES.household(F, replace(v.HOUSEHOLD, name=name))
        yield PAGES.trouble(F, TroubleView(status=500, code="x", sentence=sentence, advice=sentence))

    for drawn, like in zip(pages(name, head, surname, sentence), pages("沈", "户", "沈", "句"), strict=True):
        assert Reading(drawn).shape == Reading(like).shape


@pytest.mark.thorough
@given(fen=FEN, left=st.lists(st.tuples(st.sampled_from(LeftOutReason), st.integers(1, 99), FEN), max_size=4))
@settings(max_examples=60)
def test_totals_are_told_with_what_was_left_out(fen, left):
    """The list's sum, both figures of everything left out, and the county's total stand on the page (settled §4, §40)."""
    left_out = tuple(LeftOut(reason=reason, count=count, sum_fen=part) for reason, count, part in left)
    whole = fen + sum(part.sum_fen for part in left_out)
    own = Control(fen=whole, scope=v.VILLAGE.name, source="支付文件")
    head = v.head(sum_fen=fen, left_out=left_out, source_total_fen=whole, control=own)
    told = text(v.listing(PAGES, F, v.list_view(v.posted(head))))
    assert f"{yuan(fen)}元" in told
    assert f"{yuan(whole)}元，与支付文件{yuan(whole)}元一致" in told
    none = text(v.listing(PAGES, F, v.list_view(v.posted(v.replace(head, control=None)))))
    assert f"{yuan(whole)}元，县里未提供核对总额" in none
    assert "一致" not in none.partition("县里未提供核对总额")[0][-200:]
    town = v.replace(head, control=v.replace(own, scope="梅坞镇", fen=whole + 100))
    wider = text(v.listing(PAGES, F, v.list_view(v.posted(town))))
    assert f"{yuan(whole)}元，计入梅坞镇支付文件{yuan(whole + 100)}元，总额核对一致。" in wider
    assert f"与梅坞镇支付文件{yuan(whole + 100)}元" not in wider  # two different sums are never called one
    off = v.replace(head, control=v.replace(own, fen=whole + 1))
    assert f"与县里的总额{yuan(whole + 1)}元不一致" in text(v.listing(PAGES, F, v.list_view(v.posted(off))))
    for part in left_out:
        assert f"另有{part.count}" in told
        assert part.reason is LeftOutReason.ZERO or f"{yuan(part.sum_fen)}元" in told


@given(fen=FEN, off=st.integers(1, 10**6))
@settings(max_examples=20)
def test_a_difference_is_never_called_agreement(fen, off):
    """If the sums did not meet, the page would say so and not call them equal."""
    head = v.head(sum_fen=fen, source_total_fen=fen + off)
    told = text(v.listing(PAGES, F, v.list_view(v.posted(head))))
    assert "不一致" in told
    assert "总额一致" not in told


@given(gone=st.integers(1, 40))
@settings(max_examples=10)
def test_a_list_with_blank_lines_is_not_called_reconciled(gone):
    """Lines withdrawn or erased since are counted in words instead: the total is that of the publication."""
    town = v.posted(v.head())
    told = text(v.listing(PAGES, F, v.list_view(replace(town, gone=gone))))
    assert f"公布以后有{gone}行撤下或删除" in told
    assert "一致" not in told
    assert "总额核对一致" in text(v.listing(PAGES, F, v.list_view(town)))


def test_a_list_without_a_line_counts_none():
    """An edition from which everybody was withdrawn says so, and never “第1至0行”."""
    nobody = v.posted(v.head(count=0, households=0, sum_fen=0, source_total_fen=0, control=None))
    told = text(v.listing(PAGES, F, v.list_view(nobody, ())))
    assert "这一版名单上没有人" in told
    assert "至0行" not in told


def test_what_was_taken_down_says_so_with_day_and_reason():
    """Withdrawn: the title, the day, the county's words, whom to ask and the way on (settled §46)."""
    told = text(GALLERY["taken_down"](PAGES, {}))
    for said in ("耕地地力保护补贴", "11月20日由县里撤下", "面积登记有误", v.PHONE, "看现在的名单"):
        assert said in told
    notice = text(GALLERY["taken_down_notice"](PAGES, {}))
    assert "这份公告11月20日由县里撤下" in notice
    assert "原因" not in notice
    held = text(GALLERY["held_back"](PAGES, {}))
    assert "正在核对" in held
    assert "撤下" not in held


@given(days=st.integers(1, 700))
@settings(max_examples=20)
def test_after_its_window_a_list_has_no_names(days):
    """Names are gone the day after the last day, although the lines were handed over (settled §2)."""
    over = v.posted(until=v.TODAY - timedelta(days=days))
    listed = v.list_view(over)
    for told in map(text, (v.listing(PAGES, F, listed), PAGES.sheet(F, listed))):
        assert not [name for name, _, _ in v.PEOPLE if name in told]
        assert "到村委会查阅" in told
        assert yuan(over.head.sum_fen) in told


def test_on_its_last_day_a_list_still_has_names():
    """The last day belongs to the window."""
    told = text(v.listing(PAGES, F, v.list_view(v.posted(until=v.TODAY))))
    assert "沈桂珍" in told
    assert "到村委会查阅" not in told


def test_household_after_all_windows():
    """Neither name nor sum of a household is shown once no list of it is open."""
    told = text(GALLERY["household_closed"](PAGES, {}))
    assert "沈桂珍" not in told
    assert "827.95" not in told
    assert "到村委会查阅" in told


def test_one_phone_is_one_box():
    """Programmes with one phone and two offices share a box, which names both; another phone has its own."""
    part = v.HOUSEHOLD.parts[0]

    def told(**of_second) -> str:
        second = v.posted(replace(v.FOREST, terms=replace(v.FOREST.terms, **of_second)))
        return PAGES.household(F, replace(v.HOUSEHOLD, parts=(part, replace(part, posted=second))))

    page = told(address="梅坞镇便民服务中心")
    assert page.count('<p class="note">') == 1
    places = "耕地地力保护补贴到岭东村村部；森林生态效益补偿到梅坞镇便民服务中心。"
    assert f"0500-765 4321，或去登记：{places}" in text(page)
    assert told().count('<p class="note">') == 1
    assert told(phone="0500-1").count('<p class="note">') == 2


def test_household_keeps_closed_lists_out_of_the_sum():
    """A closed list adds nothing to the total, and the page says how many are hidden."""
    shut = HouseholdPart(posted=v.OLD, line=replace(v.FOREST_LINE, amount_fen=100000))
    told = text(PAGES.household(F, replace(v.HOUSEHOLD, parts=(v.HOUSEHOLD.parts[0], shut))))
    assert "827.95元" in told
    assert "1,827.95" not in told
    assert "另有1笔本机不再显示" in told
    assert "水库移民" not in told


def test_sensitive_programme_shows_names_and_amounts_only():
    """Never group, item, degree, quantity, rate or remark of a sensitive programme (domain §1.6)."""
    told = text(GALLERY["payouts_sensitive"](PAGES, {}))
    assert "陈水娥" in told
    assert "300.00" in told
    part = HouseholdPart(posted=v.posted(v.CARE), line=v.CARE_LINES[1])
    household = HouseholdView(name="陈水娥", group="二组", parts=(part,))
    for page in (told, text(PAGES.household(F, household))):
        assert not [word for word in ("重度", "评残", "二组", "100.00元/", "3月") if word in page]


def test_a_sensitive_list_states_no_rate():
    """A rate of a care allowance is the degree of somebody's disability, in the head of a list as in its rows."""
    care = replace(v.CARE, terms=replace(v.CARE.terms, rate_text="130元/人·月"))
    assert care.terms.sensitive
    assert "130" not in text(v.listing(PAGES, F, v.list_view(v.posted(care), v.CARE_LINES)))


def test_every_page_of_a_list_can_be_turned_to():
    """From the last but one there is a next page, from the last none; before the first there is none either."""
    for page, rels in ((1, ["next"]), (2, ["prev", "next"]), (3, ["prev"])):
        shown = Reading(v.listing(PAGES, F, v.list_view(page=page, pages=3)))
        assert [one.attributes["rel"] for one in shown.named("a") if "rel" in one.attributes] == rels


@pytest.mark.parametrize(("found", "asks"), [(12, False), (13, True)])
def test_who_is_beyond_the_twelfth_is_asked_for_another_letter(found, asks):
    """A board shows twelve people at once, and says when there are more."""
    people = tuple(Person(household=n, name=f"沈{n}", group="一组") for n in range(1, found + 1))
    told = text(PAGES.initials(F, replace(v.INITIALS_FOUND, people=people)))
    assert ("再点一个字母" in told) is asks
    assert ("沈12" in told, "沈13" in told) == (True, False)


def test_application_list_speaks_of_no_money():
    """Before payment the page says who applied for what area, and not one amount."""
    page = GALLERY["applications"](PAGES, {})
    assert "申报面积（亩）" in page
    assert "欧阳建国" in page
    assert "金额（元）" not in page
    assert "本项合计" not in page
    assert "一致" not in page


def test_correction_is_told_whole():
    """New value, struck-through old value, day and reason."""
    page = GALLERY["payouts"](PAGES, {})
    assert '<del><span class="vh">原金额</span>462.54</del> <ins>486.25</ins>' in page
    assert "已更正" in page
    assert "7月2日 丈量面积更正" in page


def test_two_of_one_name_are_told_apart():
    """By group and household head, never by a number (settled §6)."""
    page = GALLERY["find_people"](PAGES, {})
    assert "四组 · 户主沈金木 · 1笔" in page
    assert "一组 · 4笔" in page


def test_many_of_one_surname_stand_by_group():
    """More than a screenful is parted by group, each group once, in the order they came."""
    groups = ["一组", "二组"] * 7
    people = tuple(Person(household=n, name=f"沈{n}", group=group) for n, group in enumerate(groups, start=1))
    page = PAGES.find(F, FindView(surnames=(), surname="沈", people=people))
    assert [page.count(f"<h2>{group}</h2>") for group in ("一组", "二组")] == [1, 1]
    assert page.count("/households/") == 14


def test_superseded_sheet_leads_to_the_new_one():
    """Whoever scans an old sheet is told so first, sees it as it was, and is led on by a big key."""
    page = GALLERY["sheet"](PAGES, {})
    assert page.index("这是旧表") < page.index("<h1>")
    assert '<a class="btn go" href="/N/8123405567">' in page
    assert "沈桂珍" in page
    assert "第1至10行，共186户" in text(page)
    assert "已更正" in page
    assert not [said for said in ("正在公示", "一致", "可以提：") if said in text(page)]
    assert f"/N/{v.head().code}?page=2" in page  # the pager stays with the old edition
    assert "70312 84651" in page
    assert "9F2C-71AB" in page


def test_personal_pages_go_home_sooner():
    """On the board the warning comes after 60 s on a personal page and after 120 s elsewhere; phones have none."""
    board = {"kiosk": True}
    for name, seconds in (
        ("household", 60),
        ("find_people", 60),
        ("find", 120),
        ("payouts", 120),
        ("home", 120),
    ):
        assert f'data-idle="{seconds}"' in GALLERY[name](PAGES, board)
        assert "data-idle" not in GALLERY[name](PAGES, {})


def test_idle_board_forgets_size_and_language():
    """The next person starts with the usual size and in Chinese."""
    page = GALLERY["home"](PAGES, {"kiosk": True, "size": "xl", "language": "en"})
    reset = Reading(page).named("body")[0].attributes["data-reset"]
    assert reset == f"/language/zh_CN?back=/size/m%3Fback%3D/v/{v.CODE}/"


def test_size_and_language_come_back_here():
    """The size and language links carry this page's own address, query and all."""
    page = GALLERY["payouts_middle"](PAGES, {})
    assert f'href="/size/l?back=/v/{v.CODE}/payouts/farmland_fertility-2026-01%3Fpage%3D3"' in page
    assert f'href="/language/en?back=/v/{v.CODE}/help"' in GALLERY["help"](PAGES, {})


def test_pdf_is_not_offered_on_the_board():
    """The board has no printer of its own: the PDF is for phones and the office."""
    assert ".pdf" in GALLERY["sheet"](PAGES, {})
    assert ".pdf" not in GALLERY["sheet"](PAGES, {"kiosk": True})


def test_kinds_without_records_have_no_tile():
    """An empty board offers no search and no lists (settled §7)."""
    page = GALLERY["home_empty"](PAGES, {})
    assert "/find" not in page
    assert "/programmes" not in page
    assert "还没有收到名单" in page


@given(value=st.decimals(0, 10**8, allow_nan=False, places=8))
@settings(max_examples=60)
def test_decimals_are_shown_exactly(value):
    """No digit is lost and no zero is added; a rate keeps at least two decimals."""
    assert Decimal(plain(value).replace(",", "")) == value
    assert Decimal(rate_texts((value,))[0].replace(",", "")) == value
    assert len(rate_texts((value,))[0].partition(".")[2]) >= 2
    column = (value, None, Decimal("6.30"))  # beside others it is written as alone
    assert plains(column) == [plain(value), "", "6.3"]


@pytest.mark.parametrize(
    ("value", "shown", "rate"),
    [
        ("1243.60", "1,243.6", "1,243.60"),
        ("6.000", "6", "6.00"),
        ("100", "100", "100.00"),
        ("124.9788302", "124.9788302", "124.9788302"),
    ],
)
def test_decimals_as_written_in_the_law(value, shown, rate):
    """Real areas and rates read as people write them."""
    assert (plain(Decimal(value)), rate_texts((Decimal(value),))[0]) == (shown, rate)


TITLES = st.lists(
    st.sampled_from([*BEGINNINGS, "岭东村", "2026年", "与", "参与", "A&<b>", "的", " "]), max_size=8
).map("".join)


@given(title=TITLES | st.text(max_size=40))
def test_joints_lose_nothing(title):
    """A title cut at its joints is the title, and what goes into the page is the title, escaped."""
    assert "".join(joints(title)) == title
    assert unescape(phrased(title).replace("<wbr>", "")) == title
    assert "<" not in phrased(title).replace("<wbr>", "")


@given(title=TITLES)
def test_no_character_of_a_title_stands_alone(title):
    """A joint leaves at least two characters on either side."""
    assert all(len(part) > 1 for part in joints(title)) or len(title) < 2


@pytest.mark.parametrize(
    "title",
    [
        "岭东村|2026年|耕地地力保护|补贴|发放|公示表",
        "梅坞镇|中心|卫生院|迁建|工程",
        "苕安县|人民政府",
        "苕安县自然资源|和规划局",
        "征收|土地|预公告",
        "农机购置|与应用|补贴",
        "实际种粮农民|一次性|补贴",
        "村民参与的|项目",
        "2026年度|公开目录",
        "水利子项目",
    ],
)
def test_a_line_ends_between_words(title):
    """Real titles break before 工程, 人民政府, 补贴 and after their year, never inside a word."""
    assert joints(title.replace("|", "")) == title.split("|")


def test_a_document_number_never_breaks():
    """文号 stays on one line; the long one of a province may break once, before its series."""
    assert numbered("苕征〔2026〕4号") == '<span class="nb">苕征〔2026〕4号</span>'
    assert numbered("浙土字(330590)A[2026]-0007号").count("<wbr>") == 1
    assert numbered("<b>") == '<span class="nb">&lt;b&gt;</span>'
    assert numbered("") == ""


@given(st.lists(st.text(max_size=8) | st.just("1/2"), max_size=3))
@example(parts=["groups", "1/2"])
def test_an_address_keeps_its_parts_and_its_attribute(parts):
    """A group called 1/2 or a case number with a quotation mark is one part of an address, and no markup."""
    address = under(v.CODE, *parts)
    assert [unquote(part) for part in address.split("/")[3:]] == parts
    assert not set(link(f"{address}?q=\"'<>&x")) & set("\"'<>")
    assert unescape(link(f"{address}?a=1&b=2")) == f"{address}?a=1&b=2"


def test_reckoning_is_said_only_where_it_holds():
    """面积 × 标准 = 金额 stands there only if the multiplication gives the amount to the fen."""
    right = v.lines()[0]
    others = (replace(right, amount_fen=right.amount_fen + off) for off in (-95, -1, 1))
    for line, holds in ((right, True), *((other, False) for other in others)):
        part = HouseholdPart(posted=v.posted(), line=line)
        told = text(PAGES.household(F, replace(v.HOUSEHOLD, parts=(part,))))
        assert ("6.3亩 × 131.42元" in told) is holds
        assert ("6.3 × 131.42 = 827.946，四舍五入到分是827.95元" in told) is holds
        assert ("×" in told) is holds
        assert "6.3亩" in told


def test_dates_of_other_years_carry_their_year():
    """A day of this year is told without its year, another with it."""
    told = text(GALLERY["household"](PAGES, {}))
    assert "正在公示" in told  # the others; the term of this one is over
    assert "本机可查到2027年9月2日" in told
    assert "本机可查到11月28日" in text(GALLERY["payouts"](PAGES, {}))
    assert date(2027, 9, 2) == v.SHOWING[2].until.day
