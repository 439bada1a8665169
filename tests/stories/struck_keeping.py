"""Run by test_story_kept_struck: `python -m tests.stories.struck_keeping FOLDER TIMES COMMAND`.

A kiosk's command runs in a child that is struck at instants spread over the whole work, before each file it
opens, names, makes or removes and before each fsync: killed, its disk full from then on, or the power cut,
which takes back whatever was not flushed. Then a night's inspection comes, then the same command again, then
another night: that one is well, and vault and register hold what they hold where nothing had happened.
Prints one JSON object for the test.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import sys
from contextlib import suppress
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from boards.model.kept.register import Act
from kiosk_server.archive.kept.vault import digest_of
from kiosk_server.kiosk import open_register, open_vault
from kiosk_server.settings import read_settings
from tests.struck import struck

TOUCHES = {"open", "os.mkdir", "os.rename", "os.remove"}
WRITES = os.O_WRONLY | os.O_RDWR
PASSED = {0, 1}


class Disk:
    """What of a folder's files would be there after a power cut, as far as Python touches them."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.undo, self.lasting = folder, list[tuple[Path, Path | None, bytes | None]](), {}

    def saw(self, event: str, args) -> None:
        """A file or folder was begun, moved or removed: its folder does not say so on the disk yet."""
        path = Path(os.fsdecode(args[0]))
        if event == "open" and args[2] & WRITES:
            self.lasting.setdefault(path, path.stat().st_size if path.exists() else 0)
            if not path.exists():
                self.undo.append((path, None, None))
        elif event == "os.mkdir":
            self.undo.append((path, None, None))
        elif event == "os.rename":
            place = Path(os.fsdecode(args[1]))
            self.undo.append((place, path, place.read_bytes() if place.is_file() else None))
            self.lasting[place] = self.lasting.pop(path, path.stat().st_size if path.is_file() else 0)

    def flushed(self, handle: int) -> None:
        """A file's bytes last; a folder's names do."""
        path = Path(f"/proc/self/fd/{handle}").readlink()
        if path.is_dir():
            self.undo = [one for one in self.undo if one[0].parent != path]
        else:
            self.lasting[path] = path.stat().st_size

    def power_cut(self) -> None:
        """Names go back first, then bytes."""
        for place, source, before in reversed(self.undo):
            with suppress(OSError):
                if source is None:
                    place.rmdir() if place.is_dir() else place.unlink()
                    continue
                place.rename(source)
                self.lasting[source] = self.lasting.pop(place, 0)
                if before is not None:
                    place.write_bytes(before)
                    self.lasting[place] = len(before)
        for path, size in self.lasting.items():
            if path.is_file() and path.stat().st_size > size:
                path.chmod(0o644)
                os.truncate(path, size)
        os.kill(os.getpid(), signal.SIGKILL)


def full() -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def watched(folder: Path, instant: int, how: str) -> list[int]:
    """Strike at the n-th touch of the folder and at every later one; how many there were, so far."""
    touched, fsync, disk = [0], os.fsync, Disk(folder)
    strike = {"killed": killed, "full": full, "power": disk.power_cut}[how]
    on = [True]

    def touch(*, writes: bool = True) -> None:
        touched[0] += 1
        if touched[0] >= instant > 0 and (writes or how != "full"):
            on[0] = how == "full"
            strike()

    def hook(event: str, args) -> None:
        if (
            on[0]
            and event in TOUCHES
            and os.fsdecode(args[0] if isinstance(args[0], str | bytes) else b"").startswith(str(folder))
        ):
            writes = event in {"os.mkdir", "os.rename"} or (event == "open" and bool(args[2] & WRITES))
            touch(writes=writes)
            on[0] = False
            disk.saw(event, args)
            on[0] = True

    def counted(handle: int) -> None:
        touch()
        fsync(handle)
        on[0] = False
        disk.flushed(handle)
        on[0] = True

    os.fsync = counted
    sys.addaudithook(hook)
    return touched


def runs(folder: Path, words: list[str], instant: int = 0, how: str = "killed") -> tuple[int | None, int]:
    """A command of this kiosk, struck from this touch of its data on; see `struck`."""
    asked = [words[0], "--settings", str(folder / "kiosk" / "kiosk.toml"), *words[1:]]
    return struck(lambda: watched(folder / "kiosk" / "data", instant, how), asked)


def held(folder: Path) -> dict[str, object]:
    """What the register says was done, and what lies in the vault for it; what stands in the folder for prints."""
    settings = read_settings(folder / "kiosk" / "kiosk.toml")
    vault, told = open_vault(settings), open_register(settings).entries()
    acts = [(one.act, one.code, one.name) for one in told if one.act is not Act.INSPECT]
    gone = {one.sha256 for one in told if one.act in {Act.ERASE, Act.DESTROY}}
    lost = [one.name for one in told if one.sha256 and one.sha256 not in gone and not vault.whole(one.sha256)]
    stones = [one for one in gone if vault.stone(one) is None or vault.has(one)]
    printed = [path for path in (folder / "kiosk" / "data" / "print").rglob("*") if path.is_file()]
    sheets = sorted((path.name, digest_of(path) in {one.sha256 for one in told}) for path in printed)
    files = sorted(path.suffix for path in vault.files())
    return {"acts": acts, "lost": lost, "stones": stones, "sheets": sheets, "files": files}


def copied(original: Path, folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(original, folder, symlinks=True, ignore=shutil.ignore_patterns("reserve"))
    return folder


def main(original: Path, times: int, words: list[str]) -> None:
    """As many strikes as asked for, spread evenly over what there is; all in the same minute."""
    now = datetime.now(UTC)
    for verb in ("print", "backfill", "appraise", "inspect"):
        import_module(f"kiosk_server.cli.kiosk.{verb}").clock = lambda: now
    work = copied(original, original.with_name(f"{original.name}_work"))
    code, touches = runs(work, words)
    assert code in PASSED, code
    assert runs(work, ["inspect"])[0] == 0
    wanted = held(work)
    assert (wanted["lost"], wanted["stones"]) == ([], [])
    told = {"touches": touches, "nights": {}}
    for number in range(times):
        how, instant = ("killed", "full", "power")[number % 3], 1 + number * touches // times
        copied(original, work)
        code, _ = runs(work, words, instant, how)
        assert code is None or code < 3, (how, instant, code)
        night = runs(work, ["inspect"])[0]
        told["nights"][night] = told["nights"].get(night, 0) + 1
        assert night in PASSED, (how, instant, night)
        again = runs(work, words)[0]
        assert again in PASSED, (how, instant, again)
        assert runs(work, ["inspect"])[0] == 0, (how, instant)
        assert held(work) == wanted, (how, instant, held(work), wanted)
    print(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
