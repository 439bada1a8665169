"""Small acts on the working copy of a pack: one row, one field, one file, checked before it is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from boards.model.errors import Fault, Refusal
from boards.model.line_faults import LineFault, nearest
from sync.county.packs.difference import differences
from sync.county.packs.lines import Cells, Value, with_row, with_value, without_rows
from sync.durable import durable, settled
from sync.handwritten.encoding import AS_CSV, AS_TEXT, plain_text
from sync.pack import (
    CASE_COLUMNS,
    CONTACT_COLUMNS,
    HAMLETS,
    VILLAGE_COLUMNS,
    PackNotWhole,
    is_pack_file,
    pack_files,
    parsed_pack,
)

WORKING = "资料包工作副本"
"""Whoever writes the working copy holds the lock of this name."""
BOM = b"\xef\xbb\xbf"
VILLAGES, CONTACTS, CASES, TERMS = "villages.csv", "contacts.csv", "land/cases.csv", "terms/forbidden.txt"
_NUMBERS = ("_days", "_months", "_yuan")
_YES = {"true": True, "是": True, "false": False, "否": False}


class NotInPack(Refusal):
    """What is to be changed or taken out is not there."""

    code = "not-in-pack"
    fault = Fault.PERSON
    sentence = "资料包里没有{what}“{name}”{meant}。"
    advice = "请核对写法；现有的内容见资料包目录里的文件，或运行 county pack diff。"


class MoreNeeded(Refusal):
    """Something new lacks what only a person can say of it."""

    code = "pack-more-needed"
    fault = Fault.PERSON
    sentence = "新增{what}还要写明：{missing}。"
    advice = "请在同一条命令里补上，再运行一次。"


class Edited(NamedTuple):
    """What an act changed, in which files, and what is still wrong with the working copy."""

    told: tuple[str, ...]
    files: tuple[str, ...]
    left: tuple[LineFault, ...]


class Working:
    """The files of a working copy while an act changes some of them."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = dict(files)

    def text(self, name: str) -> str:
        """A file's text, "" where there is none; raises PackNotWhole."""
        text = plain_text(self.files.get(name, b""), AS_CSV if name.endswith(".csv") else AS_TEXT)
        if isinstance(text, LineFault):
            raise PackNotWhole([text._replace(file=name)])
        return text

    def put(self, name: str, text: str) -> None:
        """Put a file's text back in the line ends and with the mark that its editor gave it."""
        before = self.files.get(name, b"")
        written = text.replace("\n", "\r\n") if b"\r\n" in before else text
        self.files[name] = (BOM if before.startswith(BOM) else b"") + written.encode()

    def rows(self, name: str) -> list[Cells]:
        """The rows of a table."""
        found: list[Cells] = []
        without_rows(self.text(name), lambda row: bool(found.append(row)))  # type: ignore[func-returns-value]
        return found

    def set(self, name: str, columns: tuple[str, ...], key: Cells, row: Cells) -> None:
        """A row with this key, changed or new."""
        self.put(name, with_row(self.text(name), columns, _keyed(key), {**key, **row}))

    def drop(self, name: str, key: Cells) -> int:
        """Take out the rows with this key; how many there were."""
        text = self.text(name)
        there = sum(map(_keyed(key), self.rows(name)))
        if there:
            self.put(name, without_rows(text, _keyed(key)))
        return there

    def value(self, name: str, way: str, value: Value | None) -> None:
        """One field of a TOML file; raises EditByHand."""
        self.put(name, with_value(self.text(name), tuple(way.split(".")), value, name))

    def village(self, named: str) -> str:
        """The code of a village by code or name; raises NotInPack."""
        names = {row.get("village_code", ""): row.get("village", "") for row in self.rows(VILLAGES)}
        found = [code for code, name in names.items() if named in {code, name}]
        if len(found) != 1:
            raise _absent("村", named, (*names, *names.values()))
        return found[0]


Act = Callable[[Working], None]


def edited(folder: Path, act: Act) -> Edited:
    """Do it to the files of a folder, durably, unless the pack would be less whole than it was.

    Raises PackNotWhole, NotInPack, MoreNeeded, EditByHand, NotWritten.
    """
    before = pack_files(folder)
    working = Working(before)
    act(working)
    after = working.files
    left = faults_of(after)
    if worse := [*(Counter(map(_unplaced, left)) - Counter(map(_unplaced, faults_of(before))))]:
        raise PackNotWhole([one for one in left if _unplaced(one) in worse])
    return replaced(folder, before, after)


