"""Faults of a hand in the text of a notice: each kind, wherever it can be made, in any layout."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator

    Change = Callable[[str, random.Random], str | None]

DAY = re.compile(r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日")
HEADING = re.compile(r"^[（(]?[一二三四五六七八]+[）)]?、?[^，。\n]{2,20}$", re.MULTILINE)


def made(change: Change, text: str, chance: random.Random) -> str | None:
    """The text with one fault, None where it has no place for it; the foot stays as it is."""
    body, foot = _apart(text)
    changed = change(body, chance)
    return None if changed is None or changed == body else changed + foot


def _apart(text: str) -> tuple[str, str]:
    """What stands above issuer and day, and these."""
    ends = [one.start() for one in re.finditer(r"\n+[^\n]+", text.rstrip())]
    return text[: ends[-2]], text[ends[-2] :]


def _one(pattern: str, by: Callable[[re.Match[str], random.Random], str]) -> Change:
    """Some place of a pattern put otherwise."""

    def change(text: str, chance: random.Random) -> str | None:
        found = list(re.finditer(pattern, text, re.MULTILINE))
        if not found:
            return None
        one = chance.choice(found)
        return text[: one.start()] + by(one, chance) + text[one.end() :]

    return change


def _moved(one: re.Match[str], chance: random.Random) -> str:
    day = date(*map(int, one.groups())) + timedelta(days=chance.choice((-30, -7, -1, 1, 7, 30, 365)))
    return f"{day.year}年{day.month}月{day.day}日"


def _sections(text: str) -> Iterator[tuple[int, int, int]]:
    """Where each section begins, where its heading ends, and where the section ends."""
    heads = list(HEADING.finditer(text))
    closing = re.search(r"^[ 　\t]*本公告期", text, re.MULTILINE)
    ends = [*(one.start() for one in heads), closing.start() if closing else len(text)][1:]
    yield from ((one.start(), one.end(), end) for one, end in zip(heads, ends, strict=True))


def _part_gone(text: str, chance: random.Random) -> str | None:
    parts = [one for one in _sections(text) if "其他" not in text[one[0] : one[1]]]
    if not parts:
        return None
    begin, _, end = chance.choice(parts)
    return text[:begin] + text[end:]


def _part_emptied(text: str, chance: random.Random) -> str | None:
    parts = list(_sections(text))
    if not parts:
        return None
    _, head, end = chance.choice(parts)
    return text[:head] + "\n" + text[end:]


def _rows(text: str) -> tuple[list[str], list[str]]:
    """Rows of land, and rows of money."""
    rows = re.findall(r"^.*村.*[0-9](?:公顷|亩|元).*$", text, re.MULTILINE)
    return [row for row in rows if "元" not in row], [row for row in rows if "元" in row]


def _row_gone(text: str, chance: random.Random) -> str | None:
    """One of several rows of land, or of money."""
    rows = [row for kind in _rows(text) for row in kind if len(kind) > 1]
    return text.replace(chance.choice(rows) + "\n", "", 1) if rows else None


def _total_gone(text: str, _: random.Random) -> str | None:
    """The line of the total, where more than one row stands above it and none has its figure."""
    left = re.sub(
        r"((?:^.*村.*[0-9](?:公顷|亩|元).*\n+){2})[ 　\t]*合计.*\n?", r"\1", text, count=1, flags=re.MULTILINE
    )
    gone = re.search(r"^[ 　\t]*合计.*", text, re.MULTILINE)
    alike = [
        {one.replace(",", "").rstrip("0.") for one in re.findall("[0-9][0-9,.]*", part)}
        for part in (gone[0] if gone else "", left)
    ]
    return None if alike[0] & alike[1] else left


def _figures_swapped(text: str, chance: random.Random) -> str | None:
    """Two rows of one kind with each other's figures."""
    pairs = [(a, b) for rows in _rows(text) for a in rows for b in rows if a < b]
    if not pairs:
        return None
    a, b = chance.choice(pairs)
    last = re.compile(r"[0-9][0-9,.]*(?=元|公顷|亩)")
    x, y = (last.findall(row)[-1] for row in (a, b))
    if x == y:
        return None
    return text.replace(a, "\0").replace(b, b.replace(y, x)).replace("\0", a.replace(x, y))


def _slip(one: re.Match[str], _: random.Random) -> str:
    return one[0][0] + "某" + one[0][2:]


TEXT_FAULTS: dict[str, Change] = {
    "a digit": _one("[0-9０-９]", lambda one, c: str((int(one[0]) + c.randint(1, 9)) % 10)),
    "a digit lost": _one("(?<=[0-9])[1-9](?=[0-9]*[.年月元×])", lambda _one, _c: ""),
    "a digit twice": _one("[1-9](?=[0-9.])", lambda one, _c: one[0] * 2),
    "another day": _one(DAY.pattern, _moved),
    "a day that is none": _one(DAY.pattern, lambda one, c: f"{one[1]}年{c.choice(('13月1', '2月30', '11月31'))}日"),
    "calendar days for working days": _one("个工作日(?=，|（)", lambda _o, _c: "日"),
    "working days for calendar days": _one("(?<=期限为30)日", lambda _o, _c: "个工作日"),
    "a period of another length": _one("期限为([0-9]+)", lambda one, c: f"期限为{int(one[1]) + c.choice((-5, -1, 5))}"),
    "the period gone": _one(r"^.*本公告期限为(?:1[0-9]|3[0-9]).*\n?", lambda _o, _c: ""),
    "the total gone": _total_gone,
    "a part gone": _part_gone,
    "a part emptied": _part_emptied,
    "a row gone": _row_gone,
    "figures of two rows exchanged": _figures_swapped,
    "a village mistyped": _one(r"(?:岭东村|大岕口村|向阳村|竹垓村|中坞村)(?=[　\t ]|[^0-9\n]{2,12}[0-9.]+(?:公顷|亩|元))", _slip),
    "another phone": _one(r"0572-0123456", lambda _o, c: f"0572-{c.randint(10**6, 10**7 - 1)}"),
    "another room": _one("101室", lambda _o, c: f"{c.randint(102, 999)}室"),
    "another number": _one("〔[0-9]{4}〕[0-9]+号", lambda one, c: f"{one[0][:6]}{c.randint(400, 900)}号"),
    "brackets of another form": _one("〔([0-9]{4})〕", lambda one, _c: f"[{one[1]}]"),
    "other people to settle": _one("农民([0-9]+)人", lambda one, c: f"农民{int(one[1]) + c.randint(1, 9)}人"),
    "another authority": _one("浙江省人民政府", lambda _o, c: c.choice(("江苏省人民政府", "国务院"))),
    "another rate": _one("×([0-9]+)元", lambda one, c: f"×{int(one[1]) + 100 * c.randint(1, 9)}元"),
    "ten thousand times": _one(r"(?<![0-9,])[1-9][0-9,]*\.[0-9]{2}元", lambda one, _c: one[0][:-1] + "万元"),
    "another remedy": _one("60日内|6个月内", lambda one, _c: "15日内" if one[0][0:2] == "60" else "3个月内"),
}  # fmt: skip
"""Kinds of faults; none of them may pass."""
