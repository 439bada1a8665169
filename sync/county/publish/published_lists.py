"""The lists of a village as its log has them: each batch with its newest close."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, cast

import msgspec

from boards.model.payouts import BatchClose
from sync import wire
from sync.events import close_record
from sync.log_files import VillageLog

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from sync.county.county import County

_OF_A_LIST = b'-close"'  # most lines of a log are payouts


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


@lru_cache(maxsize=2048)
def _read(feed: Path, village: str, origin: str, _root: bytes) -> dict[str, PublishedList]:
    return lists_in(VillageLog(feed, village, origin).lines())
