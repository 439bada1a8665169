"""Whatever is typed, taken away or full: one sentence and an exit code, never a traceback. All commands there are."""

import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import click
import pytest

from tests.cli.conftest import COMMANDS, command, typed
from tests.processes import descendants, left
from tests.stories.office import HEAD

pytestmark = pytest.mark.thorough

LONG = "很长" * 200
NUMBER = "330590195803120019"  # of nobody
NOT_FOLDERS = ["batch.toml", "空文件", "二进制"]
PATHS = [
    "",
    "没有的",
    "没有的/深处",
    ".",
    "/proc/写不进",
    "读不了",
    "自己指自己",
    "指向没有的",
    LONG,
    NUMBER,
    *NOT_FOLDERS,
]
WORDS = ["", "\udcff", LONG, NUMBER, "甲\n乙", "../..", "0", "-1"]
PORTS = ["", "abc", "70000", "-1", "8090", ":8090", "127.0.0.1:abc", "127.0.0.1:70000", "192.0.2.1:8090"]
PORTS += ["没有这台机器:8090", f"{'长' * 80}.:8090", "[::1:8090"]


@pytest.fixture
def spoilt(place):
    """Beside everything good, what a path may lead to that is not what it should be."""
    Path("空文件").touch()
    Path("二进制").write_bytes(bytes(range(256)) * 40)
    Path("读不了").symlink_to("/proc/self/mem")  # opens for everybody, and reads for nobody
    Path("自己指自己").symlink_to("自己指自己")
    Path("指向没有的").symlink_to("没有的")
    return place


def spoilt_lines(words, name):
    """The example with one word after the other spoilt, and with every option it does not use."""
    asked, context = command(name), click.Context(command(name))
    said, _, _ = asked.make_parser(context).parse_args(words[2:])
    said = {key: one for key, one in said.items() if isinstance(one, (str, bool, list))}
    if name == "kiosk demo":
        said["data"] = "只有资料包"  # it stops before its rosters
    for param in asked.params:
        if param.is_eager:
            continue
        if getattr(param, "is_flag", False):
            yield line(asked, said | {param.name: not said.get(param.name)})
            continue
        paths = isinstance(param.type, click.Path)
        for value in PATHS if paths else PORTS if "port" in param.name or "bind" in param.name else WORDS:
            yield line(asked, said | {param.name: value})


def line(asked, said):
    """The words of these options and arguments."""
    words = []
    for param in asked.params:
        value = said.get(param.name)
        if value in (None, False, []):
            continue
        for one in value if isinstance(value, list) else [value]:
            words += [] if isinstance(param, click.Argument) else [param.opts[0]]
            words += [] if one is True else [str(one)]
    return words


def calm(done, *, told=True):
    """Ended as a program ends: no report of our own mistake, and a refusal ends with its code.

    What a child has `told` is not in it.
    """
    assert done.exit_code in {0, 1, 2}, done.output
    told_so = re.split(r"^(?=[✗!✓] )", done.stderr, flags=re.MULTILINE)  # every fault of a file has its line
    refused = [one.rstrip() for one in told_so if one.startswith("✗ ")]
    assert all(one.endswith("）") for one in refused), done.stderr
    if told and done.exit_code == 2 and not done.stdout:
        assert len(refused) == 1, done.stderr
    assert not any(NUMBER in one for one in refused), done.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_no_word_brings_a_command_down(spoilt, name, serves_nobody, reads_here):
    """Each word of each command missing, empty, broken, too long, a folder, a file, unreadable, no port of ours.

    None is told again in which the number of a person stands.
    """
    words = spoilt.words(name)
    for spoiled in spoilt_lines(words, name):
        done = typed([*words[:2], *spoiled])
        try:
            calm(done)
        except AssertionError as error:
            raise AssertionError((spoiled, str(error)[-1500:])) from error


