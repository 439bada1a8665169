"""R1: a total equals the sum of its rows, to the fen, in figures and in words; areas by their digits.

That a total differs from total area × rate is normal: rows are rounded one by one.
"""

from __future__ import annotations

from decimal import Decimal
from statistics import median
from typing import TYPE_CHECKING

from boards.model.findings import CellFinding, Level
from boards.model.money import rounded_fen, yuan
from sync.county.checks.place import UNLIKE_TIMES, at_row, half_digit, in_mu, warned
from sync.county.roster.rows.amounts import fen_in_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sync.county.checks.whole import Publication, Sums, Whole
    from sync.county.roster.entries import Entry, Extent, Total


def totals_hold(whole: Whole) -> Iterator[CellFinding]:
    """Every total equals the rows it stands for, and where there is one nobody is paid beside it."""
    findings, extents = _held(whole)
    yield from findings
    if whole.entries and not extents and whole.sums.fen[-1]:
        message = "花名册没有合计，只能各行自己相加；提交时要填支付文件上的总额。"
        sheet = whole.entries[0].row.sheet
        yield CellFinding(level=Level.NOTE, code="NO_TOTAL", sheet=sheet, message=message)
    counted = {at for extent in extents for at in range(*extent)}
    for at, entry in enumerate(whole.entries if extents else ()):
        if at not in counted and (entry.row.payout.amount_fen or entry.row.unread):
            message = "没有一个合计包括这一行，可能是合计之后补录的，请核对合计。"
            yield warned(entry.row, "NOT_IN_ANY_TOTAL", message, entry.amount_column)


def declared(whole: Whole) -> int | None:
    """What the file says it comes to, in fen: its widest totals together; None where it says nothing."""
    extents = _held(whole)[1]
    widest = [
        fen
        for (start, stop), fen in extents.items()  # a wider total already counts the rows of a narrower one
        if not any(other != (start, stop) and other[0] <= start and stop <= other[1] for other in extents)
    ]
    return sum(widest) if widest else None


def _held(whole: Whole) -> tuple[list[CellFinding], dict[Extent, int]]:
    """What is found at the totals, and the fen they state for the rows they stand for.

    Which rows a total stands for is not written anywhere: the usual extents are tried in order
    (since the last total, the block, the sheet, what follows it, the file), the first that adds
    up is taken; if none does, the first is what the total is measured against.
    """
    entries, totals, sums = whole.entries, whole.totals, whole.sums
    findings: list[CellFinding] = []
    extents: dict[Extent, int] = {}
    last = {0: 0, 1: 0, 2: 0}
    for number, total in enumerate(totals):
        later = totals[number + 1 :]
        if total.amount is not None:
            tried = _extents(total, later, last, whole.stops, len(entries))
            found = next((extent for extent in tried if sums.equal(extent, total.amount)), None)
            extent = found or tried[0]
            if found is None:
                findings += _mismatch(total, extent, sums, entries)
            elif total.quantity is not None:
                findings += _areas_hold(total, entries[slice(*extent)])
            extents.setdefault(extent, rounded_fen(total.amount))
            last.update(dict.fromkeys(range(total.rank + 1), total.at))
        if total.words:
            findings += _words_hold(total, totals[:number], sums)
            if total.amount is None and not extents and all(one.amount is None for one in later):
                extents[total.opened, total.at] = fen_in_words(total.words) or sums.fen[total.at]
    return findings, extents


def batch_adds_up(publication: Publication) -> Iterator[CellFinding]:
    """Lines come to the village's total, and with what is left out to the roster's rows: else we erred."""
    close, payouts = publication.close, publication.payouts
    source = 0 if publication.application else sum(row.payout.amount_fen for row in publication.rows)
    left = sum(part.count for part in close.left_out)
    stated = (close.sum_fen, close.count, close.source_total_fen, close.count + left)
    counted = (sum(one.amount_fen for one in payouts), len(payouts), source, len(publication.rows))
    if stated != counted:
        yield CellFinding(
            level=Level.ERROR, code="R1", message=f"{publication.village.name}的行数、金额与合计不一致。"
        )


def control_is_given(publication: Publication) -> Iterator[CellFinding]:
    """The county's own papers say what is paid, or somebody says why they cannot (settled §40)."""
    if not publication.application and publication.close.sum_fen and publication.close.control is None:
        message = "县里没有核对总额：花名册没有合计，batch.toml 也没有 control_total（支付文件上的总额）。"
        yield CellFinding(level=Level.WARNING, code="CONTROL", message=message)


