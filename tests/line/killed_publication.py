"""Run by test_line_killed: `python -m tests.line.killed_publication FOLDER TIMES`.

A list and an erasure are published by a child that is killed, or whose disk is full from then on, at
every instant in turn: before each file it opens, names, moves or removes and before each fsync. What it
left is read by a fresh kiosk; then the same command comes again, or another publication first.
Prints one JSON object for the test.
"""

from __future__ import annotations

import asyncio
import errno
import json
import os
import shutil
import signal
import sys
import tempfile
import traceback
from contextlib import closing
from pathlib import Path

import msgspec

from boards.model.errors import Refusal
from kiosk_server.archive.archive import Archive
from kiosk_server.archive.engines.connection import reader
from kiosk_server.archive.nightly import verified
from sync import wire
from sync.county import county as opening
from sync.county import erasures
from sync.county.publish import changes, proposals, publisher
from sync.county.publish.publisher import FeedMoved
from sync.log.bundle import unpacked
from tests.founding import opened
from tests.line.county_sim import NOW, VILLAGE, MemoryShelf, batch, caught_up, county, published, reading, row
from tests.village import REASON

BATCH = "330590-farmland_fertility-2025-01"
ERASED = f"{BATCH}-0003"
NAMES = ("闻人无痕", "闻人有痕")
ROWS = 300
TOUCHES = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir"}
TOLD, BROKE = 0, 3


def founded(folder: Path):
    """A county with a list over two bundles; an erasure and two more lists wait, signed."""
    where = county(folder)
    rows = [row(n, holder=NAMES[0] if n == 2 else f"户{n:03d}") for n in range(ROWS)]
    published(where, rows)
    renamed = msgspec.structs.replace(rows[2].payout, holder=NAMES[1])
    _carried(where, changes.correct(where, VILLAGE, ERASED, renamed, _reason("更名为闻人有痕"), NOW).id)
    _carried(where, changes.withdraw(where, VILLAGE, ERASED, _reason("闻人有痕本人申请"), NOW).id)
    waiting = {
        "erase": changes.erase(where, VILLAGE, ERASED, REASON, NOW),
        "list": publisher.propose(where, reading([row(n) for n in range(260)]), batch("2025-02"), NOW),
        "other": publisher.propose(where, reading([row(1), row(5)]), batch("2025-03"), NOW),
    }
    for made in waiting.values():
        publisher.review(where, made.id, NOW)
    return where, {what: made.id for what, made in waiting.items()}


def _carried(where, name: str) -> None:
    publisher.review(where, name, NOW)
    publisher.publish(where, name, NOW)


def _reason(text: str) -> wire.Reason:
    return wire.Reason(code="county", text=text)


def struck(act, instant: int, strike) -> int | None:
    """Do something in a child that is struck at its n-th touch of the disk; its exit code, None when killed."""
    child = os.fork()
    if not child:
        code = BROKE
        try:
            _strike(instant, strike)
            act()
            code = TOLD
        except Refusal:
            code = TOLD
        except BaseException:  # noqa: BLE001 - a child that goes on would run the parent's tests
            traceback.print_exc()
        finally:
            os._exit(code)
    status = os.waitpid(child, 0)[1]
    return None if os.WIFSIGNALED(status) else os.waitstatus_to_exitcode(status)


def publishing(folder: Path, name: str):
    """What the command does."""
    return lambda: publisher.publish(opened(folder), name, NOW)


def _strike(instant: int, strike) -> None:
    touched = 0

    def touch(*, writes: bool) -> None:
        nonlocal touched
        touched += 1
        if touched >= instant:
            strike(writes)

    def hook(event: str, args) -> None:
        if event in TOUCHES and not (isinstance(args[0], str) and args[0].startswith(sys.prefix)):
            touch(writes=event == "os.mkdir" or (event == "open" and bool(args[2] & os.O_ACCMODE)))

    fsync = os.fsync

    def counted(handle: int) -> None:
        touch(writes=True)
        fsync(handle)

    os.fsync = counted
    sys.addaudithook(hook)


