"""Which printed editions name somebody who was erased, told from the heads of events whenever it is asked."""

from contextlib import closing

import pytest

from boards.model.payouts import LeftOut, LeftOutReason
from kiosk_server.archive.board import Board
from kiosk_server.desk.erasing import told
from tests.village import CODE, MASK, NOW, ORIGIN, County, cut, payout, terms

pytestmark = pytest.mark.anyio
FEN = 40868


def unlisted(count):
    return (LeftOut(reason=LeftOutReason.UNLISTED, count=count, sum_fen=FEN * count),)


def three_editions() -> tuple[County, list[int]]:
    """Thirty households; the second leaves, then the 25th leaves and is erased."""
    county = County()
    indexes = county.publish("b1", *(payout(n, f"户{n:02d}") for n in range(1, 31)))
    county.close("b1")
    county.withdraw("b1", 2)
    county.close("b1", edition=2, left_out=unlisted(1))
    county.withdraw("b1", 25)
    county.erase("b1", indexes[24])
    county.close("b1", edition=3, left_out=unlisted(2))
    county.batch("b2", payout(1, "别家"))
    return county, indexes


async def test_a_line_is_found_where_each_edition_printed_it(archive, county, path):
    """Line 25 of the first edition, 24 of the second, of no later one and no other list; two pages of 24 lines."""
    county, _ = three_editions()
    await archive.admit(CODE, county.stretch(), NOW)
    with closing(Board(path, MASK)) as board:
        found = board.erasures({})
        assert (found.villages, found.reached) == ((CODE,), {ORIGIN: len(county.leaves)})
        assert [(one.head.edition, one.lines, one.now.edition) for one in found.papers] == [
            (1, (25,), 3),
            (2, (24,), 3),
        ]
        first, second = told(board, found.papers)
        assert "第 1 版" in first
        assert "第 2 版" in second
        assert board.erasures(found.reached).villages == ()
        assert [one.head.code for one in found.papers] == [
            head.code for head, _ in map(board.by_code, [one.head.code for one in found.papers])
        ]


async def test_a_kiosk_that_followed_and_one_that_came_late_name_the_same_papers(archive, county, path):
    """The codes are those that were printed before the erasure, though the tables were made again without it."""
    county, indexes = three_editions()
    printed = []
    for stretch in cut(county.leaves, [31, 33]):
        await archive.admit(CODE, stretch, NOW)
        with closing(Board(path, MASK)) as board:
            printed.append(board.sheet(CODE, "b1").code)
    with closing(Board(path, MASK)) as board:
        assert [one.head.code for one in board.erasures({}).papers] == printed[:2]
    assert indexes[24] == 24


async def test_a_village_that_comes_after_an_erasure_says_the_same_households(archive, county, path):
    """Thirty households were on the first edition, as its signed close says, though one's words are gone."""
    county, _ = three_editions()
    await archive.admit(CODE, county.stretch(), NOW)
    with closing(Board(path, MASK)) as board:
        editions = [(one.head.edition, one.head.households) for one in board.erasures({}).papers]
        assert editions == [(1, 30), (2, 29)]


async def test_both_pages_are_named_where_the_cut_is_not_certain(archive, county, path):
    """One who was erased may have been the only one with a thing: that edition may have had 12 lines a page."""
    county, _ = three_editions()
    await archive.admit(CODE, county.stretch(), NOW)
    with closing(Board(path, MASK)) as board:
        first, second = told(board, board.erasures({}).papers)
    assert "删去的是序号 25，在第 2 页或其后（每页 12 行的在第 3 页或其后）；" in first
    assert "删去的是序号 24，在第 1 页或其后（每页 12 行的在第 2 页或其后）；" in second


async def test_one_page_is_named_where_it_is_certain(archive, county, path):
    """Where others have a thing too there are 12 lines a page; a list of names and amounts always has 24."""
    for number, values in enumerate(({"item": "轮式拖拉机"}, {"sensitive": True}), 1):
        about = terms(sensitive=True) if values.pop("sensitive", False) else terms()
        county.publish(f"b{number}", *(payout(n, f"户{n:02d}", **values) for n in range(1, 31)))
        county.close(f"b{number}", terms=about)
        county.withdraw(f"b{number}", 25)
        county.erase(f"b{number}", len(county.leaves) - 32 + 24)
        county.close(f"b{number}", edition=2, left_out=unlisted(1), terms=about)
    await archive.admit(CODE, county.stretch(), NOW)
    with closing(Board(path, MASK)) as board:
        items, sensitive = told(board, board.erasures({}).papers)
    assert "删去的是序号 25，在第 3 页或其后；" in items
    assert "删去的是序号 25，在第 2 页或其后；" in sensitive
