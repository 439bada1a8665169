"""Whoever waits at a terminal sees how far it is, on one line that leaves nothing behind; a file never sees it."""

import os
import pty
import re
import subprocess
import sys

import pytest

from kiosk_server.cli.progress import progress_line
from tests.cli.conftest import typed

pytestmark = pytest.mark.thorough

WATCHED = {
    "kiosk sync": "正在同步",
    "kiosk print": "正在打印",
    "kiosk rebuild": "正在重做数据表",
    "kiosk verify": "正在核对",
    "kiosk doctor": "正在检查本机",
    "county check": "正在读取名册",
    "county propose": "正在核对",
    "county review": "正在读取各村名单",
    "county publish": "正在发布",
    "county correct": "正在查找这一行",
    "county withdraw": "正在查找这一行",
    "county erase": "正在查找这一行",
    "county close-year": "正在核对各村各批名单",
    "county list": "正在读取发布目录",
    "county status": "正在读取发布目录",
}
"""What may take longer than a second in a large county."""


def watched(words):
    """Run a command with a terminal for its standard error: exit code, output, what the terminal got."""
    terminal, theirs = pty.openpty()
    start = f"from kiosk_server.cli import {words[0]}_command as command; command()"
    with subprocess.Popen(
        [sys.executable, "-c", start, *words[1:]], stdout=subprocess.PIPE, stderr=theirs
    ) as child:
        os.close(theirs)
        said = child.stdout.read().decode()
    seen = b""
    try:
        while block := os.read(terminal, 4096):
            seen += block
    except OSError:  # Linux's way to say that nobody writes to it any more
        os.close(terminal)
    return child.returncode, said, seen.decode()


def left_on(terminal):
    """What stands on the terminal's lines at the end: what came after the last return, over what came before."""
    lines = []
    for line in terminal.replace("\r\n", "\n").split("\n"):
        stands = ""
        for part in line.split("\r"):
            columns = sum(2 if ord(char) > 0x2E7F else 1 for char in part)
            stands = part if columns >= len(stands) else part + stands[columns:]
        lines.append(stands.strip())
    return "\n".join(lines).strip()


@pytest.mark.parametrize("name", WATCHED)
def test_a_terminal_sees_how_far_it_is(place, name):
    """In Chinese, without a colour or a jump of the cursor, wiped at the end; nothing of it in the output."""
    code, said, seen = watched(place.words(name))
    assert (code, WATCHED[name] in seen) == (0, True), seen
    assert "正在" not in said
    assert "\x1b" not in seen
    assert "正在" not in left_on(seen)


@pytest.mark.parametrize("name", WATCHED)
def test_a_pipe_sees_nothing_of_it(place, name, reads_here):
    """A log of the night's pull or check has no line of progress."""
    done = typed(place.words(name))
    assert (done.exit_code, "正在" in done.output) == (0, False)


def test_it_counts_and_is_wiped_whatever_happens(monkeypatch, capsys):
    """Counts a few times a second, of an unknown total too; an interruption leaves a clean line."""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    instants = iter([0.0, 0.05, 0.5, 0.5, 0.55, 2.0, 2.0])
    monkeypatch.setattr("kiosk_server.cli.progress.time.monotonic", lambda: next(instants))
    with pytest.raises(KeyboardInterrupt), progress_line("读取名册", "行") as progress:  # noqa: PT012
        progress(10, 300)
        progress(200, 300)
        progress(201, 300)
        progress(9, 0)
        raise KeyboardInterrupt
    seen = capsys.readouterr().err
    assert re.findall(r"\r([^\r]*?) *(?=\r|$)", seen) == [
        "正在读取名册",
        "正在读取名册 200/300 行",
        "正在读取名册 9 行",
        "",
        "",
    ]
    assert left_on(seen) == ""
