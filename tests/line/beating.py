"""A county whose statement names its heartbeat key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sync.log.keys import SigningKey, new_key, read_key, write_key
from sync.trust.repository import Repository, prepared_targets, signer_of
from sync.trust_layout import STATEMENT
from tests.line.county_sim import NOW

if TYPE_CHECKING:
    from sync.county.county import County


def roots(where: County) -> list[SigningKey]:
    """The keys of two of three keepers."""
    return [read_key(name, where.folder / "keys" / f"{name}.pem") for name in ("root1", "root2")]


def online(where: County) -> SigningKey:
    """The key of the county's server."""
    return read_key("online", where.folder / "keys" / "online.pem")


def stated(where: County, now=NOW, **values) -> County:
    """Another statement, signed by two of the three root keys."""
    repository = Repository(where.feed)
    before = repository.said
    said = msgspec.structs.replace(before, serial=before.serial + 1, **values)
    targets = prepared_targets(said, now, repository.targets.signed)
    for key in roots(where):
        targets.sign(signer_of(key), append=True)
    repository.adopt({"targets": targets}, {STATEMENT: said.bytes()}, signer_of(online(where)), now)
    return where


def beating(where: County, now=NOW) -> County:
    """The county with a heartbeat key, which its statement names."""
    path, name = where.folder / "keys" / "heartbeat.key", f"{where.settings.origin_prefix}/heartbeat"
    if not path.exists():
        write_key(new_key(name), path)
    return stated(where, now, heartbeat=(str(read_key(name, path).verifier),))
