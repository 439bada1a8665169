"""Whether a county's folder is whole, by the county's own rules and the kiosks' (backups §1)."""

from __future__ import annotations

import hashlib
import sqlite3
from collections import deque
from contextlib import closing, suppress
from typing import TYPE_CHECKING

import msgspec

from boards.model.errors import Fault, Refusal
from sync import wire
from sync.carriers.folder import FolderSource
from sync.county.county import open_county
from sync.county.erasures import erased_by
from sync.log import tree
from sync.log_files import FeedDamaged
from sync.trust.client import refreshed
from sync.trust.repository import Repository, TrustNotFounded
from sync.trust_layout import FOLDER, SEATED, STATEMENT, TERMS, metadata_at, target_at

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from sync.county.county import County
    from sync.log.checkpoint import Checkpoint

_ROOTED = (*map(metadata_at, ("root", "timestamp", "snapshot", "targets")), target_at(STATEMENT))


class AccountsDamaged(Refusal):
    """people.sqlite3 is no database, or a bent one."""

    code = "accounts-damaged"
    fault = Fault.MACHINE
    sentence = "账号数据库 people.sqlite3 损坏。"
    advice = "请改用另一份备份；正在备份的，请先修好原来的数据库。"


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What was read, all of it."""

    logs: int
    events: int


def checked(folder: Path, scratch: Path) -> Checked:
    """Read everything again; raises what it finds wrong."""
    county = open_county(folder, closed=True)
    county.household_key()
    _accounts(folder)
    _trust(county, scratch)
    villages = [path.parent.name for path in sorted((county.feed / "v").glob("*/checkpoint"))]
    return Checked(logs=len(villages), events=sum(_log(county, village) for village in villages))


def _log(county: County, village: str) -> int:
    """Both seats' signatures, the tree, every line and every body under it; how many lines there are."""
    log = county.log(village)
    vouched(county, village, log.note())
    lines = [*log.lines()]
    for hash_, line in zip(log.hashes(), lines, strict=True):
        head, body = wire.framed(line)
        said = body is None or wire.commitment(head).body == hashlib.sha256(body).hexdigest()
        if tree.leaf_hash(head) != hash_ or not said:
            raise FeedDamaged(village=village)
    if not _without_body(lines) <= {*erased_by(lines)}:
        raise FeedDamaged(village=village)
    return len(lines)


def _without_body(lines: list[bytes]) -> set[int]:
    return {at for at, line in enumerate(lines) if wire.framed(line)[1] is None}


def vouched(county: County, village: str, note: bytes) -> Checkpoint:
    """The checkpoint, if both seats of today signed it, or those of a statement there was.

    Between a change of the seats and `county trust resign` it is the latter. Raises what the trust says.
    """
    try:
        return county.trust().verified(village, note)
    except Refusal:
        for seats in county.sat_before:
            with suppress(Refusal):
                return seats.verified(village, note)
        raise


def stamped_at(county: County) -> datetime:
    """When the newest trust timestamp was signed: a folder is judged by that day, it may be years old."""
    stamp = Repository(county.feed).timestamp
    if stamp is None:
        raise TrustNotFounded
    return stamp.signed.expires - TERMS["timestamp"]


def _trust(county: County, scratch: Path) -> None:
    """From the first root on, as a machine that was just paired; raises TrustNotFounded."""
    road, then = FolderSource(county.feed), stamped_at(county)
    first = {metadata_at("root"): (county.feed / FOLDER / "metadata" / "1.root.json").read_bytes()}
    files, refusals = refreshed(first, road, then, scratch, lambda *_: None)
    if any(name not in files for name in _ROOTED) and refusals:
        raise refusals[0]
    repository = Repository(county.feed)
    deque(repository.earlier(), maxlen=0)  # each is held to its roots: what waits to be signed again needs it
    for role in SEATED:  # whoever signed them may have left since: their bytes are the signed ones
        repository.target(role)


def _accounts(folder: Path) -> None:
    path = folder / "people.sqlite3"
    if path.exists():
        try:
            with closing(sqlite3.connect(path)) as db:
                sound = db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        except sqlite3.DatabaseError as e:
            raise AccountsDamaged from e
        if not sound:
            raise AccountsDamaged
