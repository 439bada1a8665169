"""The lists of a village as its log has them: each batch with its newest close, and the code of its sheet."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, cast

import msgspec

from boards.model.codes import sheet_digest, short_code
from boards.model.payouts import BatchClose
from sync import wire
from sync.events import close_record
from sync.log.tree import leaf_hash
from sync.log_files import VillageLog

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from sync.county.county import County

_OF_A_LIST = b'-close"'  # most lines of a log are payouts
_GIVES_A_LINE = {wire.Kind.PUBLISH, wire.Kind.CORRECT}


class PublishedList(msgspec.Struct, frozen=True, kw_only=True):
    """One list, as its newest edition says."""

    batch: str
    close: BatchClose
    issued: str  # of the first edition
    withdrawn: bool = False


def lists_in(lines: Iterable[bytes]) -> dict[str, PublishedList]:
    """Every list of these lines by its batch, the oldest first."""
    found: dict[str, PublishedList] = {}
    for line in (one for one in lines if _OF_A_LIST in one):
        raw, body = wire.framed(line)
        head = wire.head_of(raw)
        before = found.get(head.batch)
        if head.kind == wire.Kind.CLOSE and body:
            close = cast("wire.CloseBody", wire.body_of(head.kind, body)).close
            issued = before.issued if before else head.issued
            found[head.batch] = PublishedList(batch=head.batch, close=close, issued=issued)
        elif before and head.kind == wire.Kind.WITHDRAW and head.rec == close_record(head.batch):
            found[head.batch] = msgspec.structs.replace(before, withdrawn=True)
    return found


def published_lists(county: County, village: str) -> Mapping[str, PublishedList]:
    """The lists of a village; a log that has not moved is not read again. Raises FeedDamaged."""
    log = county.log(village)
    return _read(county.feed, village, log.origin, log.state().root)


def short_codes(county: County, village: str) -> dict[str, str]:
    """By batch what stands on its newest sheet; a kiosk that has another of this code takes the next."""
    log, lists = county.log(village), published_lists(county, village)
    leaves: defaultdict[str, dict[str, bytes]] = defaultdict(dict)
    for line in log.lines():
        raw, _ = wire.framed(line)
        head = wire.head_of(raw)
        leaves[head.batch].pop(head.rec, None)  # the newest event gives a line its place
        if head.kind in _GIVES_A_LINE:
            leaves[head.batch][head.rec] = leaf_hash(raw)
    return {
        batch: short_code(
            sheet_digest(
                leaves[batch].values(),
                origin=log.origin,
                batch=batch,
                edition=one.close.edition,
                count=one.close.count,
                sum_fen=one.close.sum_fen,
            )
        )
        for batch, one in lists.items()
    }


@lru_cache(maxsize=2048)
def _read(feed: Path, village: str, origin: str, _root: bytes) -> dict[str, PublishedList]:
    return lists_in(VillageLog(feed, village, origin).lines())
