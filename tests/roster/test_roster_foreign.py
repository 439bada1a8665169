"""Foreign tables: what was written is what is read, streamed, with a few bytes kept of each row."""

import json
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk_server.cli import EXIT_HOLD, EXIT_INTERRUPTED, EXIT_OK, EXIT_REFUSED, county
from sync.county.foreign import Survey, mapping_toml
from sync.county.foreign.declared import PayeeTotals
from sync.county.foreign.errors import MappedColumnMissing, MappingUnreadable, NotText
from sync.county.foreign.records import text_table
from sync.county.foreign.said import LISTED_MAX
from sync.county.foreign.stream import json_blocks
from sync.county.report import Report
from sync.county.roster.errors import LineTooLong, TextEncodingUnknown
from tests.roster.foreign_files import HEAD, MAPPING, Dataset, dataset, written
from tests.roster.hostile_files import XLSX

COUNTY = [sys.executable, "-c", "import sys; from kiosk_server.cli import county; sys.exit(county())"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("foreign")


def survey_of(folder, text: str | bytes, mapping: str = MAPPING) -> Survey:
    file = folder / "payments.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    told = mapping_toml(mapping.encode(), "mapping.toml")
    return Survey(text_table(file, encoding=told.encoding, delimiter=told.delimiter), told)


def read(folder, text: str | bytes, mapping: str = MAPPING) -> dict:
    """The whole report as its reader gets it."""
    return json.loads(b"".join(json_blocks(survey_of(folder, text, mapping))))


def codes(told: dict) -> set[str]:
    return {one["code"] for one in told["findings"] if one["level"] != "note"}


@given(
    seed=st.integers(0, 10_000),
    rows=st.integers(1, 300),
    dialect=st.tuples(st.sampled_from(",;\t|"), st.sampled_from(".,"), st.booleans()),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
)
@settings(max_examples=40, deadline=None)
def test_what_was_written_is_what_is_read(folder, seed, rows, dialect, encoding):
    """Every row, area and sum to the cent, in every dialect, and nobody honest is accused."""
    delimiter, decimal, grouped = dialect
    made = dataset(seed, rows)
    text = made.text(delimiter=delimiter, decimal=decimal, grouped=grouped, total="合计")
    mapping = f'{MAPPING}total_words = ["合计"]\ndecimal = "{decimal}"\n'
    told = read(folder, text.encode(encoding), mapping)
    assert (told["verdict"], told["rows"], told["sum_fen"]) == ("ok", rows, made.sum_fen)
    assert told["declared_total_fen"] == made.sum_fen
    assert {one["village"]: (one["rows"], one["amount_fen"]) for one in told["villages"]} == made.areas
    payouts = [(one["holder"], one["village"], one["scheme"], one["amount_fen"]) for one in told["payouts"]]
    assert payouts == [(row[0], row[1], row[2], row[4]) for row in made.rows]
    assert [one["row"] for one in told["payouts"]] == list(range(2, rows + 2))


@given(seed=st.integers(0, 10_000), scattered=st.booleans(), wrong=st.booleans())
@settings(max_examples=30, deadline=None)
def test_each_payees_total_is_checked(folder, seed, scattered, wrong):
    """Rows of one payee, together or anywhere in the file, come to the total that stands beside them."""
    made = dataset(seed, 60, scattered=scattered)
    sums: dict = {}
    for row in made.rows:
        sums[row[0]] = sums.get(row[0], 0) + row[4]
    made.rows = [(*row[:5], sums[row[0]]) for row in made.rows]
    if wrong:
        off = made.rows[seed % 60]
        made.rows = [(*row[:5], row[5] + 1) if row[0] == off[0] else row for row in made.rows]
    assert codes(read(folder, made.text(), f'{MAPPING}total = "Total"\n')) == (
        {"PAYEE_TOTAL_MISMATCH"} if wrong else set()
    )


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(-50, 50), st.integers(-50, 50)), max_size=40))
def test_totals_of_payees_never_lose_a_difference(rows):
    """Whoever's rows do not come to the declared total is named, unless each row agrees by itself."""
    totals, sums, declared, each = PayeeTotals(), {}, {}, {}
    for who, fen, wanted in rows:
        stated = declared.setdefault(who, wanted)
        totals.add(who, fen, stated)
        sums[who] = sums.get(who, 0) + fen
        each[who] = each.get(who, True) and fen == stated
    named = {who for who, _, _ in totals.disagreeing()}
    assert named <= {who for who in sums if sums[who] != declared[who]} | {
        who for who in sums if not each[who]
    }
    runs_apart = {
        who
        for who in sums
        if sum(1 for at, row in enumerate(rows) if row[0] == who and (at == 0 or rows[at - 1][0] != who)) == 1
    }
    assert {who for who in runs_apart if sums[who] not in {declared[who], 0} and not each[who]} <= named


