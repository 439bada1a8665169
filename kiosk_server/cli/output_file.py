"""A file that a command writes for a person: whole or not at all, and never onto something else."""

from __future__ import annotations

import tempfile
from pathlib import Path

from boards.model.errors import Fault, Refusal
from boards.model.privacy.withheld import shown
from sync.own_name import own_name


class ReportNotWritten(Refusal):
    """The file cannot be made."""

    code = "report-not-written"
    fault = Fault.PERSON
    sentence = "文件 {name} 没有写成（{why}）。"
    advice = "请核对输出的文件名和目录；原来的文件没有改动。"


def write_output(target: Path, source: Path, data: bytes) -> None:
    """Write what was made of a source; raises ReportNotWritten."""
    name = shown(own_name(target))
    try:
        if target.exists() and not target.is_file():
            raise ReportNotWritten(name=name, why="这里不是普通文件")
        if target.exists() and target.samefile(source):
            raise ReportNotWritten(name=name, why="这是原来的文件本身")
        with tempfile.TemporaryDirectory(dir=target.parent) as made:  # gone again, whatever stops us
            fresh = Path(made, "fresh")
            fresh.write_bytes(data)
            fresh.replace(target)
    except OSError as why:
        raise ReportNotWritten(name=name, why=why.strerror) from why
