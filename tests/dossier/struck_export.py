"""Run by test_dossier_stopped: `python -m tests.dossier.struck_export WHERE FOLDER TIMES`.

`kiosk export` runs in a child that is killed, or whose stick is full from then on, at instants spread over the
whole work: before each file it opens, names or makes on the stick, and before each fsync. What it left must not
look complete; the same command then finishes it, and the bag is the one that nobody disturbed.
Prints one JSON object for the test.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import sys
from pathlib import Path

from tests.dossier.year_house import YEAR, YearHouse, tree
from tests.struck import struck

TOUCHES = {"open", "os.mkdir", "os.rename", "os.remove"}
REFUSED = 2


def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def full() -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def pulled_out() -> None:
    raise OSError(errno.EIO, os.strerror(errno.EIO))


def watched(stick: Path, instant: int, strike) -> list[int]:
    """Strike at the n-th touch of the stick and at every later one; how many there were, so far."""
    touched, fsync = [0], os.fsync

    def touch() -> None:
        touched[0] += 1
        if touched[0] >= instant > 0:
            strike()

    def hook(event: str, args) -> None:
        if event in TOUCHES and str(args[0]).startswith(str(stick)):
            touch()

    def counted(handle: int) -> None:
        touch()
        fsync(handle)

    os.fsync = counted
    sys.addaudithook(hook)
    return touched


def exports(house: YearHouse, stick: Path, instant: int = 0, strike=killed) -> tuple[int | None, int]:
    """The command, struck from this touch of the stick on; see `struck`."""
    about = ["--year", YEAR, "--to", stick, "--as-of", house.as_of, "--settings", house.settings]
    return struck(lambda: watched(stick, instant, strike), ["export", *map(str, about)])


def main(house: YearHouse, folder: Path, times: int) -> None:
    """As many strikes as asked for, spread evenly over what there is."""
    (folder / "first").mkdir()
    code, touches = exports(house, folder / "first")
    assert code == 0, code
    wanted = tree(folder / "first" / house.name())
    told = {"touches": touches, "killed": 0, "refused": 0}
    for number in range(times):
        stick, strike = folder / f"{number}", (killed, full, pulled_out)[number % 3]
        stick.mkdir()
        code, _ = exports(house, stick, 1 + number * touches // times, strike)
        whole = stick / house.name()
        assert not whole.exists() or tree(whole) == wanted, number
        assert code == (None if strike is killed else REFUSED), (number, code)
        told["killed" if code is None else "refused"] += 1
        assert exports(house, stick)[0] == 0, number
        assert tree(whole) == wanted, number
        assert not [*stick.glob("*.part")]
        shutil.rmtree(stick)
    print(json.dumps(told))


if __name__ == "__main__":
    main(YearHouse(Path(sys.argv[1])), Path(sys.argv[2]), int(sys.argv[3]))