def _extents(
    total: Total, later: Sequence[Total], last: dict[int, int], stops: Sequence[int], count: int
) -> list[Extent]:
    """Ranges a total may stand for, likeliest first; never an empty one unless there is no other."""
    sheet_stop = next((stop for stop in stops if stop >= total.at and stop > total.opened), count)
    if total.rank == 0:
        behind = (other.at for other in later if other.at > total.at and other.opened == total.opened)
    else:
        behind = (other.at for other in later if other.at > total.at and other.rank >= total.rank)
    after = min(next(behind, sheet_stop), sheet_stop)
    starts = [max(last[total.rank], total.opened), max(last[0], total.start), total.start, total.opened]
    if total.rank == 2:
        starts = [total.opened, *starts]
    tried = [
        *([total.beside] if total.beside else []),
        *((start, total.at) for start in starts),
        *((total.at, after), (total.at, sheet_stop)),
        *((total.start, sheet_stop), (total.opened, sheet_stop), (0, total.at), (0, count)),
    ]
    return [extent for extent in dict.fromkeys(tried) if extent[1] > extent[0]] or [(0, count)]


def _mismatch(total: Total, extent: Extent, sums: Sums, entries: Sequence[Entry]) -> list[CellFinding]:
    start, stop = extent
    summed, declared = sums.fen[stop] - sums.fen[start], rounded_fen(total.amount or Decimal(0))
    if _unread_may_be(declared - summed, entries[start:stop]):
        message = "有金额读不出来的行，这个合计无法核对。"
        return [at_row(total, Level.NOTE, "TOTAL_NOT_CHECKED", message, total.column)]
    as_text = [entry.row.payout.amount_fen for entry in entries[start:stop] if entry.as_text]
    hint = "（像是把小计又加了一遍）" if declared == 2 * summed and summed else ""
    if summed - declared == sum(as_text) and as_text:
        hint = f"，正好是{len(as_text)}格文本数字：表格软件求和时不算它们"
    message = (
        f"合计写的是{yuan(declared)}元，各行相加是{yuan(summed)}元，相差{yuan(declared - summed)}元{hint}。"
    )
    return [at_row(total, Level.ERROR, "TOTAL_MISMATCH", message, total.column)]


def _unread_may_be(fen: int, entries: Sequence[Entry]) -> bool:
    """Whether the rows whose amount nobody can read may alone be what is missing from a total.

    Where area × rate says what they come to, that is held against it; where it does not, a row is not
    more than UNLIKE_TIMES what its neighbours have.
    """
    unread = [entry for entry in entries if entry.row.unread]
    if not unread or fen <= 0:
        return False
    products = [entry.product for entry in unread]
    if all(product is not None for product in products):
        return abs(sum(map(rounded_fen, filter(None, products))) - fen) <= len(unread)
    usual = median([entry.row.payout.amount_fen for entry in entries if not entry.row.unread] or [fen])
    return fen <= usual * UNLIKE_TIMES * len(unread)


def _areas_hold(total: Total, entries: Sequence[Entry]) -> Iterator[CellFinding]:
    """R1 for areas: rows may be rounded one by one, so half a last digit each is only a note."""
    areas = [area for entry in entries if (area := entry.row.payout.quantity) is not None]
    summed, declared = sum(areas, Decimal(0)), total.quantity or Decimal(0)
    if areas and summed != declared:
        measured = any(in_mu(entry.row.payout) is not None for entry in entries)
        halves = min(half_digit(area) for area in areas) * len(areas) + half_digit(declared)
        rounding = halves if measured else 0  # people and machines are counted, not rounded
        level = Level.NOTE if abs(summed - declared) <= rounding else Level.WARNING
        message = f"面积（数量）合计写的是{declared.normalize():f}，各行相加是{summed.normalize():f}。"
        yield at_row(total, level, "AREA_TOTAL_MISMATCH", message, total.quantity_column)


def _words_hold(total: Total, earlier: Sequence[Total], sums: Sums) -> list[CellFinding]:
    """大写 = 小写: against the figure on the same line, the total above, or the rows."""
    fen = fen_in_words(total.words)
    if fen is None:
        message = "大写金额写得不规范，无法核对。"
        return [warned(total, "WORDS_UNREADABLE", message, total.column)]
    figures = [rounded_fen(one.amount) for one in (*earlier, total) if one.amount is not None]
    stated = figures[-1] if figures else sums.fen[total.at] - sums.fen[total.opened]
    if fen in {stated, sums.fen[total.at] - sums.fen[total.opened], sums.fen[-1]}:
        return []
    message = f"大写金额是{yuan(fen)}元，与数字合计{yuan(stated)}元不一致。"
    return [at_row(total, Level.ERROR, "WORDS_MISMATCH", message, total.column)]
