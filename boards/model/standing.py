"""The life of a record and of a posting, as tables; the code is one lookup."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from boards.model.errors import Fault, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping


class Standing(StrEnum):
    """Where one record (a payout as the county published it) stands on this board."""

    RECEIVED = "received"  # verified and kept, its batch not closed or not reconciled: not shown
    SHOWN = "shown"  # its batch is closed and reconciled: on the board while the window is open
    CORRECTED = "corrected"  # a newer revision took its place; struck through for the posting period
    WITHDRAWN = "withdrawn"  # off the board at once; head and reason stay for inspection
    ERASED = "erased"  # the body is gone everywhere; hash and order stay


class PostingStanding(StrEnum):
    """Where the sheet on the wall stands (张贴)."""

    PLANNED = "planned"  # dates printed, nothing hangs yet
    POSTED = "posted"  # posting recorded: the wall window runs
    ELAPSED = "elapsed"  # 公示期满: a duty to take it down
    TAKEN_DOWN = "taken_down"  # 已撤下, kept for consultation
    WITHDRAWN = "withdrawn"  # taken down before its time by order


MOVES: Mapping[Standing, frozenset[Standing]] = {
    Standing.RECEIVED: frozenset({Standing.SHOWN, Standing.WITHDRAWN, Standing.ERASED}),
    Standing.SHOWN: frozenset({Standing.CORRECTED, Standing.WITHDRAWN, Standing.ERASED}),
    Standing.CORRECTED: frozenset({Standing.WITHDRAWN, Standing.ERASED}),
    Standing.WITHDRAWN: frozenset({Standing.ERASED}),
    Standing.ERASED: frozenset(),
}

POSTING_MOVES: Mapping[PostingStanding, frozenset[PostingStanding]] = {
    PostingStanding.PLANNED: frozenset({PostingStanding.POSTED, PostingStanding.WITHDRAWN}),
    PostingStanding.POSTED: frozenset({PostingStanding.ELAPSED, PostingStanding.WITHDRAWN}),
    PostingStanding.ELAPSED: frozenset({PostingStanding.TAKEN_DOWN, PostingStanding.WITHDRAWN}),
    PostingStanding.TAKEN_DOWN: frozenset(),
    PostingStanding.WITHDRAWN: frozenset(),
}


class MoveNotPossible(Refusal):
    """A record or posting cannot go from where it stands to where it was sent."""

    code = "move-not-possible"
    fault = Fault.COUNTY
    sentence = "当前状态是“{standing}”，不能改为“{to}”。"
    advice = "请刷新后核对这条记录现在的状态。"


def moved(standing: Standing, to: Standing) -> Standing:
    """Where a record stands after the move; MoveNotPossible unless the table allows it."""
    if to not in MOVES[standing]:
        raise MoveNotPossible(standing=standing.value, to=to.value)
    return to


def posting_moved(standing: PostingStanding, to: PostingStanding) -> PostingStanding:
    """Where a posting stands after the move; MoveNotPossible unless the table allows it."""
    if to not in POSTING_MOVES[standing]:
        raise MoveNotPossible(standing=standing.value, to=to.value)
    return to
