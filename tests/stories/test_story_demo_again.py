"""`make run` where somebody has tried things: published, corrected, taken down, erased; and how it stops."""

import json
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.request

import pytest
from click.testing import CliRunner

from kiosk_server.cli import kiosk_command
from sync.county.county import open_county
from tests.processes import descendants, left, zombies
from tests.stories.conftest import BIN, ROOT, Shown
from tests.stories.office import Office

pytestmark = [pytest.mark.thorough, pytest.mark.sqlite]  # a copy of the folder is a copy of its database
LISTED, ERASED = "林一", "林二"


@pytest.fixture(scope="module")
def tried(demo, tmp_path_factory):
    """The demo's folder after somebody has been at it: what the commands printed, and how it was before."""
    folder = tmp_path_factory.mktemp("tried") / "demo"
    shutil.copytree(demo.folder, folder, symlinks=True)
    office = Office(open_county(folder / "county"), folder)
    office.published()
    shown = Shown(folder, demo.summary, demo.said, "")
    assert shown.again().returncode == 0, "a further list"

    def done(verb, *words):
        code, told = office.typed(verb, *words)
        assert code == 0, told
        made = re.search(r"\S+$", told.strip())[0]
        assert office.typed("review", "--accept", made)[0] == 0
        assert office.typed("publish", made)[0] == 0

    rice = ("--village", "岭东村", "--programme", "rice", "--reason", "试一试")
    done("correct", *rice, "--holder", LISTED, "--quantity", "3", "--amount", "30")
    done("withdraw", "--village", "桥南村", "--programme", "grain_one_off", "--whole", "--reason", "试一试")
    assert shown.again().returncode == 0, "a correction and a list taken down"
    done("erase", *rice, "--holder", ERASED)
    case = json.loads((folder / "land" / "case.json").read_bytes())
    done("withdraw-land", case["stages"][-1]["doc_no"], "--reason", "试一试")
    return shown


def test_the_demo_goes_on_with_what_somebody_published(tried, demo):
    """Sums of every village are the county's own after all of it; erasures leave disk and paper, and are told."""
    again = tried.again()
    assert again.returncode == 0, again.stderr
    now = {one["code"]: one for one in json.loads(again.stdout)["villages"]}
    before = {one["code"]: one for one in demo.summary["villages"]}
    home = "330590100201"
    assert now[home]["sum_fen"] - before[home]["sum_fen"] == 3000
    changed = {code for code in now if now[code] != before[code]}
    assert {now[code]["name"] for code in changed} == {"岭东村", "大岕口村", "桥南村"}
    assert again.stderr.count("请取下并销毁：岭东村2025年稻谷补贴发放公示表") == 2
    printed = [path.name for path in (tried.folder / "kiosk" / "data" / "print").iterdir()]
    assert sum("稻谷补贴" in name for name in printed) == 1
    assert "请取下" not in tried.again().stderr


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT])
def test_stopping_the_demo_ends_everything_it_started(tried, asked):
    """However it is asked: exit code 0, no child left, none a zombie while it runs, the port free again."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = ["demo", "--folder", str(tried.folder), "--port", str(port)]
    with subprocess.Popen(
        [BIN / "kiosk", *words], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as demo:
        try:
            assert any("按 Ctrl+C 结束" in line for line in demo.stdout)
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as got:
                assert json.loads(got.read())["database"] == "ok"
            started = descendants(demo.pid)
            assert len(started) >= 2
            assert zombies(started) == set()
            asked_at = time.monotonic()
            demo.send_signal(asked)
            _, errors = demo.communicate(timeout=20)
        finally:
            demo.kill()
    assert (demo.returncode, "Traceback" in errors) == (0, False), errors
    assert time.monotonic() - asked_at < 10
    assert left(started) == set()
    socket.create_server(("127.0.0.1", port)).close()


def test_a_taken_port_is_told_before_all_the_work(tmp_path):
    """Also where what answers there looks like a board: one sentence, and nothing was founded."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        words = ["demo", "--folder", str(tmp_path / "demo"), "--port", str(port)]
        done = CliRunner().invoke(kiosk_command, words)
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert "port-in-use" in done.stderr
    assert not (tmp_path / "demo").exists()
