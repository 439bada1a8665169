"""What is said of each page: as much as stands there, and of a public list never a name."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from boards.model.money import yuan
from boards.model.speech.spoken import MARKS_A_MINUTE, Said, spoken, words
from boards.pages.speech import payouts as page
from boards.sheets.views import HomeView
from tests.pages import land_sample as land
from tests.pages import views_sample as v

HEADS = {
    "area": v.posted(v.LEFT_OUT_HEAD),
    "machines": v.posted(v.MACHINES),
    "seeds": v.posted(v.SEEDS),
    "care": v.posted(v.CARE),
    "applied": v.posted(v.APPLIED),
    "closed": v.CLOSED,
}
PUBLIC = {
    "home": page.home_said(v.FRAME, v.HOME),
    "programmes": page.programmes_said(v.FRAME, v.PROGRAMMES),
    "programme": page.programme_said(v.FRAME, v.PROGRAMME),
    "find": page.find_said(v.FRAME),
    "help": page.help_said(v.FRAME),
    "year": page.year_said(v.FRAME, v.YEAR),
    **{f"list {name}": page.list_said(v.FRAME, posted) for name, posted in HEADS.items()},
}


@pytest.mark.parametrize("name", PUBLIC)
def test_public_speech_names_nobody(name):
    """No name of any list is read out on a public page."""
    said = words(PUBLIC[name])
    people = {line.holder for line in (*v.lines(), *v.MACHINE_LINES, *v.SEED_LINES, *v.CARE_LINES)}
    people |= {line.beneficiary for line in v.CARE_LINES if line.beneficiary}
    assert [who for who in people if who in said] == []
    assert len(said) > 20
    assert "{" not in said


@pytest.mark.parametrize("name", PUBLIC)
def test_speech_is_only_what_can_be_said(name):
    """A page's words are their own normal form: what is written down for a voice pack is what is heard."""
    said = words(PUBLIC[name])
    assert spoken(said) == said
    assert not re.search(r"[0-9]", said)


def test_a_list_is_summed_up():
    """Title, count, sum, what was left out, until when, whom to call, the short code."""
    said = words(page.list_said(v.FRAME, HEADS["area"]))
    for part in (
        "二零二六年耕地地力保护补贴",
        "一百八十六户",
        "自张贴之日起七日内",
        "到十一月二十八日",
        "另有两笔",
    ):
        assert part in said, part
    assert spoken(f"{yuan(v.LEFT_OUT_HEAD.sum_fen)}元") in said
    assert "拨打零五零零，七六五，四三二幺，或到岭东村村部登记" in said
    assert said.endswith("短码是：七零三幺二，八四六五幺。")


def test_a_list_whose_window_is_over_keeps_its_sum():
    """After the window the sum is said, and where the names may be read."""
    said = words(page.list_said(v.FRAME, v.CLOSED))
    assert "本机只留合计" in said
    assert "请到村委会查阅" in said
    assert "登记" not in said


def test_a_household_hears_each_payout():
    """Name with its surname's reading, first the sum, then each payout, how to object."""
    household = replace(v.HOUSEHOLD, name="单桂珍")
    said = page.household_said(v.FRAME, household)
    assert said[0] == Said("单", ("shan4",))
    text = words(said)
    assert text.startswith("单桂珍家的补贴，一共三笔，合计一千零三十五元八角五分。耕地地力保护补贴，")
    assert "六点三亩，金额八百二十七元九角五分，六月十八日发放" in text
    assert "更正后金额二百零七元九角" in text
    assert "大豆良种三十一点五公斤" in text
    assert "已申报，还没有发放" in text
    assert text.count("合计") == text.count("金额不对") == 1


def test_one_payout_is_its_own_sum():
    """Who has one payout hears its amount once."""
    text = words(page.household_said(v.FRAME, replace(v.HOUSEHOLD, parts=v.HOUSEHOLD.parts[:1])))
    assert text.startswith("沈桂珍家的补贴。耕地地力保护补贴，")
    assert text.count("八百二十七元九角五分") == 1


def test_the_full_name_of_a_machine_is_not_read_out():
    """A short item is heard; a machine's name with brackets and model is left to be read, its amount is not."""
    for item, heard in (("轮式拖拉机 90马力档", True), ("自走履带式谷物联合收割机（全喂入）4LZ-5.0", False)):
        part = replace(v.HOUSEHOLD.parts[0], line=replace(v.HOUSEHOLD.parts[0].line, item=item))
        text = words(page.household_said(v.FRAME, replace(v.HOUSEHOLD, parts=(part,))))
        assert (spoken(item) in text) == heard
        assert "收割机" not in text
        assert "金额八百二十七元九角五分" in text


def test_many_offices_are_not_read_out_one_by_one():
    """Where the payouts of a household come from several offices, one sentence says where their telephones stand."""
    other = v.posted(replace(v.FOREST, terms=replace(v.FOREST.terms, phone="0500-765 0000")))
    parts = (v.HOUSEHOLD.parts[0], replace(v.HOUSEHOLD.parts[1], posted=other))
    text = words(page.household_said(v.FRAME, replace(v.HOUSEHOLD, parts=parts)))
    assert text.endswith("金额不对，可以按每一笔下面的电话提，或到村委会登记。")
    assert "拨打" not in text


