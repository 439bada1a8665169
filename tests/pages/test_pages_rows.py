"""Rows of a list: many at once, and yet as if the template had drawn each."""

from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from boards.pages import Pages
from boards.pages.payouts.listing_rows import Cells, cells, columns, has
from boards.sheets.sheet import Line, Variant
from tests.pages import views_sample as v
from tests.pages.reading import Reading

PAGES = Pages(v.ASSETS)
ODD = st.text(st.sampled_from("林<>&\"'/%{} \0秋a1"), max_size=6)
LINES = st.lists(
    st.builds(
        Line,
        seq=st.just(1),
        holder=ODD,
        beneficiary=ODD,
        group=ODD,
        quantity=st.none() | st.decimals(0, 9999, places=2),
        unit=ODD,
        rate=st.sampled_from([None, Decimal("124.9788302")]),
        amount_fen=st.integers(0, 10**9),
        item=ODD,
        in_kind=ODD,
        remark=ODD,
        household=st.integers(0, 20),
        corrected_from_fen=st.none() | st.integers(0, 10**6),
        corrected_on=st.none() | st.just(date(2025, 11, 2)),
        corrected_why=ODD,
    ),
    min_size=1,
    max_size=6,
).map(tuple)
HEADS = st.builds(
    lambda variant, unit: replace(v.head(), variant=variant, unit=unit), st.sampled_from(Variant), ODD
)


@settings(max_examples=60)
@given(lines=LINES, head=HEADS)
def test_rows_are_the_template_s(lines, head):
    """Whatever the lines say, all rows together read as the template draws each by itself, escaped the same."""
    view = replace(v.list_view(shown=lines), posted=replace(v.list_view().posted, head=head))
    forms = PAGES._of("zh_CN")
    shown = columns(head, lines)
    drawn = [
        forms.draw(
            "listing_row.html",
            at=f"/v/{v.CODE}",
            **has(shown),
            **dict(zip(Cells._fields, row, strict=True)),
        )
        for row in zip(*cells(view, shown, v.TODAY, forms.tongue), strict=True)
    ]
    written = "\n".join(drawn).replace(f"&#x2f;v&#x2f;{v.CODE}", f"/v/{v.CODE}")
    assert written in v.listing(PAGES, v.frame("/x"), view)


@settings(max_examples=40)
@given(text=st.text(min_size=1, max_size=30))
def test_nothing_in_a_line_becomes_markup(text):
    """A name, group, item or remark of any characters adds no element to the page."""
    plain = replace(v.lines()[0], holder="林", group="一", item="牛", remark="好")
    hostile = replace(plain, holder=text, group=text, item=text, remark=text + "<script>'\"")
    pages = [v.listing(PAGES, v.frame("/x"), v.list_view(shown=(line,))) for line in (plain, hostile)]
    assert Reading(pages[0]).shape == Reading(pages[1]).shape
