"""People in front of the board: fingers only, at the kiosk's size, on a real archive behind a real server."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from PIL import Image

from tests.browser.board_village import APPLICANT, NOON, PAID, RARE, SHIFTED, Visitor, browser, village
from tests.village import CODE

pytestmark = pytest.mark.browser
THREE = 3  # taps to any answer (screens §1)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with village(tmp_path_factory.mktemp("people")) as opened:
        yield opened


@pytest.fixture(scope="module")
def chromium(site):
    with browser() as opened:
        yield opened


@pytest.fixture(autouse=True)
def _noon(site):
    site.now[0] = NOON


def moved_to(site, visitor, instant: datetime) -> None:
    """Another time of day; the board looks at the clock fifty times a second."""
    site.now[0] = instant
    visitor.page.wait_for_timeout(60)


def test_shen_guizhen_finds_her_payout(chromium, site):
    """Three taps lead to the sums in sentences, how they were made, and until when she may object."""
    with Visitor(chromium, site) as she:
        she.tap("找我的补贴").tap("沈").tap("沈桂珍")
        assert she.taps <= THREE
        assert "/households/" in she.path
        assert "3.27亩 × 124.9788302元" in she.text
        assert "四舍五入" not in she.text
        she.page.locator("summary", has_text="怎么算的").last.tap()
        assert "3.27 × 124.9788302 = 408.680774754，四舍五入到分是408.68元" in she.text
        assert "28,408.68" in she.text
        assert "0572-5000001" in she.text
        assert "自张贴之日起7日内可以提" in she.text
        assert "正在公示" in she.text
        she.tap("看完了，清除")
        assert "沈桂珍" not in she.text


def test_who_was_not_paid_reads_why(chromium, site):
    """One tap leads to 没有发到？: how many and why, without script, and never who."""
    with Visitor(chromium, site, java_script_enabled=False) as he:
        he.tap("找我的补贴")
        assert "有5户没有列入：卡号与户名不一致4户、其他原因1户。" in he.text
        assert "0572-5000001" in he.text
        assert "另外1份发放名单，花名册上的户都列上了。" in he.text


def test_a_grandson_gets_the_address(chromium, site):
    """On a phone 给家人看 offers the address by message, and the script's key copies it; nobody scans his own screen."""
    with Visitor(chromium, site, "phone") as she:
        she.page.goto(f"{site.lan}/v/{CODE}/phone?back=/v/{CODE}/payouts/{PAID}")
        assert she.page.locator("svg[role=img]").count() == 0
        address = she.page.locator("#address").inner_text()
        assert she.page.locator("a", has_text="发短信").get_attribute("href").startswith("sms:?&body=http%3A")
        she.page.locator("button", has_text="复制网址").tap()
        assert she.page.locator("button", has_text="已复制").is_visible()
        assert she.page.evaluate("getSelection().toString().trim()") == address
        assert address.endswith(f"/v/{CODE}/payouts/{PAID}")


def test_shan_is_found_by_the_way_it_is_said(chromium, site):
    """单 is Shàn as a surname: S and X on the pad lead to 单秀英, and dead letters cannot be touched."""
    with Visitor(chromium, site) as he:
        he.tap("找我的补贴").tap("按拼音首字母")
        assert he.page.locator(".pad [aria-disabled]").count() > 0
        he.page.locator(".pad a", has_text="S").tap()
        he.page.wait_for_url("**q=S")
        assert "单秀英" in he.text
        he.page.locator(".pad a", has_text="X").tap()
        he.page.wait_for_url("**q=SX")
        he.tap("单秀英")
        assert "408.68" in he.text


def test_two_of_one_name_see_different_groups(chromium, site):
    """Both 王小芳 stand side by side with their groups, and each leads to her own page."""
    seen = []
    for which, group in enumerate(("一组", "三组")):
        with Visitor(chromium, site) as she:
            she.tap("找我的补贴").tap("王")
            lines = she.page.locator("a.row", has_text="王小芳")
            assert [group_ in lines.nth(at).inner_text() for at, group_ in enumerate(("一组", "三组"))] == [
                True
            ] * 2
            she.tap("王小芳", nth=which)
            assert group in she.page.locator("h1").inner_text()
            seen.append(she.path)
    assert len(set(seen)) == 2


def blackness(visitor, char: str) -> float:
    """Share of dark points in the box of one character of the page's first heading."""
    box = visitor.page.evaluate(
        """char => {
            const node = document.querySelector('h1').firstChild, at = node.data.indexOf(char), range = new Range();
            range.setStart(node, at); range.setEnd(node, at + char.length);
            const {x, y, width, height} = range.getBoundingClientRect();
            return {x, y, width, height};
        }""",
        char,
    )
    grey = Image.open(BytesIO(visitor.page.screenshot(clip=box))).convert("L")
    return sum(grey.histogram()[:128]) / (grey.width * grey.height)


def painted(visitor, char: str, darkness: float) -> float:
    """Blackness of a character once it is painted: a font that has loaded is not on the screen yet."""
    until = time.monotonic() + 10
    while (seen := blackness(visitor, char)) <= darkness and time.monotonic() < until:
        visitor.page.wait_for_timeout(50)
    return seen


def test_a_name_that_no_font_of_the_screen_has(chromium, site):
    """The county's own glyph is really drawn; without the village's web font there is only a box."""
    with Visitor(chromium, site) as he:
        he.tap("找我的补贴").tap("王").tap(RARE)
        with_font = painted(he, RARE[1], 0.6)
        assert [url for url in he.asked if url.endswith(".woff")]
        assert he.page.evaluate(SHIFTED) == 0  # the box it takes the place of is as wide
    with Visitor(chromium, site) as he:
        he.page.route("**/*.woff", lambda route: route.abort())
        he.tap("找我的补贴").tap("王").tap(RARE)
        without = blackness(he, RARE[1])
    assert with_font > 0.6  # the test font's glyph is a solid square
    assert without < 0.35


