"""What a county has to say of itself before it begins; typed, given as options, or in a file of answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from boards.model.line_faults import FaultsInFile, LineFault
from boards.model.privacy.public_fields import is_public_link, phone_fault, words_fault
from sync.county.founding.starting import templates
from sync.handwritten.encoding import AS_TEXT, plain_text
from sync.handwritten.shape import Wrong
from sync.handwritten.toml import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Answers(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The answers, "" and () where nobody has said it yet. A file of them is this, as TOML."""

    county_code: str = ""
    county: str = ""
    site: str = ""
    origin_prefix: str = ""
    supervision_phone: str = ""
    villages: str = ""  # where the county's list of villages is
    programmes: tuple[str, ...] = ()

    def toml(self) -> bytes:
        """As a file of answers; a JSON string is a TOML basic string."""
        said = msgspec.to_builtins(self).items()
        return "".join(f"{name} = {msgspec.json.encode(value).decode()}\n" for name, value in said).encode()


class AnswersWrong(FaultsInFile):
    """A file of answers does not do."""

    code = "answers-wrong"
    sentence = "建县的答复有不对的地方：{told}\n共 {count} 处。"
    advice = "请逐处改正后再运行同一条命令；没有写入任何内容。"


class Question(NamedTuple):
    """One thing to be said."""

    field: str
    asked: str
    example: str
    fault: Callable[[str], str]  # what is wrong with an answer, "" for nothing
    needed: bool = True


def _code(text: str) -> str:
    return "" if re.fullmatch(r"[1-9][0-9]{5}", text) else "应是 6 位县代码，例如 330590"


def _site(text: str) -> str:
    """An address everybody can open, as a name and without a path: it is printed in every QR code."""
    plain = re.fullmatch(r"https://[a-z0-9][a-z0-9.-]*(/[a-z0-9./-]*)?", text)
    return "" if plain and is_public_link(text) else _SITE_FORM


def _prefix(text: str) -> str:
    plain = re.fullmatch(r"[a-z0-9][a-z0-9.-]{0,62}", text)
    return "" if plain else "只能用小写字母、数字、点和连字符，例如 county-330590"


def _programme(text: str) -> str:
    known = {one.code for one in templates()}
    strange = [code for code in codes_in(text) if code not in known]
    return f"有 {len(strange)} 个不是模板代码；全部代码见 county pack templates" if strange else ""


def codes_in(text: str) -> tuple[str, ...]:
    """rice、machinery → the codes, in any usual way of writing a list."""
    return tuple(dict.fromkeys(filter(None, re.split(r"[\s、,，;；]+", text))))


_SITE_FORM = "应是 https:// 开头的公开网址，只用小写字母、数字、点、连字符，例如 https://gongkai.example"
QUESTIONS = (
    Question("county_code", "县（市、区）代码", "330590", _code),
    Question("county", "县（市、区）名称", "苕安县", words_fault),
    Question("site", "公开网站地址（印进二维码，群众手机打开）", "https://gongkai.example", _site),
    Question("supervision_phone", "监督电话", "0572-5000012", phone_fault),
    Question("villages", "本县村名单文件（xlsx、xls、ods 或 csv）", "村名单.xlsx", lambda _: ""),
    Question(
        "programmes", "补贴项目（模板代码，可以写几个）", "farmland_fertility rice", _programme, needed=False
    ),
    Question("origin_prefix", "日志名称前缀", "county-330590", _prefix, needed=False),
)


def answers_in(raw: bytes) -> Answers:
    """A file of answers; raises AnswersWrong with everything wrong in it."""
    text = plain_text(raw, AS_TEXT)
    found = [text] if isinstance(text, LineFault) else read(text, Answers, _rules)
    if isinstance(found, list):
        raise AnswersWrong(found)
    return found


def _rules(said: dict[str, object]) -> Iterator[Wrong]:
    """What each answer must be; one left empty is not given yet."""
    for question in QUESTIONS:
        value = said.get(question.field, "")
        text = " ".join(value) if isinstance(value, list) else str(value)
        if text and (why := question.fault(text)):
            yield Wrong((question.field,), why)


def still_open(answers: Answers) -> list[Question]:
    """What has to be said yet."""
    return [one for one in QUESTIONS if one.needed and not getattr(answers, one.field)]
