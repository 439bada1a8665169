"""A reading, a batch.toml and the pack become the events of each village. Pure but for the salt given."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from boards.model.errors import Fault, Refusal
from boards.model.money import fen_of, yuan
from boards.model.pack import Pack, Programme
from boards.model.payouts import (
    BatchClose,
    Control,
    LeftOut,
    LeftOutReason,
    Payout,
    PayStatus,
    Phase,
    Terms,
    WhyLeftOut,
)
from boards.model.place import Village
from sync.county.checks.whole import Publication
from sync.county.county import household
from sync.county.publish.batch import BatchToml, batch_id, office_of
from sync.county.publish.listing import households, in_sheet_order, left_out_reason
from sync.county.publish.why_left_out import refuse_names, told
from sync.county.reading import Reading, Row
from sync.events import Events

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sync.county.checks.registries import Registries
    from sync.county.checks.whole import Earlier

ROSTERS_OWN = "花名册合计"
_STAYS = "什么都没有发布；"


class ProgrammeUnknown(Refusal):
    """batch.toml names a programme the county pack does not list."""

    code = "programme-unknown"
    fault = Fault.PERSON
    sentence = "县级资料包里没有补贴项目 {programme}。"
    advice = "请核对 batch.toml 的 programme；新项目要先写进资料包。"


class VillageUnknown(Refusal):
    """A row's village is not in the county pack."""

    code = "village-unknown"
    fault = Fault.COUNTY
    sentence = "花名册里有 {count} 行的村名在资料包里找不到。"
    advice = _STAYS + "请用 county check 查看是哪些行，改正村名后再提交。"


class PaymentDayMissing(Refusal):
    """Nobody says when the money was paid."""

    code = "payment-day-missing"
    fault = Fault.PERSON
    sentence = "不知道发放日期：花名册没有写，batch.toml 也没有 paid_on。"
    advice = "请在 batch.toml 里填写 paid_on（发放日期）后再提交。"


class ControlTotalDiffers(Refusal):
    """The control total that was typed is not what the roster's rows come to."""

    code = "control-total-differs"
    fault = Fault.COUNTY
    sentence = "核对总额是{stated}元，花名册各行相加是{summed}元，相差{off}元。"
    advice = _STAYS + "请核对支付文件和花名册，改正后再提交。"


class NothingToPublish(Refusal):
    """No village has a row in this batch."""

    code = "nothing-to-publish"
    fault = Fault.PERSON
    sentence = "这份花名册里没有可以公示的行。"
    advice = "请核对花名册的支付状态和 batch.toml 的 villages。"


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """What the events of one batch share."""

    id: str
    toml: BatchToml
    programme: Programme
    pack: Pack
    source_sha256: str
    paid_on: date | None
    issued: str
    household_key: bytes
    control: Control | None

    @property
    def application(self) -> bool:
        """True for 申报公示, before any payment."""
        return self.toml.phase is Phase.APPLICATION


class VillageBatch(msgspec.Struct, frozen=True, kw_only=True):
    """One village's share: the lines to append, and the statement that closes them."""

    village: Village
    lines: tuple[bytes, ...]
    close: BatchClose
    payouts: tuple[Payout, ...] = ()  # of a batch made anew
    listed: tuple[Row, ...] = ()  # the roster's rows behind them

    @property
    def days(self) -> frozenset[date]:
        """On which somebody on it was paid."""
        day = self.close.terms.paid_on
        return frozenset(filter(None, (day, *(payout.paid_on for payout in self.payouts))))


def batch_of(reading: Reading, toml: BatchToml, pack: Pack, household_key: bytes, issued: str) -> Batch:
    """Check that all parts fit; raises ProgrammeUnknown, VillageUnknown, PaymentDayMissing."""
    programme = {one.code: one for one in pack.programmes}.get(toml.programme)
    if programme is None:
        raise ProgrammeUnknown(programme=toml.programme)
    known = {village.code for village in pack.villages}
    if strangers := sum(row.village not in known for row in reading.rows):
        raise VillageUnknown(count=strangers)
    day, application = toml.paid_on, toml.phase is Phase.APPLICATION
    if day is None and not application and (day := reading.last_paid_on) is None:  # settled §17
        raise PaymentDayMissing
    return Batch(
        id=batch_id(pack.county_code, toml),
        toml=toml,
        programme=programme,
        pack=pack,
        source_sha256=reading.source_sha256,
        paid_on=day,
        issued=issued,
        household_key=household_key,
        control=None if application else control_of(reading, toml, pack),
    )