def test_nobody_fetches_the_font_who_does_not_need_it(chromium, site):
    """A page whose characters every screen has asks for no font."""
    with Visitor(chromium, site) as she:
        she.tap("找我的补贴").tap("陈").tap("陈国强")
        she.page.evaluate("document.fonts.ready")
        assert not [url for url in she.asked if url.endswith(".woff")]


def test_a_walk_away_leaves_nothing(chromium, site):
    """A minute later the board warns, half a minute after that it is home; neither back nor the log knows a name."""
    with Visitor(chromium, site, clock=True) as she:
        she.tap("字号").tap("找我的补贴").tap("沈").tap("沈桂珍")
        page = she.page
        page.clock.run_for(59_000)
        assert not page.locator(".idle").is_visible()
        page.clock.run_for(2_000)
        assert "保护您的信息" in page.locator(".idle [role=status]").inner_text()
        page.clock.run_for(31_000)
        page.wait_for_url(f"**{site.home}")
        page.wait_for_load_state()
        assert "沈桂珍" not in page.content()
        assert page.get_attribute("html", "data-size") == "m"
        assert page.evaluate("history.length") <= 2
        for step in ("go_back", "go_forward", "go_back"):
            getattr(page, step)()
            assert "桂珍" not in page.content()
        assert "storage" not in str(she.context.storage_state()["origins"])
    told = site.log.getvalue()
    assert "/v/{code}/households/{number}" in told
    assert not [word for word in ("沈", "%E6%B2%88", "households/1", "桂珍") if word in told]


def test_a_touch_puts_the_reset_off(chromium, site):
    """Whoever is still reading touches 继续看, as often as they like, and keeps the page."""
    with Visitor(chromium, site, clock=True) as he:
        he.tap("找我的补贴").tap("周").tap("周水娥")
        here = he.path
        for _ in range(3):
            he.page.clock.run_for(75_000)
            he.page.get_by_role("button", name="继续看").tap()
            assert not he.page.locator(".idle").is_visible()
        assert he.path == here


def test_a_public_page_waits_two_minutes(chromium, site):
    """A list nobody is named on by choice is warned about after 120 s."""
    with Visitor(chromium, site, clock=True) as he:
        he.tap("补贴发放")
        he.page.clock.run_for(118_000)
        assert not he.page.locator(".idle").is_visible()
        he.page.clock.run_for(3_000)
        assert he.page.locator(".idle").is_visible()


def test_the_county_line_is_down_for_a_week(chromium, site):
    """Everything can still be read, and the board says up to when its data goes."""
    with Visitor(chromium, site) as he:
        assert "数据截至：11月19日06:40" in he.text
        assert "没有收到县里的消息" not in he.text
        moved_to(site, he, datetime(2026, 11, 26, 9, tzinfo=UTC))
        he.page.reload()
        assert "数据截至：11月19日06:40" in he.text
        assert "好几天没有收到县里的消息了" in he.text
        he.tap("找我的补贴").tap("沈").tap("沈桂珍")
        assert "好几天没有收到县里的消息了" in he.text
        assert "28,408.68" in he.text


def test_a_list_whose_window_ended_last_night(chromium, site):
    """At 23:59 the applicant stands on the list; a minute after midnight no way leads to the name."""
    last_evening = datetime(2026, 11, 22, 15, 59, tzinfo=UTC)
    with Visitor(chromium, site) as he:
        moved_to(site, he, last_evening)
        he.page.reload()
        assert "自张贴之日起7日内" in he.page.locator(".hero:visible").inner_text()
        he.tap("申报公示")  # the card: what ends soonest stands first
        assert APPLICANT in he.text
        listed = he.page.url
        he.tap(APPLICANT)
        personal = he.page.url
        moved_to(site, he, last_evening + timedelta(minutes=2))
        for address in (listed, personal, site.at + site.home):
            he.page.goto(address)
            assert APPLICANT not in he.page.content()
        assert he.page.locator(".tile", has_text="申报公示").count() == 0
        he.tap("找我的补贴")
        assert he.page.locator(".chips a", has_text=APPLICANT[0]).count() == 0


def test_the_largest_text(chromium, site):
    """Two touches make the text largest; the same three taps lead to the same answer, nothing runs off the screen."""
    for screen in ("portrait", "landscape", "phone"):
        with Visitor(chromium, site, screen) as she:
            she.tap("字号").tap("字号")
            assert she.page.get_attribute("html", "data-size") == "xl"
            she.taps = 0
            for words in ("找我的补贴", "沈", "沈桂珍"):
                assert not she.sideways()
                she.tap(words)
            assert she.taps <= THREE
            assert not she.sideways()
            assert "28,408.68" in she.text


def test_the_boards_page_goes_home_on_a_phone(chromium, site):
    """The address drawn on the board opens the same household through the phone's door, where no timer runs."""
    with Visitor(chromium, site) as she:
        she.tap("找我的补贴").tap("沈").tap("沈桂珍").tap("给家人看")
        assert she.page.locator(".qr svg").is_visible()
        address = she.page.locator(".address").inner_text()
    assert address.startswith("http://192.0.2.7:8081/v/")
    with Visitor(chromium, site, "phone") as family:
        family.page.goto(site.lan + address.removeprefix("http://192.0.2.7:8081"))
        assert "28,408.68" in family.text
        assert family.page.locator(".idle").count() == 0
