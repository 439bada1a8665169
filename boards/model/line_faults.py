"""What is wrong with a file written by hand, as a person can mend it: line, field, what may stand there."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from boards.model.errors import Fault, Refusal

TOLD_AT_MOST = 100


class LineFault(NamedTuple):
    """One fault of a file."""

    line: int  # from 1
    field: str  # as it is written there: windows wall_days; "" where it concerns the whole line
    why: str  # what is wrong, and what may stand there; never what was typed
    file: str = ""  # where several are read together

    def __str__(self) -> str:
        """第 3 行 fiscal_year：应是 2000 到 2099 的整数."""
        return f"{self.file} 第 {self.line} 行 {self.field}".strip() + f"：{self.why}"


class FaultsInFile(Refusal):
    """A file written by hand does not do; all its faults are told at once, under each other."""

    code = "faults-in-file"
    fault = Fault.PERSON
    sentence = "文件有不对的地方：{told}\n共 {count} 处。"
    advice = "请按每一行的说明改正后再试。"

    def __init__(self, faults: Iterable[LineFault]) -> None:
        """Keep the faults in the order of their files and lines."""
        self.faults = sorted(faults, key=lambda one: (one.file, one.line))
        lines = [f"\n  {one}" for one in self.faults[:TOLD_AT_MOST]]
        if len(self.faults) > TOLD_AT_MOST:
            lines.append(f"\n  另有 {len(self.faults) - TOLD_AT_MOST} 处")
        super().__init__(count=len(self.faults), told="".join(lines))


def nearest(word: str, known: Collection[str]) -> str:
    """The known word that was probably meant; "" where none is like it."""
    from difflib import get_close_matches  # noqa: PLC0415 - a file without a slip needs none of it

    return next(iter(get_close_matches(word.strip().lower(), known, 1)), "")
