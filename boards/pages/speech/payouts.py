"""What is said when a page is read aloud (朗读): always Mandarin, and never a whole list of names.

One function a page, from the very view the page is made of: who listens hears what stands there.
A public page names nobody; a household's page is personal, and so is its speech.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from boards.model.kept.annual import AnnualRow
from boards.model.money import yuan
from boards.model.payouts import Phase, Terms
from boards.model.speech.spoken import Speech, code_said, fitting, heard, name_said, spoken
from boards.pages.frame.tongue import MANDARIN
from boards.pages.frame.wording import paragraphs, plain
from boards.pages.land.words import last_day, term_text, why_provisional
from boards.pages.payouts.listing import left_out_texts
from boards.pages.payouts.lists import counted
from boards.pages.payouts.programme import guide_texts
from boards.pages.payouts.year import year_notes
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
from boards.sheets.year import year_read

AT_THE_COMMITTEE: Final = "要看名单，请到村委会查阅。"
WAY_IN: Final = "查自己家的补贴，请点“找我的补贴”，再点您的姓；不会用，请村干部帮忙。"
WAYS_ON_SCREEN: Final = "可以按每一笔下面的电话提，或到村委会登记。"
HOME_SECONDS: Final = 30
LONGEST_ITEM: Final = 14  # marks; the full name of a machine with its model is read, not heard


def home_said(frame: Frame, view: HomeView) -> Speech:
    """The way in, then what is new as far as half a minute goes, then how much more there is (screens §7)."""
    lists = [posted for posted in view.showing if posted.open]
    cases = [case for case in view.cases if case.going]
    news = [f"{_figures_said(posted, called(posted.head.terms, frame))}。" for posted in lists]
    news += [case_sentence(case, frame) for case in cases]
    empty = f"本机现在没有能查到的名单。{AT_THE_COMMITTEE}"
    way = f"{frame.village}村务公开。" + (WAY_IN if lists else empty)
    told = fitting(HOME_SECONDS, news, way + _more(len(lists), len(cases)))
    return heard(way, *news[:told], _more(max(0, len(lists) - told), len(news) - max(told, len(lists))))


def programmes_said(frame: Frame, view: ProgrammesView) -> Speech:
    """The year's sum, and each list in a sentence."""
    begin = f"{frame.village}{view.year}年补贴发放，全村合计{yuan(view.sum_fen)}元。"
    return heard(begin, *(posted_said(posted, frame) for posted in view.posted))


def programme_said(frame: Frame, view: ProgrammeView) -> Speech:
    """The guide: who, how much, how, with what, when, where; then the lists."""
    *texts, _rule = guide_texts(view.programme.guide, MANDARIN.say)  # which rule it rests on is for readers
    parts = [f"{name}：{'。'.join(paragraphs(text))}。" for name, text in texts if text]
    return heard(f"{view.programme.name}。", *parts, *(posted_said(posted, frame) for posted in view.posted))


def list_said(frame: Frame, posted: Posted) -> Speech:
    """Title, count, sum, window, how to object; no name of the list."""
    head, terms = posted.head, posted.head.terms
    parts = [posted_said(posted, frame)]
    if head.in_money:
        parts += [f"{text}。" for text in left_out_texts(head.left_out, MANDARIN)]
    if terms.rate_text and not terms.sensitive:
        parts.append(f"标准是{terms.rate_text}。")
    if terms.paid_on:
        parts.append(f"发放日期是{_day(frame, terms.paid_on)}。")
    if posted.open:
        parts.append("名单有误，" + _objection(*_way(posted, frame)))
        if posted.posting:
            parts.append(f"本机可查到{last_day(posted.until, frame.today, MANDARIN)}。")
        if why := why_provisional(posted.until, MANDARIN):
            parts.append(f"暂定：{why}")
    else:
        parts.append(AT_THE_COMMITTEE)
    return heard(*parts, "这张公示表的短码是：", code_said(head.code), "。")


def household_said(frame: Frame, view: HouseholdView) -> Speech:
    """The sum, each payout in a sentence, how to object. Personal: kept nowhere."""
    parts = [part for part in view.parts if part.posted.open]
    if not parts:
        return heard("本机不再显示，要看请到村委会查阅。")
    paid = [part for part in parts if part.posted.head.terms.phase is Phase.PAYMENT]
    fen = sum(part.line.amount_fen for part in paid)
    others = any(one.posted.open for one in view.namesakes)
    added = len(paid) > 1 and fen and (view.keyed or not others)  # whose row is whose nobody can tell else
    total = f"，一共{len(paid)}笔，合计{yuan(fen)}元" if added else ""
    said: list[str | Speech] = [name_said(view.name), f"家的补贴{total}。"]
    for part in parts:
        said.extend(_part_said(part, frame))
    if others:
        said.append("同组还有同名的，哪一行是您家的，请问村干部。")
    ways = {_way(part.posted, frame) for part in parts}
    return heard(*said, "金额不对，", _objection(*ways.pop()) if len(ways) == 1 else WAYS_ON_SCREEN)


