"""The list itself: payouts in three layouts, applications in a fourth, and what holds for all its lines."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from boards.model.money import in_words, yuan
from boards.model.payouts import LeftOutReason
from boards.pages.lists import counted, in_money, window_tag
from boards.pages.wording import joints, link, plain, rate_text, short_digest, spaced, under
from boards.sheets.sheet import Variant

if TYPE_CHECKING:
    from collections.abc import Callable

    from boards.model.payouts import LeftOut
    from boards.pages.tongue import Tongue
    from boards.sheets.sheet import Line, SheetHead
    from boards.sheets.views import Frame, ListView


class Columns(NamedTuple):
    """Which columns a list has. A sensitive programme has names and amounts only (DOMAIN §1.6)."""

    group: bool = False
    item: bool = False
    quantity: bool = False
    rate: bool = False
    things: bool = False
    amount: bool = True


def columns(head: SheetHead, lines: tuple[Line, ...]) -> Columns:
    """Columns of a variant; those nobody fills are left away."""
    application = head.variant is Variant.APPLICATION
    if head.terms.sensitive:
        return Columns(amount=not application)
    return Columns(
        group=any(line.group for line in lines),
        item=head.variant is not Variant.IN_KIND and any(line.item for line in lines),
        quantity=any(line.quantity is not None for line in lines),
        rate=not application and any(line.rate is not None for line in lines),
        things=head.variant is Variant.IN_KIND,
        amount=in_money(head),
    )


class Extra(NamedTuple):
    """What few lines have: another person, a remark, a correction (old amount, day, reason)."""

    beside: str = ""
    remark: str = ""
    old: str = ""
    day: str = ""
    why: str = ""


def _beside(line: Line, head: SheetHead, tongue: Tongue) -> str:
    """Who else the line names: the household head of a beneficiary, or the beneficiary."""
    if not line.beneficiary or head.terms.sensitive:
        return ""
    if head.variant is Variant.ITEM:
        return tongue.say("户主{name}").format(name=line.holder)
    return tongue.say("享受人{name}").format(name=line.beneficiary)


def _extra(line: Line, head: SheetHead, frame: Frame, tongue: Tongue) -> Extra:
    remark = "" if head.terms.sensitive else line.remark
    if line.corrected_from_fen is None:
        return Extra(_beside(line, head, tongue), remark)
    day = tongue.day(line.corrected_on, frame.today) if line.corrected_on else ""
    old, why = yuan(line.corrected_from_fen), "" if head.terms.sensitive else line.corrected_why
    return Extra(_beside(line, head, tongue), remark, old, day, why)


def rows(view: ListView, shown: Columns, frame: Frame, tongue: Tongue) -> list[tuple[object, ...]]:
    """Lines as finished cells, in tuples: a template unpacks them faster than it asks a record."""
    head = view.posted.head
    by_item, own_unit, rates = head.variant is Variant.ITEM, not head.unit, _Rates()
    return [
        (
            (line.beneficiary or line.holder) if by_item else line.holder,
            line.household,
            line.group,
            (line.in_kind or line.item) if shown.things else line.item,
            (plain(line.quantity) + line.unit if own_unit else plain(line.quantity))
            if shown.quantity
            else "",
            rates[line.rate] if shown.rate else "",
            yuan(line.amount_fen) if shown.amount else "",
            _extra(line, head, frame, tongue)
            if line.beneficiary or line.remark or line.corrected_from_fen is not None
            else None,
        )
        for line in view.lines
    ]


class _Rates(dict[Decimal | None, str]):
    """Rates already written out: most lists have one."""

    def __missing__(self, rate: Decimal | None) -> str:
        self[rate] = text = rate_text(rate)
        return text


def _reason(reason: LeftOutReason, _: Callable[[str], str]) -> str:
    words = {
        LeftOutReason.UNPAID: _("另有{count}笔{sum}元未发放"),
        LeftOutReason.FAILED: _("另有{count}笔{sum}元没有付成"),
        LeftOutReason.RETURNED: _("另有{count}笔{sum}元已退回"),
        LeftOutReason.STOPPED: _("另有{count}笔{sum}元已停发"),
        LeftOutReason.UNLISTED: _("另有{count}笔{sum}元按规定不列名"),
        LeftOutReason.ZERO: _("另有{count}户没有金额"),
    }
    return words[reason]


def left_out_texts(left_out: tuple[LeftOut, ...], tongue: Tongue) -> list[str]:
    """Both figures of everything the county left off the list (DECISIONS 4)."""
    return [
        _reason(part.reason, tongue.say).format(count=f"{part.count:,}", sum=yuan(part.sum_fen))
        for part in left_out
        if part.count
    ]


def _reconciled(head: SheetHead, tongue: Tongue) -> dict[str, Any]:
    """共N户X元，与县级发放总额一致: the arithmetic is done here again, never taken on trust."""
    whole = head.sum_fen + sum(part.sum_fen for part in head.left_out)
    return {
        "left_out": left_out_texts(head.left_out, tongue),
        "source_total": yuan(head.source_total_fen),
        "agrees": whole == head.source_total_fen,
    }


def _pager(view: ListView, frame: Frame) -> dict[str, Any]:
    here = link(under(frame.village_code, "payouts", view.posted.head.batch))
    return {
        "page": view.page,
        "pages": view.pages,
        "previous": here if view.page > 1 else "",
        "following": here if view.page < view.pages else "",
        "first": view.first,
        "last": view.first + len(view.lines) - 1,
    }


def _objection(view: ListView, frame: Frame, tongue: Tongue) -> dict[str, str]:
    terms = view.posted.head.terms
    return {
        "until": tongue.day(view.posted.until, frame.today),
        "call": terms.phone or frame.phone,
        "address": terms.address,
    }


def list_variables(view: ListView, frame: Frame, tongue: Tongue) -> dict[str, Any]:
    """Everything the list's template prints. Outside the window: totals, and not one name."""
    head, terms = view.posted.head, view.posted.head.terms
    shown = columns(head, view.lines)
    application = head.variant is Variant.APPLICATION
    return {
        "title": terms.programme_name,
        "sheet_title": joints(head.title),
        "year": terms.fiscal_year,
        "tag": window_tag(view.posted, tongue, frame.today),
        "open": view.posted.open,
        "application": application,
        "sensitive": terms.sensitive,
        "sum": yuan(head.sum_fen),
        "in_words": in_words(head.sum_fen),
        "has_sum": in_money(head),
        "count": counted(view.posted, tongue),
        "quantity": "" if terms.sensitive else plain(head.quantity),
        "unit": head.unit,
        **{f"has_{name}": there for name, there in shown._asdict().items()},
        "by_item": head.variant is Variant.ITEM,
        "rows": rows(view, shown, frame, tongue) if view.posted.open else [],
        "page_sum": yuan(view.page_sum_fen),
        "page_quantity": plain(view.page_quantity) if head.unit else "",
        "programme_link": link(under(frame.village_code, "programmes", terms.programme)),
        "code": spaced(head.code),
        "digest": short_digest(head.digest),
        "edition": head.edition,
        "newer": link(f"/N/{view.superseded_by}") if view.superseded_by else "",
        "pdf": "" if frame.kiosk else link(view.pdf),
        **_facts(view, frame, tongue),
        **_reconciled(head, tongue),
        **_pager(view, frame),
        **_objection(view, frame, tongue),
    }


def _facts(view: ListView, frame: Frame, tongue: Tongue) -> dict[str, Any]:
    """Small print of the head: who paid, when, out of which funds."""
    terms = view.posted.head.terms
    paid = tongue.day(terms.paid_on, frame.today) if terms.paid_on else ""
    period = ""
    if terms.planned_from and terms.planned_until:
        start, end = (tongue.day(day, frame.today) for day in (terms.planned_from, terms.planned_until))
        period = tongue.say("{start}至{end}").format(start=start, end=end)
    return {
        "paid": paid,
        "period": period,
        "office": terms.office,
        "funds": terms.funds,
        "rate": "" if terms.sensitive else terms.rate_text,
        "period_no": terms.period_no,
    }
