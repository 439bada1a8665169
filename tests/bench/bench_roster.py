"""A county's largest roster against calamine merely reading it.

Run: make bench ARGS=bench_roster. Ours reads in a child process with limits, looks twice, checks IDs,
totals, rates, repeats, villages, and brings every row back; calamine hands out cells. CPU seconds of parent
and child together, the best of three.
"""

from __future__ import annotations

import contextlib
import gc
import io
import random
import resource
import threading
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import psutil
import python_calamine

from boards.model.money import product_fen
from boards.model.privacy.identifiers import id_check_digit
from sync.county.formats.grid import column_letter
from sync.county.intake.process import read_roster
from sync.county.reading import Verdict
from sync.county.report.report import json_blocks
from tests.bench.figures import Figure
from tests.roster.county_files import VILLAGES
from tests.roster.county_generator import GIVEN, SURNAMES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROWS, ROUNDS = 100_000, 3
RATIO_MAX, CHILD_MAX_MIB = 5.0, 300
RATE = Decimal("124.98")
HEAD = (
    "序号",
    "乡镇",
    "村",
    "组别",
    "姓名",
    "身份证号",
    "银行账号",
    "面积（亩）",
    "标准（元/亩）",
    "金额（元）",
    "备注",
)

_PART = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def roster(rows: int) -> Iterator[tuple[object, ...]]:
    """A sound list of a whole county: title, header, payees, total."""
    chance, whole = random.Random(1), 0
    yield ("苕安县2025年耕地地力保护补贴分户清册",)
    yield HEAD
    for at in range(1, rows + 1):
        village, area = chance.choice(VILLAGES), Decimal(chance.randrange(10, 2000)).scaleb(-2)
        order, day = divmod(at, 60 * 12 * 28)  # nobody's ID is somebody else's
        born = f"{1940 + day // 336}{day // 28 % 12 + 1:02}{day % 28 + 1:02}"
        first17 = f"330590{born}{order:03}"
        fen = product_fen(area, RATE)
        whole += fen
        card = f"1000{chance.randrange(10**14, 10**15)}"
        place = (
            village.town,
            village.name,
            f"{chance.randrange(1, 20)}组",
            chance.choice(SURNAMES) + chance.choice(GIVEN) + chance.choice(GIVEN),
        )
        yield (at, *place, first17 + id_check_digit(first17), card, area, RATE, Decimal(fen) / 100, "")
    yield ("合计", *("",) * 8, Decimal(whole) / 100)


def as_excel_writes(rows: Iterator[tuple[object, ...]]) -> bytes:
    """An .xlsx with shared strings; openpyxl would take longer to write it than everything below to run."""
    shared: dict[str, int] = {}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        with packed.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(f'{_PART}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            for at, row in enumerate(rows, 1):
                cells = "".join(
                    _cell(f"{column_letter(i)}{at}", value, shared) for i, value in enumerate(row)
                )
                sheet.write(f'<row r="{at}">{cells}</row>'.encode())
            sheet.write(b"</sheetData></worksheet>")
        texts = "".join(f"<si><t>{escape(text)}</t></si>" for text in shared)
        parts = {
            "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}" uniqueCount="{len(shared)}">{texts}</sst>',
            "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
            '<sheet name="明细" sheetId="1" r:id="rId1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": _links(
                ("rId1", "worksheet", "worksheets/sheet1.xml"), ("rId2", "sharedStrings", "sharedStrings.xml")
            ),
            "_rels/.rels": _links(("rId1", "officeDocument", "xl/workbook.xml")),
            "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',
        }
        for name, text in parts.items():
            packed.writestr(name, _PART + text)
    return out.getvalue()


def _cell(at: str, value: object, shared: dict[str, int]) -> str:
    if value == "":
        return ""
    if isinstance(value, str):
        return f'<c r="{at}" t="s"><v>{shared.setdefault(value, len(shared))}</v></c>'
    return f'<c r="{at}"><v>{value}</v></c>'


def _links(*links: tuple[str, str, str]) -> str:
    told = "".join(
        f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{part}"/>' for name, kind, part in links
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{told}</Relationships>'


def cpu_s() -> float:
    """CPU seconds of this process and of the children that have ended."""
    ours, theirs = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return ours.ru_utime + ours.ru_stime + theirs.ru_utime + theirs.ru_stime


def best(work: Callable[[], object]) -> float:
    """The least CPU it took."""
    taken = []
    for _ in range(ROUNDS):
        gc.collect()
        before = cpu_s()
        work()
        taken.append(cpu_s() - before)
    return min(taken)


class Watch(threading.Thread):
    """Looks at the children while something runs: the most memory one of them ever had.

    Not `ru_maxrss` of the children: a child begins with its parent's there.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most_kib, self._over = 0, threading.Event()

    def run(self) -> None:
        """Ask every twenty milliseconds."""
        while not self._over.wait(0.02):
            for child in psutil.Process().children():
                with contextlib.suppress(OSError, StopIteration):
                    lines = Path(f"/proc/{child.pid}/status").read_text().splitlines()
                    peak = next(line for line in lines if line.startswith("VmHWM"))
                    self.most_kib = max(self.most_kib, int(peak.split()[1]))

    def end(self) -> float:
        """Stop looking; the peak in MiB."""
        self._over.set()
        self.join()
        return self.most_kib / 1024


def figures() -> Iterator[Figure]:
    """100,000 rows of .xlsx: the ratio to calamine, and the child's memory."""
    data = as_excel_writes(roster(ROWS))
    reading = read_roster("全县.xlsx", data, VILLAGES)
    assert (reading.verdict, len(reading.rows)) == (Verdict.OK, ROWS)
    bare = best(
        lambda: (
            python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
        )
    )
    ours = best(lambda: read_roster("全县.xlsx", data, VILLAGES))
    told = best(lambda: b"".join(json_blocks(reading)))
    watch = Watch()
    watch.start()
    read_roster("全县.xlsx", data, VILLAGES)
    child_mib = watch.end()
    said = f"{ours:.2f} ÷ {bare:.2f} s, {len(data) / 1e6:.1f} MB"
    yield Figure(f"{ROWS:,} rows of xlsx ÷ calamine", ours / bare, RATIO_MAX, said=said)
    yield Figure("the same with its JSON", (ours + told) / bare, said=f"{told:.2f} s for the JSON")
    yield Figure("memory of the child, MiB", child_mib, CHILD_MAX_MIB)
