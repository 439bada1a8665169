"""`register.json`: the kiosks and village offices of a county, signed by publisher and reviewer.

A new or replaced kiosk, a new official: no root key is touched (settled 52).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec

from boards.model.errors import Fault, Refusal
from boards.model.names import unshowable
from boards.model.place import VillageCode
from sync.log.keys import KeyUnreadable, verifier_key
from sync.trust.statement import Login

KIOSK_ID = r"^[a-z0-9][a-z0-9-]{0,39}\Z"
KioskId = Annotated[str, msgspec.Meta(pattern=KIOSK_ID)]
_DAY = "20[0-9]{2}-[01][0-9]-[0-3][0-9]"
CivilDay = Annotated[str, msgspec.Meta(pattern=rf"^{_DAY}\Z")]
DayOrNone = Annotated[str, msgspec.Meta(pattern=rf"^(?:{_DAY})?\Z")]


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
    since: CivilDay
    until: DayOrNone = ""  # it was replaced or taken away; its key counts for acts before

    @property
    def stands(self) -> bool:
        """Whether it is still there."""
        return not self.until


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


class CountyRegister(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of them."""

    format: Literal["county-register/1"] = "county-register/1"
    county_code: str
    serial: int
    kiosks: tuple[EnrolledKiosk, ...] = ()
    offices: tuple[EnrolledOffice, ...] = ()

    @property
    def standing(self) -> tuple[EnrolledKiosk, ...]:
        """The kiosks that are there."""
        return tuple(one for one in self.kiosks if one.stands)

    def kiosk(self, name: str) -> EnrolledKiosk | None:
        """The machine that stands under this id."""
        return next((one for one in self.standing if one.id == name), None)

    def serving(self, village: str) -> tuple[EnrolledKiosk, ...]:
        """The machines that show a village's lists."""
        return tuple(one for one in self.standing if village in one.villages)

    def bytes(self) -> bytes:
        """As it is signed."""
        return msgspec.json.encode(self, order="sorted") + b"\n"


def register_of(data: bytes) -> CountyRegister:
    """Read register.json; raises RegisterWrong."""
    try:
        found = msgspec.json.decode(data, type=CountyRegister)
    except (msgspec.MsgspecError, UnicodeDecodeError) as e:
        raise RegisterWrong(why=str(e)) from e
    for why in _wrong(found):
        raise RegisterWrong(why=why)
    return found


def _wrong(found: CountyRegister) -> Iterator[str]:
    """What no single entry can say: one machine one id, one key one machine, one office a village."""
    ids, offices = [one.id for one in found.standing], [one.village for one in found.offices]
    people = [f"{office.village} {one.person}" for office in found.offices for one in office.officials]
    for many, why in ((ids, "编号 {} 写了两次"), (offices, "{} 的办公室写了两次"), (people, "{} 写了两次")):
        yield from (why.format(one) for one in sorted({*many}) if many.count(one) > 1)
    yield from (f"{one.id} 没有写村" for one in found.kiosks if not one.villages)
    officials = [one for office in found.offices for one in office.officials]
    if any(unshowable(text) for one in officials for text in (one.name, *one.roles)):
        yield "办公室的人名或职责里有不能显示的字符"
    lines = [*(one.key for one in found.kiosks), *(one.key for one in officials if one.key)]
    try:
        keys = [verifier_key(line).public for line in lines]
    except KeyUnreadable as e:
        yield str(e.facts["what"])
    else:
        yield from ["同一把密钥写了两次"] * (len({*keys}) < len(keys))
