"""`county close-year`: the county's figures of a year, held against the lists to the fen, then proposed.

Two sources that know nothing of each other: what the county states (`figures.py`), and what each village's
log adds up to (`publish/year_rows.py`). Where they differ nothing is proposed, and every difference is told.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import msgspec

from boards.model.calendar.civil_day import civil_day
from boards.model.errors import Fault, Refusal
from boards.model.kept.annual import Annual
from boards.model.money import yuan
from boards.model.payouts import LeftOutReason, Phase
from boards.model.privacy.public_fields import field_fault
from boards.model.privacy.withheld import shown
from sync import wire
from sync.county.publish.hands import instant
from sync.county.publish.parts import notice_part
from sync.county.publish.proposals import Proposal
from sync.county.publish.published.lists import published_lists
from sync.county.publish.published.years import closed_year
from sync.county.publish.publisher import kept_once, random_salt
from sync.county.publish.year_rows import village_year
from sync.county.publish.year_text import APART, batch_told, year_text
from sync.county.years.figures import stated_once
from sync.events import Events, year_record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from decimal import Decimal

    from boards.model.kept.annual import AnnualRow
    from boards.model.pack import Pack
    from boards.model.place import Village
    from sync.county.county import County
    from sync.county.publish.year_rows import VillageYear
    from sync.county.years.table import Stated

_FIRST_DAY = 12, 1  # from 1 December on a year may be closed without saying why
_TOLD = 60
TYPED = ""
CARRIED = "结转："


class YearAhead(Refusal):
    """A year that has not begun cannot be closed."""

    code = "year-ahead"
    fault = Fault.PERSON
    sentence = "{year} 年还没有到（今天是 {today}），不能核定。"
    advice = "请核对 --year；年份没有写错的，请校正本机时钟。"


class YearTooEarly(Refusal):
    """Before December lists of the year may still come."""

    code = "year-too-early"
    fault = Fault.PERSON
    sentence = "今天是 {today}，{year} 年度一般从 12 月 1 日起核定。"
    advice = "确需提前的，请用 --reason 写明理由；之后再有名单发布，须重新核定。"


class ClockBehind(Refusal):
    """The machine's clock stands before what was published: the day of a decision would be wrong."""

    code = "clock-behind"
    fault = Fault.MACHINE
    sentence = "本机时钟（{today}）早于已经发布的记录（{seen}），不能核定年度。"
    advice = "请校正本机时钟后再试；什么都没有提交。"


class YearDoesNotAddUp(Refusal):
    """The county's figures are not the sum of the lists."""

    code = "year-does-not-add-up"
    fault = Fault.PERSON
    sentence = "{year} 年度的数和各批名单对不上，没有提交：{told}\n共 {count} 处。"
    advice = "请逐处核对：名单有错的先更正或补发，年度数据有错的改正后再办；两边一致才能提交。"

    def __init__(self, year: int, told: Sequence[str]) -> None:
        """Every difference, one under the other."""
        lines = [f"\n  {one}" for one in told[:_TOLD]]
        lines += [f"\n  另有 {len(told) - _TOLD} 处"] if len(told) > _TOLD else []
        super().__init__(year=year, told="".join(lines), count=len(told))


class CarriedNotExplained(Refusal):
    """A list of the year was paid after it: that needs its word (R10)."""

    code = "carried-not-explained"
    fault = Fault.PERSON
    sentence = "{year} 年度有次年才发放的（结转）：{told}。"
    advice = "请用 --carried 写明结转的原因，会印在年度汇总上。"


class WordsUnfit(Refusal):
    """What would be printed is no text for everybody."""

    code = "words-unfit"
    fault = Fault.PERSON
    sentence = "{option} 写的不能公开：{why}。"
    advice = "请改正后再提交；什么都没有提交。"


