"""Village and group of each line: its own cells, else the heading above, the sheet, the title, the file."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from boards.model.findings import Level
from boards.model.names import is_organisation
from boards.model.privacy.withheld import shown
from boards.model.programmes import programme_said
from sync.county.formats.cells import squeezed, text_of
from sync.county.gazetteer import (
    Found,
    Gazetteer,
    bare_village,
    group_in,
    group_mentioned,
    village_written,
)
from sync.county.roster.columns.thresholds import TITLE_CHARS
from sync.county.roster.columns.words import What
from sync.county.roster.entries import Said
from sync.county.roster.layout.titles import OF_NOW

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sync.county.formats.grid import Value
    from sync.county.formats.merges import Spans
    from sync.county.roster.columns.column import Band, Column
    from sync.county.roster.rows.table import Tell


CODE = re.compile(r"\d{12}")

_YEAR = re.compile(r"(?<!\d)(20[0-4]\d)年")
_HEADING = re.compile(
    r"(.{1,12}?(?:村|社区|居委会?|村委会?|村民委员会))"
    r"(?:(\([^)]*\))?[:：]?|(第?[0-9一二两三四五六七八九十]{1,4}(?:村民小?|小)?[组社队].{0,4}))"
)
_OF_ALL = re.compile(r"自然村|[各全本每该所]村|^(行政|所在)?村[:：]?$|农村|村[级组]|小计|合计|共计")

DITTO = frozenset({"同上", "〃", "″", '"', "''", "同", "”", "“"})
"""Marks that repeat the cell above."""


class Setting:
    """What stands around the lines of a sheet: file name, title, sheet name, and the latest heading."""

    def __init__(self, gazetteer: Gazetteer | None, texts: tuple[str, ...]) -> None:
        self.gazetteer = gazetteer
        self.town = self.village = self.group = ""
        for text in texts:  # the file's name first, the nearest last
            self.enter(text)

    @property
    def state(self) -> tuple[str, str, str]:
        """Town, village and group as they stand, to come back to."""
        return self.town, self.village, self.group

    @state.setter
    def state(self, state: tuple[str, str, str]) -> None:
        self.town, self.village, self.group = state

    def enter(self, text: str) -> None:
        """Take in a heading: it replaces what it names and leaves the rest."""
        if self.gazetteer:
            self.town = self.gazetteer.town_in(text) or self.town
            village = self.gazetteer.mentioned(text, self.town, self.village).code
        else:
            village = village_written(text)
        if village:
            self.village, self.group = village, ""
        self.group = group_mentioned(text) or self.group

    def enter_heading(self, text: str) -> str:
        """Take in a heading between rows; what it calls a village and is none of ours, to be told.

        The rows under it are never those of the village above.
        """
        self.enter(text)
        plain, gazetteer = squeezed(text), self.gazetteer
        found = _HEADING.fullmatch(plain)
        if gazetteer is None or found is None or not names_a_village(text):
            return ""
        known = gazetteer.mentioned(text, self.town, self.village).code
        if known or not _misspelt(found, gazetteer, self.town):
            return ""
        self.village, self.group = village_written(text) or plain, group_in(text)
        return self.village


def names_a_village(text: str) -> bool:
    """Whether a line is one village's name and at most its group: 岭东村, 岭东村 一组（盖章）."""
    plain = squeezed(text)
    return bool(_HEADING.fullmatch(plain)) and not _OF_ALL.search(plain)


def _misspelt(heading: re.Match[str], gazetteer: Gazetteer, town: str) -> bool:
    """Whether a heading that goes on to a group (岭冬村一组) names one of our villages wrongly.

    A natural village has groups too, and its name is like none of ours.
    """
    village, group = village_written(heading[1]), heading[3]
    return not group or bool(group_in(heading[0]) and gazetteer.nearest(village, town))


def statements(
    texts: Iterable[tuple[str, str]], gazetteer: Gazetteer | None, programmes: tuple[str, ...] = ()
) -> Iterator[Said]:
    """What texts around a list, each with its source, say of village, town, year and programme."""
    for source, text in texts:
        if text and len(squeezed(text)) <= TITLE_CHARS:
            named, years = gazetteer.named_in(text) if gazetteer else (), set(_YEAR.findall(text))
            only = named[0] if len(named) == 1 else Found()
            unlike = f"像{only.nearest}" if only.nearest and not only.ambiguous and not only.code else ""
            yield Said(
                source=source,
                text=text,
                village=only.code or unlike,
                named=tuple(one.code for one in named if one.code),
                town=_town_of(only, text, gazetteer) if gazetteer else "",
                year=years.pop() if len(years) == 1 and not OF_NOW.search(text) else "",
                programme=programme_said(squeezed(text), programmes),
            )


def _town_of(found: Found, text: str, gazetteer: Gazetteer) -> str:
    return gazetteer.by_code[found.code].town if found.code else gazetteer.town_in(text)


