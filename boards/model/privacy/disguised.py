"""Numbers in disguise (P1 to P3): Chinese digits, letters for digits, split by signs or words, beside 账号.

The second reading, for what `numbers` does not see. A *chunk* is a stretch of digits in any spelling,
a *window* some chunks in a row; between them stand *signs* (punctuation, blanks) or a few words. What
stands inside an amount (1,234.50) is no such sign. Prose is full of figures, so evidence is asked for:
a check digit, the places where people cut such a number, a word beside it (卡号, 身份证, 手机).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate, pairwise

import msgspec

from boards.model.place import is_village_code
from boards.model.privacy.identifiers import (
    IdVerdict,
    NumberKind,
    id_verdict,
    is_credit_code,
    luhn_holds,
)
from boards.model.privacy.plain_text import plain_form

LIKE_DIGITS = "OoQОоΟοlIi|!ZzSsbBgq"
"""Letters and signs for digits, Cyrillic and Greek ones too."""
_HAN = "〇零○一幺壹二贰貳三叁參四肆五伍六陆陸七柒八捌九玖"
_VALUES = str.maketrans(_HAN + LIKE_DIGITS, "0001112223334455666778899" + "00000001111122556899")
_LIKE = "0-9" + _HAN + LIKE_DIGITS
_ODD = r"[^\x00-\x7f\xb7\u2000-\u206f\u3000-\u303f\u3400-\u9fff\uff01-\uff0f\uff1a-\uff20]"
"""Full-width digits and their like."""
_DIGIT, _ODD_ONE = re.compile(rf"[{_LIKE}]|{_ODD}"), re.compile(_ODD)
_TOKEN = re.compile(rf"[{_LIKE}A-Za-z]+")
_PIECES = re.compile(rf"^[{_HAN}]|[{_HAN}]+|[^{_HAN}]+")
_AMOUNT = re.compile(
    r"(?<![0-9.,])(?:[0-9]{1,3}(?:,[0-9]{3}){1,3}(?:\.[0-9]{1,8})?|[0-9]{1,9}\.[0-9]{1,8})(?![0-9]|[.,][0-9])"
)
_INSIDE = str.maketrans(".,", "\0\0")  # marks inside an amount
_LONGEST, _SHORTEST = 22, 11
_WORDS_LONGEST = 10
_UNITS = "元万亿亩户人口组号村社%℃米公平立方斤千克台头只株棵岁周天个项批期条款章页件宗块份次届级季时点"
_WORDS = re.compile(rf"[^A-Za-z\x00{_UNITS}。!?;][^A-Za-z\x00。!?;]*(?<![第共计合约])")
_SIGNS = re.compile(r"[\W_]{1,3}")
_CUTS_OF_ID = frozenset({6, 10, 12, 14, 17})
_NEAT_CUTS = ({6, 14}, {6, 10, 12, 14}, {6, 12}, {6, 8, 10, 12}, {6}, {14}, set[int]())
_ADULT = re.compile(r"[0-9]{6}(?:19|200)")  # a later day is rather one of payment
_PROVINCE = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|99")
_MOBILE = re.compile(r"(?:(?:00)?86)?1[3-9][0-9]{9}")
_MOBILE_CUTS = ({3, 7}, {3}, {4, 8}, {4}, {7}, {3, 6}, {5}, set[int]())
_DAY = re.compile(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")

_NAMES_ID = r"身份证|证件号|公民身份|身份号"
_NAMES_PHONE = r"手机|移动电话|联系方式|联系人|电话|拨打|微信"
_NAMES_ACCOUNT = r"[卡通]号|[账帐][号户]|存折|折号|户头"
_NAMES_BANK = r"卡|银行|信用社|农信|信合|农商|农合行|邮储|[工农建交]行|开户|[打汇转]入"
_NAMES_OTHER = (
    r"编[号码]|代码|文号|合同|批次|[批期]号|热线|传真|图斑|地块|小班|宗地|产权|流水|项目|邮编|日期|座机"
)
_NAMED = re.compile(
    rf"(?P<id>{_NAMES_ID})|(?P<phone>{_NAMES_PHONE})|(?P<account>{_NAMES_ACCOUNT})|(?P<bank>{_NAMES_BANK})"
    rf"|(?P<other>{_NAMES_OTHER})"
)
_BEFORE, _BEHIND = 14, 8
_PLACES = re.compile(r"[前后中末尾间最][一二两三四五六七八九十]{1,2}(?=位)")
_MONEY = re.compile(r"\s*[元万亿%]")
_CLAUSE = re.compile(r"[。;\n\x00]")


Found = tuple[NumberKind, int, int, str]
"""What a number is, where it begins and ends in the text, and its bare digits."""


class _Chunk(msgspec.Struct, frozen=True, gc=False):
    """Digits in some spelling, by their place in the plain text."""

    digits: str
    start: int
    end: int


class _Window(msgspec.Struct, frozen=True, kw_only=True):
    """Some chunks in a row, read as one number."""

    digits: str
    cuts: frozenset[int]  # after how many digits something stands between
    between: tuple[str, ...]
    text: str  # it stands in
    start: int
    end: int

    @property
    def named(self) -> str:
        """What a word beside it says: id, phone, account, bank, other, or "" where none does."""
        return _named(self.text, self.start, self.end)

    @property
    def by_signs(self) -> bool:
        """Nothing but signs stand between, and no more than a few."""
        return all(_SIGNS.fullmatch(gap) and "\0" not in gap for gap in self.between)

    @property
    def by_blanks(self) -> bool:
        """Signs that list nothing: blanks, dashes, dots, slashes, brackets."""
        return self.by_signs and not any(set("、,;:。\n") & set(gap) for gap in self.between)

    @property
    def in_one_clause(self) -> bool:
        """Single signs between, none of which ends a sentence."""
        return self.by_signs and not any(len(gap) > 1 or gap in "。;\n" for gap in self.between)

    @property
    def by_one_sign(self) -> bool:
        """The same sign stands between all."""
        return self.by_signs and len(set(self.between)) == 1

    @property
    def whole(self) -> bool:
        """In one piece, of which the first reading understands only 0-9."""
        return not self.cuts

    @property
    def one_by_one(self) -> bool:
        """A sign behind every digit."""
        return len(self.cuts) == len(self.digits) - 1 > 0

    @property
    def even(self) -> bool:
        """Digit by digit, or in threes, fours or fives; the last piece may be shorter."""
        size = min(self.cuts, default=0)
        return self.one_by_one or (2 < size < 6 and self.cuts == {*range(size, len(self.digits), size)})


def may_hold(text: str) -> bool:
    """The first look: eleven digits in any spelling, or six characters of which one may be two (㉑)."""
    return len(_DIGIT.findall(text)) >= (6 if _ODD_ONE.search(text) else _SHORTEST)


def disguised(text: str) -> Iterator[Found]:
    """Each number the first reading may not see."""
    plain, origins = plain_form(text)
    plain = _AMOUNT.sub(lambda found: found[0].translate(_INSIDE), plain)
    plain = _PLACES.sub(lambda found: "位" * len(found[0]), plain)  # 前六位, 后四位
    for row in _rows(plain):
        taken = -1
        for one in _windows(plain, row):
            kind = None if one.start < taken else _kind(one)
            if kind:
                taken = one.end
                yield kind, origins[one.start], origins[one.end - 1] + 1, one.digits


def _rows(plain: str) -> Iterator[list[_Chunk]]:
    """Chunks with nothing between them that parts numbers: a Latin word, a unit, many words."""
    row: list[_Chunk] = []
    for token in _TOKEN.finditer(plain):
        chunks = [*_chunks(token)]
        if row and not (chunks and _joins(plain[row[-1].end : token.start()])):
            yield row
            row = []
        row += chunks
    yield row


def _chunks(token: re.Match[str]) -> Iterator[_Chunk]:
    """Digits in one spelling each; none of a word, or of a code of letters and digits (a credit code).

    A first Hanzi stands alone, for it may end a name: 王一990523….
    """
    written = token[0]
    digits = written.rstrip("Xx").translate(_VALUES) + "X" * written.endswith(("X", "x"))
    real = any(letter in "0123456789" or letter in _HAN for letter in written)
    if (real and (digits.rstrip("X") + "0").isdigit() and not _is_code(written)) or digits == "X":
        for piece in _PIECES.finditer(digits if written.isascii() else written):
            start, end = piece.span()
            yield _Chunk(digits[start:end], token.start() + start, token.start() + end)


def _is_code(written: str) -> bool:
    return not written.isdigit() and is_credit_code(written)


def _joins(between: str) -> bool:
    return bool(_SIGNS.fullmatch(between) or (len(between) <= _WORDS_LONGEST and _WORDS.fullmatch(between)))


def _windows(plain: str, row: list[_Chunk]) -> Iterator[_Window]:
    """Every stretch of chunks that has as many digits as a number may have, the longest first."""
    for first in range(len(row)):
        lengths = [*accumulate(len(one.digits) for one in row[first : first + _LONGEST])]
        for many in range(len(lengths), 0, -1):
            if _SHORTEST <= lengths[many - 1] <= _LONGEST:
                chunks = row[first : first + many]
                yield _window(plain, chunks, lengths)


def _window(plain: str, chunks: list[_Chunk], lengths: list[int]) -> _Window:
    start, end = chunks[0].start, chunks[-1].end
    gaps = [plain[one.end : other.start] for one, other in pairwise(chunks)]
    edges = {plain[start - 1 : start], plain[end : end + 1]} & {"\0"}
    return _Window(
        digits="".join(one.digits for one in chunks),
        cuts=frozenset(length for length, gap in zip(lengths, gaps, strict=False) if gap),
        between=(*edges, *filter(None, gaps)),
        text=plain,
        start=start,
        end=end,
    )


def _named(text: str, start: int, end: int) -> str:
    """What the nearest word of the same clause says of a number: before it, else just behind it."""
    if _MONEY.match(text, end):
        return "other"
    before = _CLAUSE.split(text[max(start - _BEFORE, 0) : start])[-1]
    behind = _CLAUSE.split(text[end : end + _BEHIND])[0]
    said = [*_NAMED.finditer(before)]
    if said:
        return said[-1].lastgroup or ""
    found = _NAMED.search(behind)
    return (found.lastgroup or "") if found and found.lastgroup in {"account", "bank"} else ""


def _kind(one: _Window) -> NumberKind | None:
    return _as_id(one) or _as_old_id(one) or _as_account(one) or _as_mobile(one)


def _as_id(one: _Window) -> NumberKind | None:
    """18 places with a right check digit; a near one only where its cuts or the word beside it say so."""
    if len(one.digits) == 18:
        verdict = id_verdict(one.digits) if _PROVINCE.match(one.digits) else IdVerdict.NOT_AN_ID
        adult = bool(_ADULT.match(one.digits))
        natural = adult and one.cuts <= _CUTS_OF_ID
        by_signs = one.by_blanks or one.by_one_sign or (adult and one.in_one_clause)
        if verdict is IdVerdict.VALID and (natural or by_signs):
            return NumberKind.ID
        neat = one.by_signs and natural and (one.cuts in _NEAT_CUTS or one.one_by_one)
        if verdict is IdVerdict.BAD_CHECK and neat and one.named != "other":
            return NumberKind.ID_NEAR
    long = 14 <= len(one.digits) <= 19 and not _DAY.match(one.digits)
    shaped = one.cuts <= _CUTS_OF_ID or one.even
    known = long and shaped and one.by_signs and one.named == "id"
    return NumberKind.ID_NEAR if known else None


def _as_old_id(one: _Window) -> NumberKind | None:
    """15 places with a day of birth, cut where people cut them."""
    shaped = one.cuts in _NEAT_CUTS or one.one_by_one
    right = shaped and id_verdict(one.digits) is IdVerdict.OLD and _PROVINCE.match(one.digits)
    return NumberKind.ID_OLD if right and one.by_signs and one.named != "other" else None


def _as_account(one: _Window) -> NumberKind | None:
    """A card by its check digit, or 12 to 22 digits beside a word for an account."""
    size, digits = len(one.digits), one.digits
    if not digits.isdigit() or not one.by_signs or one.named in {"other", "id"}:
        return None
    shaped = one.whole or one.even
    if 16 <= size <= 19 and digits.startswith("62") and shaped and luhn_holds(digits):
        return NumberKind.BANK
    bank = len(one.cuts) == 1 and 2 <= min(one.cuts) <= size - 8  # the bank's own code first: 19-5301…
    if size < 12 or not one.by_blanks:
        return None
    if one.named == "account":
        return None if _DAY.match(digits) and one.cuts else NumberKind.BANK
    place = any(is_place(digits[cut:]) for cut in (0, *one.cuts))
    said_otherwise = place or _DAY.match(digits) or digits[0] == "0" or is_credit_code(digits)
    return NumberKind.BANK if one.named == "bank" and (shaped or bank) and not said_otherwise else None


def is_place(digits: str) -> bool:
    """Whether digits may number a village, a contractor or a plot of it: its code and 0, 2, 6 or 7 more."""
    coded = is_village_code(digits[:12]) and _PROVINCE.match(digits)
    return bool(coded) and len(digits) in {12, 14, 18, 19}


def is_named_otherwise(text: str, start: int, end: int, digits: str) -> bool:
    """Whether the words beside it call digits that may number a place a code: 地块编码, 承包方代码."""
    return is_place(digits) and _named(text, start, end) == "other"


def _as_mobile(one: _Window) -> NumberKind | None:
    """11 digits cut as people cut them; with 手机 beside it, by words too."""
    found = _MOBILE.fullmatch(one.digits)
    if not found or one.named in {"other", "account", "bank"}:
        return None
    lead = len(one.digits) - 11
    shaped = frozenset(cut - lead for cut in one.cuts if cut > lead) in _MOBILE_CUTS or one.one_by_one
    called = one.named == "phone" and (shaped or one.by_signs)
    unlisted = one.by_blanks or one.one_by_one
    if _DAY.match(one.digits) and not called:
        return None
    return NumberKind.MOBILE if called or (shaped and one.by_signs and unlisted) else None
