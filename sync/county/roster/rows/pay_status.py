"""Payment status as counties write it (domain §1.4), and what free words say against paying a row at all."""

from __future__ import annotations

import re
from functools import lru_cache

from boards.model.payouts import PayStatus
from sync.county.roster.columns.thresholds import REMARK_CHARS

_RULES = (
    (PayStatus.RETURNED, r"退回|退票|退款|退汇|退库|追回|收回|扣回|缴回"),
    (PayStatus.FAILED, r"失败|未成功|不成功|异常|错误|冲正|拒付|未到账|被拒|拒绝"),
    (PayStatus.STOPPED, r"停发|停止|暂停|终止|取消|注销|不予|暂缓|作废|撤销|撤回|撤消"),
    (
        PayStatus.APPLIED,
        r"申请|受理|公示|待|[未没]有?(发|支付|结算|兑付|打卡|拨付)|审核|申报|录入|登记|在途|处理中|支付中|初审|复核|^否$",
    ),
    (PayStatus.PAID, r"已?(结算|支付|发放|兑付|打卡|拨付|到账|入账|发|付)|成功|正常|完成|^是$"),
)


@lru_cache(maxsize=512)
def status_of(text: str) -> PayStatus | None:
    """已结算, 支付成功 → paid; 公示中 → applied; 不发, 放弃 → stopped; None for words we do not know."""
    status = next((status for status, rule in _RULES if re.search(rule, text)), None)
    return PayStatus.STOPPED if status in {PayStatus.PAID, None} and excluded_by(text) else status


_CLAUSES = re.compile(r"[,，.。;；、:：!！?？\s()（）\[\]【】/／]+")
_OBJECT = (
    r"(?:[的了其此该本户人者次期批款项钱]|人员|农户|对象|[补救][贴助]|补偿|资金|金额|发放?|支付|资格|名额|指标|享受"
    r"|领取|申[报请领]|登记|名单|今年|当年|(?:20\d\d)?年度?|处理|承诺书|声明|书|死亡|原?因.*)*$"
)
_PAY = r"(?:发放?|[补救][贴助]|补偿?|支付|兑[付现]|拨付|付款?|享受|领取|给|列入|纳入|计[入发补])"
_DEATH = "死亡"
_EXCLUDING = tuple(
    (word, re.compile(rule))
    for word, rule in (
        (
            _DEATH,
            r"死亡|已死|死了|[去过逝离]世|[病亡身]故|[已亡]故|病逝|故去|已亡|^[亡殁]$|户[口籍]已?注销|^已?注销$",
        ),
        ("放弃", rf"(?:放弃|弃[权领]|退出|拒领|拒绝领取){_OBJECT}"),
        ("放弃", rf"不(?:(?:愿意?|同意|想|肯)?(?:领取?|享受|申[报请领])|要|愿意?){_OBJECT}"),
        ("取消", rf"(?:取消|作废|撤[销消]|剔除|除名|清退|删除|划[掉去]){_OBJECT}"),
        (
            "不发",
            rf"(?:不再?|不[得应能予该可准宜]|[暂勿别免缓停拒]|暂[不缓停])(?:予以?|给予|再)?{_PAY}{_OBJECT}",
        ),
        ("不发", rf"(?:停止|终止|中止|无需|无须)(?:予以?|给予)?{_PAY}{_OBJECT}"),
        ("不予", rf"不予{_OBJECT}"),
        (
            "不符合条件",
            r"不符合?(?:条件|政策|要求|规定)?$|不合格$|(?:条件|资格)不符$|[无没]有?资格$|查无此人",
        ),
        ("重复", rf"(?:重复|重[报录]|多报)(?:上报|录入|统计|计算|[报的了项户]|数据|信息)*{_OBJECT}"),
    )
)
"""What a clause says in the end, and the word it is reported by: never more of the text than that."""

_DENIED = re.compile(
    r"(?:不[是存属会要能在]?|未[发现有见被曾]*|[无非没勿]|没有|不存在|未发现|防止|避免|是否[有存在]*|脱贫"
    r"|姓名|名字|剔除|去除|排除|扣除)$"
)
_ANOTHER = re.compile(
    r"(?:[父母夫妻儿女子爷奶祖兄弟姐妹]|配偶|老伴|爱人|媳妇?|女婿|亲|家属|家人|成员|[\d一二两三]人"
    r"|[原前上](?:户主|承包|享受|补贴)\S{0,3})"
    r"(?:于?\s*\d{4}年(?:\d+月)?(?:\d+日)?|早|均|都|皆|也|因\S{1,3}|不幸|[已因])*$"
)
_BEASTS = "[猪牛羊鸡鸭鹅兔鱼虾蟹蜂禽畜犬苗树木]"
_OF_BEASTS = re.compile(rf"{_BEASTS}.{{0,4}}死|死亡.{{0,3}}{_BEASTS}|\d\s*[头只羽匹条株棵]|\d人$")
_OF_DEATH = re.compile(r"丧葬|殡葬|火化|抚恤|遗属|死亡|无害化|动物|畜禽|[生母]猪")
_OF_A_PART = re.compile(r"面积|亩|地块|田块|部分|\d元|[\d一二两三]人(?!死)")
_OF_A_CARD = re.compile(r"[卡折证票]|现金|实物|通知|短信")
_OF_ANOTHER_TIME = re.compile(
    r"[去上往前]年|以前|上[期月次批半]|下[期月次年半季]|明年|次[年月]|以后|今后|原已?[停取不]|曾"
)
_MENDED = re.compile(r"恢复|补发|重新|变更|更[名换]|过户|继承|转[为给]|遗孀|之[子女妻夫]")


@lru_cache(maxsize=4096)
def excluded_by(text: str, about: str = "") -> str:
    """The word of a remark that says that its row is not paid: 死亡, 放弃, 取消, 不发, 重复 …; "" for none.

    A clause must end in what it says (不发, 取消补贴): 不发卡改发折, 取消流转, 重复核实 say something else.
    Others' deaths, parts of an area, other years and what was mended since exclude nobody. `about` is what
    the list calls itself: where it is about deaths or beasts, a death is no reason.
    """
    if len(text) > REMARK_CHARS or _MENDED.search(text):
        return ""
    return next(filter(None, (_excluded(clause, about) for clause in _CLAUSES.split(text))), "")


def _excluded(clause: str, about: str) -> str:
    for word, rule in _EXCLUDING if clause else ():
        found = rule.search(clause)
        before = clause[: found.start()] if found else ""
        if found and not _DENIED.search(before) and not _elsewhere(word, clause, before, about):
            return word
    return ""


def _elsewhere(word: str, clause: str, before: str, about: str) -> bool:
    """Whether a clause speaks of another person, time or thing than this row."""
    if word == _DEATH:
        return bool(_OF_BEASTS.search(clause) or _OF_DEATH.search(about) or _ANOTHER.search(before))
    card = word in {"取消", "不发"} and _OF_A_CARD.search(clause)
    return bool(card or _OF_A_PART.search(clause) or _OF_ANOTHER_TIME.search(clause))
