"""Speech as pinyin for the synthesiser. Only the press process imports this, and with it pypinyin (60 MB).

The dictionary gives each word's usual reading; ours are the surnames, letters and words of
boards.model.speech.surname_readings, and the tone changes of 一 and 不 (普通话变调), which the dictionary
knows within a word only. The third tone's change is the synthesiser's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from pypinyin import Style, lazy_pinyin, load_phrases_dict
from pypinyin.contrib.tone_convert import to_tone

from boards.model.speech.spoken import PAUSES, Speech
from boards.model.speech.surname_readings import PHRASE_READINGS

dictionary: Any = lazy_pinyin  # its types know no list of errors
load_phrases_dict({word: [[to_tone(one)] for one in reading] for word, reading in PHRASE_READINGS.items()})

UNKNOWN: Final = "mou3"  # 某: a character that no dictionary reads
BREATHS: Final = {"，": ",", "、": ",", "：": ",", "；": ";", "。": ".", "！": ".", "？": "."}
_DIGITS: Final = frozenset("零一二三四五六七八九十点幺")
_ORDINAL_BEFORE: Final = frozenset("第初期统唯之")
_ORDINAL_AFTER: Final = frozenset("月日号组期版级类档队楼年")

Sound = tuple[str, str]  # character, syllable; or pause, ""


def pinyin(speech: Speech) -> str:
    """One line for the synthesiser: `gong1 shi4 , shi2 wan4`."""
    sounds = [sound for said in speech for sound in _sounds(said.text, said.reading)]
    return " ".join(BREATHS.get(mark) or _changed(sounds, place) for place, (mark, _) in enumerate(sounds))


def _sounds(text: str, reading: tuple[str, ...]) -> Iterator[Sound]:
    if reading:
        yield from zip(text.ljust(len(reading)), reading, strict=False)
        return
    for clause in re.split(f"([{PAUSES}])", text):
        if clause in BREATHS:
            yield clause, ""
        elif clause:
            unread = {"errors": lambda odd: [UNKNOWN] * len(odd)}
            syllables = dictionary(clause, style=Style.TONE3, neutral_tone_with_five=True, **unread)
            yield from zip(clause, syllables, strict=True)


def _changed(sounds: list[Sound], place: int) -> str:
    """The syllable at a place, with the tone that 一 and 不 take before the next one.

    一 keeps its own tone as a digit among digits, after 第 and in 统一, before 月, 日, 号 or 组.
    """
    mark, syllable = sounds[place]
    if syllable not in {"yi1", "bu4"} or mark not in "一不":
        return syllable
    before = sounds[place - 1][0] if place else ""
    after, following = sounds[place + 1] if place + 1 < len(sounds) else ("", "")
    counts = before in _ORDINAL_BEFORE or after in _DIGITS | _ORDINAL_AFTER
    counts = counts or (before in _DIGITS and after not in {"百", "千"})
    if mark == "一" and (counts or not following):
        return syllable
    if following.endswith("4") or after == "个":
        return syllable[:-1] + "2"
    return "yi4" if mark == "一" else syllable
