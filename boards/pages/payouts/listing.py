"""The list itself: payouts in three layouts, applications in a fourth, and what holds for all its lines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any, Final, NamedTuple

from boards.model.codes import grouped, short_digest
from boards.model.money import in_words, yuan
from boards.model.payouts import LeftOut, LeftOutReason
from boards.pages.frame.frame import BETWEEN
from boards.pages.frame.phrases import phrased
from boards.pages.frame.row_forms import Draw, Form, mark
from boards.pages.frame.tongue import Tongue
from boards.pages.frame.wording import link, plain, under
from boards.pages.land.words import last_day, why_provisional
from boards.pages.payouts.listing_rows import Columns, columns, has
from boards.pages.payouts.lists import counted, window_tag
from boards.sheets.sheet import SheetHead, Variant
from boards.sheets.views import Frame, ListView, Posted

MOST_LISTS: Final = 128  # a few kilobytes each


class ListShell(NamedTuple):
    """All that the shell of a list's pages is made of, and the key under which it is kept."""

    posted: Posted
    shown: Columns
    scanned: bool  # paper was: its code and digest come first
    superseded_by: str
    pdf: str
    village_code: str
    today: date
    phone: str
    measured: bool  # whether the page's quantities have a sum


class ListParts(NamedTuple):
    """What is put into it for one page: all finished markup."""

    rows: str
    first: str
    last: str
    page_sum: str
    page_quantity: str
    pager: str


_MARKS: Final = ListParts(*map(mark, range(len(ListParts._fields))))
_PAGER: Final = ("here", "page", "pages", "before", "behind")


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


def reconciled(head: SheetHead, tongue: Tongue) -> dict[str, Any]:
    """共N户X元，与梅坞镇花名册合计…元核对一致: against the county's own total, else it says there is none.

    The arithmetic is done here again, never taken on trust (settled §40).
    """
    total, control = head.source_total_fen, head.control
    whole = bool(control and control.scope == head.village.name)
    summed = head.sum_fen + sum(part.sum_fen for part in head.left_out)
    return {
        "left_out": left_out_texts(head.left_out, tongue),
        "source_total": yuan(control.fen if control and whole else total),
        "agrees": total == summed and not (control and whole and control.fen != summed),
        "control": yuan(control.fen) if control else "",
        "control_scope": control.scope if control else "",
        "control_source": control.source if control else "",
        "whole": whole,
    }


def list_shells(draw: Draw, tongue: Tongue) -> Callable[[ListShell], tuple[str, str, Form]]:
    """Blocks of lists in one language, drawn when first needed; the least used ones are let go."""

    @lru_cache(maxsize=MOST_LISTS)
    def drawn(shell: ListShell) -> tuple[str, str, Form]:
        marks = _MARKS if shell.measured else _MARKS._replace(page_quantity="")
        blocks = draw("listing.html", **list_variables(shell, tongue), **marks._asdict())
        title, head, main = blocks.split(BETWEEN, 2)
        return title, head, Form(main)

    return drawn


def pagers(draw: Draw) -> Callable[[bool, bool], Form]:
    """The pager of one language, with or without a way back and a way on."""

    @lru_cache
    def drawn(previous: bool, following: bool) -> Form:
        here, marked = mark(0), {name: mark(number) for number, name in enumerate(_PAGER)}
        ways = {"previous": here if previous else "", "following": here if following else ""}
        return Form(draw("pager.html", **marked, **ways) + "\n")

    return drawn


def list_shell(view: ListView, frame: Frame, *, scanned: bool) -> ListShell:
    """Which shell a page of a list stands in."""
    head, pdf = view.posted.head, "" if frame.kiosk else view.pdf
    return ListShell(
        view.posted,
        columns(head, view.lines),
        scanned,
        view.superseded_by,
        pdf,
        frame.village_code,
        frame.today,
        frame.phone,
        bool(head.unit) and view.page_quantity is not None,
    )


def list_parts(view: ListView, frame: Frame, rows: str, pager: Callable[[bool, bool], Form]) -> ListParts:
    """What one page brings into it."""
    return ListParts(
        rows,
        str(view.first),
        str(view.first + len(view.lines) - 1),
        yuan(view.page_sum_fen),
        plain(view.page_quantity) if view.posted.head.unit else "",
        _pager(view, frame, pager) if view.pages > 1 else "",
    )


def _pager(view: ListView, frame: Frame, pager: Callable[[bool, bool], Form]) -> str:
    here, page = link(under(frame.village_code, "payouts", view.posted.head.batch)), view.page
    numbers = map(str, (page, view.pages, page - 1, page + 1))
    return pager(page > 1, page < view.pages).filled((here, *numbers))


def list_variables(shell: ListShell, tongue: Tongue) -> dict[str, Any]:
    """What stands in a list's shell beside its parts. Outside the window: totals, and not one name."""
    posted, head, terms = shell.posted, shell.posted.head, shell.posted.head.terms
    return {
        "title": terms.programme_name,
        "heading": phrased(terms.programme_name),
        "sheet_title": phrased(head.title),
        "year": terms.fiscal_year,
        "tag": window_tag(posted, tongue, shell.today),
        "open": posted.open,
        "zh": tongue.tag.startswith("zh"),
        "application": head.variant is Variant.APPLICATION,
        "sensitive": terms.sensitive,
        "sum": yuan(head.sum_fen),
        "in_words": in_words(head.sum_fen),
        "has_sum": head.in_money,
        "count": counted(posted, tongue),
        "quantity": "" if terms.sensitive else plain(head.quantity),
        "unit": tongue.unit(head.unit),
        "measure": tongue.measured("", head.unit),  # behind a figure, with its gap
        "mu": head.unit == "亩",
        **has(shell.shown),
        "by_item": head.variant is Variant.ITEM,
        "scanned": shell.scanned,
        "programme_link": link(under(shell.village_code, "programmes", terms.programme)),
        "code": grouped(head.code),
        "digest": short_digest(head.digest),
        "edition": head.edition,
        "newer": link(f"/N/{shell.superseded_by}") if shell.superseded_by else "",
        "pdf": link(shell.pdf),
        **_facts(shell, tongue),
        **reconciled(head, tongue),
    }


def _facts(shell: ListShell, tongue: Tongue) -> dict[str, Any]:
    """Small print of the head: who paid, when, out of which funds; where to object, and until when."""
    terms, until, today = shell.posted.head.terms, shell.posted.until, shell.today
    period = ""
    if terms.planned_from and terms.planned_until:
        start, end = (tongue.day(day, today) for day in (terms.planned_from, terms.planned_until))
        period = tongue.say("{start}至{end}").format(start=start, end=end)
    return {
        "paid": tongue.day(terms.paid_on, today) if terms.paid_on else "",
        "period": period,
        "office": terms.office,
        "funds": terms.funds,
        "rate": "" if terms.sensitive else tongue.rate(terms.rate_text),
        "period_no": terms.period_no,
        "until": last_day(until, today, tongue),
        "why": why_provisional(until, tongue),
        "call": terms.phone or shell.phone,
        "address": terms.address,
    }
