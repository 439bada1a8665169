"""The client protocol of tuf-conformance, over our durable wrapper with its store in an SQLite file.

CLIENT --metadata-dir D init ROOT
CLIENT --metadata-dir D --metadata-url U refresh
CLIENT --metadata-dir D --metadata-url U --target-name T --target-dir TD --target-base-url B download

Exit code 0 or 1. What is trusted lies in D/trust.sqlite3; D/<role>.json mirrors it for the suite to look at.
"""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import urllib3

from boards.model.errors import Refusal
from sync.carriers.road import NotOnTheRoad, SourceUnreachable
from sync.trust.client import Refresh
from sync.trust_layout import metadata_at


class SqliteStore:
    """A TrustStore in one table: each change one transaction, on disk when it returns."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = sqlite3.connect(folder / "trust.sqlite3")
        self.database.execute("PRAGMA synchronous = FULL")
        self.database.execute(
            "CREATE TABLE IF NOT EXISTS trusted (name TEXT PRIMARY KEY, data BLOB NOT NULL)"
        )

    async def trusted(self) -> dict[str, bytes]:
        return dict(self.database.execute("SELECT name, data FROM trusted"))

    async def trust(self, files: dict[str, bytes], now: datetime) -> None:
        with self.database:
            self.database.execute("DELETE FROM trusted")
            self.database.executemany("INSERT INTO trusted VALUES (?, ?)", files.items())
        for name, data in files.items():
            (self.folder / name.removeprefix("metadata/")).write_bytes(data)


class Road:
    """A TrustFiles over plain HTTP, with the addresses the suite gives."""

    def __init__(self, metadata: str, targets: str) -> None:
        self.metadata, self.targets = metadata, targets
        self.pool = urllib3.PoolManager(retries=False, timeout=10)

    def trust(self, name: str, limit: int) -> bytes:
        kind, _, rest = name.partition("/")
        base = self.metadata if kind == "metadata" else self.targets
        answer = self.pool.request("GET", f"{base.rstrip('/')}/{rest}", preload_content=False)
        data = answer.read(limit + 1)
        answer.release_conn()
        if answer.status in {403, 404}:
            raise NotOnTheRoad(village="", name=name)
        if answer.status != 200:
            raise SourceUnreachable(why=f"HTTP {answer.status}")
        return data


async def refreshed(said: argparse.Namespace, store: SqliteStore, now: datetime, scratch: Path) -> None:
    """One run; whatever was verified is kept, also of a run that is refused in the end."""
    before = await store.trusted()
    with Refresh(before, Road(said.metadata_url, said.target_base_url), now, scratch) as refresh:
        try:
            refresh.metadata()
            for name in said.target_name:
                fetched(refresh, name, said.target_dir)
        finally:
            await store.trust({**before, **refresh.verified()}, now)


def fetched(refresh: Refresh, name: str, folder: Path) -> None:
    """One target, unless the same bytes lie there already."""
    path = folder / quote(name, "")
    known = path.read_bytes() if path.exists() else None
    data = refresh.target(name, known)
    if data is None:
        raise NotOnTheRoad(village="", name=name)
    if data != known:
        path.write_bytes(data)


def words() -> argparse.Namespace:
    """What the suite says."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--metadata-dir", type=Path, required=True)
    parser.add_argument("--metadata-url", default="")
    parser.add_argument("--target-name", action="append", default=[])
    parser.add_argument("--target-dir", type=Path)
    parser.add_argument("--target-base-url", default="")
    parser.add_argument("act", choices=["init", "refresh", "download"])
    parser.add_argument("root", type=Path, nargs="?")
    return parser.parse_args()


def main() -> int:
    said, now = words(), datetime.now(UTC)
    store = SqliteStore(said.metadata_dir)
    if said.act == "init":
        asyncio.run(store.trust({metadata_at("root"): said.root.read_bytes()}, now))
        return 0
    try:
        with tempfile.TemporaryDirectory() as scratch:
            asyncio.run(refreshed(said, store, now, Path(scratch)))
    except Refusal as refusal:
        print(f"{refusal!r} {refusal.__cause__!r}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