def control_of(reading: Reading, toml: BatchToml, pack: Pack) -> Control | None:
    """The county's own total: typed from the payment file, else the roster's (settled §40).

    It is held against all rows, of every village. A roster's total that does not cover them all, or is of
    several programmes together, is none. Raises ControlTotalDiffers.
    """
    summed = sum(row.payout.amount_fen for row in reading.rows)
    stated, source = reading.declared_total_fen, ROSTERS_OWN
    if toml.control_total:
        stated, source = fen_of(toml.control_total), toml.control_source
        if stated != summed:
            off = yuan(stated - summed)
            raise ControlTotalDiffers(stated=yuan(stated), summed=yuan(summed), off=off)
    return Control(fen=summed, scope=_scope(reading, pack), source=source) if stated == summed else None


def _scope(reading: Reading, pack: Pack) -> str:
    """Whose rows a roster has: one village's, one town's, the county's."""
    codes = {row.village for row in reading.rows}
    villages = [village for village in pack.villages if village.code in codes]
    places = {village.name for village in villages}, {village.town for village in villages}
    named = next((names for names in places if len(names) == 1), {villages[0].county})
    return named.pop()


def village_rows(reading: Reading, toml: BatchToml, pack: Pack) -> list[tuple[Village, list[Row]]]:
    """The rows of each village, in the order of the pack; raises NothingToPublish."""
    rows: defaultdict[str, list[Row]] = defaultdict(list)
    for row in reading.rows:
        if not toml.villages or row.village in toml.villages:
            rows[row.village].append(row)
    found = [(village, rows[village.code]) for village in pack.villages if village.code in rows]
    if not found:
        raise NothingToPublish
    return found


def village_batch(
    batch: Batch, village: Village, rows: Sequence[Row], start: int, salt: Callable[[], str]
) -> VillageBatch:
    """The events of one village, the first to stand at log index `start`."""
    parts = _parted(batch, rows)
    left_out, ordered = _sums(batch, parts), in_sheet_order(parts.pop(None, []))
    payouts = [_published(batch, seq, row) for seq, row in enumerate(ordered, 1)]
    close = BatchClose(
        terms=_terms(batch, village, payouts),
        edition=1,
        start=start,
        stop=start + len(payouts),
        count=len(payouts),
        households=households(payouts),
        sum_fen=(total := sum(payout.amount_fen for payout in payouts)),
        by_programme={batch.toml.programme: total},
        left_out=left_out,
        source_total_fen=total + sum(part.sum_fen for part in left_out),
        source_sha256=batch.source_sha256,
        mask_policy=batch.pack.mask.version,
        control=batch.control,
        left_out_why=() if batch.application else _why(batch, village, ordered, parts),
    )
    events = Events(batch.id, village.code, batch.issued, salt)
    return VillageBatch(
        village=village,
        lines=(*map(events.publish, payouts), events.close(close)),
        close=close,
        payouts=tuple(payouts),
        listed=tuple(ordered),
    )


def publication_of(  # noqa: PLR0913, PLR0917
    batch: Batch,
    reading: Reading,
    share: VillageBatch,
    rows: Sequence[Row],
    registries: Registries,
    earlier: Sequence[Earlier],
    *,
    year_closed: bool = False,
) -> Publication:
    """What the rules are asked about a village's share, made of all its rows."""
    toml = batch.toml
    return Publication(
        village=share.village,
        payouts=share.payouts,
        listed=share.listed,
        rows=rows,
        close=share.close,
        application=batch.application,
        paid_on=batch.paid_on,
        fiscal_year=toml.fiscal_year,
        said=(reading.title, reading.file, toml.funds, toml.source, toml.rate_text),
        reading_codes=frozenset(one.code for one in reading.findings),
        ceiling_fen=batch.programme.ceiling_yuan * 100,
        registries=registries,
        title=reading.title,
        file=reading.file,
        share=toml.share,
        programmes=batch.pack.programmes,
        earlier=earlier,
        year_closed=year_closed,
    )


_Parts = dict[LeftOutReason | None, list[Row]]


