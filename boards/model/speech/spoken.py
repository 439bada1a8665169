"""Written Chinese as it is said aloud (朗读): numbers, dates, money, phones and names become words. Pure.

    2025年 → 二零二五年        1,090.79元 → 一千零九十元七角九分      131.42元/亩 → 每亩一百三十一元四角二分
    0572-5000021 → 零五七二，五零零零零二幺      8.3亩 → 八点三亩      6月30日 → 六月三十日

What comes out is a `Speech`: stretches of Hanzi and pauses, with the reading beside those that a
dictionary of characters would get wrong (surnames, Latin letters).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from decimal import Decimal
from itertools import accumulate, takewhile
from typing import Final

import msgspec

from boards.model.names import MIDDLE_DOT
from boards.model.numerals import amount_words, decimal_words, digit_words, number_words
from boards.model.speech.surname_readings import LETTER_READINGS, surname_said

LONGEST_SPEECH: Final = 3000  # characters: ten minutes of patience, and a bound for the synthesiser
MARKS_A_MINUTE: Final = 220  # Hanzi and pauses as the press speaks them; a test holds it to the audio
PAUSES: Final = "，。、；：！？"
REST_ON_SCREEN: Final = "后面的内容，请看屏幕。"


class Said(msgspec.Struct, frozen=True, gc=False):
    """A stretch of speech: Hanzi and pauses; `reading` has one syllable a sound, "" for the dictionary's."""

    text: str
    reading: tuple[str, ...] = ()


Speech = tuple[Said, ...]

_NUMBER: Final = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?)"
_YEAR: Final = r"(?:19|20|21)\d\d"
_UNITS: Final = {
    "kg": "公斤", "km": "公里", "m2": "平方米", "m3": "立方米", "mm": "毫米", "cm": "厘米", "ml": "毫升",
    "kw": "千瓦", "hp": "马力", "mu": "亩", "ha": "公顷", "t": "吨", "g": "克", "m": "米", "l": "升",
}  # fmt: skip
_GOODS: Final = "公斤|千克|斤|吨|克|升|袋|包|株|棵|kg|t"  # what is handed out by the 亩
_SYMBOLS: Final = {
    "×": "乘", "=": "等于", "+": "加", "≥": "不低于", "≤": "不超过", ">": "大于", "<": "小于", "%": "百分号",
    "℃": "度", "&": "和", "°": "度", "〇": "零", "*": "某", "￥": "", "¥": "",
}  # fmt: skip
_TO_PAUSE: Final = {
    ord(mark): pause
    for marks, pause in (
        (",()（）[]【】〔〕—–…|/\\\t", "，"), (";", "；"), (":", "："),
        ("!", "！"), ("?", "？"), ("\n\r", "。"),
    )
    for mark in marks
}  # fmt: skip
_MEASURES: Final = "户亩笔台个项份人头只张条斤吨天周次年元点种块位家" + "公小"  # 公斤、公顷、小时


def spoken(text: str) -> str:
    """A written text as Hanzi, Latin letters and pauses only: no digit is left unread."""
    return _said(text).lstrip(PAUSES)


def _said(text: str) -> str:
    """The same with its leading pause: a part of a longer text."""
    plain = "".join(map(_plain_mark, text))
    for pattern, said in _RULES:
        plain = pattern.sub(said, plain)
    plain = "".join(_SYMBOLS.get(mark, mark) for mark in plain).translate(_TO_PAUSE)
    kept = "".join(m for m in plain if m in PAUSES or _hanzi(m) or (m.isascii() and m.isalpha()))
    # one pause at a time: the strongest of a run
    return re.sub(rf"[{PAUSES}]+", lambda run: min(run[0], key="。！？；：，、".index), kept)


def heard(*parts: str | Speech) -> Speech:
    """Texts and finished speech, one after the other; Latin letters get their readings."""
    said: list[Said] = []
    for part in parts:
        if isinstance(part, str):
            paused = not said or said[-1].text.endswith(tuple(PAUSES))
            said.extend(_lettered(spoken(part) if paused else _said(part)))
        else:
            said.extend(part)
    return tuple(said)


def name_said(name: str) -> Speech:
    """A person's name: the surname's own reading, “·” in one breath, a star of the mask policy as 某."""
    surname, reading = surname_said(name)
    given = spoken(name.removeprefix(surname).replace(MIDDLE_DOT, "").replace("**", "*"))
    lead = (Said(surname, reading),) if surname else ()
    return (*lead, *_lettered(given))


def code_said(code: str) -> Speech:
    """A short code, digit by digit in two groups, as it stands on paper."""
    return (Said(f"{digit_words(code[:5], one='幺')}，{digit_words(code[5:], one='幺')}"),)


def words(speech: Iterable[Said]) -> str:
    """What is heard, as text: the words an operator would read for a voice pack."""
    return "".join(said.text for said in speech)


def capped(speech: Speech, longest: int = LONGEST_SPEECH) -> Speech:
    """At most so many characters, ended at a pause, with a word that there is more on the screen."""
    if sum(len(said.text) for said in speech) <= longest:
        return speech
    kept: list[Said] = []
    room = longest - len(REST_ON_SCREEN) - 1
    for said in speech:
        if len(said.text) > room:
            part = said.text[:room]
            end = max(map(part.rfind, PAUSES))
            kept.append(Said(part[:end] if end > 0 else part))
            break
        kept.append(said)
        room -= len(said.text)
    return (*kept, Said("。" + REST_ON_SCREEN))


