"""A fact that a text does not say, and beside it something that can only be a slip of the pen for it.

No label is needed: the text says 1945183.60 where the file has 1845183.60, and nothing in the whole case
explains the one, nothing in the text says the other. Far figures, days and names are somebody else's.
"""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec

from boards.model.findings import Finding, warning
from boards.model.land.compensation import basis_of
from boards.model.land.kinds import NoticeKind
from sync.county.land.wording import facts as said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.county.land.case_file import StageFile
    from sync.county.land.stages import Stage, Whole

_NEAR_DAYS = 31
_LEAST_DIGITS = 3  # of a figure that may be mistyped
_LEAST_LETTERS, _LONG_NAME = 3, 5


def slips(stage: Stage, whole: Whole, text: str) -> Iterator[Finding]:
    """Figures, days and names of the file that stand in the text with a slip, and nowhere right."""
    yield from _figures(stage, whole, text)
    yield from _days(stage, whole, text)
    yield from _names(stage, whole, text)


def _figures(stage: Stage, whole: Whole, text: str) -> Iterator[Finding]:
    told = said.values_said(text)
    known = {figure for one in whole.stages for figure in _all_figures(one.file)}
    strange = [value for value, slack in told if not any(abs(value - k) <= slack for k in known)]
    for name, fact in _facts(stage.file):
        if not any(abs(value - fact) <= slack for value, slack in told):
            yield from (_slip(name, f"{one:f}", f"{fact:f}") for one in strange if _is_slip(one, fact))


def _facts(file: StageFile) -> Iterator[tuple[str, Decimal]]:
    """The figures a text of this notice may be expected to say, each with its name."""
    rows = ((f"{row.village}{row.land_type}", row) for row in file.areas or ())
    for name, area in (("面积合计", file.totals), *rows):
        for figure in (area.ha, area.mu) if area else ():
            yield from [(name, figure)] if figure is not None else []
    for row in file.compensation or ():
        basis = basis_of(row.basis or "")
        sums = [Decimal(fen) / 100 for fen in (row.amount_fen, row.paid_fen) if fen is not None]
        for figure in (*sums, *((basis.quantity, basis.rate) if basis else ())):
            yield f"{row.village}{row.item}", figure
    for name, fen in (("补偿费用合计", file.compensation_total_fen), ("已付合计", file.paid_total_fen)):
        yield from [(name, Decimal(fen) / 100)] if fen is not None else []


def _all_figures(file: StageFile) -> set[Decimal]:
    """All of a notice's figures, and the sums of each village, class and item."""
    sums: dict[tuple[str, str | None], Decimal] = defaultdict(Decimal)
    for row in file.areas or ():
        for key in (row.village, row.land_type):
            sums["ha", key] += row.ha or 0
            sums["mu", key] += row.mu or 0
    for one in file.compensation or ():
        for key in (one.village, one.item):
            sums["due", key] += Decimal(one.amount_fen or 0) / 100
            sums["paid", key] += Decimal(one.paid_fen or 0) / 100
    return {figure for _, figure in _facts(file)} | set(sums.values())


def _is_slip(told: Decimal, fact: Decimal) -> bool:
    """One or two digits changed, one lost or doubled, or the point moved."""
    places = max(-int(told.as_tuple().exponent), 0)
    one, other = f"{told:f}".replace(".", ""), f"{fact:.{places}f}".replace(".", "")
    if min(len(one), len(other)) < _LEAST_DIGITS:
        return False
    if len(one) == len(other):
        return sum(left != right for left, right in zip(one, other, strict=True)) <= 2
    short, long = sorted((one, other), key=len)
    return short.rstrip("0") == long.rstrip("0") or any(
        short == long[:at] + long[at + 1 :] for at in range(len(long))
    )


def _days(stage: Stage, whole: Whole, text: str) -> Iterator[Finding]:
    known = set(_all_days(msgspec.to_builtins(whole.case)))
    told = said.days_said(text)
    body = [day for day in told if day not in known and day != said.signed_day(text)]
    for name, fact in _expected_days(stage):
        near = [day for day in body if fact not in told and _is_near(day, fact)]
        yield from (_slip(name, str(day), str(fact)) for day in near)


def _expected_days(stage: Stage) -> Iterator[tuple[str, date]]:
    file = stage.file
    days: list[tuple[str, date | None]] = []
    if file.period:
        days += [("公告期截止日", file.period.last_day_stated)]
    if file.registration:
        days += [("补偿登记开始日", file.registration.start), ("补偿登记截止日", file.registration.end)]
    if file.approval:
        days += [("批准日期", file.approval.approved_on), ("收到日期", file.approval.received)]
    if stage.kind is NoticeKind.START:
        days += [("现状调查开始日", file.survey_from), ("现状调查结束日", file.survey_to)]
    yield from ((name, day) for name, day in days if day)


def _is_near(day: date, fact: date) -> bool:
    """A month apart at most, or one of year, month and day alone written otherwise."""
    alike = (day.year == fact.year) + (day.month == fact.month) + (day.day == fact.day)
    return alike == 2 or abs(day - fact).days <= _NEAR_DAYS


def _all_days(value: Any) -> Iterator[date]:  # noqa: ANN401 - any part of a case
    if isinstance(value, dict | list | tuple):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _all_days(inner)
    elif isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        yield date.fromisoformat(value)


def _names(stage: Stage, whole: Whole, text: str) -> Iterator[Finding]:
    """Project, purpose, places, offices: a name of which only one character is another.

    A short one may be somebody else's: it is a slip where it stands nowhere right, or where the county's
    villages are known and it is none of theirs.
    """
    file, bare = stage.file, said.squeezed(text)
    known = {said.squeezed(name) for name in _known_names(whole)}
    places = {row.village for row in file.areas or ()} | {row.town for row in file.areas or ()}
    authority = re.sub(r"[(（].*", "", (file.approval and file.approval.authority) or "")
    offices = (whole.case.project, whole.case.purpose, file.issuer, authority)
    for name in (*sorted(filter(None, places)), *offices):
        fact = said.squeezed(name or "")
        sure = fact not in bare or len(fact) >= _LONG_NAME or (name in places and whole.villages is not None)
        near = set(_windows(bare, fact)) - known if sure and len(fact) >= _LEAST_LETTERS else set()
        yield from (_slip("", one, fact) for one in sorted(near))


def _known_names(whole: Whole) -> Iterator[str]:
    for village in whole.villages.villages if whole.villages else ():
        yield from (village.name, village.town)
    for row in (row for one in whole.stages for row in one.file.areas or ()):
        yield from (row.village or "", row.town or "")


def _windows(text: str, fact: str) -> Iterator[str]:
    """Stretches of a text that differ from a name in one character, its last one kept."""
    for at in range(len(text) - len(fact) + 1):
        window = text[at : at + len(fact)]
        if window[-1] == fact[-1] and sum(a != b for a, b in zip(window, fact, strict=True)) == 1:
            yield window


def _slip(name: str, told: str, fact: str) -> Finding:
    return warning("TEXT_DIFFERS", f"正文里的“{told}”像是{name}“{fact}”之误，发布前要改成一致。")
