"""A whole county founded in one process: what elsewhere takes three keepers and two persons with seats.

For the demo and for tests; a real county goes through docs/county.md. One that was interrupted goes on.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final

import msgspec

from sync.county.acting import key_file, key_name, named, opened
from sync.county.county import County, CountyExists, founded, make_room, open_county
from sync.county.first_trust import first_pack, first_roots, kept_key
from sync.durable import NotWritten
from sync.log.keys import SigningKey, read_key
from sync.own_name import own_name
from sync.pack import read_pack
from sync.trust.repository import Repository
from sync.trust.statement import Office, Seat, Statement
from sync.trust_layout import ROOT_KEYS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

PEOPLE: Final[dict[str, Office]] = {"li": "publisher", "wang": "reviewer"}
ROOT: Final = "root"
"""Whose passphrase opens the three root keys."""


def whole_county(  # noqa: PLR0913 - the world arrives as arguments
    folder: Path,
    pack_folder: Path,
    passphrases: Mapping[str, str],
    roots: Path,
    now: datetime,
    *,
    origin_prefix: str = "",
) -> County:
    """A county with its roots, its two seats and its first pack; Li publishes, Wang reviews.

    Raises CountyExists, NotWritten and what the pack raises.
    """
    if (folder / "county.toml").exists():
        raise CountyExists(folder=own_name(folder))
    pack = read_pack(pack_folder)
    prefix = origin_prefix or f"county-{pack.county_code}"
    make_room(folder, prefix)
    _copied(pack_folder, folder / "pack")
    held = {
        who: kept_key(
            key_name(prefix, who, office), folder / "keys" / "seats" / f"{who}.key", passphrases[who]
        )
        for who, office in PEOPLE.items()
    }
    said = Statement(
        county_code=pack.county_code,
        county=pack.county,
        origin_prefix=prefix,
        serial=1,
        seats=tuple(
            Seat(person=who, office=office, key=str(held[who].verifier)) for who, office in PEOPLE.items()
        ),
        heartbeat=(str(read_key(f"{prefix}/heartbeat", folder / "keys" / "heartbeat.key").verifier),),
    )
    online, repository = read_key("online", folder / "keys" / "online.key"), Repository(folder / "feed")
    first_roots(repository, said, _roots(roots, passphrases[ROOT]), online, now)
    first_pack(repository, pack_folder, held.values(), online, now)
    founded(folder, name=pack.county, county_code=pack.county_code, origin_prefix=prefix, now=now)
    return both_seated(folder, passphrases)


def both_seated(folder: Path, passphrases: Mapping[str, str]) -> County:
    """The county with both persons at work, as only one process of a demo has it."""
    county = named(open_county(folder), next(iter(PEOPLE)))
    signers = (
        opened((seat,), key_file(county, seat.person), passphrases[seat.person]) for seat in county.said.seats
    )
    return msgspec.structs.replace(county, signers=tuple(signers))


def _copied(pack_folder: Path, folder: Path) -> None:
    try:
        shutil.copytree(pack_folder, folder, dirs_exist_ok=True)
    except OSError as e:
        raise NotWritten(why=e.strerror or "无法复制资料包") from e


def _roots(folder: Path, passphrase: str) -> list[SigningKey]:
    """The three root keys, each of which would have a stick of its own."""
    names = [f"root{number}" for number in range(1, ROOT_KEYS + 1)]
    return [kept_key("root", folder / f"{name}.key", passphrase) for name in names]
