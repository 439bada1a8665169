"""The week's notices for the village's loudspeaker (大喇叭): sums and deadlines, no names, told twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from boards.model.speech.spoken import Speech, fitting, heard
from boards.pages.speech.land import case_sentence
from boards.pages.speech.payouts import called, posted_said, until_when, whom_to_call
from boards.sheets.views import Frame, Fresh, Posted

ONE_READING_SECONDS: Final = 85
ONCE_MORE: Final = "下面再播一遍。"
AT_THE_BOARD: Final = "名单和公告全文，请看村务公开栏。"


def week_said(frame: Frame, news: Sequence[Fresh]) -> Speech:
    """What came in the last seven days, the newest first; what three minutes have no room for is counted."""
    begin = f"{frame.village}村务公开，这一周新公开的有{len(news)}项。"
    end = AT_THE_BOARD + whom_to_call(frame.phone)
    if not news:
        return heard(f"{frame.village}村务公开，这一周没有新公开的名单和公告。", end)
    told = [_one_said(one, frame) for one in news]
    room = fitting(ONE_READING_SECONDS, told, begin + _rest(len(told)) + end)
    reading = (begin, *told[:room], _rest(len(told) - room), end)
    return heard(*reading, ONCE_MORE, *reading)


def _one_said(one: Fresh, frame: Frame) -> str:
    """A list with its sum, a land case with what can be done, or the title of what was taken down."""
    if isinstance(one.what, str):
        return f"已撤下：{one.what}。"
    lead = "已更正：" if one.corrected else ""
    if isinstance(one.what, Posted):
        said = posted_said(one.what, frame, called(one.what.head.terms, frame))
        return lead + said + until_when(one.what)
    return lead + case_sentence(one.what, frame)


def _rest(count: int) -> str:
    return f"另外还有{count}项。" if count else ""
