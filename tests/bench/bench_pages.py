"""CPU time of a page against a bare ASGI application under the same uvicorn that sends the same bytes.

Run: make bench ARGS=bench_pages. Server and client are processes of their own; CPU is
user and system time of the server. `--full` (make bench ARGS="bench_pages --full") compares latency at 1,000,000 rows instead of 100,000.
"""

from __future__ import annotations

import asyncio
import random
import re
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

import msgspec
import psutil

from boards.model.place import Village
from kiosk_server.archive.archive import Archive
from tests.bench.figures import Figure
from tests.bench.load import Measured, body_of, measured, request
from tests.bench.pages_server import ANSWER_FILE, DATABASE, PACK_FILE, Answer
from tests.village import PACK, County, mark, payout, terms

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BATCH_ROWS, BATCHES, GROUPS = 1_000, 10, 20
VILLAGE_ROWS = BATCH_ROWS * BATCHES
IMPORTED = datetime(2026, 11, 1, 4, tzinfo=UTC)
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
GIVEN = "秋建国小文实华明英伟芳"
NO_CACHE = 0
A_CONNECTION_S = 0.006  # a door takes two hundred new ones a second (screens §8)
HOUSEHOLD = f"household on {BATCHES} lists"  # each stands on every list of its village
LIMITS = {HOUSEHOLD: 16}
ROUNDS, CLIENTS = 2_500, 8  # CPU time is counted in hundredths of a second: a run must last a while
SHORT = {"rounds": 40, "times": 20}  # where the kernel counts nanoseconds; more turns find calmer ones
BROWSER = {
    "User_Agent": "Mozilla/5.0 (X11; Linux x86_64)",
    "Accept": "text/html,*/*;q=0.8",
    "Cookie": "size=l",
}


class Server(NamedTuple):
    """One running server process."""

    port: int
    pid: int
    lan: int


