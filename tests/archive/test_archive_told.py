"""Open data against somebody who fetched every state of a log: no sum of a list's figures singles out anybody."""

import asyncio
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk_server.archive.archive import Archive
from kiosk_server.archive.board import Board
from tests.sheets.test_sheets_open_year import alone
from tests.village import CODE, MASK, NOW, PACK, County, mark, payout, terms

pytestmark = pytest.mark.thorough

NAMES = ["林秋实", "王芳", "欧阳建国", "贾平", "张伟", "柳不宣", "沈桂珍"]
whose = st.integers(1, len(NAMES))
amounts = st.dictionaries(whose, st.integers(1, 3), min_size=1)
acts = st.lists(
    st.one_of(
        st.tuples(st.just("correct"), amounts),
        st.tuples(st.just("drop"), whose),
        st.tuples(st.just("again"), amounts),
    ),
    max_size=6,
)


def paid(who: int, fen: int):
    return payout(who, NAMES[who - 1], household=mark(who), amount_fen=fen, quantity=None, unit="", rate=None)


@settings(max_examples=25, deadline=None)
@given(amounts, acts)
def test_who_keeps_every_state_of_a_log_singles_out_nobody(first, todo):
    """Corrected, lines taken down, taken back and published again: over real pulls, whatever is told of a payment."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "archive.sqlite3"
        assert not alone(asyncio.run(every_state(database, first, todo)))


async def every_state(database: Path, first: dict[int, int], todo: list) -> list[dict[int, int]]:
    """What each household brings to every figure that was ever told."""
    county, name, edition, seen = County(), "list-1", 1, []
    rows, editions = dict(first), {}
    county.batch(name, *(paid(*one) for one in rows.items()), terms=terms())
    for kind, what in [("", None), *todo]:
        if kind == "correct" and (changed := {who: fen for who, fen in what.items() if who in rows}):
            rows |= changed
            for one in changed.items():
                county.correct(name, paid(*one))
        elif kind == "drop" and what in rows and len(rows) > 1:
            county.withdraw(name, what)
            del rows[what]
        elif kind == "again":
            county.withdraw(name, None)
            name, edition, rows = f"{name}1", 1, dict(what)
            county.batch(name, *(paid(*one) for one in rows.items()), terms=terms())
        elif kind:
            continue
        if kind in {"correct", "drop"}:
            edition += 1
            county.close(name, edition=edition, terms=terms())
        editions[name, edition] = dict(rows)
        async with Archive(database, PACK, minimum_free_mb=0) as archive:
            await archive.admit(CODE, county.stretch(), NOW)
        board = Board(database, MASK)
        for head in board.told(CODE, 2025):
            told = editions[head.batch, head.edition]
            assert (head.sum_fen, head.households) == (sum(told.values()), len(told))
            seen.append(told)
        board.close()
    assert not alone([dict.fromkeys(one, 1) for one in seen])
    return seen
