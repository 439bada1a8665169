"""R3: nobody stands twice on one list for the same thing; one ID is one person, one account a family's."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING

from boards.model.payouts import PayeeKind
from boards.model.privacy.identifiers import luhn_holds
from sync.county.checks.place import of_village, warned
from sync.county.roster.rows.accounts import names_kin

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from boards.model.findings import CellFinding
    from sync.county.checks.whole import Publication, Whole
    from sync.county.reading import Row
    from sync.county.roster.entries import Entry


_CARD_DIGITS = range(16, 20)


def nobody_listed_twice(publication: Publication) -> Iterator[CellFinding]:
    """Nobody stands twice on the list of one programme and period for the same thing.

    Joined by the county's keyed hash; without one by group and holder. Equal lines that were found in the
    roster and confirmed there are not asked about again.
    """
    if "DUPLICATE_ROW" in publication.reading_codes:
        return
    rows: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for payout in publication.payouts:
        who = (payout.household,) if payout.household else (payout.group, payout.holder)
        thing = (payout.beneficiary, payout.item, payout.in_kind, payout.quantity, payout.amount_fen)
        rows[*who, *thing].append(payout.seq)
    for seqs in rows.values():
        if len(seqs) > 1:
            yield of_village(publication, "R3", f"同一户同一项目重复{len(seqs)}行", *seqs)


def nobody_stands_twice(whole: Whole) -> Iterator[CellFinding]:
    """Equal lines, one ID with another name, amount or village, accounts of several people or misspelt."""
    yield from _rows_stand_once(whole.entries)
    yield from _persons_are_one(whole.entries)
    yield from _accounts_are_one_persons(whole)
    yield from _check_digits_hold(whole)


def _rows_stand_once(entries: Iterable[Entry]) -> Iterator[CellFinding]:
    """R3: nobody is listed twice for the same thing. Namesakes differ in ID, group, area or amount."""
    first: dict[int, Entry] = {}
    for entry in entries:  # listed households without a payout may look alike
        payout = entry.row.payout
        earlier = first.setdefault(entry.twin, entry) if payout.amount_fen or payout.quantity else entry
        if earlier is not entry:
            yield warned(
                entry.row,
                "DUPLICATE_ROW",
                f"与{_line(earlier.row, entry.row)}是同一人、同样的面积和金额，可能重复。",
            )


REPEATS_SHARE = Decimal("0.2")
FEW_REPEATS = 2
"""Above this share of rows, and of more than these, a list is kept by plots: no second line is remarkable."""


def _persons_are_one(entries: Sequence[Entry]) -> Iterator[CellFinding]:
    """R3 beside equal lines: the same ID under another name, or again with another amount or village."""
    first: dict[str, Entry] = {}
    again: list[tuple[Entry, Entry]] = []
    for entry in entries:
        earlier = first.setdefault(entry.known_by, entry) if entry.known_by else entry
        if earlier is not entry:
            again.append((earlier, entry))
    many = len(again) > FEW_REPEATS and len(again) > len(entries) * REPEATS_SHARE
    for earlier, entry in again:
        holders = {one.row.payout.holder.replace("·", "") for one in (earlier, entry)}
        if len(holders) > 1:
            yield warned(
                entry.row,
                "ID_UNDER_TWO_NAMES",
                f"与{_line(earlier.row, entry.row)}身份证号相同，姓名不同，请核对。",
            )
        elif not many and earlier.twin != entry.twin and not _another_thing(earlier, entry):
            place = "，不在同一个村" if earlier.row.village != entry.row.village else ""
            message = f"与{_line(earlier.row, entry.row)}是同一人，金额或面积不同{place}，请核对是不是重复。"
            yield warned(entry.row, "ID_TWICE", message, entry.amount_column)


def _another_thing(earlier: Entry, entry: Entry) -> bool:
    """Whether two rows of one person are for two plots, items, rates, days or beneficiaries."""
    one, other = earlier.row, entry.row
    if one.sheet != other.sheet and one.village == other.village:
        return True
    told_apart = {
        (row.payout.beneficiary, row.payout.payee, row.payout.rate, row.payout.unit) for row in (one, other)
    }
    return len(told_apart) > 1 or earlier.things != entry.things


def _accounts_are_one_persons(whole: Whole) -> Iterator[CellFinding]:
    """R3: one account is one person's, or one family's that says so."""
    first: dict[str, Entry] = {}
    shared: dict[str, list[Entry]] = {}
    for entry in whole.entries:
        earlier = first.setdefault(entry.account, entry) if entry.account else entry
        if earlier is not entry:
            shared.setdefault(entry.account, [earlier]).append(entry)
    for members in shared.values():
        for entry in members[1:] if not _one_family(members) else ():
            if _another_s(members[0], entry):
                message = f"与{_line(members[0].row, entry.row)}是同一个账号，却不是同一人，请核对。"
                yield warned(entry.row, "ACCOUNT_OF_SEVERAL", message, _account_column(whole, entry))


def _account_column(whole: Whole, entry: Entry) -> str:
    letters = (table.account for table in whole.tables if table.sheet == entry.row.sheet)
    return next(filter(None, letters), "")


def _another_s(one: Entry, other: Entry) -> bool:
    """Whether two rows are paid to two people: by the payee's name where one stands, else name and ID."""
    first, second = one.row.payout, other.row.payout
    ids = {one.known_by, other.known_by}
    if (first.payee or first.holder) != (second.payee or second.holder):
        return True
    return not (first.payee or second.payee or "" in ids) and len(ids) > 1


def _one_family(members: Sequence[Entry]) -> bool:
    """One household by its number, all but one named as kin, or bodies of one village."""
    households = {entry.family.household for entry in members}
    strangers = sum(not (entry.family.kin or names_kin(entry.row.payout.remark)) for entry in members)
    bodies = all(entry.row.payout.kind is not PayeeKind.HOUSEHOLD for entry in members)
    return bodies or strangers <= 1 or (len(households) == 1 and households != {""})


NEARLY_ALL_HOLD = 10  # of so many cards one may fail
FEWEST_CARDS, CARD_SAMPLE = 5, 100


def _check_digits_hold(whole: Whole) -> Iterator[CellFinding]:
    """Where nearly all accounts pass a bank card's check, the one that does not has a digit wrong."""
    cards = (entry for entry in whole.entries if len(entry.account) in _CARD_DIGITS)
    first = {entry.account: entry for entry in islice(cards, CARD_SAMPLE)}
    if _odd_ones(first) is None:
        return  # passbooks have no check: a list of them is known by its first rows
    for entry in _odd_ones(first | {entry.account: entry for entry in cards}) or ():
        message = "账号的校验位不对，而别的账号几乎都对，可能有一位写错，请核对。"
        yield warned(entry.row, "ACCOUNT_CHECK_DIGIT", message, _account_column(whole, entry))


def _odd_ones(cards: Mapping[str, Entry]) -> list[Entry] | None:
    """Those that fail, so few that the others prove them wrong; None where the check proves nothing."""
    wrong = [entry for number, entry in cards.items() if not luhn_holds(number)]
    few = len(cards) >= FEWEST_CARDS and len(wrong) <= max(len(cards) // NEARLY_ALL_HOLD, 1)
    return wrong if few else None


def _line(earlier: Row, row: Row) -> str:
    place = f"第{earlier.row}行"
    return place if earlier.sheet == row.sheet else f"“{earlier.sheet}”{place}"
