"""Who stands on a list, in which order, and how many households they are. Pure rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boards.model.groups import in_group_order
from boards.model.payouts import LeftOutReason, Payout, PayStatus
from boards.model.privacy.identifiers import FULL_AGE, age_on, full_years

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from sync.county.reading import Row

_UNPAID = {
    PayStatus.APPLIED: LeftOutReason.UNPAID,
    PayStatus.FAILED: LeftOutReason.FAILED,
    PayStatus.RETURNED: LeftOutReason.RETURNED,
    PayStatus.STOPPED: LeftOutReason.STOPPED,
}


def left_out_reason(
    row: Row, *, application: bool, day_given: bool, day: date | None
) -> LeftOutReason | None:
    """Why a row stays off the list, None when it is listed.

    Unpaid, failed, returned and stopped rows were not paid (domain §1.4). Who is under 18 on
    the day is never listed (domain §1.6). A row without a share is a listed household, not a payout.
    Without a status column the clerk's payment day says that all were paid (`day_given`,
    settled §17). `day` is that of payment, of application the first day of posting.
    """
    if application:
        if row.status is PayStatus.STOPPED:
            return LeftOutReason.STOPPED
    elif row.status is None and not day_given:
        return LeftOutReason.UNPAID
    elif row.status in _UNPAID:
        return _UNPAID[row.status]
    payout = row.payout
    if _is_minor(row, payout.paid_on or day):
        return LeftOutReason.UNLISTED
    share = payout.quantity if application else payout.amount_fen
    return None if share or payout.in_kind else LeftOutReason.ZERO


def _is_minor(row: Row, day: date | None) -> bool:
    """Under 18 by either ID on the day, or by what the roster says of age or birth."""
    ages = [row.age]
    if day is not None:
        ages += [age_on(number, day) for number in (row.identity, row.beneficiary_identity) if number]
        ages += [full_years(row.born, day)] if row.born is not None else []
    return any(age is not None and age < FULL_AGE for age in ages)


def in_sheet_order(rows: Sequence[Row]) -> list[Row]:
    """By group, then as in the roster."""
    place = {group: at for at, group in enumerate(in_group_order(row.payout.group for row in rows))}
    return sorted(rows, key=lambda row: place[row.payout.group])


def households(payouts: Iterable[Payout]) -> int:
    """How many households: by the county's keyed hash, else by group and name."""
    return len({payout.household or (payout.group, payout.holder) for payout in payouts})
