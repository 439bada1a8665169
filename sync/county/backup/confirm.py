"""A restored county goes on from what it published last, and from nothing else (backups §4).

The feed is public: what was published after the backup was made lies on the county's site, on its mirrors
and, village by village, on the kiosks. It is fetched from there, proven like on any kiosk, and written; only
then may the county speak again. Where it cannot be, the folder stays closed.
"""

from __future__ import annotations

import hashlib
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Root, Snapshot, Targets

from boards.model.errors import Fault, Refusal
from boards.model.land.notice import FILE_LIMIT_BYTES
from sync.carriers.road import NotOnTheRoad
from sync.county import erasures
from sync.county.backup.checked import stamped_at, vouched
from sync.county.backup.closed import closed, refuse_closed, reopen
from sync.county.county import open_county
from sync.county.publish.amendments import village_named
from sync.county.publish.land_review_text import files_named
from sync.county.resigning import seated_by
from sync.durable import durable
from sync.log import tree
from sync.log.tiles import blob_name, is_village
from sync.proof import Proven, proven
from sync.proof import lines as lines_of
from sync.seams import Feed, LogState, Progress, TrustFiles, silent
from sync.trust.client import TrustNotThere, TrustRefused, refreshed
from sync.trust.repository import Repository
from sync.trust.seats import Seats
from sync.trust_layout import (
    FOLDER,
    METADATA_LIMIT_BYTES,
    OF_ONE_KIOSK,
    SEATED,
    STATEMENT,
    TARGET_LIMIT_BYTES,
    metadata_at,
    target_at,
)
from sync.wire import framed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sync.county.county import County
    from sync.log.checkpoint import Checkpoint
    from sync.log_files import VillageLog

_ROOTS_MISSED = 20  # looked for, between two that somebody has
_SNAPSHOT, _TIMESTAMP = metadata_at("snapshot"), metadata_at("timestamp")


class NewestUnseen(Refusal):
    """Nobody showed what these logs became since."""

    code = "newest-unseen"
    fault = Fault.PERSON
    sentence = "没有见到这些村最后公布的检查点，不能接着发布，否则会分叉：{villages}。"
    advice = (
        "请用 --published 再指一处：公开网站、它的镜像，或该村一体机的 vault/events 目录（可用多次）；"
        "从来没有公布过的村，用 --unpublished 村名 写明。"
    )


class TrustUnseen(Refusal):
    """Nobody showed which versions of the trust files went out."""

    code = "trust-unseen"
    fault = Fault.PERSON
    sentence = "--published 给的地方都没有县里的信任文件（trust/），不知道备份之后换过哪一版。"
    advice = "请用 --published 再指一处有 trust/ 的副本：公开网站、它的镜像，或一体机的 vault/events 目录。"


class TrustGap(Refusal):
    """Somebody shows newer trust files, and nobody shows all that leads to them."""

    code = "trust-gap"
    fault = Fault.PERSON
    sentence = "--published 给的一处有更新的信任文件，可是接不上（{why}），不能按较旧的接着发布。"
    advice = (
        "请用 --published 再指别的一体机的 vault/events 或网站的镜像，由它补上；"
        "这一处确实不是本县的，请去掉它再运行。"
    )


class PublishedOlder(Refusal):
    """What was shown as newest is older than the backup."""

    code = "published-older"
    fault = Fault.PERSON
    sentence = "--published 给的地方比备份还旧，或者不是这个县的（{what}），看不出最后公布的是什么。"
    advice = "请换一处最新的：公开网站，或最近同步过的一体机。"


class PublishedForked(Refusal):
    """The backup holds what was never published so, or the other way round."""

    code = "published-forked"
    fault = Fault.COUNTY
    sentence = "{village} 备份里的记录与公布的不是同一份，不能接着发布。"
    advice = "请核对备份是不是这个县最近的一份；都没有错的，请保留两份并报告监督部门。"


class Confirmed(msgspec.Struct, frozen=True, kw_only=True):
    """What was caught up."""

    villages: tuple[str, ...]  # whose logs had grown since the backup
    events: int
    files_missing: int  # files of notices that nobody has


