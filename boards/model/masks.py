"""How names and numbers are hidden: one pattern a county, so that sheets cannot be spliced (domain §1.6)."""

from __future__ import annotations

from boards.model.names import MIDDLE_DOT, surname_of
from boards.model.pack import MaskPolicy
from boards.model.payouts import PayeeKind


def shown_name(name: str, policy: MaskPolicy, kind: PayeeKind = PayeeKind.HOUSEHOLD) -> str:
    """Show a name as the county's policy says.

    full: 张小明. one_star: 张*, 欧阳*, always one star whatever the length. middle_star: 张*明,
    欧阳*, 张*. Organisations and collectives are not persons and are never masked.
    """
    if policy.names == "full":
        return name
    surname = surname_of(name, kind)
    if not surname:
        return name
    given = len(name) - len(surname)
    if policy.names == "one_star" or given < 2 or MIDDLE_DOT in name:
        return surname + "*"
    return surname + "*" * (given - 1) + name[-1]


def masked_id(number: str) -> str:
    """3****************4: first and last place only (1+16*+1), the birth date never."""
    return number[:1] + "*" * max(len(number) - 2, 0) + number[-1:] if len(number) > 2 else "*" * len(number)
