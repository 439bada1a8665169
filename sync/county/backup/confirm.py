"""A restored county goes on from what it published last, and from nothing else (backups §4).

The feed is public: what was published after the backup was made lies on the county's site, on its mirrors
and, village by village, on the kiosks. It is fetched from there, proven like on any kiosk, and written; only
then may the county speak again. Where it cannot be, the folder stays closed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from boards.model.errors import Refusal
from sync.carriers.road import NotOnTheRoad
from sync.county.backup.closed import closed, refuse_closed, reopen
from sync.county.backup.errors import NewestUnseen
from sync.county.backup.logs_shown import logs_caught_up
from sync.county.backup.trust_shown import trust_caught_up
from sync.county.county import open_county
from sync.county.publish.amendments import village_named
from sync.seams import Feed, Progress, silent
from sync.trust_layout import METADATA_LIMIT_BYTES, OF_ONE_KIOSK

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sync.county.backup.logs_shown import Came
    from sync.county.county import County


class Confirmed(msgspec.Struct, frozen=True, kw_only=True):
    """What was caught up."""

    villages: tuple[str, ...]  # whose logs had grown since the backup
    events: int
    files_missing: int  # files of notices that nobody has


def confirm(
    folder: Path, sources: Sequence[Feed], progress: Progress = silent, unpublished: Sequence[str] = ()
) -> Confirmed:
    """Bring a restored folder to what was published last, and open it. Safe to stop, safe to repeat.

    Where only kiosks show what there was, a village without any log must be one of the `unpublished` (names
    or codes): its log may lie on a kiosk that nobody asked.

    Raises MovedAway, NewestUnseen, TrustUnseen, TrustGap, PublishedOlder, PublishedForked, VillageNotNamed,
    and what the sources and the proof raise: the folder stays closed.
    """
    if (found := closed(folder)) and found.why == "moved":
        refuse_closed(folder)
    county = open_county(folder, closed=True)
    newest = trust_caught_up(county, sources)
    county = open_county(folder, closed=True)
    empty = {village_named(county, one).code for one in unpublished}
    came = logs_caught_up(county, sources, progress)
    if any(map(_shows_every_log, newest)):
        empty |= came.keys()
    _refuse_unseen(county, came, empty)
    reopen(folder)
    logs = {village: log for village, log in came.items() if log and log.events}
    return Confirmed(
        villages=tuple(logs),
        events=sum(log.events for log in logs.values()),
        files_missing=sum(log.files_missing for log in logs.values()),
    )


def _refuse_unseen(county: County, came: Mapping[str, Came | None], empty: set[str]) -> None:
    """Nobody showed a log, and it has lines here or may have some elsewhere."""
    unseen = [one for one, log in came.items() if log is None and (_size(county, one) or one not in empty)]
    if unseen:
        names = {one.code: one.name for one in county.pack.villages}
        raise NewestUnseen(villages="、".join(f"{names.get(one, '')} {one}".strip() for one in unseen))


def _size(county: County, village: str) -> int:
    return county.log(village).state().size


def _shows_every_log(source: Feed) -> bool:
    """A site and its mirrors do: what is not there was not published. A kiosk has its own villages only."""
    try:
        source.trust(OF_ONE_KIOSK, METADATA_LIMIT_BYTES)
    except NotOnTheRoad:
        return True
    except Refusal:
        return False
    return False