@contextmanager
def running(kind: str, folder: Path, *more: int) -> Iterator[Server]:
    """Start a server process and end it."""
    command = [sys.executable, "-m", "tests.bench.pages_server", kind, str(folder), *map(str, more)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        port, lan = map(int, child.stdout.readline().split())
        try:
            yield Server(port, child.pid, lan)
        finally:
            child.terminate()


def codes(rows: int) -> list[str]:
    """Villages of 10,000 rows each."""
    return [f"3305901{number:05d}" for number in range(201, 201 + max(1, rows // VILLAGE_ROWS))]


def filled(folder: Path, rows: int) -> Path:
    """An archive of this many rows, made through the archive's own door."""
    folder.mkdir()
    villages = tuple(
        Village(code=code, name=f"村{code[-3:]}", town="梅坞镇", county="苕安县") for code in codes(rows)
    )
    pack = msgspec.structs.replace(PACK, villages=villages)
    (folder / PACK_FILE).write_bytes(msgspec.json.encode(pack))
    asyncio.run(_admitted(folder, pack))
    return folder


async def _admitted(folder: Path, pack) -> None:
    async with Archive(folder / DATABASE, pack, minimum_free_mb=0) as archive:
        for village in pack.villages:
            county = County(village.code, f"bench.example/v/{village.code}")
            for number in range(BATCHES):
                about = terms(
                    village.code, fiscal_year=2026, paid_on=date(2026, 10, 20), period_no=f"2026-{number:02d}"
                )
                county.batch(f"b{number}", *_payouts(number), terms=about)
                await archive.admit(village.code, county.stretch(), IMPORTED)
        await archive.write_readings()


def _payouts(batch: int) -> Iterator:
    chance = random.Random(batch)
    for seq in range(1, BATCH_ROWS + 1):
        name = chance.choice(SURNAMES) + chance.choice(GIVEN) + chance.choice(GIVEN)
        yield payout(seq, name, household=mark(seq), group=f"{seq % GROUPS + 1}组")


def lists(rows: int, a_page: int, count: int = 2_000) -> list[bytes]:
    """Requests for random pages of random lists of random villages."""
    chance = random.Random(11)
    known, pages = codes(rows), BATCH_ROWS // a_page
    return [
        request(
            f"/v/{chance.choice(known)}/payouts/b{chance.randrange(BATCHES)}?page={chance.randint(1, pages)}",
            **BROWSER,
        )
        for _ in range(count)
    ]


def same_bytes(folder: Path, server: Server, asked: bytes) -> None:
    """Record what `asked` brings, for a bare application to send."""
    head, body = body_of(server.port, asked)
    status, *lines = head.decode("latin-1").split("\r\n")
    headers = [
        tuple(part.encode() for part in line.split(": ", 1)) for line in lines if not line.startswith("date:")
    ]
    (folder / ANSWER_FILE).write_bytes(msgspec.msgpack.encode(Answer(int(status.split()[1]), headers, body)))


def against_bare(
    folder: Path, asked: list[bytes], *more: int, rounds: int = ROUNDS, times: int = 5
) -> tuple[float, float]:
    """CPU µs per request of ours and of bare, taken in turns, the least of several runs each."""
    with running("ours", folder, *more) as mine:
        same_bytes(folder, mine, asked[0])
        with running("bare", folder) as bare:
            expect = body_of(bare.port, asked[0])[0][9:12]

            def cpu(server: Server) -> float:
                spent: Measured = measured(
                    server.port, server.pid, asked, rounds=rounds, clients=CLIENTS, expect=expect
                )
                return spent.cpu_us

            turns = [(cpu(mine), cpu(bare)) for _ in range(times)]
    return min(one for one, _ in turns), min(other for _, other in turns)


def of_kind(rows: int) -> dict[str, list[bytes]]:
    """Requests for random pages of each kind, the address's last part by kind."""
    chance = random.Random(13)
    letters = ["".join(chance.choices("LWZCXHSJ", k=chance.randint(1, 3))) for _ in range(50)]
    kinds = {
        "home": lambda: "",
        "programmes": lambda: "programmes",
        "one programme": lambda: "programmes/farmland_fertility",
        "list, 10 rows": lambda: f"payouts/b{chance.randrange(BATCHES)}?page={chance.randint(1, 50)}",
        "year": lambda: "year/2026",
        "find": lambda: "find",
        "one surname": lambda: f"find/{quote(chance.choice(SURNAMES))}",
        "letters": lambda: f"initials?q={chance.choice(letters)}",
        "groups": lambda: "groups",
        "one group": lambda: f"groups/{chance.randint(1, GROUPS)}{quote('组')}",
        HOUSEHOLD: lambda: f"households/{chance.randint(1, BATCH_ROWS)}",
        "words in titles": lambda: f"search?q={quote(chance.choice(('耕地', '补贴', '保护 2026')))}",
        "short code": lambda: "code?code=70312",
        "people to turn to": lambda: "people",
        "help": lambda: "help",
    }
    known = codes(rows)
    return {
        kind: [request(f"/v/{chance.choice(known)}/{address()}", **BROWSER) for _ in range(400)]
        for kind, address in kinds.items()
    }


def each_against_bare(folder: Path, asked: dict[str, list[bytes]]) -> Iterator[tuple[str, float, float]]:
    """CPU µs per request of ours and of bare for each kind of page, nothing kept."""
    with running("ours", folder, NO_CACHE) as mine:
        for kind, some in asked.items():
            same_bytes(folder, mine, some[0])
            with running("bare", folder) as bare:
                turns = [
                    tuple(
                        measured(server.port, server.pid, some, rounds=60, clients=CLIENTS).cpu_us
                        for server in (mine, bare)
                    )
                    for _ in range(4)
                ]
            yield kind, min(one for one, _ in turns), min(other for _, other in turns)


def slowest(folder: Path, rows: int) -> float:
    """p95 in ms of uncached lists at 20 clients: the best of several runs, since the machine is shared."""
    asked = lists(rows, 20)
    with running("ours", folder, NO_CACHE) as server:
        return min(measured(server.port, server.pid, asked, rounds=60, clients=20).p95_ms for _ in range(5))


def weight_after_all(folder: Path, rows: int) -> tuple[float, int]:
    """MiB of the serving process after all kinds of pages in both languages, and bytes of the first page."""
    known = codes(rows)
    with running("ours", folder) as server:
        for cookie in ("language=zh_CN", "language=en; size=xl"):
            asked = {
                f"/v/{code}/{rest}"
                for code in known
                for rest in ("", "programmes", "find", "year/2026", "help")
            }
            asked |= {
                f"/v/{known[0]}/payouts/b{n}?page={page}" for n in range(BATCHES) for page in range(1, 101)
            }
            asked |= {f"/v/{known[0]}/households/{n}" for n in range(1, 300)} | {
                f"/v/{known[0]}/find/%E7%8E%8B",
                "/healthz",
            }
            for path in sorted(asked):
                body_of(server.port, request(path, Cookie=cookie, Accept_Encoding="gzip"))
                time.sleep(A_CONNECTION_S)
        first = _first_page(server, f"/v/{known[0]}/")
        return psutil.Process(server.pid).memory_info().rss / 2**20, first


def _first_page(server: Server, path: str) -> int:
    """Bytes of the first page with everything it loads, as a browser asks."""
    page = body_of(server.port, request(path))[1].decode().replace("&#x2f;", "/")
    wanted = {path, *re.findall(r'(?:href|src)="(/static/[^"]+)"', page)}
    return sum(len(body_of(server.port, request(one, Accept_Encoding="gzip"))[1]) for one in wanted)


def figures(full: bool = False) -> Iterator[Figure]:
    """Pages from memory and composed, their slowest under load, and the weight of the server."""
    many = 1_000_000 if full else 100_000
    with tempfile.TemporaryDirectory() as scratch:
        small, large = (
            filled(Path(scratch) / name, rows) for name, rows in (("small", 10_000), ("large", many))
        )
        yield from _ratios(small, large, many)
        few_ms, many_ms = slowest(small, 10_000), slowest(large, many)
        said = f"{few_ms:.1f} → {many_ms:.1f} ms"
        yield Figure(f"p95 at 20 clients, 10,000 → {many:,} rows", many_ms / few_ms, 1.3, said=said)
        mib, first = weight_after_all(large, many)
        yield Figure("serving process after all pages, MiB", mib, 64, said=f"{many:,} rows in the archive")
        yield Figure("first page with its assets, kB", first / 1000, 60, said="gzip")


def _ratios(small: Path, large: Path, many: int) -> Iterator[Figure]:
    home = f"/v/{codes(10_000)[0]}/payouts/b0"
    cached = request(home, Accept_Encoding="gzip, br", **BROWSER)
    with running("ours", small) as server:
        etag = re.search(rb"etag: (\S+)", body_of(server.port, cached)[0])[1].decode()
    again = request(home, Accept_Encoding="gzip, br", If_None_Match=etag, **BROWSER)
    yield _figure("cached page ÷ bare, CPU", against_bare(small, [cached]), 1.3)
    yield _figure("304 ÷ bare, CPU", against_bare(small, [again]), 1.25)
    for rows, said, limit in (
        (
            10,
            "a page of the board: 10 rows",
            9,
        ),  # up to now called 20 rows, which the board's door never shows
        (20, "the longest real page, a phone's: 20 rows", 15),
        (50, f"50 of {many:,} rows", 15),
    ):
        yield _figure(
            f"uncached, {said}", against_bare(large, lists(many, rows), NO_CACHE, rows, **SHORT), limit
        )
    for kind, *both in each_against_bare(large, of_kind(many)):
        yield _figure(f"uncached, {kind}", both, LIMITS.get(kind, 25))


def _figure(what: str, both: Sequence[float], limit: float) -> Figure:
    mine, bare = both
    return Figure(what, mine / bare, limit, said=f"{mine:.1f} ÷ {bare:.1f} µs")
