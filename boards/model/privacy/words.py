"""Words that must not be public (P4, P6, P7): a door, an illness, a way to reach somebody.

Only the kind is reported, never the words themselves. Nothing here belongs to the importer's gate, which is
about numbers: these are asked of free text before it is published.

P6 is wording *beyond the programme's own name*: what a list is about says nothing of one person in
it. So words of a kind that the title or header carries too are let be, and a programme's name in
the text itself (残疾人生活补贴); an illness by its name or a grade of disability in no other list.
Illnesses of animals and crops are not private.
"""

from __future__ import annotations

import re
from enum import StrEnum

from boards.model.privacy.plain_text import plain_form


class WordKind(StrEnum):
    """What a text reveals about a person."""

    ADDRESS = "address"  # P4: 12号301室, beyond village and group
    HEALTH = "health"  # P6: illness or disability
    EMAIL = "email"  # P7
    PLATE = "plate"  # 车牌
    QQ = "qq"
    WECHAT = "wechat"


_DOOR_ENDS = r"(?=$|[\s,。;、()\d附楼室院])"
_FINDERS = (
    (
        WordKind.ADDRESS,
        re.compile(
            r"门牌\D{0,3}\d"
            r"|\d+(?:号楼?|幢|栋|座|弄|单元)[^\d,，。;；]{0,4}\d+(?:单元|室)"
            r"|\d[-—]?\d{2,4}室"
            rf"|[路街巷弄村庄坞]\s?\d{{1,4}}(?:-\d{{1,4}})?号{_DOOR_ENDS}"
        ),
    ),
    (WordKind.EMAIL, re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)),
    (
        WordKind.PLATE,
        re.compile(
            r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][ -]?"
            r"(?=[A-Z]{0,2}\d)[A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警](?![A-Za-z0-9])"
        ),
    ),
    (
        WordKind.QQ,
        re.compile(r"(?<![a-z])(?:qq|扣扣|企鹅)\s?(?:号码?)?\s?[:：为是]?\s?\d{5,12}", re.IGNORECASE),
    ),
    (
        WordKind.WECHAT,
        re.compile(
            r"(?:微信|薇信)\s?(?:号|id)?\s?[:：为是]?\s?[a-z0-9][\w-]{4,}"
            r"|(?<![a-z0-9])(?:wx|vx|wechat|weixin)\s?(?:号|id)?\s?[:：]\s?[a-z0-9][\w-]{4,}",
            re.IGNORECASE | re.ASCII,
        ),
    ),
)
_POSSIBLY = re.compile(
    r"[\d@＠病残癌瘤症患痴障瘫痪聋盲肾透艾肝糖压脑风癫抑帕狼尘矽肢明化放HＨ住手]", re.IGNORECASE
)
"""One letter at least of everything that is looked for."""

_ILLNESS = re.compile(
    r"癌|肿瘤|白血病|尿毒症|肾衰|肾病|透析|艾滋|HIV|乙肝|丙肝|肝炎|肝硬化|肺结核|糖尿病|高血压|心脏病|冠心病"
    r"|脑梗|脑瘫|脑出血|脑溢血|中风|偏瘫|瘫痪|截瘫|癫痫|精神病|精神分裂|精神(?:障碍|残疾)|抑郁症|痴呆|智障|智力(?:障碍|残疾)"
    r"|帕金森|红斑狼疮|血友病|尘肺|矽肺|截肢|失明|聋哑|化疗|放疗|(?:肢体|视力|听力|言语|语言|多重)残疾|残疾[一二三四1-4]级"
    r"|[一二三四1-4]级(?:肢体|视力|听力|言语|多重)?残疾",
    re.IGNORECASE,
)
_SAID_OF_HEALTH = (
    (re.compile(r"残疾|因残|伤残|致残"), re.compile(r"残")),
    (re.compile(r"因病|患病|大病|重病|慢性病|重症|病重|病人|病患|患者|住院|手术"), re.compile(r"病|医")),
)
_NAMED_AFTER = (
    (re.compile(r"残疾"), re.compile(r"残")),
    (re.compile(r"精神"), re.compile(r"精神")),
    (re.compile(r"尘肺|矽肺"), re.compile(r"尘肺|矽肺")),
    (re.compile(r"艾滋|HIV", re.IGNORECASE), re.compile(r"艾滋")),
)
_PROGRAMME = re.compile(
    r"(?:困难|重度|贫困)?残疾人?[^\d,，。;；、]{0,8}(?:补贴|补助|津贴|保障金|项目|资金|救助|保险)"
    r"|(?:大病|重病|重特大疾病|医疗)[^\d,，。;；、]{0,6}(?:补贴|补助|救助|保险|资金|项目)"
)
_CLAUSES = re.compile(r"[,。;、\s]+")
_OF_ANIMALS = re.compile(r"[猪牛羊鸡鸭鹅兔鱼虾蟹蚕蜂禽畜犬稻麦虫疫苗]|松|树|作物|病害|无害化")


def words_in(text: str, about: str = "") -> tuple[WordKind, ...]:
    """Kinds of words in a text that must not be public; `about` is what the list itself is called."""
    if not _POSSIBLY.search(text) and text.isprintable():
        return ()
    plain, _ = plain_form(text)
    found = [kind for kind, rule in _FINDERS if rule.search(plain)]
    if any(_tells_of_health(clause, about) for clause in _CLAUSES.split(plain)):
        found.append(WordKind.HEALTH)
    return tuple(sorted(found))


def _tells_of_health(text: str, about: str) -> bool:
    """P6: an illness or a disability, beyond what everybody on the list has by its name."""
    if _OF_ANIMALS.search(text):
        return False
    bare = _PROGRAMME.sub("", text)
    if any(rule.search(bare) and not named.search(about) for rule, named in _SAID_OF_HEALTH):
        return True
    illness = _ILLNESS.search(bare)
    return illness is not None and not any(
        rule.search(illness[0]) and named.search(about) for rule, named in _NAMED_AFTER
    )
