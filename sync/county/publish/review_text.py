"""What a reviewer reads before signing, and a clerk after proposing: figures, never names."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from boards.model.money import yuan
from boards.model.payouts import LeftOutReason
from sync.county.reading import COLUMN_MEANING
from sync.county.report.findings_beside import place
from sync.trust_layout import SEATED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.county.publish.proposals import OnList, Part, Proposal

KINDS = {
    "batch": "新批次",
    "correct": "更正",
    "withdraw": "撤下",
    "erase": "删除",
    "notice": "征地公告",
    "year": "年度汇总",
    "pack": "资料包",
    "register": "登记册",
}
WORDED = frozenset({"notice", "year", *SEATED})
"""Kinds that are reviewed in words, village by village: they have no lines of people."""
STANDINGS = {"proposed": "待审核", "reviewed": "已审核，待发布", "published": "已发布"}
REASONS = {
    LeftOutReason.UNPAID: "未发放",
    LeftOutReason.FAILED: "支付失败",
    LeftOutReason.RETURNED: "已退回",
    LeftOutReason.STOPPED: "已停发",
    LeftOutReason.UNLISTED: "依法不公示",
    LeftOutReason.ZERO: "无补贴",
}


class Told(NamedTuple):
    """One finding: its sentence, where it stands in the file, and which lines of the lists it is about."""

    message: str
    where: str
    lines: tuple[OnList, ...]


class Confirmed(NamedTuple):
    """All findings of one code, and why they may stand."""

    code: str
    reason: str
    findings: tuple[Told, ...]


def confirmed_warnings(proposal: Proposal) -> tuple[Confirmed, ...]:
    """Every finding that somebody confirmed, none left out."""
    reasons = {one.code: one.reason for one in proposal.confirmed}
    lines: defaultdict[tuple[str | None, int | None], tuple[OnList, ...]] = defaultdict(tuple)
    for line in proposal.told_of:
        lines[line.sheet, line.row] += (line,)
    by_code: defaultdict[str, list[Told]] = defaultdict(list)
    for one in proposal.findings:
        if one.code != COLUMN_MEANING:
            by_code[one.code].append(Told(one.message, place(one), lines.get((one.sheet, one.row), ())))
    return tuple(Confirmed(code, reasons.get(code, ""), tuple(by_code[code])) for code in sorted(by_code))


def reasons_told(part: Part) -> str:
    """Why households are not listed, as it will be read in the village."""
    return "、".join(f"{one.why or '其他原因'}{one.households}户" for one in part.left_out_why)


def proposal_line(proposal: Proposal, stands: str) -> str:
    """One line of the list of proposals."""
    what = f"{proposal.count} 行 {yuan(proposal.sum_fen)} 元"
    if proposal.kind == "notice":
        what = f"{proposal.programme_name} {proposal.title}"
    elif proposal.kind == "year":
        what = f"{proposal.programme_name} {yuan(proposal.sum_fen)} 元"
    if proposal.kind in SEATED:
        return f"{proposal.id}  {KINDS[proposal.kind]}  {STANDINGS[stands]}"
    return f"{proposal.id}  {KINDS[proposal.kind]}  {STANDINGS[stands]}  {len(proposal.parts)} 个村 {what}"


def proposal_text(proposal: Proposal) -> str:
    """Everything a reviewer must see: villages, counts, sums, what is left out, warnings and reasons."""
    return "\n".join(_lines(proposal))


def _lines(proposal: Proposal) -> Iterator[str]:
    if proposal.kind not in SEATED:
        yield f"批次 {proposal.batch}（{proposal.programme_name}，{KINDS[proposal.kind]}）"
    if proposal.file:
        yield f"来源 {proposal.file}  SHA-256 {proposal.source_sha256}  {proposal.source}".rstrip()
    if proposal.reason:
        yield f"理由 {proposal.reason}"
    yield from _worded(proposal) if proposal.kind in WORDED else _figures(proposal)


def _worded(proposal: Proposal) -> Iterator[str]:
    """What has no lines of people: in words, as it will be signed."""
    if proposal.parts:
        yield f"  {len(proposal.parts)} 个村：{'、'.join(part.name for part in proposal.parts)}"
    yield proposal.shown
    if proposal.kind == "year":
        yield f"  合计 {len(proposal.parts)} 个村 {yuan(proposal.sum_fen)} 元"


def _figures(proposal: Proposal) -> Iterator[str]:
    if proposal.shown:
        yield f"  {proposal.shown}"
    for part in proposal.parts:
        text = f"{part.name} {part.village}  {part.count} 行 {part.households} 户 {yuan(part.sum_fen)} 元"
        edition = f"  第 {part.edition} 版" if part.edition > 1 else ""
        left_out = "、".join(
            f"{REASONS[one.reason]} {one.count} 行 {yuan(one.sum_fen)} 元" for one in part.left_out
        )
        yield f"  {text}{edition}" + (f"  不列入：{left_out}" if left_out else "")
        if part.left_out_why:
            yield f"  公示未列入原因：{reasons_told(part)}"
    yield (
        f"  合计 {len(proposal.parts)} 个村 {proposal.count} 行 {yuan(proposal.sum_fen)} 元；"
        f"名册总额 {yuan(proposal.source_total_fen)} 元"
    )
    names = {part.village: part.name for part in proposal.parts}
    for warned in confirmed_warnings(proposal):
        yield f"  提醒 {warned.code} {len(warned.findings)} 处，已确认：{warned.reason}"
        for message, where, listed in warned.findings:
            on = "".join(f"，{names[one.village]}名单第 {one.line} 行" for one in listed)
            yield f"    {where or '整份名册'}{on}：{message}"
    if proposal.unchecked:
        yield f"  没有核对（缺少登记资料）：{'、'.join(proposal.unchecked)}"
