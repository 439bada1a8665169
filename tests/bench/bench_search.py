"""A keystroke of a search among 100,000 names against a bare ASGI application that sends the same bytes.

Run: make bench ARGS=bench_search. All names are of one village, ten times as many as any has, on a
hundred lists; nothing is kept between two answers.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from kiosk_server.archive.archive import Archive
from tests.bench.bench_pages import BROWSER, GIVEN, IMPORTED, SURNAMES, each_against_bare
from tests.bench.figures import Figure
from tests.bench.load import request
from tests.bench.pages_server import DATABASE, PACK_FILE
from tests.village import CODE, PACK, County, mark, payout, terms

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES, LISTS, TARGET = 100_000, 100, 25
WORDS = ("耕地", "补贴", "保护 2026", "岭东村", "没有")


def payouts(number: int) -> Iterator:
    """One list's households, each on this list only."""
    chance, rows = random.Random(number), NAMES // LISTS
    for seq in range(1, rows + 1):
        name = chance.choice(SURNAMES) + chance.choice(GIVEN) + chance.choice(GIVEN)
        yield payout(seq, name, household=mark(number * rows + seq), group=f"{seq % 40 + 1}组")


async def filled(folder: Path) -> None:
    """An archive of one village."""
    (folder / PACK_FILE).write_bytes(msgspec.json.encode(PACK))
    county = County()
    async with Archive(folder / DATABASE, PACK, minimum_free_mb=0) as archive:
        for number in range(LISTS):
            about = terms(fiscal_year=2026, paid_on=date(2026, 10, 20), period_no=f"2026-{number:03d}")
            county.batch(f"b{number}", *payouts(number), terms=about)
            await archive.admit(CODE, county.stretch(), IMPORTED)
        await archive.write_readings()


def keystrokes() -> dict[str, list[bytes]]:
    """Requests by what was typed so far."""
    chance = random.Random(5)

    def some(page: str, typed: list[str]) -> list[bytes]:
        return [request(f"/v/{CODE}/{page}{quote(one)}", **BROWSER) for one in typed]

    letters = {
        f"{count} letters" if count > 1 else "1 letter": [
            "".join(chance.choices("WLZCYHSXJ", k=count)) for _ in range(200)
        ]
        for count in (1, 2, 3)
    }
    pads = {f"pad, {said}": some("initials?q=", typed) for said, typed in letters.items()}
    return {
        "pad, nothing typed": some("initials", [""]),
        **pads,
        "words in titles": some("search?q=", [chance.choice(WORDS) for _ in range(200)]),
    }


def figures() -> Iterator[Figure]:
    """A keystroke of the search against a bare application."""
    with tempfile.TemporaryDirectory() as scratch:
        asyncio.run(filled(Path(scratch)))
        for what, mine, bare in each_against_bare(Path(scratch), keystrokes()):
            yield Figure(f"{what}, {NAMES:,} names", mine / bare, TARGET, said=f"{mine:.0f} ÷ {bare:.1f} µs")
