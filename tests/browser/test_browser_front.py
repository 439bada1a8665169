"""The front page, every programme and the search, with fingers: what is new is seen, what is asked is answered."""

from __future__ import annotations

from contextlib import ExitStack
from types import SimpleNamespace

import pytest
from msgspec.structs import replace

from tests.browser.board_village import SCREENS, Visitor, browser
from tests.pages import land_sample as land
from tests.village import CODE, PACK
from tests.web.conftest import served
from tests.web.test_web_front_page import (
    FIRST,
    LATER,
    MENDED,
    WHY,
    WINTER,
    first_pull,
    hang,
    later_pull,
    opened,
)
from tests.web.test_web_search import GUIDED, WORDS

pytestmark = pytest.mark.browser
THREE = 3  # taps to any answer (screens §1)
OURS = replace(
    PACK,
    programmes=tuple(
        replace(one, guide=GUIDED, apply_from="11-01", apply_to="11-30")
        if one.sensitive
        else replace(one, guide=GUIDED)
        for one in PACK.programmes
    ),
)


def later_with_a_hearing(county) -> None:
    later_pull(county)
    hang(county, replace(land.REGISTER, number=9, text=WORDS))


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder, pulls = tmp_path_factory.mktemp("front"), ((FIRST, first_pull), (LATER, later_with_a_hearing))
    with ExitStack() as stack:
        place = opened(folder, lambda make: stack.enter_context(served(make)), *pulls, pack=OURS)
        stack.callback(place.board.close)
        ports = place.site
        yield SimpleNamespace(
            at=f"http://127.0.0.1:{ports.kiosk}", lan=f"http://127.0.0.1:{ports.lan}", home=f"/v/{CODE}/"
        )


@pytest.fixture(scope="module")
def chromium(site):
    with browser() as opened_:
        yield opened_


@pytest.mark.parametrize("screen", SCREENS)
def test_what_is_new_and_what_changed_is_on_the_front_page(chromium, site, screen):
    """Without script too: the list of today, the corrected one and the reason of the withdrawn one are there to touch."""
    with Visitor(chromium, site, screen, java_script_enabled=False) as she:
        assert not she.sideways()
        assert f"原因：{WHY}" in she.text
        for batch, words in ((WINTER, "今天公布"), (MENDED, "已更正")):
            line = she.page.locator(".news li", has_text=words).filter(
                has=she.page.locator(f"a[href$='{batch}']")
            )
            assert line.locator("a").bounding_box()["height"] >= 44
            with she.page.expect_navigation():
                line.locator("a").tap()
            assert she.path.endswith(f"/payouts/{batch}")
            she.page.goto((site.lan if screen == "phone" else site.at) + site.home)


@pytest.mark.parametrize("screen", SCREENS)
def test_three_taps_to_how_one_applies(chromium, site, screen):
    """A programme of which nothing was ever paid here: its state, and behind it who may apply and how."""
    with Visitor(chromium, site, screen, java_script_enabled=False) as he:
        he.tap("补贴发放")
        row = he.page.locator("#all a.row", has_text="残疾人两项补贴")
        assert "现在可以申报" in row.inner_text()
        assert he.page.locator("#all a.row .tag").count() == len(OURS.programmes)
        he.tap("残疾人两项补贴", nth=0)
        assert he.taps <= THREE
        assert not he.sideways()
        for words in ("谁可以领", "补多少", "怎么申请", "现在可以申报 · 到11月30日"):
            assert words in he.text


@pytest.mark.parametrize("screen", SCREENS)
def test_a_hearing_is_found_without_a_keyboard(chromium, site, screen):
    """A touch on 听证 finds the notice that speaks of it in its text, says where, and leads there."""
    with Visitor(chromium, site, screen, java_script_enabled=False) as she:
        she.tap("补贴发放").tap("找一找").tap("听证")
        assert not she.sideways()
        found = she.page.locator("a.row", has_text="公告全文").first
        assert found.locator("mark").first.inner_text() == "听证"
        with she.page.expect_navigation():
            found.tap()
        assert "申请听证" in she.page.locator("article.doc").inner_text()
