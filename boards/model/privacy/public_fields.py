"""What a public field must look like: telephones of offices, names of offices, addresses, links, plain words.

Of batch.toml, the pack and land cases alike, by the name of the field. A fault says what is wrong and
what to write; it never repeats the text.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import urlsplit

import msgspec

from boards.model.names import unshowable
from boards.model.privacy.numbers import numbers_in

HOLDS_NUMBER = "里有身份证号、账号或手机号，请删去"
_MOBILE = re.compile(r"(?:(?:\+|00)?86-?)?1[3-9][0-9]{9}")
_AREA = r"(?:\+86[- ]?)?(?:[(（]0[0-9]{2,3}[)）]\s?|0[0-9]{2,3}\s?[-—－–]?\s?)"
_OFFICE_PHONE = re.compile(
    rf"(?:(?:{_AREA}[0-9]|[2-9])[0-9]{{2,3}}[ -]?[0-9]{{4}}(?:(?:-|\s?转\s?)[0-9]{{1,6}})?"
    r"|[48]00-?[0-9]{3,4}-?[0-9]{3,4}|9[56][0-9]{3,6}|[1-9][0-9]{2,5})(?:[(（][^()（）0-9]{1,20}[)）])?"
)
_BETWEEN_PHONES = re.compile(r"\s*[、,，;；/或]\s*|\s{2,}")
_HANZI = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_OFFICE = re.compile(
    r"[局厅委部办院所站社会厂场处科室队组行团校署库店馆园村镇乡县市区]|政府|中心|公司|银行|街道|窗口|大厅|基地|工程|指挥"
)
_PLACE = re.compile(
    r"[省市县区镇乡村组路街巷弄号楼室层幢院厅局所站部社旁侧内处坞]|政府|中心|窗口|公开栏|公告栏|门口|广场"
)
_MARKUP = re.compile(r"<[/!?a-zA-Z]|&#?\w{1,8};|\{\{|\$\{|^\s*[=@]|^\s*[+-](?![0-9.])")
_LINK = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*)://\S*|\b(?:javascript|data|vbscript):", re.ASCII)
_LINK_ENDS = "。，；、）)】》”"
_DIGITS_ONLY = re.compile(r"[\d\s.,、/-]+")
_INNER = frozenset({"localhost", "local", "lan", "internal", "intranet", "home"})


def phone_fault(text: str) -> str:
    """Telephones of an office, several with 、 between them; a mobile is a person's."""
    numbers = _BETWEEN_PHONES.split(text.strip())
    if any(_MOBILE.fullmatch(re.sub(r"[\s-]", "", one)) for one in numbers):
        return "写的是手机号，请写单位的固定电话（例如 0572-5000012）或 12345"
    right = all(map(_OFFICE_PHONE.fullmatch, numbers))
    return "" if right else "不像单位电话，请写固定电话或热线（例如 0572-5000012、12345）"


def office_fault(text: str) -> str:
    """The name of an office: 苕安县农业农村局."""
    if fault := words_fault(text):
        return fault
    named = 2 < len(text) <= 60 and _OFFICE.search(text) and not re.search(r"[0-9]{5}", text)
    return "" if named else "不像单位名称，请写单位全称（例如 苕安县农业农村局）"


def address_fault(text: str) -> str:
    """Where an office is: 梅坞镇人民政府一楼便民服务中心."""
    return words_fault(text) or ("" if _PLACE.search(text) else "不像地址，请写到哪个单位、哪个窗口")


def words_fault(text: str) -> str:
    """Chinese words: no mere number, nothing that a plain text may not have."""
    plain = _HANZI.search(text) and not _DIGITS_ONLY.fullmatch(text)
    return text_fault(text) or ("" if plain else "应是中文文字")


def text_fault(text: str) -> str:
    """Any text that is shown: no hidden characters, markup, formulas, odd links or numbers of persons."""
    if any(unshowable(line.replace("\t", " ")) for line in text.splitlines()):
        return "有不能显示的字符，请重新输入"
    if _MARKUP.search(text):
        return "像是公式或网页代码，请只写文字"
    if any(not is_public_link(found[0].rstrip(_LINK_ENDS)) for found in _LINK.finditer(text)):
        return "里的网址不能用，请写 https:// 开头的公开网址"
    return HOLDS_NUMBER if numbers_in(text) else ""


def is_public_link(link: str) -> bool:
    """An address everybody can open: http or https, a public host by name, no password in it."""
    try:
        parts = urlsplit(link)
        host, named = parts.hostname or "", parts.username is not None
    except ValueError:
        return False
    try:
        ipaddress.ip_address(host)
    except ValueError:
        inner = "." not in host.strip(".") or host.rsplit(".", 1)[-1] in _INNER
        return parts.scheme in {"http", "https"} and not inner and not named
    return False


_LOOKS: dict[str, Callable[[str], str]] = {
    "phone": phone_fault,
    "supervision_phone": phone_fault,
    **dict.fromkeys(("office", "department", "issuer", "authority", "town_office"), office_fault),
    "address": address_fault,
    "place": address_fault,
    **dict.fromkeys(
        ("funds", "rate_text", "control_source", "county", "who", "hours", "project"), words_fault
    ),
    **dict.fromkeys(
        ("standard", "how", "materials", "purpose", "name", "town", "village", "title"), words_fault
    ),
}
"""By the name of the field; any other is a text."""


def field_fault(name: str, text: str) -> str:
    """What is wrong with the text of a field, "" for nothing; an empty field says nothing wrong."""
    return _LOOKS.get(name, text_fault)(text) if text.strip() else ""


def faults_in(record: object, way: str = "") -> Iterator[tuple[str, str]]:
    """Each field of a record, however deep, that does not look like what it is, and what is wrong with it."""
    if isinstance(record, msgspec.Struct):
        record = msgspec.structs.asdict(record)
    if isinstance(record, Mapping):
        for name, value in record.items():
            yield from faults_in(value, f"{way}.{name}".lstrip("."))
    elif isinstance(record, tuple | list):
        for one in record:
            yield from faults_in(one, way)
    elif isinstance(record, str) and (fault := field_fault(way.rsplit(".", 1)[-1], record)):
        yield way, fault


def own_phones(*texts: object) -> frozenset[str]:
    """Bare digits of mobiles in fields for an office's telephone; an ID or account written there is none."""
    said = (re.sub(r"[\s()（）-]", "", str(text)) for text in texts if text)
    return frozenset(one.lstrip("+") for one in said if _MOBILE.fullmatch(one))
