"""A closed year is found by the number on its paper, whatever edition the paper is of (settled §46)."""

import msgspec
import pytest

from boards.model.kept.annual import Annual, AnnualBatch, AnnualRow
from kiosk_server.archive.board import Board
from tests.village import CODE, MASK, County, payout, terms
from tests.web.test_web_front_page import FIRST, opened

pytestmark = pytest.mark.thorough

ROW = AnnualRow(
    programme="farmland_fertility",
    programme_name="耕地地力保护补贴",
    households=1,
    sum_fen=40868,
    batches=(AnnualBatch(batch="b1", edition=1, period_no="2026-01", sum_fen=40868, paid_on=FIRST),),
)
YEAR = Annual(village=CODE, year=2026, edition=1, rows=(ROW,), sum_fen=40868, decided_on=FIRST)


def pulled(county: County) -> None:
    about = terms(fiscal_year=2026, period_no="2026-01", paid_on=FIRST)
    county.batch("b1", payout(1), terms=about)
    county.close_year(YEAR)
    county.close_year(msgspec.structs.replace(YEAR, edition=2, office="县财政局"))


def test_every_number_of_a_year_shows_the_year(tmp_path, serve):
    """Through both doors; the first edition's as well as the second's."""
    place = opened(tmp_path, serve, (FIRST, pulled))
    board = Board(tmp_path / "archive.sqlite3", MASK)
    codes = [row[0] for row in board._db.execute("SELECT code FROM annual ORDER BY id")]
    board.close()
    assert len(codes) == 2
    for code in codes:
        for lan in (False, True):
            got = place.site.get(f"/N/{code}", lan=lan)
            assert got.status == 200
            assert "408.68" in got.body.decode()
            assert "2026" in got.body.decode()
    place.board.close()
