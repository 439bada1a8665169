"""A county whose statement names its heartbeat key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sync.log.keys import SigningKey, read_key
from sync.trust.repository import Repository, prepared_targets, signer_of
from sync.trust_layout import STATEMENT
from tests.founding import PASSPHRASES, ROOT
from tests.line.county_sim import NOW

if TYPE_CHECKING:
    from sync.county.county import County


def roots(where: County) -> list[SigningKey]:
    """The keys of two of three keepers."""
    home = where.folder / "roots"
    return [read_key(name, home / f"{name}.key", PASSPHRASES[ROOT]) for name in ("root1", "root2")]


def stated(where: County, now=NOW, **values) -> County:
    """The county under another statement, signed by two of the three root keys."""
    repository = Repository(where.feed)
    before = repository.said
    said = msgspec.structs.replace(before, serial=before.serial + 1, **values)
    targets = prepared_targets(said, now, repository.targets.signed)
    for key in roots(where):
        targets.sign(signer_of(key), append=True)
    online = signer_of(where.machine_key("online"))
    repository.adopt({"targets": targets}, {STATEMENT: said.bytes()}, online, now)
    return msgspec.structs.replace(where)  # what it says is read again


def beating(where: County, now=NOW) -> County:
    """The county with a heartbeat key, which its statement names."""
    return stated(where, now, heartbeat=(str(where.machine_key("heartbeat").verifier),))
