"""The text hangs on the wall and is printed: it must say what the case file says (P12).

A contradiction is a fact under the same label with another value, and no place of the text that says
the right one; a row that the text leaves out or adds; or a figure, day or name that can only be a slip
of one that the text should say. What the text does not say, or says another way, is no contradiction.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING

from boards.model.document_numbers import same_number
from boards.model.findings import Finding, error, note, warning
from boards.model.land.areas import half_unit
from boards.model.land.compensation import basis_of
from boards.model.land.kinds import KINDS, NoticeKind
from boards.model.land.periods import counted_from
from sync.county.land.wording import facts as said
from sync.county.land.wording.slips import slips

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sync.county.land.stages import Stage, Whole

_LONGEST_BEFORE_POSTING = timedelta(days=15)  # signed, printed, carried to the villages


def text_agrees(stage: Stage, whole: Whole) -> Iterator[Finding]:
    """Everything the text of one notice says otherwise than the case."""
    file, name = stage.file, stage.file.text_file
    text = said.plain(whole.text(stage))
    if not text.strip():
        return
    numbers = said.numbers_said(text)
    numbered = any(same_number(one, file.doc_no or "") for one in numbers)
    if not numbered and any(one.file.text_file == name for one in whole.stages if one is not stage):
        yield error("TEXT_SHARED", f"正文{name}是另一份公告的，本公告没有自己的正文，发布前要有。")
        return
    yield from _signed(stage, whole, text)
    found = [one for told in _LABELLED for one in told(stage, whole, text)]
    yield from found or slips(stage, whole, text)


def _head(stage: Stage, _whole: Whole, text: str) -> Iterator[Finding]:
    """Issuer, title and number over the text, and the issuer under it."""
    file, numbers = stage.file, said.numbers_said(text)
    if file.doc_no and said.plain(file.doc_no) not in numbers:
        yield from _differs("文号", numbers, file.doc_no)
    for name, told, fact in (
        ("标题", said.titles_said(text), said.squeezed(file.title or "")),
        ("发布机关", said.issuers_said(text), said.squeezed(file.issuer or "")),
    ):
        strange = [one for one in told if one not in fact and fact not in one]
        if fact and strange:
            yield _told_otherwise(name, strange, fact)


def _signed(stage: Stage, whole: Whole, text: str) -> Iterator[Finding]:
    """The day under the signature is a day, and one on which the notice can have been signed."""
    file, posted = stage.file, stage.posted_on
    for one in said.impossible_days(text):
        yield error("TEXT_DAY_IMPOSSIBLE", f"正文里的{one}不存在。")
    signed, malformed = said.signed_day(text), said.malformed_day(text)
    if malformed:
        sentence = f"正文落款日期“{malformed}”写法不对，应写成2025年9月1日这样（GB/T 9704）。"
        yield warning("TEXT_DAY_MALFORMED", sentence)
    if signed is None or posted is None:
        return
    if file.issued_on:
        yield from _differs("成文日期", [signed], file.issued_on)
    elif signed > posted:
        yield error("TEXT_SIGNED_LATER", f"正文落款日期{signed}晚于张贴日期{posted}。")
    elif signed < max(posted - _LONGEST_BEFORE_POSTING, _approved(stage, whole)):
        sentence = f"正文落款日期{signed}比张贴日期{posted}早得多，或早于它依据的文件"
        yield warning("TEXT_SIGNED_EARLY", f"{sentence}；确实如此的，请写明 issued_on。")
    elif signed < min(posted, rests := _rests_on(stage, whole)):
        sentence = f"正文落款日期{signed}早于它所依据的公告或调查（{rests}）"
        yield warning("TEXT_SIGNED_EARLY", f"{sentence}；确实如此的，请写明 issued_on。")
    elif signed < posted:
        yield note("TEXT_SIGNED_BEFORE", f"正文落款日期{signed}早于张贴日期{posted}。")


def _approved(stage: Stage, whole: Whole) -> date:
    """The day before which what a notice tells had not happened: the approval came."""
    approval = whole.facts.notices[stage.index].approval
    return (approval and (approval.received or approval.approved_on)) or date.min


def _rests_on(stage: Stage, whole: Whole) -> date:
    """The day before which a notice had nothing to tell.

    The notice it takes for granted was signed, the survey began.
    """
    before, days = KINDS[stage.kind].rests_on if stage.kind else None, [date.min]
    for other in (one for one in whole.stages if one.kind is before and not one.correction):
        known = other.file.issued_on or said.signed_day(said.plain(whole.text(other)))
        days.append(min(filter(None, (known, other.posted_on)), default=date.min))
        if stage.kind is NoticeKind.SURVEY and other.file.survey_from:
            days.append(other.file.survey_from)
    return max(days)


def _days(stage: Stage, whole: Whole, text: str) -> Iterator[Finding]:
    """Length, first and last day of the posting period."""
    period, since = stage.file.period, counted_from(whole.facts.notices[stage.index], whole.facts)
    if period and period.kind and period.n is not None:
        units = {"working_days": "个工作日", "days": "日"}
        told = [f"{n}{units[kind]}" for n, kind in said.periods_said(text)]
        yield from _differs("公告期限", told, f"{period.n}{units[period.kind]}")
    if period and period.last_day_stated:
        yield from _differs("公告期截止日", said.last_days_said(text), period.last_day_stated)
    if since:
        counted = {since, since + timedelta(1)}
        first = [one for one in said.first_days_said(text) if one not in counted]
        yield from _differs("公告期起算日", first, since + timedelta(1))
    if period and "after" in (period.starts or "") and said.counts_the_posting_day(text):
        yield _told_otherwise("公告期起算", ["张贴当天"], "张贴次日")


def _windows(stage: Stage, _whole: Whole, text: str) -> Iterator[Finding]:
    """From when to when, where and by which phone people register; when the land is surveyed."""
    window, file = stage.file.registration, stage.file
    if window and window.start and window.end:
        told = said.windows_said(text, "登记", "调查|公告期|公示期|异议|意见|听证")
        yield from _differs("补偿登记期限", _ranges(told), f"{window.start}至{window.end}")
    for name, places, fact in (
        ("补偿登记地点", said.places_said(text), said.squeezed((window and window.place) or "")),
        ("补偿登记电话", said.phones_said(text), re.sub(r"\D", "", (window and window.phone) or "")),
    ):
        if fact and places and not any(fact in one or one in fact for one in places):
            yield _told_otherwise(name, places, fact)
    if stage.kind is NoticeKind.START and file.survey_from and file.survey_to:
        told = said.windows_said(text, "调查", "登记|公告期|公示期")
        yield from _differs("现状调查时间", _ranges(told), f"{file.survey_from}至{file.survey_to}")


def _approval(stage: Stage, _whole: Whole, text: str) -> Iterator[Finding]:
    """When the land was approved, when the document came, and who approved."""
    approval = stage.file.approval
    if approval is None:
        return
    if approval.received:
        yield from _differs("收到批准文件的日期", said.days_before(text, "收到"), approval.received)
    if approval.approved_on:
        yield from _differs("批准日期", said.days_before(text, "批准(?!文件)|批复"), approval.approved_on)
    authority = re.sub(r"[(（].*", "", approval.authority or "")
    told = [one for one in said.authorities_said(text) if one not in authority and authority not in one]
    if authority and told and authority not in text:
        yield _told_otherwise("批准机关", told, authority)


def _villages(stage: Stage, whole: Whole, text: str) -> Iterator[Finding]:
    """A text that names villages names all from which land is taken; its rows are the file's."""
    file = stage.file
    rows = [(row.village, row.land_type) for row in file.areas or ()]
    items = [(row.village, row.item) for row in file.compensation or ()]
    known = {said.plain(name) for name, _ in (*rows, *items) if name}
    missing = sorted(name for name in known if name not in text)
    if missing and len(missing) < len(known) and not stage.correction:
        yield warning("TEXT_DIFFERS", f"正文没有写{'、'.join(missing)}，案件文件有，发布前要改成一致。")
    for facts in (rows, items):
        pairs = {(said.plain(village or ""), said.plain(what or "")) for village, what in facts}
        told = list(dict.fromkeys(said.rows_said(text, money=facts is items)))
        strange = [one for one in told if _row_is_strange(one, pairs, known | set(whole.slips))]
        if pairs and strange:
            yield _told_otherwise("表格", ["".join(one) for one in strange], "没有这一行")
        lines = [line for line in text.splitlines() if (facts is items) is ("元" in line)]
        here = {(name, what) for name, what in pairs if any(name in line and what in line for line in lines)}
        away = sorted("".join(pair) for pair in pairs - here)
        if len(here) * 2 >= len(pairs) and away and not stage.correction:
            yield warning("TEXT_DIFFERS", f"正文的表格没有{'、'.join(away)}，案件文件有，发布前要改成一致。")


