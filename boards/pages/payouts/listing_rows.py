"""The rows of a list: which columns, which texts, and the finished markup."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from boards.model.money import yuan, yuans
from boards.pages.frame.row_forms import Draw, Form, escaped, mark
from boards.pages.frame.tongue import Tongue
from boards.pages.frame.wording import aligned
from boards.sheets.overview import Overview, names_shown
from boards.sheets.sheet import Line, SheetHead, Variant
from boards.sheets.views import ListView


class Columns(NamedTuple):
    """Which columns a list has. A sensitive programme has names and amounts only (domain §1.6)."""

    group: bool = False
    item: bool = False
    quantity: bool = False
    rate: bool = False
    things: bool = False
    amount: bool = True


_GROUP, _ITEM = attrgetter("group"), attrgetter("item")


def columns(head: SheetHead, lines: tuple[Line, ...]) -> Columns:
    """Columns of a variant; those nobody fills are left away."""
    application = head.variant is Variant.APPLICATION
    if head.terms.sensitive:
        return Columns(amount=not application)
    things = head.variant is Variant.IN_KIND
    return Columns(
        any(map(_GROUP, lines)),
        not things and any(map(_ITEM, lines)),
        any(line.quantity is not None for line in lines),
        not application and any(line.rate is not None for line in lines),
        things,
        head.in_money,
    )


def has(shown: Columns) -> dict[str, bool]:
    """The columns as variables of a template."""
    return {f"has_{name}": there for name, there in shown._asdict().items()}


Column = Sequence[str]
FormOf = Callable[[str, Columns, tuple[bool, ...]], Form]
"""The form of rows under a village's address, with these columns and those of the optional cells."""


class Cells(NamedTuple):
    """The texts of all lines, column by column, "" where a line has none; figures need no escaping."""

    name: Column
    group: Column
    item: Column
    quantity: Column
    day: Column  # of a correction, and its reason
    why: Column
    beside: Column  # another person
    remark: Column
    unit: Column  # of the whole list
    household: Column  # number of its page
    old: Column  # the amount before a correction
    rate: Column
    amount: Column


_MARKS = {name: mark(number) for number, name in enumerate(Cells._fields)}
_OPTIONAL = slice(Cells._fields.index("beside"), Cells._fields.index("old") + 1)
"""Cells without which a row has another form."""

_FIGURES = Cells._fields.index("household")


def cells(view: ListView, shown: Columns, today: date, tongue: Tongue) -> Cells:
    """What the lines of a page say."""
    head, lines, none = view.posted.head, view.lines, [""] * len(view.lines)
    more: Iterable[Column] = (none,) * 5
    if view.overview.says_more and any(line.says_more for line in lines):
        more = zip(*(_more_of(line, head, today, tongue) for line in lines), strict=True)
    beside, remark, old, day, why = more
    return Cells(
        name=names_shown(head, lines),
        group=[line.group for line in lines] if shown.group else none,
        item=_items(lines, shown, none),
        quantity=_quantities(lines, head.unit, view.overview, tongue) if shown.quantity else none,
        rate=_rates(lines, view.overview) if shown.rate else none,
        amount=yuans([line.amount_fen for line in lines]) if shown.amount else none,
        household=[str(line.household) if line.household else "" for line in lines],
        unit=[tongue.measured("", head.unit)] * len(lines),
        beside=beside,
        remark=remark,
        old=old,
        day=day,
        why=why,
    )


def _items(lines: tuple[Line, ...], shown: Columns, none: Column) -> Column:
    """Things handed out, or what was paid for."""
    if shown.things:
        return [line.in_kind or line.item for line in lines]
    return [line.item for line in lines] if shown.item else none


def row_forms(draw: Draw) -> FormOf:
    """Forms of rows in one language: drawn when first needed, most lists need one."""

    @lru_cache(maxsize=256)
    def form(at: str, shown: Columns, there: tuple[bool, ...]) -> Form:
        names = Cells._fields[_OPTIONAL]
        without = {name: "" for name, is_there in zip(names, there, strict=True) if not is_there}
        return Form(draw("listing_row.html", at=at, **has(shown), **{**_MARKS, **without}) + "\n")

    return form


def rows_of(made: Cells, form: Callable[[tuple[bool, ...]], Form]) -> str:
    """Every line of a page as a finished row, in the form of those that have the same cells."""
    ready = [*escaped(made[:_FIGURES]), *made[_FIGURES:]]
    optional = ready[_OPTIONAL]
    there = tuple(map(any, optional))
    if there == tuple(map(all, optional)):  # mostly all rows have the same cells
        return form(there).rows(ready)
    drawn, first = [], 0
    for there, run in groupby(zip(*(map(bool, column) for column in optional), strict=True)):
        behind = first + len(list(run))
        drawn.append(form(there).rows([column[first:behind] for column in ready]))
        first = behind
    return "".join(drawn)


def _more_of(line: Line, head: SheetHead, today: date, tongue: Tongue) -> tuple[str, str, str, str, str]:
    """Whom else a line names, its remark, and the amount it corrects, on which day and why."""
    beside, bare = "", head.terms.sensitive
    if line.beneficiary and not bare and head.variant is Variant.ITEM:  # which names the beneficiary first
        beside = tongue.say("户主{name}").format(name=line.holder)
    elif line.beneficiary and not bare:
        beside = tongue.say("享受人{name}").format(name=line.beneficiary)
    remark = "" if bare else line.remark
    if line.corrected_from_fen is None:
        return beside, remark, "", "", ""
    day = tongue.day(line.corrected_on, today) if line.corrected_on else ""
    return beside, remark, yuan(line.corrected_from_fen), day, "" if bare else line.corrected_why


def _quantities(lines: tuple[Line, ...], unit: str, whole: Overview, tongue: Tongue) -> Column:
    """Quantities with the decimals of their list, each with its unit where the list has not one for all."""
    texts = aligned([line.quantity for line in lines], whole.quantity_decimals)
    if unit:
        return texts
    return [tongue.measured(text, line.unit) for text, line in zip(texts, lines, strict=True)]


def _rates(lines: tuple[Line, ...], whole: Overview) -> Column:
    """Rates with the decimals of their list, two at least; most lists have one rate."""
    rates, decimals = [line.rate for line in lines], max(2, whole.rate_decimals)
    if rates.count(rates[0]) == len(rates):
        return aligned(rates[:1], decimals) * len(rates)
    return aligned(rates, decimals)