def test_last_year_is_told_apart_by_its_year():
    """A payout of another year is told by its day of payment, or by the list's year where they differ; never twice."""
    late = v.posted(replace(v.LAST_YEAR, terms=replace(v.LAST_YEAR.terms, paid_on=v.TODAY)))
    parts = [replace(v.HOUSEHOLD.parts[0], posted=one) for one in (v.posted(), v.posted(v.LAST_YEAR), late)]
    text = words(page.household_said(v.FRAME, replace(v.HOUSEHOLD, parts=tuple(parts))))
    assert re.findall("。((?:二零..年)?)耕地[^。]*，((?:二零..年)?)[^年，]*日发放", text) == [
        ("", ""),
        ("", "二零二五年"),
        ("二零二五年", ""),
    ]


def test_namesakes_are_not_added_up_aloud():
    """Where nobody can tell whose row is whose, no sum is said, and whom to ask is (settled §47)."""
    parts = tuple(v.HOUSEHOLD.parts)
    same = replace(v.HOUSEHOLD, parts=parts, namesakes=parts[:1], keyed=False)
    told, alone = words(page.household_said(v.FRAME, same)), words(page.household_said(v.FRAME, v.HOUSEHOLD))
    assert "合计" in alone
    assert "合计" not in told
    assert "同名" in told
    assert "同名" not in alone


def test_home_says_the_way_in_first():
    """How one finds one's own comes before any list, then the list that comes first on the page, then how many more."""
    said = words(page.home_said(v.FRAME, v.HOME))
    way, new, more = (
        said.index(text) for text in ("请点找我的补贴", "耕地地力保护补贴发放名单", "还有名单两份")
    )
    assert way < new < more
    assert "名单，一百八十六户，共十六万三千四百三十三元九角一分。" in said
    assert "森林" not in said


PROGRAMME_NAMES = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=30)


@settings(max_examples=40)
@given(named=st.lists(PROGRAMME_NAMES, max_size=5), cases=st.lists(st.integers(4, 200), max_size=4))
def test_home_is_never_longer_than_half_a_minute(named, cases):
    """However many lists and cases there are and however long their names, all are told or counted in time."""
    showing = tuple(v.posted(v.head(terms=v.terms(name=name))) for name in named)
    going = tuple(replace(land.CASE_LINES[0], project="甲" * long) for long in cases)
    said = words(page.home_said(v.FRAME, replace(v.HOME, showing=showing, cases=going)))
    assert len(said) <= MARKS_A_MINUTE // 2
    left = [len(showing) - said.count("发放名单，"), len(going) - said.count("甲，")]
    told = "、".join(
        spoken(f"{what}{n}{unit}") for what, n, unit in zip(("名单", "征地"), left, "份件", strict=True) if n
    )
    assert (f"还有{told}，请看屏幕。" in said) if told else ("还有" not in said)


def test_a_household_does_not_hear_that_it_is_unpaid_when_the_payment_is_public():
    """The application's sentence says where the payment stands."""
    parts = [replace(part, posted=replace(part.posted, paid=True)) for part in v.HOUSEHOLD.parts]
    text = words(page.household_said(v.FRAME, replace(v.HOUSEHOLD, parts=tuple(parts))))
    assert "已申报，发放结果已公布" in text
    assert "还没有发放" not in text


def test_a_household_out_of_its_windows_is_not_named():
    """When no list of a household hangs any more, its speech says neither name nor sum."""
    assert words(page.household_said(v.FRAME, v.HOUSEHOLD_CLOSED)) == "本机不再显示，要看请到村委会查阅。"


def test_a_sensitive_list_says_names_and_amounts_only():
    """For a disability allowance neither item nor remark nor quantity is heard."""
    part = replace(
        v.HOUSEHOLD.parts[0], posted=v.posted(v.CARE), line=replace(v.CARE_LINES[0], item="护理二级")
    )
    said = words(page.household_said(v.FRAME, replace(v.HOUSEHOLD, parts=(part,))))
    assert "护理" not in said.replace(spoken(v.CARE.terms.programme_name), "")
    assert "金额" in said


def test_an_empty_board_says_so():
    """With nothing on the board, home says where to go."""
    view = HomeView(showing=(), year=2026, programmes=0, applications=0, sum_fen=0, updated_at=None)
    assert "本机现在没有能查到的名单" in words(page.home_said(v.FRAME, view))


@settings(max_examples=40)
@given(fen=st.integers(1, 10**12), count=st.integers(1, 10**6))
def test_the_sum_that_is_heard_is_the_sum_of_the_list(fen, count):
    """Whatever a list adds up to, its sum and count are heard exactly."""
    posted = v.posted(v.head(sum_fen=fen, count=count, households=count, source_total_fen=fen))
    said = words(page.list_said(v.FRAME, posted))
    assert f"，{spoken(f'{count}户')}，共{spoken(f'{yuan(fen)}元')}，" in said
