"""A whole county founded in one process: what elsewhere takes three keepers and two persons with seats.

For the demo and for tests; a real county goes through docs/county.md. One that was interrupted goes on.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final

import msgspec

from sync.county.acting import key_file, key_name, named, opened
from sync.county.county import County, CountyExists, founded, make_room, open_county
from sync.durable import NotWritten
from sync.log.keys import ROUNDS, SigningKey, new_key, read_key, write_key
from sync.pack import pack_files, packed, read_pack
from sync.trust.repository import (
    Repository,
    key_of,
    prepared_root,
    prepared_seated,
    prepared_targets,
    signer_of,
)
from sync.trust.statement import Office, Seat, Statement
from sync.trust_layout import PACK, ROOT_KEYS, ROOT_THRESHOLD, STATEMENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

    from securesystemslib.signer import CryptoSigner

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
    rounds: int = ROUNDS,
) -> County:
    """A county with its roots, its two seats and its first pack; Li publishes, Wang reviews.

    Raises CountyExists, NotWritten and what the pack raises.
    """
    if (folder / "county.toml").exists():
        raise CountyExists(folder=folder.name)
    pack = read_pack(pack_folder)
    prefix = origin_prefix or f"county-{pack.county_code}"
    make_room(folder, prefix)
    _copied(pack_folder, folder / "pack")
    seats = folder / "keys" / "seats"
    names = {who: key_name(prefix, who, office) for who, office in PEOPLE.items()}
    held = {who: _made(names[who], seats / f"{who}.key", passphrases[who], rounds) for who in PEOPLE}
    said = Statement(
        county_code=pack.county_code,
        county=pack.county,
        origin_prefix=prefix,
        serial=1,
        seats=tuple(
            Seat(person=who, office=office, key=str(held[who].verifier)) for who, office in PEOPLE.items()
        ),
    )
    online = signer_of(read_key("online", folder / "keys" / "online.key"))
    repository = Repository(folder / "feed")
    if not repository.timestamp:
        _rooted(repository, said, _roots(roots, passphrases[ROOT], rounds), online, now)
    if not repository.seated("pack"):
        _packed(repository, packed(pack_files(pack_folder)), held.values(), online, now)
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


def _made(name: str, path: Path, passphrase: str, rounds: int) -> SigningKey:
    if not path.exists():
        write_key(new_key(name), path, passphrase, rounds)
    return read_key(name, path, passphrase)


def _roots(folder: Path, passphrase: str, rounds: int) -> list[SigningKey]:
    """The three root keys, each of which would have a stick of its own."""
    folder.mkdir(0o700, parents=True, exist_ok=True)
    names = [f"root{number}" for number in range(1, ROOT_KEYS + 1)]
    return [_made(name, folder / f"{name}.key", passphrase, rounds) for name in names]


def _rooted(
    repository: Repository, said: Statement, roots: list[SigningKey], online: CryptoSigner, now: datetime
) -> None:
    root = prepared_root([key_of(key.verifier.public) for key in roots], online.public_key, now)
    targets = prepared_targets(said, now)
    for key in roots[:ROOT_THRESHOLD]:
        root.sign(signer_of(key), append=True)
        targets.sign(signer_of(key), append=True)
    repository.adopt({"root": root, "targets": targets}, {STATEMENT: said.bytes()}, online, now)


def _packed(
    repository: Repository, content: bytes, held: Iterable[SigningKey], online: CryptoSigner, now: datetime
) -> None:
    pack = prepared_seated("pack", content, now)
    for key in held:
        pack.sign(signer_of(key), append=True)
    repository.adopt({"pack": pack}, {PACK: content}, online, now)
