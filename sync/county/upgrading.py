"""A county folder of the last release, in which both keys lay open, becomes one of today.

Nothing that was published or waits is touched: logs, proposals, tokens and layouts go on, the two keys keep
their names. The open keys go when the closed ones were read, county.toml changes when they are gone: whatever
stopped it, the same again goes on.
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
from sync.own_name import own_name
from sync.pack import read_pack
from sync.trust.repository import Repository
from sync.trust.statement import Login, Office, Seat, Statement, StatementWrong, sound

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


class OldCounty(msgspec.Struct, frozen=True, kw_only=True):
    """county.toml as it was; one of today has a format."""

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
        raise CountyNotFound(folder=own_name(folder), why="county.toml 读不出来") from e


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
    if len({one.person for one in holders}) < 2:
        raise StatementWrong(why="发布人和审核人必须是两个人")
    read_pack(folder / "pack", old.pack_sha256)
    make_room(folder, old.origin_prefix)
    kept, keys = folder / "keys", [_sealed(old.origin_prefix, one) for one in holders]
    seats = zip(holders, keys, strict=True)
    said = Statement(
        county_code=old.county_code,
        county=old.name,
        origin_prefix=old.origin_prefix,
        serial=1,
        seats=tuple(Seat(person=one.person, office=one.office, key=str(key.verifier)) for one, key in seats),
        heartbeat=(str(read_key(f"{old.origin_prefix}/heartbeat", kept / "heartbeat.key").verifier),),
    )
    online, repository = read_key("online", kept / "online.key"), Repository(folder / "feed")
    roots = [kept_key("root", one.path, one.passphrase) for one in sticks]
    first_roots(repository, sound(said), roots, online, now)
    if repository.said.seats != said.seats:
        raise StatementWrong(why="上次没有做完的升级登记的是另外的人或密钥，请写和上次相同的人")
    first_pack(repository, folder / "pack", keys, online, now)
    for one in holders:
        wiped(one.old)
        wiped(kept / f"{one.office}.pub")
    told = {name: getattr(old, name) for name in ("name", "county_code", "origin_prefix", "founded")}
    durable(folder / "county.toml", CountyToml(**told, site=site).toml())


def _sealed(prefix: str, one: Holder) -> SigningKey:
    """The same key under its passphrase, read back; raises KeyUnreadable, PassphraseWeak, PassphraseWrong."""
    name = f"{prefix}/{one.office}"
    if not one.new.exists():
        write_key(read_key(name, one.old), one.new, one.passphrase)
    return read_key(name, one.new, one.passphrase)


def wiped(path: Path) -> None:
    """Overwritten, then gone. What a disk of memory cells keeps behind its own back nobody can say."""
    if not path.exists():
        return
    with path.open("r+b") as file:
        file.write(bytes(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
    settled(path.parent)
