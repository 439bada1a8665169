"""The net in groups: each a name and how its lines are made, alike on every machine."""

from __future__ import annotations

import hashlib
import json
import random
import resource
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from tests.nets import archives, land, readings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Line = dict[str, Any]

DIGESTS = Path(__file__).parent / "digests.json"
SIZE = 50
MEMORY_MB = 2048
DEMO = readings.DEMO
L1 = Path(__file__).parents[1] / "land" / "data" / "L1"


class Given(msgspec.Struct, frozen=True):
    """Folders of rosters and of land cases outside the project, and their county's villages."""

    rosters: list[str] = []
    cases: list[str] = []
    villages: str = ""

    def encoded(self) -> bytes:
        return msgspec.json.encode(self)

    @staticmethod
    def decoded(raw: bytes) -> Given:
        return msgspec.json.decode(raw, type=Given)


def groups(given: Given) -> dict[str, Callable[[], Iterator[Line]]]:
    """Every group by its name; those of what is made are mixed: each has a bit of everything."""
    villages, outside = DEMO / "pack" / "villages.csv", Path(given.villages)
    found: dict[str, Callable[[], Iterator[Line]]] = {
        "readings-demo": partial(readings.lying, DEMO / "rosters", villages),
        "land-demo": partial(land.lying, [DEMO / "land", L1], villages),
        "land-orders": partial(land.orders, land.sequences()),
        "land-texts": land.written,
    }
    found |= {f"archive-{seed}": partial(archives.kept, seed) for seed in archives.SEEDS}
    for kind, room in (("readings", readings), ("land", land)):
        planned = room.planned()
        random.Random(0).shuffle(planned)
        count = -(-len(planned) // SIZE)
        found |= {f"{kind}-{n:02}": partial(room.made, planned[n::count]) for n in range(count)}
    for n, folder in enumerate(given.rosters):
        found[f"readings-given-{n}"] = partial(readings.lying, Path(folder), outside)
    for n, folder in enumerate(given.cases):
        cases = sorted(path.parent for path in Path(folder).glob("*/case.json"))
        found[f"land-given-{n}"] = partial(land.lying, cases, outside)
    return found


def bounded() -> None:
    """What a spoilt file may take before it is ended, as a county's own child has it."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MB << 20, MEMORY_MB << 20))


def remade(given: Given, name: str) -> list[Line]:
    """The lines of one group, made anew."""
    lines = list(groups(given)[name]())
    assert len({line["name"] for line in lines}) == len(lines), f"{name} has a name twice"
    return lines


def encoded(line: Line) -> bytes:
    """One line of JSON."""
    return json.dumps(line, ensure_ascii=False, sort_keys=True, default=str).encode() + b"\n"


def digest_of(lines: list[Line]) -> str:
    """What stands for a group in digests.json."""
    return hashlib.sha256(b"".join(map(encoded, lines))).hexdigest()[:32]
