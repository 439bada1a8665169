"""Which village a row belongs to: names as typed, with or without 委会; a town tells namesakes apart."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher

import msgspec

from boards.model.line_faults import FaultsInFile, LineFault
from boards.model.place import CODE_FORM, Village, county_of, hamlets_of, short_name
from sync.county.formats.cells import group_name, squeezed
from sync.county.formats.delimited import decoded, delimiter_of
from sync.county.formats.errors import RosterRefused, TextEncodingBroken, TextEncodingUnknown
from sync.handwritten.encoding import AS_CSV
from sync.handwritten.tables import Row, loose_table

_CODE = re.compile(r"(?<!\d)\d{12}(?!\d)")
_WHOLE_CODE = re.compile(r"[1-9][0-9]{11}")
_TAIL = re.compile(
    r"(.*?)[\(\-—－_/、.:]?(第?(?:[0-9]{1,3}|[一二两三四五六七八九十]{1,4})(?:村民小组|居民小组|村民组|生产队|小组|组|社|队))\)?$"
)
_LABELLED = re.compile(
    r"(?:村民小组|村民组|小组|组别|组名|组)[::](第?(?:[0-9]{1,3}|[一二两三四五六七八九十]{1,4})(?:村民小组|村民组|小组|组)?)"
)
_WRITTEN = re.compile(
    r"([\u3400-\u9fff\U00020000-\U0003ffff]{1,8}?(?:社区居?委?会?|村民委员会|村委会|居委会|村(?![民组小])))"
)
_MENTIONED = re.compile(
    r"(?:村|社区|委会)(第?(?:[0-9]{1,3}|[一二两三四五六七八九十]{1,4})(?:村民小组|居民小组|村民组|生产队|小组|组))"
)
_AROUND = re.compile(r"^(?:附件|附表|表)?[\d一二三四五六七八九十]*[-.、_]?\d*[.、)]?|\(.*?\)|[::]$")
_REMARKED = re.compile(r"(?<=.)[\(（][^()（）]*[\)）]$")
_STARRED = re.compile(r"[*＊★※#]+$|(?<=村)[/／\-—]?\d{1,3}$")
_AFTER_HAMLET = r"(?:自然村|村)?(?=$|[\d(:一二三四五六七八九十第]|组|小组|村民小组)"
_DECORATION = re.compile(r"\((?:盖章|章|公章|签章)\)|^(?:单位|村名|行政村|村别|村)[::]|^\d+[.、]")


class VillageListUnreadable(FaultsInFile, RosterRefused):
    """The list of villages handed in is not one: every line that does not do."""

    code = "VILLAGE_LIST_UNREADABLE"
    sentence = "村名单有不对的地方：{told}\n共 {count} 处。"
    advice = f"需要有表头 county,town,village_code,village 的 CSV。{AS_CSV}。"


class Found(msgspec.Struct, frozen=True, gc=False):
    """What a text says of place: a code, or why there is none."""

    code: str = ""
    nearest: str = ""
    ambiguous: bool = False


def villages_from_csv(data: bytes) -> tuple[Village, ...]:
    """County's list of villages: county_code,county,town_code,town,village_code,village,official,hamlets.

    In any encoding and with any separator that Excel and WPS write; raises VillageListUnreadable.
    """
    if data.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        raise VillageListUnreadable([LineFault(1, "", "这是工作簿，不是 CSV")])
    try:
        text = decoded(data).lstrip("\ufeff")
    except (TextEncodingUnknown, TextEncodingBroken) as why:
        line = why.facts["line"] if isinstance(why, TextEncodingBroken) else 1
        raise VillageListUnreadable([LineFault(int(str(line)), "", "文字编码读不出来")]) from why
    rows, faults = loose_table(text, ("village_code", "village"), delimiter_of(text))
    faults += _odd_codes(rows)
    if faults or not rows:
        raise VillageListUnreadable(faults or [LineFault(1, "", "没有村")])
    return tuple(_village(row.cells) for row in rows)


def _village(cells: dict[str, str]) -> Village:
    town, county = cells.get("town", ""), cells.get("county", "")
    return Village(
        code=cells["village_code"],
        name=short_name(cells["village"]),
        town=town,
        county=county,
        hamlets=hamlets_of(cells.get("hamlets", "")),
    )


def _odd_codes(rows: Sequence[Row]) -> Iterator[LineFault]:
    """Codes that are none, not of their county or town, or not the only one of their village."""
    usual = dict(reversed([county for county, _ in Counter(map(_county, rows)).most_common()]))
    first: dict[tuple[str, ...], int] = {}
    for row in rows:
        code, named = row.cells["village_code"], (row.cells.get("town", ""), short_name(row.cells["village"]))
        above = (row.cells.get("county_code") or usual[_county(row)[0]], row.cells.get("town_code", ""))
        if why := _code_wrong(code, above):
            yield LineFault(row.line, "village_code", why)
        elif code and first.setdefault((code,), row.line) != row.line:
            yield LineFault(row.line, "village_code", f"村代码和第 {first[code,]} 行相同")
        elif all(named) and first.setdefault(named, row.line) != row.line:
            yield LineFault(row.line, "village", f"同一乡镇的同一个村，第 {first[named]} 行已经写过")


def _code_wrong(code: str, above: tuple[str, ...]) -> str:
    if code and not _WHOLE_CODE.fullmatch(code):
        lost = "；像 3.3E+11 这样的，先把这一列设为文本再另存" if "E+" in code.upper() else ""
        return CODE_FORM + lost
    return next(
        (f"应以 {one} 开头，和同一行的县、乡镇一致" for one in above if code and not code.startswith(one)), ""
    )


def _county(row: Row) -> tuple[str, str]:
    return row.cells.get("county", ""), county_of(row.cells["village_code"])


class Gazetteer:
    """The county's villages, found by what clerks write."""

    def __init__(self, villages: Iterable[Village]) -> None:
        self.villages = tuple(villages)
        self.by_code = {village.code: village for village in self.villages}
        self._by_name: dict[str, list[Village]] = defaultdict(list)
        for village in self.villages:
            for name in {village.name, _stem(village.name)}:
                self._by_name[name].append(village)
        self._names = sorted({village.name for village in self.villages}, key=lambda name: (-len(name), name))
        self.towns = tuple(
            sorted({village.town for village in self.villages if village.town}, key=len, reverse=True)
        )
        self._of_hamlet: dict[str, list[Village]] = defaultdict(list)
        for village in self.villages:
            for name in (one for one in village.hamlets if len(one) > 1):
                self._of_hamlet[_stem(name)].append(village)
        longest = sorted(self._of_hamlet, key=len, reverse=True)
        names = "|".join(map(re.escape, longest))
        self._hamlet = re.compile(f"({names}){_AFTER_HAMLET}") if longest else None
        self._known: dict[tuple[str, str, str, str], Found] = {}
        self._towns_known: dict[str, str] = {}

    def coded(self, text: str) -> str:
        """Code of the village whose 12 digits stand in a text; "" for none."""
        found = _CODE.search(text)
        return found[0] if found and found[0] in self.by_code else ""

    def town_in(self, text: str) -> str:
        """Name of the one town a text mentions (also without 镇/乡/街道, when the text is just that)."""
        if text not in self._towns_known:
            plain = squeezed(text)
            named = [town for town in self.towns if town in plain]
            if plain and not named:
                named = [town for town in self.towns if plain == re.sub(r"(镇|乡|街道)$", "", town)]
            self._towns_known[text] = named[0] if named else ""
        return self._towns_known[text]

    def find(self, text: str, town: str = "", hint: str = "", home: str = "") -> Found:
        """Village named by a cell. `town` stands beside it and binds; `hint` (title, address) decides.

        Of several with a 自然村 of this name it is `home`, the village the list is about.
        """
        key = (text, town, hint, home)
        if key not in self._known:
            self._known[key] = self._find(squeezed(text), town, hint, home)
        return self._known[key]

    def _find(self, text: str, town: str, hint: str, home: str) -> Found:
        if coded := self.coded(text):
            return Found(code=coded)
        inner = self.town_in(text) if len(text) > 3 else ""
        name, within = bare_village(text, inner), ""
        candidates = self._by_name.get(name) or self._by_name.get(_stem(name)) or []
        if not candidates:
            candidates, within = self._undressed(text, town)
        if bound := within or town or inner:
            candidates = [village for village in candidates if village.town == bound]
        if len(candidates) > 1 and hint:
            candidates = [village for village in candidates if village.town == hint] or candidates
        if not candidates:
            candidates = self._with_hamlet(text, bound or hint, home)
        if len(candidates) == 1:
            return Found(code=candidates[0].code)
        return Found(nearest=self.nearest(name, bound or hint), ambiguous=bool(candidates))

    def _undressed(self, text: str, town: str) -> tuple[list[Village], str]:
        """Villages of a text less its remarks, and its town: 岭东行政村, 岭东村（原下坞村）, 梅坞岭东."""
        plain = _REMARKED.sub("", text)
        within = self.town_in(text[len(plain) :]) if plain != text else ""
        plain = _STARRED.sub("", plain).replace("行政村", "村")
        named = self._by_name.get(bare_village(plain), [])
        if not named and plain.endswith("村民委"):
            named = self._by_name.get(plain.removesuffix("民委"), [])
        if named:
            return named, within
        for one in self.towns:
            stem = re.sub(r"(镇|乡|街道)$", "", one)
            if len(stem) > 1 and plain.startswith(stem) and town in {"", one}:
                rest = bare_village(plain[len(stem) :])
                here = self._by_name.get(rest) or self._by_name.get(_stem(rest)) or []
                if found := [village for village in here if village.town == one]:
                    return found, one
        return [], within

    def _with_hamlet(self, text: str, town: str = "", home: str = "") -> list[Village]:
        """Villages of the 自然村 a text begins with: 小王庄, 小王庄自然村3组, 岭东村小王庄."""
        plain = text.replace(town, "", 1) if town else text
        above = next((name for name in self._names if plain.startswith(name)), "") if self._hamlet else ""
        found = self._hamlet.match(plain, len(above)) if self._hamlet else None
        named = self._of_hamlet[found[1]] if found else []
        here = [village for village in named if not above or village.name == above]
        own = [village for village in here if village.code == home]
        return own or [village for village in here if village.town == town] or here

    def nearest(self, name: str, town: str = "") -> str:
        """Name of the village most like this one, in the same town if that is known; "" for none."""
        here = [village.name for village in self.villages if not town or village.town == town]
        scored = [(SequenceMatcher(None, _stem(name), _stem(other)).ratio(), other) for other in here]
        best = max(scored, default=(0.0, ""))
        return best[1] if best[0] > 0.3 else ""

    def knows(self, text: str) -> bool:
        """Whether a text is a village's name, in full or without its 村."""
        return text in self._by_name or _stem(text) in self._of_hamlet

    def named_in(self, text: str) -> tuple[Found, ...]:
        """Every village a title names. 石洋村 is none of ours and like 石垟村: `nearest` says so."""
        plain, found = squeezed(text), []
        rest = plain.replace(town, "", 1) if (town := self.town_in(plain)) else plain
        for name in self._names:
            if name in rest:
                found.append(self.find(name, town))
                rest = rest.replace(name, "　")
        if not found and len(homes := self._with_hamlet(rest, town)) == 1:
            return (Found(code=homes[0].code),)
        if not found and (written := village_written(rest)):
            return (Found(nearest=self.nearest(written, town)),)
        return tuple(found) or (self.mentioned(text),)

    def mentioned(self, text: str, hint: str = "", home: str = "") -> Found:
        """Village whose name stands anywhere in a heading, a title or a sheet's name.

        A 自然村 counts as its village; where several have one of this name, as `home`, the village so far.
        """
        plain = squeezed(text)
        town = self.town_in(plain)
        for name in self._names:
            if name in plain.replace(town, "", 1) if town else name in plain:
                return self.find(name, town, hint)
        bare = _AROUND.sub("", plain)
        if bare in self._by_name:
            return self.find(bare, town, hint)
        here = self._with_hamlet(plain, town or hint, home)
        return Found(code=here[0].code) if len(here) == 1 else Found()


