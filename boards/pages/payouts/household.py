"""One household's payouts, each in a sentence a person can check with pencil and paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from boards.model.money import in_words, yuan
from boards.model.payouts import Phase
from boards.pages.frame.phrases import phrased
from boards.pages.frame.wording import link, multiplies, plain, rate_text, under
from boards.pages.land.words import last_day
from boards.pages.payouts.lists import window_tag

if TYPE_CHECKING:
    from boards.pages.frame.tongue import Tongue
    from boards.sheets.sheet import Line
    from boards.sheets.views import Frame, HouseholdPart, HouseholdView


def _reckoning(line: Line, tongue: Tongue) -> str:
    """6.3亩 × 120.00元/亩 = 756.00元, only where the multiplication holds to the fen."""
    if not multiplies(line):
        return ""
    words, quantity = tongue.say("{quantity}{unit} × {rate}元/{unit} = {amount}元"), plain(line.quantity)
    amount = yuan(line.amount_fen)
    return words.format(quantity=quantity, unit=line.unit, rate=rate_text(line.rate), amount=amount)


def sentence(part: HouseholdPart, day: str, tongue: Tongue) -> str:
    """One payout as a neighbour would say it: 6.3亩，每亩131.42元，一共827.95元，6月18日发放, and so on."""
    terms, line, say = part.posted.head.terms, part.line, tongue.say
    area = "" if terms.sensitive or line.quantity is None else f"{plain(line.quantity)}{line.unit}"
    if terms.phase is Phase.APPLICATION:
        return say("申报了{area}，还没有发放。").format(area=area) if area else say("已申报，还没有发放。")
    amount, rate = yuan(line.amount_fen), rate_text(line.rate)
    if line.in_kind and not line.amount_fen and not terms.sensitive:
        what = line.in_kind
    elif not area:
        what = say("{amount}元").format(amount=amount)
    elif multiplies(line) and line.unit:
        words = say("{area}，每{unit}{rate}元，一共{amount}元")
        what = words.format(area=area, unit=line.unit, rate=rate, amount=amount)
    else:
        what = say("{area}，一共{amount}元").format(area=area, amount=amount)
    return say("{told}，{day}发放。").format(told=what, day=day) if day else say("{told}。").format(told=what)


def _part(part: HouseholdPart, frame: Frame, tongue: Tongue) -> dict[str, Any]:
    head, line = part.posted.head, part.line
    terms, applied = head.terms, head.terms.phase is Phase.APPLICATION
    mended, paid = None, tongue.day(terms.paid_on, frame.today) if terms.paid_on else ""
    if line.corrected_from_fen is not None:
        day = tongue.day(line.corrected_on, frame.today) if line.corrected_on else ""
        mended = (yuan(line.corrected_from_fen), day, line.corrected_why)
    return {
        "name": phrased(terms.programme_name),
        "year": terms.fiscal_year,
        "href": link(under(frame.village_code, "payouts", head.batch)),
        "guide": link(under(frame.village_code, "programmes", terms.programme)),
        "reckoning": "" if terms.sensitive else _reckoning(line, tongue),
        "item": "" if terms.sensitive else line.item,
        "sentence": sentence(part, paid, tongue),
        "amount": "" if applied or (line.in_kind and not line.amount_fen) else yuan(line.amount_fen),
        "applied": applied,
        "tag": window_tag(part.posted, tongue, frame.today),
        "mended": mended,
    }


def _objections(parts: list[HouseholdPart], frame: Frame, tongue: Tongue) -> list[dict[str, Any]]:
    """How to object and until when: once for each phone, at one place or at each with its programmes."""
    calls: dict[str, list[HouseholdPart]] = {}
    for part in parts:
        calls.setdefault(part.posted.head.terms.phone or frame.phone, []).append(part)
    made = []
    for call, of_call in calls.items():
        ends = {part.posted.until for part in of_call}
        places: dict[str, list[HouseholdPart]] = {}
        for part in of_call:
            places.setdefault(part.posted.head.terms.address, []).append(part)
        one_place = len(places) == 1
        made.append(
            {
                "until": last_day(ends.pop(), frame.today, tongue) if len(ends) == 1 else "",  # rows say it
                "call": call,
                "names": _programmes(of_call) if len(calls) > 1 else "",
                "address": next(iter(places)) if one_place else "",
                "places": [] if one_place else [(_programmes(there), at) for at, there in places.items()],
            }
        )
    return made


def _programmes(parts: list[HouseholdPart]) -> str:
    return "、".join(dict.fromkeys(part.posted.head.terms.programme_name for part in parts))


def household_variables(view: HouseholdView, frame: Frame, tongue: Tongue) -> dict[str, Any]:
    """Only lists inside their window take part: outside it neither the name nor the sum is shown."""
    parts = [part for part in view.parts if part.posted.open]
    paid = [part for part in parts if part.posted.head.terms.phase is Phase.PAYMENT]
    fen = sum(part.line.amount_fen for part in paid)
    bare = any(part.posted.head.terms.sensitive for part in parts)
    years = sorted({part.posted.head.terms.fiscal_year for part in paid})
    return {
        "name": view.name if parts else "",
        "group": view.group if parts and not (bare and len(parts) == 1) else "",
        "parts": [_part(part, frame, tongue) for part in parts],
        "hidden": len(view.parts) - len(parts),
        "paid_count": len(paid),
        "years": "、".join(map(str, years)),
        "sum": yuan(fen) if fen else "",
        "in_words": in_words(fen) if fen else "",
        "objections": _objections(parts, frame, tongue),
        "find": link(under(frame.village_code, "find")),
    }
