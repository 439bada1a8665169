"""Reading a county pack: the folder of boards.model.pack, validated, named by one hash.

The hash is what these two lines print, so that anybody can check it without our program:

    cd pack && find * -type f | LC_ALL=C sort | xargs sha256sum | sha256sum

Only `read_pack` touches the disk; the rest is bytes in, `Pack` out.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args

import msgspec

from boards.model.calendar.years import CalendarUnreadable, exceptions_from
from boards.model.errors import Fault, Refusal
from boards.model.kept.retention import Retention
from boards.model.land.platform import PlatformTable
from boards.model.land.register import ListedCase, Standing
from boards.model.line_faults import FaultsInFile, LineFault, nearest
from boards.model.names import unshowable
from boards.model.pack import Contact, Filled, MaskPolicy, Pack, Programme
from boards.model.place import CODE_FORM, Village, county_of, hamlets_of, is_village_code, town_of
from boards.model.privacy.public_fields import faults_in
from boards.model.programmes import apply_faults
from sync.handwritten.encoding import AS_CSV, AS_TEXT, plain_text
from sync.handwritten.shape import Wrong
from sync.handwritten.tables import Row, loose_table, table
from sync.handwritten.toml import read
from sync.own_name import own_name

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence
    from pathlib import Path

    from boards.model.calendar.workdays import DayException
    from sync.handwritten.toml import Rules

T = TypeVar("T", bound=msgspec.Struct)

FILE_LIMIT_BYTES = 4 << 20
FILES_LIMIT = 500
VILLAGE_COLUMNS = ("county_code", "county", "town_code", "town", "village_code", "village", "official")
CASE_COLUMNS = ("case_id", "project", "standing", "village_code")
CONTACT_COLUMNS = ("village_code", "who", "place", "hours", "phone")
ITEM_COLUMNS = ("code", "field", "l1", "shown_by")
"""What a row of the disclosure catalogue must say; the other columns are the county's own."""
HAMLETS = "hamlets"
_KNOWN = re.compile(
    r"pack\.toml|(?:villages|contacts)\.csv|programmes/[a-z][a-z0-9_]*\.toml|terms/forbidden\.txt"
    r"|calendar/(?:19|20)\d\d\.csv|land/cases\.csv|land/platform\.toml|catalogue/[a-z][a-z0-9_]*\.csv",
    re.ASCII,
)
_CASES, _PLATFORM = "land/cases.csv", "land/platform.toml"
_FILES = (
    *("pack.toml", "villages.csv", "contacts.csv", "programmes/<code>.toml"),
    *("terms/forbidden.txt", "calendar/<year>.csv", _CASES, _PLATFORM, "catalogue/<field>.csv"),
)
_STANDINGS = get_args(Standing)
_SHOWN_BY = ("payout", "land", "document", "link", "none")


class PackMissing(Refusal):
    """There is no pack where the settings say."""

    code = "pack-missing"
    fault = Fault.PERSON
    sentence = "找不到县级资料包：{folder}。"
    advice = "请核对写的文件夹，或重新复制资料包。"


class PackNotWhole(FaultsInFile):
    """Files of the pack are missing, unknown or wrong: all of them, each with its line."""

    code = "pack-not-whole"
    fault = Fault.COUNTY
    sentence = "县级资料包有不对的地方：{told}\n共 {count} 处。"
    advice = "在县里：请逐处改正后再试。在一体机上：继续使用原来的资料包，县里改正后会自动换上。"


class PackNotPinned(Refusal):
    """The pack of a folder of the last release is not the one its county.toml names."""

    code = "pack-not-pinned"
    fault = Fault.MACHINE
    sentence = "县级资料包与设置里登记的校验值不一致（实际 {found}）。"
    advice = "请核对资料包是不是被改过；改回登记时的内容，再运行 county upgrade。"


