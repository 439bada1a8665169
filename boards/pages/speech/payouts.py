"""What is said when a page is read aloud (朗读): always Mandarin, and never a whole list of names.

One function a page, from the very view the page is made of: who listens hears what stands there.
A public page names nobody; a household's page is personal, and so is its speech.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from boards.model.money import yuan
from boards.model.payouts import Phase
from boards.model.speech.spoken import Speech, code_said, heard, name_said
from boards.pages.frame.tongue import MANDARIN
from boards.pages.frame.wording import multiplies, paragraphs, plain, rate_text
from boards.pages.land.words import last_day, term_text, why_provisional
from boards.pages.payouts.listing import left_out_texts
from boards.pages.payouts.lists import counted, left_text
from boards.pages.payouts.programme import guide_texts
from boards.pages.speech.land import case_sentence
from boards.sheets.views import (
    Frame,
    HomeView,
    HouseholdPart,
    HouseholdView,
    Posted,
    ProgrammesView,
    ProgrammeView,
    YearView,
)

AT_THE_COMMITTEE: Final = "要看名单，请到村委会查阅。"


def home_said(frame: Frame, view: HomeView) -> Speech:
    """What hangs today, which land is being taken, then how to find one's own."""
    shown = [posted for posted in view.showing if posted.open][:5]
    begin = f"{frame.village}村务公开。"
    land = [case_sentence(case, frame) for case in view.cases if case.going]
    land = [f"正在办理的征地有{len(land)}件。", *land] if land else []
    if not shown:
        return heard(begin, "本机现在没有能查到的名单。", AT_THE_COMMITTEE, *land, _call(frame.phone))
    lists = [_posted_said(posted, frame) for posted in shown]
    ways = "要查自己家的补贴，请点“找我的补贴”。不会用，请点“找人办理”。"
    return heard(begin, f"本机能查到的名单有{len(shown)}份。", *lists, *land, ways)


def programmes_said(frame: Frame, view: ProgrammesView) -> Speech:
    """The year's sum, and each list in a sentence."""
    begin = f"{frame.village}{view.year}年补贴发放，全村合计{yuan(view.sum_fen)}元。"
    return heard(begin, *(_posted_said(posted, frame) for posted in view.posted))


def programme_said(frame: Frame, view: ProgrammeView) -> Speech:
    """The guide: who, how much, how, with what, when, where; then the lists."""
    *texts, _rule = guide_texts(view.programme.guide, MANDARIN.say)  # which rule it rests on is for readers
    parts = [f"{name}：{'。'.join(paragraphs(text))}。" for name, text in texts if text]
    return heard(f"{view.programme.name}。", *parts, *(_posted_said(posted, frame) for posted in view.posted))


def list_said(frame: Frame, posted: Posted) -> Speech:
    """Title, count, sum, window, how to object; no name of the list."""
    head, terms = posted.head, posted.head.terms
    parts = [_posted_said(posted, frame)]
    if head.in_money:
        parts += [f"{text}。" for text in left_out_texts(head.left_out, MANDARIN)]
    if terms.rate_text and not terms.sensitive:
        parts.append(f"标准是{terms.rate_text}。")
    if terms.paid_on:
        parts.append(f"发放日期是{_day(frame, terms.paid_on)}。")
    if posted.open:
        parts.append("名单有误，" + _objection(*_way(posted, frame)))
        if why := why_provisional(posted.until, MANDARIN):
            parts.append(f"暂定：{why}")
    else:
        parts.append(AT_THE_COMMITTEE)
    return heard(*parts, "这张公示表的短码是：", code_said(head.code), "。")


def household_said(frame: Frame, view: HouseholdView) -> Speech:
    """Each payout in a sentence, the sum, how to object. Personal: kept nowhere."""
    parts = [part for part in view.parts if part.posted.open]
    if not parts:
        return heard("本机不再显示，要看请到村委会查阅。")
    paid = [part for part in parts if part.posted.head.terms.phase is Phase.PAYMENT]
    fen = sum(part.line.amount_fen for part in paid)
    said: list[str | Speech] = [name_said(view.name), "家的补贴。"]
    for part in parts:
        said.extend(_part_said(part, frame))
    if len(paid) > 1 and fen:
        said.append(f"一共{len(paid)}笔，合计{yuan(fen)}元。")
    ways = dict.fromkeys(_way(part.posted, frame) for part in parts)
    said.extend("金额不对，" + _objection(*way) for way in ways)
    return heard(*said)