def _row_is_strange(row: tuple[str, str], pairs: set[tuple[str, str]], known: set[str]) -> bool:
    """A row of the text that is none of the file's: another village, or something else of a known one."""
    village, what = row
    mine = [fact for name, fact in pairs if name.endswith(village) or village.endswith(name)]
    return not any(what in fact or fact in what for fact in mine) if mine or known else False


def _areas(stage: Stage, _whole: Whole, text: str) -> Iterator[Finding]:
    """The total area; the sum of one village or class may stand under the same word."""
    totals, rows = stage.file.totals, stage.file.areas or ()
    if totals is None:
        return
    hectares, mu = said.total_areas_said(text)
    for unit, told, total, figures in (
        ("公顷", hectares, totals.ha, [(row.village, row.land_type, row.ha) for row in rows]),
        ("亩", mu, totals.mu, [(row.village, row.land_type, row.mu) for row in rows]),
    ):
        parts = [(village, figure) for village, _, figure in figures] + [(kind, f) for _, kind, f in figures]
        known = [total, *_partial(parts)]
        if total is not None and told and not any(_near(one, total) for one in told):
            strange = [one for one in told if not any(k is not None and _near(one, k) for k in known)]
            yield from _differs("面积合计", [f"{one}{unit}" for one in strange], f"{total}{unit}")