class NothingNewToClose(Refusal):
    """The year is closed with these very figures already."""

    code = "nothing-new-to-close"
    fault = Fault.PERSON
    sentence = "{year} 年度已经核定，各村的数没有变，不用再核定。"
    advice = "有新的、更正的或撤下的名单，才需要新的一版。"


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What the clerk says of a year beside its figures."""

    year: int
    villages: tuple[str, ...] = ()  # codes; none: all that have lists or figures
    makes_good: frozenset[str] = frozenset()  # batches that pay again what had failed (更正发放)
    with_unlisted: bool = False  # the figures include what was paid to people who must not be listed
    carried: str = ""
    reason: str = ""
    office: str = ""
    source: str = TYPED  # name of the table
    source_sha256: str | None = None


def close_year(
    county: County,
    stated: Iterable[Stated],
    said: Said,
    now: datetime,
    *,
    salt: Callable[[], str] = random_salt,
) -> Proposal:
    """Propose the next edition of a year in every village where something is new.

    Raises WordsUnfit, YearAhead, YearTooEarly, ClockBehind, FigureTwice, YearDoesNotAddUp,
    CarriedNotExplained, NothingNewToClose, PrivateNumberInFeed, ProposalWaits, CountyBusy.
    """
    today = civil_day(now)
    _refuse_unfit(said)
    _refuse_untimely(said, today)
    figures = stated_once(stated, county.pack)
    villages = _chosen(county, said, figures)
    with county.writing(tuple(one.code for one in villages)):
        due = (one for one in villages if not _stands(county, one, said, figures))
        found = {one: _added_up(county, one, said, now) for one in due}
        _refuse_unlike(county, said, figures, found)
        _refuse_unexplained(said, found)
        annuals = _due(county, said, found, today)
        return _proposed(county, said, annuals, now, salt)


def _refuse_unfit(said: Said) -> None:
    for option, fault in (
        ("--carried", field_fault("funds", said.carried)),
        ("--office", field_fault("office", said.office)),
    ):
        if fault:
            raise WordsUnfit(option=option, why=fault)


def _refuse_untimely(said: Said, today: date) -> None:
    if said.year > today.year:
        raise YearAhead(year=said.year, today=today)
    if today < date(said.year, *_FIRST_DAY) and not said.reason:
        raise YearTooEarly(year=said.year, today=today)


def _chosen(county: County, said: Said, figures: Mapping[tuple[str, str], Stated]) -> tuple[Village, ...]:
    """The villages to be closed: those named, else all with a figure or a list of the year."""
    wanted = set(said.villages) or {
        *(village for village, _ in figures),
        *(one.code for one in county.pack.villages if _has_lists(county, one, said.year)),
    }
    return tuple(one for one in county.pack.villages if one.code in wanted)


def _has_lists(county: County, village: Village, year: int) -> bool:
    return bool(_paid(county, village, year)) or closed_year(county, village.code, year) is not None


def _paid(county: County, village: Village, year: int) -> set[str]:
    """The payment lists of a year that were not taken back."""
    lists = published_lists(county, village.code).items()
    terms = {batch: one.close.terms for batch, one in lists if not one.withdrawn}
    return {batch for batch, one in terms.items() if (one.phase, one.fiscal_year) == (Phase.PAYMENT, year)}


def _stands(county: County, village: Village, said: Said, figures: Mapping[tuple[str, str], Stated]) -> bool:
    """Whether a year is closed in these figures and words and still holds, also where a name was erased."""
    before = closed_year(county, village.code, said.year)
    if before is None or not before.holds or said.office not in {"", before.annual.office}:
        return False
    rows = {row.programme: row for row in before.annual.rows}
    own = {programme: one for (code, programme), one in figures.items() if code == village.code}
    told = [
        one
        for programme in {*rows, *own}
        for one in _differs("", own.get(programme), rows.get(programme), unlisted=said.with_unlisted)
    ]
    good = {one.batch for row in rows.values() for one in row.batches if one.makes_good}
    named = said.makes_good & {one.batch for row in rows.values() for one in row.batches}
    noted = all(_noted(row, said.carried or row.note.removeprefix(CARRIED)) == row for row in rows.values())
    return not told and good == named and noted


def _added_up(county: County, village: Village, said: Said, now: datetime) -> VillageYear:
    """What a village's lists come to; raises ClockBehind."""
    lines = list(county.log(village.code).lines())
    seen = max((wire.head_of(wire.framed(line)[0]).issued for line in lines), default="")
    if seen > instant(now):
        raise ClockBehind(today=civil_day(now), seen=civil_day(datetime.fromisoformat(seen)))
    return village_year(lines, said.year, county.pack, said.makes_good)


def _refuse_unlike(
    county: County,
    said: Said,
    figures: Mapping[tuple[str, str], Stated],
    found: Mapping[Village, VillageYear],
) -> None:
    told = [one for village in found for one in _unlike(county.pack, said, figures, village, found[village])]
    batches = {one for village in county.pack.villages for one in _paid(county, village, said.year)}
    told += [f"更正发放 {one}：{said.year} 年度没有这一批" for one in sorted(said.makes_good - batches)]
    if told:
        raise YearDoesNotAddUp(said.year, told)


def _unlike(
    pack: Pack,
    said: Said,
    figures: Mapping[tuple[str, str], Stated],
    village: Village,
    year: VillageYear,
) -> Iterator[str]:
    """Every figure of a village that its lists do not bear out, and what only one side has."""
    names = {one.code: one.name for one in pack.programmes}
    rows = {row.programme: row for row in year.rows}
    own = {programme: one for (code, programme), one in figures.items() if code == village.code}
    for programme in sorted({*rows, *own}):
        name = names.get(programme) or rows[programme].programme_name
        where = f"{village.town}{village.name} {name}"
        stated, row = own.get(programme), rows.get(programme)
        yield from _differs(where, stated, row, unlisted=said.with_unlisted)
        yield from _measured(where, stated, row, year.quantities.get(programme))
    for programme, fen in year.beyond.items():
        yield f"{village.name} {rows[programme].programme_name}：更正发放比没有发成的多 {yuan(fen)} 元"