class _Mask(MaskPolicy, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What pack.toml says of masks. Packs of old say of numbers that they are left out, and it is so."""

    ids: Literal["omit"] = "omit"
    accounts: Literal["omit"] = "omit"
    phones: Literal["omit"] = "omit"


class _PackHead(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What pack.toml says."""

    version: Filled
    county_code: str
    county: str
    supervision_phone: str
    mask: _Mask
    retention: Retention = Retention()


def read_pack(folder: Path, pinned: str | None = None) -> Pack:
    """Read and validate the pack in a folder; with `pinned`, refuse any other pack before parsing it."""
    files, strange = found_in(folder)
    if strange and pinned is not None:
        raise PackNotWhole(strange)
    found = pack_digest(files)
    if pinned is not None and found != pinned:
        raise PackNotPinned(found=found)
    return parsed_pack(files, strange)


class _Packed(msgspec.Struct, frozen=True, kw_only=True):
    """A whole pack as one file, the way it rides the line."""

    format: Literal["county-pack/1"] = "county-pack/1"
    files: dict[str, str]


def packed(files: Mapping[str, bytes]) -> bytes:
    """A pack's files as one: UTF-8, sorted, the same bytes for the same texts; raises PackNotWhole."""
    reading = _Reading(files)
    reading.pack()
    texts = {name: text for name, text in reading.texts.items() if text is not None}
    return msgspec.json.encode(_Packed(files=texts), order="sorted") + b"\n"


def unpacked(data: bytes) -> dict[str, bytes]:
    """The files of a pack that rode the line; raises PackNotWhole where it is none."""
    try:
        files = msgspec.json.decode(data, type=_Packed).files
    except (msgspec.MsgspecError, UnicodeDecodeError) as e:
        raise PackNotWhole([LineFault(1, "", str(e), "pack.json")]) from e
    if strange := [name for name in files if not _KNOWN.fullmatch(name)]:
        raise PackNotWhole(
            [LineFault(1, "", f"不是资料包里应有的文件{_meant(name)}", name) for name in strange]
        )
    return {name: text.encode() for name, text in files.items()}


def pack_of(data: bytes) -> Pack:
    """The pack that rode the line (`pack.json`); raises PackNotWhole."""
    return parsed_pack(unpacked(data))


def pack_files(folder: Path) -> dict[str, bytes]:
    """What the files of a pack's folder hold, without what is no part of a pack; raises PackMissing."""
    return found_in(folder)[0]


def is_pack_file(name: str) -> bool:
    """Whether a pack may have a file of this name."""
    return _KNOWN.fullmatch(name) is not None


def pack_digest(files: Mapping[str, bytes]) -> str:
    """SHA-256 over the lines `sha256sum` prints for the files, in the order of their names."""
    lines = (f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def parsed_pack(files: Mapping[str, bytes], strange: Sequence[LineFault] = ()) -> Pack:
    """Bytes of a pack's files by their names ("villages.csv", "programmes/rice.toml") to a valid Pack.

    Raises PackNotWhole with all that is wrong, what is strange in its folder too.
    """
    return _Reading(files, strange).pack()


def found_in(folder: Path) -> tuple[dict[str, bytes], list[LineFault]]:
    """Names and contents of a pack's folder, and what no pack has: links, unknown names and sizes.

    Raises PackMissing, and PackNotWhole for a file too large.
    """
    if not folder.is_dir():
        raise PackMissing(folder=own_name(folder))
    files: dict[str, bytes] = {}
    strange: list[LineFault] = []
    for path in (path for path in sorted(folder.rglob("*")) if path.is_symlink() or not path.is_dir()):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or not path.is_file() or not _KNOWN.fullmatch(name):
            strange.append(LineFault(1, "", f"不是资料包里应有的文件{_meant(name)}", name))
        elif path.stat().st_size > FILE_LIMIT_BYTES or len(files) + len(strange) >= FILES_LIMIT:
            raise PackNotWhole([LineFault(1, "", "文件过大或文件过多", name)])
        else:
            files[name] = path.read_bytes()
    return files, strange


def _meant(name: str) -> str:
    """The file that was probably meant."""
    known = nearest(name, _FILES)
    return f"，是不是 {known}？" if known else f"；可以有 {'、'.join(_FILES)}"


class _Reading:
    """A pack being read: what its files say, and all that is wrong with them."""

    def __init__(self, files: Mapping[str, bytes], strange: Sequence[LineFault] = ()) -> None:
        self.files, self.faults = files, [*strange]
        self.hamlets: dict[str, tuple[str, ...]] = {}
        self.texts = {name: self._text(name) for name in files}
        for name in {"pack.toml", "villages.csv"} - {*files}:
            self._wrong(name, 1, "", "缺少这个文件")

    def pack(self) -> Pack:
        """The pack; raises PackNotWhole."""
        head = self._toml("pack.toml", _PackHead, _unlikely)
        villages = self._villages(head)
        codes = {village.code for village in villages}
        years = tuple(sorted(int(name[9:13]) for name in self.files if name.startswith("calendar/")))
        programmes = [self._programme(name) for name in sorted(self.files) if name.startswith("programmes/")]
        contacts, cases = self._contacts(codes), self._land_cases(codes)
        platform = self._platform()
        self._catalogue()
        calendar = tuple(one for year in years for one in self._exceptions(year))
        if self.faults or head is None:
            raise PackNotWhole(self.faults)
        terms = (line.strip() for line in (self.texts.get("terms/forbidden.txt") or "").split("\n"))
        return Pack(
            version=head.version,
            county_code=head.county_code,
            county=head.county,
            supervision_phone=head.supervision_phone,
            mask=MaskPolicy(version=head.mask.version, names=head.mask.names),
            villages=tuple(villages),
            programmes=tuple(filter(None, programmes)),
            contacts=tuple(contacts),
            forbidden_terms=tuple(dict.fromkeys(filter(None, terms))),
            calendar_years=years,
            calendar=calendar,
            land_cases=tuple(cases),
            platform=platform,
            retention=head.retention,
            hamlets=self.hamlets,
            digest=pack_digest(self.files),
        )

    def _wrong(self, name: str, line: int, field: str, why: str) -> None:
        self.faults.append(LineFault(line, field, why, name))

    def _text(self, name: str) -> str | None:
        """UTF-8 (a byte-order mark is dropped) without anything that cannot be shown."""
        text = plain_text(self.files[name], AS_CSV if name.endswith(".csv") else AS_TEXT)
        if isinstance(text, LineFault):
            self.faults.append(text._replace(file=name))
            return None
        lines = text.split("\n")
        for at, line in enumerate(lines):
            if unshowable(line.replace("\t", " ")):
                self._wrong(name, at + 1, "", "有不能显示的字符，请删去后重新输入这一行")
                lines[at] = "".join(letter for letter in line if not unshowable(letter))
        return "\n".join(lines)

    def _toml(self, name: str, kind: type[T], rules: Rules) -> T | None:
        if (text := self.texts.get(name)) is None:
            return None
        found = read(text, kind, rules)
        if isinstance(found, list):
            self.faults += [one._replace(file=name) for one in found]
            return None
        return found

    def _rows(self, name: str, columns: tuple[str, ...], optional: str = "") -> list[Row]:
        if (text := self.texts.get(name)) is None:
            return []
        rows, faults = table(text, columns, optional)
        self.faults += [one._replace(file=name) for one in faults]
        for row in rows:
            for field, fault in faults_in(row.cells):
                self._wrong(name, row.line, field, fault)
        return rows

    def _villages(self, head: _PackHead | None) -> list[Village]:
        found: dict[str, tuple[int, Village]] = {}
        rows = self._rows("villages.csv", VILLAGE_COLUMNS, HAMLETS)
        for line, row in rows:
            code = row["village_code"]
            for field, why in _village_wrong(row, head):
                self._wrong("villages.csv", line, field, why)
            self.hamlets |= {code: names} if (names := hamlets_of(row.get(HAMLETS, ""))) else {}
            if any(len(name) < 2 for name in names):
                self._wrong("villages.csv", line, HAMLETS, "自然村名至少两个字，几个之间用顿号")
            if code in found:
                self._wrong("villages.csv", line, "village_code", f"村代码和第 {found[code][0]} 行相同")
            village = Village(code=code, name=row["village"], town=row["town"], county=row["county"])
            found.setdefault(code, (line, village))
        if not rows and not any(one.file == "villages.csv" for one in self.faults):
            self._wrong("villages.csv", 1, "", "没有村")
        return [village for _, village in found.values()]

    def _of_ours(self, name: str, row: Row, villages: Container[str]) -> None:
        """Every village a table names must be one of the list, where the list can be relied on."""
        in_doubt = any(
            one.file == "villages.csv" and one.field in {"", "village_code"} for one in self.faults
        )
        if not in_doubt and row.cells["village_code"] not in villages:
            self._wrong(name, row.line, "village_code", "不是本县的村：villages.csv 里没有这个村代码")

    def _contacts(self, codes: Container[str]) -> list[Contact]:
        found = []
        for row in self._rows("contacts.csv", CONTACT_COLUMNS):
            self._of_ours("contacts.csv", row, codes)
            cells = {**row.cells, "village": row.cells["village_code"]}
            found.append(Contact(**{name: cells[name] for name in Contact.__struct_fields__}))
        return found

    def _land_cases(self, codes: Container[str]) -> list[ListedCase]:
        """Cases of the list, their villages together; a case has one project and one standing."""
        found: dict[str, list[Row]] = {}
        for row in self._rows(_CASES, CASE_COLUMNS):
            rows = found.setdefault(row.cells["case_id"], [])
            self._of_ours(_CASES, row, codes)
            if row.cells["standing"] not in _STANDINGS:
                self._wrong(_CASES, row.line, "standing", f"只能是 {'、'.join(_STANDINGS)} 之一")
            for one in rows[:1]:
                for field in ("project", "standing"):
                    said = {row.cells[field], one.cells[field]}
                    if len(said) > 1 and (field == "project" or said <= {*_STANDINGS}):
                        self._wrong(_CASES, row.line, field, f"同一案件，和第 {one.line} 行不一致")
            for one in rows:
                if one.cells["village_code"] == row.cells["village_code"]:
                    self._wrong(
                        _CASES, row.line, "village_code", f"同一案件的同一个村，第 {one.line} 行已经写过"
                    )
            rows.append(row)
        return [] if self.faults else [_listed(case_id, rows) for case_id, rows in found.items()]

    def _catalogue(self) -> None:
        """Items of the disclosure catalogue (公开事项): each code once, in whichever table."""
        seen: dict[str, str] = {}
        for name in (name for name in sorted(self.files) if name.startswith("catalogue/")):
            rows, faults = loose_table(self.texts.get(name) or ",".join(ITEM_COLUMNS), ITEM_COLUMNS, ",")
            self.faults += [one._replace(file=name) for one in faults]
            for line, cells in rows:
                if cells["shown_by"] not in _SHOWN_BY:
                    self._wrong(name, line, "shown_by", f"只能是 {'、'.join(_SHOWN_BY)} 之一")
                here = f"{name} 第 {line} 行"
                if (first := seen.setdefault(cells["code"], here)) != here:
                    self._wrong(name, line, "code", f"事项代码和 {first} 相同")

    def _platform(self) -> PlatformTable | None:
        return self._toml(_PLATFORM, PlatformTable, _platform_rules)

    def _programme(self, name: str) -> Programme | None:
        def rules(said: dict[str, Any]) -> Iterator[Wrong]:
            code = name.removeprefix("programmes/").removesuffix(".toml")
            if said.get("code", code) != code:
                yield Wrong(("code",), f'应和文件名相同：code = "{code}"')
            yield from (Wrong((field,), why) for field, why in apply_faults(*_days(said)))
            yield from _unlikely(said)

        return self._toml(name, Programme, rules)

    def _exceptions(self, year: int) -> tuple[DayException, ...]:
        name = f"calendar/{year}.csv"
        if (text := self.texts.get(name)) is None:
            return ()
        try:
            exceptions = exceptions_from(text)
        except CalendarUnreadable as e:
            self.faults += [one._replace(file=name) for one in e.faults]
            return ()
        for one in exceptions:
            if one.day.year != year:
                self._wrong(name, _line_with(text, one.day.isoformat()), "date", f"不是 {year} 年的日期")
        return exceptions


def _days(said: dict[str, Any]) -> tuple[str, str]:
    """The days to apply, as far as they are sound."""
    return said.get("apply_from", ""), said.get("apply_to", "")


def _unlikely(said: dict[str, Any]) -> Iterator[Wrong]:
    """Texts that do not look like what their field says; a name of two lines would pass for two sentences."""
    yield from (Wrong(tuple(way.split(".")), fault) for way, fault in faults_in(said))
    lines = {key: text.splitlines() for key, text in said.items() if text and isinstance(text, str)}
    yield from (Wrong((key,), "要写在一行里") for key in lines if lines[key] != [said[key]])


def _platform_rules(said: dict[str, Any]) -> Iterator[Wrong]:
    places = {key: part for key, part in said.items() if key != "name"}
    unfit = msgspec.convert({"name": "", **places}, PlatformTable, strict=False).unfit()
    yield from (Wrong(way, why) for way, why in unfit.items())


def _village_wrong(row: Mapping[str, str], head: _PackHead | None) -> Iterator[tuple[str, str]]:
    """What in a row of villages.csv is not of this county, or not of its own town."""
    code = row["village_code"]
    if not is_village_code(code):
        yield "village_code", CODE_FORM
    elif town_of(code) != row["town_code"]:
        yield "village_code", "前 9 位应和 town_code 相同"
    elif head and county_of(code) != head.county_code:
        yield "village_code", f"不是本县的村，应以 {head.county_code} 开头"
    if head and row["county_code"] != head.county_code:
        yield "county_code", f"应和 pack.toml 相同：{head.county_code}"
    if head and row["county"] != head.county:
        yield "county", f"应和 pack.toml 相同：{head.county}"


def _listed(case_id: str, rows: Sequence[Row]) -> ListedCase:
    first = rows[0].cells
    codes = [row.cells["village_code"] for row in rows]
    named = {"case_id": case_id, "project": first["project"], "standing": first["standing"]}
    return msgspec.convert({**named, "villages": codes}, ListedCase)


def _line_with(text: str, beginning: str) -> int:
    """The line that begins so."""
    lines = enumerate(text.split("\n"), start=1)
    return next(number for number, line in lines if line.strip().startswith(beginning))