def replaced(folder: Path, before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Edited:
    """Other files in the place of these; raises NotWritten."""
    _write(folder, before, after)
    changed = tuple(name for name in sorted({*before, *after}) if before.get(name) != after.get(name))
    return Edited(differences(before, after), changed, faults_of(after))


def faults_of(files: Mapping[str, bytes]) -> tuple[LineFault, ...]:
    """All that is wrong with a pack."""
    try:
        parsed_pack(files)
    except PackNotWhole as wrong:
        return tuple(wrong.faults)
    return ()


def _unplaced(fault: LineFault) -> LineFault:
    return fault._replace(line=0)


def _write(folder: Path, before: Mapping[str, bytes], after: Mapping[str, bytes]) -> None:
    """Tables before the villages they name: stopped between, the check says what is left over."""
    for name in sorted({*before, *after}, key=lambda name: (name == VILLAGES, name)):
        if name not in after:
            (folder / name).unlink(missing_ok=True)
            settled((folder / name).parent)
        elif before.get(name) != after[name]:
            durable(folder / name, after[name])


def village(code: str, said: Cells) -> Act:
    """A village, new or changed: its name, town, official name, hamlets."""

    def act(working: Working) -> None:
        rows = working.rows(VILLAGES)
        known = next((row for row in rows if row.get("village_code") == code), None)
        row = {**said} if known else {**_of_town(rows, code), **said}
        if name := row.get("village", "" if known else None):
            row.setdefault("official", f"{name}委会")
        if missing := [] if known else [word for word in ("village", "town") if not row.get(word)]:
            raise MoreNeeded(what="村", missing="、".join(_OPTIONS[one] for one in missing))
        columns = (*VILLAGE_COLUMNS, HAMLETS) if row.get(HAMLETS) else VILLAGE_COLUMNS
        working.set(VILLAGES, columns, {"village_code": code}, row)

    return act


_OPTIONS = {
    "village": "村名（--name）",
    "town": "乡镇（--town）",
    "project": "项目（--project）",
    "standing": "办理情况（--standing）",
    "villages": "涉及的村（--village）",
}


def _of_town(rows: Iterable[Cells], code: str) -> dict[str, str]:
    """What a new village shares with the others of its county and town."""
    county = {"county_code": code[:6], "town_code": code[:9]}
    for row in rows:
        if row.get("county_code") == code[:6]:
            county["county"] = row.get("county", "")
        if row.get("town_code") == code[:9]:
            county["town"] = row.get("town", "")
    return county


def no_village(code: str) -> Act:
    """A village taken out, with its contacts and its place in land cases."""

    def act(working: Working) -> None:
        key = {"village_code": working.village(code)}
        for name in (CONTACTS, CASES, VILLAGES):
            working.drop(name, key)

    return act


def contact(named: str, who: str, said: Cells) -> Act:
    """Somebody villagers may turn to, new or changed."""

    def act(working: Working) -> None:
        key = {"village_code": working.village(named), "who": who}
        working.set(CONTACTS, CONTACT_COLUMNS, key, said)

    return act


def no_contact(named: str, who: str) -> Act:
    """A contact taken out."""

    def act(working: Working) -> None:
        if not working.drop(CONTACTS, {"village_code": working.village(named), "who": who}):
            raise NotInPack(what="联系人", name=who, meant="")

    return act


def programme(code: str, said: Mapping[str, str]) -> Act:
    """Fields of a programme by their ways: `windows.wall_days` = `10`; an empty one is taken out."""

    def act(working: Working) -> None:
        name = f"programmes/{code}.toml"
        if name not in working.files:
            working.put(name, f'code = "{code}"\n')
        for way, text in said.items():
            working.value(name, way, _typed(way, text) if text else None)

    return act


def _typed(way: str, text: str) -> Value:
    if way.endswith(_NUMBERS) and text.isascii() and text.isdecimal():
        return int(text)
    return _YES.get(text, text) if way == "sensitive" else text


def no_programme(code: str) -> Act:
    """A programme taken out."""

    def act(working: Working) -> None:
        if working.files.pop(f"programmes/{code}.toml", None) is None:
            known = [name[11:-5] for name in working.files if name.startswith("programmes/")]
            raise _absent("补贴项目", code, known)

    return act


def new_programme(code: str, text: str) -> Act:
    """A programme as a template has it; one that is there stays as it is, raises ProgrammeThere."""

    def act(working: Working) -> None:
        if f"programmes/{code}.toml" in working.files:
            raise ProgrammeThere(code=code)
        working.put(f"programmes/{code}.toml", text)

    return act


class ProgrammeThere(Refusal):
    """A template would write over what the county said."""

    code = "programme-there"
    fault = Fault.PERSON
    sentence = "资料包里已经有补贴项目 {code}，没有改动。"
    advice = "要改某一项，请用 county pack edit programme；要重来，先用 --remove 撤销它。"


def land_case(case_id: str, said: Cells, villages: Iterable[str]) -> Act:
    """A land case of the list: its project, how it stands, more villages."""

    def act(working: Working) -> None:
        known = [row for row in working.rows(CASES) if row.get("case_id") == case_id]
        row = {
            **({name: known[0].get(name, "") for name in ("project", "standing")} if known else {}),
            **said,
        }
        named = filter(None, (one.get("village_code") for one in known))
        codes = [*named, *map(working.village, villages)]
        needed = {**row, "villages": "".join(codes)}
        if missing := [one for one in ("project", "standing", "villages") if not needed.get(one)]:
            raise MoreNeeded(what="征地案件", missing="、".join(_OPTIONS[one] for one in missing))
        for code in dict.fromkeys(codes):
            working.set(CASES, CASE_COLUMNS, {"case_id": case_id, "village_code": code}, row)

    return act


def no_land_case(case_id: str, villages: Iterable[str]) -> Act:
    """A land case taken off the list, or some of its villages."""

    def act(working: Working) -> None:
        keys: list[dict[str, str]] = [{"village_code": working.village(one)} for one in villages]
        for key in keys or [{}]:
            if not working.drop(CASES, {"case_id": case_id, **key}):
                raise _absent("征地案件", case_id, [row.get("case_id", "") for row in working.rows(CASES)])

    return act


def term(word: str) -> Act:
    """A word that may not be published."""

    def act(working: Working) -> None:
        text = working.text(TERMS)
        if word not in map(str.strip, text.split("\n")):
            ended = text if not text or text.endswith("\n") else f"{text}\n"
            working.put(TERMS, f"{ended}{word}\n")

    return act


def no_term(word: str) -> Act:
    """A word that may be published again."""

    def act(working: Working) -> None:
        lines = working.text(TERMS).split("\n")
        kept = [line for line in lines if line.strip() != word]
        if kept == lines:
            raise _absent("不得公开的词", word, lines)
        working.put(TERMS, "\n".join(kept))

    return act


def whole_file(name: str, raw: bytes | None) -> Act:
    """A file of the pack as another file has it, UTF-8 or as Excel saves it here (GBK); None: taken out."""

    def act(working: Working) -> None:
        if not is_pack_file(name) or (raw is None and name not in working.files):
            raise _absent("文件", name, working.files)
        if raw is None:
            del working.files[name]
            return
        text = plain_text(raw, AS_CSV)
        working.files[name] = (text if isinstance(text, str) else _gbk(raw, name)).encode()

    return act


def _gbk(raw: bytes, name: str) -> str:
    try:
        return raw.decode("gb18030").replace("\r\n", "\n")
    except UnicodeDecodeError as e:
        line = raw.count(b"\n", 0, e.start) + 1
        raise PackNotWhole([LineFault(line, "", f"不是 UTF-8 文字。{AS_CSV}", name)]) from e


def head(way: str, value: str) -> Act:
    """A field of pack.toml: `supervision_phone`, `mask.names`, `retention.list`, `version`."""
    return lambda working: working.value("pack.toml", way, value)


def _keyed(key: Cells) -> Callable[[Cells], bool]:
    return lambda row: all(row.get(column) == cell for column, cell in key.items())


def _absent(what: str, name: str, known: Iterable[str]) -> NotInPack:
    guess = nearest(name, [*filter(None, known)])
    return NotInPack(what=what, name=name, meant=f"，是不是 {guess}" if guess else "")
