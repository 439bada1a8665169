"""From the cells of one line to one payee row, saying everything that was mended or is missing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

from boards.model.findings import CellFinding, Level
from boards.model.money import rounded_fen
from boards.model.names import is_organisation
from boards.model.payouts import PayeeKind, Payout, PayStatus
from boards.model.privacy.withheld import told_in_text
from sync.county.formats.cells import figure, group_name, person, squeezed, text_of
from sync.county.formats.grid import Value, column_letter
from sync.county.reading import Row
from sync.county.roster.columns.additions import sum_at
from sync.county.roster.columns.identity_numbers import Judged, digits_lost
from sync.county.roster.columns.local import unread_money
from sync.county.roster.columns.thresholds import PLAIN_NAME, SEQUENCE_LIMIT
from sync.county.roster.columns.words import Role, What
from sync.county.roster.entries import ALONE, Entry, Extent, Inner, TableFacts
from sync.county.roster.rows.accounts import Accounts
from sync.county.roster.rows.amounts import VALUELESS, Amounts
from sync.county.roster.rows.factors import Factors
from sync.county.roster.rows.identities import Identities
from sync.county.roster.rows.name_faults import NUMBER_IN_NAME, is_plain, name_faults
from sync.county.roster.rows.other_cells import OtherCells
from sync.county.roster.rows.places import Places, Setting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from decimal import Decimal

    from sync.county.roster.columns.column import Column
    from sync.county.roster.rows.table import Table

_COLLECTIVE = re.compile(
    r"经济合作社|经济联合社|村民委员会|村委会|居委会|村集体|组集体|经济社|村民小组|林场集体|^集体"
)
_NAME_ORDER = (Role.HOLDER, Role.ANYONE, Role.BENEFICIARY, Role.PAYEE)
_TWIN_TEXTS = (What.ITEM, What.OTHER, What.DATE, What.IN_KIND, What.STATUS, What.BANK)
_TELLING_APART = (What.ITEM, What.IN_KIND, What.OTHER, What.DATE, What.STATUS)
_NEEDED = frozenset({What.NAME, What.ID, What.VILLAGE, What.GROUP, What.TOWN, What.STATUS})


class RowReader:
    """Reads the payee lines of one band of one block."""

    def __init__(
        self,
        table: Table,
        setting: Setting,
        say: Callable[[CellFinding], None],
        today: date | None,
        title_rates: tuple[Decimal, ...],
    ) -> None:
        self.table, self._tell, self.band, self.picked = table, say, table.band, table.picked
        grid, self.spans = table.grid, table.spans
        self.sheet, self.line, self.rows, self._faults = grid.name, grid.line, grid.rows, grid.faults
        self._fields = table.fields
        band, people, ids = table.band, table.picked.people, table.picked.ids
        self._seq, self._group, self._account, phone = (
            next(iter(band.of(what)), None) for what in (What.SEQ, What.GROUP, What.ACCOUNT, What.PHONE)
        )
        self._letters = {column.index: column_letter(column.index) for column in band.columns}
        self._seq_letter = self._letters[self._seq.index] if self._seq else ""
        self._amount_letter = self._letters[self.picked.money[0].index] if self.picked.money else ""
        self._places = Places(band, table.spans, table.grid.rows, setting)
        place = self._places.column
        self._place_letter = self._letters[place.index] if place else ""
        self._marks, self._twins = (phone, self._account, *ids.values()), band.of(*_TWIN_TEXTS)
        self._id_roles = [role for role in _NAME_ORDER if role in ids]
        named = [role for role in _NAME_ORDER if role in people]
        self._one_person = named[:1] == self._id_roles[:1] or len(people) == 1
        self._holder_column = people[named[0]] if named else None
        self._amounts = Amounts(table, self._finding)
        self._factors = Factors(table, title_rates, self._finding)
        self._identities = Identities(table, today, self._finding)
        self._others = OtherCells(table, self._finding)
        self._accounts, self._things = Accounts(table), band.of(*_TELLING_APART)
        self._faulty = False
        self._number = self._plot = 0

    def entry(self, index: int, cells: list[Value]) -> Entry:
        """Read one line. Findings go to `say`; an error among them marks the row as faulty."""
        self._number, self._faulty = self.line(index), False
        self._check(index, cells)
        names = {role: self._name(index, cells, column) for role, column in self.picked.people.items()}
        ids = self._identities.of(cells)
        self._merged_persons(index, names)
        amount = self._amounts.of(index, cells)
        quantity, rate, product, written = self._factors.of(index, cells, amount)
        village, group = self._places.of(index, cells, self._finding)
        holder = self._holder(index, names)
        of_payout, of_row = self._others.of(cells, amount)
        payout = Payout(
            seq=0,
            group=self._group_of(index, cells) or group,
            holder=holder,
            payee=_other(names.get(Role.PAYEE, ""), holder),
            beneficiary=_other(names.get(Role.BENEFICIARY, ""), holder),
            kind=_kind(holder, ids),
            quantity=quantity,
            unit=self._factors.unit,
            rate=rate,
            amount_fen=0 if amount is None else rounded_fen(amount),
            status=PayStatus.APPLIED,
        )
        row = Row(
            sheet=self.sheet,
            row=self._number,
            number=self._sequence(cells),
            village=village,
            payout=replace(payout, **of_payout) if of_payout else payout,  # ** above costs every row thrice
            unread=amount is None,
            identity=next(filter(None, [ids[role].number for role in self._id_roles]), ""),
            beneficiary_identity=ids[Role.BENEFICIARY].number if Role.BENEFICIARY in ids else "",
            faulty=self._faulty,
        )
        row = replace(row, **of_row) if of_row else row
        known_by = row.identity if self._one_person else ""
        twin = self._twin(cells, row, ids)
        inner = tuple(self._inner(cells)) if self.picked.additions else ()
        account = self._accounts.number(cells) if self._account else ""
        family = self._accounts.family(index, cells) if account and self._accounts.of_families else ALONE
        things = tuple([text_of(one.cell(cells)) for one in self._things]) if self._things else ()
        return Entry(
            row,
            amount,
            product,
            twin,
            self._amount_letter,
            self._seq_letter,
            known_by,
            written,
            inner,
            self._place_letter,
            self._as_text(cells),
            account,
            family,
            things,
        )

    def facts(self, extent: Extent, preface: str, *, beside: bool) -> TableFacts:
        """What the table shows as a whole, once its entries are read."""
        table, picked = self.table, self.picked
        unread = (
            () if picked.money or beside else unread_money(table.band.columns, picked.quantity, table.sample)
        )
        return TableFacts(
            sheet=self.sheet,
            extent=extent,
            beside=beside,
            preface=preface,
            amount=self._amount_letter,
            amount_header=picked.money[0].header if picked.money else "",
            shown_as=self._shown_as(),
            rate=self._letters[picked.rate.index] if picked.rate else "",
            account=self._letters[self._account.index] if self._account else "",
            counted=frozenset(self._letters[at] for at in table.counted),
            goods=bool(table.band.of(What.IN_KIND)),
            unread_money=tuple((column_letter(one.index), one.header) for one in unread),
            rates=self._factors.rates(table),
            shares=self._others.shares.proven,
        )

    def _shown_as(self) -> str:
        column = self.picked.amount
        if column is None or not column.said_by("format_of_the_unit"):
            return ""
        return next(code for (_, at), code in self.table.grid.scaled.items() if at == column.index)

    def _check(self, index: int, cells: list[Value]) -> None:
        """What is wrong with a line before anybody reads it: values and digits lost, fields shifted."""
        for column in self.band.columns if self._faults else ():
            fault = self._faults.get((index, column.index))
            if fault and (column.index in self.picked.used or column.meaning.what in _NEEDED):
                self._finding(Level.ERROR, VALUELESS[fault][0], column, VALUELESS[fault][1])
        if self._fields and len(cells) > self._fields:
            message = "这一行比表头多出一栏，可能是数字里的逗号把一栏分成了两栏，各栏都错了位。"
            self._finding(Level.ERROR, "FIELDS_SHIFTED", None, message)
        if self._account is not None and digits_lost(self._account.cell(cells)):
            message = "银行账号存成了数字，15 位以后的数字已经丢失，请按文本重新录入。"
            self._finding(Level.ERROR, "ACCOUNT_DIGITS_LOST", self._account, message)

    def _as_text(self, cells: list[Value]) -> bool:
        money = self.picked.amount
        return not self._fields and money is not None and isinstance(money.cell(cells), str)

    def _inner(self, cells: list[Value]) -> Iterator[Inner]:
        """The totals inside a line that their parts do not give, for R1 to judge."""
        for total, parts, others, of_money in self.picked.additions:
            stated, summed = total.number(cells), sum_at(cells, parts)
            if stated is not None and summed is not None and stated != summed:
                beside = tuple(abs(one) for column in others if (one := column.number(cells)))
                yield Inner(self._letters[total.index], stated, summed, beside, of_money)

    def _finding(self, level: Level, code: str, column: Column | None, message: str) -> None:
        self._faulty = self._faulty or level is Level.ERROR
        letter = self._letters.get(column.index) if column else None
        self._tell(
            CellFinding(
                level=level, code=code, sheet=self.sheet, row=self._number, column=letter, message=message
            )
        )

    def _merged_away(self, index: int, column: Column) -> bool:
        return self.spans.owner(index, column.index)[0] != index

    def _name(self, index: int, cells: list[Value], column: Column) -> str:
        value = column.cell(cells)
        raw = value if isinstance(value, str) else text_of(value)
        if not raw or self._merged_away(index, column):
            return ""
        name = person(raw)
        if name != raw:
            self._finding(Level.NOTE, "WHITESPACE_IN_NAME", column, "姓名里的空格或不可见字符已去掉。")
        elif is_plain(name):
            return name
        for level, code, message in name_faults(raw, name):
            self._finding(level, code, column, message)
            if code == NUMBER_IN_NAME:
                return ""
        return name

    def _merged_persons(self, index: int, names: dict[Role, str]) -> None:
        """A head of household merged over the lines of his family or plots stands on each of them."""
        self._plot = 0
        if any(names.values()):
            if len(names) == 1:
                return
        elif self._another_plot(index):
            self._plot = self._number
        else:
            return
        for role, column in self.picked.people.items():
            top = self.spans.owner(index, column.index)
            if not names[role] and top[0] != index:
                names[role] = person(text_of(self.rows[top[0]][top[1]]))

    def _another_plot(self, index: int) -> bool:
        """Whether number and name are merged over the same lines: one household with several plots."""
        column, seq = self._holder_column, self._seq
        return (
            column is not None
            and seq is not None
            and self._merged_away(index, column)
            and self.spans.owner(index, column.index)[0] == self.spans.owner(index, seq.index)[0]
        )

    def _holder(self, index: int, names: dict[Role, str]) -> str:
        holder = next(filter(None, map(names.get, _NAME_ORDER)), "")
        column = self._holder_column
        if holder and (column is None or names[column.meaning.role] or len(names) > 1):
            return holder
        if column and self._merged_away(index, column):
            self._finding(
                Level.ERROR, "MERGED_DATA_CELLS", column, "姓名单元格与上一行合并，看不出这一行是谁。"
            )
        else:
            self._finding(Level.ERROR, "MISSING_NAME", column, "没有姓名。")
        return ""

    def _sequence(self, cells: list[Value]) -> int | None:
        cell = self._seq.cell(cells) if self._seq else ""
        if isinstance(cell, float) and cell.is_integer() and abs(cell) < SEQUENCE_LIMIT:
            return int(cell)  # nearly every cell of its column
        value = figure(cell).value
        return (
            int(value) if value is not None and value == int(value) and abs(value) < SEQUENCE_LIMIT else None
        )

    def _group_of(self, index: int, cells: list[Value]) -> str:
        if self._group is None:
            return ""
        value = self._group.cell(cells)
        if value in {"", None} and self._merged_away(index, self._group):
            row, column = self.spans.owner(index, self._group.index)
            value = self.rows[row][column]
        text = text_of(value) if value not in {"", None} else ""
        if private := told_in_text(text):
            self._finding(Level.WARNING, private[0], self._group, private[1])
            return ""
        return group_name(text)

    def _twin(self, cells: list[Value], row: Row, ids: dict[Role, Judged]) -> int:
        """Equal for two lines that say the same of the same person."""
        payout = row.payout
        numbers = tuple([judged.number for judged in ids.values()])
        who: tuple[object, ...] = numbers
        if not any(numbers):
            written = tuple(squeezed(column.cell(cells)) if column else "" for column in self._marks)
            who = (payout.holder, row.village, payout.group, written)
        texts = tuple([text_of(column.cell(cells)) for column in self._twins])
        figures = payout.quantity, None if row.unread else payout.amount_fen
        return hash((who, payout.payee, payout.beneficiary, figures, texts, self._plot))


def _other(name: str, holder: str) -> str:
    return name if name != holder else ""


def _kind(holder: str, ids: dict[Role, Judged]) -> PayeeKind:
    if len(holder) > PLAIN_NAME:
        if _COLLECTIVE.search(holder):
            return PayeeKind.COLLECTIVE
        if is_organisation(holder):
            return PayeeKind.ORGANISATION
    credit = "credit" in [judged.kind for judged in ids.values()]
    return PayeeKind.ORGANISATION if credit else PayeeKind.HOUSEHOLD
