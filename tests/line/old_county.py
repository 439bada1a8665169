"""A county's folder as the last release left it: both keys open in keys/, the pack pinned by its hash, no roots."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec

from sync.county.acting import named
from sync.county.county import County, Signer, open_county
from sync.log.keys import SigningKey, read_key, write_key
from sync.trust.repository import Repository, prepared_targets, signer_of
from sync.trust_layout import STATEMENT
from tests.founding import PASSPHRASES, ROOT, found
from tests.line.county_sim import NOW, PACK


def founded(folder: Path) -> County:
    """Today's county, whose two keys are called as they were then."""
    county = found(folder, PACK, "", NOW)
    prefix, repository = county.settings.origin_prefix, Repository(county.feed)
    old = [SigningKey(f"{prefix}/{one.office}", one.key.private) for one in county.signers]
    seats = zip(county.said.seats, old, strict=True)
    seats = tuple(msgspec.structs.replace(seat, key=str(key.verifier)) for seat, key in seats)
    said = msgspec.structs.replace(county.said, serial=2, seats=seats)
    made = prepared_targets(said, NOW, repository.targets.signed)
    for number in (1, 2):
        root = read_key("root", folder / "roots" / f"root{number}.key", PASSPHRASES[ROOT])
        made.sign(signer_of(root), append=True)
    repository.adopt(
        {"targets": made}, {STATEMENT: said.bytes()}, signer_of(county.machine_key("online")), NOW
    )
    again = named(open_county(folder), "li")
    signers = zip(county.signers, old, strict=True)
    return msgspec.structs.replace(
        again, signers=tuple(Signer(person=one.person, office=one.office, key=key) for one, key in signers)
    )


def put_back(county: County) -> Path:
    """What is there of today goes; what the last release had comes."""
    folder, keys = county.folder, county.folder / "keys"
    for one in county.signers:
        write_key(one.key, keys / f"{one.office}.pem")
        (keys / f"{one.office}.pub").write_text(f"{one.key.verifier}\n")
    for path in (folder / "feed" / "trust", keys / "seats", folder / "people", folder / "roots"):
        shutil.rmtree(path)
    for name in ("online.key", "heartbeat.key"):
        (keys / name).unlink()
    told = {
        name: getattr(county.settings, name) for name in ("name", "county_code", "origin_prefix", "founded")
    }
    told["pack_sha256"] = county.pack.digest
    lines = (f"{key} = {msgspec.json.encode(value).decode()}\n" for key, value in told.items())
    (folder / "county.toml").write_text("".join(lines), "utf-8")
    return folder
