"""Run by test_archive_full in a mount namespace of its own: `python full_disk.py FOLDER`, a disk of 80 MB.

Prints what happened, one word each, for the test to read.
"""

import asyncio
import os
import sys
from pathlib import Path

from kiosk_server.archive.archive import Archive
from kiosk_server.archive.board import Board
from kiosk_server.archive.reserve import DiskFull, held
from tests.village import CODE, MASK, NOW, PACK, County, payout

HERE = Path(sys.argv[1])
DATABASE = HERE / "archive.sqlite3"


def filled() -> None:
    """Somebody else takes every byte."""
    file = os.open(HERE / "somebody_elses", os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    try:
        for size in (1 << 20, 4096, 1):
            while True:
                try:
                    os.write(file, b"x" * size)
                except OSError:
                    break
    finally:
        os.close(file)


async def admitted(county: County, *, minimum_free_mb: int) -> str:
    """Take in what is new; the outcome in one word."""
    try:
        async with Archive(DATABASE, PACK, minimum_free_mb=minimum_free_mb) as archive:
            return f"{(await archive.admit(CODE, county.stretch(), NOW)).rows}-rows"
    except DiskFull as refusal:
        return refusal.code


def read() -> str:
    """Open the board; how many lines it shows."""
    try:
        board = Board(DATABASE, MASK)
    except DiskFull as refusal:
        return refusal.code
    try:
        return f"shows-{board.whole(CODE, 'b1').head.count}"
    finally:
        board.close()


def main() -> None:
    """Fill the disk twice: once with the reserve there, once without."""
    county = County()
    county.batch("b1", payout(1), payout(2))
    print(asyncio.run(admitted(county, minimum_free_mb=1)), "reserve" if held(HERE) else "no-reserve")
    filled()
    print(read(), "reserve" if held(HERE) else "given-up")
    county.batch("b2", payout(1))
    print(asyncio.run(admitted(county, minimum_free_mb=70)))
    filled()
    print(read())
    print(asyncio.run(admitted(county, minimum_free_mb=0)))
    (HERE / "somebody_elses").unlink()
    print(
        asyncio.run(admitted(_again(), minimum_free_mb=1)), read(), "reserve" if held(HERE) else "no-reserve"
    )


def _again() -> County:
    """The second batch once more: what was refused comes again."""
    county = County()
    county.batch("b1", payout(1), payout(2))
    county.stretch()
    county.batch("b2", payout(1))
    return county


main()
