"""One household's payouts, each in a sentence a person can check with pencil and paper."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final, NamedTuple

from minijinja import safe

from boards.model.calendar.workdays import Term
from boards.model.money import in_words, yuan
from boards.model.payouts import Phase
from boards.pages.frame.phrases import phrased
from boards.pages.frame.row_forms import Draw, Form, escaped, mark, written
from boards.pages.frame.tongue import Tongue
from boards.pages.frame.wording import link, multiplies, plain, rate_text, under
from boards.pages.land.words import term_text
from boards.pages.payouts.lists import window_tag
from boards.sheets.sheet import Line
from boards.sheets.views import Frame, HouseholdPart, HouseholdView, Posted

MOST_PARTS: Final = 128  # a kilobyte each


class PartShell(NamedTuple):
    """All that a payout's row is made of but the household's own, and the key it is kept under."""

    posted: Posted
    village_code: str
    today: date
    told: str  # which sentence
    item: bool  # whether these cells are there
    reckoned: bool
    amount: bool
    old: bool


class PartCells(NamedTuple):
    """What is the household's own: all finished markup."""

    item: str
    area: str
    quantity: str
    unit: str
    rate: str
    amount: str
    thing: str
    old: str  # the amount before a correction, with its day and its reason
    day: str
    why: str


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
    terms, reckoning = head.terms, tongue.say("{quantity}{unit} × {rate}元/{unit} = {amount}元")
    return {
        "name": phrased(terms.programme_name),
        "href": link(under(shell.village_code, "payouts", head.batch)),
        "guide": link(under(shell.village_code, "programmes", terms.programme)),
        "reckoning": safe(written(reckoning).format(**marks)) if shell.reckoned else "",
        "item": marks["item"] if shell.item else "",
        "sentence": safe(_sentence(shell, tongue)),
        "amount": marks["amount"] if shell.amount else "",
        "applied": terms.phase is Phase.APPLICATION,
        "tag": window_tag(shell.posted, tongue, shell.today)[1],
        "old": marks["old"] if shell.old else "",
        "day": marks["day"],
        "why": marks["why"],
    }


def _sentence(shell: PartShell, tongue: Tongue) -> str:
    """One payout as a neighbour would say it: 6.3亩，每亩131.42元，一共827.95元，6月18日发放, and so on."""
    _, terms = tongue.say, shell.posted.head.terms
    words = {
        "asked": _("已申报，还没有发放。"),
        "area asked": _("申报了{area}，还没有发放。"),
        "applied": _("已申报，发放结果已公布。"),
        "area applied": _("申报了{area}，发放结果已公布。"),
        "thing": "{thing}",
        "money": _("{amount}元"),
        "rated": _("{area}，每{unit}{rate}元，一共{amount}元"),
        "area": _("{area}，一共{amount}元"),
    }[shell.told]
    told = written(words).format(**_MARKS._asdict())
    if terms.phase is Phase.APPLICATION:
        return told
    day = written(tongue.day(terms.paid_on, shell.today)) if terms.paid_on else ""
    return written(_("{told}，{day}发放。") if day else _("{told}。")).format(told=told, day=day)


def _told(line: Line, posted: Posted, *, reckoned: bool) -> str:
    """Which sentence tells a payout; nothing is called unpaid beside the list of who was paid."""
    terms = posted.head.terms
    area = not terms.sensitive and line.quantity is not None
    if terms.phase is Phase.APPLICATION:
        return ("area " if area else "") + ("applied" if posted.paid else "asked")
    if line.in_kind and not line.amount_fen and not terms.sensitive:
        return "thing"
    if not area:
        return "money"
    return "rated" if reckoned and line.unit else "area"


def _parts(parts: Sequence[HouseholdPart], frame: Frame, tongue: Tongue, form: PartForm) -> str:
    """Every payout as a finished row. A reckoning stands only where it holds to the fen."""
    texts, drawn = escaped([_texts(part.line, frame, tongue) for part in parts]), []
    for part, (item, unit, thing, day, why) in zip(parts, texts, strict=True):
        line, terms = part.line, part.posted.head.terms
        reckoned = not terms.sensitive and multiplies(line)
        shell = PartShell(
            part.posted,
            frame.village_code,
            frame.today,
            _told(line, part.posted, reckoned=reckoned),
            not terms.sensitive and line.item != "",
            reckoned,
            terms.phase is not Phase.APPLICATION and bool(line.amount_fen or not line.in_kind),
            line.corrected_from_fen is not None,
        )
        quantity, rate, amount = plain(line.quantity), rate_text(line.rate), yuan(line.amount_fen)
        old = yuan(line.corrected_from_fen or 0)
        cells = PartCells(item, quantity + unit, quantity, unit, rate, amount, thing, old, day, why)
        drawn.append(form(shell).filled(cells))
    return "".join(drawn)


def _texts(line: Line, frame: Frame, tongue: Tongue) -> tuple[str, str, str, str, str]:
    day = tongue.day(line.corrected_on, frame.today) if line.corrected_on else ""
    return line.item, line.unit, line.in_kind, day, line.corrected_why


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
            "names": _programmes(of_call) if len(calls) > 1 else "",
            "address": next(iter(places)) if one_place else "",
            "places": [] if one_place else [(_programmes(there), at) for at, there in places.items()],
        }


def _programmes(parts: list[HouseholdPart]) -> str:
    return "、".join(dict.fromkeys(part.posted.head.terms.programme_name for part in parts))


def household_variables(view: HouseholdView, frame: Frame, tongue: Tongue, form: PartForm) -> dict[str, Any]:
    """Only lists inside their window take part: outside it neither the name nor the sum is shown."""
    parts = [part for part in view.parts if part.posted.open]
    paid = [part for part in parts if part.posted.head.terms.phase is Phase.PAYMENT]
    fen = sum(part.line.amount_fen for part in paid)
    bare = any(part.posted.head.terms.sensitive for part in parts)
    return {
        "name": view.name if parts else "",
        "group": view.group if parts and not (bare and len(parts) == 1) else "",
        "parts": safe(_parts(parts, frame, tongue, form)),
        "hidden": len(view.parts) - len(parts),
        "paid_count": len(paid),
        "years": "、".join(map(str, sorted({part.posted.head.terms.fiscal_year for part in paid}))),
        "sum": yuan(fen) if fen else "",
        "in_words": in_words(fen) if fen else "",
        "objections": list(_objections(parts, frame, tongue)),
        "find": link(under(frame.village_code, "find")),
    }
