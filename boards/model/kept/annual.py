"""The county's figures of one village's year (年度汇总), as an event says them (domain §1.5, R9). Pure."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

import msgspec

from boards.model.payouts import Digest, LeftOut
from boards.model.place import VillageCode


class AnnualBatch(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One list that a programme's annual figure sums, in the edition it had when the year was closed."""

    batch: str
    edition: int
    period_no: str
    sum_fen: int
    paid_on: date | None = None
    makes_good: bool = False  # 更正发放: pays again what had failed on another list, as the county says


class AnnualRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One programme of the year: `sum_fen = Σ batches.sum_fen`, to the fen (R9).

    A corrected list counts with its newest edition, a failed payment only in `left_out` until a list
    `makes_good` what had failed. `carried_fen` is the part that was paid after the year (结转, R10).
    """

    programme: str
    programme_name: str
    department: str = ""  # 主管部门
    rate_text: str = ""  # "" where several rates held
    households: int  # different ones over all its lists
    people: int | None = None  # 受益人数; None: not told
    quantity: Decimal | None = None
    unit: str = ""
    sum_fen: int
    carried_fen: int = 0
    batches: tuple[AnnualBatch, ...]
    left_out: tuple[LeftOut, ...] = ()
    note: str = ""

    @property
    def last_paid_on(self) -> date | None:
        """The last day anybody was paid."""
        return max((one.paid_on for one in self.batches if one.paid_on), default=None)


def unmeasured(row: AnnualRow) -> AnnualRow:
    """A row of a sensitive programme: households, people and sums; no rate and no quantity (domain §1.6)."""
    return msgspec.structs.replace(row, rate_text="", quantity=None, unit="")


class Annual(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the county decided of a village's year. A late or corrected list needs the next `edition`."""

    village: VillageCode
    year: int  # fiscal year of the lists
    edition: Annotated[int, msgspec.Meta(ge=1)]
    rows: tuple[AnnualRow, ...]  # in order of programme code
    sum_fen: int  # Σ rows.sum_fen
    office: str = ""  # 编制单位
    phone: str = ""  # 监督电话
    decided_on: date
    source: str = ""  # the table the figures were read from; "": typed in
    source_sha256: Digest | None = None


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """A village's year as the county decided it, and whether that still holds here.

    `overtaken`: a list of the year came, or changed, behind it in the log; `differs`: it is not the sum of
    the lists it names, as they stood then in this log. Only a year that is neither is 已由县里核定.
    """

    annual: Annual
    index: int  # of the event in the village's log
    digest: str  # 校验码: SHA-256 over origin, year, edition and the leaf's hash
    code: str  # short code of ten digits
    arrived_on: date
    overtaken: bool = False
    differs: bool = False

    @property
    def holds(self) -> bool:
        """Whether the figures may be called 已由县里核定 today."""
        return not (self.overtaken or self.differs)
