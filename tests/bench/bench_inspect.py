"""`kiosk inspect` against sha256sum over the same files plus the bare check of the events (keeping §6).

Run: make bench ARGS=bench_inspect; `--full` for 1,000,000 events and 1 GB of files. CPU seconds of one core,
in turns, so that a machine that slows down slows all; the ratio is that of the medians. The bare check is
what `kiosk verify` asks of log and tables; for information, the leaves alone held against the tree.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import resource
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path
from statistics import median
from time import process_time
from typing import TYPE_CHECKING

from boards.model.kept.register import Act, Entry
from kiosk_server.archive.archive import Archive
from kiosk_server.archive.board import Board
from kiosk_server.archive.engines.connection import reader
from kiosk_server.archive.kept.events import KeptEvents
from kiosk_server.archive.kept.register import Register
from kiosk_server.archive.kept.vault import EVENTS, Vault
from kiosk_server.archive.nightly import verified
from kiosk_server.archive.verify import whole_log
from kiosk_server.desk.catch_up import Road, catch_up
from kiosk_server.desk.inspecting import Inspector
from kiosk_server.desk.keeping import Keeping, keep_source
from sync.carriers.folder import FolderSource
from sync.carriers.spool import Spool
from tests.bench.bench_import import PREFIX, child
from tests.bench.figures import Figure
from tests.trust.trust_house import seats_of
from tests.village import CODE, MASK, NOW, PACK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EVENTS_FULL, FILES_FULL, SCALE, ROUNDS, TARGET = 1_000_000, 1_000, 10, 3, 1.3
FILE_BYTES = 1 << 20


def figures(*, full: bool = False) -> Iterator[Figure]:
    """The ratio, with both sides; what packing the bundles adds to a pull."""
    scale = 1 if full else SCALE
    with tempfile.TemporaryDirectory() as scratch:
        yield from asyncio.run(_measured(Path(scratch), EVENTS_FULL // scale, FILES_FULL // scale))


async def _measured(folder: Path, events: int, files: int) -> list[Figure]:
    child("feed", folder, CODE, events)
    database = folder / "archive.sqlite3"
    async with Archive(database, PACK, minimum_free_mb=0) as archive:
        road = _road(folder, archive)
        pulled, _ = await _timed_async(lambda: catch_up(road, NOW))
        await archive.write_readings()
        kept = KeptEvents(folder / "vault" / EVENTS)
        packed, _ = await _timed_async(lambda: keep_source(kept, archive))
        keeping = Keeping(Vault(folder / "vault"), Register(folder, database))
        _filled(keeping, files)
        look = Inspector(road=road, archive=archive, keeping=keeping, events=kept, printed=())
        sides: list[tuple[float, float, float, float]] = []
        with closing(Board(database, MASK)) as board:
            for _ in range(ROUNDS):
                inspected, done = await _timed_async(lambda: look.inspected(board, NOW))
                assert done.outcome() == "well", done.found
                with closing(reader(database)) as db:
                    checked, _ = _timed(lambda: verified(db, archive.book, archive.place))
                    hashed, _ = _timed(lambda: whole_log(db, 1))
                sides.append((inspected, checked, hashed, _sha256sum(folder / "vault")))
    inspected, checked, hashed, summed = (median(side) for side in zip(*sides, strict=True))
    what = f"inspecting {events:,} events, {files:,} MB ÷ sha256sum + check"
    load = f"load {os.getloadavg()[0]:.1f}"
    said = f"{inspected:.2f} ÷ ({summed:.2f} + {checked:.2f}) s CPU, {load}"
    bare = inspected / (summed + hashed)
    return [
        Figure(what, inspected / (summed + checked), TARGET, said=said),
        Figure(
            "… ÷ sha256sum + leaves against the tree alone", bare, said=f"÷ ({summed:.2f} + {hashed:.2f}) s"
        ),
        Figure("packing the bundles ÷ the pull", packed / pulled, said=f"{packed:.2f} ÷ {pulled:.2f} s CPU"),
    ]


def _road(folder: Path, archive: Archive) -> Road:
    keys = json.loads((folder / f"{CODE}.keys").read_text())
    trust = seats_of(keys[0], keys[1], PREFIX)
    source, spool = FolderSource(folder), Spool(folder / "spool")
    return Road(villages=(CODE,), source=source, shelf=archive, trust=trust, spool=spool)


def _filled(keeping: Keeping, files: int) -> None:
    """Files of a megabyte, each written down; the lines at once."""
    chance, lines = random.Random(5), list[Entry]()
    for number in range(files):
        with keeping.vault.laying(chance.randbytes(FILE_BYTES)) as digest:
            lines.append(
                Entry(at=NOW.isoformat(), act=Act.PRINT, village=CODE, title=f"{number}", sha256=digest)
            )
    keeping.register.write(*lines)


def _sha256sum(folder: Path) -> float:
    """CPU seconds of the tool itself."""
    names = "\0".join(str(path) for path in folder.rglob("*") if path.is_file())
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = ["xargs", "-0", "sha256sum"]
    subprocess.run(command, input=names.encode(), stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _timed(act: Callable[[], object]) -> tuple[float, object]:
    begun = process_time()
    answer = act()
    return process_time() - begun, answer


async def _timed_async(act):
    begun = process_time()
    answer = await act()
    return process_time() - begun, answer
