"""What of the villages' logs was published after a backup: found, proven, and written (backups §4)."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from boards.model.errors import Refusal
from boards.model.land.notice import FILE_LIMIT_BYTES
from sync.carriers.road import NotOnTheRoad
from sync.county import erasures
from sync.county.backup.checked import vouched
from sync.county.backup.errors import PublishedForked, PublishedOlder
from sync.county.publish.land_review_text import files_named
from sync.durable import durable
from sync.log import tree
from sync.log.tiles import blob_name, is_village
from sync.proof import Proven, proven
from sync.proof import lines as lines_of
from sync.seams import Feed, LogState, Progress
from sync.wire import framed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sync.county.county import County
    from sync.log.checkpoint import Checkpoint
    from sync.log_files import VillageLog
    from sync.trust.seats import Seats


class Came(NamedTuple):
    """What a log grew by."""

    events: int
    files_missing: int


def logs_caught_up(county: County, sources: Sequence[Feed], progress: Progress) -> dict[str, Came | None]:
    """Each village's log brought to the newest that anybody shows; None where nobody shows any."""
    villages = sorted({one.code for one in county.pack.villages} | _here(county))
    came: dict[str, Came | None] = {}
    for number, village in enumerate(villages):
        progress(number, len(villages))
        with county.writing((village,)):
            newest = _newest(county, village, sources)
            came[village] = _caught_up(county, village, newest) if newest else None
    return came


def _here(county: County) -> set[str]:
    return {path.name for path in (county.feed / "v").glob("*") if is_village(path.name)}


def _caught_up(county: County, village: str, newest: _Newest) -> Came:
    """One log brought to this checkpoint, which every other that counts leads to."""
    log, (source, note, target, _) = county.log(village), newest
    here = log.state()
    if target.size < here.size:
        raise PublishedOlder(what=village)
    grown = target.size > here.size
    lines = _proven_lines(log, here, target, lambda name: source.rows(village, name)) if grown else ()
    _refuse_forked(village, (*log.hashes(), *(tree.leaf_hash(framed(line)[0]) for line in lines)), newest)
    if not grown:
        log.signed_again(note)
        return Came(0, 0)
    missing = _files(county, village, source, lines)
    erasures.begin(county, village, lines, note)  # a stop in between goes on from here
    erasures.finish(county, village)
    return Came(len(lines), missing)


def _refuse_forked(village: str, hashes: Sequence[bytes], newest: _Newest) -> None:
    for size, root in {(one.size, one.root) for one in newest.every}:
        if tree.root_of(hashes[:size]) != root:
            raise PublishedForked(village=village)


class _Newest(NamedTuple):
    """The longest log, who shows it, and with it all under signatures that count as much."""

    source: Feed
    note: bytes
    target: Checkpoint
    every: tuple[Checkpoint, ...]


def _newest(county: County, village: str, sources: Sequence[Feed]) -> _Newest | None:
    """The longest log that anybody shows, by a note both seats signed.

    One that only today's seats can have signed stands before any of those there were: a key that has gone
    could be stolen. Where the same two sat here before as well, the longer one is the newer.
    """
    found = []
    for source in sources:
        try:
            note = source.checkpoint(village)
        except NotOnTheRoad:
            continue
        target = _believed(county, village, note)
        found.append((_of_today(county, village, note), _Newest(source, note, target, ())))
    if not found:
        return None
    today, newest = max(found, key=lambda one: (one[0], one[1].target.size))
    return newest._replace(every=tuple(one.target for counts, one in found if counts == today))


def _believed(county: County, village: str, note: bytes) -> Checkpoint:
    """By today's seats where they have signed the log here already: a key that has gone extends nothing."""
    if _of_today(county, village, county.log(village).note()):
        return county.trust().verified(village, note)
    return vouched(county, village, note)


def _of_today(county: County, village: str, note: bytes) -> bool:
    """Whether both seats of today signed a checkpoint, and no two that sat before them."""
    return _by(county.trust(), village, note) and not any(
        _by(one, village, note) for one in county.sat_before
    )


def _by(seats: Seats, village: str, note: bytes) -> bool:
    try:
        seats.verified(village, note)
    except Refusal:
        return False
    return True


def _proven_lines(
    log: VillageLog, here: Checkpoint, target: Checkpoint, read: Callable[[str], bytes]
) -> tuple[bytes, ...]:
    """What the log grew by, proven to extend what is here."""
    read_once = cache(read)
    state = LogState(log.origin, here.size, tree.extended(0, (), log.hashes()))
    proof: Proven = proven(read_once, state, here, target)
    every: list[bytes] = []
    for one in proof.bundles:
        start = max(one.bundle.first, here.size)
        every += lines_of(one.bundle, read_once(one.bundle.name), start).split(b"\n")[:-1]
    return tuple(every)


def _files(county: County, village: str, source: Feed, lines: tuple[bytes, ...]) -> int:
    """The files of notices that came since, by their digests; how many nobody gave."""
    missing = 0
    for file in files_named(lines):
        try:
            data = source.blob(village, file.sha256, FILE_LIMIT_BYTES)
        except NotOnTheRoad:
            data = b""
        if hashlib.sha256(data).hexdigest() == file.sha256:
            durable(county.feed / "v" / village / blob_name(file.sha256), data)
        else:
            missing += 1
    return missing