class _Came(NamedTuple):
    """What a log grew by."""

    events: int
    files_missing: int


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
    newest = _trust(county, sources)
    county = open_county(folder, closed=True)
    empty = {village_named(county, one).code for one in unpublished}
    came = _every_log(county, sources, progress)
    if any(map(_shows_every_log, newest)):
        empty |= came.keys()
    unseen = [one for one, log in came.items() if log is None and (_size(county, one) or one not in empty)]
    if unseen:
        names = {one.code: one.name for one in county.pack.villages}
        raise NewestUnseen(villages="、".join(f"{names.get(one, '')} {one}".strip() for one in unseen))
    reopen(folder)
    logs = {village: log for village, log in came.items() if log and log.events}
    return Confirmed(
        villages=tuple(logs),
        events=sum(log.events for log in logs.values()),
        files_missing=sum(log.files_missing for log in logs.values()),
    )


def _every_log(county: County, sources: Sequence[Feed], progress: Progress) -> dict[str, _Came | None]:
    """Each village's log brought to the newest that anybody shows; None where nobody shows any."""
    villages = sorted({one.code for one in county.pack.villages} | _here(county))
    came: dict[str, _Came | None] = {}
    for number, village in enumerate(villages):
        progress(number, len(villages))
        with county.writing((village,)):
            newest = _newest(county, village, sources)
            came[village] = _caught_up(county, village, newest) if newest else None
    return came


def _size(county: County, village: str) -> int:
    return county.log(village).state().size


def _here(county: County) -> set[str]:
    return {path.name for path in (county.feed / "v").glob("*") if is_village(path.name)}


def _shows_every_log(source: Feed) -> bool:
    """A site and its mirrors do: what is not there was not published. A kiosk has its own villages only."""
    try:
        source.trust(OF_ONE_KIOSK, METADATA_LIMIT_BYTES)
    except NotOnTheRoad:
        return True
    except Refusal:
        return False
    return False


def _caught_up(county: County, village: str, newest: _Newest) -> _Came:
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
        return _Came(0, 0)
    missing = _files(county, village, source, lines)
    erasures.begin(county, village, lines, note)  # a stop in between goes on from here
    erasures.finish(county, village)
    return _Came(len(lines), missing)


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


def _trust(county: County, sources: Sequence[Feed]) -> list[Feed]:
    """The newest trust files that anybody shows, verified from the backup's on: no version goes back.

    Who shows just these. What leads to them may lie at several places, a kiosk has what it saw; where nobody
    has it the older ones are not gone on from: their numbers are taken.
    """
    shown = [(source, stamp) for source in sources if (stamp := _stamp(source))]
    refused: list[tuple[bytes, Refusal]] = []
    for source, stamp in shown:
        try:
            _take_trust(county, _Helped(source, sources), stamped_at(county))
        except (NotOnTheRoad, TrustNotThere, TrustRefused) as e:
            refused.append((stamp, e))
    taken = len(refused) < len(shown)
    kept = (county.feed / FOLDER / _TIMESTAMP).read_bytes()
    for stamp, why in refused:
        if _number(stamp) > _number(kept) and (taken or not isinstance(why, TrustRefused)):
            raise TrustGap(why=why.facts.get("what") or f"缺 {why.facts['name']}") from why
    for _, why in refused if not taken else ():
        raise PublishedOlder(what=str(why.facts.get("what") or why.facts["name"])) from why
    if not taken:
        raise TrustUnseen
    _refuse_later_root(county, sources)
    return [source for source, stamp in shown if stamp == kept]


def _refuse_later_root(county: County, sources: Sequence[Feed]) -> None:
    """A machine that missed a root shows the one after: nothing else would say that it was published."""
    last = Repository(county.feed).root.signed.version
    for number in range(last + 2, last + _ROOTS_MISSED):
        for source in sources:
            with suppress(NotOnTheRoad):
                source.trust(f"metadata/{number}.root.json", METADATA_LIMIT_BYTES)
                raise TrustGap(why=f"缺 metadata/{last + 1}.root.json")


def _stamp(source: Feed) -> bytes:
    try:
        return source.trust(_TIMESTAMP, METADATA_LIMIT_BYTES)
    except NotOnTheRoad:
        return b""


def _number(stamp: bytes) -> int:
    """The version a timestamp claims, whoever signed it; 0 where it is none."""
    try:
        return _version(stamp)
    except RepositoryError:
        return 0


class _Helped:
    """A place with its own timestamp; a file it lacks may lie at another, and is proven all the same."""

    def __init__(self, source: Feed, others: Sequence[Feed]) -> None:
        self._every = (source, *(one for one in others if one is not source))

    def trust(self, name: str, limit: int) -> bytes:
        """Raises NotOnTheRoad, where nobody has it."""
        for one in self._every[:1] if name == _TIMESTAMP else self._every:
            with suppress(NotOnTheRoad):
                return one.trust(name, limit)
        raise NotOnTheRoad(village="", name=name)


