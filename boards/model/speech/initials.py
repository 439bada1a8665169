"""Names by the first letters of their pinyin (拼音首字母): 沈桂珍 is SGZ, the surname 单 is S.

Every reading of every character counts, and the readings of surnames besides (screens §4): whoever
types what they say finds the name. No syllable begins with I, U or V. Pure: what a dictionary
says of a character arrives as an argument.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from itertools import product
from math import prod
from typing import Final

from boards.model.names import surname_of
from boards.model.speech.surname_readings import SURNAME_READINGS

LETTERS: Final = "ABCDEFGHJKLMNOPQRSTWXYZ"
"""The 23 letters a syllable can begin with, in the order of the pad."""

MOST_LETTERS: Final = 8  # of one name: nobody types more, 买买提·吐尔逊 has six
MOST_SPELLINGS: Final = 64  # of one name: names have 1 to 12; beyond this the rarest readings are left out


def initial(syllable: str) -> str:
    """First letter of a syllable with or without tone marks: shàn, shan4 → S; "" for what no pad has."""
    first = unicodedata.normalize("NFD", syllable)[:1].upper()
    return first if first in LETTERS else ""


def initials(syllables: Iterable[str]) -> str:
    """Different first letters of a character's readings, the usual one first: dān, dàn, shàn → DS."""
    return "".join(dict.fromkeys(initial(syllable) for syllable in syllables))


def spellings(name: str, of_character: Callable[[str], str]) -> tuple[str, ...]:
    """All the ways to type a name, sorted. `of_character` gives the letters of a character's readings.

    What has no reading (“·”, digits, signs) is passed over; Latin letters stand for themselves.
    """
    surname, choices = surname_of(name), []
    for place, char in enumerate(name):
        said = SURNAME_READINGS.get(surname, ()) if place < len(surname) else ()
        letters = initials(reading[place] for reading in said) + of_character(char)
        if letters:
            choices.append("".join(dict.fromkeys(letters)))
    choices = choices[:MOST_LETTERS]
    while prod(map(len, choices)) > MOST_SPELLINGS:
        longest = max(range(len(choices)), key=lambda at: (len(choices[at]), at))
        choices[longest] = choices[longest][:-1]
    return tuple(sorted(map("".join, product(*choices)))) if choices else ()


def typed(text: str) -> str:
    """What of a query can be a beginning of a name: capital letters of the pad, at most MOST_LETTERS."""
    return "".join(letter for letter in text.upper() if letter in LETTERS)[:MOST_LETTERS]
