"""Nothing personal slips through a page."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from boards.pages import Pages
from tests.pages import land_sample as land
from tests.pages import views_sample as v
from tests.pages.gallery import GALLERY
from tests.pages.reading import Reading

PAGES = Pages(v.ASSETS)
LONG_DIGITS = re.compile(r"(?<![\d.,])\d[\d -]{9,}\d")
PUBLIC = {
    v.CODE,
    *(one.code for one in (*land.IN_PLAN.hung, *land.PAID.hung)),
    *(part for head in (v.head(), v.MACHINES, v.SEEDS, v.APPLIED, v.CARE) for part in (head.code,)),
}


def long_numbers(page: str) -> set[str]:
    """Runs of eleven and more digits in what people read, short codes and public phones left out."""
    told = Reading(page).text
    contacts = (contact.phone for contact in v.CONTACTS)
    for known in (
        v.ON_PHONE.address,
        *contacts,
        v.PHONE,
        v.terms().phone,
        land.PHONE,
        *(f"{code[:5]} {code[5:]}" for code in PUBLIC),
    ):
        told = told.replace(known, "")
    return {found for found in LONG_DIGITS.findall(told) if len(re.sub(r"\D", "", found)) >= 11}


def test_no_long_number_in_any_page():
    """No page of the sample shows a number as long as a phone, card or ID."""
    assert {name for name, draw in GALLERY.items() if long_numbers(draw(PAGES, {}))} == set()


@settings(max_examples=40)
@given(
    fen=st.integers(0, 10**11),
    quantity=st.decimals(0, 10**6, places=4, allow_nan=False),
    rate=st.decimals(0, 10**5, places=8, allow_nan=False),
    household=st.integers(1, 10**6),
)
def test_no_amount_looks_like_a_number_of_a_person(fen, quantity, rate, household):
    """Whatever the amounts are, their writing never forms an ID, card or phone number."""
    line = replace(v.lines()[0], amount_fen=fen, quantity=quantity, rate=rate, household=household)
    shown = v.listing(
        PAGES, v.frame("/x"), v.list_view(shown=(line,), page_sum_fen=fen, page_quantity=quantity)
    )
    assert long_numbers(shown) == set()


def test_local_household_numbers_are_only_addresses():
    """The number of a household stands in its link and nowhere in what people read."""
    line = replace(v.lines()[0], household=987654)
    page = v.listing(PAGES, v.frame("/x"), v.list_view(shown=(line,)))
    assert f"/v/{v.CODE}/households/987654" in page
    assert "987654" not in Reading(page).text
