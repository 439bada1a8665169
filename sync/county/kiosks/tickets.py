"""Sealed pairing files that wait at the county's server for who has the code (pairing §3).

pairings/<ticket>.json           sealed for one code, until it is answered or its term ends   (0700, 0600)
pairings/<kiosk>.answer.json     the answer that came over the same line
"""

from __future__ import annotations

import base64
import re
from datetime import datetime
from pathlib import Path

import msgspec

from sync.county.kiosks.passes import passes
from sync.durable import durable
from sync.trust.pairing import answer_of
from sync.trust.register import KioskId

MOST_TIMES = 3
"""A ticket is handed out: a line that breaks must not spoil a code, and nobody needs it more often."""

_FOLDER = "pairings"
_NAME = re.compile(r"[0-9a-f]{32}", re.ASCII)


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    """Whose it is, what was sealed, how often it was handed out."""

    kiosk: KioskId
    box: str  # base64
    until: datetime
    times: int = 0


def laid_out(folder: Path, name: str, kiosk: str, box: bytes, until: datetime) -> None:
    """Lay a sealed pairing file out under its code's ticket."""
    _keep(folder, name, Ticket(kiosk=kiosk, box=base64.b64encode(box).decode(), until=until))


def taken(folder: Path, name: str, now: datetime) -> bytes | None:
    """The sealed file, while it may be handed out; it counts."""
    ticket = _ticket(folder, name, now)
    if ticket is None or ticket.times >= MOST_TIMES:
        return None
    _keep(folder, name, msgspec.structs.replace(ticket, times=ticket.times + 1))
    return base64.b64decode(ticket.box)


def handed_in(folder: Path, name: str, data: bytes, now: datetime) -> bool:
    """Take the answer to a ticket, which is then gone; False where it is none.

    Raises PairingDamaged, PairingOtherVersion, AnswerForged.
    """
    ticket, answer = _ticket(folder, name, now), answer_of(data)
    asked = {one.name: one.sha256 for one in passes(folder) or ()}
    if ticket is None or answer.kiosk != ticket.kiosk or not answer.is_to(asked.get(ticket.kiosk, "")):
        return False
    durable(answer_file(folder, ticket.kiosk), answer.bytes(), private=True)
    _path(folder, name).unlink(missing_ok=True)
    return True


def forget(folder: Path, kiosk: str, but: str = "") -> None:
    """Nothing waits for this kiosk any more, nor from it, `but` what lies under one ticket."""
    answer_file(folder, kiosk).unlink(missing_ok=True)
    for path in (folder / _FOLDER).glob("*.json"):
        if _NAME.fullmatch(path.stem) and path.stem != but and _read(path).kiosk == kiosk:
            path.unlink(missing_ok=True)


def answer_file(folder: Path, kiosk: str) -> Path:
    """Where an answer lies that came over the line."""
    return folder / _FOLDER / f"{kiosk}.answer.json"


def came(folder: Path) -> list[Path]:
    """Answers that wait for a clerk."""
    return sorted((folder / _FOLDER).glob("*.answer.json"))


def _ticket(folder: Path, name: str, now: datetime) -> Ticket | None:
    if not _NAME.fullmatch(name) or not _path(folder, name).exists():
        return None
    ticket = _read(_path(folder, name))
    return ticket if now <= ticket.until else None


def _read(path: Path) -> Ticket:
    return msgspec.json.decode(path.read_bytes(), type=Ticket)


def _path(folder: Path, name: str) -> Path:
    return folder / _FOLDER / f"{name}.json"


def _keep(folder: Path, name: str, ticket: Ticket) -> None:
    durable(_path(folder, name), msgspec.json.encode(ticket), private=True)
