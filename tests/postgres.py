"""A PostgreSQL server of the tests' own: an ordinary user's, on a private socket, in a temporary folder."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import psycopg
import pytest

from kiosk_server.archive.engines import postgres, sqlite
from kiosk_server.archive.engines.troubles import ArchiveMissing

if TYPE_CHECKING:
    from collections.abc import Iterator

START_S = 30.0
_CAREFREE = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "autovacuum": "off"}
_SMALL = {"listen_addresses": "", "shared_buffers": "32MB", "max_connections": "40", "timezone": "UTC"}


def binaries() -> Path | None:
    """Where Debian's package, or another's, keeps the server's programs; None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda one: int(one.parts[-3]))
    program = str(found[-1]) if found else shutil.which("initdb")
    return Path(program).resolve().parent if program else None


class Server:
    """A running server, and what was made on it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._numbers = folder, count(1)
        self._admin = psycopg.connect(self.url("postgres"), autocommit=True)

    def url(self, name: str, **more: str) -> str:
        return f"postgresql://kiosk@/{name}?{urlencode({'host': str(self.folder), **more}, quote_via=quote)}"

    def database(self, *, encoding: str = "UTF8", locale: str = "C") -> str:
        """The address of a new, empty database."""
        name = f"kiosk_{next(self._numbers)}"
        how = f"ENCODING '{encoding}' LC_COLLATE '{locale}' LC_CTYPE '{locale}'"
        self.run(f"CREATE DATABASE {name} TEMPLATE template0 {how}")
        return self.url(name)

    def schema(self) -> str:
        """The address of a new, empty schema: as good as a database for one archive, and far cheaper."""
        name = f"kiosk_{next(self._numbers)}"
        self.run(f"CREATE SCHEMA {name}")
        return self.url("postgres", options=f"-csearch_path={name}")

    def close(self) -> None:
        """Let go of the server, which stops."""
        self._admin.close()

    def run(self, sql: str) -> None:
        self._admin.execute(sql)


@contextmanager
def server(*, carefree: bool = True) -> Iterator[Server]:
    """Start a server and stop it; `carefree` does not wait for the disk, which a bench must."""
    programs = binaries()
    if programs is None:
        raise FileNotFoundError("initdb")
    who = _ordinary_user()
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    if who:
        os.chown(folder, pwd.getpwnam(who).pw_uid, -1)
    as_them = {"user": who, "group": pwd.getpwnam(who).pw_gid, "extra_groups": []} if who else {}
    settings = {**_SMALL, "unix_socket_directories": str(folder), **(_CAREFREE if carefree else {})}
    options = [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
    try:
        made = [programs / "initdb", "-D", folder / "data", "-U", "kiosk", "-A", "trust", "-E", "UTF8"]
        subprocess.run(
            [*made, "--locale=C", "--no-sync"], check=True, capture_output=True, cwd=folder, **as_them
        )
        with (folder / "log").open("wb") as log:
            running = subprocess.Popen(
                [programs / "postgres", "-D", folder / "data", *options],
                stdout=log,
                stderr=log,
                cwd=folder,
                **as_them,
            )
        try:
            found = _answering(folder, running)
            yield found
            found.close()
        finally:
            running.send_signal(signal.SIGINT)  # at once, whoever is connected
            running.wait(START_S)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _answering(folder: Path, running: subprocess.Popen) -> Server:
    deadline = time.monotonic() + START_S
    while True:
        try:
            return Server(folder)
        except psycopg.OperationalError:
            if running.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((folder / "log").read_text()) from None
            time.sleep(0.05)


@contextmanager
def instead_of_files(running: Server) -> Iterator[None]:
    """Let the name of every SQLite file stand for a database of this server."""
    known: dict[Path, str] = {}
    opened: list[postgres.Postgres] = []

    def kept(connection: postgres.Postgres) -> postgres.Postgres:
        opened.append(connection)
        return connection

    def writer(path: Path, _minimum_free_mb: int = 0) -> postgres.Postgres:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path not in known:
            known[path] = running.schema()
        return kept(postgres.Postgres(known[path]))

    def reader(path: Path) -> postgres.Postgres:
        if path not in known:
            raise ArchiveMissing(name=path.name)
        return kept(postgres.reader(known[path]))

    with pytest.MonkeyPatch.context() as world:
        world.setattr(sqlite, "writer", writer)
        world.setattr(sqlite, "reader", reader)
        world.setattr(postgres, "LOOKED_EVERY_S", 0.0)  # a test does not wait to see what it wrote
        yield
    for one in opened:
        one.close()


def _ordinary_user() -> str:
    """PostgreSQL refuses to run as root; "" for who is not."""
    if os.getuid():
        return ""
    known = {one.pw_name for one in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"