def _area_rows(stage: Stage, _whole: Whole, text: str) -> Iterator[Finding]:
    """Land row by row, where a line of the text names it; rows that share a name are left out."""
    rows = [row for row in stage.file.areas or () if row.village and row.land_type]
    lines = _lines(text, (row.village for row in rows))
    named = Counter((row.village, row.land_type) for row in rows)
    for row in (one for one in rows if named[one.village, one.land_type] == 1):
        village, land_class = row.village or "", row.land_type or ""
        hectares, mu = said.areas_said(lines[village], village, land_class)
        for unit, told, fact in (("公顷", hectares, row.ha), ("亩", mu, row.mu)):
            if fact is not None and not any(_near(one, fact) for one in told):
                yield from _differs(
                    f"{village}{land_class}", [f"{one}{unit}" for one in told], f"{fact}{unit}"
                )


def _money_rows(stage: Stage, _whole: Whole, text: str) -> Iterator[Finding]:
    """Money row by row, where a line of the text begins like the row."""
    rows = [row for row in stage.file.compensation or () if row.village and row.item]
    lines = _lines(text, (row.village for row in rows))
    for row in rows:
        village, item = row.village or "", row.item or ""
        sums = said.sums_of(lines[village], village, item)
        facts = [Decimal(fen) for fen in (row.amount_fen, row.paid_fen) if fen is not None]
        strange = [fen for fen, slack in sums if not any(abs(fen - fact) <= slack for fact in facts)]
        missing = [fact for fact in facts if not any(abs(fen - fact) <= slack for fen, slack in sums)]
        if strange and (missing or len(sums) == len(facts)):
            fact = _in_yuan((missing or facts)[0])
            yield _told_otherwise(f"{village}{item}", map(_in_yuan, strange), fact)
        basis, told = basis_of(said.plain(row.basis or "")), said.bases_said(lines[village], village, item)
        if basis and told and basis not in told:
            yield _told_otherwise(
                f"{village}{item}计算依据",
                [f"{one.quantity}{one.unit}×{one.rate}元" for one in told],
                row.basis,
            )


def _lines(text: str, villages: Iterable[str | None]) -> dict[str, str]:
    """The lines that name each village."""
    lines = text.splitlines()
    names = {name: said.plain(name) for name in set(villages) if name}
    return {name: "\n".join(line for line in lines if plain in line) for name, plain in names.items()}


def _money(stage: Stage, _whole: Whole, text: str) -> Iterator[Finding]:
    """The totals of money: due, and paid; how many people are settled."""
    file = stage.file
    if file.resettled is not None:
        yield from _differs("安置人数", said.settled_said(text), file.resettled)
    rows = file.compensation or ()
    due = [(name, _fen(row.amount_fen)) for row in rows for name in (row.village, row.item)]
    paid = [(name, _fen(row.paid_fen)) for row in rows for name in (row.village, row.item)]
    for name, total, told, parts in (
        ("补偿费用合计", file.compensation_total_fen, said.sums_said(text), due),
        ("已付合计", file.paid_total_fen, said.sums_said(text, paid=True), paid),
    ):
        known = [*_partial(parts), *(fen for _, fen in parts if fen is not None)]
        if total is not None and told and not any(abs(fen - total) <= slack for fen, slack in told):
            strange = [fen for fen, slack in told if not any(abs(fen - one) <= slack for one in known)]
            if strange:
                yield _told_otherwise(name, map(_in_yuan, strange), _in_yuan(Decimal(total)))


def _differs(name: str, told: Iterable[object], fact: object) -> Iterator[Finding]:
    values = list(dict.fromkeys(told))
    if values and fact not in values:
        yield _told_otherwise(name, values, fact)


def _told_otherwise(name: str, told: Iterable[object], fact: object) -> Finding:
    values = "、".join(map(str, told))
    return warning("TEXT_DIFFERS", f"正文的{name}是{values}，案件文件是{fact}，发布前要改成一致。")


def _ranges(windows: Iterable[tuple[object, object]]) -> list[str]:
    return [f"{start}至{end}" for start, end in windows]


def _partial(parts: Iterable[tuple[str | None, Decimal | None]]) -> Iterator[Decimal]:
    """The sums of each village or class."""
    ordered = sorted((key or "", figure) for key, figure in parts if figure is not None)
    for _, group in groupby(ordered, key=lambda one: one[0]):
        yield sum((figure for _, figure in group), Decimal(0))


def _near(told: Decimal, fact: Decimal) -> bool:
    """Whether a text says a figure of the file, perhaps with fewer places, never with more."""
    slack = half_unit(told) if half_unit(told) > half_unit(fact) else 0
    return abs(told - fact) <= slack


def _in_yuan(fen: Decimal) -> str:
    return f"{fen / 100:,.2f}元" if fen == int(fen) else f"{fen / 100:,f}元"


def _fen(fen: int | None) -> Decimal | None:
    return None if fen is None else Decimal(fen)


_LABELLED = (_head, _days, _windows, _approval, _villages, _areas, _area_rows, _money_rows, _money)
