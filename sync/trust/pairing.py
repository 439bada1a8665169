"""The pairing file and its answer: how a machine comes to know its county, and the county its machine.

`kiosk-pairing/1` goes to the kiosk with the root of trust, its villages and a pull token in it; 0600, it is
a secret. `kiosk-answer/1` comes back with the kiosk's public key, signed with its private half, which never
leaves it, and vouched for by the token: so it answers this pairing file and no other (settled 52).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Literal, TypeVar

import msgspec

from boards.model.calendar.civil_day import civil_day
from boards.model.errors import Fault, Refusal
from boards.model.place import VillageCode
from sync.log.keys import KeyUnreadable, SigningKey, VerifierKey, verifier_key
from sync.log.note import Signature
from sync.trust.register import KioskId

PAIRING: Literal["kiosk-pairing/1"] = "kiosk-pairing/1"
ANSWER: Literal["kiosk-answer/1"] = "kiosk-answer/1"
PAIRING_LIMIT_BYTES = 256 << 10
ANSWER_LIMIT_BYTES = 16 << 10
_SLACK = timedelta(days=1)
T = TypeVar("T", bound="msgspec.Struct")


class PairingDamaged(Refusal):
    """A byte was changed, or it is another file altogether."""

    code = "pairing-damaged"
    fault = Fault.PERSON
    sentence = "{name}不完整，或者不是县里给的配对文件、答复文件。"
    advice = "请重新拷贝一次；仍不行请县里重新生成（county enrol）。"


class PairingOtherVersion(Refusal):
    """Made by a release that writes it otherwise."""

    code = "pairing-other-version"
    fault = Fault.PERSON
    sentence = "{name}的格式是 {found}，本程序只认 {wanted}。"
    advice = "请把县里和一体机的程序更新到同一版本，再重新生成。"


class PairingExpired(Refusal):
    """It lay about for too long; whoever finds an old stick gets nothing by it."""

    code = "pairing-expired"
    fault = Fault.PERSON
    sentence = "配对文件到 {day} 为止有效，已经过期。"
    advice = "请县里重新生成（county enrol），旧的随即作废；本机时钟不准的请先校准。"


class PairingClockSuspect(Refusal):
    """By this machine's clock the file is not made yet."""

    code = "pairing-clock-suspect"
    fault = Fault.PERSON
    sentence = "本机时钟是 {today}，比配对文件做成的日子（{made}）还早，不能判断它是否过期。"
    advice = "请先校准本机的日期和时间，再配对。"


class AnswerForged(Refusal):
    """Not signed with the key it names."""

    code = "answer-forged"
    fault = Fault.PERSON
    sentence = "答复文件的签名不对，没有登记。"
    advice = "请在那台一体机上重新运行 kiosk pair，把新的答复文件拿回来。"


class PairedVillage(msgspec.Struct, frozen=True, kw_only=True):
    """A village the kiosk serves."""

    code: VillageCode
    name: str


class Pairing(msgspec.Struct, frozen=True, kw_only=True):
    """What a kiosk needs to begin."""

    format: Literal["kiosk-pairing/1"] = PAIRING
    county_code: str
    county: str
    origin_prefix: str
    root: str  # the newest root metadata, base64
    villages: tuple[PairedVillage, ...]  # the first is where it stands
    feeds: tuple[str, ...]  # addresses of the feed; a kiosk takes the first
    public_base_url: str
    kiosk: KioskId
    token: str
    made_at: datetime
    expires_at: datetime
    check: str = ""  # SHA-256 of all the rest

    def __repr__(self) -> str:
        """Which kiosk; the token is nobody's to see."""
        return f"Pairing({self.kiosk})"

    @property
    def root_bytes(self) -> bytes:
        """The root of trust itself."""
        return base64.b64decode(self.root)

    def follows(self, known: bytes) -> bool:
        """Whether keys enough of the root a machine trusts signed this one; an unreadable root bars none."""
        from tuf.api.exceptions import RepositoryError, UnsignedMetadataError  # noqa: PLC0415 - as below
        from tuf.api.metadata import Metadata, Root  # noqa: PLC0415

        fresh = Metadata[Root].from_bytes(self.root_bytes)
        try:
            trusted = Metadata[Root].from_bytes(known)
            trusted.signed.verify_delegate("root", fresh.signed_bytes, fresh.signatures)
        except UnsignedMetadataError:
            return False
        except (RepositoryError, ValueError):
            return True
        return True

    def refuse_untimely(self, now: datetime) -> None:
        """Raise PairingClockSuspect, PairingExpired."""
        if now < self.made_at - _SLACK:
            raise PairingClockSuspect(today=f"{civil_day(now)}", made=f"{civil_day(self.made_at)}")
        if now > self.expires_at:
            raise PairingExpired(day=f"{civil_day(self.expires_at)}")

    def bytes(self) -> bytes:
        """As it is written, its check with it."""
        whole = msgspec.structs.replace(self, check=_digest(self))
        return msgspec.json.format(msgspec.json.encode(whole), indent=1) + b"\n"


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What the kiosk says back; nothing of it is secret."""

    format: Literal["kiosk-answer/1"] = ANSWER
    county_code: str
    kiosk: KioskId
    villages: tuple[VillageCode, ...]
    key: str  # verifier key of the kiosk's own log
    proof: str  # HMAC-SHA256 of all above, by the token's digest
    signature: str = ""  # of all above, by the key

    @property
    def verifier(self) -> VerifierKey:
        """The kiosk's key; raises KeyUnreadable."""
        return verifier_key(self.key)

    def is_to(self, token_sha256: str) -> bool:
        """Whether it answers the pairing file with this token, told by its digest alone."""
        return hmac.compare_digest(self.proof, _proof(self, token_sha256))

    def bytes(self) -> bytes:
        """As it is written."""
        return msgspec.json.format(msgspec.json.encode(self), indent=1) + b"\n"


