"""全村年度汇总: the village's year so far, or as the county settled it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Final

from boards.model.codes import grouped, short_digest
from boards.model.kept.annual import AnnualRow
from boards.model.money import in_words, yuan
from boards.pages.frame.phrases import phrased, unbroken
from boards.pages.frame.tongue import SOURCE, Tongue
from boards.pages.frame.wording import called, link, plain, under
from boards.pages.land.words import left_text
from boards.pages.payouts.listing import left_out_texts
from boards.sheets.views import Frame, YearView
from boards.sheets.year import DUE, YearSheet, year_read

MOST_DAYS: Final = 3  # of payment that are told one by one


def year_variables(view: YearView, frame: Frame, tongue: Tongue) -> dict[str, Any]:
    """Village's year (年度汇总): sums only, never a name."""
    sheet, here = view.sheet, under(frame.village_code, "year", str(view.sheet.year))
    return {
        "year": sheet.year,
        "heading": phrased(tongue.say("{year}年全村补贴汇总").format(year=sheet.year)),
        "years": years_to_choose(view.years, sheet.year, under(frame.village_code, "year") + "/{year}"),
        "tag": _tag(view, frame.today, tongue),
        "notes": [(kind, unbroken(text)) for kind, text in year_notes(view, frame.today, tongue)],
        "rows": [_row(row, sheet, frame, tongue) for row in sheet.rows],
        "counts_people": any(row.people is not None for row in sheet.rows),
        "sum": yuan(sheet.sum_fen),
        "in_words": in_words(sheet.sum_fen),
        "as_of": tongue.day(sheet.as_of, year_read(sheet, frame.today)),
        "kinds": len(sheet.rows),
        "holds": sheet.holds,
        "agrees": sheet.listed_fen == sheet.sum_fen,
        "listed": yuan(sheet.listed_fen),
        "lists": sheet.lists,
        "edition": sheet.edition,
        "office": sheet.office,
        "call": sheet.phone,
        "late": _late(view),
        "code": grouped(sheet.code) if sheet.code else "",
        "digest": short_digest(sheet.digest),
        "pdf": "" if frame.kiosk else link(f"{here}/sheet.pdf"),
        "table": "" if frame.kiosk else link(under(frame.village_code, "csv", "year", str(sheet.year))),
    }


def _tag(view: YearView, today: date, tongue: Tongue) -> tuple[str, str]:
    """CSS class and words: settled, late, or as of which day."""
    if view.sheet.holds:
        return "done", tongue.say("已由县里核定")
    if _late(view):
        again = view.sheet.settled is not None
        return "late", tongue.say("待重新核定") if again else tongue.say("逾期未核定")
    day = tongue.day(view.sheet.as_of, year_read(view.sheet, today))
    return "now", tongue.say("截至{as_of}").format(as_of=day)


def _late(view: YearView) -> bool:
    """Whether 31 December went by and no figures of the county hold."""
    return view.days_left is not None and view.days_left < 0


def year_notes(view: YearView, today: date, tongue: Tongue) -> Iterator[tuple[str, str]]:
    """CSS class and sentence, also heard: why the county's figures hold no more, and how long there is."""
    sheet, day = view.sheet, tongue.day(date(view.sheet.year, *DUE), today)
    yield from _undone(sheet, today, tongue)
    if view.days_left is None:
        return
    if not _late(view):
        left = tongue.say("全年结果{day}以前公布，待县里核定，{left}。")
        yield "", left.format(day=day, left=left_text(view.days_left, tongue))
    elif sheet.settled is None:
        late = tongue.say("全年结果应在{day}以前公布，现在逾期{days}天，待县里核定。")
        yield "late", late.format(day=day, days=-view.days_left) + _whom_to_ask(sheet, tongue)
    else:  # it was published once: what is late is the next edition
        again = tongue.say("全年结果的期限是{day}，{left}。").format(
            day=day, left=left_text(view.days_left, tongue)
        )
        yield "late", again if sheet.settled.differs else again + _whom_to_ask(sheet, tongue)


def _whom_to_ask(sheet: YearSheet, tongue: Tongue) -> str:
    """The number stands where people are told to call; without one there is the village office."""
    space = "" if tongue.code == SOURCE else " "
    if sheet.phone:
        return space + tongue.say("有疑问请打监督电话{phone}。").format(phone=sheet.phone)
    return space + tongue.say("有疑问请到村委会问。")


def _undone(sheet: YearSheet, today: date, tongue: Tongue) -> Iterator[tuple[str, str]]:
    """What became of a decision that holds no more."""
    if sheet.settled is None or sheet.holds:
        return
    annual = sheet.settled.annual
    told = {
        "day": tongue.day(annual.decided_on, year_read(sheet, today)),
        "edition": annual.edition,
        "sum": yuan(annual.sum_fen),
        "listed": yuan(sheet.listed_fen),
    }
    if sheet.settled.differs:
        said = tongue.say(
            "县里{day}核定的第{edition}版合计{sum}元，与名单对不上：本村名单合计{listed}元。下面是名单的合计。"
        )
        yield "late", said.format(**told) + _whom_to_ask(sheet, tongue)
    else:
        said = tongue.say(
            "县里{day}核定过第{edition}版，合计{sum}元；后来又有名单来到或更正。下面是到今天的合计，等县里重新核定。"
        )
        yield "", said.format(**told)


def _row(row: AnnualRow, sheet: YearSheet, frame: Frame, tongue: Tongue) -> dict[str, Any]:
    measured = tongue.measured(plain(row.quantity), row.unit) if row.quantity is not None else ""
    return {
        "name": called(frame, row.programme, row.programme_name),
        "foreign": row.programme in frame.names,
        "href": link(under(frame.village_code, "programmes", row.programme)),
        "department": row.department,
        "rate": tongue.rate(row.rate_text),
        "households": f"{row.households:,}",
        "people": "" if row.people is None else tongue.measured(f"{row.people:,}", "人"),
        "quantity": measured,
        "amount": yuan(row.sum_fen) if row.sum_fen else "",
        "paid": unbroken(_paid(row, year_read(sheet, frame.today), tongue)),
        "left_out": [unbroken(text) for text in left_out_texts(row.left_out, tongue)],
        "carried": yuan(row.carried_fen) if row.carried_fen else "",
        "note": row.note,
    }


def _paid(row: AnnualRow, today: date, tongue: Tongue) -> str:
    """The days of payment; of many how many batches, from when to when."""
    days = sorted({one.paid_on for one in row.batches if one.paid_on is not None})
    told = [tongue.day(day, today) for day in days]
    if len(days) <= MOST_DAYS:
        return tongue.say("{days}发放").format(days=tongue.say("、").join(told)) if days else ""
    batches = tongue.say("分{batches}批，{first}至{last}发放")
    return batches.format(batches=len(row.batches), first=told[0], last=told[-1])


def years_to_choose(years: Iterable[int], now: int, address: str) -> list[tuple[int, str, bool]]:
    """Year, address, and whether it is the one shown."""
    return [(year, link(address.format(year=year)), year == now) for year in years]
