"""What all tests share."""

import asyncio
import gc
import os
import re
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import urllib3  # noqa: F401 - once, when it is imported, it binds a socket to see whether there is IPv6
from hypothesis import HealthCheck, settings

from sync.county.intake.check import read_roster
from tests.postgres import Server, binaries, instead_of_files, server

# a busy two-core machine must not turn a slow example into a failure
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("alike", settings.get_profile("house"), derandomize=True)  # `make test`
settings.load_profile("house")

# a shell ignores Ctrl+C for what it starts in the background, and so would all our commands: tests press it
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


LONGEST = ("cli", "stories", "desk", "paper", "line", "archive", "web")
"""Folders whose files take long: they begin first, so that no core waits for the last of them at the end."""


NOT_QUICK = {"thorough", "browser", "faults", "alone"}
"""Marks of what `make test-quick` leaves out."""

BEGINS = {"subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "socket.bind"}
"""What Python tells when a process or a server begins."""

WHOLLY_THOROUGH = re.compile(r"^pytestmark = .*\bmark\.thorough\b", re.MULTILINE)
"""A file with that mark has no quick test."""

RUNNING: list[str] = []
"""The quick test that runs now."""


def _starts_no_process(event: str, about: tuple[object, ...]) -> None:
    """A quick test that starts a process or a server fails where it does; one of the press's has an address in a file.

    A rule and no measure: seconds differ from machine to machine.
    """
    asks_the_press = event == "socket.connect" and isinstance(about[1], str)
    if RUNNING and (event in BEGINS or asks_the_press):
        pytest.fail(f"{RUNNING[0]} starts a process or a server: @pytest.mark.thorough (see CONTRIBUTING)")


sys.addaudithook(_starts_no_process)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Tell which quick test runs; PostgreSQL is a process itself."""
    quick = NOT_QUICK.isdisjoint(mark.name for mark in item.iter_markers())
    if quick and item.config.getoption("--database") == "sqlite":
        RUNNING.append(item.nodeid)
    try:
        return (yield)
    finally:
        RUNNING.clear()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """`make test-quick` does not import a file that is thorough as a whole: every core would, for two seconds."""
    quick = str(config.option.markexpr).startswith("not thorough")
    if (
        quick
        and collection_path.suffix == ".py"
        and WHOLLY_THOROUGH.search(collection_path.read_text("utf-8"))
    ):
        return True
    return None


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--database=postgres` runs the same tests with every archive in a PostgreSQL database."""
    parser.addoption("--database", choices=("sqlite", "postgres"), default="sqlite")


@pytest.fixture(scope="session", autouse=True)
def _keys_opened_at_once() -> Iterator[None]:
    """Passphrases cost a tenth of a second here, not a second: how long a thief waits has a test of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sync.log.keys.ROUNDS", 1)
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server of this run's own; in CI it must be there."""
    if binaries() is None and "CI" not in os.environ:
        pytest.skip("needs the programs of Debian's package postgresql")
    with server() as running:
        yield running


@pytest.fixture(scope="session")
def new_database(request: pytest.FixtureRequest) -> Callable[[], str]:
    """What a kiosk.toml says of its database: "" for a file, else a new one of PostgreSQL's."""
    if request.config.getoption("--database") != "postgres":
        return str
    make: Callable[[], str] = request.getfixturevalue("postgres").database
    return make


@pytest.fixture(scope="session", autouse=True)
def _every_archive_in_postgres(request: pytest.FixtureRequest) -> Iterator[None]:
    """With `--database=postgres` a file's name stands for a database, made when it is first written to."""
    if request.config.getoption("--database") != "postgres":
        yield
        return
    with instead_of_files(request.getfixturevalue("postgres")):
        yield


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Order by folder; within a file nothing moves. What is about SQLite itself is not run on PostgreSQL."""
    if config.getoption("--database") == "postgres":
        about_files = [item for item in items if item.get_closest_marker("sqlite")]
        config.hook.pytest_deselected(items=about_files)
        items[:] = [item for item in items if item not in about_files]
    here = Path(__file__).parent
    rank = {folder: at for at, folder in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.path.relative_to(here).parts[0], len(LONGEST)))


def pytest_collection_finish() -> None:
    """What is imported and collected stays to the end: the collector need not look at it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(scope="session", autouse=True)
def _servers_stop_soon() -> Iterator[None]:
    """A server pauses for tenths of a second while it stops, and dozens of servers are stopped in one run."""

    async def pause(_delay: float) -> None:
        await asyncio.sleep(0.01)

    with pytest.MonkeyPatch.context() as world:
        world.setattr("uvicorn.server.asyncio", SimpleNamespace(**{**vars(asyncio), "sleep": pause}))
        yield


@pytest.fixture
def anyio_backend() -> str:
    """Async tests run on asyncio, as the server does."""
    return "asyncio"


@pytest.fixture(scope="session")
def kept_fonts(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], None]:
    """`kept_fonts(press)` gives a new kiosk's press the cuts that others of this run have made already.

    A cut costs a second of CPU and depends on the font and the characters only.
    """
    own = tmp_path_factory.getbasetemp()
    shared = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "fonts"
    shared.mkdir(exist_ok=True)

    def give(press: Path) -> None:
        press.mkdir(parents=True)
        (press / "fonts").symlink_to(shared)

    return give


@pytest.fixture
def reads_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands and desk read rosters in this process, without a child's start of a third of a second.

    That the child reads the same, within its limits, is what `test_roster_apart` promises.
    """
    monkeypatch.setattr("sync.county.intake.process.read_roster", read_roster)
    monkeypatch.setattr("kiosk_server.county_office.seat.read_roster", read_roster)
