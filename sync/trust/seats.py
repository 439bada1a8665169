"""Which keys may sign which log: one publisher and one reviewer, different persons (settled 53)."""

from __future__ import annotations

from collections.abc import Container, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol

from boards.model.errors import Fault, Refusal
from sync.log.checkpoint import Checkpoint, checkpoint
from sync.log.cosignature import cosigned_at
from sync.log.keys import verifier_key
from sync.log.note import Note, parse
from sync.trust.statement import Statement, sound

if TYPE_CHECKING:
    from sync.log.keys import VerifierKey

_STAYS = "本村公开内容不变；"


class WrongKey(Refusal):
    """Nobody we know signed, or a known key's signature is false."""

    code = "wrong-key"
    fault = Fault.COUNTY
    sentence = "{village} 的数据不是县里登记的密钥签的（{role}）。"
    advice = _STAYS + "请与县里核对：县里换过密钥的，应已重新签名并发布。"


class OneSignatureOnly(Refusal):
    """Publication without review, or the other way round (先审后发)."""

    code = "one-signature-only"
    fault = Fault.COUNTY
    sentence = "{village} 的数据缺少{role}的签名，按先审后发的规定不能公开。"
    advice = _STAYS + "请县里完成审核和发布后再同步。"


class WrongOrigin(Refusal):
    """A good note, but of another log."""

    code = "wrong-origin"
    fault = Fault.COUNTY
    sentence = "收到的是 {got} 的数据，不是 {village} 的。"
    advice = _STAYS + "请核对 kiosk.toml 里的数据来源。"


class OnePersonOnly(Refusal):
    """Both signatures are there, and one person made them."""

    code = "one-person-only"
    fault = Fault.COUNTY
    sentence = "{village} 的数据由同一个人（{person}）发布又审核，按先审后发的规定不能公开。"
    advice = _STAYS + "请县里由另一位审核人审核后再同步。"


class Voices(NamedTuple):
    """Who speaks under a note by the present statement."""

    seats: frozenset[bytes]  # public keys of the seats that signed it
    heard: datetime | None  # when a heartbeat key cosigned it last (settled 55)


class Trust(Protocol):
    """Who may speak for a village's log."""

    @property
    def beats(self) -> bool:
        """Whether the county cosigns its checkpoints every day."""

    def voices(self, note: bytes) -> Voices:
        """Whose signatures under a note are good; raises MalformedNote, WrongKey."""

    def verified(self, village: str, note: bytes) -> Checkpoint:
        """The checkpoint of a note signed by enough of the right keys; raises Refusals."""


class Seats:
    """The county's statement at work on its logs."""

    def __init__(self, said: Statement) -> None:
        """Raises StatementWrong, KeyUnreadable."""
        self.said = sound(said)
        keys = [(seat, seat.verifier) for seat in said.seats]
        self.persons = {key.public: seat.person for seat, key in keys}
        self.publishers = tuple(key for seat, key in keys if seat.office == "publisher")
        self.reviewers = tuple(key for seat, key in keys if seat.office == "reviewer")
        self.heartbeats = tuple(map(verifier_key, said.heartbeat))

    @property
    def beats(self) -> bool:
        """Whether the county cosigns its checkpoints every day."""
        return bool(self.heartbeats)

    def origin(self, village: str) -> str:
        """`<prefix>/v/<village code>`."""
        return f"{self.said.origin_prefix}/v/{village}"

    def verified(self, village: str, note: bytes) -> Checkpoint:
        """The checkpoint, if a publisher and another person, a reviewer, signed it for this village's log."""
        parsed = parse(note)
        found = checkpoint(parsed.text)
        self.require_both(village, parsed)
        if found.origin != self.origin(village):
            raise WrongOrigin(village=village, got=found.origin)
        return found

    def voices(self, note: bytes) -> Voices:
        """Whose signatures under a note are good; raises MalformedNote, WrongKey.

        A heartbeat alone makes no note good: that is for `verified` to say.
        """
        parsed = parse(note)
        heard = (cosigned_at(parsed, key) for key in self.heartbeats)
        signed = _signers(parsed, (*self.publishers, *self.reviewers))
        return Voices(frozenset(signed), max((one for one in heard if one), default=None))

    def require_both(self, village: str, note: Note) -> None:
        """Raise WrongKey, OneSignatureOnly or OnePersonOnly, whatever the note says."""
        self.require_seats(village, _signers(note, (*self.publishers, *self.reviewers)))

    def require_seats(self, what: str, publics: Container[bytes]) -> None:
        """Both offices, by two persons, among keys (32 bytes each) whose signatures were verified.

        Raises WrongKey, OneSignatureOnly, OnePersonOnly.
        """
        published = {self.persons[key.public] for key in self.publishers if key.public in publics}
        reviewed = {self.persons[key.public] for key in self.reviewers if key.public in publics}
        if not published and not reviewed:
            raise WrongKey(village=what, role="发布和审核")
        for done, role in ((published, "发布人"), (reviewed, "审核人")):
            if not done:
                raise OneSignatureOnly(village=what, role=role)
        if len(published | reviewed) < 2:
            raise OnePersonOnly(village=what, person=min(published))


def _signers(note: Note, keys: Iterable[VerifierKey]) -> set[bytes]:
    """Public keys with a good signature; a bad one under a known key is never overlooked."""
    good = set()
    for key in keys:
        for signature in note.signatures:
            if key.made(signature):
                if not key.verifies(note.text, signature):
                    raise WrongKey(village=note.text.partition("\n")[0], role=key.name)
                good.add(key.public)
    return good
