"""Who may sign what, how long each file counts, and what must be seen to (`county trust status`)."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from boards.model.calendar.civil_day import civil_day
from sync.county.resigning import lapsed, overdue
from sync.county.trust_steps import effective
from sync.log.keys import KeyUnreadable, verifier_key
from sync.trust.repository import Repository
from sync.trust_layout import ROOT_KEYS, SEATED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sync.county.county import County

_NAMES = {
    "root": "信任根",
    "targets": "密钥名册",
    "pack": "资料包",
    "register": "登记册",
    "snapshot": "版本清单",
    "timestamp": "时间戳",
}
_RENEWS = {
    **dict.fromkeys(("root", "targets"), "county trust rotate --online"),
    **dict.fromkeys(SEATED, "county trust resign"),
    **dict.fromkeys(("snapshot", "timestamp"), "county heartbeat"),
}


def standing(county: County) -> Iterator[str]:
    """Keys and terms; raises TrustNotFounded, StatementWrong."""
    repository = Repository(county.feed)
    root = repository.root.signed
    yield f"{county.said.county}（{county.said.county_code}）现在有效的密钥："
    yield from (f"  {line}" for line in effective(county.said, root))
    yield "签名规则：信任根和名册要三把根密钥里的两把；检查点、资料包、登记册要一位发布人和另一位审核人"
    for role, (version, expires) in _terms(repository).items():
        yield f"  {_NAMES[role]} 第 {version} 版，有效期至 {civil_day(expires)}"


def alarms(county: County, now: datetime, days: int) -> Iterator[str]:
    """What somebody must see to; raises TrustNotFounded, StatementWrong."""
    repository = Repository(county.feed)
    if (left := len(repository.root.signed.roles["root"].keyids)) < ROOT_KEYS:
        yield f"只剩 {left} 把根密钥，再丢一把就不能换人换密钥：请运行 county trust add --root 补上"
    for role, (_, expires) in _terms(repository).items():
        day, how = civil_day(expires), f"请续签：{_RENEWS[role]}"
        if expires <= now:
            yield f"{_NAMES[role]}已过期（{day}）：一体机不再接收新内容，{how}"
        elif expires <= now + timedelta(days=days):
            yield f"{_NAMES[role]}将在 {day} 到期，{how}"
    if not county.said.heartbeat:
        yield "名册里没有心跳密钥，各村不知道手里的数据是否最新：请运行 county trust rotate --heartbeat"
    villages = list(overdue(county))
    names = [f"{len(villages)} 个村的检查点"] if villages else []
    names += [_NAMES[role] for role in SEATED if lapsed(county, role)]
    if names:
        yield f"{'、'.join(names)}的签名已不算数：请运行 county trust resign，由两席重签"
    yield from _strange(county, repository)


def _strange(county: County, repository: Repository) -> Iterator[str]:
    """Keys of this machine that count no more, as after an older backup was restored."""
    root = repository.root.signed
    online = {str(root.keys[keyid].keyval.get("public")) for keyid in root.roles["timestamp"].keyids}
    beats = {verifier_key(line).public.hex() for line in county.said.heartbeat}
    names: tuple[Literal["online", "heartbeat"], ...] = ("online", "heartbeat")
    for name, known in zip(names, (online, beats), strict=True):
        with suppress(KeyUnreadable):  # none lies here: a copy to review on
            if known and county.machine_key(name).verifier.public.hex() not in known:
                yield f"keys/{name}.key 已经换过，这一把签了没有人认：请运行 county trust rotate --{name}"


def _terms(repository: Repository) -> dict[str, tuple[int, datetime]]:
    """Version and end of each role's metadata."""
    seated = {role: repository.seated(role) for role in SEATED}
    found = {
        "root": repository.root,
        "targets": repository.targets,
        **seated,
        "snapshot": repository.snapshot,
        "timestamp": repository.timestamp,
    }
    return {role: (one.signed.version, one.signed.expires) for role, one in found.items() if one}
