"""What changes from one edition of a list to the next, line by line; names as they hang."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable
from decimal import Decimal
from itertools import chain, zip_longest
from typing import NamedTuple

from boards.model.money import yuan
from boards.model.payouts import Phase
from kiosk_server.county_office.on_wall import Edition, OnWall, Placed, on_wall
from sync.county.county import County
from sync.county.publish.amendments import TITLES
from sync.county.publish.parts import compared_with
from sync.county.publish.proposals import Part, Proposal, ProposalDamaged

NOTHING_EARLIER = "本村这个项目、这一期没有以前的版本可比"
NEW, GONE, CHANGED = "新增", "去掉", "改变"
_MONEY, _NAMES = {"amount_fen", "rate"}, {"holder", "beneficiary"}
_HIDDEN = "（遮住的字不同）"


class Difference(NamedTuple):
    """One line that is not as it was."""

    what: str
    name: str
    before: str
    after: str


def differences(wall: OnWall) -> tuple[Difference, ...]:
    """Every line that is new, gone or changed; none without an earlier edition.

    Lines of one list are known by their record; those of an application and its payment by household, or by
    group and name, and money is nothing they could have in common.
    """
    before, after = wall.before, wall.after
    if before is None:
        return ()
    own = after is None or after.head.batch == before.head.batch
    old, new = _known(before, own=own), _known(after, own=own)
    names = [name for name in TITLES if own or name not in _MONEY]
    pairs = (_unlike(old.get(key, []), new.get(key, []), names) for key in {**new, **old})
    return tuple(one for pair in chain.from_iterable(pairs) if (one := _told(*pair, names)))


def compared_told(county: County, found: Proposal, part: Part) -> str:
    """In one line, without names: with what a village's list is compared, and how many lines differ."""
    try:
        if found.kind == "batch" and not compared_with(county, found, part):
            return NOTHING_EARLIER
        wall = on_wall(county, found, part)
    except ProposalDamaged as damaged:
        return damaged.told()[0]
    return summed_up(wall, differences(wall))


def summed_up(wall: OnWall, found: tuple[Difference, ...]) -> str:
    """与发放结果第 1 版（3 行）相比：新增 1 行、改变 2 行."""
    if wall.before is None:
        return NOTHING_EARLIER
    head = wall.before.head
    list_ = "申报公示" if head.terms.phase is Phase.APPLICATION else "发放结果"
    counts = Counter(one.what for one in found)
    told = [f"{what} {counts[what]} 行" for what in (NEW, GONE, CHANGED) if counts[what]]
    edition = f"{list_}第 {head.edition} 版（{head.count} 行）"
    return f"与{edition}相比：{'、'.join(told) or '没有不同'}"


def _known(one: Edition | None, *, own: bool) -> dict[Hashable, list[Placed]]:
    """The lines by what they are known by."""
    known: defaultdict[Hashable, list[Placed]] = defaultdict(list)
    for placed in one.placed if one else ():
        payout = placed.payout
        known[placed.rec if own else payout.household or (payout.group, payout.holder)].append(placed)
    return known


def _unlike(
    old: list[Placed], new: list[Placed], names: Iterable[str]
) -> Iterable[tuple[Placed | None, Placed | None]]:
    """Of somebody's lines those without a twin that says the same, side by side."""
    left, rest = [*new], []
    for one in old:
        twin = next((other for other in left if _told(one, other, names) is None), None)
        if twin is None:
            rest.append(one)
        else:
            left.remove(twin)
    return zip_longest(rest, left)


def _told(old: Placed | None, new: Placed | None, names: Iterable[str]) -> Difference | None:
    """What happened to one line; None where nothing did."""
    if old and new:
        found = [name for name in names if _text(old, name) != _text(new, name) or _hidden(old, new, name)]
        before = _joined((name, _text(old, name) or "没有") for name in found)
        now = ((name, _text(new, name) or "没有", _hidden(old, new, name)) for name in found)
        after = _joined((name, text + (_HIDDEN if hidden else "")) for name, text, hidden in now)
        return Difference(CHANGED, old.line.holder, before, after) if found else None
    one = new or old
    if one is None:
        return None
    told = _joined((name, _text(one, name)) for name in names if name != "holder")
    return Difference(NEW, one.line.holder, "", told) if new else Difference(GONE, one.line.holder, told, "")


def _text(one: Placed, name: str) -> str:
    """One thing a line says, as it hangs."""
    value = getattr(one.line, name)
    if name == "amount_fen":
        return f"{yuan(value)}元" if value else ""
    if isinstance(value, Decimal):
        return f"{value:f}{one.line.unit if name == 'quantity' else '元'}"
    return str(value or "")


def _hidden(old: Placed, new: Placed, name: str) -> bool:
    """Whether two people hang under one masked name."""
    same = name in _NAMES and _text(old, name) == _text(new, name) != ""
    return same and getattr(old.payout, name) != getattr(new.payout, name)


def _joined(said: Iterable[tuple[str, str]]) -> str:
    return "，".join(f"{TITLES[name]} {text}" for name, text in said if text)