def find_said(frame: Frame) -> Speech:
    """How to find one's own payout; the people of a surname are not read out."""
    return heard(
        f"{frame.village}，找我的补贴。请先点您的姓，再点您的名字。",
        "只能查本机还在显示的名单。找不到，请村干部帮忙。",
    )


def year_said(frame: Frame, view: YearView) -> Speech:
    """The village's year, one programme a sentence."""
    rows = (
        f"{row.programme_name}，{row.households}户" + (f"，{yuan(row.sum_fen)}元。" if row.sum_fen else "。")
        for row in view.rows
    )
    begin = f"{frame.village}{view.year}年补贴汇总，截至{_day(frame, view.as_of)}。"
    return heard(begin, f"全村合计{yuan(view.sum_fen)}元。", *rows, "这是已经发放的合计，年底由县里核定。")


def help_said(frame: Frame) -> Speech:
    """怎么用, in four steps."""
    return heard(
        "怎么用。第一步，在首页点“找我的补贴”。第二步，点您的姓。第三步，点您的名字，同名的人，看小组和户主。",
        "第四步，看完了，点“清除”，屏幕上不留您的信息。字太小，点下面的“字号”。",
        "找人办理：到村委会，请村干部帮您查、帮您打印。",
        _call(frame.phone),
    )


def _posted_said(posted: Posted, frame: Frame) -> str:
    """One list: its title, how many, how much, until when."""
    head = posted.head
    said = f"{head.title}，{counted(posted, MANDARIN)}"
    if head.in_money:
        said += f"，共{yuan(head.sum_fen)}元"
    elif head.quantity is not None:
        said += f"，共{plain(head.quantity)}{head.unit}"
    if not posted.open:
        return f"{said}，本机只留合计。"
    left, now = left_text(posted, MANDARIN), "正在公示，" if posted.posting else ""
    until = last_day(posted.until, frame.today, MANDARIN)
    return f"{said}，{now}本机可查到{until}{'，' + left if left else ''}。"


def _part_said(part: HouseholdPart, frame: Frame) -> Iterator[str | Speech]:
    """One payout in a sentence: what for, how much land, at what rate, how much money, paid when."""
    terms, line = part.posted.head.terms, part.line
    yield f"{terms.fiscal_year}年{terms.programme_name}"
    if not terms.sensitive:
        if line.beneficiary:
            yield "，享受人"
            yield name_said(line.beneficiary)
        for thing in (line.item, line.in_kind):
            if thing:
                yield f"，{thing}"
        if line.quantity is not None:
            rate = f"，{rate_text(line.rate)}元/{line.unit}" if line.unit and multiplies(line) else ""
            yield f"，{plain(line.quantity)}{line.unit}{rate}"
    if terms.phase is Phase.APPLICATION:
        yield "，已申报，发放结果已公布" if part.posted.paid else "，已申报，还没有发放"
    elif line.amount_fen or not line.in_kind:
        yield f"，{'更正后' if line.corrected_from_fen is not None else ''}金额{yuan(line.amount_fen)}元"
    yield f"，{_day(frame, terms.paid_on)}发放。" if terms.paid_on else "。"


def _way(posted: Posted, frame: Frame) -> tuple[str, str, str]:
    """Whom to call, where to go, and until when."""
    terms, term = posted.head.terms, term_text(posted.deadline.term, MANDARIN)
    return terms.phone or frame.phone, terms.address or "村委会", term


def _objection(call: str, address: str, term: str) -> str:
    """How to object, and until when."""
    by_phone = f"拨打{call}，或" if call else ""
    return f"自张贴之日起{term}内可以提：{by_phone}到{address}登记。"


def _call(phone: str) -> str:
    return f"监督电话：{phone}。" if phone else ""


def _day(frame: Frame, day: date) -> str:
    return MANDARIN.day(day, frame.today)
