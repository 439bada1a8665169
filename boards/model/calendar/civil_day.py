"""Civil days and the clock of a machine that may have none (settled §1, §3, line §4)."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

CIVIL = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China has one civil time without summer time since 1992; no time-zone database is needed."""

BACK = timedelta(days=1)  # a clock this far below the floor is wrong
AHEAD = timedelta(days=400)  # one step of the floor, and how far a clock may run ahead of it
DARK = timedelta(days=31)  # how long a board may stand switched off, and its clock go on from where it was
SILENT_DAYS = 3  # a weekend without a connection is not worth a warning
LIFETIME = timedelta(days=20 * 365 + 5)  # 20 years: no floor may pass build + this


def civil_day(instant: datetime) -> date:
    """Civil day in Asia/Shanghai of an instant (aware; stored ones are UTC)."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return instant.astimezone(CIVIL).date()


def day_told(day: date) -> str:
    """2026年11月22日, as paper says it and a voice reads it."""
    return f"{day.year}年{day.month}月{day.day}日"


def trusted_today(now: datetime, floor: datetime, walked: datetime | None = None) -> tuple[date, bool]:
    """Today, and whether the clock is suspect; a suspect clock gives the floor's own day.

    A clock below floor - 1 day or above floor + 400 days is suspect, unless it came there day by day:
    `walked` is how far it had come when the board last saw it (`walked_on`).
    """
    suspect = now < floor - BACK or now > max(floor + AHEAD, (walked or floor) + DARK)
    return civil_day(floor if suspect else now), suspect


def names_day(now: datetime, floor: datetime, walked: datetime | None = None) -> date:
    """The day that names are shown by: while the clock is suspect, the latest that anything speaks for.

    A list that only looks expired hides its names until the clock is right; nothing else goes by this day.
    """
    today, suspect = trusted_today(now, floor, walked)
    return max(today, civil_day(now), civil_day(walked or floor)) if suspect else today


def walked_on(walked: datetime, now: datetime, floor: datetime, longest: datetime) -> datetime:
    """How far the clock has come day by day, now that it reads `now`; never back.

    Up to floor + 400 days it is believed anyhow. Beyond, it goes on from where it was, over a dark month
    at most, and not past `longest`: what one run of the board may gain.
    """
    until = max(floor + AHEAD, min(max(walked, floor) + DARK, longest))
    return now if walked < now <= until else walked


def silent(heard: datetime | None, today: date) -> bool:
    """Whether the last pull is so long ago that people should know (数据好几天没有更新)."""
    return heard is not None and (today - civil_day(heard)).days > SILENT_DAYS


def raised_floor(old: datetime, seen: datetime, *, built: datetime) -> datetime:
    """Trusted floor after a verified time was seen.

    Never down, at most 400 days up in one step, never above build + 20 years.
    """
    lowest = max(old, built)
    return max(lowest, min(seen, lowest + AHEAD, built + LIFETIME))
