"""The order of a village's groups (村民小组, 自然村), the same on list, phone, paper and search. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from boards.model.numerals import number_from_words

_NUMBERED: Final = re.compile(
    r"(.*?)第?(\d{1,3}|[一二两三四五六七八九十零〇百]{1,5})"
    r"(?:村民小组|居民小组|村民组|生产队|经济社|小组|小队|组|社|队)?(?:[（(].*[)）])?"
)


def in_group_order(groups: Iterable[str]) -> tuple[str, ...]:
    """Each group once: none at all first, 第一小组 … 第十小组 by number, then those with a name as they came.

    上塘一组 and 上塘十组 stand together where 上塘 came first, by number. `groups` come as on their list.
    """
    different = tuple(dict.fromkeys(groups))
    placed = {group: _hamlet_and_number(group) for group in different}
    came = {hamlet: at for at, (hamlet, _) in reversed(list(enumerate(placed.values(), start=1)))}
    came[""] = 0
    return tuple(sorted(different, key=lambda one: (bool(one), came[placed[one][0]], placed[one][1])))


def _hamlet_and_number(group: str) -> tuple[str, int]:
    """十二组 → no hamlet, 12; 上塘第3小组 → 上塘, 3; 上塘 → 上塘, 0."""
    found = _NUMBERED.fullmatch(group)
    if not found:
        return group, 0
    return found[1], int(found[2]) if found[2].isdecimal() else number_from_words(found[2])
