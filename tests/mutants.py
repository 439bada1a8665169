"""`make mutants`: faults a tired engineer would make, put in one at a time; each must make its tests fail.

The faults stand in `mutants.toml`: a file, a text that occurs in it once, what stands there instead,
the tests that must notice, and what people would suffer. They are put into copies of the tree, each with
an environment of its own, so that children started with `python -I` import the copy too and the
checkout stays as it is. Words after `make mutants ARGS=` choose the faults of files whose path holds one.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
import tomllib
import venv
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

import msgspec

ROOT = Path(__file__).parents[1]
LIST = Path(__file__).with_suffix(".toml")
COPIES = 2
LONGEST_SECONDS = 600
NOTICED, SURVIVED = "noticed", "SURVIVED"
_NOT_COPIED = shutil.ignore_patterns(".git", ".venv", ".hypothesis", ".*_cache", "shots", "dist")
_PYTEST = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "--hypothesis-seed=0")


class Mutant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One fault. `text` occurs once in `file`; `tests` are node ids of which one at least must fail."""

    file: str
    text: str
    replacement: str
    tests: tuple[str, ...]
    says: str  # what a villager, a clerk or an inspector would suffer


class _List(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    mutant: tuple[Mutant, ...]


class Copy:
    """The tree once more, and a Python that imports our packages from it."""

    def __init__(self, folder: Path) -> None:
        """Copy the tree; the environment adds it before the packages that are installed here."""
        self.tree = folder / "tree"
        shutil.copytree(ROOT, self.tree, ignore=_NOT_COPIED, symlinks=True)
        venv.create(folder / "venv", symlinks=True)
        self._python = folder / "venv" / "bin" / "python"
        packages = next((folder / "venv" / "lib").glob("python*/site-packages"))
        (packages / "tree.pth").write_text(f"{self.tree}\n{sysconfig.get_path('purelib')}\n")
        self._commands()

    def _commands(self) -> None:
        """Our own commands beside that Python, as an installation would put them there: stories type them."""
        scripts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
        for name, (module, _, function) in ((name, at.partition(":")) for name, at in scripts.items()):
            command = self._python.with_name(name)
            lines = f"#!{self._python}", f"from {module} import {function}", 'if __name__ == "__main__":'
            command.write_text("\n".join((*lines, f"    {function}()\n")))
            command.chmod(0o755)

    def run(self, *options: str, seconds: int | None = None) -> subprocess.CompletedProcess[str]:
        """Run pytest in the tree; no compiled file of a fault is kept."""
        command = [self._python, "-B", *_PYTEST, *options]
        return subprocess.run(
            command, cwd=self.tree, capture_output=True, text=True, check=False, timeout=seconds
        )

    def verdict(self, mutant: Mutant) -> str:
        """What the tests make of a fault: NOTICED, SURVIVED, or why neither can be said."""
        path, sound = self.tree / mutant.file, ROOT / mutant.file
        text = sound.read_text("utf-8")
        if text.count(mutant.text) != 1:
            return f"the text occurs {text.count(mutant.text)} times"
        path.write_text(text.replace(mutant.text, mutant.replacement), "utf-8")
        try:
            done = self.run("-x", *mutant.tests, seconds=LONGEST_SECONDS)
        except subprocess.TimeoutExpired:
            return "the tests hang"
        finally:
            shutil.copy2(sound, path)
        return {0: SURVIVED, 1: NOTICED}.get(done.returncode, f"pytest answers {done.returncode}")


def mutants() -> tuple[Mutant, ...]:
    """The list."""
    return msgspec.convert(tomllib.loads(LIST.read_text("utf-8")), _List).mutant


def main(words: list[str]) -> int:
    """Try all faults, or those in files whose path holds one of the words; 1 when one was not noticed."""
    chosen = [one for one in mutants() if not words or any(word in one.file for word in words)]
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(COPIES) as pool:
        copies: SimpleQueue[Copy] = SimpleQueue()
        for copy in pool.map(Copy, [Path(folder, str(number)) for number in range(COPIES)]):
            copies.put(copy)
        if not _sound(copies, chosen):
            return 1

        def tried(mutant: Mutant) -> tuple[str, float]:
            copy, start = copies.get(), time.monotonic()
            try:
                return copy.verdict(mutant), time.monotonic() - start
            finally:
                copies.put(copy)

        bad = 0
        for mutant, (verdict, seconds) in zip(chosen, pool.map(tried, chosen), strict=True):
            print(f"{verdict:8} {seconds:5.1f} s  {mutant.file}: {mutant.says}", flush=True)
            bad += verdict != NOTICED
    print(f"{len(chosen)} faults, {len(chosen) - bad} noticed, {bad} not")
    return int(bad > 0)


def _sound(copies: SimpleQueue[Copy], chosen: list[Mutant]) -> bool:
    """Whether the tests pass as long as there is no fault."""
    copy = copies.get()
    done = copy.run("-n", str(COPIES), *sorted({test for mutant in chosen for test in mutant.tests}))
    copies.put(copy)
    if done.returncode:
        print(done.stdout, "The tests fail without any fault.", sep="\n")
    return not done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
