"""Import of 100,000 payouts against raw `executemany` of the wide rows of an earlier release (`wide_rows`).

Run: make bench ARGS=bench_import. Ours does everything from the fetched bundles on: unpack, digests, tree,
privacy gate, decode, store, project, index, reconcile, compose. Raw gets finished rows, in one transaction.
Each runs in a process of its own, in turns, so the peak memory is its own too; the medians of the turns
count. Beside one of ours a board reads pages all the while. Two feeds: one list of 100,000, and the honest
one, 100 lists of 1,000 households that come again and again, every event with a salt of its own.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk_server.archive.board import Board
from tests.bench import wide_rows
from tests.bench.figures import Figure
from tests.village import CODE, MASK, NOW, PACK, County, mark, payout, terms

if TYPE_CHECKING:
    from collections.abc import Iterator


ROWS, LISTS = 100_000, 100
ROUNDS = 5
PREFIX = "bench.example/330590"
OTHER, HONEST = "330590101204", "330590101205"
TARGET, HONEST_TARGET, MOST_POSTGRES, MOST_MIB, MOST_SLOWER, MOST_BYTES = 0.6, 0.42, 1.6, 96, 25, 0.9
LETTERS = "abcdefghijklmnop"


def _payouts(rows: int, first: int = 0, seed: int = 7):
    """Strangers, or where `first` is given the same thousand households in every list."""
    chance = random.Random(seed)
    for seq in range(1, rows + 1):
        who = random.Random(seq) if first else chance
        name = who.choice("林张王李陈朱贾吴") + who.choice("秋建国小文") + who.choice("实华明英伟芳")
        household = mark(first + seq) if first else "".join(who.choices(LETTERS, k=32))
        group = f"{who.choice('一二三四五六七八九')}组"
        yield payout(seq, name, household=household, group=group, amount_fen=chance.randint(100, 200_000))


def _written(county: County, village: str, rows: int) -> None:
    if village != HONEST:
        county.batch("330590-farmland_fertility-2025-01", *_payouts(rows))
        return
    chance = random.Random(9)
    for number in range(LISTS):
        batch = f"330590-farmland_fertility-2025-{number:02}"
        for one in _payouts(rows // LISTS, first=1 << 40, seed=number):
            county.publish(batch, one, salt="".join(chance.choices(LETTERS, k=32)))
        county.close(batch, terms=terms(village, period_no=f"2025-{number:02}"))


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
    _written(county, village, rows)
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


def ours(folder: Path, database: Path | str, village: str) -> dict[str, float]:
    """Catch up from the feed; what it took."""
    from kiosk_server.archive.archive import Archive  # noqa: PLC0415
    from sync.carriers.folder import FolderSource  # noqa: PLC0415
    from sync.carriers.spool import Spool  # noqa: PLC0415
    from sync.importer import catch_up  # noqa: PLC0415
    from sync.log.checkpoint import checkpoint  # noqa: PLC0415
    from sync.log.note import parse  # noqa: PLC0415
    from sync.proof import bundles  # noqa: PLC0415
    from tests.trust.trust_house import seats_of  # noqa: PLC0415

    publisher, reviewer = json.loads((folder / f"{village}.keys").read_text())
    trust = seats_of(publisher, reviewer, PREFIX)

    async def story() -> dict[str, float]:
        spool = Spool(Path(tempfile.mkdtemp(dir=folder)))
        source = FolderSource(folder)
        note = source.checkpoint(village)
        for bundle in bundles(0, checkpoint(parse(note).text).size):  # fetched already, as after a stop
            spool.keep(village, bundle.name, source.rows(village, bundle.name))
        book = None if isinstance(database, Path) else Path(tempfile.mkdtemp(dir=folder)) / "arrivals"
        async with Archive(database, PACK, minimum_free_mb=0, book=book) as archive:
            wall, cpu = time.perf_counter(), time.process_time()
            caught = await catch_up(source, archive, trust, spool, village, NOW)
            took = {"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu}
        return took | {"rows": caught.rows}

    took = asyncio.run(story())
    return took | {"peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def raw(finished: Path, database: Path, _: str) -> dict[str, float]:
    """Insert the finished rows of all tables, one transaction, nothing but executemany."""
    ready, db = wide_rows.finished(finished), wide_rows.opened(database)
    wall, cpu = time.perf_counter(), time.process_time()
    db.execute("BEGIN IMMEDIATE")
    for table, rows in ready.items():
        db.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)  # noqa: S608
    db.execute("COMMIT")
    took = {"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu}
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    return took | {"bytes": database.stat().st_size}


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
    """Rate of the import against raw inserts, its memory and size, PostgreSQL beside it, the pages meanwhile."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for village, some in ((CODE, rows), (OTHER, 1000), (HONEST, rows)):
            child("feed", folder, village, some)
        yield from _against_raw(folder, CODE, f"import of {rows:,} payouts ÷ raw, CPU", TARGET)
        honest = f"the same in {LISTS} lists of recurring households"
        yield from _against_raw(folder, HONEST, honest, HONEST_TARGET)
        yield _postgres(folder)
        took, idle, busy, errors = with_pages(folder, folder / "beside.sqlite3")
    yield Figure("peak of the import beside a board, MiB", took["peak_mib"], MOST_MIB)
    yield Figure(
        "p99 of pages meanwhile ÷ p50 idle",
        busy / idle,
        MOST_SLOWER,
        said=f"{busy * 1e3:.2f} ÷ {idle * 1e3:.2f} ms",
    )
    yield Figure("pages that failed meanwhile", len(errors), 0)


