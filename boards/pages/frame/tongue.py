"""The languages of the page's frame: messages through gettext, dates as people write them.

The message ids are the Chinese sentences themselves, so zh_CN is complete by construction;
every other language is one folder under `locale/`. Sheets and names stay Chinese.

One rule for plurals: a catalogue may give a message two forms (`msgid_plural`, the same sentence), and
the first blank of the translation says which is meant: 1 household, 2 households.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from gettext import GNUTranslations
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final, Self

SOURCE: Final = "zh_CN"
LOCALE: Final = files("boards.pages") / "locale"
SHANGHAI: Final = timezone(timedelta(hours=8))  # civil time of settled §1; no summer time since 1991


_RATE: Final = re.compile(r"([0-9.,]+)([^0-9.,/]{1,2})/(\w{1,3})")
BLANK: Final = re.compile(r"\{([\w.]+)\}")


class Counted(str):
    """A message of many, beside it the form for one."""

    __slots__ = ("blank", "one")

    one: str
    blank: str  # which number decides

    def __new__(cls, many: str, one: str) -> Self:
        """`many` has a blank; the first one decides."""
        made = super().__new__(cls, many)
        made.one, made.blank = one, BLANK.findall(many)[0]
        return made

    def format(self, *given: object, **values: object) -> str:
        """The form that fits its number, filled."""
        words = self.one if str(values[self.blank]) == "1" else str(self)
        return words.format(*given, **values)


@dataclass(frozen=True, kw_only=True)
class Tongue:
    """One language. `say` translates a message id, `tag` is what `<html lang>` carries."""

    code: str
    tag: str
    say: Callable[[str], str]

    def day(self, day: date, today: date) -> str:
        """11月22日; with its year when that is not this year: 2025年6月18日."""
        return _day(self.say, day, day.year != today.year)

    def weekday(self, day: date) -> str:
        """星期日."""
        return _weekdays(self.say)[day.weekday()]

    def measured(self, quantity: str, unit: str) -> str:
        """6.3亩, in other languages 6.3 mu; a unit nobody translated stays as the county writes it."""
        words = None if self.code == SOURCE else _measures(self.say).get(unit)
        return words.format(quantity=quantity) if words else f"{quantity}{unit}"

    def unit(self, unit: str) -> str:
        """亩, mu: of a rate."""
        return unit if self.code == SOURCE else _units(self.say).get(unit, unit)

    def rate(self, text: str) -> str:
        """131.42元/亩 of a whole list; whatever else the county writes of its rate stays as it is."""
        found = None if self.code == SOURCE else _RATE.fullmatch(text)
        return f"{self.measured(found[1], found[2])}/{self.unit(found[3])}" if found else text

    def moment(self, instant: datetime, today: date) -> str:
        """Instant as civil time of the village: 今天06:40, 11月20日06:40."""
        aware = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
        local = aware.astimezone(SHANGHAI)
        day = self.say("今天") if local.date() == today else self.day(local.date(), today)
        return f"{day}{'' if self.code == SOURCE else ' '}{local:%H:%M}"


MANDARIN: Final = Tongue(code=SOURCE, tag="zh-Hans-CN", say=str)


@lru_cache(maxsize=1024)
def _day(_: Callable[[str], str], day: date, with_year: bool) -> str:
    words = _("{year}年{month}{day}日") if with_year else _("{month}{day}日")
    return words.format(year=day.year, month=_months(_)[day.month - 1], day=day.day)


@lru_cache(maxsize=8)
def _measures(_: Callable[[str], str]) -> Mapping[str, str]:
    return {
        "亩": _("{quantity}亩"), "公顷": _("{quantity}公顷"), "公斤": _("{quantity}公斤"),
        "人": _("{quantity}人"), "台": _("{quantity}台"), "头": _("{quantity}头"), "月": _("{quantity}个月"),
        "元": _("{quantity}元"),
    }  # fmt: skip


@lru_cache(maxsize=8)
def _units(_: Callable[[str], str]) -> Mapping[str, str]:
    return {
        "亩": _("亩"), "公顷": _("公顷"), "公斤": _("公斤"),
        "人": _("人"), "台": _("台"), "头": _("头"), "月": _("月"),
    }  # fmt: skip


def _months(_: Callable[[str], str]) -> tuple[str, ...]:
    return (
        _("1月"), _("2月"), _("3月"), _("4月"), _("5月"), _("6月"),
        _("7月"), _("8月"), _("9月"), _("10月"), _("11月"), _("12月"),
    )  # fmt: skip


def _weekdays(_: Callable[[str], str]) -> tuple[str, ...]:
    return (
        _("星期一"), _("星期二"), _("星期三"), _("星期四"), _("星期五"), _("星期六"), _("星期日"),
    )  # fmt: skip


def tongues(locale: Traversable = LOCALE) -> Mapping[str, Tongue]:
    """Every language there is: the Chinese source and each catalogue in a folder."""
    found = {SOURCE: MANDARIN}
    for folder in sorted(locale.iterdir(), key=lambda f: f.name):
        catalogue = folder.joinpath("LC_MESSAGES", "kiosk.mo")
        if folder.name != SOURCE and catalogue.is_file():
            with catalogue.open("rb") as opened:
                say = _spoken_by(GNUTranslations(opened))
            found[folder.name] = Tongue(code=folder.name, tag=folder.name.replace("_", "-"), say=say)
    return found


def _spoken_by(catalogue: GNUTranslations) -> Callable[[str], str]:
    @lru_cache(maxsize=4096)
    def say(message: str) -> str:
        one, many = catalogue.gettext(message), catalogue.ngettext(message, message, 2)
        return one if many in {one, message} else Counted(many, one)

    return say