def fitting(seconds: int, news: Iterable[str], around: str) -> int:
    """How many of the news, from the first on, are heard in that time beside what is said around them."""
    room = seconds * MARKS_A_MINUTE // 60 - len(spoken(around))
    ends = accumulate(len(spoken(one)) for one in news)
    return sum(1 for _ in takewhile(lambda end: end <= room, ends))


def _plain_mark(mark: str) -> str:
    """Every digit of the world as ASCII; full-width letters, ², ㎡ and their like in plain form."""
    if mark in PAUSES or mark.isascii() or _hanzi(mark):
        return mark
    digit = unicodedata.digit(mark, None)
    if digit is not None:
        return str(digit)
    return unicodedata.normalize("NFKC", mark).replace("\u2044", "/").replace("\u2212", "-")


def _hanzi(mark: str) -> bool:
    return (
        "\u3400" <= mark <= "\u9fff" or "\uf900" <= mark <= "\ufaff" or "\U00020000" <= mark <= "\U0003fffd"
    )


def _lettered(text: str) -> list[Said]:
    pieces = (piece for piece in re.split(r"([A-Za-z])", text) if piece)
    return [Said(piece, LETTER_READINGS.get(piece.upper(), ())) for piece in pieces]


def _money(number: str) -> str:
    """元角分 where there are at most two decimals, otherwise a decimal number of 元."""
    fen = Decimal(number.replace(",", "")).scaleb(2)
    return amount_words(int(fen)) if fen == int(fen) else f"{decimal_words(number)}元"


def _day(found: re.Match[str]) -> str:
    year, month, day = found[1], int(found[2]), int(found[3])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return found[0]
    return f"{digit_words(year)}年{number_words(month)}月{number_words(day)}日"


def _moment(found: re.Match[str]) -> str:
    hour, minute = int(found[1]), int(found[2])
    if hour > 24:
        return found[0]
    minutes = f"{'零' if minute < 10 else ''}{number_words(minute)}分" if minute else ""
    return f"{'两' if hour == 2 else number_words(hour)}点{minutes}"


def _dialled(found: re.Match[str]) -> str:
    groups = re.findall(r"\d+", found[0])
    if len(groups) == 1 and len(groups[0]) == 11 and groups[0].startswith("1"):
        groups = [groups[0][:3], groups[0][3:7], groups[0][7:]]
    return "，".join(digit_words(group, one="幺") for group in groups)


_RULES: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...]] = (
    (re.compile(rf"(?<!\d)({_YEAR})[-/.](\d{{1,2}})[-/.](\d{{1,2}})(?!\d)"), _day),
    (
        re.compile(rf"(?<!\d)({_YEAR})-(0[1-9]|1[0-2])(?!\d)"),
        lambda found: f"{digit_words(found[1])}年{number_words(int(found[2]))}月",
    ),
    (re.compile(r"(?<!\d)(\d{1,2})[:：]([0-5]\d)(?!\d)"), _moment),
    (
        re.compile(
            r"(?<![\d.,])(?:0\d{2,3}[- ]?\d{3,4}[- ]?\d{4}|[48]00-?\d{3}-?\d{4}"
            r"|1\d{2}[- ]?\d{4}[- ]?\d{4})(?!\d)"
        ),
        _dialled,
    ),
    (
        re.compile(r"((?:电话|热线|拨打|手机|拨)[：:\s]*)(\d{3,12})(?![\d.]|元)"),
        lambda found: found[1] + digit_words(found[2], one="幺"),
    ),
    (re.compile(r"(?<=[\d日月年元%])\s*[-~～—–至]+\s*(?=\d)"), lambda _: "到"),
    (re.compile(rf"[〔\[]({_YEAR})[〕\]]"), lambda found: f"{digit_words(found[1])}，"),
    (re.compile(rf"(?<![\d.,])({_YEAR})(?=年|到{_YEAR}年)"), lambda found: digit_words(found[1])),
    (re.compile(r"(?<![0-9A-Za-z])-(?=\d)"), lambda _: "负"),
    (
        re.compile(rf"({_NUMBER})\s*({_GOODS})[/每]([\u4e00-\u9fff])", re.IGNORECASE),
        lambda found: f"每{found[3]}{decimal_words(found[1])}{_UNITS.get(found[2].lower(), found[2])}",
    ),
    (
        re.compile(rf"(负?)({_NUMBER})元[/每]([\u4e00-\u9fff])"),
        lambda found: f"每{found[3]}{found[1]}{_money(found[2])}",
    ),
    (re.compile(rf"[￥¥]({_NUMBER})元?"), lambda found: _money(found[1])),
    (re.compile(rf"({_NUMBER})元"), lambda found: _money(found[1])),
    (re.compile(rf"({_NUMBER})%"), lambda found: f"百分之{decimal_words(found[1])}"),
    (re.compile(rf"({_NUMBER})‰"), lambda found: f"千分之{decimal_words(found[1])}"),
    (
        re.compile(r"(?<![\d.])(\d{1,4})/(\d{1,4})(?![\d.])"),
        lambda found: f"{decimal_words(found[2])}分之{decimal_words(found[1])}",
    ),
    (
        re.compile(rf"({_NUMBER})\s*({'|'.join(_UNITS)})(?![A-Za-z0-9])", re.IGNORECASE),
        lambda found: decimal_words(found[1]) + _UNITS[found[2].lower()],
    ),
    (re.compile(rf"(?<![\d第.,])2(?=[{_MEASURES}])"), lambda _: "两"),
    (re.compile(_NUMBER), lambda found: decimal_words(found[0])),
    (re.compile(r"\d"), lambda found: digit_words(found[0])),
)
"""Tried one after the other; what a rule has read holds no digit any more."""
