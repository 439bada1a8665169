"""The list itself: payouts in three layouts, applications in a fourth, and what holds for all its lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from boards.model.codes import grouped, short_digest
from boards.model.money import in_words, yuan
from boards.model.payouts import LeftOutReason
from boards.pages.frame.phrases import phrased
from boards.pages.frame.wording import link, plain, under
from boards.pages.land.words import last_day, why_provisional
from boards.pages.payouts.listing_rows import has
from boards.pages.payouts.lists import counted, in_money, window_tag
from boards.sheets.sheet import Variant

if TYPE_CHECKING:
    from boards.model.payouts import LeftOut
    from boards.pages.frame.tongue import Tongue
    from boards.pages.payouts.listing_rows import Columns
    from boards.sheets.sheet import SheetHead
    from boards.sheets.views import Frame, ListView


def left_out_texts(left_out: tuple[LeftOut, ...], tongue: Tongue) -> list[str]:
    """Both figures of everything the county left off the list (settled §4)."""
    _ = tongue.say
    words = {
        LeftOutReason.UNPAID: _("另有{count}笔{sum}元未发放"),
        LeftOutReason.FAILED: _("另有{count}笔{sum}元没有付成"),
        LeftOutReason.RETURNED: _("另有{count}笔{sum}元已退回"),
        LeftOutReason.STOPPED: _("另有{count}笔{sum}元已停发"),
        LeftOutReason.UNLISTED: _("另有{count}笔{sum}元按规定不列名"),
        LeftOutReason.ZERO: _("另有{count}户没有金额"),
    }
    return [
        words[part.reason].format(count=f"{part.count:,}", sum=yuan(part.sum_fen))
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


def list_variables(view: ListView, shown: Columns, frame: Frame, tongue: Tongue) -> dict[str, Any]:
    """Everything the list's template prints but its rows. Outside the window: totals, and not one name."""
    head, terms = view.posted.head, view.posted.head.terms
    application = head.variant is Variant.APPLICATION
    return {
        "title": terms.programme_name,
        "heading": phrased(terms.programme_name),
        "sheet_title": phrased(head.title),
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
        **has(shown),
        "by_item": head.variant is Variant.ITEM,
        "page_sum": yuan(view.page_sum_fen),
        "page_quantity": plain(view.page_quantity) if head.unit else "",
        "programme_link": link(under(frame.village_code, "programmes", terms.programme)),
        "code": grouped(head.code),
        "digest": short_digest(head.digest),
        "edition": head.edition,
        "newer": link(f"/N/{view.superseded_by}") if view.superseded_by else "",
        "pdf": "" if frame.kiosk else link(view.pdf),
        **_facts(view, frame, tongue),
        **_reconciled(head, tongue),
        **_pager(view, frame),
    }


def _facts(view: ListView, frame: Frame, tongue: Tongue) -> dict[str, Any]:
    """Small print of the head: who paid, when, out of which funds; where to object, and until when."""
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
        "until": last_day(view.posted.until, frame.today, tongue),
        "why": why_provisional(view.posted.until, tongue),
        "call": terms.phone or frame.phone,
        "address": terms.address,
    }
