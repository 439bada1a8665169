"""What is wrong with a name: letters lost or made up, a number, several people, words that are no name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from boards.model.findings import Level
from boards.model.names import COMPOUND_SURNAMES, MIDDLE_DOT, is_organisation, unshowable
from boards.model.privacy.withheld import told_in_text
from sync.county.formats.cells import squeezed, unwrapped
from sync.county.roster.columns.person_names import is_name
from sync.county.roster.columns.thresholds import BODY_CHARS, NAME_FIGURES, PERSON_CHARS, PLAIN_NAME
from sync.county.roster.rows.pay_status import excluded_by

NUMBER_IN_NAME = "NUMBER_IN_NAME"
_LOST_LETTER = re.compile(r"[?？\ufffd□▯]")
_HAN = r"[\u3400-\u9fff\U00020000-\U0003ffff]"
_MARKS = r"[、,，/;；+＋&＆|\\]"
_JOINED = re.compile(rf"{_HAN}{{2,4}}(?:{_MARKS}{_HAN}{{2,4}})+")
_WORDED = re.compile(rf"({_HAN}{{2,4}}?)(\s+|[和与及跟])({_HAN}{{2,4}})")
_COUPLE = re.compile(rf"{_HAN}{{2,4}}(?:夫[妇妻]|[父母][子女]|兄弟|姐妹|[二两]人)")
_GONE = re.compile(r"^已故|(?:已故|死亡|亡故|病故|去世|过世|已亡|已死)$")
_BRACKETS = re.compile(r"[(（\[【〔](.*?)[)）\]】〕]")
_PROXY = re.compile(r"代[领收签办取]|代$|^转|转[交给]|委托|监护人?$")
_BROKEN = re.compile(rf"{_HAN}{{2,4}}(?:\s*[\r\n]+\s*{_HAN}{{2,4}})+")
_AND_OTHERS = re.compile(r"等\s*(\d{1,4}|[一二两三四五六七八九十]{1,3})?\s*[户人名]")
_GROUPS = re.compile(r"[村组队社户场]$")
_NO_NAMES = frozenset(
    (  # noqa: SIM905 - a list a person can read
        "测试 试验 示例 样例 合计 小计 总计 共计 累计 姓名 户主 户主姓名 领款人 领取人 收款人 备注 "
        "序号 无 空 无名 暂无 未知 不详 待定 待补 待填 同上 略 "
        "某某 某某某 甲乙 先生 女士 test null none nan nil n/a"
    ).split()
)
_MARKUP = re.compile(
    r"[<>{}\[\]$%^#@=~`\"]|&#?\w+;|^[-+]|://|javascript:|[\u2600-\u27bf\U0001f000-\U0001faff]", re.IGNORECASE
)
_NEVER_READ = re.compile(
    r"[\x00-\x08\x0b\x0e-\x1f\x7f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|_x00[01][0-9A-F]_"
)
_FOREIGN = re.compile(r"(?:[A-Z][A-Za-z'’.-]*[\s·]+)+[A-Z][A-Za-z'’.-]*")


def name_faults(raw: str, name: str) -> Iterator[tuple[Level, str, str]]:
    """Level, code and sentence of each fault; `raw` is the cell and `name` the same without its spaces."""
    if how := names_in(raw):
        level = Level.ERROR if how == "lines" else Level.WARNING
        yield level, "MORE_THAN_ONE_NAME", "姓名一栏里像是写了不止一个人，请分行列出。"
    if _LOST_LETTER.search(name):
        yield Level.ERROR, "NAME_CHARACTER_LOST", "姓名里有丢失的字（显示为问号），请补上原字。"
    elif not name.isalnum() and unshowable(name):
        yield Level.ERROR, "NAME_NOT_SHOWABLE", "姓名里有显示不出来的自造字，请改用标准字库的字。"
    if told_in_text(name):
        yield Level.ERROR, NUMBER_IN_NAME, "姓名一栏里有个人号码。"
    elif is_odd(raw, name):
        message = "姓名一栏写的不像人名或单位名称（如公式、网页代码、“测试”、数字），请核对。"
        yield Level.WARNING, "NAME_ODD", message
    yield from _words_beside(name)


def is_plain(name: str) -> bool:
    """Nearly every name: two or three letters, none lost, no number among them, no word for none."""
    return name.isalpha() and len(name) <= PLAIN_NAME and not name.isascii() and name not in _NO_NAMES


def is_odd(raw: str, name: str) -> bool:
    """Whether a name's cell holds what is nobody's name: markup, a formula, hidden signs, a word for none.

    Names of any people are names (阿依古丽·买买提, ཚེ་རིང), also with a number that tells two apart (张三2).
    """
    if name.lower() in _NO_NAMES or "测试" in name or _MARKUP.search(name) or _NEVER_READ.search(raw):
        return True
    letters = "".join(letter for letter in name if letter.isalpha())
    if is_organisation(name):
        return len(name) > BODY_CHARS
    if not letters or letters.isascii():
        return not (_FOREIGN.fullmatch(name) and re.search(r"[aeiouy]", name, re.IGNORECASE))
    latin, figures = (len(re.findall(kind, name)) for kind in ("[A-Za-z]", "[0-9]"))
    long = MIDDLE_DOT not in name and len(_BRACKETS.sub("", name)) > PERSON_CHARS and not names_in(raw)
    return latin > 1 or figures > NAME_FIGURES or long or len(name) > BODY_CHARS


def _words_beside(name: str) -> Iterator[tuple[Level, str, str]]:
    """What a name's cell says besides the name: that nobody is to be paid, or somebody else."""
    beside = _BRACKETS.findall(name)
    if _GONE.search(name) or "故" in beside or any(map(excluded_by, beside)):
        yield (
            Level.ERROR,
            "EXCLUDED_BY_WORDS",
            "姓名一栏写着已故、不发一类的话，这一行不能发放，请改正或删去。",
        )
    elif any(map(_PROXY.search, beside)) or re.search(r"代[领收签]", name):
        yield Level.WARNING, "PROXY_IN_NAME", "姓名一栏写着由别人代领，请把领款人另列一栏，只留本人姓名。"


@lru_cache(maxsize=4096)
def names_in(raw: str) -> str:
    """How a name's cell holds several: "lines", "marks" (张三、李四; 张三等3户), or "" for one person.

    A compound surname on a line of its own, places and organisations are one name.
    """
    text = unwrapped(raw).strip()
    if is_organisation(squeezed(text)):
        return ""
    parts = re.split(r"\s*[\r\n]+\s*", text)
    if _BROKEN.fullmatch(text) and parts[0] not in COMPOUND_SURNAMES:
        return "" if any(map(_GROUPS.search, parts)) else "lines"
    joined = _JOINED.fullmatch(text) and not all(map(_GROUPS.search, re.split(_MARKS, text)))
    return "marks" if joined or _AND_OTHERS.search(text) or _couple(text) else ""


def _couple(text: str) -> bool:
    """Two whole names with a space or an “and” between them (not 欧阳 修文, not 王 秀英), or 张三夫妇."""
    worded = _WORDED.fullmatch(text)
    first, word, second = worded.groups() if worded else ("", "", "")
    person = len(first) == 2 or bool(word.strip())  # 陶村 and 黄祥村 are names too
    called = is_name(first) or (person and len(first) <= PLAIN_NAME and is_name(f"{first[0]}某"))
    two = called and is_name(second) and first not in COMPOUND_SURNAMES
    return bool(two or _COUPLE.fullmatch(text))
