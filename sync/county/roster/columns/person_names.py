"""What cells look like that name people, where no header says it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from boards.model.names import COMPOUND_SURNAMES, MIDDLE_DOT, is_organisation
from sync.county.formats.cells import squeezed
from sync.county.roster.columns.thresholds import NAMES, NAMES_SHARE, NAMES_VARIED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.county.formats.grid import Value

_SURNAMES = frozenset(
    "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑谢宋唐许邓冯韩曹曾彭萧肖蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏"
    "邱方侯邹熊孟秦白江阎闫薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严覃武戚莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟申欧耿关兰焦俞左柳甘祝"
    "包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戎岑景党"
    "宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚"
    "鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平计索宣晋相初门云容敬来扈晁芮都普阙浦戈伏鹿薄邸雍辜羊"
)
_PERSON = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]{2,4}")
_PLACE = re.compile(r"[村镇乡组县市区队社站所局]$|街道$")
_MASKED = re.compile(r"[*＊×某]")


def is_name(value: Value) -> bool:
    """Whether a text reads like somebody's name: two to four characters after a surname, or with a “·”."""
    if not isinstance(value, str):
        return False
    text = _MASKED.sub("某", squeezed(value))
    if MIDDLE_DOT in text or is_organisation(text):
        return True
    known = text[:1] in _SURNAMES or text[:2] in COMPOUND_SURNAMES
    return known and bool(_PERSON.fullmatch(text)) and not _PLACE.search(text)


def are_names(cells: Sequence[Value]) -> bool:
    """Whether a column's cells are people, nearly all of them and not one over and over."""
    texts = [squeezed(cell) for cell in cells if cell not in {"", None}]
    named = sum(map(is_name, texts))
    varied = len(set(texts)) >= len(texts) * NAMES_VARIED
    return NAMES <= named >= len(texts) * NAMES_SHARE and varied
