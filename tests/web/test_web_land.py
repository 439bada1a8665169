"""Land cases over real HTTP: published by a county, pulled, and shown as they stand on the day."""

import asyncio
import html
import re
from datetime import UTC, date, datetime
from urllib.parse import quote

import pytest

from kiosk_server.web.hanging_today import MOST_OPENED, HangingToday
from printouts.errors import GlyphMissing
from tests.land.land_site import CASE, LAND, NEIGHBOUR, ONE, STRANGER, THERE, VILLAGE, land_site

pytestmark = pytest.mark.thorough


class Drawn:
    """A printer for tests of the door: the bytes name the notice, and a missing character is refused."""

    can_speak = False
    lacks = ""

    def __init__(self, folder):
        self.rare_folder = folder

    async def pdf(self, sheet, printed_at):
        if self.lacks:
            raise GlyphMissing(text=self.lacks, where="公告正文第3段", codepoint="U+2CB4E")
        path = self.rare_folder / "notice.pdf"
        path.write_bytes(f"%PDF {sheet.code} {sheet.village.name} {sheet.until.day} {printed_at}".encode())
        return path


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("land")
    with land_site(folder, Drawn(folder)) as opened:
        yield opened


@pytest.fixture
def on(place):
    """`on(day)` moves the clock; what it returns asks the site and gives the text of the page."""

    def moved(day: str):
        place.now[0] = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC).replace(hour=4)
        asyncio.run(asyncio.sleep(0.03))
        return lambda path, **more: plain(place.site.get(path, **more))

    return moved


def plain(got) -> str:
    """What people read, in one line."""
    assert got.status == 200, got.body.decode()
    text = re.sub(r"<[^>]+>", "", got.body.decode().partition("<main")[2].partition("</main>")[0])
    return re.sub(r"\s+", " ", html.unescape(text))


def code_of(got) -> str:
    """The short code a notice's page shows."""
    return re.search(r'<dd class="code">([\d ]+)<', got.body.decode())[1].replace(" ", "")


def test_the_list_says_where_each_case_stands(on):
    """The village's cases with their step, their notice and what can be done today."""
    told = on("2026-12-11")(LAND)
    assert "梅坞镇中心卫生院迁建工程第4步，共8步" in told
    assert "公告到2027年1月2日，还剩22天。现在可以提意见、申请听证、办理登记。" in told
    assert "征收本村1.0585公顷（15.8775亩）" in told


def test_the_board_and_the_home_page_lead_to_the_case(on, place):
    """The tile and the card of the day stand on the home page of a concerned village, and of no other."""
    assert "征地公告1件正在办理" in on("2026-12-11")(f"/v/{VILLAGE}/")
    assert f'href="{ONE}"' in place.site.get(f"/v/{VILLAGE}/").body.decode()
    assert "征地" not in plain(place.site.get(f"/v/{STRANGER}/"))
    assert "本村没有征地公告" in plain(place.site.get(f"/v/{STRANGER}/land"))


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-12-11", "还剩22天"),
        ("2027-01-02", "今天是最后一天"),
        ("2027-01-02", "提意见 到1月4日（暂定），还剩2天"),
        ("2027-01-04", "现在：征地补偿登记通告"),
        ("2027-01-05", "您现在可以办理登记"),
        ("2027-03-01", "下一步：签订协议、报请批准"),
    ],
)
def test_the_case_is_told_anew_each_day(on, day, said):
    """What stands in the 现在 box follows the day, not the day of import."""
    assert said.replace(" ", "") in on(day)(ONE).replace(" ", "")


def test_a_day_that_is_not_certain_says_so_and_why(on):
    """暂定 stands beside a day a holiday notice may move, with the reason; certain days carry nothing."""
    told = on("2026-12-11")(ONE)
    assert "到2027年1月4日（暂定）" in told
    assert "暂定：2027年的放假安排还没有公布，这一天先按平常的周末算，公布以后会重新算。" in told
    assert "1月2日（暂定）" not in told
    assert "公告期最后一天是休息日，提意见、申请听证顺延到下一个工作日。" in told


def test_own_village_comes_first(on):
    """Each village sees its own land and money before the other's, and the whole."""
    here, there = on("2026-12-11")(ONE), on("2026-12-11")(THERE)
    assert here.index("岭东村 耕地") < here.index("大岕口村 林地") < here.rindex("21.5175")
    assert there.index("大岕口村 林地") < there.index("岭东村 耕地") < there.rindex("21.5175")
    assert "1,277,787.20" in here
    assert "壹佰贰拾柒万柒仟柒佰捌拾柒元贰角整" in here


def test_midnight_changes_a_kept_page(on, place):
    """A page with days left is kept until midnight and not a second longer."""
    for path in (f"/v/{VILLAGE}/", LAND, ONE, f"{ONE}/3"):
        first = on("2026-12-20")(path)
        assert on("2026-12-20")(path) == first
        tag = place.site.get(path).headers["etag"]
        assert place.site.get(path, if_none_match=tag).status == 304
        assert on("2026-12-21")(path) != first
        assert place.site.get(path, if_none_match=tag).status == 200


def test_case_lines_are_of_one_moment():
    """What is kept of the cases is forgotten when anything was imported and when the day is over."""
    kept, day = HangingToday(), date(2026, 12, 20)
    kept.at(7, day).cases[VILLAGE] = ()
    assert VILLAGE in kept.at(7, day).cases
    assert VILLAGE not in kept.at(8, day).cases
    kept.at(8, day).cases[VILLAGE] = ()
    assert VILLAGE not in kept.at(8, date(2026, 12, 21)).cases


