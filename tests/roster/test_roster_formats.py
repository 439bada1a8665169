"""Files as they are, whatever they are called; what is no roster is refused by name with what to do."""

import io
import zipfile
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.county.formats import book_of
from sync.county.formats.delimited import LINE_MAX_BYTES
from sync.county.formats.errors import (
    FormatNotRead,
    HeaderNotFound,
    LineTooLong,
    RosterEmpty,
    RosterRefused,
    TextEncodingBroken,
    WorkbookDamaged,
    WorkbookLocked,
    WorkbookTooLarge,
)
from sync.county.intake.check import read_roster
from sync.county.reading import Verdict
from tests.roster.county_files import VILLAGES, Household, as_csv, as_xls, by_openpyxl, flat

HOUSEHOLDS = [
    Household(VILLAGES[0], 1, name, Decimal(n), Decimal("131.42"))
    for n, name in enumerate(("朱𬭎", "贾䶮", "王㛃", "李芳"), 1)
]
XLSX, XLS = by_openpyxl(flat(HOUSEHOLDS)), as_xls(flat(HOUSEHOLDS))


def zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in parts.items():
            packed.writestr(name, data)
    return out.getvalue()


def named(*parts: tuple[str, bytes]) -> bytes:
    return zipped(**dict(parts))


@pytest.mark.parametrize(
    ("data", "refusal", "word"),
    [
        (b"", RosterEmpty, "空"),
        (b" \r\n\t", RosterEmpty, "空"),
        (b"%PDF-1.7 ...", FormatNotRead, "PDF"),
        (b"\x89PNG\r\n\x1a\n", FormatNotRead, "图片"),
        (b"Rar!\x1a\x07", FormatNotRead, "RAR"),
        (named(("word/document.xml", b"<w/>")), FormatNotRead, "Word"),
        ("<html><table><tr><td>今天</td></tr></table>".encode(), HeaderNotFound, "表头"),
        (b"<html><body><table></table></body></html>", WorkbookDamaged, "损坏"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', WorkbookDamaged, "损坏"),
        (b'<?xml version="1.0"?><feed>', FormatNotRead, "XML"),
        (XLSX[: len(XLSX) // 2], WorkbookDamaged, "损坏"),
        (XLSX[:200], WorkbookDamaged, "损坏"),
        (XLS[: len(XLS) // 2], WorkbookDamaged, "损坏"),
        (named(("xl/workbook.xml", b"<broken")), WorkbookDamaged, "损坏"),
        (XLS[:512] + "EncryptedPackage".encode("utf-16-le") + bytes(2000), WorkbookLocked, "密码"),
        ("姓名,金额\n".encode() + b"x" * (LINE_MAX_BYTES + 1), LineTooLong, "第 2 行太长"),
        ("今天,天气,好\n1,2,3\n".encode(), HeaderNotFound, "表头"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_one_sentence(data, refusal, word):
    """Each refusal names what the file is or lacks, and says what to do."""
    with pytest.raises(refusal) as caught:
        read_roster("名册.xls", data, VILLAGES)
    sentence, advice = caught.value.told()
    assert word in sentence
    assert advice


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch):
    """A small zip that says it unpacks to more than any roster is refused by its directory alone."""
    monkeypatch.setattr("sync.county.formats.workbook.UNPACKED_MAX_BYTES", 2**20)
    data = named(("xl/workbook.xml", b"<w/>"), ("xl/worksheets/sheet1.xml", bytes(2**21)))
    assert len(data) < 2**14
    with pytest.raises(WorkbookTooLarge):
        book_of(data)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([XLSX, XLS, as_csv(flat(HOUSEHOLDS), "gb18030")]), st.data())
def test_a_changed_byte_is_read_or_refused(sound, data):
    """Any damage ends in a reading or a refusal, never in another error."""
    broken = bytearray(sound)
    for _ in range(data.draw(st.integers(1, 8))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    try:
        reading = read_roster("名册", bytes(broken), VILLAGES)
    except RosterRefused as refusal:
        outcome = refusal.told()[1]
    else:
        outcome = reading.verdict
    assert outcome


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data):
    """Whatever is handed in, the answer is a reading or a refusal."""
    try:
        outcome = read_roster("x", data, VILLAGES).verdict
    except RosterRefused as refusal:
        outcome = refusal.code
    assert outcome


def test_names_beyond_gbk_survive_gb18030():
    """朱𬭎, 贾䶮 and 王㛃 come back whole from a GB18030 file."""
    reading = read_roster("x.csv", as_csv(flat(HOUSEHOLDS), "gb18030"), VILLAGES)
    assert [row.payout.holder for row in reading.rows] == ["朱𬭎", "贾䶮", "王㛃", "李芳"]


def test_lines_of_a_text_file_are_physical_lines():
    """A quoted line break makes a row longer, and the rows after it keep their line in the file."""
    text = '清册,,\r\n序号,姓名,"补贴\n金额（元）"\r\n1,李芳,"1,200.50"\r\n\r\n2,="王秀英",30\r\n'
    reading = read_roster("岭东村.csv", text.encode("gb18030"), VILLAGES)
    assert [(row.row, row.payout.holder, row.payout.amount_fen) for row in reading.rows] == [
        (4, "李芳", 120050),
        (6, "王秀英", 3000),
    ]
    assert {row.village for row in reading.rows} == {"330590100201"}


def test_a_line_that_ends_before_its_number():
    """The number column may stand last, and a line of text may stop before it: told, never an error of ours."""
    reading = read_roster("单.csv", "补贴金额,姓名,序号\n5,王一,1\n6\n7,李二,2\n".encode())
    assert [(row.payout.holder, row.payout.amount_fen) for row in reading.rows if row.payout.holder] == [
        ("王一", 500),
        ("李二", 700),
    ]
    assert reading.verdict is Verdict.HOLD


def test_figures_beyond_any_amount_are_told():
    """An area of thirty digits times a rate is no amount of ours to round: a row waits, nothing falls over."""
    lines = ["序号,姓名,面积,补贴标准,补贴金额"]
    lines += [f"{n},王{n},{'9' * 30}.5,2,2" for n in range(1, 5)]
    reading = read_roster("单.csv", "\n".join(lines).encode())
    assert reading.verdict is Verdict.HOLD


def text_table(amount: str, *, trailing: str = "", header: str = "序号,户主,面积,金额,备注") -> bytes:
    rows = [f"{at},王{name},{at},{at}00.00,{trailing}" for at, name in enumerate("一二三四五", 1)]
    rows[2] = f"3,王三,3,{amount},{trailing}"
    return "\r\n".join(["岭东村2025年补贴", header, *rows]).encode("gb18030")


def test_a_comma_nobody_quoted_shifts_a_line_and_is_told():
    """1,200.00 in a text table makes one field more than the header has: an error at its line, never 1 yuan."""
    shifted = read_roster("x.csv", text_table("1,200.00"), VILLAGES)
    assert [(one.code, one.row) for one in shifted.findings if one.level == "error"] == [
        ("FIELDS_SHIFTED", 5)
    ]
    assert [row.faulty for row in shifted.rows] == [False, False, True, False, False]
    quoted = read_roster("x.csv", text_table('"1,200.00"'), VILLAGES)
    assert (quoted.verdict, quoted.rows[2].payout.amount_fen) == (Verdict.OK, 120000)


def test_a_comma_at_the_end_of_every_line_is_a_habit():
    """Exports that end each line with a separator shift nothing."""
    habit = read_roster("x.csv", text_table("300.00", trailing=","), VILLAGES)
    assert habit.verdict is Verdict.OK
    short = read_roster("x.csv", text_table("300.00", header="序号,户主,面积,金额"), VILLAGES)
    assert short.verdict is Verdict.OK


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_one_broken_byte_names_the_encoding(bom):
    """A table in UTF-8 with a damaged byte is refused with its encoding and line, not read as other words."""
    sound = text_table("300.00").decode("gb18030").encode()
    at = sound.index("王三".encode()) + 1
    with pytest.raises(TextEncodingBroken) as refused:
        read_roster("x.csv", bom + sound[:at] + b"\xff" + sound[at:], VILLAGES)
    assert "UTF-8" in str(refused.value)
    assert "5" in str(refused.value)
