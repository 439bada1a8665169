"""Where a line of a heading may end: at the joints between its phrases, never inside a word. Pure.

Headings are set `word-break: keep-all`; what is offered here as `<wbr>` is where they break first.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape
from typing import Final

from minijinja import safe

WORDS: Final = (
    "预公告", "公告", "通告", "公示", "公开", "公司", "工程", "项目", "用地", "人民政府", "和规划局",
    "专业合作社", "安置", "补偿", "建设", "迁建", "改建", "扩建", "新建", "征收", "征地", "土地",
    "方案", "启动", "终止", "中心", "卫生院", "小学", "中学", "大学", "补贴", "补助", "发放", "申报",
    "登记", "调查", "评估", "汇总", "一次性", "应用", "移民", "扶持", "生态", "效益", "费用",
    "支付",
)  # fmt: skip
"""Words a phrase of a title begins with; a longer one stands before the shorter it holds."""

_JOINTS: Final = re.compile(
    rf"(?<=..)(?<![预子副总分与])(?={'|'.join(WORDS)})|(?<=\d年)(?!度)|(?<=\d年度)|(?<=村)(?=\d)|(?<=..)(?<!参)(?=与..)"
)
_NUMBER_JOINTS: Final = re.compile(r"(?<=[)）])(?=[A-Z])")
_WHOLE: Final = re.compile(
    r"(?:\d+年)?\d+月\d+日|(?<=[)）])[A-Z]\S+|\d[\d,]*\.\d\d元|(?<!\d)0\d{2,3}-\d[\d ]+\d"
)
LEAST: Final = 2  # characters that may stand alone


def joints(title: str) -> list[str]:
    """A title in the phrases between which a line may break; none is a single character."""
    parts: list[str] = []
    for part in _JOINTS.split(title):
        if parts and min(len(part), len(parts[-1])) < LEAST:
            parts[-1] += part
        elif part:
            parts.append(part)
    return parts


@lru_cache(maxsize=2048)
def phrased(title: str) -> str:
    """A title as markup, with a break offered at each joint."""
    return safe("<wbr>".join(map(escape, joints(title))))


@lru_cache(maxsize=2048)
def unbroken(text: str) -> str:
    """A text as markup in which no day, sum or telephone breaks, nor the series of a document's number."""
    return safe(_WHOLE.sub(r'<span class="nb">\g<0></span>', escape(text)))


@lru_cache(maxsize=2048)
def numbered(doc_no: str) -> str:
    """文号 as markup: 苕征〔2026〕4号 never breaks, 浙土字(330590)A[2026]-0007号 only before its series."""
    parts = [part for part in _NUMBER_JOINTS.split(doc_no) if part]
    return safe("<wbr>".join(f'<span class="nb">{escape(part)}</span>' for part in parts))