def _parted(batch: Batch, rows: Sequence[Row]) -> _Parts:
    """Rows by why they stay off the list; those for the list under None."""
    parts: defaultdict[LeftOutReason | None, list[Row]] = defaultdict(list)
    day = batch.paid_on or batch.toml.planned_from
    given = batch.toml.paid_on is not None
    for row in rows:
        parts[left_out_reason(row, application=batch.application, day_given=given, day=day)].append(row)
    return parts


def _sums(batch: Batch, parts: _Parts) -> tuple[LeftOut, ...]:
    """Who is left out as count and sum by reason (settled §4)."""
    fen = {
        r: 0 if batch.application else sum(row.payout.amount_fen for row in parts.get(r, ()))
        for r in LeftOutReason
    }
    return tuple(
        LeftOut(reason=r, count=len(parts[r]), sum_fen=fen[r]) for r in LeftOutReason if parts.get(r)
    )


def _why(batch: Batch, village: Village, listed: Sequence[Row], left: _Parts) -> tuple[WhyLeftOut, ...]:
    """The same in words by household: whoever is listed with another row misses nothing by an empty one."""
    typed = [one for one in batch.toml.not_listed if (one.village or batch.toml.villages[0]) == village.code]
    refuse_names(typed, [*listed, *(row for rows in left.values() for row in rows)])
    on_it = {_household(batch, row) for row in listed}
    rows = ((_household(batch, row), row, r) for r in LeftOutReason for row in left.get(r, ()))
    missing = (one for one in rows if one[2] is not LeftOutReason.ZERO or one[0] not in on_it)
    return told(missing, typed, sensitive=batch.programme.sensitive)


def _household(batch: Batch, row: Row) -> str | tuple[str, str]:
    return household(batch.household_key, row.identity) or (row.payout.group, row.payout.holder)


def _published(batch: Batch, seq: int, row: Row) -> Payout:
    """A payout as read becomes a line of a list: what publishing says of it; all else goes on as it is."""
    application, payout = batch.application, row.payout
    said = msgspec.structs.replace(
        payout,
        seq=seq,
        household=household(batch.household_key, row.identity),
        quantity=plain(payout.quantity),
        unit=payout.unit or (batch.programme.unit if payout.quantity is not None else ""),
        rate=plain(payout.rate),
        amount_fen=0 if application else payout.amount_fen,
        paid_on=payout.paid_on if not application and payout.paid_on != batch.paid_on else None,
        status=PayStatus.APPLIED if application else PayStatus.PAID,
    )
    return names_and_amounts(said) if batch.programme.sensitive else said


def names_and_amounts(payout: Payout) -> Payout:
    """All that may be published of a sensitive programme (disability, illness: domain §1.6), field by field.

    A field that is not named here stays with the county, so a new one is published by decision only.
    """
    return Payout(
        seq=payout.seq,
        holder=payout.holder,
        payee=payout.payee,
        beneficiary=payout.beneficiary,
        kind=payout.kind,
        household=payout.household,
        group=payout.group,
        amount_fen=payout.amount_fen,
        paid_on=payout.paid_on,
        status=payout.status,
    )


def plain(number: Decimal | None) -> Decimal | None:
    """The same number without exponent or trailing zeros: one value, one spelling in the log."""
    return None if number is None else Decimal(f"{number.normalize():f}")


def _terms(batch: Batch, village: Village, payouts: Sequence[Payout]) -> Terms:
    toml, programme = batch.toml, batch.programme
    rates = {(payout.rate, payout.unit) for payout in payouts}
    rate, unit = rates.pop() if len(rates) == 1 else (None, "")
    one_rate = f"{rate}元/{unit}" if rate is not None and unit else ""  # it holds for every line
    return Terms(
        village=village.code,
        programme=programme.code,
        programme_name=programme.name,
        phase=toml.phase,
        fiscal_year=toml.fiscal_year,
        period_no=toml.period_no,
        paid_on=batch.paid_on,
        funds=toml.funds,
        rate_text=toml.rate_text or one_rate,
        office=office_of(toml, batch.pack),
        phone=toml.phone or batch.pack.supervision_phone,
        address=toml.address,
        planned_from=toml.planned_from,
        planned_until=toml.planned_until,
        sensitive=programme.sensitive,
    )
