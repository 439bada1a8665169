"""Every programme of the county on its page: how it stands today, its guide, and its name in English."""

from datetime import date

import pytest
from msgspec.structs import replace

from boards.model.payouts import Phase
from boards.pages import Pages
from boards.pages.frame.tongue import MANDARIN
from boards.pages.payouts.programme import standing
from tests.pages import views_sample as v
from tests.pages.reading import Reading

PAGES = Pages(v.ASSETS)
SHUT = date(2026, 11, 21)


def listed(year: int = 2026, until: date = SHUT, phase: Phase = Phase.PAYMENT):
    paid_on = date(year, 6, 18) if phase is Phase.PAYMENT else None
    return v.posted(v.head(terms=v.terms(fiscal_year=year, paid_on=paid_on, phase=phase)), until=until)


@pytest.mark.parametrize(
    ("first", "last", "on", "told"),
    [
        ("01-01", "12-31", (), ("can", "现在可以申报", "到12月31日")),
        ("11-22", "11-22", (listed(until=date(2026, 11, 28)),), ("can", "现在可以申报", "到11月22日")),
        ("03-01", "11-21", (listed(until=date(2026, 11, 28)),), ("now", "正在公示", "")),
        ("", "", (listed(phase=Phase.APPLICATION, until=date(2026, 11, 22)),), ("now", "正在公示", "")),
        ("", "", (listed(), listed(2025)), ("done", "已发放", "6月18日")),
        ("", "", (listed(2025),), ("", "今年还没有", "")),
        ("", "", (listed(phase=Phase.APPLICATION),), ("", "今年还没有", "")),
        ("", "", (), ("", "今年还没有", "")),
    ],
)
def test_how_a_programme_stands(first, last, on, told):
    """The first that holds: people may apply today, a list is being posted, paid this year, nothing yet."""
    assert standing(v.programme("p", "某补贴", first, last, *on), v.FRAME, MANDARIN) == told


def test_a_new_year_begins_with_nothing():
    """What was paid in December is last year's in January."""
    view = v.programme("p", "某补贴", "", "", listed())
    assert standing(view, replace(v.FRAME, today=date(2026, 12, 31)), MANDARIN)[1] == "已发放"
    assert standing(view, replace(v.FRAME, today=date(2027, 1, 1)), MANDARIN)[1] == "今年还没有"


def test_programmes_for_which_something_can_be_done_come_first():
    """Every programme of the county is one touch away, with its state; those to apply for stand at the top."""
    page = PAGES.programmes(v.frame("/programmes"), v.PROGRAMMES)
    told = "".join(Reading(page).text.split()).partition("全部补贴项目")[2]
    names = ("农机购置", "耕地地力", "水库移民", "稻谷补贴")
    assert [told.index(name) for name in names] == sorted(told.index(name) for name in names)
    assert all(f"/programmes/{one.programme.code}" in page for one in v.EVERY)


def test_english_pages_call_programmes_by_their_english_name():
    """Every page says name_en, not marked as Chinese; a programme without one keeps its own."""
    english = {"language": "en", "names": v.NAMES}
    for page in (
        PAGES.home(v.frame("/", back="", **english), v.HOME),
        PAGES.programmes(v.frame("/programmes", **english), v.PROGRAMMES),
        PAGES.programme(v.frame("/programmes/farmland_fertility", **english), v.PROGRAMME),
        v.listing(PAGES, v.frame("/payouts/b1", **english), v.list_view()),
        PAGES.household(v.frame("/households/1", **english), v.HOUSEHOLD),
        PAGES.find(v.frame("/find", **english), v.FIND_LEFT_OUT),
        PAGES.year(v.frame("/year/2026", **english), v.YEAR),
    ):
        assert "Farmland fertility subsidy" in page
        assert 'lang="zh-Hans-CN">Farmland' not in page
        assert "耕地地力保护<wbr>补贴</" not in page
    assert '<b lang="zh-Hans-CN">农机购置' in PAGES.programmes(
        v.frame("/programmes", **english), v.PROGRAMMES
    )


def test_a_village_without_lists_reads_the_guides():
    """Before the first list comes, the front page leads to the programmes all the same; without a guide it does not."""
    empty = replace(v.HOME, showing=(), programmes=0, applications=0)
    told = "".join(Reading(PAGES.home(v.FRAME, replace(empty, guides=7))).text.split())
    assert "补贴项目7项，谁可以领、怎么申请" in told
    assert "补贴项目" not in Reading(PAGES.home(v.FRAME, empty)).text