def _differs(where: str, stated: Stated | None, row: AnnualRow | None, *, unlisted: bool) -> Iterator[str]:
    if stated is None:
        assert row is not None, "one of both is there"
        yield f"{where}：年度数据里没有，名单合计 {yuan(row.sum_fen)} 元：{_lists(row)}"
    elif row is None:
        if stated.fen or stated.households or stated.quantity:  # 0 is nothing, as there is
            yield f"{where}：年度数据写 {yuan(stated.fen)} 元，本年度没有这个项目的发放名单"
    else:
        more = _unlisted(row) if unlisted else 0
        summed, off = row.sum_fen + more, stated.fen - row.sum_fen - more
        if off:
            way = "多" if off > 0 else "少"
            beside = f"（含依法不公示 {yuan(more)} 元）" if more else ""
            yield (
                f"{where}：年度数据写 {yuan(stated.fen)} 元，各批合计 {yuan(summed)} 元{beside}，"
                f"年度数据{way} {abs(off)} 分；{_lists(row)}"
            )
        if stated.households not in {None, row.households}:
            yield f"{where}：年度数据写 {stated.households} 户，名单是 {row.households} 户"


def _measured(
    where: str, stated: Stated | None, row: AnnualRow | None, quantity: Decimal | None
) -> Iterator[str]:
    """A quantity of the county's that is not the lists', also where no row tells it."""
    if stated and row and stated.quantity not in {None, quantity}:
        known = "没有数量" if quantity is None else f"是 {quantity} {row.unit}".rstrip()
        yield f"{where}：年度数据写数量 {stated.quantity}，名单{known}"


def _lists(row: AnnualRow) -> str:
    """The lists behind a figure, and what stands beside them: so that the clerk sees which is meant."""
    told = "；".join(map(batch_told, row.batches))
    more = _unlisted(row)
    return f"{told}；依法不公示的 {yuan(more)} 元没有算在内" if more else told


def _unlisted(row: AnnualRow) -> int:
    return sum(one.sum_fen for one in row.left_out if one.reason is LeftOutReason.UNLISTED)


def _refuse_unexplained(said: Said, found: Mapping[Village, VillageYear]) -> None:
    late = [
        f"{village.name} {row.programme_name} {yuan(row.carried_fen)} 元"
        for village, year in found.items()
        for row in year.rows
        if row.carried_fen
    ]
    if late and not said.carried:
        raise CarriedNotExplained(year=said.year, told="、".join(late[:_TOLD]))


def _due(
    county: County, said: Said, found: Mapping[Village, VillageYear], today: date
) -> dict[Village, Annual]:
    """The next edition of each village's year; raises NothingNewToClose where there is none."""
    due: dict[Village, Annual] = {}
    for village, year in found.items():
        before = closed_year(county, village.code, said.year)
        rows = tuple(_noted(row, said.carried) for row in year.rows)
        due[village] = Annual(
            village=village.code,
            year=said.year,
            edition=(before.annual.edition if before else 0) + 1,
            rows=rows,
            sum_fen=sum(row.sum_fen for row in rows),
            office=said.office or county.pack.county,
            phone=county.pack.supervision_phone,
            decided_on=today,
            source=shown(said.source),
            source_sha256=said.source_sha256,
        )
    if not due:
        raise NothingNewToClose(year=said.year)
    return due


def _noted(row: AnnualRow, carried: str) -> AnnualRow:
    note = f"{CARRIED}{carried}" if row.carried_fen else ""
    return msgspec.structs.replace(row, note=note) if note else row


def _proposed(
    county: County,
    said: Said,
    annuals: Mapping[Village, Annual],
    now: datetime,
    salt: Callable[[], str],
) -> Proposal:
    batch = year_record(county.pack.county_code, said.year)
    lines: dict[str, tuple[bytes, ...]] = {
        village.code: (Events(batch, village.code, instant(now), salt).year(annual),)
        for village, annual in annuals.items()
    }
    parts = tuple(
        msgspec.structs.replace(
            notice_part(county, village, lines[village.code]),
            edition=annual.edition,
            sum_fen=annual.sum_fen,
            source_total_fen=annual.sum_fen,
        )
        for village, annual in annuals.items()
    )
    made = Proposal(
        id="",
        kind="year",
        made_at=instant(now),
        batch=batch,
        programme_name=f"{said.year} 年度汇总",
        title="",
        file=shown(said.source),
        source_sha256=said.source_sha256 or "0" * 64,
        parts=parts,
        reason=shown(said.reason),
        shown=APART.join(year_text(county, village, annual) for village, annual in annuals.items()),
    )
    return kept_once(county, made, batch, now, lines)