def _stem(name: str) -> str:
    return re.sub(r"(村|社区)$", "", name) or name


def bare_village(text: str, town: str = "") -> str:
    """岭东村委会, 梅坞镇岭东村4组 → 岭东村."""
    plain = _DECORATION.sub("", squeezed(text))
    if town and town in plain:
        plain = plain.split(town, 1)[1].lstrip("/-_—·、,.:|") or plain
    tail = _TAIL.match(plain)
    return short_name(tail[1] if tail and tail[1] else plain)


def group_in(text: str) -> str:
    """Group in a combined text or heading: “岭东村 一组（盖章）” → 一组; "" when it names none."""
    plain = re.sub(r"\((?![^)]*[组社队]\)).*?\)", "", squeezed(text)).rstrip(":：")
    found = _TAIL.match(plain)
    return group_name(found[2]) if found else ""


def group_mentioned(text: str) -> str:
    """Group a title names after its village: “岭东村一组2025年补贴清册” → 一组; "" when it names none."""
    plain = squeezed(text)
    found = _LABELLED.search(plain) or _MENTIONED.search(plain)
    return group_in(text) or (group_name(found[1]) if found else "")


def village_written(text: str) -> str:
    """Village a heading names, where no list of villages is at hand."""
    found = _WRITTEN.search(re.sub(r"^.*?(?:乡|镇|街道)(?=.*村)", "", squeezed(text)))
    return short_name(found[1]) if found else ""
