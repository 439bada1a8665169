"""The press process: kept PDFs, refusals across the process, one restart."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import psutil
import pypdfium2
import pytest

from boards.model.pack import Windows
from boards.sheets.land.notice_text import Paragraph
from kiosk_server.press.errors import PressBroken, PressShelfFull
from kiosk_server.press.worker import NICENESS, Press, sweep
from printouts.errors import GlyphMissing
from tests.paper.paper_notices import notice_of
from tests.paper.paper_village import AT, BASE, sheet_of

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def folder(tmp_path_factory, debian):
    """Cache whose fonts are warm already."""
    cache = tmp_path_factory.mktemp("press")
    debian.warm([])
    (cache / "fonts").symlink_to(debian._cache_dir)
    return cache


@pytest.fixture
async def press(folder):
    """Open press."""
    press = Press(folder, None, BASE)
    yield press
    press.close()


def worker_of(press):
    (pid,) = press._pool._processes
    return psutil.Process(pid)


@pytest.mark.anyio
async def test_a_sheet_is_drawn_once_and_then_kept(press):
    """The second asking is answered from the shelf; another day is another print."""
    first = await press.pdf(sheet_of(3), AT)
    assert first.read_bytes()[:5] == b"%PDF-"
    drawn_at = first.stat().st_ino
    twice = await asyncio.gather(press.pdf(sheet_of(3), AT), press.pdf(sheet_of(3), AT))
    assert twice == [first, first]
    assert first.stat().st_ino == drawn_at
    assert await press.pdf(sheet_of(3), AT + timedelta(days=1)) != first
    assert worker_of(press).nice() == min(os.nice(0) + NICENESS, 19)


@pytest.mark.anyio
async def test_a_list_hangs_as_long_as_the_pack_says(press, folder):
    """The programme's days of the county pack stand on the sheet; other days are another print."""
    own = Press(folder, None, BASE, windows={"farmland_fertility": Windows(wall_days=15)})
    sheet = sheet_of(3, planned_from=None, planned_until=None)
    try:
        path = await own.pdf(sheet, AT)
    finally:
        own.close()
    assert path != await press.pdf(sheet, AT)
    with pypdfium2.PdfDocument(path) as document:
        assert "自张贴之日起15日" in document[0].get_textpage().get_text_bounded()


@pytest.mark.anyio
async def test_a_notice_is_drawn_by_the_same_process_and_kept(press):
    """A land notice is a PDF like a sheet: drawn once, warmed before, refused in Chinese with its place."""
    await press.warm([notice_of(), sheet_of(3)])
    first = await press.pdf(notice_of(), AT)
    assert first.read_bytes()[:5] == b"%PDF-"
    drawn_at = first.stat().st_ino
    assert await press.pdf(notice_of(), AT) == first
    assert first.stat().st_ino == drawn_at
    with pytest.raises(GlyphMissing, match="《征地补偿安置公告》第1段有一个不是通用汉字的字符") as refused:
        await press.pdf(notice_of(Paragraph(text="王\ue000")), AT)
    assert refused.value.text == "王\ue000"


@pytest.mark.anyio
async def test_a_refusal_comes_through_whole(press):
    """What the press process refuses is refused here, with facts and the name for the clerk."""
    sheet = sheet_of(1)
    odd = type(sheet)(head=sheet.head, lines=(type(sheet.lines[0])(seq=1, holder="王\ue000"),))
    with pytest.raises(GlyphMissing, match=r"U\+E000") as refused:
        await press.pdf(odd, AT)
    assert refused.value.text == "王\ue000"


@pytest.mark.anyio
async def test_a_dead_process_is_started_once_more(press):
    """A killed press process costs nobody their sheet."""
    await press.warm([])
    worker_of(press).send_signal(signal.SIGKILL)
    path = await press.pdf(sheet_of(4), AT)
    assert path.exists()


@pytest.mark.anyio
async def test_a_sheet_that_kills_the_press_twice_is_refused(press, monkeypatch):
    """The second death is told, and the next sheet still prints."""
    monkeypatch.setattr("kiosk_server.press.worker.perform", os._exit)
    with pytest.raises(PressBroken):
        await press._done(3)
    monkeypatch.undo()
    assert (await press.pdf(sheet_of(5), AT)).exists()


@pytest.mark.anyio
async def test_a_disk_that_takes_nothing_is_told(tmp_path, folder):
    """A sheet that cannot be kept is a sentence with advice, not a traceback."""
    (tmp_path / "pdf").write_text("in the way")
    (tmp_path / "fonts").symlink_to(folder / "fonts")
    press = Press(tmp_path, None, BASE)
    try:
        with pytest.raises(PressShelfFull):
            await press.pdf(sheet_of(3), AT)
    finally:
        press.close()


def test_the_shelf_of_finished_sheets_is_bounded(tmp_path):
    """The PDFs asked for longest ago go first; the newest always stays."""
    for age in range(6):
        path = tmp_path / f"{age}.pdf"
        path.write_bytes(b"x" * 100)
        os.utime(path, (1_000_000 - age, 1_000_000 - age))
    sweep(tmp_path, kept_bytes=350, kept_files=5)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.pdf", "1.pdf", "2.pdf"]
    sweep(tmp_path, kept_bytes=10)
    assert [path.name for path in tmp_path.iterdir()] == ["0.pdf"]


def test_the_server_loads_neither_reportlab_nor_fonttools():
    """Importing the press costs the serving process no library of the press."""
    code = "import sys, kiosk_server.press.worker as w; print(sorted({m.split('.')[0] for m in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert not {"reportlab", "fontTools", "qrcode", "printouts"} & set(eval(done.stdout))  # noqa: S307 - our own list


def test_a_killed_server_leaves_no_press_behind(folder):
    """The press process ends with the server, also when the server could not say so."""
    code = (
        "import asyncio, os, pathlib\n"
        "from kiosk_server.press.worker import Press\n"
        "async def main():\n"
        f"    press = Press(pathlib.Path({str(folder)!r}), None, '')\n"
        "    await press.warm([])\n"
        "    print(*press._pool._processes, flush=True)\n"
        "    os.kill(os.getpid(), 9)\n"
        "if __name__ == '__main__':\n"
        "    asyncio.run(main())\n"
    )
    program = folder / "server.py"
    program.write_text(code)
    done = subprocess.run(
        [sys.executable, str(program)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False
    )
    (pid,) = map(int, done.stdout.split())
    for _ in range(100):
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return
        time.sleep(0.05)
    pytest.fail("the press process is still there after 5 s")
