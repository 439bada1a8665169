"""Finding people and lists, short codes typed by hand, pages taken home, and the ruler, over real HTTP."""

import asyncio
import html
import re
from datetime import UTC, date, datetime
from io import StringIO
from types import SimpleNamespace
from urllib.parse import quote

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boards.model.pack import Contact
from boards.model.payouts import PayeeKind, WhyLeftOut
from kiosk_server.archive.archive import Archive
from kiosk_server.archive.board import Board
from kiosk_server.settings import Feed, Settings, Web
from kiosk_server.web.app import web_app
from kiosk_server.web.logbook import Logbook
from kiosk_server.web.pages.phone import shared_of
from kiosk_server.web.visit import BASES, wish_of
from tests.village import CODE, MASK, NOW, PACK, County, mark, payout, terms

pytestmark = pytest.mark.thorough

LAN_URL = "http://192.168.1.20:8081"
HERE = f"/v/{CODE}"
CONTACT = Contact(village=CODE, who="村务公开员", place="村部一楼", hours="周一至周五", phone="0572-5000110")
SETTINGS = Settings(
    villages=(CODE,),
    public_base_url="https://gk.example.org",
    feed=Feed(folder="feed"),
    web=Web(lan_host="0.0.0.0", lan_url=LAN_URL + "/"),  # noqa: S104 - the test binds nothing with it
)
PEOPLE = (
    ("沈桂珍", "一组"),
    ("沈桂珍", "四组"),
    ("单秀英", "二组"),
    ("贾䶮", "二组"),
    ("买买提·吐尔逊", "三组"),
)


WHY = (
    WhyLeftOut(why="卡号与户名不一致", households=4),
    WhyLeftOut(why="银行退回", households=1),  # a feed that did not merge
)


RELIEF = (WhyLeftOut(why="不符合条件", households=7),)


async def filled(path) -> None:
    county = County()
    rows = [payout(seq, name, group=group) for seq, (name, group) in enumerate(PEOPLE, 1)]
    rows += [payout(seq, f"郑{seq}", group="六组", household=mark(seq)) for seq in range(20, 43)]
    rows.append(payout(9, "岭东村稻虾合作社", kind=PayeeKind.ORGANISATION, group="", household=mark(9)))
    county.batch("b-2025", *rows, left_out_why=WHY)
    old = terms(
        fiscal_year=2023, paid_on=date(2023, 9, 1), programme="machinery", programme_name="农机购置与应用补贴"
    )
    county.batch("b-2023", payout(1, "钱旧名", household=mark(99)), terms=old, left_out_why=WHY)
    relief = terms(
        programme="disability_living", programme_name="残疾人两项补贴"
    )  # sensitive by the pack alone
    county.batch("b-relief", payout(1, "林护理", household=mark(98)), terms=relief, left_out_why=RELIEF)
    async with Archive(path, PACK, minimum_free_mb=0) as archive:
        await archive.admit(CODE, county.stretch(), NOW)
        await archive.write_readings()


