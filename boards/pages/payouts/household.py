"""One household's payouts, a line each; how it was made, to be checked with pencil and paper, opens below."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, NamedTuple

from minijinja import safe

from boards.model.calendar.workdays import Term
from boards.model.money import in_words, rounded_fen, yuan, yuans
from boards.model.payouts import Phase
from boards.pages.frame.phrases import phrased, unbroken
from boards.pages.frame.row_forms import Draw, Form, escaped, mark, written
from boards.pages.frame.tongue import Tongue
from boards.pages.frame.wording import called, link, plain, plains, rate_texts, under
from boards.pages.land.words import term_text
from boards.pages.payouts.listing import reconciled
from boards.pages.payouts.lists import counted, window_tag
from boards.sheets.sheet import Line
from boards.sheets.views import Frame, HouseholdPart, HouseholdView, Posted

MOST_PARTS: Final = 128  # a kilobyte each


class PartShell(NamedTuple):
    """All that a payout's row is made of but the household's own, and the key it is kept under."""

    posted: Posted
    village_code: str
    today: date
    name: str  # of the programme, in the language of the page
    told: str  # which line
    item: bool  # whether these cells are there
    reckoned: str  # how the amount was made: "exactly", "rounded", or "" where the page cannot say
    amount: bool
    old: bool
    before: bool


class PartCells(NamedTuple):
    """What is the household's own: all finished markup."""

    item: str
    area: str
    quantity: str
    rate: str
    unit: str
    product: str  # area × rate before it was rounded
    amount: str
    thing: str
    old: str  # the amount before a correction, with its day and its reason
    day: str
    why: str
    area_before: str  # a year ago
    amount_before: str


PartForm = Callable[[PartShell], Form]
_MARKS: Final = PartCells(*map(mark, range(len(PartCells._fields))))


def part_forms(draw: Draw, tongue: Tongue) -> PartForm:
    """Rows of payouts in one language, drawn when first needed; the least used ones are let go."""

    @lru_cache(maxsize=MOST_PARTS)
    def drawn(shell: PartShell) -> Form:
        return Form(draw("household_part.html", **_part_variables(shell, tongue)) + "\n")

    return drawn


def _part_variables(shell: PartShell, tongue: Tongue) -> dict[str, Any]:
    head, marks = shell.posted.head, _MARKS._asdict()
    terms = head.terms
    return {
        **marks,
        **reconciled(head, tongue),
        "unsure": bool(shell.posted.gone),
        "name": phrased(shell.name),
        "foreign": shell.name != terms.programme_name,
        "zh": tongue.tag.startswith("zh"),
        "href": link(under(shell.village_code, "payouts", head.batch)),
        "guide": link(under(shell.village_code, "programmes", terms.programme)),
        "line": safe(_line(shell, tongue)),
        "item": marks["item"] if shell.item else "",
        "amount": marks["amount"] if shell.amount else "",
        "applied": terms.phase is Phase.APPLICATION,
        "tag": unbroken(window_tag(shell.posted, tongue, shell.today)[1]),
        "old": marks["old"] if shell.old else "",
        "before": shell.before,
        "measured": shell.told in {"rated", "area"},
        "rated": shell.told == "rated",
        "reckoned": shell.reckoned,
        "paid": marks["amount"],
        "funds": terms.funds,
        "listed": counted(shell.posted, tongue),
        "sum": yuan(head.sum_fen) if head.in_money else "",
    }


def _line(shell: PartShell, tongue: Tongue) -> str:
    """One payout at a glance: 6.3亩 × 131.42元 · 6月18日发放, and so on; its amount stands beside it."""
    _, terms = tongue.say, shell.posted.head.terms
    words = {
        "asked": _("已申报，还没有发放。"),
        "area asked": _("申报了{area}，还没有发放。"),
        "applied": _("已申报，发放结果已公布。"),
        "area applied": _("申报了{area}，发放结果已公布。"),
        "thing": "{thing}",
        "money": "",
        "rated": _("{area} × {rate}元"),
        "area": "{area}",
    }[shell.told]
    told = written(words).format(**_MARKS._asdict())
    if terms.phase is Phase.APPLICATION or not terms.paid_on:
        return told
    paid = written(_("{day}发放").format(day=tongue.day(terms.paid_on, shell.today)))
    return " · ".join(filter(None, (told, paid)))


def _told(line: Line, posted: Posted, *, holds: bool) -> str:
    """Which line tells a payout; nothing is called unpaid beside the list of who was paid."""
    terms = posted.head.terms
    area = not terms.sensitive and line.quantity is not None
    if terms.phase is Phase.APPLICATION:
        return ("area " if area else "") + ("applied" if posted.paid else "asked")
    if line.in_kind and not line.amount_fen and not terms.sensitive:
        return "thing"
    if not area:
        return "money"
    return "rated" if holds and line.unit else "area"