def key_name(origin_prefix: str, kiosk: str) -> str:
    """What a kiosk's key, and its own log, are called: `<origin prefix>/k/<kiosk>`."""
    return f"{origin_prefix}/k/{kiosk}"


def answer_to(pairing: Pairing, key: SigningKey) -> Answer:
    """The answer of the machine that holds this key."""
    plain = Answer(
        county_code=pairing.county_code,
        kiosk=pairing.kiosk,
        villages=tuple(village.code for village in pairing.villages),
        key=str(key.verifier),
        proof="",
    )
    proven = msgspec.structs.replace(plain, proof=_proof(plain, token_digest(pairing.token)))
    signature = base64.b64encode(key.signature(_said(proven)).blob).decode()
    return msgspec.structs.replace(proven, signature=signature)


def token_digest(token: str) -> str:
    """What the county keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def pairing_of(data: bytes, name: str = "配对文件") -> Pairing:
    """Read a pairing file; raises PairingDamaged, PairingOtherVersion."""
    found = _decoded(data, Pairing, PAIRING, name)
    whole = found.check == _digest(found) and found.villages and found.feeds
    if not whole or not _is_root(found):
        raise PairingDamaged(name=name)
    return found


def answer_of(data: bytes, name: str = "答复文件") -> Answer:
    """Read an answer file; raises PairingDamaged, PairingOtherVersion, AnswerForged."""
    found = _decoded(data, Answer, ANSWER, name)
    try:
        blob = base64.b64decode(found.signature, validate=True)
        key = found.verifier
    except (ValueError, KeyUnreadable) as e:
        raise AnswerForged from e
    if not key.verifies(_said(found), Signature(key.name, key.key_hash, blob)):
        raise AnswerForged
    return found


def _is_root(pairing: Pairing) -> bool:
    """Whether what should be the root of trust is one, by its own keys."""
    from tuf.api.exceptions import RepositoryError  # noqa: PLC0415 - the county's feed need not load it
    from tuf.api.metadata import Metadata, Root  # noqa: PLC0415

    try:
        root = Metadata[Root].from_bytes(pairing.root_bytes)
        root.signed.verify_delegate("root", root.signed_bytes, root.signatures)
    except (RepositoryError, ValueError):
        return False
    return True


class _Head(msgspec.Struct):
    format: str


def _decoded(data: bytes, kind: type[T], wanted: str, name: str) -> T:
    """A file of this format; one of another version says which."""
    try:
        told = msgspec.json.decode(data, type=_Head).format
        if told != wanted and told.partition("/")[0] == wanted.partition("/")[0]:
            raise PairingOtherVersion(name=name, found=told[:40], wanted=wanted)
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as e:
        raise PairingDamaged(name=name) from e


def _digest(pairing: Pairing) -> str:
    plain = msgspec.structs.replace(pairing, check="")
    return hashlib.sha256(msgspec.json.encode(plain, order="sorted")).hexdigest()


def _proof(answer: Answer, token_sha256: str) -> str:
    plain = msgspec.structs.replace(answer, proof="", signature="")
    return hmac.digest(token_sha256.encode(), msgspec.json.encode(plain, order="sorted"), "sha256").hex()


def _said(answer: Answer) -> str:
    """What the key signs: under a first line that no log is called by."""
    plain = msgspec.structs.replace(answer, signature="")
    return f"{ANSWER}\n{msgspec.json.encode(plain, order='sorted').decode()}\n"