@pytest.fixture(scope="module")
def place(tmp_path_factory, serve):
    folder, log = tmp_path_factory.mktemp("finding"), StringIO()
    asyncio.run(filled(folder / "a.sqlite3"))
    board = Board(folder / "a.sqlite3", MASK)
    pack = msgspec.structs.replace(PACK, contacts=(CONTACT,))
    parts = SimpleNamespace(
        settings=SETTINGS, pack=pack, board=board, press=SimpleNamespace(can_speak=False, rare_folder=tmp_path_factory.getbasetemp()), clock=lambda: datetime(2025, 11, 28, 4, tzinfo=UTC)
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:  # a release of that year
        patch.setattr("kiosk_server.web.app.BUILT", NOW)
        yield SimpleNamespace(
            site=serve(lambda port: web_app(parts, port, Logbook(log, parts.clock))), log=log, board=board
        )
    board.close()


@pytest.fixture
def site(place):
    return place.site


def text(got) -> str:
    return html.unescape(got.body.decode())


def test_letters_lead_to_people_without_script(site):
    """Every key is a link: touching S, X, Y finds 单 (Shàn) Xiùyīng, and a dead letter is no link."""
    page = text(site.get(f"{HERE}/initials"))
    for letters in ("S", "SX", "SXY"):
        assert f'href="{HERE}/initials?q={letters}"' in page
        page = text(site.get(f"{HERE}/initials?q={letters}"))
    assert "单秀英" in page
    assert "沈桂珍" not in page
    assert page.count('aria-disabled="true"') == 23
    assert "没有找到" in text(site.get(f"{HERE}/initials?q=QJ"))


def test_two_of_one_name_are_told_apart_by_group(site):
    """Both are offered, each with its group, and lead to different households."""
    page = text(site.get(f"{HERE}/initials?q=SGZ"))
    assert page.count("<b>沈桂珍</b>") == 2
    assert {"一组", "四组"} <= set(re.findall(r"[一-四]组", page))
    assert len(set(re.findall(rf"{HERE}/households/\d+", page))) == 2


def test_groups_and_organisations_lead_to_people(site):
    """A group shows its people, the last tile the organisations; what is not there is a page of ours."""
    assert f"{HERE}/groups/{quote('二组')}" in text(site.get(f"{HERE}/groups"))
    page = text(site.get(f"{HERE}/groups/{quote('二组')}"))
    assert "单秀英" in page
    assert "沈桂珍" not in page
    assert f"{HERE}/organisations" in text(site.get(f"{HERE}/find"))
    assert "岭东村稻虾合作社" in text(site.get(f"{HERE}/organisations"))
    assert site.get(f"{HERE}/groups/{quote('九组')}").status == 404


def test_a_large_group_is_paged(site):
    """23 people are 10, 10 and 3 on the board, 20 and 3 on a phone; the page says how many there are in all."""
    here, seen = f"{HERE}/groups/{quote('六组')}", []
    for page, shown in ((1, 10), (2, 10), (3, 3), (9, 3)):
        told = text(site.get(f"{here}?page={page}"))
        assert "找到23户" in told
        found = re.findall(r">郑(\d+)</b>", told)
        assert len(found) == shown
        seen += found if page <= 3 else []
    assert len(set(seen)) == 23
    assert f'rel="next" href="{here}?page=2"' in text(site.get(here))
    assert len(re.findall(r">郑\d+</b>", text(site.get(here, lan=True)))) == 20


def test_a_name_whose_window_is_over_is_nowhere(site):
    """Neither letters, groups nor organisations show a name of a list that has ended."""
    for path in ("find", "initials?q=Q", "groups", f"groups/{quote('一组')}", "organisations"):
        assert "钱旧名" not in text(site.get(f"{HERE}/{path}")), path


def test_a_list_says_why_somebody_is_not_on_it(site):
    """没有发到？ on 找我的补贴: of the lists that hang how many and why; of one that ended nothing."""
    page = text(site.get(f"{HERE}/find"))
    assert "有5户没有列入：卡号与户名不一致4户、其他原因1户。" in page.replace("<wbr>", "")
    assert "银行退回" not in page
    assert "0572-5000000" in page
    assert "没有发到" not in text(site.get(f"{HERE}/find/{quote('单')}"))


def test_a_sensitive_list_tells_no_reasons(site):
    """Of a programme that the pack calls sensitive only how many are left out is said, whatever the feed says."""
    page = text(site.get(f"{HERE}/find"))
    assert "有7户没有列入。" in page
    assert "不符合条件" not in page


def test_searches_are_personal_and_not_in_the_log(place, site):
    """What was searched is kept nowhere: no-store, and the log has the route only."""
    for path in (
        "initials?q=SGZ",
        f"groups/{quote('二组')}",
        "organisations",
        f"phone?back={HERE}/households/1",
    ):
        got = site.get(f"{HERE}/{path}", lan=True)
        assert got.headers["cache-control"] == "no-store", path
        assert "etag" not in got.headers
    assert "SGZ" not in place.log.getvalue()
    assert "二组" not in place.log.getvalue()


def test_two_characters_find_a_title(site):
    """“农机” finds the programme and its list; several words must all be there; nothing is said plainly."""
    assert "农机购置与应用补贴" in text(site.get(f"{HERE}/search?q={quote('农机')}")).replace("<wbr>", "")
    assert f"{HERE}/payouts/b-2025" in text(site.get(f"{HERE}/search?q={quote('2025 耕地')}"))
    assert "没有找到" in text(site.get(f"{HERE}/search?q={quote('耕地 农机')}"))
    assert "没有找到" in text(site.get(f"{HERE}/search?q=%3Cscript%3E"))
    assert "<script>" not in site.get(f"{HERE}/search?q=%3Cscript%3E").body.decode()


def test_a_short_code_can_be_typed(place, site):
    """Digit by digit on the board, in one field on a phone; a wrong digit is told at once."""
    code = place.board.sheet(CODE, "b-2025").code
    page = text(site.get(f"{HERE}/code?code={code[:9]}"))
    assert f"/N/?code={code}" in page
    assert site.get(f"/N/?code={code}").headers["location"] == f"/N/{code}"
    assert site.get(f"/N/?code={code[:5]}+{code[5:]}").headers["location"] == f"/N/{code}"
    wrong = code[:9] + str((int(code[9]) + 1) % 10)
    back = site.get(f"/N/?code={wrong}").headers["location"]
    assert "有一位不对" in text(site.get(back))
    assert 'action="/N/"' in text(site.get(f"{HERE}/code", lan=True))
    assert site.get("/N/?code=abc").headers["location"] == f"{HERE}/code"


def test_whom_to_turn_to(site):
    """找人办理 shows who, where, when and the telephone."""
    page = text(site.get(f"{HERE}/people"))
    assert all(word in page for word in (CONTACT.who, CONTACT.place, CONTACT.hours, CONTACT.phone))


def test_a_page_can_be_taken_home(site):
    """The address of the page in front of you, on the LAN door; searches give the search, never a name."""
    page = text(site.get(f"{HERE}/payouts/b-2025"))
    assert f"{HERE}/phone?back={HERE}/payouts/b-2025" in page
    assert f"{LAN_URL}{HERE}/payouts/b-2025" in text(site.get(f"{HERE}/phone?back={HERE}/payouts/b-2025"))
    for back in ("initials?q=SGZ", f"find/{quote('沈')}", "groups/x"):
        page = text(site.get(f"{HERE}/phone?back={quote(f'{HERE}/{back}')}"))
        assert f"{LAN_URL}{HERE}/find<" in page
    assert f"{LAN_URL}{HERE}/<" in text(site.get(f"{HERE}/phone?back=//evil.example/"))
    assert "只发给家里人" in text(site.get(f"{HERE}/phone?back={HERE}/households/1"))


def test_a_phone_sends_an_address_and_scans_none(site):
    """On a phone the address can be sent by message or selected, and no code is drawn; the board keeps its code."""
    address = f"{LAN_URL}{HERE}/payouts/b-2025"
    board, phone = (
        text(site.get(f"{HERE}/phone?back={HERE}/payouts/b-2025", lan=lan)) for lan in (False, True)
    )
    assert "用手机扫这个码" in board
    assert "sms:" not in board
    assert "用手机扫这个码" not in phone
    assert 'class="qr' not in phone
    assert f'href="sms:?&body={quote(address, safe="")}"' in phone
    assert f'<b class="address" id="address">{address}</b>' in phone


@given(back=st.text(max_size=60))
def test_only_addresses_without_searches_leave(back):
    """Whatever page it was, no search leaves with the address."""
    for kind in ("find", "initials", "groups", "organisations"):
        assert shared_of(f"{HERE}/{kind}/{back}", CODE) == f"{HERE}/find"
        assert shared_of(f"{HERE}/{kind}?q={back}", CODE) == f"{HERE}/find"


def test_the_ruler_is_for_the_board_only(site):
    """/setup exists on the loopback door only; the chosen size is a cookie and a class, on no phone."""
    assert site.get("/setup", lan=True).status == 404
    got = site.get("/setup?base=36")
    assert got.headers["set-cookie"].startswith("base=36;")
    assert 'class="base-36"' in text(got)
    assert 'class="base-36"' in text(site.get(f"{HERE}/", cookie="base=36"))
    assert "base-" not in text(site.get(f"{HERE}/", cookie="base=37"))
    assert "base-" not in text(site.get(f"{HERE}/", lan=True, cookie="base=36"))
    assert "set-cookie" not in site.get("/setup?base=9999").headers
    assert len(BASES) == 22


@given(query=st.binary(max_size=80))
def test_any_query_is_read(query):
    """Whatever stands behind the question mark gives a wish within its bounds."""
    wish = wish_of(query)
    assert len(wish.q) <= 40
    assert len(wish.code) <= 10
    assert wish.q.isprintable()
