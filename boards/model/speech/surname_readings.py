"""How surnames are read (姓氏读音), where the dictionary's first reading of the character is another one.

Read-aloud says the first reading; search by pinyin initials accepts every one of them beside the
dictionary's own. Syllables are pinyin with a tone digit, 5 for the neutral tone, `v` for ü:
`("shan4",)`, `("wei4", "chi2")`. Sources: 现代汉语词典 and 通用规范汉字字典, entries marked 姓.
"""

from __future__ import annotations

from typing import Final

from boards.model.names import MIDDLE_DOT, surname_of

Syllables = tuple[str, ...]

_SINGLE: Final = """
单 shan4, 仇 qiu2, 曾 zeng1, 区 ou1, 查 zha1, 解 xie4, 任 ren2, 华 hua4, 盖 ge3 gai4,
翟 zhai2 di2, 缪 miao4, 召 shao4, 燕 yan1, 员 yun4, 种 chong2, 黑 he4, 朴 piao2, 洗 xian3,
冼 xian3, 乜 nie4, 宁 ning2 ning4, 纪 ji3 ji4, 葛 ge3, 卜 bu3, 牟 mou2 mu4, 薄 bo2, 车 che1,
石 shi2, 乐 yue4 le4, 干 gan1, 过 guo1, 哈 ha3, 那 na1, 祭 zhai4, 谌 chen2 shen4, 覃 qin2 tan2,
郇 xun2 huan2, 折 she2, 佘 she2, 呙 guo1, 秘 bi4, 繁 po2, 柏 bai3, 隗 wei3 kui2, 贠 yun4,
应 ying1, 於 yu1, 相 xiang4, 莘 shen1 xin1, 阚 kan4, 瞿 qu2, 句 gou1, 沈 shen3, 盛 sheng4,
幺 yao1, 么 yao1, 强 qiang2, 曲 qu1, 郗 xi1 chi1, 炅 gui4, 眭 sui1, 撒 sa3, 能 nai4, 逯 lu4,
禚 zhuo2, 厍 she4, 甯 ning4, 佴 nai4, 郄 qie4 xi4, 郤 xi4, 尉 wei4, 恽 yun4, 仝 tong2, 粘 nian2,
隽 juan4, 晟 cheng2, 冯 feng2, 万 wan4, 都 du1, 俞 yu2, 褚 chu3, 宓 mi4, 逄 pang2, 臧 zang1,
仉 zhang3, 妫 gui1, 观 guan4, 少 shao4, 占 zhan1, 颉 xie2, 侯 hou2, 阙 que1, 訾 zi1, 揣 chuai3
"""
_DOUBLE: Final = """
尉迟 yu4 chi2, 万俟 mo4 qi2, 长孙 zhang3 sun1, 令狐 ling2 hu2, 冷狐 leng3 hu2, 澹台 tan2 tai2,
鲜于 xian1 yu2, 皇甫 huang2 fu3, 夏侯 xia4 hou2, 夏候 xia4 hou2, 濮阳 pu2 yang2, 亓官 qi2 guan1,
颛孙 zhuan1 sun1, 公冶 gong1 ye3, 拓跋 tuo4 ba2, 乐正 yue4 zheng4, 闾丘 lv2 qiu1, 宇文 yu3 wen2,
淳于 chun2 yu2, 百里 bai3 li3, 仲孙 zhong4 sun1, 呼延 hu1 yan2, 赫连 he4 lian2, 完颜 wan2 yan2,
宗政 zong1 zheng4, 申屠 shen1 tu2, 诸葛 zhu1 ge3
"""
_LETTERS: Final = """
A ei1, B bi4, C xi1, D di4, E yi4, F ai2 fu5, G ji4, H ei2 chi1, I ai4, J zhei4, K kei4,
L ai2 lou5, M ai2 mu5, N en1, O ou1, P pi4, Q kiu1, R a4, S ai2 si5, T ti4, U you1, V wei4,
W da2 bu5 liu4, X ai2 ke5 si5, Y wai1, Z zei4
"""


def _entries(table: str) -> dict[str, tuple[str, ...]]:
    entries = (entry.split() for entry in table.split(","))
    return {written: tuple(syllables) for written, *syllables in entries}


SURNAME_READINGS: Final[dict[str, tuple[Syllables, ...]]] = {
    **{surname: tuple((one,) for one in readings) for surname, readings in _entries(_SINGLE).items()},
    **{surname: (syllables,) for surname, syllables in _entries(_DOUBLE).items()},
}
"""Surname → its readings as a surname, the usual one first."""

PHRASE_READINGS: Final[dict[str, Syllables]] = {
    "种粮": ("zhong4", "liang2"),
    "种地": ("zhong4", "di4"),
    "种田": ("zhong4", "tian2"),
    "散养": ("san3", "yang3"),
    "散户": ("san3", "hu4"),
    "发卡行": ("fa1", "ka3", "hang2"),
    "开户行": ("kai1", "hu4", "hang2"),
    "供养": ("gong1", "yang3"),
}
"""Words of our pages that the dictionary library reads otherwise."""

LETTER_READINGS: Final[dict[str, Syllables]] = _entries(_LETTERS)
"""Latin letters as they are said among Mandarin words."""


def surname_said(name: str) -> tuple[str, Syllables]:
    """Surname and its reading: 单桂珍 → ("单", ("shan4",)); ("", ()) where the dictionary is right.

    Transliterated names (买买提·吐尔逊) have no Chinese surname.
    """
    surname = "" if MIDDLE_DOT in name else surname_of(name)
    readings = SURNAME_READINGS.get(surname)
    return (surname, readings[0]) if readings else ("", ())
