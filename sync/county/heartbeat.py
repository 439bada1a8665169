"""The county's heartbeat: every current checkpoint, cosigned by a key that can do nothing else (settled 55).

keys/heartbeat.key   a key of the server, which nobody types a passphrase for

It tells a village that what it has is still the newest. Where the trust timestamp is in its last half, it is
renewed as well. Each note is written whole or not at all; a run that was stopped is made good by the next.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Final

import msgspec

from boards.model.calendar.civil_day import CIVIL
from boards.model.errors import Fault, Refusal
from sync.log.cosignature import cosignature, is_cosignature
from sync.log.note import Note, parse
from sync.seams import Progress, silent
from sync.trust.repository import Repository, signer_of
from sync.trust_layout import FOLDER, TERMS

if TYPE_CHECKING:
    from datetime import datetime

    from sync.county.county import County
    from sync.log.keys import SigningKey, VerifierKey
    from sync.trust.seats import Seats

_AT_ONCE: Final = 8  # villages: a disk syncs many files in the time of one


class HeartbeatUnknown(Refusal):
    """A key that no kiosk would believe."""

    code = "heartbeat-unknown"
    fault = Fault.PERSON
    sentence = "keys/heartbeat.key 不在县里现行的密钥名册（trust.json）里，签了也没有人认。"
    advice = "请用 county trust status 核对；换过心跳密钥的，先办完 county trust rotate 再运行。"


class HeartbeatBefore(Refusal):
    """This machine's clock is behind what it signed before."""

    code = "heartbeat-before"
    fault = Fault.MACHINE
    sentence = "{village} 上次的心跳签名在 {last}，本机时钟却是 {now}，没有再签。"
    advice = "请校正本机时钟；上次签名时时钟快了的，等过了那个时刻，或换一把心跳密钥（county trust rotate）。"


class Beaten(msgspec.Struct, frozen=True, kw_only=True):
    """What one run did."""

    villages: int  # cosigned now
    refused: tuple[tuple[str, Refusal], ...] = ()  # village, why not; the others have theirs
    renewed: bool = False  # the trust timestamp


def beat(county: County, now: datetime, progress: Progress = silent) -> Beaten:
    """Cosign every published checkpoint that both seats signed, and renew the timestamp where it is due.

    What ails one village stops no other. Raises HeartbeatUnknown, KeyUnreadable, TrustNotFounded.
    """
    seats = county.trust()
    key, refused = _key(county, seats), list[tuple[str, Refusal]]()
    villages = [path.parent.name for path in sorted((county.feed / "v").glob("*/checkpoint"))]
    cosigned = partial(_cosigned_or_not, county, seats, key, now)
    with ThreadPoolExecutor(_AT_ONCE) as several:
        for number, refusal in enumerate(several.map(cosigned, villages)):
            progress(number, len(villages))
            refused += [(villages[number], refusal)] if refusal else []
    return Beaten(
        villages=len(villages) - len(refused), refused=tuple(refused), renewed=_renewed(county, now)
    )


def _key(county: County, seats: Seats) -> SigningKey:
    key = county.machine_key("heartbeat")
    if key.verifier not in seats.heartbeats:
        raise HeartbeatUnknown
    return key


def _cosigned_or_not(
    county: County, seats: Seats, key: SigningKey, now: datetime, village: str
) -> Refusal | None:
    try:
        with county.writing((village,)):
            _cosign(county, village, seats, key, now)
    except Refusal as refusal:
        return refusal
    return None


def _cosign(county: County, village: str, seats: Seats, key: SigningKey, now: datetime) -> None:
    """One line more under the note, in place of the one before; raises what the trust says of the note."""
    log = county.log(village)
    note = log.note()
    seats.verified(village, note)
    last = seats.voices(note).heard
    if last and last > now:
        before, here = (f"{one.astimezone(CIVIL):%Y-%m-%d %H:%M}" for one in (last, now))
        raise HeartbeatBefore(village=village, last=before, now=here)
    log.signed_again(_cosigned(parse(note), seats.heartbeats, key, now).render())


def _cosigned(note: Note, known: tuple[VerifierKey, ...], key: SigningKey, now: datetime) -> Note:
    others = (one for one in note.signatures if not any(is_cosignature(one, other) for other in known))
    return Note(note.text, (*others, cosignature(note.text, key, now)))


def _renewed(county: County, now: datetime) -> bool:
    """Whether the timestamp was in the last half of its term: it has a fresh one."""
    repository = Repository(county.feed)
    stamp = repository.timestamp
    if stamp is None or stamp.signed.expires - now > TERMS["timestamp"] / 2:
        return False
    with county.writing((FOLDER,)):
        repository.renew(signer_of(county.machine_key("online")), now)
    return True
