"""The county's commands, as a clerk and a reviewer type them."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from kiosk_server.cli import county_command as county
from sync.carriers.http import HttpSource
from tests.founding import as_typed
from tests.line.county_sim import ADULT, PACK, VILLAGE
from tests.line.county_sim import county as county_founded

pytestmark = pytest.mark.thorough

ROSTERS = Path(__file__).parents[2] / "deploy" / "demo" / "rosters"


def typed(*words):
    """Run a command; exit code and what was printed."""
    done = CliRunner().invoke(county, as_typed(words))
    return done.exit_code, done.output


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A county with its two persons."""
    return county_founded(tmp_path_factory.mktemp("cli") / "county").folder


def test_a_county_is_not_founded_twice(folder):
    """A second founding would orphan every kiosk: exit code 2, and why."""
    code, told = typed("init", folder, "--pack", PACK)
    assert code == 2
    assert "county-exists" in told


def test_a_roster_goes_all_the_way(folder):
    """Proposed, listed, shown, reviewed, published: the sums are the roster's."""
    (roster,) = ROSTERS.glob("04_*.csv")
    told_batch = next(ROSTERS.glob("04_*.toml"))
    code, told = typed("propose", roster, "--batch", told_batch, "--folder", folder)
    assert code == 0, told
    assert "合计 12 个村 354 行 345,190.94 元；名册总额 345,190.94 元" in told
    name = re.search(r"\S+$", told.strip())[0]
    assert typed("publish", name, "--folder", folder)[0] == 2
    assert "待审核" in typed("review", "--folder", folder)[1]
    assert "（not-looked-at）" in typed("review", "--folder", folder, "--accept", name)[1]
    looked = typed("review", name, "--folder", folder)[1]
    assert "岭东村 330590100201  31 行 31 户 23,229.97 元" in looked
    shown = re.search(r"--shown (\S+)", looked)[1]
    assert typed("review", "--folder", folder, "--accept", name, "--shown", shown)[0] == 0
    code, told = typed("publish", name, "--folder", folder)
    assert (code, told) == (0, "已发布到 12 个村：354 行 345,190.94 元。\n")
    assert "没有改动" in typed("publish", name, "--folder", folder)[1]
    code, told = typed("propose", roster, "--batch", told_batch, "--folder", folder)
    assert code == 2
    assert "batch-already-published" in told


def test_warnings_hold_a_roster_back(folder, tmp_path):
    """Exit code 1 until a person confirms; 2 when it cannot be published at all."""
    toml = tmp_path / "batch.toml"
    toml.write_text('programme="rice"\nfiscal_year=2025\nperiod_no="2025-09"\npaid_on=2025-09-30\n')
    roster = tmp_path / "名册.csv"
    head = "序号,村名,组别,户主姓名,身份证号码,补贴面积(亩),补贴标准(元/亩),补贴金额(元)"
    rows = [f"1,岭东村,一组,甲,{ADULT},2,10,20", "2,岭东村,一组,乙,,3,10,31", "3,岭东村,一组,丙,,3,10,30"]
    rows += ["4,岭东村,一组,丁,,3,10,30", "合计,,,,,,,111"]
    roster.write_text("\n".join([head, *rows, ""]))
    code, told = typed("propose", roster, "--batch", toml, "--folder", folder)
    assert code == 1
    assert ADULT not in told
    warning = re.search(r"[A-Z_]{6,}", told)[0]
    toml.write_text(toml.read_text() + f'[[confirmed]]\ncode="{warning}"\nreason="现场核实"\n')
    code, told = typed("propose", roster, "--batch", toml, "--folder", folder)
    assert (code, "已确认：现场核实" in told) == (0, True)
    for missing in (tmp_path / "nothing.csv", tmp_path):
        assert typed("propose", missing, "--batch", toml, "--folder", folder)[0] == 2
    assert typed("propose", roster, "--batch", tmp_path / "no.toml", "--folder", folder)[0] == 2
    assert typed("review", "--folder", tmp_path)[0] == 2


def test_a_number_in_a_files_name_is_kept_nowhere(folder, tmp_path):
    """Clerks name files after people: neither the proposal nor anything printed repeats the number."""
    toml = tmp_path / "batch.toml"
    toml.write_text(
        'programme="rice"\nfiscal_year=2025\nperiod_no="2025-10"\npaid_on=2025-10-31\n'
        f'source="甲 {ADULT} 报来"\n[[confirmed]]\ncode="X"\nreason="问过 {ADULT}"\n'
    )
    roster = tmp_path / f"甲{ADULT}.csv"
    head = "序号,村名,组别,户主姓名,身份证号码,补贴面积(亩),补贴标准(元/亩),补贴金额(元)"
    roster.write_text(
        "\n".join(
            [head, f"1,岭东村,一组,甲,{ADULT},2,10,20", "2,岭东村,一组,乙,,3,10,30", "合计,,,,,,,50", ""]
        )
    )
    code, told = typed("propose", roster, "--batch", toml, "--folder", folder)
    assert code == 0, told
    made = folder / "proposals" / re.search(r"\S+$", told.strip())[0]
    written = b"".join(path.read_bytes() for path in made.rglob("*") if path.is_file())
    assert "含个人号码，不显示".encode() in written
    listed = typed("review", made.name, "--folder", folder)[1] + typed("review", "--folder", folder)[1]
    gone = typed("propose", tmp_path / f"{ADULT}.csv", "--batch", toml, "--folder", folder)[1]
    assert ADULT not in told + listed + gone + written.decode()


def test_the_feed_is_served_until_stopped(folder):
    """`county serve` says its address, serves, and stops at once when told."""
    code = "from kiosk_server.cli import county_command as county; county()"
    serving = subprocess.Popen(
        [sys.executable, "-c", code, "serve", "--folder", folder, "--bind", "127.0.0.1:0"],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
        text=True,
    )
    try:
        address = re.search(r"http://\S+", serving.stdout.readline())[0]
        source = HttpSource(address)
        assert source.checkpoint(VILLAGE) == (folder / "feed" / "v" / VILLAGE / "checkpoint").read_bytes()
        source.close()
        port = address.rstrip("/").rpartition(":")[2]
        done, told = typed("serve", "--folder", folder, "--bind", f"127.0.0.1:{port}")
        assert done == 2
        assert "port-in-use" in told
    finally:
        serving.send_signal(signal.SIGTERM)
        serving.communicate(timeout=5)
    assert typed("serve", "--folder", folder, "--bind", "nonsense")[0] == 2
