"""The list itself: payouts in three layouts, applications in a fourth, and what holds for all its lines."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any, Final, NamedTuple, Protocol

from boards.model.codes import grouped, short_digest
from boards.model.money import in_words, yuan
from boards.model.payouts import LeftOut, LeftOutReason
from boards.pages.frame.frame import BETWEEN
from boards.pages.frame.pager import Pager
from boards.pages.frame.phrases import phrased
from boards.pages.frame.row_forms import Draw, Filled, PageForm, mark
from boards.pages.frame.tongue import Tongue
from boards.pages.frame.wording import aligned, asking, called, link, under, within
from boards.pages.land.words import last_day, term_text, why_provisional
from boards.pages.payouts.listing_rows import Columns, FormOf, cells, columns, has, rows_of
from boards.pages.payouts.lists import counted, window_tag
from boards.sheets.overview import Numbers, Overview
from boards.sheets.sheet import SheetHead, Variant
from boards.sheets.views import Frame, ListView, Posted

MOST_KEYS: Final = 12  # groups that stand above a list at once; more of them behind a key


class ListShell(NamedTuple):
    """All that the shell of a list's pages is made of."""

    posted: Posted
    name: str  # of its programme, in the language of the page
    shown: Columns
    scanned: bool  # paper was: its code and digest come first
    superseded_by: str
    pdf: str
    village_code: str
    today: date
    phone: str
    measured: bool  # whether the page's quantities have a sum
    overview: Overview
    group: str  # whose lines alone are shown, or
    surname: str
    long: bool  # there are more lines than a page has


class ListParts(NamedTuple):
    """What is put into it for one page: all finished markup."""

    rows: str
    first: str
    last: str
    page_sum: str
    page_quantity: str
    pager: str
    own: str  # the page's address as a part of another


class ListForms(Protocol):
    """What lists are drawn with, in one language."""

    tongue: Tongue
    rows: FormOf
    pager: Pager

    def listed(self, shell: ListShell, frame: Frame) -> PageForm:
        """Every page of a list in one look, whole, with marks where its pages differ."""


LIST_MARKS: Final = ListParts(*map(mark, range(len(ListParts._fields))))


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
    """共N户X元，计入梅坞镇花名册合计…元，总额核对一致: ours, and the county's own; else that there is none.

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


class OpenList:
    """A list that somebody opened: what its pages share is drawn once, each page is filled in (settled §23).

    All but a page's lines, place and sums is of the view and the frame it was opened with: whoever keeps it
    lets it go when either may have changed.
    """

    __slots__ = ("_address", "_at", "_drawn", "_forms", "_frame", "_shell")

    def __init__(self, view: ListView, frame: Frame, forms: ListForms, *, scanned: bool) -> None:
        """Nothing is drawn yet; `view` is any page of the list."""
        self._forms, self._frame, self._shell = forms, frame, list_shell(view, frame, scanned=scanned)
        here = under(frame.village_code, "payouts", view.posted.head.batch)
        here = f"/N/{view.posted.head.code}" if view.superseded_by else here
        self._address = asking(here, group=view.group, surname=view.surname)
        self._at = link(under(frame.village_code))
        self._drawn: dict[tuple[Columns, bool], PageForm] = {}

    def page(self, view: ListView, path: str) -> Filled:
        """One page of it, whose address is `path`."""
        head, lines, forms = view.posted.head, view.lines, self._forms
        shown = columns(head, lines)
        sums = aligned((view.page_quantity,), view.overview.quantity_decimals)[0] if head.unit else ""
        parts = (
            self._rows(view, shown) if view.posted.open else "",
            str(view.first),
            str(view.first + len(lines) - 1),
            yuan(view.page_sum_fen),
            sums,
            forms.pager(self._address, view.page, view.pages),
            within(path),
        )
        return self._form(shown, bool(sums)).filled(parts)

    def _rows(self, view: ListView, shown: Columns) -> str:
        made = cells(view, shown, self._frame.today, self._forms.tongue)
        return rows_of(made, partial(self._forms.rows, self._at, shown))

    def _form(self, shown: Columns, measured: bool) -> PageForm:
        """With these columns, and a sum of quantities or none."""
        known = self._drawn.get((shown, measured))
        if known is None:
            shell = self._shell._replace(shown=shown, measured=measured)
            known = self._drawn[shown, measured] = self._forms.listed(shell, self._frame)
        return known


def list_blocks(draw: Draw, shell: ListShell, tongue: Tongue) -> list[str]:
    """Title, more in <head>, and main part of a list's pages, with marks for what one page brings."""
    marks = LIST_MARKS if shell.measured else LIST_MARKS._replace(page_quantity="")
    drawn = draw("listing.html", **list_variables(shell, tongue), **marks._asdict())
    return drawn.split(BETWEEN, 2)


