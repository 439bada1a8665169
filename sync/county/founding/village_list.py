"""The county's own list of villages, as an office has it: any table, any encoding, usual column words.

Codes are what is most often damaged: a spreadsheet writes 3.30591E+11, drops zeros, or a digit was mistyped.
Nothing is guessed: each is told with its line and the code that was probably meant.
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from boards.model.line_faults import FaultsInFile, LineFault
from boards.model.place import CODE_FORM, county_of, hamlets_of, is_village_code, short_name, town_of
from sync.county.formats import book_of
from sync.county.formats.cells import squeezed
from sync.pack import HAMLETS, VILLAGE_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sync.county.formats.grid import Grid, Value

HEADER_WITHIN = 15  # rows of title and remarks above a header
_VILLAGE = r"(?:行政)?村(?:级|\(社区\)|\(居\)|/社区|社区|居)?(?:委会|民委员会|居委会)?"
_TOWN_WORDS = r"(?:所属|所在)?(?:乡镇街道|乡镇\(街道\)|镇\(街道\)|乡\(镇\)|镇街|镇乡|乡镇|镇|街道)"
_HEADERS = {
    "code": rf"(?:统计用|行政)*区划代码|(?:{_VILLAGE}|12位)?(?:区划)?(?:代码|编码|编号)|village_code",
    "village": rf"{_VILLAGE}(?:名称?)?|(?:村级|单位|机构)?名称|village",
    "town": rf"{_TOWN_WORDS}(?:名称?)?|town",
    "hamlets": r"(?:所辖)?自然村(?:名称?|\(小地名\))?|小地名|hamlets",
    "official": r"(?:村委会|单位)?全称|official",
}
_WORDS = {column: re.compile(words, re.IGNORECASE) for column, words in _HEADERS.items()}
_SUMMARY = re.compile(r"(全县|本镇|本乡)?(合|总|小|共)计:?")
_TOWN = re.compile(r"[\u3400-\u9fff]{1,10}(?:镇|乡|街道)")
_VILLAGE_NAME = re.compile(r"(?:村|社区)(?:[村居]?委会|[村居]民委员会)?$")
_NUMBERED = re.compile(r"[0-9.]+[eE]\+?[0-9]+")


class VillageListWrong(FaultsInFile):
    """The list of villages does not do; every line of it that has to be mended."""

    code = "village-list-wrong"
    sentence = "村名单有不对的地方：{told}\n共 {count} 处。"
    advice = "请在名单里逐处改正（代码列先设为文本）后再导入；没有写入任何内容。"


class Listed(NamedTuple):
    """One village of the list."""

    line: int
    code: str
    name: str
    town: str
    official: str
    hamlets: tuple[str, ...]


class _Line(NamedTuple):
    """One row, its cells by what they mean; the town is the row's `own`, of a row above, or of the sheet."""

    line: int
    code: str
    name: str
    town: str
    official: str
    hamlets: str
    own: bool = False  # the town stands in this row


class VillageList(NamedTuple):
    """What a list says."""

    villages: list[Listed]
    empty_towns: list[str]  # towns with a row of their own and no village: were rows lost?


def villages_in(data: bytes, county_code: str) -> VillageList:
    """The villages of a list (xlsx, xls, ods, csv); raises VillageListWrong and what its format raises."""
    lines = [line for sheet in book_of(data).sheets for line in _lines(sheet)]
    if not lines:
        columns = "区划代码、村名、乡镇（可以再有 自然村、全称）"
        raise VillageListWrong([LineFault(1, "", f"没有找到表头，或表头下没有村；要有这几列：{columns}")])
    towns = _towns(lines)
    codes = _codes(lines, towns)
    faults: list[LineFault] = []
    found: dict[str, Listed] = {}
    for line in (line for line in lines if not _is_town(line.code, line.name)):
        told = [*_wrong(line, lines, towns, codes, county_code)]
        before = found.get(line.code)
        if not told and before and (before.name != short_name(line.name) or not line.hamlets):
            told = [LineFault(line.line, "区划代码", f"和第 {before.line} 行的代码相同，一个村一个代码")]
        faults += told
        if not told:
            found[line.code] = _listed(line, towns, before)
    if faults:
        raise VillageListWrong(faults)
    settled = {one.town for one in found.values()}
    return VillageList([*found.values()], sorted({*towns.values()} - settled))


