"""A county's trust repository made in one process, and a store that forgets when the test ends."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from kiosk_server.demo.county import pair
from sync.log.keys import SigningKey, new_key, read_key
from sync.trust.repository import (
    Repository,
    key_of,
    prepared_root,
    prepared_seated,
    prepared_targets,
    signer_of,
)
from sync.trust.seats import Seats
from sync.trust.statement import Seat, Statement
from sync.trust_layout import PACK, STATEMENT, metadata_at, target_at
from tests.founding import repacked

if TYPE_CHECKING:
    from sync.county.county import County

NOW = datetime(2026, 11, 30, 4, 0, tzinfo=UTC)


class MemoryStore:
    def __init__(self, files):
        self.files = dict(files)

    async def trusted(self):
        return dict(self.files)

    async def trust(self, files, now):
        self.files = dict(files)


class House:
    """Three root keys, an online key, a publisher (li) and a reviewer (wang)."""

    def __init__(self, feed: Path, now=NOW):
        self.now = now
        self.repository = Repository(feed)
        self.roots = [new_key(f"root{number}") for number in (1, 2, 3)]
        self.online = new_key("online")
        self.li, self.wang = new_key("county-330590/li"), new_key("county-330590/wang")
        self.said = Statement(
            county_code="330590", county="苕安县", origin_prefix="county-330590", serial=1, seats=self.seats()
        )
        root = prepared_root(self.root_keys(), key_of(self.online.verifier.public), now)
        targets = prepared_targets(self.said, now)
        for one in (root, targets):
            signed_by(one, *self.roots[:2])
        self.adopt({"root": root, "targets": targets}, {STATEMENT: self.said.bytes()})

    def seats(self) -> tuple[Seat, ...]:
        return (
            Seat(person="li", office="publisher", key=str(self.li.verifier)),
            Seat(person="wang", office="reviewer", key=str(self.wang.verifier)),
        )

    def root_keys(self):
        return [key_of(key.verifier.public) for key in self.roots]

    def adopt(self, new, contents, now=None, outgoing=()):
        self.repository.adopt(
            new, contents, signer_of(self.online), now or self.now, *map(signer_of, outgoing)
        )

    def said_next(self, **changes) -> Statement:
        before = self.repository.said
        return msgspec.structs.replace(before, serial=before.serial + 1, **changes)

    def targets_next(self, said: Statement, *keys: SigningKey, now=None):
        made = prepared_targets(said, now or self.now, self.repository.targets.signed)
        return signed_by(made, *(keys or self.roots[1:]))

    def say(self, now=None, **changes) -> Statement:
        """A new statement, signed by the second and third root key."""
        said = self.said_next(**changes)
        self.adopt({"targets": self.targets_next(said, now=now)}, {STATEMENT: said.bytes()}, now)
        return said

    def root_next(self, roots, online: SigningKey, *keys: SigningKey, now=None):
        publics = [key_of(key.verifier.public) for key in roots]
        made = prepared_root(
            publics, key_of(online.verifier.public), now or self.now, self.repository.root.signed
        )
        return signed_by(made, *(keys or self.roots[1:]))

    def publish(self, role: str, content: bytes, *keys: SigningKey, now=None):
        before = self.repository.seated(role)
        made = prepared_seated(role, content, now or self.now, before.signed if before else None)
        self.adopt({role: signed_by(made, *keys)}, {f"{role}.json": content}, now)

    def paired(self) -> MemoryStore:
        first = self.repository.folder / "metadata" / "1.root.json"
        return MemoryStore({metadata_at("root"): first.read_bytes()})


def pack_in(files) -> bytes | None:
    """The pack that was adopted last."""
    return files.get(target_at(PACK))


def seats_of(publisher: str, reviewer: str, prefix: str) -> Seats:
    """The two keys of a log that was signed for a test, at work."""
    seats = (
        Seat(person="publisher", office="publisher", key=publisher),
        Seat(person="reviewer", office="reviewer", key=reviewer),
    )
    return Seats(Statement(county_code="", county="", origin_prefix=prefix, serial=1, seats=seats))


def paired(settings: Path, toml: str, county: County) -> None:
    """A kiosk.toml and the county's root beside it; a county of long ago has renewed its timestamp today."""
    pair(settings, toml, county)
    (online,) = (county.folder / "keys").glob("online.*")
    Repository(county.feed).renew(signer_of(read_key("online", online)), datetime.now(UTC))


def publish_pack(county: County, content: bytes = b"") -> None:
    """The working copy of a founded county's pack, or these bytes, signed by its two seats for every kiosk."""
    repacked(county, datetime.now(UTC), content)


def signed_by(metadata, *keys: SigningKey):
    for key in keys:
        metadata.sign(signer_of(key), append=True)
    return metadata