def test_a_folder_called_after_a_number_is_refused_by_its_option(place):
    """The word in which the number stands is withheld, and which option it was is told."""
    Path(NUMBER).mkdir()
    done = typed(["kiosk", "year", "--csv", NUMBER])
    calm(done)
    assert "--csv" in done.stderr


@pytest.mark.parametrize(
    "line",
    [
        "kiosk_port = 70000",
        "kiosk_port = -1",
        "lan_port = 65536",
        'lan_host = "192.0.2.1"',
        'lan_host = "长..长"',
    ],
)
def test_a_bad_port_or_address_of_the_settings_is_told(place, line, serves_nobody):
    """kiosk.toml with a port that is none, or an address that is not this machine's, is one sentence."""
    settings = Path("kiosk.toml")
    key = line.partition(" ")[0]
    kept = [one for one in settings.read_text("utf-8").splitlines() if not one.startswith(key)]
    settings.write_text("\n".join([*kept, line, ""]), "utf-8")
    done = typed(["kiosk", "serve"])
    calm(done)
    assert done.exit_code == 2
    assert "setting-wrong" in done.stderr or "door-not-opened" in done.stderr


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("county status --folder . --csv 清单.csv", "--csv 要和 --year 同用，--json 不能和 --year 同用。"),
        ("kiosk year --village 330590100205", "这台一体机不管这个村：330590100205。"),
    ],
)
def test_a_refusal_says_what_was_wrong(place, line, told):
    """Not that a word was too many where none was, nor that the pack lacks a village that it has."""
    done = typed(line.split())
    assert done.exit_code == 2
    assert told in done.stderr


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("county list --folder .", "✗ here 不是县级发布目录"),
        ("county list --folder demo-county/..", "✗ here 不是县级发布目录"),
        ("county list --folder ..", "✗ {above} 不是县级发布目录"),
        ("county list --folder 没有的/..", "✗ here 不是县级发布目录"),
        ("county list --folder 没有的/", "✗ 没有的 不是县级发布目录"),
        ("county list --folder /", "✗ / 不是县级发布目录"),
        ("county pack check 没有的/..", "找不到县级资料包：here。"),
        ("county check ..", "{above}：没有读取"),
        ("county check ..", "打不开文件“{above}”"),
        ("county check 名册.xlsx --html ..", "文件 {above} 没有写成"),
        ("county propose . --batch batch.toml --folder demo-county --as li", "here"),
        ("county propose 名册.xlsx --batch .. --folder demo-county --as li", "{above}"),
        ("county appraise sign . --folder demo-county --as li --passphrase-file people/li", "✗ here 读不了"),
        ("county key passphrase .. --passphrase-file people/li --new-passphrase-file people/li", "{above}"),
        ("county key new --as li --office publisher --prefix a/b --out .", "here 已经在那里"),
        ("county review x --accept y --shown z --folder demo-county --as wang --key ..", "{above}"),
        ("county trust sign .. --key people/li", "{above}"),
        ("kiosk sync --settings .", "设置文件 here"),
    ],
)
def test_a_place_is_named_as_a_person_knows_it(place, line, told):
    """`.` and `..` are no names, and to write none at all says that nothing is wrong: the folder's own is told."""
    done = typed(line.split())
    assert done.exit_code == 2
    assert told.format(above=place.folder.parent.name) in re.sub(r"\s*│\s*", "", done.output)


