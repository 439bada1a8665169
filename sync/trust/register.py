"""`register.json`: the kiosks and village offices of a county, signed by publisher and reviewer.

A new or replaced kiosk, a new official: no root key is touched (settled 52).
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from boards.model.errors import Fault, Refusal
from boards.model.place import VillageCode
from sync.trust.statement import Login

KioskId = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]


class RegisterWrong(Refusal):
    """What the seats signed is no register."""

    code = "county-register-wrong"
    fault = Fault.COUNTY
    sentence = "县里的一体机登记册（register.json）不能用：{why}。"
    advice = "请县里改正后重新审核、发布；在此之前沿用原来的登记册。"


class EnrolledKiosk(msgspec.Struct, frozen=True, kw_only=True):
    """One machine: its own log is signed with its key."""

    id: KioskId
    villages: tuple[VillageCode, ...]  # the first is where it stands
    key: str  # verifier key of its own log
    since: str  # civil day
    until: str = ""  # civil day it was replaced or taken away; its key counts for acts before


class Official(msgspec.Struct, frozen=True, kw_only=True):
    """A person of a village's office."""

    person: Login
    name: str
    roles: tuple[str, ...]
    key: str = ""  # personal passphrase key, where there is one


class EnrolledOffice(msgspec.Struct, frozen=True, kw_only=True):
    """The office of one village and its people."""

    village: VillageCode
    officials: tuple[Official, ...]


class CountyRegister(msgspec.Struct, frozen=True, kw_only=True):
    """All of them."""

    format: Literal["county-register/1"] = "county-register/1"
    county_code: str
    serial: int
    kiosks: tuple[EnrolledKiosk, ...] = ()
    offices: tuple[EnrolledOffice, ...] = ()

    def bytes(self) -> bytes:
        """As it is signed."""
        return msgspec.json.encode(self, order="sorted") + b"\n"


def register_of(data: bytes) -> CountyRegister:
    """Read register.json; raises RegisterWrong."""
    try:
        return msgspec.json.decode(data, type=CountyRegister)
    except msgspec.MsgspecError as e:
        raise RegisterWrong(why=str(e)) from e
