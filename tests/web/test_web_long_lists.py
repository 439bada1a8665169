"""A list of 600 lines over real HTTP: any group in two taps, any surname, any page; figures aligned."""

import asyncio
import html
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from types import SimpleNamespace
from urllib.parse import quote

import pytest

from boards.model.names import surname_of
from kiosk_server.archive.archive import Archive
from kiosk_server.archive.board import Board
from kiosk_server.web.app import web_app
from kiosk_server.web.logbook import Logbook
from tests.village import CODE, MASK, PACK, County, mark, payout, terms
from tests.web.conftest import at_leisure
from tests.web.test_web_pages import SETTINGS, Clock, Drawn

pytestmark = pytest.mark.thorough

LATELY = datetime(2026, 11, 20, 2, tzinfo=UTC)  # names of a sensitive list are shown for seven working days
LIST, BARE = f"/v/{CODE}/payouts/long", f"/v/{CODE}/payouts/bare"
HAMLET = "老岭头自然村（含上坞）"
GROUPS = ("第十小组", "第二小组", "第一小组", HAMLET, "第三小组", "第九小组", "第四小组")
IN_ORDER = ("第一小组", "第二小组", "第三小组", "第四小组", "第九小组", "第十小组", HAMLET)
SURNAMES = ("王", "沈", "欧阳", "李")
ROWS = [
    payout(
        seq,
        f"{SURNAMES[seq % 7 % 4]}{'一二三四五六七八九十'[seq % 10]}{'甲乙丙丁戊'[seq % 5]}",
        group=GROUPS[seq % 7],
        quantity=Decimal(seq) / 10 if seq % 3 else Decimal(seq),
        rate=Decimal("120.5") if seq % 2 else Decimal("1124.9788"),
        household=mark(seq),
    )
    for seq in range(1, 600)
]
FIRM = payout(
    600, "岭东村稻虾合作社", group="", kind="organisation", quantity=Decimal("1234.56"), rate=Decimal(120)
)


async def filled(path):
    county = County()
    about = terms(fiscal_year=2026, paid_on=date(2026, 9, 20), period_no="2026-01")
    county.batch("long", *ROWS, FIRM, terms=about)
    bare = terms(
        fiscal_year=2026,
        paid_on=date(2026, 9, 20),
        programme="care",
        programme_name="护理补贴",
        sensitive=True,
    )
    county.batch("bare", *[payout(one.seq, one.holder, group=one.group) for one in ROWS[:60]], terms=bare)
    async with Archive(path, PACK, minimum_free_mb=0) as archive:
        await archive.admit(CODE, county.stretch(), LATELY)


@pytest.fixture(scope="module")
def site(tmp_path_factory, serve):
    folder = tmp_path_factory.mktemp("long")
    asyncio.run(filled(folder / "archive.sqlite3"))
    clock, board = Clock(), Board(folder / "archive.sqlite3", MASK)
    parts = SimpleNamespace(settings=SETTINGS, pack=PACK, board=board, press=Drawn(folder), clock=clock)
    yield serve(lambda port: web_app(parts, port, Logbook(StringIO(), clock)))
    board.close()


@pytest.fixture
def opened(tmp_path, serve):
    """Servers of their own, of one archive."""
    asyncio.run(filled(tmp_path / "archive.sqlite3"))
    clock, boards, press = Clock(), [], Drawn(tmp_path)
    press.can_speak = True

    def another():
        boards.append(Board(tmp_path / "archive.sqlite3", MASK))
        parts = SimpleNamespace(settings=SETTINGS, pack=PACK, board=boards[-1], press=press, clock=clock)
        return serve(lambda port: web_app(parts, port, Logbook(StringIO(), clock), ticks=at_leisure()))

    yield another
    for board in boards:
        board.close()


def page(site, address: str) -> str:
    return html.unescape(site.get(address).body.decode())


def keys(text: str, named: str) -> dict[str, str]:
    """Name of each group or surname → the address behind its key."""
    strip = text.partition('<nav class="strip"')[2].partition("</nav>")[0]
    return {name: link for link, name in re.findall(rf'href="([^"]*\?{named}=[^"]*)"[^>]*><b>([^<]*)', strip)}


def rows(text: str) -> list[tuple[str, ...]]:
    """Cells of the rows shown."""
    body = text.partition("<tbody")[2].partition("</tbody>")[0]
    return [
        tuple(re.sub("<[^>]*>", "", cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row))
        for row in re.findall(r"<tr.*?</tr>", body)
    ]


def walked(site, address: str) -> list[tuple[str, ...]]:
    """All rows from this page on, by 下一页."""
    seen = []
    while address:
        text = page(site, address)
        seen += rows(text)
        following = re.search(r'rel="next" href="([^"]+)"', text)
        address = following[1] if following else ""
    return seen


def test_every_group_is_one_tap_from_any_page(site):
    """The keys stand in the groups' own order on every page, and each leads to all lines of its group alone."""
    first = keys(page(site, LIST), "group")
    assert tuple(first) == IN_ORDER
    assert keys(page(site, f"{LIST}?page=33"), "group") == first
    for group, address in first.items():
        seen = walked(site, address)
        assert [row[0] for row in seen] == [one.holder for one in ROWS if one.group == group]
        assert {row[1] for row in seen} == {group}


