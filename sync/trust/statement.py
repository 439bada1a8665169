"""`trust.json`: the persons whose keys count in this county, as two of three root keys signed it."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from boards.model.errors import Fault, Refusal
from sync.log.keys import VerifierKey, verifier_key

Login = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_.-]{0,31}$")]
"""A person's name as typed: `--as wang`. What a villager reads says the office, never this."""

Office = Literal["publisher", "reviewer"]


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


def statement_of(data: bytes) -> Statement:
    """Read trust.json; raises StatementWrong, KeyUnreadable."""
    try:
        said = msgspec.json.decode(data, type=Statement)
    except msgspec.MsgspecError as e:
        raise StatementWrong(why=str(e)) from e
    return sound(said)


def sound(said: Statement) -> Statement:
    """The statement, if one publishes, another reviews, and no key does two things (settled 52)."""
    publishers = {seat.person for seat in said.seats if seat.office == "publisher"}
    reviewers = {seat.person for seat in said.seats if seat.office == "reviewer"}
    if not publishers or not reviewers:
        raise StatementWrong(why="至少要有一位发布人和一位审核人")
    if len(publishers | reviewers) < 2:
        raise StatementWrong(why="发布人和审核人必须是两个人")
    lines = [*(seat.key for seat in said.seats), *said.heartbeat, *said.witnesses]
    if len({verifier_key(line).public for line in lines}) < len(lines):
        raise StatementWrong(why="同一把密钥写了两次")
    return said
