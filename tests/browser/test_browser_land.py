"""A villager whose land is being taken, in front of the board and with a phone; real doors, a real county's feed."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image

from tests.browser.board_village import Visitor, browser
from tests.land.land_site import FOUNDED, LAN_URL, ONE, land_site

pytestmark = pytest.mark.browser
THREE = 3  # taps to any answer (screens §1)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with land_site(tmp_path_factory.mktemp("land")) as opened:
        yield opened


@pytest.fixture(scope="module")
def chromium(site):
    with browser() as opened:
        yield opened


@pytest.fixture(autouse=True)
def _founding_day(site):
    site.now[0] = FOUNDED


@pytest.mark.parametrize("screen", ["portrait", "landscape", "phone"])
def test_three_taps_to_what_can_be_done(chromium, site, screen):
    """征地公告, the case, the notice: the first lines of the case say until when and where one may object."""
    with Visitor(chromium, site, screen) as she:
        she.tap("征地公告", nth=1).tap(
            "梅坞镇中心卫生院迁建工程"
        )  # the first is the card, which leads there at once
        box = she.page.locator(".nowbox")
        assert box.locator("h2").inner_text() == "现在：征地补偿安置公告"
        assert box.locator(".ways li").first.bounding_box()["y"] < she.page.viewport_size["height"]
        assert "0572-5000160" in box.inner_text()
        assert not she.sideways()
        she.tap("看公告全文")
        assert she.taps <= THREE
        assert "七、异议和听证" in she.text
        assert not she.sideways()


def test_the_code_on_the_screen_opens_the_notice_on_a_phone(chromium, site):
    """What a camera reads off the board is the phone's address of this very notice."""
    with Visitor(chromium, site) as she:
        she.page.goto(f"{site.at}{ONE}/3")
        code = she.page.locator("dd.code").first.inner_text().replace(" ", "")
        picture = Image.open(BytesIO(she.page.locator(".code-qr").screenshot()))
        (read,) = zxingcpp.read_barcodes(picture)
        assert read.text == f"{LAN_URL}/N/{code}"
        she.page.goto(f"{site.lan}/N/{code}")
        assert "七、异议和听证" in she.text


def test_the_short_code_typed_on_the_board_opens_the_notice(chromium, site):
    """Ten digits from the paper lead to the notice, by touch alone."""
    with Visitor(chromium, site) as he:
        he.page.goto(f"{site.at}{ONE}/1")
        code = he.page.locator("dd.code").first.inner_text().replace(" ", "")
        he.page.goto(site.at + site.home)
        he.tap("输短码")
        for digit in code:
            with he.page.expect_navigation(timeout=8_000):
                he.page.locator(".pad a", has_text=digit).tap()
        assert "征收土地预公告" in he.text


def test_the_day_after(chromium, site):
    """When the last day has passed the board counts nothing down; the notice says that its time is over."""
    site.now[0] = datetime(2027, 1, 5, 4, tzinfo=UTC)
    with Visitor(chromium, site) as she:
        she.page.wait_for_timeout(60)
        she.page.goto(site.at + ONE)
        assert "提意见" not in she.page.locator(".nowbox .ways").inner_text()
        she.page.goto(f"{site.at}{ONE}/3")
        assert "已经满了" in she.page.locator(".nt .note").inner_text()


def test_a_paper_copy_of_a_notice(chromium, site):
    """The browser's own print keeps the notice and leaves the keys out."""
    with Visitor(chromium, site) as she:
        she.page.goto(f"{site.at}{ONE}/3")
        she.page.emulate_media(media="print")
        assert she.page.locator(".doc .sign").is_visible()
        assert not she.page.locator(".acts").first.is_visible()
        assert not she.page.locator(".dock").is_visible()
