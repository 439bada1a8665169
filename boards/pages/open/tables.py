"""The tables of a village's year as open data: an allowlist of columns, and the rows under it.

What a column is called, its type and its unit stand here once: the schema of the package and the OpenAPI
document are made of it. Money is whole fen, areas and quantities decimal text, days are ISO.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final, NamedTuple

import msgspec

from boards.model.batch_close import FEWEST
from boards.model.kept.annual import AnnualRow
from boards.model.payouts import Digest
from boards.model.place import VillageCode
from boards.sheets.found import without_names
from boards.sheets.land.views import CaseView
from boards.sheets.open_year import OpenYear
from boards.sheets.sheet import SheetHead
from boards.sheets.spreadsheet import guarded


def _called(title: str, unit: str = "", **limits: Any) -> msgspec.Meta:  # noqa: ANN401 - of msgspec.Meta
    return msgspec.Meta(title=title, extra_json_schema={"unit": unit} if unit else None, **limits)


Of = Annotated[VillageCode, msgspec.Meta(title="村代码")]
Year = Annotated[int, _called("年度")]
Programme = Annotated[str, _called("补贴项目代码")]
Households = Annotated[int, _called("户数", "户", ge=FEWEST)]
Quantity = Annotated[Decimal | None, _called("面积或数量")]
Unit = Annotated[str, _called("面积或数量的单位")]
Amount = Annotated[int, _called("金额", "分（0.01元）")]
Case = Annotated[str, _called("征地案件编号")]
Hectares = Annotated[Decimal | None, _called("征收本村土地", "公顷")]
Mu = Annotated[Decimal | None, _called("征收本村土地", "亩")]


class ProgrammeRow(msgspec.Struct, frozen=True, kw_only=True):
    """One programme of the year: the sum of its lists that may be told."""

    village: Of
    year: Year
    programme: Programme
    name: Annotated[str, _called("补贴项目")]
    department: Annotated[str, _called("主管部门")]
    households: Annotated[Households | None, _called("户数", "户")]  # different ones; None: not told
    quantity: Quantity
    unit: Unit
    amount_fen: Amount
    last_paid_on: Annotated[date | None, _called("最近发放日期")]


class PaymentRow(msgspec.Struct, frozen=True, kw_only=True):
    """One list of a payment (programme and period); `code` and `digest` are those of its sheet."""

    village: Of
    year: Year
    programme: Programme
    list: Annotated[str, _called("名单编号")]
    period: Annotated[str, _called("期号")]
    title: Annotated[str, _called("名单标题")]
    paid_on: Annotated[date | None, _called("发放日期")]
    rate: Annotated[str, _called("补贴标准")]
    households: Households
    quantity: Quantity
    unit: Unit
    amount_fen: Amount
    edition: Annotated[int, _called("版次", ge=1)]
    code: Annotated[str, _called("短码", pattern="^[0-9]{10}$")]
    digest: Annotated[Digest, msgspec.Meta(title="校验码")]


class LandRow(msgspec.Struct, frozen=True, kw_only=True):
    """One land case with a notice of this year."""

    village: Of
    year: Year
    case: Case
    project: Annotated[str, _called("项目名称")]
    purpose: Annotated[str, _called("用途")]
    notices: Annotated[int, _called("本年公告份数", "份", ge=1)]
    newest: Annotated[str, _called("本年最近一份公告")]
    document: Annotated[str, _called("本年最近一份公告的文号")]
    first_posted_on: Annotated[date, _called("本年首次张贴日期")]
    last_posted_on: Annotated[date, _called("本年最近张贴日期")]
    hectares: Hectares
    mu: Mu
    stopped: Annotated[bool, _called("已经终止")]


Row = ProgrammeRow | PaymentRow | LandRow


class Table(NamedTuple):
    """One table: its file without the ending, what it is, and how its rows are found and told apart."""

    name: str
    title: str
    row: type[Row]
    key: tuple[str, ...]
    rows: Callable[[OpenYear], Iterable[Row]]


def _programme(row: AnnualRow, year: OpenYear) -> ProgrammeRow:
    return ProgrammeRow(
        village=year.village.code,
        year=year.year,
        programme=row.programme,
        name=row.programme_name,
        department=row.department,
        households=row.households or None,
        quantity=row.quantity,
        unit=row.unit,
        amount_fen=row.sum_fen,
        last_paid_on=row.last_paid_on,
    )


def _payment(head: SheetHead, year: OpenYear) -> PaymentRow:
    return PaymentRow(
        village=year.village.code,
        year=year.year,
        programme=head.terms.programme,
        list=head.batch,
        period=head.terms.period_no,
        title=head.title,
        paid_on=head.terms.paid_on,
        rate=head.terms.rate_text,
        households=head.households,
        quantity=head.quantity,
        unit=head.unit,
        amount_fen=head.sum_fen,
        edition=head.edition,
        code=head.code,
        digest=head.digest,
    )


def _case(case: CaseView, year: OpenYear) -> LandRow:
    of_year = [one.notice for one in case.hung if one.notice.posted_on.year == year.year]
    newest = of_year[-1]

    def said(text: str) -> str:
        return without_names(text, year.somebody)

    return LandRow(
        village=year.village.code,
        year=year.year,
        case=said(newest.case_id),
        project=said(newest.project),
        purpose=said(newest.purpose),
        notices=len(of_year),
        newest=said(newest.title),
        document=said(newest.doc_no),
        first_posted_on=of_year[0].posted_on,
        last_posted_on=newest.posted_on,
        hectares=case.own_total.ha,
        mu=case.own_total.mu,
        stopped=bool(case.stopped),
    )


TABLES: Final = (
    Table(
        "programmes",
        "各补贴项目全年合计 / totals by programme",
        ProgrammeRow,
        ("village", "year", "programme"),
        lambda year: [_programme(row, year) for row in year.totals],
    ),
    Table(
        "payments",
        "各期发放名单的合计 / totals by programme and period",
        PaymentRow,
        ("village", "year", "list"),
        lambda year: [_payment(head, year) for head in year.lists],
    ),
    Table(
        "land",
        "征地案件 / land cases",
        LandRow,
        ("village", "year", "case"),
        lambda year: [_case(case, year) for case in year.cases],
    ),
)


def csv(rows: Iterable[Row], row: type[Row]) -> bytes:
    """A table as CSV (RFC 4180) in UTF-8 with its mark, without which Excel garbles it; its header first."""
    names = row.__struct_fields__
    lines = [names, *(tuple(_cell(getattr(one, name)) for name in names) for one in rows)]
    return "".join(",".join(map(_quoted, line)) + "\r\n" for line in lines).encode("utf-8-sig")


def _cell(value: object) -> str:
    """A value as text; no spreadsheet takes it for a formula."""
    if isinstance(value, str):
        return guarded(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if set(text) & set('",\r\n') else text
