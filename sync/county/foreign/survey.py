"""One reading of a foreign table: its rows as a stream, and at the end what they come to."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from boards.model.money import yuan
from sync.county.foreign.columns import Columns
from sync.county.foreign.declared import LineTotals, PayeeTotals
from sync.county.foreign.repeats import SUSPECTS_MAX, Repeats, repeated
from sync.county.foreign.said import Said
from sync.county.reading import Finding, Level, Verdict
from sync.county.report import PayoutLine, Report, VillageSum
from sync.county.roster.errors import HeaderNotFound
from sync.county.roster.private import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sync.county.foreign.mapping import Mapping
    from sync.county.foreign.records import TextTable

AREAS_MAX = 50_000
"""Areas told apart; what a table says of more is added up under one name."""

KINDS_MAX = 200
OTHERS = "（其余）"


class ForeignLine(PayoutLine, frozen=True, kw_only=True):
    """One row as the report tells it: a payout line with its scheme and year. `village` is the area."""

    scheme: str
    year: str


class Survey:
    """Reads a table once. `lines` must be used up before `report` is asked."""

    def __init__(
        self, table: TextTable, mapping: Mapping, progress: Callable[[int, int], None] | None = None
    ) -> None:
        self.table, self.mapping, self._progress = table, mapping, progress
        self.said = Said()
        self._repeats, self._by_line, self._by_payee = Repeats(), LineTotals(), PayeeTotals()
        self._words = frozenset(word.casefold().strip() for word in mapping.total_words)
        self._areas: dict[str, list[int]] = {}
        self._kinds: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
        self._rows = self._sum_fen = self._negative_fen = 0
        self._columns: Columns | None = None

    @property
    def kept_bytes(self) -> int:
        """Memory that grows with the rows."""
        areas = sum(len(area.encode()) + 200 for area in self._areas)
        return self._repeats.kept_bytes + self._by_payee.kept_bytes + areas

    def lines(self) -> Iterator[ForeignLine]:
        """Every payee row in order; raises what the records raise, HeaderNotFound, MappedColumnMissing."""
        records = self.table.records(self._progress)
        for line, record in records:
            if line >= self.mapping.header_line:
                self._columns = Columns(record, self.mapping, line)
                break
        if self._columns is None:
            raise HeaderNotFound
        yield from filter(None, map(self._line, records))

    def _line(self, numbered: tuple[int, list[str]]) -> ForeignLine | None:
        line, record = numbered
        columns = self._columns
        if columns is None or not any(record):
            return None
        payee = columns.text(record, columns.payee)
        if self._words and payee.casefold() in self._words:
            self._total(line, record, columns)
            return None
        self._repeats.add(record)
        fen = self._amount(line, record, columns)
        if not payee:
            self.said.tell(Level.WARNING, "MISSING_NAME", line, columns.letter(columns.payee), "没有收款人。")
        told = self._counted(line, record, payee, fen)
        if columns.total is not None and fen is not None:
            self._declares(record, told, fen, columns)
        return told

    def _counted(self, line: int, record: list[str], payee: str, fen: int | None) -> ForeignLine:
        """Add a row up, and tell it."""
        columns = self._columns
        assert columns is not None  # there is a header before there is a row
        area, scheme, year = (columns.text(record, at) for at in (columns.area, columns.scheme, columns.year))
        self._rows += 1
        self._sum_fen += fen or 0
        self._by_line.add(fen or 0)
        if area not in self._areas and len(self._areas) >= AREAS_MAX:
            area = OTHERS
        at = self._areas.setdefault(area, [0, 0])
        at[0] += 1
        at[1] += fen or 0
        for kind, what in zip(self._kinds, (scheme, year), strict=True):
            if what in kind or len(kind) < KINDS_MAX:
                kind[what] += 1
        return ForeignLine(
            sheet=None,
            row=line,
            holder=shown(payee),
            village=shown(area),
            group="",
            quantity=None,
            rate=None,
            amount_fen=fen,
            status=None,
            scheme=shown(scheme),
            year=year,
        )

    def _amount(self, line: int, record: list[str], columns: Columns) -> int | None:
        """Hundredths of a row; what cannot be read is an error, below zero is a recovery and said so."""
        whole: int | None = None
        for at in columns.amounts:
            text = columns.text(record, at)
            fen, exact = self.mapping.fen(text)
            if fen is not None:
                whole = (whole or 0) + fen
            elif text:
                self._unread(line, columns.letter(at), "金额不是能读出来的数字。")
                return None
            if not exact:
                message = "金额超过两位小数，按四舍五入到分处理，请确认。"
                self.said.tell(
                    Level.WARNING, "AMOUNT_MORE_THAN_2_DECIMALS", line, columns.letter(at), message
                )
        letter = columns.letter(columns.amounts[0])
        if whole is None:
            self._unread(line, letter, "金额是空的。")
        elif whole < 0:
            self._negative_fen += whole
            self.said.tell(
                Level.NOTE, "NEGATIVE_AMOUNT", line, letter, "金额是负数（追回或更正），计入合计。"
            )
        return whole

    def _unread(self, line: int, letter: str, message: str) -> None:
        self.said.tell(Level.ERROR, "AMOUNT_UNREADABLE", line, letter, message)

    def _declares(self, record: list[str], told: ForeignLine, fen: int, columns: Columns) -> None:
        declared, _ = self.mapping.fen(columns.text(record, columns.total))
        who = hash((columns.text(record, columns.payee), told.village, told.year))
        self._by_payee.add(who, fen, declared or 0)

    def _total(self, line: int, record: list[str], columns: Columns) -> None:
        fen = self._amount_of_total(record, columns)
        if fen is None:
            message = "合计行没有能读出来的金额。"
            self.said.tell(Level.WARNING, "TOTAL_UNREADABLE", line, None, message)
            return
        agrees, summed = self._by_line.agrees(fen)
        if not agrees:
            message = f"合计写的是{yuan(fen)}，各行相加是{yuan(summed)}，相差{yuan(fen - summed)}。"
            letter = columns.letter(columns.amounts[0])
            self.said.tell(Level.ERROR, "TOTAL_MISMATCH", line, letter, message)

    def _amount_of_total(self, record: list[str], columns: Columns) -> int | None:
        read = [self.mapping.fen(columns.text(record, at))[0] for at in columns.amounts]
        known = [fen for fen in read if fen is not None]
        return sum(known) if known else None

    def _settled(self) -> None:
        """What only the whole table shows: repeated records, totals of payees and of the file."""
        suspects = self._repeats.suspects()
        if suspects:
            for line, earlier in repeated(self.table.records(self._progress), suspects):
                message = f"与第{earlier}行整行相同，可能重复。"
                self.said.tell(Level.WARNING, "DUPLICATE_ROW", line, None, message)
        if len(suspects) >= SUSPECTS_MAX:
            self.said.tell(
                Level.WARNING, "DUPLICATES_NOT_ALL_CHECKED", None, None, "重复的行太多，没有全部核对。"
            )
        for _, summed, stated in self._by_payee.disagreeing():
            message = f"有收款人的总额写的是{yuan(stated)}，各行相加是{yuan(summed)}。"
            self.said.tell(Level.WARNING, "PAYEE_TOTAL_MISMATCH", None, None, message)
        stated_fen = self._stated_fen
        if stated_fen is not None and stated_fen != self._sum_fen:
            difference = yuan(stated_fen - self._sum_fen)
            message = f"公布的总额是{yuan(stated_fen)}，各行相加是{yuan(self._sum_fen)}，相差{difference}。"
            self.said.tell(Level.ERROR, "DECLARED_TOTAL_MISMATCH", None, None, message)

    @property
    def _stated_fen(self) -> int | None:
        declared = self.mapping.declared_total
        return self.mapping.fen(declared)[0] if declared else None

    def report(self, *, refused: Finding | None = None) -> Report:
        """What the rows come to. `refused`: why the reading broke off, when it did."""
        if refused is None:
            self._settled()
        findings = (*((refused,) if refused else ()), *self.said.findings(), *self._notes())
        bad = any(finding.level is not Level.NOTE for finding in findings)
        stated = self._stated_fen
        return Report(
            file=shown(self.table.path.name),
            format="csv",
            verdict=Verdict.REFUSED if refused else Verdict.HOLD if bad else Verdict.OK,
            rows=self._rows,
            sum_fen=self._sum_fen,
            sum_without_errors_fen=self._sum_fen,  # a row whose amount is unread adds nothing
            declared_total_fen=self._by_line.declared_fen if stated is None else stated,
            villages=tuple(
                VillageSum(village=shown(area), rows=rows, amount_fen=fen)
                for area, (rows, fen) in sorted(self._areas.items())
            ),
            findings=findings,
            payouts=(),
        )

    def _notes(self) -> Iterator[Finding]:
        """What the columns were taken for, and how many rows each scheme and year has."""
        for letter, what in self._columns.told if self._columns else ():
            message = f"列 {letter} → {what}"
            yield Finding(level=Level.NOTE, code="COLUMN_MEANING", column=letter, message=message)
        for what, kind in zip(("项目", "年度"), self._kinds, strict=True):
            for name, rows in kind.most_common(20) if len(kind) > 1 else ():
                yield Finding(level=Level.NOTE, code="KIND", message=f"{what}“{shown(name)}”：{rows} 行")
        if self._negative_fen:
            message = f"负数金额共 {yuan(self._negative_fen)}。"
            yield Finding(level=Level.NOTE, code="NEGATIVE_SUM", message=message)
