"""A kiosk with two villages, and everything that can happen to the file of its archive."""

from __future__ import annotations

import random
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from click.testing import CliRunner

from kiosk_server.archive.arrival_book import book_of
from kiosk_server.cli import kiosk_command
from kiosk_server.demo.county import home_village, kiosk_toml
from kiosk_server.settings import read_settings
from sync.county.county import County  # noqa: TC001
from tests.line.county_sim import OTHER, VILLAGE, county, published, row
from tests.trust.trust_house import paired

PAGE = 4096


class Told(NamedTuple):
    """How a command ended."""

    code: int
    said: str


class Place:
    """A folder with a county, and a kiosk that reads its feed."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.settings = folder, folder / "kiosk" / "kiosk.toml"
        self.database = folder / "kiosk" / "data" / "archive.sqlite3"
        self.book = book_of(self.database)
        self.kept = self.database.parent / "vault" / "events"

    def run(self, command: str, *more: str) -> Told:
        """One command, as a person would type it."""
        done = CliRunner().invoke(kiosk_command, [command, "--settings", str(self.settings), *more])
        return Told(done.exit_code, done.output)

    def copied(self, folder: Path) -> Place:
        """Another kiosk in the same state, on the same county."""
        shutil.copytree(self.folder / "kiosk", folder / "kiosk", symlinks=True)
        return Place(folder)

    def pulled_before_a_power_cut(self) -> None:
        """Pull; what came stays in the log (WAL)."""
        with closing(sqlite3.connect(self.database, isolation_level=None)) as other:
            other.execute("SELECT 1 FROM state").fetchone()
            assert self.run("sync").code == 0
            kept = {path: path.read_bytes() for path in self.database.parent.glob("archive.sqlite3*")}
        for path, data in kept.items():
            path.write_bytes(data)


def grown(folder: Path, database: str = "") -> tuple[County, Place]:
    """Two villages with lists, pulled and printed."""
    where, place = county(folder / "county"), Place(folder)
    published(where, [row(n) for n in range(60)])
    published(where, [row(n) for n in range(3)], "2025-02")
    published(where, [row(n, village=OTHER) for n in range(4)], "2025-03")
    toml = kiosk_toml(where, home_village(where, "岭东村"), "", 0, database)
    toml = re.sub(
        r"^villages = .*$",
        f'villages = ["{VILLAGE}", "{OTHER}"]\nminimum_free_mb = 0',
        toml,
        flags=re.MULTILINE,
    )
    toml = toml.replace('url = ""', f'folder = "{where.feed}"')
    place.settings.parent.mkdir(parents=True, exist_ok=True)
    paired(place.settings, toml, where)
    assert read_settings(place.settings).villages == (VILLAGE, OTHER)
    return where, place


def overwritten(path: Path, first: int, last: int, noise: random.Random) -> None:
    """These pages hold anything now."""
    with path.open("r+b") as file:
        for page in range(first, last):
            file.seek(page * PAGE)
            file.write(noise.randbytes(PAGE))


def zeroed(path: Path, first: int, last: int) -> None:
    with path.open("r+b") as file:
        file.seek(first * PAGE)
        file.write(bytes(PAGE * (last - first)))


def pages(path: Path) -> int:
    return path.stat().st_size // PAGE


def gone(path: Path) -> None:
    for end in ("", "-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)


def by_hand(*statements: str):
    """Somebody at the database."""

    def done(path: Path) -> None:
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            for statement in statements:
                db.execute(statement)

    return done


def cut(path: Path, of: int) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size * of // 100)


def log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def log_overwritten(path: Path) -> None:
    log = log_of(path)
    log.write_bytes(log.read_bytes()[:32] + random.Random(4).randbytes(log.stat().st_size - 32))


def index_overwritten(path: Path) -> None:
    path.with_name(f"{path.name}-shm").write_bytes(random.Random(5).randbytes(32768))


def in_its_place(path: Path) -> None:
    gone(path)
    path.write_text("不是数据库" * 2000)


DAMAGE = {
    "header zeroed": lambda path: zeroed(path, 0, 1),
    "header lost": lambda path: path.write_bytes(path.read_bytes()[PAGE:]),
    "first page overwritten": lambda path: overwritten(path, 0, 1, random.Random(1)),
    "every page but the first overwritten": lambda path: overwritten(path, 1, pages(path), random.Random(2)),
    "a quarter overwritten": lambda path: overwritten(
        path, pages(path) // 2, pages(path) * 3 // 4, random.Random(3)
    ),
    "a third zeroed": lambda path: zeroed(path, pages(path) // 3, pages(path) * 2 // 3),
    "last pages zeroed": lambda path: zeroed(path, pages(path) - 5, pages(path)),
    "cut in half": lambda path: cut(path, 50),
    "cut within a page": lambda path: cut(path, 77),
    "cut to nothing": lambda path: cut(path, 0),
    "deleted": gone,
    "another file in its place": in_its_place,
    "migrations forgotten": by_hand("DELETE FROM migration"),
    "last change of a table forgotten": by_hand("DELETE FROM migration WHERE name >= '2026-11-29T21'"),
    "a table dropped": by_hand("DROP TABLE payout"),
    "state dropped": by_hand("DROP TABLE state"),
    "all tables dropped": by_hand(
        "DROP TABLE leaf", "DROP TABLE log", "DROP TABLE state", "DROP TABLE migration"
    ),
}
BOOK = {
    "book deleted": lambda book: book.unlink(),
    "book cut": lambda book: cut(book, 50),
    "book overwritten": lambda book: book.write_bytes(random.Random(6).randbytes(4000)),
}
LOG = {  # of an archive whose last pull lies in its log (WAL), as after a power cut
    "log cut": lambda path: cut(log_of(path), 50),
    "log cut to nothing": lambda path: cut(log_of(path), 0),
    "log deleted": lambda path: log_of(path).unlink(),
    "log overwritten": log_overwritten,
    "shared index overwritten": index_overwritten,
    "file deleted, its log left": lambda path: path.unlink(),
}
