"""A county folder of the last release, in which both keys lay open, becomes one of today.

Nothing that was published or waits is touched: logs, proposals, tokens and layouts go on, the two keys keep
their names. county.toml is written when all else is in place: whatever stopped it, the same again goes on.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from sync.county.county import CountyNotFound, CountyToml, make_room
from sync.county.first_trust import first_pack, first_roots, kept_key
from sync.durable import durable, settled
from sync.log.keys import SigningKey, read_key, write_key
from sync.pack import read_pack
from sync.trust.repository import Repository
from sync.trust.statement import Login, Office, Seat, Statement, StatementWrong, sound

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

OPEN = ("publisher.pem", "publisher.pub", "reviewer.pem", "reviewer.pub")


class OldCounty(msgspec.Struct, frozen=True, kw_only=True):
    """county.toml as it was, and where the upgrade has begun to end, as it is."""

    name: str
    county_code: str
    origin_prefix: str
    founded: str
    pack_sha256: str | None = None
    format: str = ""


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two persons: which key was theirs, and where it lies from now on."""

    person: Login
    office: Office
    old: Path
    new: Path
    passphrase: str


class Stick(msgspec.Struct, frozen=True, kw_only=True):
    """Where a root key lies or will, and what opens it."""

    path: Path
    passphrase: str


def old_county(folder: Path) -> OldCounty:
    """What county.toml of either time says; raises CountyNotFound."""
    try:
        return msgspec.toml.decode((folder / "county.toml").read_bytes(), type=OldCounty)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as e:
        raise CountyNotFound(folder=folder.name, why="county.toml 读不出来") from e


def left_open(folder: Path) -> tuple[Path, ...]:
    """Open keys of the last release that still lie in a county's folder."""
    return tuple(path for name in OPEN if (path := folder / "keys" / name).exists())


def upgrade(
    folder: Path,
    holders: Sequence[Holder],
    sticks: Sequence[Stick],
    site: str,
    now: datetime,
) -> None:
    """Seats, roots, statement and pack in one go; safe to repeat.

    Raises CountyNotFound, StatementWrong, KeyUnreadable, PassphraseWeak, PassphraseWrong, NotWritten and what
    the pack raises.
    """
    old = old_county(folder)
    if old.format:  # only the open keys are left of it
        wiped(left_open(folder))
        return
    if len({one.person for one in holders}) < 2:
        raise StatementWrong(why="发布人和审核人必须是两个人")
    read_pack(folder / "pack", old.pack_sha256)
    make_room(folder, old.origin_prefix)
    keys = [_sealed(old.origin_prefix, one) for one in holders]
    seats = zip(holders, keys, strict=True)
    said = Statement(
        county_code=old.county_code,
        county=old.name,
        origin_prefix=old.origin_prefix,
        serial=1,
        seats=tuple(Seat(person=one.person, office=one.office, key=str(key.verifier)) for one, key in seats),
    )
    online, repository = read_key("online", folder / "keys" / "online.key"), Repository(folder / "feed")
    roots = [kept_key("root", one.path, one.passphrase) for one in sticks]
    first_roots(repository, sound(said), roots, online, now)
    first_pack(repository, folder / "pack", keys, online, now)
    told = {name: getattr(old, name) for name in ("name", "county_code", "origin_prefix", "founded")}
    durable(folder / "county.toml", CountyToml(**told, site=site).toml())
    wiped((*(one.old for one in holders), *left_open(folder)))


def _sealed(prefix: str, one: Holder) -> SigningKey:
    """The same key under its holder's passphrase; raises KeyUnreadable, PassphraseWeak, PassphraseWrong."""
    name = f"{prefix}/{one.office}"
    if one.new.exists():
        return read_key(name, one.new, one.passphrase)
    write_key(key := read_key(name, one.old), one.new, one.passphrase)
    return key


def wiped(paths: Sequence[Path]) -> None:
    """Overwritten, then gone. What a disk of memory cells keeps behind its own back nobody can say."""
    for path in (one for one in paths if one.exists()):
        with path.open("r+b") as file:
            file.write(bytes(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
        settled(path.parent)