@contextmanager
def no_room():
    """A disk on which no file can grow by a byte."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_full_disk_is_a_sentence(place, name, serves_nobody, reads_here):
    """Nothing half made is called done, and nothing ends in a traceback."""
    words = [*place.words(name), *(["--data", "deploy/demo"] if name == "kiosk demo" else [])]
    with no_room():
        done = typed(words)
    calm(done, told=name != "kiosk serve")


def _pressed(number, **_):
    signal.raise_signal(number)


@pytest.mark.parametrize("name", COMMANDS)
def test_an_interruption_is_quiet(place, name, monkeypatch):
    """Ctrl+C ends every command with 130 and one line, SIGTERM with 143."""
    asked = command(name)
    for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
        monkeypatch.setattr(asked, "callback", partial(_pressed, number))
        done = typed(place.words(name))
        assert (done.exit_code, done.output.strip()) == (code, "已中断。")


def started(words, **how):
    """Run a command as a process of its own, to its end."""
    start = f"from kiosk_server.cli import {words[0]}_command as command; command()"
    return subprocess.run(
        [sys.executable, "-c", start, *words[1:]],
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        timeout=60,
        check=False,
        encoding="utf-8",
        errors="replace",
        **how,
    )


SAYING = [
    name for name in COMMANDS if name not in {"kiosk demo", "kiosk serve", "county serve", "county desk"}
]
"""What ends by itself and says something."""


@pytest.mark.parametrize("name", SAYING)
def test_an_output_that_takes_nothing_leaves_no_traceback(place, name):
    """A full disk behind `>` is one sentence and 2; a pipe whose reader has gone is silent and 141, in any locale."""
    words = place.words(name)
    if name == "county init":
        shutil.rmtree("demo-county")
    shutil.copytree(".", "../again", symlinks=True)
    with Path("/dev/full").open("w") as full:
        done = started(words, stdout=full)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert done.stderr.endswith("（file-trouble）\n")
    reading, writing = os.pipe()
    os.close(reading)
    plain = os.environ | {"LC_ALL": "C"}
    done = started(words, stdout=writing, cwd="../again", env=plain)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.parametrize(("asked", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stopped_check_takes_its_reader_along(tmp_path, asked, code):
    """The child that reads a long roster ends with the command, whoever asked for it, and there is no traceback."""
    rows = "".join(f"{number},岭东村,一组,户{number},2,10,20\n" for number in range(1, 200_000))
    (tmp_path / "名册.csv").write_text(f"{HEAD}\n{rows}", "utf-8")
    start = "from kiosk_server.cli import county_command as command; command()"
    with subprocess.Popen(
        [sys.executable, "-c", start, "check", tmp_path / "名册.csv"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as child:
        until = time.monotonic() + 20
        while not (reading := descendants(child.pid)) and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(0.5)
        child.send_signal(asked)
        _, errors = child.communicate(timeout=20)
    assert (child.returncode, errors.strip()) == (code, "已中断。")
    assert reading
    assert left(reading) == set()


COUNTY = ("county.toml", "pack", "pack/pack.toml", "keys", "proposals", "feed", "feed/v", "locks")
PARTS = {
    "kiosk": [
        "kiosk.toml",
        "data",
        "data/archive.sqlite3",
        "data/press",
        "demo-county/pack",
        "demo-county/feed",
    ],
    "county": ["batch.toml", "名册.xlsx", "征地案件/case.json", *(f"demo-county/{part}" for part in COUNTY)],
}
"""What commands find in their folders, and what may be gone or something else."""


def _taken_away(path):
    """Nothing stands there."""


def _a_folder(path):
    path.mkdir()


def _another_file(path):
    path.write_bytes(bytes(range(256)) * 40)


@pytest.mark.parametrize("instead", [_taken_away, _a_folder, _another_file])
@pytest.mark.parametrize("name", COMMANDS)
def test_nothing_that_is_gone_or_another_thing_brings_a_command_down(
    place, name, instead, serves_nobody, reads_here
):
    """Each file and folder a command works with taken away, or a folder, or other bytes: one sentence."""
    words = [*place.words(name), *(["--data", "没有的"] if name == "kiosk demo" else [])]
    aside = place.folder.parent / "aside"
    for part in map(Path, PARTS[words[0]]):
        part.rename(aside)
        instead(part)
        done = typed(words)
        try:
            calm(done, told=name != "kiosk serve")
        except AssertionError as error:
            raise AssertionError((str(part), str(error)[-1500:])) from error
        shutil.rmtree(part) if part.is_dir() else part.unlink(missing_ok=True)
        aside.rename(part)
