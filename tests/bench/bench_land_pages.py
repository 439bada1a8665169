"""CPU time of the land pages of a county with 500 open cases over 300 villages, against a bare application.

Run: make bench ARGS=bench_land_pages. Every case concerns two neighbouring villages and has four
notices; pages are composed anew for every request (no page cache).
"""

from __future__ import annotations

import asyncio
import random
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec
from msgspec.structs import replace

from boards.model.place import Village
from kiosk_server.archive.archive import Archive
from sync.wire import NoticeBody
from tests.bench.bench_pages import BROWSER, NO_CACHE, against_bare
from tests.bench.figures import Figure

if TYPE_CHECKING:
    from collections.abc import Iterator

from tests.bench.load import request
from tests.bench.pages_server import DATABASE, PACK_FILE
from tests.pages import land_sample as land
from tests.village import PACK, SALT, County

VILLAGES, CASES, CONCERNED = 300, 500, 2
LIMITS = {"case list": 25, "case page": 18}  # times a bare application
IMPORTED = datetime(2026, 11, 20, 4, tzinfo=UTC)
CODES = tuple(f"3305901{number:05d}" for number in range(201, 201 + VILLAGES))


def notices(number: int, villages: tuple[str, ...]) -> list:
    """Four notices of one open case."""
    areas = tuple(
        replace(row, village_code=villages[row.village != "岭东村"], village=f"村{villages[row.village != '岭东村'][-3:]}")
        for row in land.AREAS
    )  # fmt: skip
    return [
        replace(one, case_id=f"L{number}", project=f"第{number}号工程", villages=villages, areas=areas)
        for one in (land.START, land.SURVEY, land.PLAN, land.REGISTER)
    ]


def filled(folder: Path) -> dict[str, list[int]]:
    """An archive with all cases; the cases of each village."""
    folder.mkdir()
    villages = tuple(Village(code=c, name=f"村{c[-3:]}", town="梅坞镇", county="苕安县") for c in CODES)
    pack = msgspec.structs.replace(PACK, villages=villages)
    (folder / PACK_FILE).write_bytes(msgspec.json.encode(pack))
    chance, of = random.Random(4), dict[str, list[int]]()
    for number in range(CASES):
        first = chance.randrange(VILLAGES - 1)
        for code in CODES[first : first + CONCERNED]:
            of.setdefault(code, []).append(number)
    first_of = {number: min(code for code in CODES if number in of.get(code, ())) for number in range(CASES)}
    asyncio.run(_admitted(folder, pack, of, first_of))
    return of


async def _admitted(folder: Path, pack, of, first_of) -> None:
    async with Archive(folder / DATABASE, pack, minimum_free_mb=0) as archive:
        for code, numbers in of.items():
            county = County(code, f"bench.example/v/{code}")
            for number in numbers:
                at = CODES.index(first_of[number])
                for one in notices(number, CODES[at : at + CONCERNED]):
                    rec = f"land-{number}-{one.kind.value}-1"
                    county.event("notice", rec, f"land-{number}", NoticeBody(notice=one, salt=SALT))
            await archive.admit(code, county.stretch(), IMPORTED)


def figures() -> Iterator[Figure]:
    """Uncached pages of land cases against a bare application."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "county"
        of = filled(folder)
        busiest = max(len(numbers) for numbers in of.values())
        print(f"{CASES} cases, {len(of)} of {VILLAGES} villages, up to {busiest} in one; {date.today()}")
        kinds = {
            "case list": [f"/v/{code}/land" for code in of],
            "case page": [f"/v/{code}/land/{quote(f'L{n}')}" for code, some in of.items() for n in some],
            "notice in full": [f"/v/{code}/land/L{n}/3" for code, some in of.items() for n in some],
            "home page": [f"/v/{code}/" for code in of],
        }
        for what, paths in kinds.items():
            asked = [request(path, **BROWSER) for path in paths]
            mine, bare = against_bare(folder, asked, NO_CACHE, rounds=100, times=3)
            yield Figure(
                f"uncached, {what}", mine / bare, LIMITS.get(what), said=f"{mine:.0f} ÷ {bare:.1f} µs"
            )
