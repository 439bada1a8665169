"""Import of 100,000 payouts against raw `executemany` of the same finished rows into the same schema.

Run: python -m tests.bench.bench_import [rows]. Ours does everything from the fetched bundles on: unpack, digests, tree,
privacy gate, decode, store, project, index, reconcile, compose. Raw gets the rows ready-made, with
the same PRAGMAs and indexes. Each runs in a process of its own, in turns, best of several rounds,
so the peak memory is its own too; beside one of ours a board reads pages all the while.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import random
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk_server.archive.board import Board
from kiosk_server.archive.engines.sqlite import connect
from tests.bench.figures import Figure
from tests.village import CODE, MASK, NOW, PACK, County, payout

if TYPE_CHECKING:
    from collections.abc import Iterator


ROWS = 100_000
ROUNDS = 3
PREFIX = "bench.example/330590"
OTHER = "330590101204"
TABLES = ("log", "leaf", "admission", "batch", "payout", "household", "sheet")
TARGET, MOST_MIB, MOST_SLOWER = 0.5, 96, 25
LETTERS = "abcdefghijklmnop"


def _payouts(rows: int):
    chance = random.Random(7)
    for seq in range(1, rows + 1):
        name = chance.choice("林张王李陈朱贾吴") + chance.choice("秋建国小文") + chance.choice("实华明英伟芳")
        household = "".join(chance.choices(LETTERS, k=32))
        group = f"{chance.choice('一二三四五六七八九')}组"
        yield payout(seq, name, household=household, group=group, amount_fen=chance.randint(100, 200_000))


def feed(folder: Path, village: str, rows: int) -> None:
    """A signed feed of one batch, and the two public keys beside it."""
    from sync.carriers.road import file_of  # noqa: PLC0415
    from sync.log.bundle import packed  # noqa: PLC0415
    from sync.log.checkpoint import Checkpoint  # noqa: PLC0415
    from sync.log.keys import new_key, signed  # noqa: PLC0415
    from sync.log.tiles import covering, tile  # noqa: PLC0415
    from sync.log.tree import root  # noqa: PLC0415
    from sync.wire import line  # noqa: PLC0415

    county = County(village, f"{PREFIX}/v/{village}")
    county.batch("330590-farmland_fertility-2025-01", *_payouts(rows))
    reached = county.stretch().reached
    place = folder / "v" / village
    for number, width in covering(0, reached.size):
        part = county.leaves[number * 256 : number * 256 + width]
        file = folder / file_of(village, tile("rows", number, width))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(packed(b"".join(line(leaf.head, leaf.body) for leaf in part)))
    keys = new_key("bench.example/publisher"), new_key("bench.example/reviewer")
    text = Checkpoint(reached.origin, reached.size, root(reached.frontier)).text()
    (place / "checkpoint").write_bytes(signed(text, *keys).render())
    (folder / f"{village}.keys").write_text(json.dumps([str(key.verifier) for key in keys]))


def ours(folder: Path, database: Path, village: str) -> dict[str, float]:
    """Catch up from the feed; what it took."""
    from kiosk_server.archive.archive import Archive  # noqa: PLC0415
    from sync.carriers.folder import FolderSource  # noqa: PLC0415
    from sync.carriers.spool import Spool  # noqa: PLC0415
    from sync.importer import catch_up  # noqa: PLC0415
    from sync.log.checkpoint import checkpoint  # noqa: PLC0415
    from sync.log.note import parse  # noqa: PLC0415
    from sync.proof import bundles  # noqa: PLC0415
    from sync.trust import PinnedKeys  # noqa: PLC0415

    publisher, reviewer = json.loads((folder / f"{village}.keys").read_text())
    trust = PinnedKeys((publisher,), (reviewer,), PREFIX)

    async def story() -> dict[str, float]:
        spool = Spool(database.parent / f"spool-{database.stem}")
        source = FolderSource(folder)
        note = source.checkpoint(village)
        for bundle in bundles(0, checkpoint(parse(note).text).size):  # fetched already, as after a stop
            spool.keep(village, bundle.name, source.rows(village, bundle.name))
        async with Archive(database, PACK, minimum_free_mb=0) as archive:
            wall, cpu = time.perf_counter(), time.process_time()
            caught = await catch_up(source, archive, trust, spool, village, NOW)
            took = {"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu}
        return took | {"rows": caught.rows}

    took = asyncio.run(story())
    return took | {"peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def raw(finished: Path, database: Path, _: str) -> dict[str, float]:
    """Insert the finished rows of all tables, one transaction, nothing but executemany."""
    from kiosk_server.archive.schema.migrate import run_migrations  # noqa: PLC0415

    db = connect(database)
    asyncio.run(run_migrations(db))
    source = sqlite3.connect(finished)
    ready = {table: source.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES}  # noqa: S608
    wall, cpu = time.perf_counter(), time.process_time()
    db.execute("BEGIN IMMEDIATE")
    for table, rows in ready.items():
        db.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)  # noqa: S608
    db.execute("COMMIT")
    took = {"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu}
    db.close()
    return took


def pages(database: Path, until, results) -> None:
    """Read random pages, before and during the import; latencies in seconds, errors by name."""
    board, chance = Board(database, MASK), random.Random(3)
    batch = board.sheets(OTHER)[0].batch

    def one() -> float:
        begun = time.perf_counter()
        board.state_version()
        board.lines(OTHER, batch, chance.randrange(1, 950), 50)
        return time.perf_counter() - begun

    idle = [one() for _ in range(500)]
    results.put(idle)
    busy, errors = [], []
    while not until.is_set():
        try:
            busy.append(one())
        except Exception as e:  # noqa: BLE001
            errors.append(repr(e))
        time.sleep(0.002)
    results.put((busy, errors))


def child(what: str, *args: object) -> dict[str, float]:
    """Run one side in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.bench_import", what, *map(str, args)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