def _take_trust(county: County, source: TrustFiles, then: datetime) -> None:
    before = _trusted(county)
    with tempfile.TemporaryDirectory(dir=county.folder, prefix=".backup-") as scratch:
        files, refusals = refreshed(before, source, then, Path(scratch), lambda *_: None, (STATEMENT,))
    for refusal in refusals:
        raise refusal
    home = county.feed / FOLDER
    first, last = (_version(one[metadata_at("root")]) for one in (before, files))
    for number in range(first + 1, last + 1):
        name = f"metadata/{number}.root.json"
        durable(home / name, source.trust(name, METADATA_LIMIT_BYTES))
    _take_statements(home, source, _version(before[metadata_at("targets")]), files)
    _take_seated(county, source, files)
    durable(home / "metadata" / f"{_version(files[_SNAPSHOT])}.snapshot.json", files[_SNAPSHOT])
    durable(home / _TIMESTAMP, files[_TIMESTAMP])


def _take_statements(home: Path, source: TrustFiles, known: int, files: dict[str, bytes]) -> None:
    """The statements there were since the backup's, each as two root keys signed it."""
    roots = [
        Metadata[Root].from_bytes(path.read_bytes()).signed for path in home.glob("metadata/*.root.json")
    ]
    for number in range(known + 1, _version(files[metadata_at("targets")]) + 1):
        found = _found(source, "targets", number, STATEMENT)
        if not any(_signed_by(root, found.made) for root in roots):
            raise TrustRefused(what=found.name)
        found.written(home)


def _take_seated(county: County, source: TrustFiles, files: dict[str, bytes]) -> None:
    """Pack and register in force, if both seats of the newest statement signed them, or of one there was.

    Between a change of the seats and `county trust resign` it is the latter, as with checkpoints.
    """
    there_were = [*Repository(county.feed).earlier(_version(files[metadata_at("targets")]))]
    meta = Metadata[Snapshot].from_bytes(files[_SNAPSHOT]).signed.meta
    for role in SEATED:
        if (named := meta.get(f"{role}.json")) is None:
            continue
        found = _found(source, role, named.version, f"{role}.json")
        if not any(seated_by(above, Seats(said), role, found.made) for above, said in there_were):
            raise TrustRefused(what=found.name)
        found.written(county.feed / FOLDER)


class _Found(NamedTuple):
    """A role's version that a place shows, with the one target it names."""

    name: str
    made: Metadata[Targets]
    data: bytes
    target: str
    content: bytes

    def written(self, home: Path) -> None:
        """The target before what names it."""
        durable(home / self.target, self.content)
        durable(home / self.name, self.data)


def _found(source: TrustFiles, role: str, version: int, about: str) -> _Found:
    """Fetch it and hold it to its number and digest; whose signatures count is for others to say."""
    name = f"metadata/{version}.{role}.json"
    data = source.trust(name, METADATA_LIMIT_BYTES)
    try:
        made = Metadata[Targets].from_bytes(data)
        digest = made.signed.targets[about].hashes["sha256"]
    except (RepositoryError, KeyError, AttributeError) as e:
        raise TrustRefused(what=name) from e
    content = source.trust(f"targets/{digest}.{about}", TARGET_LIMIT_BYTES)
    if made.signed.version != version or hashlib.sha256(content).hexdigest() != digest:
        raise TrustRefused(what=name)
    return _Found(name, made, data, f"targets/{digest}.{about}", content)


def _signed_by(root: Root, made: Metadata[Targets]) -> bool:
    return bool(root.get_verification_result("targets", made.signed_bytes, made.signatures).verified)


def _trusted(county: County) -> dict[str, bytes]:
    """The trust files of the backup as a kiosk would have them."""
    repository = Repository(county.feed)
    newest: dict[str, Metadata[Any] | None] = {role: repository.seated(role) for role in SEATED}
    newest |= {"root": repository.root, "targets": repository.targets, "snapshot": repository.snapshot}
    named = {role: f"{found.signed.version}.{role}" for role, found in newest.items() if found}
    named["timestamp"] = "timestamp"
    metadata = repository.folder / "metadata"
    files = {metadata_at(role): (metadata / f"{name}.json").read_bytes() for role, name in named.items()}
    targets = {f"{role}.json": repository.target(role) for role in SEATED}
    targets[STATEMENT] = repository.said.bytes()
    return files | {target_at(name): data for name, data in targets.items() if data}


def _version(metadata: bytes) -> int:
    return int(Metadata.from_bytes(metadata).signed.version)