def villages_csv(villages: Iterable[Listed], county_code: str, county: str) -> str:
    """The list as the pack has it."""
    rows = sorted(villages, key=lambda one: one.code)
    out = io.StringIO()
    told = csv.writer(out, lineterminator="\n")
    named = any(one.hamlets for one in rows)
    told.writerow([*VILLAGE_COLUMNS, *[HAMLETS] * named])
    for one in rows:
        above = county_code, county, town_of(one.code), one.town
        told.writerow([*above, one.code, one.name, one.official, *["、".join(one.hamlets)] * named])
    return out.getvalue()


def _lines(sheet: Grid) -> Iterator[_Line]:
    """The rows below the header. A name that is merged, or left out, is that of the row above."""
    at, columns = _header(sheet)
    sheet_town = squeezed(sheet.name or "")
    town = sheet_town if _TOWN.fullmatch(sheet_town) else ""
    above: dict[str, str] = {}
    for index in range(at + 1, len(sheet.rows)):
        cells = {key: _text(sheet.rows[index], column) for key, column in columns.items()}
        code, name = cells["code"], cells["village"]
        summary = any(_SUMMARY.fullmatch(squeezed(cell)) for cell in sheet.rows[index])
        if summary or not (code or name or cells.get("hamlets")):
            continue
        if not code and not name:
            code, name = above.get("code", ""), above.get("village", "")
        town = name if _is_town(code, name) else cells.get("town") or town
        above = {"code": code, "village": name}
        said = cells.get("official", ""), cells.get("hamlets", ""), bool(cells.get("town"))
        yield _Line(sheet.line(index), code, name, town, *said)


def _header(sheet: Grid) -> tuple[int, dict[str, int]]:
    """Where the header stands, and its columns; of two for one meaning the one that looks more like it."""
    for at, row in enumerate(sheet.rows[:HEADER_WITHIN]):
        meant = [(key, column) for column, cell in enumerate(row) for key in _meanings(squeezed(cell))]
        if {"code", "village"} <= {key for key, _ in meant}:
            below = sheet.rows[at + 1 :]
            likely = sorted(meant, key=lambda one: sum(_long(_text(row, one[1])) for row in below))
            codes = [column for key, column in reversed(likely) if key == "code"]
            return at, {**dict(reversed(meant)), "code": codes[0]}
    return len(sheet.rows), {}


def _meanings(header: str) -> list[str]:
    return [key for key, words in _WORDS.items() if words.fullmatch(header)]


def _long(text: str) -> bool:
    """Whether a cell looks like a code and not like a number in a row of numbers."""
    return re.match(r"[0-9]{9}|[0-9.]+[eE]", text) is not None


def _text(row: list[Value], column: int) -> str:
    """A cell as text; a whole number without its .0."""
    value = row[column] if column < len(row) else ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return squeezed(str(value)).strip("'’‘")


def _is_town(code: str, name: str) -> bool:
    """Whether a row is a town's or the county's own (330590100000, 330590100, 330590), and no village's."""
    shaped = re.fullmatch(r"[1-9][0-9]{5}(000000|[0-9]{3}|[0-9]{3}000)?", code) is not None
    return shaped and _VILLAGE_NAME.search(name) is None


def _towns(lines: Iterable[_Line]) -> dict[str, str]:
    """The name of each town by its code: what most of its rows say."""
    said: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        if line.town and (
            is_village_code(line.code) or re.match(r"[0-9]{6}(?!000)[0-9]{3}(000)?$", line.code)
        ):
            said[town_of(line.code)].append(line.town)
    return {code: max(sorted(set(names)), key=names.count) for code, names in said.items()}


def _codes(lines: Iterable[_Line], towns: dict[str, str]) -> dict[str, str]:
    """The code of each town by its name: that of most of its villages."""
    said: dict[str, list[str]] = defaultdict(list)
    for code in (town_of(line.code) for line in lines if is_village_code(line.code)):
        said[towns.get(code, "")].append(code)
    return {name: max(sorted(set(found)), key=found.count) for name, found in said.items()}


