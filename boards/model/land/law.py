"""The law of a land case: every rule that a notice is held against, in the order it is told (G1 to G8).

Each is a pure function of the facts; `order.may_follow` alone is asked before there is a notice.
"""

from __future__ import annotations

from boards.model.land.application import (
    hearing_announced,
    hearing_held,
    may_be_applied_for,
    owners_accounted_for,
)
from boards.model.land.approval import (
    announced_in_time,
    approval_dates_possible,
    approver_is_right,
    nothing_skipped,
)
from boards.model.land.elements import says_what_it_must
from boards.model.land.facts import Law
from boards.model.land.order import in_order, plan_has_its_ground, title_is_its_own
from boards.model.land.payment import paid_in_time
from boards.model.land.periods import long_enough, printed_day_agrees
from boards.model.land.postings import hangs_everywhere
from boards.model.land.registration import window_is_sound
from boards.model.land.survey import survey_announced, survey_published

LAW: tuple[Law, ...] = (
    in_order,
    title_is_its_own,
    says_what_it_must,
    long_enough,
    printed_day_agrees,
    survey_announced,
    survey_published,
    window_is_sound,
    approval_dates_possible,
    approver_is_right,
    announced_in_time,
    nothing_skipped,
    plan_has_its_ground,
    hearing_announced,
    hearing_held,
    owners_accounted_for,
    may_be_applied_for,
    paid_in_time,
    hangs_everywhere,
)
