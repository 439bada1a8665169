"""Publishing forty rows to each of many villages against encoding, hashing and writing the same bytes.

Run: make bench ARGS=bench_publish. Ours is `publisher.publish` of a reviewed proposal: lines checked again,
notes signed and believed, rows, tiles and checkpoints durable. The yardstick knows everything beforehand: it
encodes the same events with msgspec, hashes bodies and heads as the tree needs them, packs the bundles and
writes the very files one after the other, each synced, and their folders.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from sync import wire
from sync.county.publish import publisher
from sync.log.bundle import packed
from tests.bench.figures import Figure
from tests.founding import found
from tests.line.county_sim import NOW, batch, reading, row, salts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.county.county import County

VILLAGES, ROWS, TARGET = 1000, 40, 2.0
PACK = Path(__file__).parents[2] / "deploy" / "demo" / "pack"


def pack_of_many(folder: Path, villages: int) -> Path:
    """The demo's pack with so many villages."""
    shutil.copytree(PACK, folder)
    columns = ("county_code", "county", "town_code", "town", "village_code", "village", "official")
    rows = [columns, *(_village(number) for number in range(villages))]
    (folder / "villages.csv").write_text("".join(",".join(one) + "\n" for one in rows), "utf-8")
    (folder / "contacts.csv").write_text("village_code,who,place,hours,phone\n", "utf-8")
    (folder / "land" / "cases.csv").write_text("case_id,project,standing,village_code\n", "utf-8")
    return folder


def _village(number: int) -> tuple[str, ...]:
    town, place = 1 + number // 100, 201 + number % 100
    name = "".join("东南西北上下前后里外"[int(digit)] for digit in f"{number:04d}") + "村"
    return "330590", "苕安县", f"330590{town:03d}", f"第{town}镇", f"330590{town:03d}{place}", name, "村委会"


def reviewed(folder: Path, villages: int) -> tuple[County, str]:
    """A county with a proposal for all its villages that both may go on with; and its id."""
    county = found(folder / "county", pack_of_many(folder / "pack", villages), "", NOW)
    rows = [row(number % 2000, village=one.code) for one in county.pack.villages for number in range(ROWS)]
    made = publisher.propose(county, reading(rows), batch(), NOW, salt=salts())
    publisher.review(county, made.id, NOW)
    return county, made.id


def written(county: County) -> list[tuple[Path, bytes]]:
    """Every file of the published logs, with its bytes."""
    home = county.feed / "v"
    return [(path.relative_to(home), path.read_bytes()) for path in sorted(home.rglob("*")) if path.is_file()]


def events(county: County) -> list[list[tuple[dict, dict]]]:
    """What the yardstick encodes: heads and bodies as plain values, village by village."""
    logs = (county.log(village.code).lines() for village in county.pack.villages)
    return [[tuple(map(msgspec.json.decode, wire.framed(line))) for line in log] for log in logs]


def yardstick(home: Path, files: list[tuple[Path, bytes]], logs: list[list[tuple[dict, dict]]]) -> None:
    """Encode, hash, pack, write."""
    for log in logs:
        lines, hashes = [], []
        for head, body in log:
            raw = msgspec.json.encode(body, order="sorted")
            head["body"] = hashlib.sha256(raw).hexdigest()
            told = msgspec.json.encode(head, order="sorted")
            lines.append(wire.line(told, raw))
            hashes.append(hashlib.sha256(b"\x00" + told).digest())
        packed(b"".join(lines))
        while len(hashes) > 1:
            nodes = [b"".join(hashes[at : at + 2]) for at in range(0, len(hashes), 2)]
            hashes = [hashlib.sha256(b"\x01" + one).digest() for one in nodes]
    folders = {home}
    for name, data in files:
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        folders.add(path.parent)
    for folder in folders:
        handle = os.open(folder, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)


def figures(villages: int = VILLAGES) -> Iterator[Figure]:
    """Both walls, and their ratio."""
    with tempfile.TemporaryDirectory() as name:
        county, proposal = reviewed(Path(name), villages)
        began = time.perf_counter()
        publisher.publish(county, proposal, NOW + timedelta(hours=1))
        ours = time.perf_counter() - began
        files, logs = written(county), events(county)
        began = time.perf_counter()
        yardstick(Path(name) / "raw", files, logs)
        raw = time.perf_counter() - began
    said = f"{ours:.2f} s / {raw:.2f} s, {villages} villages, {len(files)} files"
    yield Figure("publishing 40 rows a village, against writing them", ours / raw, TARGET, said=said)