def test_a_surname_leads_to_its_lines(site):
    """The most frequent first; a compound surname is one; a firm has none and is on no surname's pages."""
    found = keys(page(site, LIST), "surname")
    counted = {name: sum(surname_of(one.holder) == name for one in ROWS) for name in SURNAMES}
    assert list(found) == sorted(found, key=counted.__getitem__, reverse=True)
    for surname, address in found.items():
        assert [row[0] for row in walked(site, address)] == [
            one.holder for one in ROWS if surname_of(one.holder) == surname
        ]


def test_first_last_and_any_page(site):
    """From page 33 of 60: the first, the last, those around and every tenth; all of a group's few pages."""
    text = page(site, f"{LIST}?page=33")
    offered = [int(one) for one in re.findall(r'href="[^"]*\?page=(\d+)"[^>]*>\d+<', text)]
    assert offered == [1, 10, 20, *range(28, 39), 40, 50, 60]
    assert f'href="{LIST}?page=1">第一页<' in text
    assert f'href="{LIST}?page=60">最后一页<' in text
    assert f'href="{LIST}?page=33" aria-current="page"' in text
    group = page(site, f"{LIST}?group={quote('第十小组')}&page=2")
    assert "第十小组：第11至20行，共85户" in re.sub("<[^>]*>", "", group)
    assert f'href="{LIST}?group={quote("第十小组")}&page=9">最后一页<' in group


def test_what_no_line_has_shows_all(site):
    """A group or surname that is not on the list, or no more, leaves nobody before an empty page."""
    whole = rows(page(site, LIST))
    for asked in ("group=百组", "surname=钱", "group=%00", "surname=" + "王" * 50):
        assert rows(page(site, f"{LIST}?{quote(asked, safe='=%')}")) == whole


def test_figures_of_a_list_have_the_same_decimals(site):
    """Areas with two, as the list has somewhere, rates with four, commas in thousands, the totals as well."""
    text = page(site, f"{LIST}?page=60")
    assert {len(row[2].removesuffix("亩").partition(".")[2]) for row in rows(text)} == {2}
    assert {len(row[3].partition(".")[2]) for row in rows(text)} == {4}
    assert rows(text)[-1][2:4] == ("1,234.56亩", "120.0000")
    area = sum(one.quantity for one in (*ROWS, FIRM))
    assert f"{area:,.2f}<small>亩" in text
    assert f"{sum(one.quantity for one in (*ROWS[590:], FIRM)):,.2f}" in text.partition("<tfoot")[2]


def test_a_sensitive_list_has_no_keys_of_groups(site):
    """Names and amounts only: no group of a sensitive programme is told by a key either."""
    text = page(site, BARE)
    assert keys(text, "group") == {}
    assert keys(text, "surname")
    assert "小组" not in text.partition('<nav class="strip"')[2].partition("</table>")[0].replace(
        "按小组", ""
    )
    assert rows(page(site, f"{BARE}?group={quote('第一小组')}")) == rows(text)


def test_rows_follow_how_a_board_lies(site):
    """Six where its script saw it lie, ten for anything else in the cookie; phones keep their twenty."""
    for cookie, count in (("rows=6", 6), ("rows=10", 10), ("rows=9999", 10), ("rows=", 10), ("", 10)):
        assert len(rows(html.unescape(site.get(LIST, cookie=cookie).body.decode()))) == count
    assert len(rows(html.unescape(site.get(LIST, lan=True, cookie="rows=6").body.decode()))) == 20


def test_a_list_kept_open_is_each_visitors_own(opened):
    """In whichever order people come: each has the look, lines and addresses asked for, and no other's."""
    asked = [
        (f"{LIST}{query}", {"cookie": cookie}, lan)
        for query in (
            "",
            "?page=2",
            "?year=2019",
            f"?group={quote(HAMLET)}",
            f"?group={quote(GROUPS[0])}",
            f"?surname={quote('沈')}&page=2",
        )
        for cookie in ("size=m", "size=xl", "language=en", "rows=6")
        for lan in (False, True)
    ]
    one, other = opened(), opened()
    first = {str(ask): one.get(ask[0], lan=ask[2], **ask[1]).body for ask in asked}
    assert {str(ask): other.get(ask[0], lan=ask[2], **ask[1]).body for ask in reversed(asked)} == first
    assert len(set(first.values())) == 48 - 6  # a phone has no rows of its own


def test_what_tells_a_page_from_another_is_its_tag_alone(site):
    """Each page of a list has its own; the digest it is made of stays in the house."""
    one, other = site.get(LIST), site.get(f"{LIST}?page=2")
    assert one.headers["etag"] != other.headers["etag"]
    assert "x-digest" not in one.headers
    assert site.get(LIST, if_none_match=other.headers["etag"]).status == 200
    assert site.get(LIST, if_none_match=one.headers["etag"]).status == 304
