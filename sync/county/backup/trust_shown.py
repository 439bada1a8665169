"""What of the trust files was published after a backup: found, verified, and written (backups §4)."""

from __future__ import annotations

import hashlib
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Root, Snapshot, Targets

from sync.carriers.road import NotOnTheRoad
from sync.county.backup.checked import stamped_at
from sync.county.backup.errors import PublishedOlder, TrustGap, TrustUnseen
from sync.county.resigning import seated_by
from sync.durable import durable
from sync.trust.client import TrustNotThere, TrustRefused, refreshed
from sync.trust.repository import Repository
from sync.trust.seats import Seats
from sync.trust_layout import (
    FOLDER,
    METADATA_LIMIT_BYTES,
    SEATED,
    STATEMENT,
    TARGET_LIMIT_BYTES,
    metadata_at,
    target_at,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from boards.model.errors import Refusal
    from sync.county.county import County
    from sync.seams import Feed, TrustFiles

_ROOTS_MISSED = 20  # looked for, between two that somebody has
_SNAPSHOT, _TIMESTAMP = metadata_at("snapshot"), metadata_at("timestamp")


def trust_caught_up(county: County, sources: Sequence[Feed]) -> list[Feed]:
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