def killed(_writes: bool) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def full(writes: bool) -> None:
    if writes:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def instants(folder: Path, name: str) -> int:
    """How many touches a publication takes, by one that is not struck."""
    low, high = 1, 4096
    while low < high:
        middle = (low + high) // 2
        copy = Path(tempfile.mkdtemp(dir=folder.parent)) / "county"
        shutil.copytree(folder, copy)
        if struck(publishing(copy, name), middle, killed) is None:
            low = middle + 1
        else:
            high = middle
    return low - 1


def read_afresh(folder: Path) -> list:
    """What a kiosk that comes now takes in; a refusal is an error."""
    where, shelf = open_as_it_is(folder), MemoryShelf()
    with tempfile.TemporaryDirectory() as spool:
        asyncio.run(caught_up(where, shelf, Path(spool)))
    return shelf.leaves


def open_as_it_is(folder: Path):
    """The county's folder without going on with what is due, as a reader of the feed meets it."""
    going_on, opening.finish_all = opening.finish_all, lambda _county: None
    try:
        return opened(folder)
    finally:
        opening.finish_all = going_on


def carried_on(folder: Path, waiting: dict[str, str], what: str, *, other_first: bool) -> None:
    """The same command again, or another publication before it."""
    where = opened(folder)
    if other_first:
        _carried(where, waiting["other"])
        read_afresh(folder)
    name = waiting[what]
    try:
        publisher.publish(where, name, NOW)
    except FeedMoved:  # nothing of it had begun
        _carried(where, name)
    assert proposals.stands(where, proposals.proposal(where, name)) == "published"


def looked_at(folder: Path, what: str, *, other: bool) -> None:
    """Everything that was to be published is, and nothing that was erased is anywhere."""
    leaves = read_afresh(folder)
    missing = [leaf.index for leaf in leaves if leaf.body is None]
    assert missing == ([2, ROWS + 1, ROWS + 3] if what == "erase" else []), missing
    closed = {wire.head_of(leaf.head).batch[-7:] for leaf in leaves if b"batch.close" in leaf.head}
    assert closed == {"2025-01"} | ({"2025-02"} if what == "list" else set()) | (
        {"2025-03"} if other else set()
    )
    if what == "erase":
        assert not named_in(folder, *NAMES)
        assert not erasures.unfinished(open_as_it_is(folder))


def named_in(folder: Path, *names: str) -> list[Path]:
    """Files that say one of the names, bundles inflated."""
    found = []
    for path in [path for path in folder.rglob("*") if path.is_file()]:
        raw = path.read_bytes()
        raw = unpacked(raw, 1 << 21) if path.name.endswith(".ndjson.gz") else raw
        if any(name.encode() in raw for name in names):
            found.append(path.relative_to(folder))
    return found


def well(where, folder: Path) -> None:
    """A real archive takes it in, and its nightly check finds nothing."""

    async def pulled() -> None:
        async with Archive(folder / "archive.sqlite3", where.pack, minimum_free_mb=0) as archive:
            await caught_up(where, archive, folder)
            await archive.write_readings()
            with closing(reader(folder / "archive.sqlite3")) as db:
                assert all(one.well for one in verified(db, archive.book, archive.place))

    asyncio.run(pulled())


def main(folder: Path, times: int, first: int = 0, of: int = 1) -> None:
    """As many strikes as asked for, spread evenly over what there is; of several processes, the share of one."""
    where, waiting = founded(folder / "county")
    cases = [
        (what, strike, at, other)
        for what in ("erase", "list")
        for at in range(1, instants(where.folder, waiting[what]) + 1)
        for strike in (killed, full)
        for other in (False, True)
    ]
    told = {"cases": len(cases), "struck": 0, "killed": 0}
    step = len(cases) // times | 1  # odd: every way to strike comes up
    chosen = [cases[n * step % len(cases)] for n in range(min(times, len(cases)))]
    for number, (what, strike, at, other) in enumerate(chosen[first::of]):
        with tempfile.TemporaryDirectory(dir=folder) as own:
            copy = Path(own) / "county"
            shutil.copytree(where.folder, copy)
            code = struck(publishing(copy, waiting[what]), at, strike)
            assert code in {None, TOLD}, f"{what} {strike.__name__} at {at}: told in no sentence"
            read_afresh(copy)
            carried_on(copy, waiting, what, other_first=other)
            looked_at(copy, what, other=other)
            if number % 10 == 0:
                well(opened(copy), Path(own))
        told["struck"] += 1
        told["killed"] += code is None
    print(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
