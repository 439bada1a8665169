"""The register told in words: what is in it, what a new one changes, what is odd about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from boards.model.calendar.civil_day import civil_day
from sync.county.kiosks.passes import passes
from sync.county.kiosks.tickets import came
from sync.county.kiosks.visits import visits

if TYPE_CHECKING:
    from sync.county.county import County
    from sync.trust.register import CountyRegister, EnrolledKiosk, EnrolledOffice, Official

Names = Mapping[str, str]


def names_of(county: County) -> Names:
    """Villages by their code, as they are called."""
    return {one.code: f"{one.town}{one.name}" for one in county.pack.villages}


def told(register: CountyRegister, names: Names) -> Iterator[str]:
    """All of it, a line a machine and a line a person."""
    yield f"登记册第 {register.serial} 版：在用的一体机 {len(register.standing)} 台"
    for one in register.kiosks:
        ended = f"，{one.until} 起停用" if one.until else ""
        yield f"  {one.id}  {_villages(one.villages, names)}  {one.since} 起{ended}  公钥 {_key(one.key)}"
    for office in register.offices:
        yield from (f"  {_village(office.village, names)}  {_person(one)}" for one in office.officials)


def difference(before: CountyRegister, after: CountyRegister, names: Names) -> str:
    """What the second one changes, for whoever signs it."""
    lines = [*_kiosks(before, after, names), *_offices(before, after, names)]
    return "\n".join(lines or ["没有改动"])


def odd(county: County, register: CountyRegister) -> Iterator[str]:
    """What somebody should look at: a village nobody shows, a machine nobody gave a token."""
    names = names_of(county)
    tokens = {one.name for one in passes(county.folder) or ()}
    for code, name in names.items():
        serving = register.serving(code)
        if not serving:
            yield f"{name} 没有登记的一体机"
        if len(serving) > 1:
            yield f"{name} 由 {len(serving)} 台一体机公开：{'、'.join(one.id for one in serving)}"
    for one in register.standing:
        if one.id not in tokens:
            yield f"{one.id} 没有取数口令，请用 county enrol 重新配对（--replace）"
        yield from (f"{one.id} 的村 {code} 不在资料包里" for code in one.villages if code not in names)
    yield from (f"{one.village} 的办公室不在资料包里" for one in register.offices if one.village not in names)


def fetching(county: County, register: CountyRegister) -> Iterator[str]:
    """Who still pulls without a token, who with which, which were never used (pairing §5)."""
    names, seen, known = names_of(county), visits(county.folder), passes(county.folder)
    for code, one in sorted(seen.without.items()):
        whose = "、".join(kiosk.id for kiosk in register.serving(code)) or "没有登记的一体机"
        yield f"没有口令  {_village(code, names)}（{whose}）  最近 {one.last}，共 {one.times} 次"
    for token in known or ():
        last = seen.tokens.get(token.name)
        used = f"最近 {last.last}，共 {last.times} 次" if last else "从没用过"
        until = f"  配对文件还没有答复，{civil_day(token.until)} 作废" if token.until else ""
        yield f"有口令    {token.name}  {_villages(token.villages, names)}  {used}{until}"
    if known is None:
        yield "还没有发放过口令：谁都可以取。"


def under_way(county: County) -> Iterator[str]:
    """Pairing files that nobody answered yet, answers that came over the line."""
    for token in passes(county.folder) or ():
        if token.until:
            yield f"等待答复  {token.name}  配对文件 {civil_day(token.until)} 前有效"
    for path in came(county.folder):
        yield f"答复已到  {path.name}，请收下：county enrol --answer {path}"


def _kiosks(before: CountyRegister, after: CountyRegister, names: Names) -> Iterator[str]:
    known = {one.key: one for one in before.kiosks}
    for one in after.kiosks:
        old = known.pop(one.key, None)
        where = _villages(one.villages, names)
        if old is None:
            yield f"新登记一体机 {one.id}：{where}，{one.since} 起，公钥 {_key(one.key)}"
        elif old != one:
            yield from _changed(old, one, names)
    yield from (f"删去一体机 {one.id} 的记录：{_villages(one.villages, names)}" for one in known.values())


def _changed(old: EnrolledKiosk, new: EnrolledKiosk, names: Names) -> Iterator[str]:
    if old.until != new.until:
        yield f"一体机 {new.id} {f'{new.until} 起停用' if new.until else '重新启用'}，公钥 {_key(new.key)}"
    if old.villages != new.villages:
        yield f"一体机 {new.id} 的村：{_villages(old.villages, names)} → {_villages(new.villages, names)}"
    if (old.id, old.since) != (new.id, new.since):
        yield f"一体机 {old.id}（{old.since} 起）改为 {new.id}（{new.since} 起）"


def _offices(before: CountyRegister, after: CountyRegister, names: Names) -> Iterator[str]:
    old, new = _people(before.offices), _people(after.offices)
    for at in sorted({*old, *new}):
        where = _village(at[0], names)
        if at not in new:
            yield f"{where}办公室去掉 {_person(old[at])}"
        elif at not in old:
            yield f"{where}办公室增加 {_person(new[at])}"
        elif old[at] != new[at]:
            yield f"{where}办公室：{_person(old[at])} → {_person(new[at])}"


def _people(offices: tuple[EnrolledOffice, ...]) -> dict[tuple[str, str], Official]:
    return {(office.village, one.person): one for office in offices for one in office.officials}


def _person(one: Official) -> str:
    key = f"，公钥 {_key(one.key)}" if one.key else ""
    return f"{one.name}（{one.person}，{'、'.join(one.roles)}{key}）"


def _villages(codes: tuple[str, ...], names: Names) -> str:
    return "、".join(_village(code, names) for code in codes)


def _village(code: str, names: Names) -> str:
    return names.get(code, code)


def _key(line: str) -> str:
    """What tells keys apart: the four bytes that stand in their signatures."""
    return line.split("+")[1] if line.count("+") > 1 else line[:12]
