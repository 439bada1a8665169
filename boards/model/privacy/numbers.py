"""Finding IDs, bank cards and phone numbers in text (domain §1.6, §1.7, P1 to P3), and the fast gate.

What is looked at is the text's plain form (boards.model.privacy.plain_text).

A *run* is digits with separators (spaces, dashes, dots, underscores) between them; a *chunk* is
digits without. A number begins and ends at the edge of a chunk (a valid ID is also found inside a
longer chunk). So `330590 1958-03-12 0019` is an ID, and a list of dates is not a bank card.

A single dot is a decimal point, not a separator, when at most 9 digits stand before and at most 8
behind it (rates have up to 8 decimals: 124.97883020): never more than 17 digits, so no 18-place ID
can hide in one. Two dots or longer parts are grouping: `330590.19580312.0019` is an ID.

What is in disguise is read a second time (boards.model.privacy.disguised). Not found, on purpose:
landlines (public offices have them); old 15-place IDs and mobiles written as a decimal number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

import msgspec

from boards.model.privacy.disguised import LIKE_DIGITS, Found, disguised, is_named_otherwise, may_hold
from boards.model.privacy.identifiers import IdVerdict, NumberKind, id_verdict, is_credit_code, luhn_holds
from boards.model.privacy.plain_text import plain_form


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """One number that must not be public: what and where, never the value."""

    kind: NumberKind
    start: int  # position in the text
    sample: str  # two places and stars


class _Chunk(msgspec.Struct, frozen=True, gc=False):
    """Digits without a separator (or a closing X), by their place in the plain text."""

    digits: str
    start: int
    end: int


_REGION = re.compile(r"(?:[\x00-\x20\x7f0-9xX._\-]|[^\x00-\x7f\u3001-\u3006\u3008-\u3011\u3400-\u9fff]){6,}")
"""Where a number could be at all: digits, separators, and characters that may turn out to be either.

