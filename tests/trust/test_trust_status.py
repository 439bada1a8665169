"""`county trust status` tells what runs out, what waits and who may do what."""

from __future__ import annotations

import json
from datetime import timedelta

import msgspec
import pytest

from tests.line.county_sim import NOW

pytestmark = pytest.mark.thorough


def test_a_stray_file_stops_no_status(hall):
    """Something that is no step lies among the steps: it is named, and everything else is told."""
    (hall.county.folder / "trust").mkdir(exist_ok=True)
    for number, text in enumerate(("{}", "[" * 100_000, "\udcff")):
        (hall.county.folder / "trust" / f"{number}.json").write_text(text, errors="surrogateescape")
    told = hall.told("status", "--folder", hall.county.folder)
    assert told.count("trust-step-unreadable") == 3
    assert "发布人 li" in told


@pytest.mark.parametrize("name", ["online", "heartbeat"])
def test_status_tells_a_key_of_this_machine_that_counts_no_more(hall, name):
    """As after an older backup was restored: what it signs nobody believes, and the way out is named."""
    path = hall.county.folder / "keys" / f"{name}.key"
    old = path.read_bytes()
    hall.make("rotate", f"--{name}")
    hall.both()
    assert hall.typed("status", "--folder", hall.county.folder)[0] in {0, None}
    path.write_bytes(old)
    code, told = hall.typed("status", "--folder", hall.county.folder)
    assert (code, f"county trust rotate --{name}" in told) == (1, True), told


def test_status_tells_every_term_that_runs_out(hall, monkeypatch):
    """The timestamp after a year, all that is signed by persons after three, the root after ten; before, that it will."""

    def told(**term):
        monkeypatch.setattr("kiosk_server.cli.county.trust.clock", lambda: NOW + timedelta(**term))
        code, lines = hall.typed("status", "--folder", hall.county.folder)
        return {line[2:] for line in lines.splitlines() if line.startswith("! ")}, code or 0

    soon, code = told(days=305)
    assert (code, [*soon]) == (1, ["时间戳将在 2026-11-23 到期，请续签：county heartbeat"])
    assert told(days=304, hours=23) == (set(), 0)
    over, code = told(days=365)
    assert (code, len(over)) == (1, 1)
    assert "时间戳已过期（2026-11-23）" in over.pop()
    over, _ = told(days=3 * 365)
    for name in ("时间戳", "密钥名册", "资料包", "版本清单"):
        assert any(line.startswith(f"{name}已过期") for line in over), (name, over)
    assert any(line.startswith("信任根已过期") for line in told(days=3650)[0])


def test_what_status_says_of_a_term_renews_it(hall, monkeypatch):
    """Three years on nothing changed: the commands that the alarms name, and there is no alarm any more."""
    late = NOW + timedelta(days=3 * 365 - 30)
    monkeypatch.setattr("kiosk_server.cli.county.trust.clock", lambda: late)
    told = hall.told("status", "--folder", hall.county.folder)
    assert "密钥名册将在 2028-11-22 到期，请续签：county trust rotate --online" in told
    hall.make("rotate", "--online")
    hall.both()
    told = hall.told("status", "--folder", hall.county.folder)
    assert [line for line in told.splitlines() if line.startswith("! ")] == [
        "! 资料包将在 2028-11-22 到期，请续签：county trust resign"
    ]
    hall.make("resign")
    hall.sign_as("li")
    hall.sign_as("wang")
    assert "没有要处理的事" in hall.told("status", "--folder", hall.county.folder)


def test_status_shows_only_steps_that_can_still_count(hall):
    """What is in force, and what another step has overtaken, is under way no longer."""
    words = ["--folder", hall.county.folder, "--as", "li"]
    for name in ("sun", "zhao"):
        hall.told("add", name, "--office", "reviewer", "--public", hall.person(name), *words)
        (made,) = (hall.county.folder / "trust").glob("*.json")
        made.rename(hall.folder / f"{name}.json")
    for name in ("sun", "zhao"):
        (hall.folder / f"{name}.json").rename(hall.county.folder / "trust" / f"{name}.json")
    assert hall.told("status", "--folder", hall.county.folder).count("正在办") == 2
    hall.step = hall.county.folder / "trust" / "sun.json"
    hall.both()
    assert "正在办" not in hall.told("status", "--folder", hall.county.folder)


def test_status_shows_a_resigning_until_it_is_done(hall):
    """It lies there, told with who must sign, until what hangs carries signatures that count."""
    hall.make("rotate", "wang", "--public", hall.person("wang"))
    hall.both()
    hall.told("resign", "--folder", hall.county.folder, "--as", "li")
    (hall.step,) = (hall.county.folder / "trust").glob("*-resign.json")
    assert json.loads(hall.step.read_bytes())["made_by"] == "li"
    told = hall.told("status", "--folder", hall.county.folder)
    assert ("正在办" in told, "还差审核人的签名（wang）" in told) == (True, True)
    hall.sign_as("li")
    hall.sign_as("wang")
    assert "正在办" not in hall.told("status", "--folder", hall.county.folder)


def test_status_tells_a_county_without_a_heartbeat(hall, monkeypatch):
    """One that was founded before there was any: what is missing, and the one command."""
    monkeypatch.setattr("sync.county.county.County.said", msgspec.structs.replace(hall.said, heartbeat=()))
    code, told = hall.typed("status", "--folder", hall.county.folder)
    assert (code, "没有心跳密钥" in told, "county trust rotate --heartbeat" in told) == (1, True, True)


def test_status_says_who_may_what_until_when_and_what_waits(hall):
    """Seats, keys, terms, steps under way with the signatures they lack; exit code 1 only for alarms."""
    code, told = hall.typed("status", "--folder", hall.county.folder)
    assert code in {0, None}, told
    assert "发布人 li SHA256:" in told
    assert "没有要处理的事" in told
    hall.told(
        "add",
        "sun",
        "--office",
        "reviewer",
        "--public",
        hall.person("sun"),
        "--folder",
        hall.county.folder,
        "--as",
        "li",
    )
    told = hall.told("status", "--folder", hall.county.folder)
    assert "还差 2 个签名" in told
    code, told = hall.typed("status", "--folder", hall.county.folder, "--days", "3000")
    assert code == 1
    assert "到期，请续签" in told
