"""没有发到？: how many households a list leaves out and why, and never who."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from boards.model.batch_close import FEWEST, merged
from boards.model.payouts import WhyLeftOut
from boards.pages import Pages
from boards.pages.frame.tongue import MANDARIN, tongues
from boards.pages.payouts.not_listed import left_out_told
from boards.sheets.views import FindView
from sync.county.publish.why_left_out import REASONS
from tests.pages import views_sample as v
from tests.pages.gallery import GALLERY
from tests.pages.reading import Reading

PAGES = Pages(v.ASSETS)


def text(view: FindView, **frame) -> str:
    return Reading(PAGES.find(v.frame("/find", **frame), view)).text


def test_each_list_says_how_many_why_and_whom_to_ask():
    """Words of the county, other reasons last; an old feed gives a number of rows; who asks finds a telephone."""
    shown = text(v.FIND_LEFT_OUT)
    assert "有10户没有列入：卡号与户名不一致5户、面积没有核实3户、其他原因2户。" in shown
    assert "有个别户没有列入。" in shown
    assert "有3笔没有列入。" in shown
    assert "另外1份发放名单，花名册上的户都列上了。" in shown
    assert f"有疑问请问{v.LEFT_OUT_HEAD.terms.office}：{v.LEFT_OUT_HEAD.terms.phone}" in shown


def test_nobody_left_out_and_nothing_paid():
    """At zero the page says that all are listed; without a list of payments it says nothing."""
    assert "花名册上的户都列上了" in text(replace(v.FIND, paid=(v.posted(),)))
    assert "没有发到" not in text(v.FIND)
    assert "没有发到" not in text(replace(v.FOUND, paid=v.FIND_LEFT_OUT.paid))


@given(
    st.lists(st.tuples(st.sampled_from(["", *sorted(REASONS)]), st.integers(1, 5)), min_size=1, max_size=6)
)
def test_too_few_are_never_counted_out(parts):
    """Below three households neither number nor reason is told; above, each reason is of three or more."""
    why = merged(WhyLeftOut(why=words, households=households) for words, households in parts)
    told = left_out_told(v.head(left_out_why=why), MANDARIN)
    households = sum(one.households for one in why)
    if households < FEWEST:
        assert told == "有个别户没有列入。"
        return
    assert told.startswith(f"有{households}户没有列入")
    assert all((one.why in told) for one in why)
    small = {words for words, _ in parts} - {one.why for one in why}
    assert not any(f"{words}{n}户" in told for words in small for n in (1, 2))


def test_the_countys_words_are_translated():
    """In English every known reason is English; what a clerk typed stays as it is, and one household is one."""
    english = tongues()["en"]
    for words in REASONS:
        told = left_out_told(v.head(left_out_why=(WhyLeftOut(why=words, households=4),)), english)
        assert told.isascii(), told
    shown = Reading(GALLERY["find_left_out"](PAGES, {"language": "en"})).text
    assert "10 households are not listed: card and account name do not match (5 households)" in shown
    assert "On 1 more list every household" in shown