def test_what_is_kept_of_lists_is_bounded():
    """Whatever looks and lists are asked for in a moment, a board keeps so many drawn and no more."""
    kept = HangingToday().at(7, date(2026, 12, 20))
    drawn = [kept.opened.of(number, object) for number in range(5 * MOST_OPENED)]
    assert sum(kept.opened.of(number, object) is one for number, one in enumerate(drawn)) <= MOST_OPENED


def test_a_notice_in_full(on):
    """The whole text in order, its tables, its signature, the codes of the paper."""
    told = on("2026-12-11")(f"{ONE}/3")
    parts = ["苕安县人民政府征地补偿安置公告", "苕征补告〔2026〕3号", "一、征收范围和土地现状", "合计"]
    parts += ["六、补偿登记", "附件：1. ", "苕安县人民政府2026年12月3日", "短码", "校验码"]
    at = [told.index(part) for part in parts]
    assert at == sorted(at)


def test_an_old_notice_says_that_it_is_over(on):
    """A notice whose clock has run out says so on its own page."""
    assert "公告期2026年12月3日至1月2日，已经满了。" in on("2027-01-04")(f"{ONE}/3")
    assert "今天是最后一天" in on("2027-01-02")(f"{ONE}/3")


def test_the_code_on_paper_opens_the_notice(place):
    """/N/ and ten digits show the notice; each village's sheet has a code of its own."""
    code = code_of(place.site.get(f"{ONE}/3"))
    assert code != code_of(place.site.get(f"{THERE}/3"))
    for lan in (False, True):
        assert "六、补偿登记" in plain(place.site.get(f"/N/{code}", lan=lan))


def test_titles_and_numbers_are_found(on):
    """The search finds notices by title, project and number."""
    for words in ("补偿 登记", "卫生院", "苕征补告"):
        assert "征地" in on("2026-12-11")(f"/v/{VILLAGE}/search?q={quote(words)}")
    assert "没有找到" in on("2026-12-11")(f"/v/{VILLAGE}/search?q={quote('苕征拆')}")


def test_what_does_not_hang_here_is_not_found(place):
    """Unknown cases, numbers and villages are told with 404 and the way back."""
    for path in (f"{LAND}/x", f"{ONE}/99", f"{ONE}/x", f"/v/{STRANGER}/land/{quote(CASE)}", "/N/0000000000"):
        assert place.site.get(path).status == 404
    assert "no-such-land-case" in place.site.get(f"{LAND}/x").body.decode()


def test_what_is_read_aloud(on, place):
    """The 现在 box, the list and a notice have their words; a notice is read in its own village only."""

    def said(path: str) -> str:
        return place.site.get(f"/v/{VILLAGE}/say/{path}.txt").body.decode()

    on("2026-12-11")
    assert "征地补偿安置公告，公告到二零二七年一月二日，还剩二十二天" in said("home")
    assert "还剩二十二天" in said("land")
    case, code = said(f"land/{quote(CASE)}"), code_of(place.site.get(f"{ONE}/3"))
    assert "提意见：到二零二七年一月四日，暂定，为止，还剩二十四天。" in case
    assert "电话：零五七二，五零零零幺六零" in case
    assert "过半数被征地的农村集体经济组织成员" in said(f"notices/{code}")
    assert place.site.get(f"/v/{NEIGHBOUR}/say/notices/{code}.txt").status == 404


def test_the_board_shows_a_code_and_the_phone_does_not(place):
    """On the board the notice can be scanned; a phone gets the key that hands the page on."""
    assert "用手机带走" in plain(place.site.get(f"{ONE}/3"))
    phone = plain(place.site.get(f"{ONE}/3", lan=True))
    assert "用手机带走" not in phone
    assert "给家人看" in phone


def test_the_notice_as_pdf(on, place):
    """A phone is offered the printed notice; its own village's code opens it, the same bytes all day."""
    on("2026-12-11")
    page = place.site.get(f"{ONE}/3", lan=True)
    path = f"/v/{VILLAGE}/sheets/{code_of(page)}.pdf"
    assert f'href="{path}"' in page.body.decode()
    assert path not in place.site.get(f"{ONE}/3").body.decode()
    got = place.site.get(path)
    assert got.headers["content-type"] == "application/pdf"
    assert got.body.decode() == f"%PDF {code_of(page)} 岭东村 2027-01-02 2026-12-11 00:00:00+08:00"
    assert place.site.get(path, if_none_match=got.headers["etag"]).status == 304
    assert place.site.get(path.replace(VILLAGE, NEIGHBOUR)).status == 404


def test_a_character_that_cannot_be_printed_is_told_in_chinese(on, place):
    """The page says where it stands and what to install, never the words around it."""
    on("2026-12-12")
    path = f"/v/{VILLAGE}/sheets/{code_of(place.site.get(f'{ONE}/3'))}.pdf"
    place.press.lacks = "朱𬭎"
    got = place.site.get(path)
    place.press.lacks = ""
    page = got.body.decode()
    assert got.status == 503
    assert "公告正文第3段有一个字（U+2CB4E）打印不出来" in page
    assert "fonts-noto-cjk" in page
    assert "朱𬭎" not in page
