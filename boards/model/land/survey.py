"""G2: the survey runs once its notice hangs, and its result is posted when it has begun (条例 §26)."""

from __future__ import annotations

from collections.abc import Iterator

from boards.model.findings import Finding, error, note
from boards.model.land.facts import CaseFacts, NoticeFacts
from boards.model.land.kinds import NoticeKind


def survey_announced(notice: NoticeFacts, _case: CaseFacts) -> Iterator[Finding]:
    """G2: the survey does not begin before the notice that announces it hangs."""
    first, last, posted = notice.survey_from, notice.survey_to, notice.posted_on
    if notice.kind is not NoticeKind.START or first is None or last is None:
        return
    if last < first:
        yield error("SURVEY_DATES", f"现状调查的结束日{last}早于开始日{first}。")
    elif posted and not notice.correction and first < posted:
        yield error(
            "SURVEY_BEFORE_POSTING",
            f"现状调查{first}开始，早于预公告张贴日{posted}（《土地管理法实施条例》第二十六条）。",
        )


def survey_published(notice: NoticeFacts, case: CaseFacts) -> Iterator[Finding]:
    """G2: the result is posted once the survey has begun, and soon after its end; it may end early."""
    posted = notice.posted_on
    if notice.kind is not NoticeKind.SURVEY or notice.correction or posted is None:
        return
    announced = [one for one in case.posted(NoticeKind.START) if one.posted_on and one.posted_on <= posted]
    planned = [(one.survey_from or one.survey_to, one.survey_to) for one in announced if one.survey_to]
    begun, ended = planned[-1] if planned else (None, None)
    if begun is None or ended is None or begun > ended:
        return  # days that cannot be are said where they were announced
    within = case.rules.survey_publish_within
    if posted < begun:
        yield error(
            "SURVEY_NOT_BEGUN",
            f"调查{begun}才开始，结果却在{posted}公示（《土地管理法实施条例》第二十六条）。",
        )
    elif posted < ended:
        yield note("SURVEY_ENDED_EARLY", f"调查安排到{ended}结束，结果在{posted}公示：调查提前结束。")
    elif posted > case.calendar.posting_end(ended, within).day:
        yield note("SURVEY_RESULT_LATE", f"调查{ended}结束，结果宜在{within}内公示（标准目录）。")
