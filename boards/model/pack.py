"""The county pack: everything local that is data, never a constant in code (settled §18).

A folder of plain files, pinned by one hash in kiosk.toml:

    pack.toml                 version, county, mask policy, offices, how long archives are kept
    villages.csv              county_code,county,town_code,town,village_code,village,official
                              and hamlets: natural villages (自然村、小地名) with 、 between them (optional)
    programmes/<code>.toml    one programme with its guide and its posting windows
    terms/forbidden.txt       one term a line (optional)
    contacts.csv              village_code,who,place,hours,phone: whom villagers may turn to (optional)
    calendar/<year>.csv       exceptions to the weekend rule (optional)
    land/cases.csv            case_id,project,standing,village_code: land cases that must hang (optional)
    land/platform.toml        fields of the provincial platform (optional)
    catalogue/<field>.csv     items of the disclosure catalogue: code,field,l1,shown_by and the columns of the
                              national format (optional; checked and carried, no page shows it yet)

This module is pure: bytes in, a validated `Pack` out.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from boards.model.calendar.workdays import DayException
from boards.model.kept.retention import ArchiveKind, Kept, KeptFor, Retention
from boards.model.land.platform import PlatformTable
from boards.model.land.register import ListedCase
from boards.model.place import Village, VillageCode
from boards.model.programmes import APPLY_FORM

LISTS = frozenset({ArchiveKind.LIST, ArchiveKind.APPLICATION})
"""Kinds that a programme may have a class of its own for."""
Filled = Annotated[str, msgspec.Meta(min_length=1)]
Days = Annotated[int, msgspec.Meta(ge=1, le=90)]

ApplyDay = Annotated[str, msgspec.Meta(extra={"shape": APPLY_FORM})]
"""A day to apply from or until (domain §1.9); "" where the county does not say."""

EnglishName = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[ -~’–]{0,80}$",
        extra={"shape": '应是不超过 80 个字符的英文名称，加英文引号，例如 "Rice subsidy"'},
    ),
]


class Guide(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a villager wants to know of a programme (公开目录: 申请指南)."""

    who: Filled  # 补贴对象
    standard: Filled  # 补贴标准
    how: str = ""  # 程序
    materials: str = ""  # 材料
    deadline: str = ""  # 办理时限
    office: str = ""  # 受理单位
    phone: str = ""  # 咨询电话
    basis: str = ""  # 政策依据


class Windows(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long lists of a programme hang (settled §2 and §36).

    Where a count is left out, days are working days of a sensitive programme, else calendar days.
    """

    application_days: Days = 7  # posting term of an application list: 自张贴之日起N日
    application_count: Literal["calendar", "calendar_inclusive", "working"] | None = None
    payment_max_months: Annotated[int, msgspec.Meta(ge=1, le=18)] = 18  # settled §2
    wall_days: Days = 7  # posting term of a payout list
    wall_count: Literal["calendar", "working"] | None = None
    year_before_days: Annotated[int, msgspec.Meta(ge=0, le=366)] = 0  # how long last year stands beside this


class Programme(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One subsidy programme (补贴项目)."""

    code: str  # farmland_fertility
    name: Filled  # 耕地地力保护补贴
    name_en: EnglishName = ""  # Farmland fertility subsidy: on English pages only
    department: str  # 主管部门
    unit: str = "亩"
    kind: Literal["area", "item", "person", "in_kind"] = "area"
    sensitive: bool = False  # names and amounts only
    ceiling_yuan: Annotated[int, msgspec.Meta(ge=0)] = (
        0  # most that one household is paid at once; 0: not said
    )
    apply_from: ApplyDay = ""  # first and last day to apply: of every year, or of one (domain §1.9)
    apply_to: ApplyDay = ""
    retention: KeptFor | None = None  # of its lists; None: as pack.toml says of the kind
    guide: Guide
    windows: Windows = Windows()


class Contact(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody in the village whom people can turn to (找人办理), as the village office wants it shown."""

    village: VillageCode
    who: str  # 村务公开员, or a name the office gives
    place: str  # 岭东村村部一楼
    hours: str  # 周一至周五 8:30-11:30、14:00-17:00
    phone: str


class MaskPolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How names are shown, one pattern a county (domain §1.6). Numbers never are."""

    version: str
    names: Literal["full", "one_star", "middle_star"] = "full"


class Pack(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A validated county pack."""

    version: str
    county_code: str  # 6 digits
    county: str
    supervision_phone: str
    mask: MaskPolicy
    villages: tuple[Village, ...]
    programmes: tuple[Programme, ...]
    contacts: tuple[Contact, ...] = ()
    forbidden_terms: tuple[str, ...] = ()
    calendar_years: tuple[int, ...] = ()
    calendar: tuple[DayException, ...] = ()  # of those years
    land_cases: tuple[ListedCase, ...] = ()
    platform: PlatformTable | None = None
    retention: Retention = Retention()
    hamlets: dict[VillageCode, tuple[str, ...]] = {}  # 自然村、小地名 by village
    digest: str  # SHA-256 over names and contents of its files

    @property
    def places(self) -> tuple[Village, ...]:
        """The villages with their 自然村, as rosters are read by; a sheet knows the villages alone."""
        return tuple(
            msgspec.structs.replace(one, hamlets=self.hamlets.get(one.code, ())) for one in self.villages
        )

    @property
    def programme_names(self) -> tuple[str, ...]:
        """How the county calls its programmes."""
        return tuple(one.name for one in self.programmes)


def kept_as(pack: Pack, kind: ArchiveKind, programme: str = "") -> Kept:
    """How long a record is kept (保管期限): a list by its programme's own class where the county set one."""
    own = {one.code: one.retention for one in pack.programmes} if kind in LISTS else {}
    return own.get(programme) or pack.retention.of(kind)