Six of them, because one character can be two digits (㉑).
"""
_RUN = re.compile(r"[0-9](?:[\s._\-]*[0-9])*(?:[ \-]*[xX](?![0-9A-Za-z]))?", re.ASCII)
_DECIMAL = re.compile(r"[0-9]{1,9}\.[0-9]{1,8}", re.ASCII)
_PIECE = re.compile(r"[0-9.]*[0-9]|[xX]", re.ASCII)
_CHUNK = re.compile(r"[0-9]+|[xX]", re.ASCII)
_MOBILE = re.compile(r"(?:(?:00)?86)?1[3-9][0-9]{9}", re.ASCII)
_DATE = re.compile(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])", re.ASCII)
_ORGANISATIONS = frozenset({"91", "92", "93"})  # begin credit codes, and no region of an ID
_LONGEST = 19
_SHORTEST = 11
_RANK = {kind: place for place, kind in enumerate(NumberKind)}


def numbers_in(text: str, *, allowed: frozenset[str] = frozenset()) -> tuple[Seen, ...]:
    """Every ID, bank card, account and mobile number in a text, in order.

    `allowed` holds public numbers as bare digits (the notice's own contact, 12345): those are not
    reported where they stand whole.
    """
    if not may_hold(text):
        return ()
    found = (one for one in (*_plainly_written(text), *disguised(text)) if one[3] not in allowed)
    return tuple(
        Seen(kind=kind, start=start, sample=bare[:2] + "*" * (len(bare) - 2))
        for kind, start, _, bare in _apart(found)
    )


def _apart(found: Iterable[Found]) -> list[Found]:
    """Those that do not overlap, in order: where two do, the graver, else the earlier, else the longer."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda one: (_RANK[one[0]], one[1], one[1] - one[2])):
        if all(one[2] <= other[1] or one[1] >= other[2] for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: one[1])


def _plainly_written(text: str) -> Iterator[Found]:
    """Each number that stands there in digits."""
    for region in _REGION.finditer(text):
        begin = max(region.start() - 1, 0)  # a letter before or behind says what a number is not
        plain, origins = plain_form(text[begin : region.end() + 1])
        for kind, start, end, bare in _numbers(plain):
            one = kind, begin + origins[start], begin + origins[end - 1] + 1, bare
            if kind is NumberKind.ID or not is_named_otherwise(text, *one[1:]):
                yield one


def suspicious(raw: bytes) -> bool:
    """Gate over the UTF-8 JSON of one event: False means `numbers_in` finds nothing in any of its strings.

    One pass in C drops signs and looks for 11 in a row of what may be digits: figures, letters like
    them, Hanzi. Only text that has them, or a character outside ASCII and U+4000-9FFF (which might be a
    digit in disguise or a hidden separator), is looked at closely. A backslash could spell anything.
    """
    flat = raw.translate(_FLAT, _DROPPED)
    if _is_clean(flat):
        return False
    if b"\\" in raw:
        return True
    strings = zip(flat.split(b'"'), raw.split(b'"'), strict=True)
    try:
        return any(numbers_in(part.decode()) for seen, part in strings if not _is_clean(seen))
    except UnicodeDecodeError:
        return True


def plainly_clean(raw: bytes) -> bool:
    """The first look of `suspicious` alone: True is final, for many events too; False says nothing."""
    return _is_clean(raw.translate(_FLAT, _DROPPED))


def _is_clean(flat: bytes) -> bool:
    return _ELEVEN not in flat and b"?" not in flat


def _flat_table() -> bytes:
    """0 for what may be a digit, ? for what needs a close look, a stop or quote for what parts numbers."""
    table = bytearray(b"." * 256)
    table[ord('"')] = ord('"')
    for like in b"0123456789" + LIKE_DIGITS.encode("ascii", "ignore"):
        table[like] = ord("0")
    table[ord("\\")] = ord("?")
    for lead in range(0xC0, 0x100):
        table[lead] = ord("0" if 0xE4 <= lead <= 0xE9 else "?")
    return bytes(table)


_FLAT = _flat_table()
_SIGNS = b"".join(
    bytes([sign]) for sign in range(0x21, 0x7F) if not bytes([sign]).isalnum() and sign not in b'"\\|!'
)
_DROPPED = _SIGNS + bytes(range(0x21)) + b"\x7f" + bytes(range(0x80, 0xC0))
_ELEVEN = b"0" * _SHORTEST


def _numbers(plain: str) -> list[Found]:
    """Kind, start, end and bare digits of each number."""
    runs = (run for run in _RUN.finditer(plain) if run.end() - run.start() >= _SHORTEST)
    return _apart((*one, _bare(plain[one[1] : one[2]])) for run in runs for one in _in_run(plain, run))


def _in_run(plain: str, run: re.Match[str]) -> Iterator[tuple[NumberKind, int, int]]:
    for chunks in _stretches(plain, run):
        for first in range(len(chunks)):
            digits = ""
            for last in range(first, len(chunks)):
                digits += chunks[last].digits
                if len(digits) > _LONGEST:
                    break
                if len(digits) >= _SHORTEST:
                    kind = _kind_of(digits, plain, chunks[first : last + 1])
                    if kind:
                        yield kind, chunks[first].start, chunks[last].end
        yield from _inside_long(chunks)


def _stretches(plain: str, run: re.Match[str]) -> Iterator[list[_Chunk]]:
    """Chunks of a run, cut where a decimal number stands."""
    chunks: list[_Chunk] = []
    for piece in _PIECE.finditer(plain, run.start(), run.end()):
        if _DECIMAL.fullmatch(piece[0]):
            yield chunks
            chunks = []
        else:
            chunks += [
                _Chunk(part[0].upper(), part.start(), part.end())
                for part in _CHUNK.finditer(plain, piece.start(), piece.end())
            ]
    yield chunks


def _inside_long(chunks: list[_Chunk]) -> Iterator[tuple[NumberKind, int, int]]:
    """Look for valid IDs within a chunk of more digits, as when two columns were glued together."""
    for chunk in chunks:
        for at in range(len(chunk.digits) - 17):
            if len(chunk.digits) > 18 and id_verdict(chunk.digits[at : at + 18]) is IdVerdict.VALID:
                yield NumberKind.ID, chunk.start + at, chunk.start + at + 18


def _kind_of(digits: str, plain: str, chunks: list[_Chunk]) -> NumberKind | None:
    verdict = id_verdict(digits)
    if verdict is IdVerdict.VALID:
        return NumberKind.ID
    start, end = chunks[0].start, chunks[-1].end
    around = plain[max(start - 1, 0) : start] + plain[end : end + 1]
    if any(character.isascii() and character.isalnum() for character in around):
        return None  # part of a longer code of letters and digits (a credit code, a hash)
    return _unproved_kind(digits, verdict, plain, chunks)


def _unproved_kind(digits: str, verdict: IdVerdict, plain: str, chunks: list[_Chunk]) -> NumberKind | None:
    told = verdict is IdVerdict.BAD_CHECK and digits[:2] not in _ORGANISATIONS
    in_one = chunks[-1].end - chunks[0].start == len(digits)
    if in_one and is_credit_code(digits) and not told:
        return None
    cut_like_one = _even(chunks, (6, 8, 4), (6, 12), (14, 4), (17, 1))
    if verdict is IdVerdict.BAD_CHECK or (verdict is IdVerdict.BAD_DATE and cut_like_one):
        return NumberKind.ID_NEAR
    if _is_card(digits, chunks):
        return NumberKind.BANK
    one_off = len(chunks) == 1 and len(digits) in {17, 19} and digits[0] != "0"
    if one_off and _DATE.match(digits, 6):  # an ID that lost or doubled a digit
        return NumberKind.ID_NEAR
    if verdict is IdVerdict.OLD and _even(chunks, (6, 6, 3), (6, 9)):
        return NumberKind.ID_OLD
    return NumberKind.MOBILE if _is_mobile(digits, plain, chunks) else None


def _is_card(digits: str, chunks: list[_Chunk]) -> bool:
    if not (16 <= len(digits) <= 19 and digits.isdigit() and digits[0] != "0" and luhn_holds(digits)):
        return False
    if len(chunks) == 1:
        return not is_credit_code(digits)
    fours = all(len(chunk.digits) == 4 for chunk in chunks[:-1]) and digits[0] in "4569"
    return digits.startswith("62") or fours or _even(chunks)


def _is_mobile(digits: str, plain: str, chunks: list[_Chunk]) -> bool:
    """Without a check digit only the ways people write one count: 138 0013 8000, 138-00138000."""
    if not _MOBILE.fullmatch(digits):
        return False
    if any(right.start - left.end != 1 for left, right in pairwise(chunks)):
        return False
    if any("\n" in plain[left.end] for left in chunks[:-1]):
        return False
    body = [len(chunk.digits) for chunk in chunks if chunk.digits not in {"86", "0086"}]
    usual = body in ([11], [3, 4, 4], [3, 8], [4, 4, 3], [4, 7], [7, 4], [3, 3, 5], [13], [15], [5, 6])
    return (usual and not _DATE.fullmatch(chunks[-1].digits)) or _even(chunks)


def _even(chunks: list[_Chunk], *shapes: tuple[int, ...]) -> bool:
    """In one piece, digit by digit, or in one of these shapes."""
    lengths = tuple(len(chunk.digits) for chunk in chunks)
    return len(chunks) == 1 or max(lengths) == 1 or lengths in shapes


def _bare(number: str) -> str:
    """A number without its separators."""
    return re.sub(r"[^0-9Xx]", "", number)
