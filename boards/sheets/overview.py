"""What a list holds as a whole, so that a long one can be walked: groups, surnames, decimals. Pure."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from boards.model.groups import in_group_order
from boards.model.names import surname_of
from boards.sheets.sheet import Line, SheetHead, Variant

Numbers = Sequence[int]
"""Numbers of lines, rising: an array, four bytes a line."""


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Overview:
    """One for each list and state of the archive; it is compared by what it is, not by what it says."""

    groups: Mapping[str, Numbers] = field(default_factory=dict)  # in their own order
    surnames: Mapping[str, Numbers] = field(default_factory=dict)  # the most frequent first
    quantity_decimals: int = 0
    rate_decimals: int = 0
    says_more: bool = True  # whether any line names somebody else, has a remark or was corrected


def overview(head: SheetHead, lines: Sequence[Line]) -> Overview:
    """Which lines belong to each group and surname, as they are shown, and the most decimals of a column."""
    groups = _numbers((line.seq, line.group) for line in lines)
    named = zip(lines, names_shown(head, lines), strict=True)
    surnames = _numbers((line.seq, _surname(line, name)) for line, name in named)
    units = {line.unit for line in lines if line.quantity is not None}
    most = sorted(surnames, key=lambda surname: -len(surnames[surname]))
    return Overview(
        groups={group: groups[group] for group in in_group_order(groups)},
        surnames={surname: surnames[surname] for surname in most},
        quantity_decimals=decimals(line.quantity for line in lines) if len(units) == 1 else 0,
        rate_decimals=decimals(line.rate for line in lines),
        says_more=any(line.says_more for line in lines),
    )


def names_shown(head: SheetHead, lines: Sequence[Line]) -> list[str]:
    """Whom each line names first: on a list by items who benefits, else the holder."""
    if head.variant is Variant.ITEM:
        return [line.beneficiary or line.holder for line in lines]
    return [line.holder for line in lines]


def _surname(line: Line, name: str) -> str:
    """Of whom it names first; "" for organisations and for a line that was taken down."""
    return surname_of(name) if line.household or name != line.holder else ""


def _numbers(lines: Iterable[tuple[int, str]]) -> dict[str, array[int]]:
    """By what they have in common; lines that have nothing of the kind are left out."""
    found: dict[str, array[int]] = {}
    for number, common in lines:
        if common:
            found.setdefault(common, array("I")).append(number)
    return found


def decimals(values: Iterable[Decimal | None]) -> int:
    """The most decimals any of them is written with."""
    return max((-int(value.as_tuple().exponent) for value in set(values) if value is not None), default=0)
