"""Why households are not on a list, in words for everybody and of so many that nobody is meant (settled §4).

A row's own words are looked for in a fixed table and never published themselves: they may name somebody.
What no roster says, the clerk writes in batch.toml, and it is held to the same.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from boards.model.batch_close import merged
from boards.model.errors import Fault, Refusal
from boards.model.payouts import LeftOutReason, WhyLeftOut
from sync.county.roster.rows.pay_status import excluded_by

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from sync.county.publish.batch import NotListed
    from sync.county.reading import Row


class ReasonNamesSomebody(Refusal):
    """What the clerk wrote of those who are not listed holds the name of somebody on the roster."""

    code = "reason-names-somebody"
    fault = Fault.PERSON
    sentence = "未列入名单的原因写了花名册上的人名。"
    advice = "原因会公开，请只写是什么原因，例如 卡号与户名不一致，不要写人名。"


_CARD = r"(?:银行|社保|一卡通|惠农)?(?:卡号?|账[号户]?|帐[号户]?|存?折号?)"
_SAID: Final = tuple(
    (words, re.compile(rule))
    for words, rule in (
        (
            "卡号与户名不一致",
            rf"(?:{_CARD}|户名|姓名).{{0,8}}(?:不一致|不符|不匹配|不相符|对不上)|户名.{{0,2}}(?:有误|错误)",
        ),
        ("卡或账户已注销、冻结", rf"{_CARD}.{{0,6}}(?:注销|销户|冻结|挂失|失效|过期|止付|睡眠|停用)"),
        ("卡号、账号不对", rf"{_CARD}.{{0,4}}(?:有误|错误|不对|不存在|不全|无效)|无此{_CARD}"),
        ("没有登记银行卡", rf"(?:没有?|无|未办理?|未提供|未登记|缺少?){_CARD}"),
    )
)
_EXCLUDED: Final = {
    "死亡": "享受人已去世",
    "放弃": "本人放弃",
    "取消": "取消资格",
    "不发": "停发",
    "不予": "停发",
    "不符合条件": "不符合条件",
    "重复": "重复申报",
}
_OTHERWISE: Final = {
    LeftOutReason.UNPAID: "还没有发放",
    LeftOutReason.FAILED: "银行没有付成",
    LeftOutReason.RETURNED: "银行退回",
    LeftOutReason.STOPPED: "停发",
    LeftOutReason.UNLISTED: "按规定不列名",
    LeftOutReason.ZERO: "这一次没有金额",
}
REASONS: Final = frozenset({*(words for words, _ in _SAID), *_EXCLUDED.values(), *_OTHERWISE.values()})
"""Everything that is told of a roster's rows."""


def why_left_out(row: Row, reason: LeftOutReason) -> str:
    """One of REASONS, out of what the row says of itself; who may not be listed is never asked why."""
    texts = () if reason is LeftOutReason.UNLISTED else (row.stop_reason, row.status_text, row.payout.remark)
    for text in texts:
        if found := next((words for words, rule in _SAID if rule.search(text)), ""):
            return found
    word = next(filter(None, map(excluded_by, texts)), "")
    return _EXCLUDED.get(word) or _OTHERWISE[reason]


def told(
    left: Iterable[tuple[Hashable, Row, LeftOutReason]], typed: Sequence[NotListed], *, sensitive: bool
) -> tuple[WhyLeftOut, ...]:
    """Households that are not on the list by reason, each once; of a sensitive programme only how many.

    `left` has the household of each row, `typed` what the clerk adds of others.
    """
    first: dict[Hashable, str] = {}
    for household, row, reason in left:
        first.setdefault(household, why_left_out(row, reason))
    counted = Counter(first.values())
    for one in typed:
        counted[one.why] += one.households
    return merged(
        WhyLeftOut(why="" if sensitive else why, households=households) for why, households in counted.items()
    )


def refuse_names(typed: Iterable[NotListed], rows: Iterable[Row]) -> None:
    """Raise ReasonNamesSomebody where a typed reason has the name of somebody on the roster in it."""
    reasons = [one.why for one in typed]
    if reasons and any(name in why for row in rows for name in row.payout.names for why in reasons):
        raise ReasonNamesSomebody