def list_shell(view: ListView, frame: Frame, *, scanned: bool) -> ListShell:
    """What a list's pages share; which columns they have, each says for itself."""
    head, pdf = view.posted.head, "" if frame.kiosk else view.pdf
    return ListShell(
        view.posted,
        called(frame, head.terms.programme, head.terms.programme_name),
        Columns(),
        scanned,
        view.superseded_by,
        pdf,
        frame.village_code,
        frame.today,
        frame.phone,
        measured=False,
        overview=view.overview,
        group=view.group,
        surname=view.surname,
        long=not view.superseded_by and (view.pages > 1 or bool(view.group or view.surname)),
    )


def list_variables(shell: ListShell, tongue: Tongue) -> dict[str, Any]:
    """What stands in a list's shell beside its parts. Outside the window: totals, and not one name."""
    posted, head, terms = shell.posted, shell.posted.head, shell.posted.head.terms
    return {
        "title": shell.name,
        "heading": phrased(shell.name),
        "foreign": shell.name != terms.programme_name and not shell.scanned,
        "sheet_title": phrased(head.title),
        "year": terms.fiscal_year,
        "tag": _tag(shell, tongue),
        "lines": head.count,
        "gone": posted.gone,
        "unsure": bool(posted.gone or shell.superseded_by),  # no total is called reconciled that may not be
        "open": posted.open,
        "zh": tongue.tag.startswith("zh"),
        "application": head.variant is Variant.APPLICATION,
        "sensitive": terms.sensitive,
        "sum": yuan(head.sum_fen),
        "in_words": in_words(head.sum_fen),
        "has_sum": head.in_money,
        "count": counted(posted, tongue),
        "quantity": "" if terms.sensitive else aligned((head.quantity,), shell.overview.quantity_decimals)[0],
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
        **_walked(shell, tongue),
        "calendar": link(under(shell.village_code, "payouts", head.batch, "deadline.ics")),
        **_facts(shell, tongue),
        **reconciled(head, tongue),
    }


def _walked(shell: ListShell, tongue: Tongue) -> dict[str, Any]:
    """The strip above a long list: all its lines, or those of a group or surname alone."""
    posted, whole = shell.posted, shell.overview
    here = under(shell.village_code, "payouts", posted.head.batch)
    shown = whole.groups.get(shell.group) or whole.surnames.get(shell.surname) or ()

    def keys(kind: str, numbers: Mapping[str, Numbers]) -> list[tuple[str, str, str]]:
        return [
            (name, counted(posted, tongue, len(lines)), link(asking(here, **{kind: name})))
            for name, lines in numbers.items()
        ]

    return {
        "here": link(here),
        "long": shell.long,
        "group": shell.group,
        "surname": shell.surname,
        "found": counted(posted, tongue, len(shown)),
        "groups": keys("group", whole.groups) if len(whole.groups) > 1 else [],
        "many": len(whole.groups) > MOST_KEYS,
        "surnames": keys("surname", whole.surnames),
    }


def _tag(shell: ListShell, tongue: Tongue) -> tuple[str, str]:
    if shell.superseded_by:
        return "late", tongue.say("已更正")
    return window_tag(shell.posted, tongue, shell.today)


def _facts(shell: ListShell, tongue: Tongue) -> dict[str, Any]:
    """Small print of the head: who paid, when, out of which funds; where to object, and until when."""
    terms, until, today = shell.posted.head.terms, shell.posted.until, shell.today
    return {
        "paid": tongue.day(terms.paid_on, today) if terms.paid_on else "",
        "office": terms.office,
        "funds": terms.funds,
        "rate": "" if terms.sensitive else tongue.rate(terms.rate_text),
        "period_no": terms.period_no,
        "until": last_day(until, today, tongue),
        "term": term_text(shell.posted.deadline.term, tongue),
        "why": why_provisional(until, tongue),
        "call": terms.phone or shell.phone,
        "address": terms.address,
    }
