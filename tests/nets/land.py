"""What is said of land cases, which notices may follow which, and what a board computes from them."""

from __future__ import annotations

import copy
import json
import random
from datetime import date, timedelta
from itertools import product
from typing import TYPE_CHECKING, Any

import msgspec

from boards.model.calendar.years import shipped_calendar
from boards.model.errors import Refusal
from boards.model.land.kinds import NoticeKind
from boards.model.land.order import may_follow
from boards.model.land.terms import ZHEJIANG
from boards.sheets.land.case import case_view
from sync.county.gazetteer import villages_from_csv
from sync.county.land.case_folder import case_folder
from sync.county.land.case_json import read_case
from sync.county.land.check import checked, refused
from sync.county.land.notice_of_stage import notices_of
from sync.county.land.report import report_json
from tests.land.land_cases import FAULTS, VILLAGES, at, sound_cases
from tests.land.land_house import hung_from
from tests.land.land_text_faults import TEXT_FAULTS
from tests.land.land_text_faults import made as text_fault
from tests.land.land_texts import LAYOUTS, texts_of
from tests.nets.draws import drawn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from boards.model.land.notice import LandNotice
    from boards.model.place import Village
    from sync.county.land.case_json import ReadCase
    from sync.county.land.report import LandReport

    Json = dict[str, Any]
    Planned = tuple[str, tuple[Any, ...]]

CALENDAR = shipped_calendar()
KINDS = sorted(NoticeKind)
WAY = [NoticeKind(kind) for kind in ("start", "survey", "plan", "register", "final", "pay")]


def line(name: str, report: LandReport) -> Json:
    """One report as the net keeps it: the findings of a stage are a set."""
    told = json.loads(report_json(report))
    for part in (told, *told["stages"]):
        part["findings"] = sorted([one["level"], one["code"], one["message"]] for one in part["findings"])
    return {"name": name, **told}


# Cases that lie in a folder.


def lying(folders: Iterable[Path], villages: Path) -> Iterator[Json]:
    """The report of every case folder, and what a board would show of it."""
    known = villages_from_csv(villages.read_bytes())
    for folder in folders:
        try:
            found = case_folder(folder / "case.json")
        except Refusal as refusal:
            yield line(folder.name, refused(refusal))
            continue
        yield line(folder.name, checked(found.read, CALENDAR, known, found.texts))
        yield from views(folder.name, found.read, known, found.texts)


def views(
    name: str, read: ReadCase, villages: tuple[Village, ...], texts: Mapping[str, str]
) -> Iterator[Json]:
    """What the board of each concerned village shows on days around each posting, notice by notice."""
    notices = [notice for _, notice in notices_of(read.case, villages, texts)]
    for upto, notice in enumerate(notices, start=1):
        yield {"name": f"{name} notice {upto}", "notice": _plain(notice)}
        here = next((one for one in villages if one.code in notice.villages), None)
        for days in (0, 9, 31) if here else ():
            today = notice.posted_on + timedelta(days=days)
            yield {"name": f"{name} notice {upto} after {days} days", **_view(notices[:upto], here, today)}


def _view(notices: list[LandNotice], here: Village, today: date) -> Json:
    try:
        view = _plain(case_view(hung_from(notices), here, today, CALENDAR, ZHEJIANG))
    except Refusal as refusal:  # a period of no days: the check never lets it be published
        return {"refused": refusal.code}
    return {part: view[part] for part in view if part != "hung"}


def _plain(value: msgspec.Struct) -> Json:
    """As JSON has it, sets in an order of their own."""
    return json.loads(msgspec.json.encode(value, order="deterministic"))


# Cases that are made.


def _sound(seed: int) -> Json:
    return drawn(sound_cases(), seed)


def _faulty(fault: str, seed: int) -> Json:
    case = drawn(sound_cases(last=date(2026, 1, 1)), seed)
    FAULTS[fault].spoil(at(case, FAULTS[fault].stage))
    return case


def _shaken(seed: int) -> Json:
    """Notices left out, moved by days, or given twice with other days."""
    chance, case = random.Random(seed), drawn(sound_cases(), seed)
    stages = case["stages"]
    for _ in range(chance.randint(1, 3)):
        one = chance.choice(stages)
        act = chance.choice(("away", "moved", "moved", "again"))
        if act == "away" and len(stages) > 1:
            stages.remove(one)
        elif act == "moved":
            _move(one, chance)
        elif act == "again":
            other = copy.deepcopy(one) | {"stage": f"{one['stage']}_again"}
            _move(other, chance)
            stages.append(other)
    return case


def _move(stage: Json, chance: random.Random) -> None:
    for part, key in ((stage, "posted_on"), (stage["period"], "last_day_stated")):
        if part.get(key) and chance.random() < 0.8:
            moved = date.fromisoformat(part[key]) + timedelta(days=chance.randint(-40, 40))
            part[key] = moved.isoformat()