@given(seed=st.integers(0, 10_000), extra=st.sets(st.integers(0, 199), max_size=5))
@settings(max_examples=30, deadline=None)
def test_repeated_lines_are_found_and_nothing_else(folder, seed, extra):
    """A line that stands twice is told with both its numbers; lines that differ in one letter are not."""
    made = dataset(seed, 200)
    where = {row: at for at, row in enumerate(made.rows)}
    made.rows += [made.rows[at] for at in sorted(extra)]
    told = read(folder, made.text())
    found = [(one["row"], one["message"]) for one in told["findings"] if one["code"] == "DUPLICATE_ROW"]
    expected = [(202 + number, where[made.rows[at]] + 2) for number, at in enumerate(sorted(extra))]
    assert [row for row, _ in found] == [row for row, _ in expected]
    assert all(f"第{first}行" in message for (_, message), (_, first) in zip(found, expected, strict=True))


def test_rows_below_zero_are_recoveries(folder):
    """A negative row is noted with its line, counts in the sum, and is no reason to hold the table."""
    made = Dataset([("甲", "镇", "补贴", 2022, 500, 0), ("甲", "镇", "补贴", 2022, -300, 0)])
    told = read(folder, made.text())
    assert (told["verdict"], told["sum_fen"]) == ("ok", 200)
    assert [one["row"] for one in told["findings"] if one["code"] == "NEGATIVE_AMOUNT"] == [3]


def test_a_file_that_does_not_come_to_its_total_is_held(folder):
    """A line of totals or the publisher's own figure that is a cent off is an error with both figures."""
    made = dataset(5, 50)
    wrong = made.text() + f"TOTAL,,,,{written(made.sum_fen + 1)},\r\n"
    told = read(folder, wrong, f'{MAPPING}total_words = ["Total"]\n')
    assert codes(told) == {"TOTAL_MISMATCH"}
    stated = f'{MAPPING}declared_total = "{written(made.sum_fen - 1)}"\n'
    told = read(folder, made.text(), stated)
    assert codes(told) == {"DECLARED_TOTAL_MISMATCH"}
    assert told["declared_total_fen"] == made.sum_fen - 1


def test_amounts_in_several_columns_add_up(folder):
    """Two funds beside each other are one amount; an empty one is nothing, two empty ones are an error."""
    text = "N;A;B\n甲;1.00;2.00\n乙;;3.00\n丙;x;1\n丁;;\n"
    told = read(folder, text, 'payee = "N"\namount = ["A", "B"]\n')
    assert [one["amount_fen"] for one in told["payouts"]] == [300, 300, None, None]
    assert (told["verdict"], told["sum_fen"]) == ("hold", 600)


def test_many_findings_are_counted_not_kept(folder):
    """A million wrong cells take no more room than a few hundred: the rest are told as a number."""
    text = "N,A\n" + "甲,?\n" * 1000
    told = read(folder, text, 'payee = "N"\namount = "A"\n')
    wrong = [one for one in told["findings"] if one["code"] == "AMOUNT_UNREADABLE"]
    assert len(wrong) == LISTED_MAX + 1
    assert "1000" in wrong[-1]["message"]


def test_a_row_keeps_few_bytes(folder):
    """Never more than 32 bytes of a row stay, also when no payee's rows stand together."""
    for scattered in (False, True):
        survey = survey_of(
            folder, dataset(1, 20_000, scattered=scattered).text(), f'{MAPPING}total = "Total"\n'
        )
        for _ in survey.lines():
            pass
        assert survey.kept_bytes <= 32 * 20_000 + 200_000  # the empty buckets


