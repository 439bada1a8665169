"""A payout as a row: the same words in the same order on the way in, and when the row is checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from boards.model.payouts import Payout

LISTED, WITHDRAWN, ERASED = "listed", "withdrawn", "erased"

WORDS = (
    "holder",
    "payee",
    "beneficiary",
    "kind",
    "group_name",
    "quantity",
    "unit",
    "rate",
    "amount_fen",
    "in_kind",
    "item",
    "paid_on",
    "status",
    "remark",
)
"""What of a payout a row repeats; a test holds these to the columns of the table."""

Words = tuple[str, str, str, str, str, str | None, str, str | None, int, str, str, str, str, str]


def words(payout: Payout) -> Words:
    """The values of WORDS. Decimals stay the text they came as."""
    quantity, rate, paid_on = payout.quantity, payout.rate, payout.paid_on
    return (
        payout.holder,
        payout.payee,
        payout.beneficiary,
        payout.kind._value_,  # exact str: sqlite3 adapts subclasses slowly
        payout.group,
        None if quantity is None else str(quantity),
        payout.unit,
        None if rate is None else str(rate),
        payout.amount_fen,
        payout.in_kind,
        payout.item,
        "" if paid_on is None else paid_on.isoformat(),
        payout.status._value_,
        payout.remark,
    )


def blank(amount_fen: int) -> Words:
    """What stays of a line that was withdrawn or erased: its amount, so that totals still add up."""
    return ("", "", "", "household", "", None, "", None, amount_fen, "", "", "", "paid", "")


COLUMNS = ("id", "leaf", "was", "gone", "standing", "rec", "rev", "seq", "household", "keyed", *WORDS)
"""All columns of a payout row in the order of the table."""

INSERT = f"INSERT INTO payout ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608
_WORDS_SET = ", ".join(f"{word} = ?" for word in WORDS)
BLANK = (
    "UPDATE payout SET standing = ?, gone = ?, rev = ?, household = 0, keyed = 0, "  # noqa: S608 - our own names
    f"{_WORDS_SET} WHERE id = ?"
)
CORRECT = (
    "UPDATE payout SET leaf = ?, was = ?, standing = ?, rev = ?, seq = ?, household = ?, keyed = ?, "  # noqa: S608
    f"{_WORDS_SET} WHERE id = ?"
)


def payout_row(key: int, leaf: int, rec: str, payout: Payout, household: int) -> tuple[object, ...]:
    """A new line as published."""
    keyed = 1 if payout.household else 0
    return (key, leaf, 0, 0, LISTED, rec, 1, payout.seq, household, keyed, *words(payout))


def payout_columns(
    keys: Sequence[int], leaves: Sequence[int], recs: list[str], payouts: list[Payout], households: list[int]
) -> tuple[Sequence[object], ...]:
    """New lines as published, column by column: each row of it is `payout_row`'s."""
    none, count = [0] * len(payouts), len(payouts)
    return (
        keys,
        leaves,
        none,
        none,
        [LISTED] * count,
        recs,
        [1] * count,
        [p.seq for p in payouts],
        households,
        [1 if p.household else 0 for p in payouts],
        [p.holder for p in payouts],
        [p.payee for p in payouts],
        [p.beneficiary for p in payouts],
        [p.kind._value_ for p in payouts],
        [p.group for p in payouts],
        [None if p.quantity is None else str(p.quantity) for p in payouts],
        [p.unit for p in payouts],
        [None if p.rate is None else str(p.rate) for p in payouts],
        [p.amount_fen for p in payouts],
        [p.in_kind for p in payouts],
        [p.item for p in payouts],
        ["" if p.paid_on is None else p.paid_on.isoformat() for p in payouts],
        [p.status._value_ for p in payouts],
        [p.remark for p in payouts],
    )


def erased_row(key: int, leaf: int, rec: str, seq: int, amount_fen: int) -> tuple[object, ...]:
    """A new line whose body the county has erased: its place and its amount."""
    return (key, leaf, 0, 0, ERASED, rec, 1, seq, 0, 0, *blank(amount_fen))
