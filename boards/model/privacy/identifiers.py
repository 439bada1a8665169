"""Numbers that name people and organisations: their algorithms (domain §1.7), nothing about text.

Resident ID GB 11643-1999, bank cards (Luhn), unified social credit codes GB 32100-2015.
`stdnum.cn.ric` is not used on purpose: it refuses everybody born before 1983 in half of Huzhou.
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from functools import lru_cache
from operator import mul

FULL_AGE = 18  # years

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_ID_SHAPE = re.compile(r"[1-9][0-9]{16}[0-9Xx]", re.ASCII)
_OLD_SHAPE = re.compile(r"[1-9][0-9]{14}", re.ASCII)
_VALUES = bytes(max(byte - ord("0"), 0) for byte in range(256))  # of a digit's byte
_DOUBLED = bytes(sum(divmod(2 * (digit % 10), 10)) for digit in range(256))
_CREDIT_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_SHAPE = re.compile(rf"[{_CREDIT_LETTERS}]{{2}}[0-9]{{6}}[{_CREDIT_LETTERS}]{{10}}", re.ASCII)


class IdVerdict(StrEnum):
    """What a text is as a resident ID. Everything but NOT_AN_ID must be kept from the public."""

    VALID = "valid"
    BAD_CHECK = "bad-check"  # 18 places and a real date: a typing error in somebody's real ID
    BAD_DATE = "bad-date"  # the check digit fits, the date does not exist or lies ahead
    OLD = "old"  # 15 places, before 1999, without a check digit
    NOT_AN_ID = "not-an-id"


class NumberKind(StrEnum):
    """What a number seems to be, gravest first."""

    ID = "id"  # 18 places, date and check digit right
    ID_NEAR = "id-near"  # check digit or date wrong, or one digit lost or doubled: still somebody's
    ID_OLD = "id-old"  # 15 places
    BANK = "bank"  # 16-19 places passing Luhn
    MOBILE = "mobile"


def id_check_digit(first17: str) -> str:
    """Check character (0-9 or X) of the first 17 digits: ISO 7064 MOD 11-2."""
    if len(first17) != len(_ID_WEIGHTS):
        raise ValueError(len(first17))
    parts = _weighed(first17[:6], 0) + _weighed(first17[6:14], 6) + _weighed(first17[14:], 14)
    return _ID_CHECKS[parts % 11]


@lru_cache(maxsize=32768)
def _weighed(digits: str, start: int) -> int:
    """Weighted sum of the region, the day of birth or the order code: each is shared by many people."""
    return sum(map(mul, map(int, digits), _ID_WEIGHTS[start:]))


def id_verdict(text: str, today: date | None = None) -> IdVerdict:
    """Judge 15 or 18 places without separators; x is X. With `today`, a later birth is a bad date."""
    if len(text) == 15 and _OLD_SHAPE.fullmatch(text):
        return IdVerdict.OLD if _day("19" + text[6:12]) else IdVerdict.NOT_AN_ID
    if not _ID_SHAPE.fullmatch(text):
        return IdVerdict.NOT_AN_ID
    born = born_on(text)
    dated = born is not None and (today is None or born <= today)
    checked = id_check_digit(text[:17]) == text[17].upper()
    if dated:
        return IdVerdict.VALID if checked else IdVerdict.BAD_CHECK
    return IdVerdict.BAD_DATE if checked or text[17] in "Xx" else IdVerdict.NOT_AN_ID


def born_on(id_number: str) -> date | None:
    """Date of birth written in a 15- or 18-place ID; None where there is no such day (1800-2099)."""
    written = "19" + id_number[6:12] if len(id_number) == 15 else id_number[6:14]
    return _day(written) if written[:2] in {"18", "19", "20"} else None


def age_on(id_number: str, day: date) -> int | None:
    """Full years on a day, by the date in the ID; None where it holds none. Minors are never listed (P5)."""
    born = born_on(id_number)
    return None if born is None else full_years(born, day)


def full_years(born: date, day: date) -> int:
    """Age on a day of somebody born on another."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def luhn_holds(digits: str) -> bool:
    """Whether a bank card's digits pass the Luhn check (every second from the right doubled)."""
    written = digits.encode().translate(_VALUES)
    return (sum(written[::-2]) + sum(written[-2::-2].translate(_DOUBLED))) % 10 == 0


def is_credit_code(text: str) -> bool:
    """Whether 18 places are a unified social credit code with a right check character: not personal."""
    code = text.upper()
    if not _CREDIT_SHAPE.fullmatch(code):
        return False
    total = sum(_CREDIT_LETTERS.index(letter) * pow(3, place, 31) for place, letter in enumerate(code[:17]))
    return _CREDIT_LETTERS[(31 - total % 31) % 31] == code[17]


@lru_cache(maxsize=32768)
def _day(yyyymmdd: str) -> date | None:
    try:
        return date(int(yyyymmdd[:4]), int(yyyymmdd[4:6]), int(yyyymmdd[6:8]))
    except ValueError:
        return None
