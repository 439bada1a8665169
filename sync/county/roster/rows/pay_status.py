"""Payment status as counties write it (domain §1.4)."""

from __future__ import annotations

import re
from functools import lru_cache

from boards.model.payouts import PayStatus

_RULES = (
    (PayStatus.RETURNED, r"退回|退票|退款|退汇|退库|追回|收回|扣回|缴回"),
    (PayStatus.FAILED, r"失败|未成功|不成功|异常|错误|冲正|拒付|未到账|被拒|拒绝"),
    (PayStatus.STOPPED, r"停发|停止|暂停|终止|取消|注销|不予|暂缓|作废|撤销|撤回|撤消"),
    (
        PayStatus.APPLIED,
        r"申请|受理|公示|待|未(发|支付|结算|兑付|打卡|拨付)|审核|申报|录入|登记|在途|处理中|支付中|初审|复核|^否$",
    ),
    (PayStatus.PAID, r"已?(结算|支付|发放|兑付|打卡|拨付|到账|入账|发|付)|成功|正常|完成|^是$"),
)


@lru_cache(maxsize=512)
def status_of(text: str) -> PayStatus | None:
    """已结算, 支付成功 → paid; 公示中, 已受理 → applied; None for words we do not know."""
    return next((status for status, rule in _RULES if re.search(rule, text)), None)