def _against_raw(folder: Path, village: str, what: str, target: float) -> Iterator[Figure]:
    mine, bare = [], []
    for turn in range(ROUNDS):
        made = folder / f"{village}-{turn}.sqlite3"
        mine.append(child("ours", folder, made, village))
        bare.append(child("raw", made, folder / f"raw-{village}-{turn}.sqlite3", village))
    cpu, bare_cpu = (statistics.median(one["cpu_s"] for one in some) for some in (mine, bare))
    said = f"{bare_cpu:.2f} ÷ {cpu:.2f} s"
    yield Figure(what, bare_cpu / cpu, target, at_least=True, said=said)
    size, bare_size = made.stat().st_size, bare[0]["bytes"]
    said = f"{size / 1e6:.1f} ÷ {bare_size / 1e6:.1f} MB"
    yield Figure("… its archive ÷ the wide one's, bytes", size / bare_size, MOST_BYTES, said=said)
    yield Figure("… its peak, MiB", max(one["peak_mib"] for one in mine), MOST_MIB)


def _postgres(folder: Path) -> Figure:
    from tests.postgres import server  # noqa: PLC0415 - psycopg's weight is no part of an import's peak

    with server(carefree=False) as postgres:
        turns = [
            (
                child("ours", folder, postgres.database(), CODE)["wall_s"],
                child("ours", folder, folder / f"turn{turn}.sqlite3", CODE)["wall_s"],
            )
            for turn in range(ROUNDS)
        ]
    there, here = (statistics.median(one) for one in zip(*turns, strict=True))
    said = f"{there:.2f} ÷ {here:.2f} s"
    return Figure("import into PostgreSQL ÷ into SQLite, wall", there / here, MOST_POSTGRES, said=said)


def _side(what: str, *args: str) -> None:
    if what == "feed":
        feed(Path(args[0]), args[1], int(args[2]))
        print("{}")
    else:
        side = {"ours": ours, "raw": raw}[what]
        database = args[1] if args[1].startswith("postgresql:") else Path(args[1])
        print(json.dumps(side(Path(args[0]), database, args[2])))


if __name__ == "__main__":
    _side(*sys.argv[1:])