def _stopped(seed: int) -> Json:
    """A case that ends with the notice that it is stopped, or goes on after it."""
    chance, case = random.Random(seed), drawn(sound_cases(), seed)
    case["stages"] = case["stages"][: chance.randint(1, 7)]
    posted = date.fromisoformat(case["stages"][-1]["posted_on"]) + timedelta(days=chance.randint(-5, 30))
    stop = {
        "stage": "stop",
        "title": "终止征收公告",
        "doc_no": f"苕征终〔{posted.year}〕7号",
        "issuer": "苕安县人民政府",
        "posted_on": posted.isoformat(),
        "posted_at": case["stages"][0]["posted_at"],
        "reason": chance.choice(("规划调整", "", None)),
        "text_file": "stop.txt",
    }
    case["stages"].append(stop)
    return case


MAKERS = {"sound": _sound, "faulty": _faulty, "shaken": _shaken, "stopped": _stopped}


def planned() -> list[Planned]:
    """Every case that is made: its maker and what the maker is given."""
    every: dict[str, list[Iterable]] = {
        "sound": [range(300)],
        "faulty": [sorted(FAULTS), range(1000, 1014)],
        "shaken": [range(2000, 2400)],
        "stopped": [range(3000, 3080)],
    }
    return [(maker, about) for maker, given in every.items() for about in product(*given)]


def made(some: list[Planned]) -> Iterator[Json]:
    """Reports of cases that are made: with the villages, without; every third with its texts."""
    for maker, about in some:
        name, case, seed = " ".join(map(str, (maker, *about))), MAKERS[maker](*about), about[-1]
        try:
            read = read_case(json.dumps(case).encode())
        except Refusal as refusal:
            yield line(name, refused(refusal))
            continue
        texts = _texts(case, seed) if seed % 3 == 0 else None
        yield line(name, checked(read, CALENDAR, None if seed % 7 == 0 else VILLAGES, texts))
        if seed % 10 == 0:
            yield from views(name, read, VILLAGES, texts or {})


def _texts(case: Json, seed: int) -> Json | None:
    """The notices' texts, in every other case with a line lost or a figure changed."""
    try:
        texts = texts_of(case)
    except (KeyError, TypeError, ValueError):  # the fault left nothing a text could be made of
        return None
    if seed % 2:
        chance = random.Random(seed)
        name = chance.choice(sorted(texts))
        lines = texts[name].split("\n")
        at_line = chance.randrange(len(lines))
        changed = lines[at_line].replace(str(chance.randint(0, 9)), str(chance.randint(0, 9)))
        lines[at_line : at_line + 1] = [changed] if chance.random() < 0.5 else []
        texts[name] = "\n".join(lines)
    return texts


def written() -> Iterator[Json]:
    """Reports of texts in each layout, clean and with one fault of each kind."""
    for seed, (layout, way) in enumerate(LAYOUTS.items()):
        case, chance = drawn(sound_cases(), seed), random.Random(seed)
        texts = {name: way(text) for name, text in texts_of(case).items()}
        read = read_case(json.dumps(case).encode())
        yield line(f"text {layout}", checked(read, CALENDAR, VILLAGES, texts))
        for fault, (name, text) in product(TEXT_FAULTS, sorted(texts.items())):
            spoilt = text_fault(TEXT_FAULTS[fault], text, chance)
            if spoilt:
                report = checked(read, CALENDAR, VILLAGES, texts | {name: spoilt})
                yield line(f"text {layout} {fault} {name}", report)


# The order of notices.


def orders(some: list[tuple[NoticeKind, ...]]) -> Iterator[Json]:
    """What becomes of each sequence: for each notice asked for, published or the code it is refused by."""
    for kinds in some:
        published: list[NoticeKind] = []
        yield {"name": " ".join(kinds), "fates": [_fate(published, kind) for kind in kinds]}


def _fate(published: list[NoticeKind], kind: NoticeKind) -> str:
    refused_by = [finding.code for finding in may_follow(published, kind)]
    if refused_by:
        return refused_by[0]
    published.append(kind)
    return "published"


def sequences() -> list[tuple[NoticeKind, ...]]:
    """All of up to four notices, and some of up to six from one seed; a kind again is a correction."""
    found = [kinds for length in range(1, 5) for kinds in product(KINDS, repeat=length)]
    chance = random.Random(8)
    found += [tuple(chance.choices(KINDS, k=chance.choice((5, 6)))) for _ in range(2000)]
    found += [_strayed(WAY, chance) for _ in range(2000)]
    return list(dict.fromkeys(found))


def _strayed(way: list[NoticeKind], chance: random.Random) -> tuple[NoticeKind, ...]:
    """The lawful way with notices put in, left out or exchanged: at most six."""
    kinds = list(way)
    for _ in range(chance.randint(1, 3)):
        kinds.insert(chance.randrange(len(kinds)), chance.choice(KINDS))
        if chance.random() < 0.5:
            kinds.pop(chance.randrange(len(kinds)))
    start = 0 if chance.random() < 0.7 else chance.randrange(len(kinds))
    return tuple(kinds[start : start + 6])
