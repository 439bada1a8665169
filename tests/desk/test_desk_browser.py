"""The desk in a real browser at three sizes: the way in, and the form on which a list is signed."""

from __future__ import annotations

import re

import pytest

from tests.browser.board_village import browser, drawn
from tests.desk.desk_house import CLERK, PASSPHRASES, REVIEWER, desk, draft_at, proposal_at
from tests.desk.test_desk_path import filled, warned
from tests.people.people_house import PASSWORD

pytestmark = pytest.mark.browser
SIZES = ((1080, 1920), (1280, 800), (390, 844))


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with desk(tmp_path_factory.mktemp("browser") / "county") as made, browser() as opened:
        made.clerk.post(draft_at(made.clerk.upload("名册.xlsx", warned())), **filled())
        yield made, opened


def seen(house, size):
    made, opened = house
    page = opened.new_context(viewport={"width": size[0], "height": size[1]}).new_page()
    page.goto(f"http://127.0.0.1:{made.port}/")
    drawn(page)
    return page


def logs_in(page, login):
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.click("button.go")
    inside(page)


def inside(page):
    """Wait until the login is done: going elsewhere before would take it back."""
    done = "button:text('退出登录')"  # a button: the login page speaks of it too
    page.wait_for_selector(f"{done}, [role=alert]")
    assert page.is_visible(done), page.text_content("[role=alert]")


def fits(page, size):
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    small = (
        "[...document.querySelectorAll('main button, main input:not([type=hidden]):not([type=checkbox])')]"
    )
    heights = page.evaluate(
        f"{small}.filter(x => x.checkVisibility()).map(x => x.getBoundingClientRect().height)"
    )
    assert heights
    assert min(heights) >= 40


@pytest.mark.parametrize("size", SIZES)
def test_somebody_logs_in_and_finds_the_form_that_signs(house, size):
    """No page is wider than its screen, every field is large enough for a finger, and the passphrase is hidden."""
    made, _ = house
    page = seen(house, size)
    assert page.evaluate("document.activeElement.name") == "login"
    fits(page, size)
    logs_in(page, REVIEWER)
    page.goto(f"http://127.0.0.1:{made.port}{proposal_at(made.reviewer.get('/'))}")
    fits(page, size)
    assert page.get_attribute("[name=passphrase]", "type") == "password"
    page.fill("[name=passphrase]", PASSWORD)
    page.click("text=审核通过并签名")
    assert "这是登录密码" in page.text_content("[role=alert]")
    assert page.input_value("[name=passphrase]") == ""
    page.click("button:text('退出登录')")
    assert re.search("/login$", page.url)
    page.context.close()


@pytest.mark.parametrize("size", SIZES)
def test_a_clerks_tables_move_and_not_the_page(house, size):
    """What was handed in and a roster with its findings, on a telephone too."""
    made, _ = house
    draft = draft_at(made.clerk.upload("名册.xlsx", warned()))
    page = seen(house, size)
    logs_in(page, CLERK)
    for path in ("/", draft):
        page.goto(f"http://127.0.0.1:{made.port}{path}")
        assert page.locator("table").count()
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_the_reviewer_signs_in_the_browser(house):
    """By keyboard alone, without any script of ours."""
    made, _ = house
    page = seen(house, SIZES[1])
    page.keyboard.type(REVIEWER)
    assert page.input_value("[name=login]") == REVIEWER
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    assert page.input_value("[name=password]") == PASSWORD
    page.keyboard.press("Enter")
    inside(page)
    page.goto(f"http://127.0.0.1:{made.port}{proposal_at(made.reviewer.get('/'))}")
    drawn(page)
    page.focus("[name=passphrase]")
    page.keyboard.type(PASSPHRASES[REVIEWER])
    assert page.input_value("[name=passphrase]") == PASSPHRASES[REVIEWER]
    page.keyboard.press("Enter")
    page.wait_for_selector("text=已审核，待发布")
    assert "已审核" in made.visitor(CLERK).get("/").text
    page.context.close()
