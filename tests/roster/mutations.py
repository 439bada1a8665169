"""Workbooks as they come out of broken disks, bad mail gateways and ill will: seeded, from sound ones."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path

from tests.roster.county_files import as_csv, as_xls, by_openpyxl
from tests.roster.county_generator import LAYOUTS, county_file
from tests.roster.county_markup import as_html, as_spreadsheetml

ROSTERS = Path(__file__).parents[2] / "deploy" / "demo" / "rosters"
_ODD_BYTES = (
    b"\0",
    b"\xff",
    b"<",
    b">",
    b'"',
    b"&",
    b"-1",
    b"99999999999",
    b"1048577",
    b"XFD",
    b"NaN",
    b"\xf0\x9f",
    b"e308",
)


def sound_files() -> list[bytes]:
    """The demo county's own rosters, and a generated file of every layout in every format."""
    found = [
        path.read_bytes() for path in sorted(ROSTERS.iterdir()) if path.suffix in {".xlsx", ".xls", ".csv"}
    ]
    for seed, layout in enumerate(sorted(LAYOUTS)):
        pages = county_file(seed, layout).pages
        found += [
            by_openpyxl(pages),
            as_xls(pages),
            as_html(pages),
            as_spreadsheetml(pages),
            as_csv(pages[:1], "gb18030"),
        ]
    return [data for data in found if len(data) < 60_000]


def mutated(sound: list[bytes], seed: int) -> bytes:
    """One spoilt file: bytes changed in it as it lies on disk, or in a part of the archive and packed again."""
    chance = random.Random(seed)
    data = chance.choice(sound)
    if data.startswith(b"PK") and chance.random() < 0.8:
        return _inside(data, chance)
    return spoilt(data, chance)


def _inside(data: bytes, chance: random.Random) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    for name in chance.choices(sorted(parts), k=chance.choice((1, 1, 2))):
        parts[name] = spoilt(parts[name], chance)
    if chance.random() < 0.1:
        parts.pop(chance.choice(sorted(parts)))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as packed:
        for name, part in parts.items():
            packed.writestr(name, part)
    return out.getvalue()


def spoilt(data: bytes, chance: random.Random) -> bytes:
    """A few wounds: a byte changed, a stretch lost, doubled, moved or overwritten, the end cut off."""
    wounded = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 5))):
        if not wounded:
            break
        at, length = chance.randrange(len(wounded)), chance.choice((1, 2, 8, 64, 512))
        stretch = bytes(wounded[at : at + length])
        kind = chance.randrange(7)
        if kind == 0:
            wounded[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            del wounded[at : at + length]
        elif kind == 2:
            wounded[at:at] = stretch * chance.choice((1, 2, 50))
        elif kind == 3:
            there = chance.randrange(len(wounded))
            wounded[there : there + length] = stretch
        elif kind == 4:
            odd = chance.choice(_ODD_BYTES)
            wounded[at : at + len(odd)] = odd
        elif kind == 5:
            wounded[at:at] = chance.choice(_ODD_BYTES)
        else:
            del wounded[max(at, len(wounded) // 2) :]
    return bytes(wounded)