def _parts(parts: Sequence[HouseholdPart], frame: Frame, tongue: Tongue, form: PartForm) -> str:
    """Every payout as a finished row. A reckoning stands only where it holds to the fen (ROUND_HALF_UP)."""
    lines = [part.line for part in parts]
    figures, made = plains([line.quantity for line in lines]), [_product(line) for line in lines]
    own = zip(parts, figures, strict=True)
    texts = escaped([_texts(part, figure, frame, tongue) for part, figure in own])
    rates, amounts = rate_texts([line.rate for line in lines]), yuans([line.amount_fen for line in lines])
    rows = zip(parts, made, texts, zip(figures, rates, plains(made), amounts, strict=True), strict=True)
    return "".join([_row(*row, frame, form) for row in rows])


def _row(  # noqa: PLR0913, PLR0917 - one of each column
    part: HouseholdPart,
    product: Decimal | None,
    texts: Sequence[str],
    figures: tuple[str, str, str, str],
    frame: Frame,
    form: PartForm,
) -> str:
    posted, line, before = part.posted, part.line, part.year_before
    item, area, unit, thing, day, why, area_before = texts
    quantity, rate, product_text, amount = figures
    fen, old, terms = line.amount_fen, line.corrected_from_fen, posted.head.terms
    told = _told(line, posted, holds=product is not None and rounded_fen(product) == fen)
    rounded = "rounded" if len(product_text.partition(".")[2]) > 2 else "exactly"
    shell = PartShell(
        posted,
        frame.village_code,
        frame.today,
        called(frame, terms.programme, terms.programme_name),
        told,
        item != "" and not terms.sensitive,
        rounded if told == "rated" else "",
        bool(fen or not line.in_kind) and terms.phase is not Phase.APPLICATION,
        old is not None,
        before is not None,
    )
    then, now = yuan(old or 0), yuan(before.amount_fen) if before else ""
    return form(shell).filled(  # as PartCells has them
        (item, area, quantity, rate, unit, product_text, amount, thing, then, day, why, area_before, now)
    )


def _product(line: Line) -> Decimal | None:
    return None if line.quantity is None or line.rate is None else line.quantity * line.rate


def _texts(part: HouseholdPart, figure: str, frame: Frame, tongue: Tongue) -> tuple[str, ...]:
    line, before = part.line, part.year_before
    day = tongue.day(line.corrected_on, frame.today) if line.corrected_on else ""
    area, unit, then = tongue.measured(figure, line.unit), tongue.unit(line.unit), ""
    if before is not None and before.quantity is not None:
        then = tongue.measured(plain(before.quantity), before.unit)
    return line.item, area, unit, line.in_kind, day, line.corrected_why, then


def _objections(parts: list[HouseholdPart], frame: Frame, tongue: Tongue) -> Iterator[dict[str, Any]]:
    """How to object: once for each phone and deadline, at one place or at each with its programmes."""
    calls: dict[tuple[str, Term], list[HouseholdPart]] = {}
    for part in parts:
        call = part.posted.head.terms.phone or frame.phone
        calls.setdefault((call, part.posted.deadline.term), []).append(part)
    for (call, term), of_call in calls.items():
        places: dict[str, list[HouseholdPart]] = {}
        for part in of_call:
            places.setdefault(part.posted.head.terms.address, []).append(part)
        one_place = len(places) == 1
        yield {
            "term": term_text(term, tongue),
            "call": call,
            "names": _programmes(of_call, frame, tongue) if len(calls) > 1 else "",
            "address": next(iter(places)) if one_place else "",
            "places": [(_programmes(by, frame, tongue), at) for at, by in places.items() if not one_place],
        }


def _programmes(parts: list[HouseholdPart], frame: Frame, tongue: Tongue) -> str:
    terms = (part.posted.head.terms for part in parts)
    names = (called(frame, one.programme, one.programme_name) for one in terms)
    return tongue.say("、").join(dict.fromkeys(names))


def household_variables(view: HouseholdView, frame: Frame, tongue: Tongue, form: PartForm) -> dict[str, Any]:
    """Only lists inside their window take part: outside it neither the name nor the sum is shown."""
    parts = [part for part in view.parts if part.posted.open]
    paid = [part for part in parts if part.posted.head.terms.phase is Phase.PAYMENT]
    same = [one for one in view.namesakes if one.posted.open]
    mixed = bool(same) and not view.keyed  # whose row is whose nobody can tell
    fen = 0 if mixed else sum(part.line.amount_fen for part in paid)
    bare = any(part.posted.head.terms.sensitive for part in parts)
    return {
        "name": view.name if parts else "",
        "group": view.group if parts and not (bare and len(parts) == 1) else "",
        "parts": safe(_parts(parts, frame, tongue, form)),
        "namesakes": safe(_parts(same, frame, tongue, form)) if same else "",
        "mixed": mixed,
        "hidden": len(view.parts) - len(parts),
        "paid_count": len(paid),
        "years": "、".join(map(str, sorted({part.posted.head.terms.fiscal_year for part in paid}))),
        "sum": yuan(fen) if fen else "",
        "in_words": in_words(fen) if fen else "",
        "objections": list(_objections(parts, frame, tongue)),
        "find": link(under(frame.village_code, "find")),
    }
