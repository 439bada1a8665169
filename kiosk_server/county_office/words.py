"""How the desk words what was refused or found: never a file to edit, never a command to run.

A refusal says what happened by its code; what to do about it, each door says in its own words. Here are the
desk's, and the field of the form that is concerned. What is not listed is said the same everywhere.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from kiosk_server.county_office.errors import FieldsWrong, Mark
from kiosk_server.county_office.forms import LABELS, WHY
from sync.county.checks.publication import ReconciliationNotConfirmed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from boards.model.errors import Refusal


class _Said(NamedTuple):
    """What the desk says instead; "" leaves the refusal's own words."""

    advice: str = ""
    sentence: str = ""
    field: str = ""


_NO_HARM = "什么都没有提交；"
_TECHNICIAN = "请县里的技术人员"
_SAID = {
    "roster-has-errors": _Said("请看标出的每一处，在原表里改正，再上传一次。"),
    "warnings-not-confirmed": _Said("请逐一核实，在“待确认的”下面写明理由后再提交。"),
    "reconciliation-not-confirmed": _Said("请改正名册或批次情况；核实无误的，写明理由后再提交。"),
    "amounts-missing": _Said(
        "申报、核实的名单，公示种类请选“申报公示”；发放结果请换成有金额的名册，再上传一次。", field="phase"
    ),
    "programme-unknown": _Said(
        f"请重新选；新的补贴项目{_TECHNICIAN}先加上。", "县里的补贴项目里没有这一项。", "programme"
    ),
    "village-unknown": _Said(
        "什么都没有发布；请看标出的行，改正村名后再上传。", "花名册里有 {count} 行的村不是本县的村。"
    ),
    "payment-day-missing": _Said(
        "请填写发放日期后再提交。", "不知道发放日期：花名册没有写，这里也没有填。", "paid_on"
    ),
    "payment-day-ahead": _Said(field="paid_on"),
    "control-total-differs": _Said(field="control_total"),
    "nothing-to-publish": _Said("请核对花名册的支付状态。"),
    "share-not-chosen": _Said("请照表头写这一批是哪一项；确实合并发放的写 *。", field="share"),
    "share-unknown": _Said("请照表头写；表头里有：{shares}。", field="share"),
    "batch-already-published": _Said(field="period_no"),
    "application-still-posted": _Said(
        f"请在 {{day}} 之后再办；申报公示本身有错的，{_TECHNICIAN}先撤下那份名单。", field="phase"
    ),
    "not-reviewed": _Said("请审核人在审核工作台签名后再发布。"),
    "feed-moved": _Said("请审核人在这一件的页面上再签一次名，再发布。"),
    "changed-meanwhile": _Said("请在这一件的页面上取消它，按现在的名单重新提交。"),
    "published-meanwhile": _Said(
        "请核实是不是同一笔钱：是的，取消这一件；不是的，也先取消，写明理由后重新提交。"
    ),
    "partly-published": _Said("请先把它发布完；签名不再适用的，先请审核人重新审核。"),
    "already-published": _Said(f"发布后的改动只能更正或撤下，{_TECHNICIAN}办理。"),
    "proposal-not-found": _Said("请回到首页，看现在有哪些批次。"),
    "proposal-waits": _Said("请审核、发布那一件；内容要改的，先在那一件的页面上取消，再提交。"),
    "proposal-damaged": _Said(
        "请在这一件的页面上取消它，再重新提交。",
        "待审批次 {id} 的文件被改动过（{why}），没有签名也没有发布。",
    ),
    "pack-changed": _Said(
        "请关闭工作台重新打开，按现在的内容再看一遍。",
        "县里的补贴项目、村名单、密钥名册等资料在打开之后改过，没有签名也没有发布。",
    ),
    "same-person": _Said("请{others}办理；没有别人的，请县里先登记一位。"),
    "no-seat": _Said("请{others}办理；没有别人的，请县里先登记一位。"),
    "not-looked-at": _Said("请打开这个批次，逐户看过，再签名。"),
    "review-outdated": _Said(
        "请审核人在审核工作台按现在的内容重新看一遍并审核，再发布。",
        "批次 {id} 审核之后，县里的补贴项目、村名单、密钥名册等资料改过，审核签名已不适用，没有发布。",
    ),
    "made-by-older-pack": _Said(
        "请在这一件的页面上退回或取消，再按现在的资料重新提交。",
        "提交之后县里的资料{what}，批次 {id} 是按旧的作出的，没有签名也没有发布。",
    ),
    "village-still-shows": _Said(
        "请先撤下它们，经审核发布后，再办这一件。",
        "{village} 还公开着 {count} 份名单或公告，不能撤销这个村。",
    ),
    "target-moved": _Said("请在这一件的页面上退回或取消，按现在的{what}重新提交。"),
    "tells-otherwise": _Said("请在这一件的页面上退回或取消，重新提交，按新的说明看过再签名。"),
    "registry-unreadable": _Said(
        f"{_NO_HARM}请管理登记资料的人改正，或先撤下这份资料，提交时会注明这一项没有核对。",
        "县里的登记资料第 {line} 行读不出来：{why}。",
    ),
    "registry-name-unknown": _Said(
        f"{_NO_HARM}请管理登记资料的人改成约定的名称，或移走它。", "县里的登记资料里有一份名称不对。"
    ),
    "layouts-unreadable": _Said(f"名册没有改动；{_TECHNICIAN}处理后再试。", "以前记下的各列含义读不出来。"),
    "county-not-written": _Said(
        "已发布的内容没有变；请检查磁盘空间，再按一次同一个按钮，会接着做完。", "没有写成（{why}）。"
    ),
    "county-busy": _Said(sentence="{village} 正在被另一个发布操作使用。"),
    "feed-damaged": _Said(
        f"{_TECHNICIAN}从备份恢复后再发布。", "{village} 已发布的内容与最后的签名不一致，没有发布。"
    ),
    "passphrase-wrong": _Said(
        "请重新输入密钥自己的口令（不是登录密码），注意大小写和输入法。", "密钥打不开：口令不对，没有签名。"
    ),
    "key-not-seated": _Said(
        f"{_TECHNICIAN}核对。", "放在这里的密钥不是名册里登记给 {person}（{office}）的，没有签名。"
    ),
    "key-in-folder": _Said(
        f"请在自己的机器上签名；放在县里这台机器上的密钥，{_TECHNICIAN}移走。",
        "本县规定在自己的机器上签名，没有签名。",
    ),
    "county-not-confirmed": _Said(
        f"{_TECHNICIAN}核对，核对好再办。", "县里这台机器刚从备份恢复，还没有核对完，什么都不能办。"
    ),
    "county-moved": _Said("请到新机器上办理。", "县里的工作已经搬到另一台机器，这里不能再办理。"),
    "account-unknown": _Said("请核对登录名。"),
    "account-may-not": _Said("请由有这个权限的人办理，或请管理员核定角色。"),
    "office-of-others": _Said("请核对发放单位；不对的，请管理员核定角色。"),
    "carried-unfit": _Said("请重新下载这一件，在自己的机器上审核后再传上来。"),
    "HEADER_NOT_FOUND": _Said("请确认是分户明细表；在原表里把表头写成“姓名”“金额”等字样，再上传一次。"),
    "key-unreadable": _Said(f"{_TECHNICIAN}处理。", "密钥读不出来。"),
    "key-not-here": _Said(
        f"密钥在自己U盘上的，请在自己的机器上签名；愿意留在县里这台机器上的，{_TECHNICIAN}放好。",
        "县里这台机器上没有您的密钥，没有签名。",
    ),
}