def test_rows_leave_before_the_file_is_read(folder):
    """The first rows are out while the last are still to be read, and the object has the contract's members."""
    survey = survey_of(folder, dataset(1, 20_000).text())
    blocks = json_blocks(survey)
    first = next(blocks)
    assert survey.report().rows <= 1000
    whole = json.loads(first + b"".join(blocks))
    assert set(whole) == set(Report.__struct_fields__)
    assert len(whole["payouts"]) == 20_000


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (XLSX, NotText),
        (b"N,A\n" + b"1" * 3_000_000, LineTooLong),
        (b"N,A\n\xff\xff,1\n", TextEncodingUnknown),
        ("A,B\n甲,1\n".encode(), MappedColumnMissing),
    ],
)
def test_what_is_no_such_table_is_refused(folder, data, refusal):
    """A workbook, an endless line, unknown bytes and a missing column are one sentence each."""
    with pytest.raises(refusal):
        for _ in survey_of(folder, data, 'payee = "N"\namount = "A"\n').lines():
            pass


@pytest.mark.parametrize(
    "mapping",
    [
        "",
        "payee = 1",
        'payee="a"',
        'payee="a"\namount="b"\nspeed="c"',
        'payee="a"\namount="b"\nencoding="klingon"',
        "\x00",
    ],
)
def test_a_mapping_that_is_none_is_refused(mapping):
    """Unknown members, missing ones and unknown encodings are told before anything is read."""
    with pytest.raises(MappingUnreadable):
        mapping_toml(mapping.encode(), "mapping.toml")


def commanded(folder, *flags) -> tuple[list[str], object]:
    mapping = folder / "mapping.toml"
    mapping.write_text(MAPPING)
    return ["check", str(folder / "payments.csv"), "--profile", "generic", "--mapping", str(mapping), *flags]


def test_the_command_says_the_verdict(folder):
    """0 sound, 1 to be looked at, 2 not read; a table in the terminal, an object with --json."""
    file = folder / "payments.csv"
    made = dataset(2, 20)
    file.write_text(made.text())
    done = CliRunner().invoke(county, commanded(folder))
    assert done.exit_code == EXIT_OK
    assert "可以送审" in done.stdout
    file.write_text(made.text() + made.text().split("\r\n")[1])
    assert CliRunner().invoke(county, commanded(folder)).exit_code == EXIT_HOLD
    file.write_text("Beneficiary\n甲\n")
    done = CliRunner().invoke(county, commanded(folder, "--json"))
    assert done.exit_code == EXIT_REFUSED
    assert json.loads(done.stdout)["verdict"] == "refused"


@pytest.mark.usefixtures("_interruptible")
def test_a_stopped_reading_ends_in_order(folder):
    """^C: the object is closed and says that it was stopped, exit code 130, the file is untouched."""
    file = folder / "payments.csv"
    line = "Earl & fils,Town,Basic,2022,1.00,1.00"
    file.write_text(",".join(HEAD) + "\n" + f"{line}\n" * 600_000)
    child = subprocess.Popen(
        [*COUNTY, *commanded(folder, "--json")], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    begun = child.stdout.read(50_000)
    child.send_signal(signal.SIGINT)
    rest, said = child.communicate(timeout=30)
    told = json.loads(begun + rest)
    assert child.returncode == EXIT_INTERRUPTED, said
    assert told["verdict"] == "refused"
    assert told["findings"][0]["code"] == "READING_INTERRUPTED"
    assert 0 < told["rows"] < 600_000


@pytest.mark.usefixtures("_interruptible")
def test_a_stopped_check_leaves_nothing(folder):
    """^C in the middle of a county's own file: no child lives on, no report is there, exit code 130."""
    file, out = folder / "roster.csv", folder / "out"
    out.mkdir()
    rows = "\n".join(f"{at},王一,岭东村,{at},{at}" for at in range(200_000))
    file.write_text(f"序号,姓名,村,面积,金额\n{rows}")
    command = [*COUNTY, "check", str(file), "--html", str(out / "r.html"), "--json"]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    readers = wait_for(lambda: psutil.Process(child.pid).children())
    os.killpg(child.pid, signal.SIGINT)
    told, said = child.communicate(timeout=30)
    assert (child.returncode, told) == (EXIT_INTERRUPTED, b""), said
    assert not list(out.iterdir())
    assert not psutil.wait_procs(readers, timeout=5)[1]


@pytest.fixture
def _interruptible():
    """^C reaches the children, also where the suite runs in the background of a shell that ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def wait_for(asked) -> list:
    """The answer as soon as there is one; fails after ten seconds."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        if found := asked():
            return found
        time.sleep(0.02)
    raise AssertionError
