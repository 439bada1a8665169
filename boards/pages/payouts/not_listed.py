"""没有发到？: of each list of payments how many households it leaves out, why, and whom to ask.

Nobody is named, and fewer than three households in all are not counted out (settled §4).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from boards.model.batch_close import FEWEST
from boards.model.payouts import WhyLeftOut
from boards.pages.frame.phrases import phrased
from boards.pages.frame.tongue import Tongue
from boards.pages.frame.wording import called
from boards.sheets.sheet import SheetHead
from boards.sheets.views import Frame, Posted


def missing_from(paid: Iterable[Posted], frame: Frame, tongue: Tongue) -> dict[str, Any]:
    """The lists that leave somebody out, and how many leave out nobody."""
    heads = [posted.head for posted in paid]
    left = [head for head in heads if _left_out(head)]
    several = Counter(head.terms.programme for head in heads)
    return {
        "missing": [_row(head, frame, tongue, dated=several[head.terms.programme] > 1) for head in left],
        "complete": len(heads) - len(left),
    }


def _left_out(head: SheetHead) -> bool:
    return bool(head.left_out_why) or any(part.count for part in head.left_out)


def _row(head: SheetHead, frame: Frame, tongue: Tongue, *, dated: bool) -> dict[str, Any]:
    terms = head.terms
    name = called(frame, terms.programme, terms.programme_name)
    return {
        "name": phrased(name),
        "foreign": name != terms.programme_name,
        "day": tongue.day(terms.paid_on, frame.today) if terms.paid_on and dated else "",
        "told": left_out_told(head, tongue),
        "office": terms.office,
        "phone": terms.phone or frame.phone,
    }


def left_out_told(head: SheetHead, tongue: Tongue) -> str:
    """有12户没有列入：卡号与户名不一致5户、其他原因7户。 Where a feed has no reasons, rows are counted."""
    _ = tongue.say
    households = sum(one.households for one in head.left_out_why)
    if not head.left_out_why:
        return _("有{count}笔没有列入。").format(count=f"{sum(part.count for part in head.left_out):,}")
    if households < FEWEST:
        return _("有个别户没有列入。")
    if not any(one.why for one in head.left_out_why):
        return _("有{count}户没有列入。").format(count=f"{households:,}")
    reasons = _("、").join(_reason(one, tongue) for one in head.left_out_why)
    return _("有{count}户没有列入：{reasons}。").format(count=f"{households:,}", reasons=reasons)


def _reason(one: WhyLeftOut, tongue: Tongue) -> str:
    count = tongue.say("{count}户").format(count=f"{one.households:,}")
    return tongue.say("{why}{count}").format(why=_why(one.why, tongue), count=count)


def _why(why: str, tongue: Tongue) -> str:
    """A reason in this language; what a clerk wrote in his own words stays as it is."""
    _ = tongue.say
    words = {
        "": _("其他原因"),
        "卡号与户名不一致": _("卡号与户名不一致"),
        "卡或账户已注销、冻结": _("卡或账户已注销、冻结"),
        "卡号、账号不对": _("卡号、账号不对"),
        "没有登记银行卡": _("没有登记银行卡"),
        "享受人已去世": _("享受人已去世"),
        "本人放弃": _("本人放弃"),
        "取消资格": _("取消资格"),
        "停发": _("停发"),
        "不符合条件": _("不符合条件"),
        "重复申报": _("重复申报"),
        "还没有发放": _("还没有发放"),
        "银行没有付成": _("银行没有付成"),
        "银行退回": _("银行退回"),
        "按规定不列名": _("按规定不列名"),
        "这一次没有金额": _("这一次没有金额"),
    }
    return words.get(why, why)