def _wrong(
    line: _Line, lines: list[_Line], towns: dict[str, str], codes: dict[str, str], county_code: str
) -> Iterator[LineFault]:
    """What has to be mended in one row."""
    if not line.name:
        yield LineFault(line.line, "村名", "没有村名")
    if why := _code_wrong(line.code, county_code):
        meant = "" if "删去" in why else _meant(line, lines, towns, county_code)
        yield LineFault(line.line, "区划代码", why + (f"；是不是 {meant}？" if meant else ""))
    elif not towns.get(town_of(line.code)):
        yield LineFault(
            line.line, "乡镇", "没有乡镇名：加一列“乡镇”，或在前面写乡镇自己的一行（代码以 000 结尾）"
        )
    elif line.town and line.town != towns[town_of(line.code)]:
        why = f"代码是{towns[town_of(line.code)]}的，同一行写的是{line.town}"
        meant = _meant(line, lines, towns, county_code)
        yield LineFault(line.line, "区划代码", why + (f"；代码是不是 {meant}？" if meant else ""))
    elif not line.own and (usual := codes[towns[town_of(line.code)]]) != town_of(line.code):
        why = f"{towns[town_of(line.code)]}别的村代码以 {usual} 开头，这一行不是"
        yield LineFault(line.line, "区划代码", f"{why}；是另一个乡镇的，请写上乡镇名")


def _code_wrong(code: str, county_code: str) -> str:
    if not code:
        return "没有代码"
    if _NUMBERED.fullmatch(code):
        return "代码被表格软件改成了科学计数，后几位已经丢失；把这一列设为文本，照原件重新填写"
    if re.fullmatch(r"[0-9]{7,11}", code):
        return f"只有 {len(code)} 位，{CODE_FORM}，多半是丢了 0"
    if re.fullmatch(r"[0-9]{9}[4-9][0-9]{2}", code):
        return "末三位 001 至 199 是居委会，200 至 399 是村委会，别的不是村；不是村的请删去这一行"
    if not is_village_code(code):
        return CODE_FORM
    return "" if county_of(code) == county_code else f"不是本县的村，应以 {county_code} 开头"


def _meant(line: _Line, lines: list[_Line], towns: dict[str, str], county_code: str) -> str:
    """The code that was probably meant: one slip away, of a town we know, and no other village's."""
    used = {other.code for other in lines}
    own = {code for code, name in towns.items() if not line.town or name == line.town}
    near = dict.fromkeys([*_between(line, lines), *_one_slip_from(line.code)])
    ours = [code for code in near if is_village_code(code) and county_of(code) == county_code]
    fits = [code for code in ours if town_of(code) in own and code not in used]
    residents = re.search(r"社区|居委会|居民委员会", line.name) is not None
    return min(fits, key=lambda code: _of_residents(code) != residents, default="")


def _between(line: _Line, lines: list[_Line]) -> Iterator[str]:
    """The one number that the rows above and below leave free, and is not far from what was typed."""
    at = lines.index(line)
    around = [other.code for other in lines[max(at - 1, 0) : at + 2] if is_village_code(other.code)]
    if len(around) == 2 and int(around[1]) - int(around[0]) == 2:
        yield str(int(around[0]) + 1)


def _one_slip_from(code: str) -> Iterator[str]:
    """A zero that was lost, a figure too many, two turned round, one mistyped, another county's figures."""
    digits = code.translate(str.maketrans("OoIl", "0011"))
    places = range(len(digits))
    yield digits
    yield from (digits[:at] + "0" + digits[at:] for at in range(len(digits) + 1))
    yield from (digits[:at] + digits[at + 1 :] for at in places)
    yield from (digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :] for at in places[:-1])
    yield from (digits[:at] + one + digits[at + 1 :] for at in places for one in "0123456789")
    yield digits.removesuffix("000")


def _listed(line: _Line, towns: dict[str, str], before: Listed | None) -> Listed:
    name = short_name(line.name)
    full = line.official or (line.name if line.name != name else _official(name, line.code))
    hamlets = (*(before.hamlets if before else ()), *hamlets_of(line.hamlets))
    first = before.line if before else line.line
    return Listed(first, line.code, name, towns[town_of(line.code)], full, tuple(dict.fromkeys(hamlets)))


def _official(name: str, code: str) -> str:
    """岭东村委会, 浮星桥社区居委会: a residents' committee by its code (domain §1.7)."""
    if _of_residents(code):
        return f"{name}居委会"
    return f"{name}委会" if name.endswith("村") else f"{name}村委会"


def _of_residents(code: str) -> bool:
    """001 to 199 are residents' committees, the others villagers' (domain §1.7)."""
    return code[9] in "01"