class Places:
    """The places of one band's lines."""

    def __init__(self, band: Band, spans: Spans, rows: list[list[Value]], setting: Setting) -> None:
        self.spans, self.rows, self.setting = spans, rows, setting
        villages = sorted(band.of(What.VILLAGE), key=lambda column: "自然" in column.header)
        self.column = villages[0] if villages else None
        self._others = [column for column in villages[1:] if "自然" not in column.header]
        self._town = next(iter(band.of(What.TOWN)), None)
        self._hints = (*villages[1:], *band.of(What.ADDRESS, What.COUNTY, What.REMARK))
        self._names = band.of(What.NAME)
        self._addresses = band.of(What.ADDRESS)
        self._written: dict[int, str] = {}

    def of(self, index: int, cells: list[Value], tell: Tell) -> tuple[str, str]:
        """Village (12-digit code, or the text as written when unknown) and the group the same text names."""
        text = self._carried(index, cells, self.column)
        if not text:
            return self._from_setting(cells, tell)
        return self._found(cells, index, text, tell), _group_of(text) or self.setting.group

    def _carried(self, index: int, cells: list[Value], column: Column | None) -> str:
        """Text of a place cell; empty ones take the merge they lie in, else the one written above."""
        if column is None:
            return ""
        own = _text(cells, column.index)
        if not own or own in DITTO:
            top = self.spans.owner(index, column.index)
            own = _text(self.rows[top[0]], top[1]) if top[0] != index else self._written.get(column.index, "")
        if own:
            self._written[column.index] = own
        return own

    def _from_setting(self, cells: list[Value], tell: Tell) -> tuple[str, str]:
        """Where a line without a place of its own belongs: what stands around it, its name, its address."""
        setting, gazetteer = self.setting, self.setting.gazetteer
        if setting.village:
            return setting.village, setting.group
        if gazetteer:
            name = next(filter(None, (_text(cells, column.index) for column in self._names)), "")
            if is_organisation(name):  # its name may carry its village
                stated = _text(cells, self._town.index) if self._town else ""
                town = (stated and gazetteer.town_in(stated)) or setting.town
                if own := gazetteer.mentioned(name, town).code:
                    return own, ""
            for column in self._addresses:
                text = _text(cells, column.index)
                if home := gazetteer.mentioned(text, setting.town).code:
                    return home, group_mentioned(text) or group_in(text)
        tell(Level.ERROR, "VILLAGE_MISSING", None, "看不出这一行属于哪个村。")
        return "", setting.group

    def _found(self, cells: list[Value], index: int, text: str, tell: Tell) -> str:
        """Code of the village a text names, with the town beside it where several have the name."""
        gazetteer = self.setting.gazetteer
        if gazetteer is None:
            return bare_village(text)
        stated = self._carried(index, cells, self._town)
        town = gazetteer.town_in(stated) if stated else ""
        found = gazetteer.find(text, town, self.setting.town, self.setting.village)
        for hint in self._hints if not found.code else ():
            beside = _text(cells, hint.index)
            if coded := gazetteer.coded(beside):
                found = Found(code=coded)
            elif hint in self._others:
                found = gazetteer.find(beside, self.setting.town)
            elif found.ambiguous and (town := gazetteer.town_in(beside)):
                found = gazetteer.find(text, town)
            if found.code:
                break
        if found.ambiguous and not found.code:
            message = f"“{shown(text)}”不止一个乡镇有，请写明乡镇。"
            tell(Level.ERROR, "VILLAGE_AMBIGUOUS", self.column, message)
        elif not found.code:
            advice = f"，是不是“{found.nearest}”？" if found.nearest else "。"
            tell(Level.ERROR, "VILLAGE_UNKNOWN", self.column, f"村名单里没有“{shown(text)}”{advice}")
        for column in (self.column, *self._others) if found.code and self._others else ():
            self._agrees(_text(cells, column.index) if column else "", found.code, column, tell)
        return found.code or text

    def _agrees(self, text: str, code: str, column: Column | None, tell: Tell) -> None:
        """Each of several columns of places, as 村代码 beside 村名, means the same village (settled §39)."""
        gazetteer = self.setting.gazetteer
        own = gazetteer.by_code[code] if gazetteer else None
        if own and text and text not in DITTO:
            other = gazetteer.find(text, own.town).code if gazetteer else ""
            if (other and other != code) or (not other and CODE.fullmatch(text)):
                message = f"同一行写的村不一样：“{shown(text)}”，另一列是{own.name}（{code}）。"
                tell(Level.WARNING, "VILLAGES_DISAGREE", column, message)


@lru_cache(maxsize=4096)
def _group_of(text: str) -> str:
    """Group that a village's text ends with; "" for none."""
    return group_in(text) if re.search(r"[组社队]\)?$", text) else ""


def _text(cells: list[Value], index: int) -> str:
    value = cells[index] if index < len(cells) else ""
    return squeezed(value) if isinstance(value, str) else text_of(value)
