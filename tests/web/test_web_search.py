"""The search over real HTTP: guides, notes of lists and whole notices; nothing withdrawn, expired or personal."""

import asyncio
import html
import re
from datetime import date, timedelta
from urllib.parse import quote

import pytest
from msgspec.structs import replace

from boards.model.pack import Guide
from boards.model.payouts import LeftOut, LeftOutReason, Phase
from sync.wire import Kind, Reason, WithdrawBody
from tests.pages import land_sample as land
from tests.village import CODE, PACK, SALT, County, mark, payout, terms
from tests.web.test_web_front_page import LAND, hang, noon, opened

pytestmark = pytest.mark.thorough

CAME = date(2026, 11, 9)
GUIDED = Guide(
    who="种地的农户", standard="按亩", how="向村里登记。" * 20 + "不服的可以申请复核。", materials="身份证"
)
OURS = replace(PACK, programmes=tuple(replace(one, guide=GUIDED) for one in PACK.programmes))
NAMED = "沈桂珍"
WORDS = f"第三条 {NAMED}户的水井另行补偿。被征地的村民可以在公告期内书面申请听证。"
TAKEN = "这份写错了，界桩编号有误。"


def written(county: County) -> None:
    """A list that is open for a week with notes, a payment, a land case with a notice that was taken down."""
    funds = terms(fiscal_year=2026, phase=Phase.APPLICATION, paid_on=None, funds="省级专项资金")
    left = (LeftOut(reason=LeftOutReason.UNLISTED, count=2, sum_fen=0),)
    applied = payout(1, "申请根", amount_fen=0, rate=None, remark="代领人写在备注里")
    county.batch("b-applied", applied, terms=funds, left_out=left)
    county.batch("b-paid", payout(2, NAMED, household=mark(2)), terms=terms(fiscal_year=2026))
    hang(county, land.START)
    hang(county, replace(land.SURVEY, text=TAKEN))
    title = f"{land.PLAN.title}（{NAMED}户）"
    hang(county, replace(land.PLAN, title=title, text=f"{land.PLAN.text}\n{WORDS}"))
    told = WithdrawBody(reason=Reason(code="county", text="写错了"), salt=SALT)
    county.event(Kind.WITHDRAW, f"{LAND}-{land.SURVEY.number}", LAND, told)


@pytest.fixture(scope="module")
def place(tmp_path_factory, serve):
    place = opened(tmp_path_factory.mktemp("search"), serve, (CAME, written), pack=OURS)
    yield place
    place.board.close()


def found(place, words: str, day: date = CAME, page: str = "", **more) -> str:
    """What people read on the page of a search."""
    place.now[0] = noon(day)
    asyncio.run(asyncio.sleep(0.03))
    got = place.site.get(f"/v/{CODE}/search?q={quote(words)}{page}", **more)
    assert got.status == 200
    main = got.body.decode().partition("<h2>")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", html.unescape(re.sub("<[^>]+>", "", main.replace("<wbr>", ""))))


def test_a_hearing_is_found_in_the_text_of_a_notice(place):
    """听证 stands in no title: the notice is found by its whole text, and the words around it are told."""
    told = found(place, "听证")
    assert "征地公告" in told
    assert re.search("公告全文：.*申请听证", told)


def test_how_to_apply_is_found_in_every_guide(place):
    """怎么申请 is what the guides answer: each programme is found, with the beginning of its answer."""
    told = found(place, "怎么申请", lan=True)
    assert told.count("怎么申请：向村里登记。") == len(OURS.programmes)
    assert found(place, "残疾人 复核").count("怎么申请：") == 1
    assert "可以申请复核" in found(place, "残疾人 复核")


def test_notes_of_a_list_are_found_while_it_hangs(place):
    """Where its money comes from and what was left out lead to the list; when it is over its title alone does."""
    over = CAME + timedelta(days=60)
    assert "说明：省级专项资金" in found(place, "省级专项")
    assert "说明：" in found(place, "不列名 省级")
    assert "没有找到" in found(place, "省级专项", over)
    assert "名单 2" in found(place, "耕地地力", over)


def test_nobody_is_found_by_name_or_remark(place):
    """A name of a list, a remark of a line, a name in a notice or its title: the search knows none, and quotes none."""
    for words in (NAMED, NAMED[1:], "申请根", "代领人", f"{NAMED}户"):
        assert "没有找到" in found(place, words), words
    told = found(place, "水井")
    assert "某某户的水井另行补偿" in told
    assert NAMED not in told.partition("公告全文")[2]


def test_what_was_taken_down_is_not_found(place):
    """Neither the text nor the title of a withdrawn notice."""
    assert "没有找到" in found(place, "界桩编号")
    assert land.SURVEY.title not in found(place, land.SURVEY.title)


def test_results_come_in_groups_and_pages(tmp_path, serve):
    """Ten on the board, twenty on a phone, each group counted in all; a page beyond the last is the last."""
    programmes = tuple(replace(OURS.programmes[0], code=f"p{n}", name=f"第{n}号补贴") for n in range(23))
    many = opened(tmp_path, serve, (CAME, written), pack=replace(OURS, programmes=programmes))
    first, last = found(many, "登记"), found(many, "登记", page="&page=99")
    assert "找到24项" in first
    assert (first.count("号补贴"), "补贴项目 23" in first, "征地公告" in first) == (10, True, False)
    assert (last.count("号补贴"), "第3页，共3页" in last, "征地公告 1" in last) == (3, True, True)
    assert found(many, "登记", lan=True).count("号补贴") == 20
    assert f"search?q={quote('登记')}&page=2" in html.unescape(
        many.site.get(f"/v/{CODE}/search?q={quote('登记')}").body.decode()
    )
    many.board.close()


def test_without_a_word_there_are_words_to_touch(place):
    """A board has no keyboard: questions that find something and every programme are keys; others are none."""
    place.now[0] = noon(CAME)
    page = html.unescape(place.site.get(f"/v/{CODE}/search").body.decode())
    chips = re.findall(r'<a class="long"[^>]*href="([^"]+)">([^<]+)</a>', page)
    names = [name for _, name in chips]
    assert {"怎么申请", "听证"} <= set(names)
    assert {one.name for one in OURS.programmes} <= set(names)
    for href, name in chips:
        assert "没有找到" not in html.unescape(place.site.get(html.unescape(href)).body.decode()), name
