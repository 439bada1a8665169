"""`trust.json`: the persons whose keys count in this county, as two of three root keys signed it."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from boards.model.errors import Fault, Refusal
from sync.log.keys import KeyUnreadable, VerifierKey, verifier_key

Login = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_.-]{0,31}\Z")]
"""A person's name as typed: `--as wang`. What a villager reads says the office, never this."""

Office = Literal["publisher", "reviewer"]
OFFICES: dict[Office, str] = {"publisher": "发布人", "reviewer": "审核人"}
"""What each is called."""


class StatementWrong(Refusal):
    """What the root signed cannot be lived by."""

    code = "trust-statement-wrong"
    fault = Fault.COUNTY
    sentence = "县里的密钥名册（trust.json）不能用：{why}。"
    advice = "请县里用 county trust status 核对，改正后由两把根密钥重新签名；在此之前沿用原来的名册。"


class Seat(msgspec.Struct, frozen=True, kw_only=True):
    """One person's key for one office."""

    person: Login
    office: Office
    key: str  # signed-note verifier key: name+hash+base64

    @property
    def verifier(self) -> VerifierKey:
        """The key itself; raises KeyUnreadable."""
        return verifier_key(self.key)


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """Who sits where. A log belongs to this county when its origin is `<origin_prefix>/v/<village code>`."""

    format: Literal["county-trust/1"] = "county-trust/1"
    county_code: str
    county: str
    origin_prefix: str
    serial: int  # one more each time
    seats: tuple[Seat, ...]
    heartbeat: tuple[str, ...] = ()  # verifier keys that only cosign checkpoints (settled 55)
    witnesses: tuple[str, ...] = ()

    def bytes(self) -> bytes:
        """As it is signed: sorted keys, one newline at the end."""
        return msgspec.json.encode(self, order="sorted") + b"\n"

    @property
    def verifiers(self) -> tuple[VerifierKey, ...]:
        """Every key named here; raises KeyUnreadable."""
        return tuple(
            map(verifier_key, (*(seat.key for seat in self.seats), *self.heartbeat, *self.witnesses))
        )

    def follows(self, before: Statement) -> bool:
        """True of the next statement of the same county."""
        same = (self.county_code, self.origin_prefix) == (before.county_code, before.origin_prefix)
        return same and self.serial == before.serial + 1


def statement_of(data: bytes) -> Statement:
    """Read trust.json; raises StatementWrong."""
    try:
        said = msgspec.json.decode(data, type=Statement)
    except (msgspec.MsgspecError, UnicodeDecodeError) as e:
        raise StatementWrong(why=str(e)) from e
    return sound(said)


def sound(said: Statement) -> Statement:
    """The statement, if one publishes, another reviews, and no key does two things (settled 52).

    Raises StatementWrong.
    """
    publishers = {seat.person for seat in said.seats if seat.office == "publisher"}
    reviewers = {seat.person for seat in said.seats if seat.office == "reviewer"}
    if not publishers or not reviewers:
        raise StatementWrong(why="至少要有一位发布人和一位审核人")
    if len(publishers | reviewers) < 2:
        raise StatementWrong(why="发布人和审核人必须是两个人")
    try:
        publics = [key.public for key in said.verifiers]
    except KeyUnreadable as e:
        raise StatementWrong(why="有一把公钥读不出来") from e
    if len({*publics}) < len(publics):
        raise StatementWrong(why="同一把密钥写了两次")
    return said