def with_pages(folder: Path, database: Path) -> tuple[dict[str, float], float, float, list[str]]:
    """Import while a board reads."""
    child("ours", folder, database, OTHER)
    context = multiprocessing.get_context("spawn")
    until, results = context.Event(), context.Queue()
    reader = context.Process(target=pages, args=(database, until, results))
    reader.start()
    idle = results.get()
    took = child("ours", folder, database, CODE)
    until.set()
    busy, errors = results.get()
    reader.join()
    return took, statistics.median(idle), statistics.quantiles(busy, n=100)[98], errors


def figures(rows: int = ROWS) -> Iterator[Figure]:
    """Rate of the import against raw inserts, its memory, and the pages meanwhile."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        child("feed", folder, CODE, rows)
        child("feed", folder, OTHER, 1000)
        mine, bare = [], []
        for turn in range(ROUNDS):
            mine.append(child("ours", folder, folder / f"ours{turn}.sqlite3", CODE))
            bare.append(child("raw", folder / "ours0.sqlite3", folder / f"raw{turn}.sqlite3", CODE))
        took, idle, busy, errors = with_pages(folder, folder / "beside.sqlite3")
    best = {key: (min(m[key] for m in mine), min(b[key] for b in bare)) for key in ("wall_s", "cpu_s")}
    peak = max(m["peak_mib"] for m in (*mine, took))
    (wall, bare_wall), (cpu, bare_cpu) = best["wall_s"], best["cpu_s"]
    said = f"{rows / wall:,.0f} ÷ {rows / bare_wall:,.0f} rows/s"
    yield Figure(
        f"import of {rows:,} payouts ÷ raw executemany", bare_wall / wall, TARGET, at_least=True, said=said
    )
    yield Figure("the same, CPU time", bare_cpu / cpu, said=f"{bare_cpu:.2f} ÷ {cpu:.2f} s")
    yield Figure("peak of the import, MiB", peak, MOST_MIB)
    yield Figure(
        "p99 of pages meanwhile ÷ p50 idle",
        busy / idle,
        MOST_SLOWER,
        said=f"{busy * 1e3:.2f} ÷ {idle * 1e3:.2f} ms",
    )
    yield Figure("pages that failed meanwhile", len(errors), 0)


def _side(what: str, *args: str) -> None:
    if what == "feed":
        feed(Path(args[0]), args[1], int(args[2]))
        print("{}")
    else:
        side = {"ours": ours, "raw": raw}[what]
        print(json.dumps(side(Path(args[0]), Path(args[1]), args[2])))


if __name__ == "__main__":
    _side(*sys.argv[1:])
