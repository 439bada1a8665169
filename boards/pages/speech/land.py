"""What is said of land cases: where each stands, what can be done, and a notice in full. Always Mandarin."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from boards.model.calendar.civil_day import day_told
from boards.model.land.terms import rules_of
from boards.model.place import Village
from boards.model.speech.spoken import Speech, code_said, heard
from boards.pages.frame.tongue import MANDARIN
from boards.pages.land.cases import act_rows, acts_today, now_variables
from boards.pages.land.words import area_text, left_text
from boards.sheets.land.case_line import CaseLine
from boards.sheets.land.notice_sheet import notice_sheet
from boards.sheets.land.notice_text import Block, Heading, Paragraph, period_name
from boards.sheets.land.views import CaseView, NoticeView
from boards.sheets.views import Frame


def cases_said(frame: Frame, cases: Iterable[CaseLine]) -> Speech:
    """How many cases are under way, and each in a sentence."""
    going = [case_sentence(case, frame) for case in cases if case.going]
    if not going:
        return heard(f"{frame.village}征地公告。现在没有正在办理的征地。")
    return heard(f"{frame.village}征地公告。正在办理的有{len(going)}件。", *going)


def case_sentence(case: CaseLine, frame: Frame) -> str:
    """One case: its project, its notice, until when, what can be done."""
    said = f"{case.project}，{case.title}"
    if case.running and case.until is not None and case.days_left is not None:
        hung, until = period_name(case.title)[:2], MANDARIN.day(case.until.day, frame.today)
        said += f"，{hung}到{until}，{left_text(case.days_left, MANDARIN)}"
    acts = acts_today(case, MANDARIN)
    return f"{said}。" + (f"现在可以{'，'.join(acts)}。" if acts else "")


def case_said(frame: Frame, case: CaseView) -> Speech:
    """The 现在 box: the notice, its period, and every way to act with its last day and place."""
    rules = rules_of(frame.village_code)
    now = now_variables(case, rules, frame, MANDARIN)
    parts = [f"{case.latest.project}。"]
    if taken := area_text(case.own_total, MANDARIN):
        parts.append(f"征收本村集体土地{taken}。")
    parts.append(f"{'最近的公告' if now['quiet'] else '现在'}：{case.now.hung.notice.title}。")
    if now["until"]:
        left = "已经满了" if now["over"] else now["left"]
        parts.append(f"{now['period']}{now['since']}至{now['until']}，{left}。")
    for act in act_rows(case.now, rules, frame, MANDARIN):
        since = f"{act.since}起，" if act.since else ""
        parts.append(f"{act.name}：{since}到{act.until}为止，{act.left}。")
        if act.office:
            parts.append(f"{'交到' if act.hand_in else '到'}{act.office}。")
        if act.phone:
            parts.append(f"电话：{act.phone}。")
        parts.append(act.hint)
    if now["why"]:
        parts.append(f"暂定：{now['why']}")
    if now["quiet"] and now["next"]:
        parts.append(f"下一步：{now['next']}。")
    return heard(*parts)


def notice_said(village: Village, view: NoticeView) -> Speech:
    """A notice from its title to its signature; a table is read line by line."""
    sheet = notice_sheet(view.hung, village, view.until)
    lines = [line for block in sheet.blocks for line in _lines(block)]
    signed = f"{sheet.issuer}，{day_told(sheet.signed_on)}。"
    return heard(
        f"{sheet.issuer}，{sheet.title}。", *lines, signed, "这份公告的短码是：", code_said(sheet.code), "。"
    )


def _lines(block: Block) -> Iterator[str]:
    if isinstance(block, Heading):
        yield f"{block.text}。"
    elif isinstance(block, Paragraph):
        yield f"{block.lead}，{block.text}。" if block.lead else f"{block.text}。"
    else:
        heads = block.head or ("",) * (len(block.rows[0]) if block.rows else 0)
        for row in block.rows:
            yield "，".join(_cell(head, cell) for head, cell in zip(heads, row, strict=True)) + "。"
        if block.total:
            yield "，".join(block.total) + "。"


def _cell(head: str, cell: str) -> str:
    """1430802.00 under 金额（元） is 1430802.00元; what says itself stands alone."""
    word, _, unit = head.partition("（")
    return f"{word}{cell}{unit.removesuffix('）')}" if unit and word not in {"村", "地类"} else cell