_FOUND = (
    (r"请看清这一列，用 --map .*指明。", "请看清这一列，在原表里把表头写清楚，再上传一次。"),
    (
        r"如果是金额，请用 --map .*",
        "如果是金额，请在原表里把表头写成“补贴金额”，再上传一次；如果不是，请写明理由。",
    ),
    (r"batch\.toml 也没有 control_total（支付文件上的总额）", "“核对总额”也没有填"),
    (r"请安装字库（.*", f"{_TECHNICIAN}安装字库。"),
)


def found_here(message: str) -> str:
    """A finding in the desk's words."""
    for told, said in _FOUND:
        message = re.sub(told, said, message)
    return message


def told_here(refusal: Refusal) -> tuple[str, str]:
    """Sentence and advice for somebody in a browser."""
    said = _SAID.get(refusal.code, _Said())
    sentence, advice = refusal.told()
    sentence = said.sentence.format(**refusal.facts_shown) if said.sentence else found_here(sentence)
    return sentence, said.advice.format(**refusal.facts_shown) if said.advice else advice


def marks(refusal: Refusal) -> tuple[Mark, ...]:
    """The fields a refusal concerns, in the order of the form."""
    if isinstance(refusal, FieldsWrong):
        return refusal.marks
    if isinstance(refusal, ReconciliationNotConfirmed):
        return tuple(_confirmable(refusal))
    field = _SAID.get(refusal.code, _Said()).field
    return (Mark(field, LABELS[field], "".join(told_here(refusal))),) if field else ()


def _confirmable(refusal: ReconciliationNotConfirmed) -> Iterator[Mark]:
    messages: dict[str, Any] = {one.code: one.message for one in reversed(refusal.findings)}
    for code in sorted(messages):
        yield Mark(f"{WHY}{code}", found_here(messages[code]), "核实无误的，请写明理由")
