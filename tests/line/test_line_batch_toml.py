"""batch.toml: what a clerk wrote by hand is read, or every fault is told with its line and what may stand there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.county.publish.batch import BatchToml, BatchTomlUnreadable, batch_toml

SOUND = {
    "programme": '"farmland_fertility"',
    "fiscal_year": "2025",
    "period_no": '"第1期"',
    "phase": '"payment"',
    "paid_on": "2025-09-30",
    "funds": '"县财政"',
    "planned_from": "2025-10-01",
    "planned_until": "2025-10-08",
    "control_total": '"12345.60"',
    "villages": '["330590100201"]',
}
FAULTS = {
    "programme": ("programme", "farmland_fertility", "英文引号"),
    "fiscal_year": ("fiscal_year", '"2025"', "2000 到 2099"),
    "period_no": ("period_no", '"上半年?"', "2025-01 或 第1期"),
    "phase": ("phase", '"pay"', "application、payment"),
    "paid_on": ("paid_on", '"2025-09-30"', "不加引号，例如 2025-09-30"),
    "funds": ("funs", '"县财政"', "是不是 funds？"),
    "planned_until": ("planned_until", "2025-9-8", "2025-09-30"),
    "planned_from": ("planned_from", "2025-13-01", "2025-09-30"),
    "control_total": ("control_total", "12345.6", '"12345.60"'),
    "villages": ("villages", "[330590100201]", "12 位村代码"),
}
"""By key: what is written instead, key and value, and a part of what is told."""


def refused(text: str | bytes) -> list:
    with pytest.raises(BatchTomlUnreadable) as caught:
        batch_toml(text if isinstance(text, bytes) else text.encode())
    return caught.value.faults


@given(st.sets(st.sampled_from(sorted(FAULTS)), min_size=1), st.permutations(sorted(SOUND)), st.booleans())
def test_so_many_faults_so_many_sentences(chosen, order, windows):
    """Wrong types, slips of the pen, lost quotes: as many sentences as faults, each with its line."""
    end = "\r\n" if windows else "\n"
    lines = [" = ".join(FAULTS[key][:2] if key in chosen else (key, SOUND[key])) for key in order]
    assert batch_toml(end.join(f"{key} = {SOUND[key]}" for key in order).encode()).period_no == "2025-01"
    told = refused(end.join(lines))
    assert [one.line for one in told] == [at for at, key in enumerate(order, 1) if key in chosen]
    for one in told:
        field, _, part = FAULTS[order[one.line - 1]]
        assert one.field.startswith(field)
        assert part in one.why


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", {"1 programme 没有写", "1 fiscal_year 没有写", "1 period_no 没有写"}),
        ("x=[", {"1 x 引号或括号没有写完", "1 programme 没有写", "1 fiscal_year 没有写", "1 period_no 没有写"}),
        ("A\nplanned_from=2025-02-02\nplanned_until=2025-02-01", {"5 planned_until 早于"}),
        ("A\nprogramme = 'y'", {"4 programme 写了两次"}),
        ("A\nvillages = " + "[" * 5000, {"4 villages 写法不对"}),
        ('A\nfunds = "县\noffice = "县农业局"', {"4 funds 引号或括号没有写完"}),
        ('A\nvillages = ["330590100201"\noffice = "县农业局"', {"4 villages 引号或括号没有写完"}),
        ('A\nvillages = [\n "330590100201",\n "3305",\n]', {"6 villages 第2项 应是 12 位村代码"}),
        ('A\n[[confirmed]]\ncode = "X"\nreason = "核"\npaid_on = 2025-01-02',
         {"6 confirmed 第1项 reason 应是 2 到 200 个字", "7 confirmed 第1项 paid_on 写错了地方"}),
        ('A\n[[confirmd]]\ncode = "X"\nreason = "核实"', {"4 confirmd 没有这一项，是不是 confirmed"}),
        ("A\nfunds ＝ “县财政”", {"4 funds 引号、等号"}),
    ],
)  # fmt: skip
def test_each_fault_says_what_to_do(text, told):
    """Missing, unclosed, twice, in the wrong place, full-width: where it is and what to write."""
    sound = "".join(f"{key} = {SOUND[key]}\n" for key in ("programme", "fiscal_year", "period_no"))
    found = refused(text.replace("A\n", sound))
    assert len(found) == len(told)
    assert all(any(f"{one.line} {one.field} {one.why}".startswith(part) for one in found) for part in told)


def test_a_batch_toml_in_another_encoding_says_how_to_save_it():
    """GBK is told with the line and the encoding to choose."""
    (told,) = refused('programme = "x"\nfunds = "县财政"'.encode("gbk"))
    assert told.line == 2
    assert "编码选“UTF-8”" in told.why


@given(st.binary(max_size=80))
def test_any_bytes_are_a_batch_or_our_refusal(data):
    """Nothing in the file makes the reader fail in another way, and what was typed is never repeated."""
    faults = []
    try:
        assert isinstance(batch_toml('funds = "龘"\n'.encode() + data), BatchToml)
    except BatchTomlUnreadable as caught:
        faults = caught.faults
    assert all(one.line >= 1 and "龘" not in str(one) for one in faults)