def find_said(frame: Frame) -> Speech:
    """How to find one's own payout; the people of a surname are not read out."""
    return heard(
        f"{frame.village}，找我的补贴。请先点您的姓，再点您的名字。",
        "只能查本机还在显示的名单。找不到，请村干部帮忙。",
    )


def year_said(frame: Frame, view: YearView) -> Speech:
    """The village's year: who settled it, what became of that, how long there is; then the programmes."""
    sheet = view.sheet
    day = MANDARIN.day(sheet.as_of, year_read(sheet, frame.today))
    state = f"县里{day}核定，第{sheet.edition}版" if sheet.holds else f"截至{day}"
    begin = f"{frame.village}{sheet.year}年补贴汇总，{state}。全村合计{yuan(sheet.sum_fen)}元。"
    notes = (text for _, text in year_notes(view, frame.today, MANDARIN))
    return heard(begin, *notes, *map(_row_said, sheet.rows), _year_ends(view))


def _row_said(row: AnnualRow) -> str:
    """One programme: how many households and people, how much."""
    people = f"{row.people}人" if row.people is not None else ""
    amount = f"，{yuan(row.sum_fen)}元" if row.sum_fen else ""
    return f"{row.programme_name}，{row.households}户{people}{amount}。"


def _year_ends(view: YearView) -> str:
    """What stands behind the sums."""
    if not view.sheet.rows:
        return "县里核定，这一年本村没有发放。" if view.sheet.holds else "这一年还没有发放。"
    so_far = "" if view.sheet.holds else "这是已经发放的合计。"
    if not view.sheet.holds and view.days_left is None:
        so_far = "这是已经发放的合计，年底由县里核定。"
    return f"{so_far}同一户可能领好几项，户数、人数不能相加。"


def help_said(frame: Frame) -> Speech:
    """怎么用, in four steps."""
    return heard(
        "怎么用。第一步，在首页点“找我的补贴”。第二步，点您的姓。第三步，点您的名字，同名的人，看小组和户主。",
        "第四步，看完了，点“清除”，屏幕上不留您的信息。字太小，点下面的“字号”。",
        "找人办理：到村委会，请村干部帮您查、帮您打印。",
        whom_to_call(frame.phone),
    )


def called(terms: Terms, frame: Frame) -> str:
    """A list in fewer words than its title: 耕地地力保护补贴发放名单, and the year where it is another."""
    what = "申报" if terms.phase is Phase.APPLICATION else "发放"
    return f"{_of_year(terms, frame)}{terms.programme_name}{what}名单"


def _of_year(terms: Terms, frame: Frame) -> str:
    return "" if terms.fiscal_year == frame.today.year else f"{terms.fiscal_year}年"


def _more(lists: int, cases: int) -> str:
    """还有名单2份、征地1件，请看屏幕; nothing where nothing is left."""
    left = [
        f"{what}{count}{unit}"
        for what, count, unit in (("名单", lists, "份"), ("征地", cases, "件"))
        if count
    ]
    return f"还有{'、'.join(left)}，请看屏幕。" if left else ""


def posted_said(posted: Posted, frame: Frame, title: str = "") -> str:
    """One list: its title or `title`, how many, how much, until when."""
    said = _figures_said(posted, title or posted.head.title)
    if not posted.open:
        return f"{said}，本机只留合计。"
    if posted.posting:
        return f"{said}，正在公示。"
    return f"{said}，本机可查到{last_day(posted.until, frame.today, MANDARIN)}。"


def _figures_said(posted: Posted, title: str) -> str:
    """Title, how many, how much."""
    head, said = posted.head, f"{title}，{counted(posted, MANDARIN)}"
    if head.in_money:
        return f"{said}，共{yuan(head.sum_fen)}元"
    return said if head.quantity is None else f"{said}，共{plain(head.quantity)}{head.unit}"


def _part_said(part: HouseholdPart, frame: Frame) -> Iterator[str | Speech]:
    """One payout in a sentence: what for, how much land, how much money, paid when; rates are read."""
    terms, line = part.posted.head.terms, part.line
    told = terms.paid_on is not None and terms.paid_on.year == terms.fiscal_year  # by the day of payment
    yield f"{'' if told else _of_year(terms, frame)}{terms.programme_name}"
    if not terms.sensitive:
        if line.beneficiary:
            yield "，享受人"
            yield name_said(line.beneficiary)
        item = line.item if len(spoken(line.item)) <= LONGEST_ITEM else ""
        for thing in (item, line.in_kind):
            if thing:
                yield f"，{thing}"
        if line.quantity is not None:
            yield f"，{plain(line.quantity)}{line.unit}"
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


def until_when(posted: Posted) -> str:
    """The one deadline to object while it runs (settled §36)."""
    term = term_text(posted.deadline.term, MANDARIN)
    return f"有意见自张贴之日起{term}内可以提。" if posted.posting else ""


def whom_to_call(phone: str) -> str:
    """The supervision phone, where there is one."""
    return f"监督电话：{phone}。" if phone else ""


def _day(frame: Frame, day: date) -> str:
    return MANDARIN.day(day, frame.today)
