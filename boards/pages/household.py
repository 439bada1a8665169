"""One household's payouts, each in a sentence a person can check with pencil and paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from boards.model.money import in_words, yuan
from boards.model.payouts import Phase
from boards.pages.lists import window_tag
from boards.pages.wording import link, multiplies, plain, rate_text, under

if TYPE_CHECKING:
    from boards.pages.tongue import Tongue
    from boards.sheets.sheet import Line
    from boards.sheets.views import Frame, HouseholdPart, HouseholdView


def reckoning(line: Line, tongue: Tongue, *, sensitive: bool) -> str:
    """6.3亩 × 每亩120.00元 = 756.00元, only where the multiplication holds to the fen."""
    if sensitive or line.quantity is None:
        return ""
    quantity = plain(line.quantity)
    if not multiplies(line):
        return tongue.say("{quantity}{unit}").format(quantity=quantity, unit=line.unit)
    return tongue.say("{quantity}{unit} × {rate}元/{unit} = {amount}元").format(
        quantity=quantity, unit=line.unit, rate=rate_text(line.rate), amount=yuan(line.amount_fen)
    )


def _part(part: HouseholdPart, frame: Frame, tongue: Tongue) -> dict[str, Any]:
    head, line = part.posted.head, part.line
    terms, applied = head.terms, head.terms.phase is Phase.APPLICATION
    mended = None
    if line.corrected_from_fen is not None:
        day = tongue.day(line.corrected_on, frame.today) if line.corrected_on else ""
        mended = (yuan(line.corrected_from_fen), day, line.corrected_why)
    return {
        "name": terms.programme_name,
        "year": terms.fiscal_year,
        "href": link(under(frame.village_code, "payouts", head.batch)),
        "guide": link(under(frame.village_code, "programmes", terms.programme)),
        "reckoning": reckoning(line, tongue, sensitive=terms.sensitive),
        "item": "" if terms.sensitive else line.item or line.in_kind,
        "paid": tongue.day(terms.paid_on, frame.today) if terms.paid_on else "",
        "amount": "" if applied or (line.in_kind and not line.amount_fen) else yuan(line.amount_fen),
        "applied": applied,
        "tag": window_tag(part.posted, tongue, frame.today),
        "mended": mended,
    }


def _objections(parts: list[HouseholdPart], frame: Frame, tongue: Tongue) -> list[dict[str, str]]:
    """How to object and until when; equal ways are told once, with the programmes they hold for."""
    ways: dict[tuple[str, str], list[HouseholdPart]] = {}
    for part in parts:
        terms = part.posted.head.terms
        ways.setdefault((terms.phone or frame.phone, terms.address), []).append(part)
    return [
        {
            "until": _common_end(told, frame, tongue),
            "call": call,
            "address": address,
            "names": "、".join(dict.fromkeys(_programme(part) for part in told)) if len(ways) > 1 else "",
        }
        for (call, address), told in ways.items()
    ]


def _programme(part: HouseholdPart) -> str:
    return part.posted.head.terms.programme_name


def _common_end(parts: list[HouseholdPart], frame: Frame, tongue: Tongue) -> str:
    """Last day, where one day holds for all; else each row tells its own."""
    ends = {part.posted.until for part in parts}
    return tongue.day(ends.pop(), frame.today) if len(ends) == 1 else ""


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
