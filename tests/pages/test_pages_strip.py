"""The keys above a long list."""

import re

import pytest

from boards.pages import Pages
from boards.sheets.overview import Overview
from tests.pages import views_sample as v

PAGES = Pages(v.ASSETS)


@pytest.mark.parametrize(("groups", "behind"), [(12, False), (13, True)])
def test_many_groups_stand_behind_one_key(groups, behind):
    """Up to twelve groups are keys at once; more of them open behind 按小组看, so that the list stays in sight."""
    named = {f"{number}组": [number] for number in range(1, groups + 1)}
    page = v.listing(PAGES, v.frame("/x"), v.list_view(overview=Overview(groups=named)))
    strip = page.partition('<nav class="strip"')[2].partition("</nav>")[0]
    assert re.findall("<b>([^<]*)", strip) == ["全部", *named]
    assert ("按小组看" in strip) == behind


def test_a_list_of_one_page_has_no_keys():
    """What is in sight as a whole needs no way through it."""
    page = v.listing(PAGES, v.frame("/x"), v.list_view(pages=1))
    assert "strip" not in page
    assert "pager" not in page
