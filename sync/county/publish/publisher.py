"""Three steps, two persons (先审后发): propose, review, publish. Every change of a log goes this way.

propose    makes the exact lines and computes the checkpoint of every village's log
review     the second person's key signs these checkpoints, after checking the lines again
publish    compare-and-swap on the last checkpoint; rows, tiles, signature, checkpoint last; an
           erasure blanks after it (sync.county.erasures)

Each step is written down with its person's name (sync.county.publish.hands), and may be repeated after a
crash. Changes of what is published (`correct`, `withdraw`, `erase`) are proposals too, and restate their
batch as its next edition.
"""

from __future__ import annotations

import contextlib
import hashlib
import secrets
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count
from typing import TYPE_CHECKING

import msgspec

from boards.model.calendar.civil_day import civil_day
from boards.model.errors import Fault, Refusal
from boards.model.findings import Level
from boards.model.payouts import Phase
from boards.model.privacy.withheld import shown
from sync import wire
from sync.county import erasures
from sync.county.checks.p10_terms import termed
from sync.county.checks.publication import reconciled
from sync.county.checks.registries import Registries
from sync.county.county import NobodyNamed, SamePerson
from sync.county.publish import hands, proposals, seated
from sync.county.publish.batch import BatchToml, office_of
from sync.county.publish.hands import instant
from sync.county.publish.land_review_text import files_named, notice_text
from sync.county.publish.one_programme import one_programme
from sync.county.publish.parts import (
    closing,
    figures,
    is_in,
    looked_at,
    on_lists,
    overtaken,
    part_of,
    rebased,
    refuse_older_pack,
    refuse_paid_meanwhile,
    refuse_twice,
)
from sync.county.publish.proposals import Part, Proposal, ProposalDamaged
from sync.county.publish.published.earlier import earlier_lists
from sync.county.publish.published.holds import refuse_held
from sync.county.publish.published.years import closed_year
from sync.county.publish.village_batches import (
    VillageBatch,
    batch_of,
    publication_of,
    village_batch,
    village_rows,
)
from sync.county.publish.year_text import year_stands
from sync.county.reading import Reading, Verdict
from sync.durable import NotWritten, durable
from sync.events import close_record, letters
from sync.log.keys import signed
from sync.log.note import Note, parse
from sync.pack import pack_of
from sync.seams import Progress, silent
from sync.trust.repository import Repository
from sync.trust_layout import SEATED

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from boards.model.place import Village
    from sync.county.checks.whole import Publication
    from sync.county.county import County, Signer
    from sync.county.publish.village_batches import Batch
    from sync.county.reading import Row


NO_REGISTRIES = Registries()
_AT_ONCE = 8  # villages: a disk syncs many files in the time of one
_OF_A_NOTICE = {wire.Kind.NOTICE, wire.Kind.ATTACH}


class ReadingRefused(Refusal):
    """The roster has errors."""

    code = "roster-has-errors"
    fault = Fault.COUNTY
    sentence = "花名册有 {count} 处错误，不能提交发布。"
    advice = "请运行 county check 查看每一处，改正后再提交。"


class WarningsNotConfirmed(Refusal):
    """Warnings that nobody has confirmed."""

    code = "warnings-not-confirmed"
    fault = Fault.PERSON
    sentence = "花名册有需要人工确认的提醒：{codes}。"
    advice = "请逐一核实，在 batch.toml 的 [[confirmed]] 里写明 code 和 reason 后再提交。"


class AmountsMissing(Refusal):
    """A list that says who and how much land, but not how much money, proposed as a payment."""

    code = "amounts-missing"
    fault = Fault.PERSON
    sentence = "花名册没有金额一列（{count} 户），不能当作已发放的补贴发布。"
    advice = (
        '申报、核实的名单请在 batch.toml 写 phase = "application"；'
        "发放结果请换成有金额的名册，或用 county check --map 指明金额列。"
    )


class PaymentDayAhead(Refusal):
    """Nobody was paid on a day that is still to come."""

    code = "payment-day-ahead"
    fault = Fault.PERSON
    sentence = "发放日期 {day} 在今天（{today}）之后，不能作为已经发放的公布。"
    advice = "请核对发放日期；还没有发放的，请作为申报公示提交；日期没有写错的，请校正本机时钟。"


class NotReviewed(Refusal):
    """The second person has not signed."""

    code = "not-reviewed"
    fault = Fault.PERSON
    sentence = "批次 {id} 还没有审核，按先审后发的规定不能发布。"
    advice = "请审核人用 county review {id} 看过、用它最后一行的命令签名，再发布。"


class FeedMoved(Refusal):
    """Something else was published in between."""

    code = "feed-moved"
    fault = Fault.PERSON
    sentence = "批次 {id} 审核之后，{village} 又发布了别的内容；这一件的内容没有变，只是签名要接在后面重签。"
    advice = "请审核人再签一次（county review {id}，用它最后一行的命令），再发布。"


class ShownOtherwise(Refusal):
    """What would be signed is not what the reviewer looked at."""

    code = "shown-otherwise"
    fault = Fault.PERSON
    sentence = "批次 {id}（或和它对比的名单）在您查看之后变了，没有签名。"
    advice = "请按现在的内容重新看一遍，再审核。"


class PackChanged(Refusal):
    """The pack or the statement in force is not the one this program opened, and showed the list by."""

    code = "pack-changed"
    fault = Fault.PERSON
    sentence = "县级资料包或密钥名册在打开之后改过，没有签名也没有发布。"
    advice = "请关闭工作台重新打开，按现在的资料包再看一遍。"


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """What a publication brought."""

    id: str
    villages: tuple[str, ...]  # codes, all of them
    written: tuple[str, ...]  # those that were not published before
    count: int
    sum_fen: int
    erased: bool = False
    adopted: str = ""  # 县级资料包, 一体机登记册: what kiosks take with the next pull


def random_salt() -> str:
    """16 random bytes as letters."""
    return letters(secrets.token_bytes(16))


def propose(  # noqa: PLR0913 - the county, the roster with its batch.toml, and what is known beside them
    county: County,
    reading: Reading,
    toml: BatchToml,
    now: datetime,
    *,
    registries: Registries = NO_REGISTRIES,
    salt: Callable[[], str] = random_salt,
    progress: Progress = silent,
) -> Proposal:
    """Make a batch of a roster, held against the registries that are given.

    Raises ReadingRefused, WarningsNotConfirmed, AmountsMissing, ShareNotChosen, ShareUnknown,
    BatchAlreadyPublished, ApplicationStillPosted, PaymentDayAhead, NotReconciled,
    ReconciliationNotConfirmed, ProposalWaits, CountyBusy.
    """
    reading = termed(reading, county.pack.forbidden_terms)
    _refuse_unsettled(reading, toml)
    reading = one_programme(reading, toml)
    batch = batch_of(reading, toml, county.pack, county.household_key(), instant(now))
    rows = village_rows(reading, toml, county.pack)
    with county.writing(tuple(village.code for village, _ in rows)):
        return _proposed(county, reading, batch, rows, registries, now, salt, progress)


def _proposed(  # noqa: PLR0913, PLR0917
    county: County,
    reading: Reading,
    batch: Batch,
    rows: list[tuple[Village, list[Row]]],
    registries: Registries,
    now: datetime,
    salt: Callable[[], str],
    progress: Progress,
) -> Proposal:
    """The proposal of a batch, while nobody else proposes or publishes for its villages."""
    toml, proposed = batch.toml, proposals.proposals(county)
    shares: list[VillageBatch] = []
    seen: list[Publication] = []
    for number, (village, its_rows) in enumerate(rows):
        progress(number, len(rows))
        start = county.log(village.code).state().size
        shares.append(village_batch(batch, village, its_rows, start, salt))
        refuse_twice(county, village, shares[-1].close.terms)
        refuse_held(county, village, shares[-1].close.terms, civil_day(now))
        _refuse_ahead(batch, shares[-1], civil_day(now))
        before = earlier_lists(county, village.code, batch.id, proposed, shares[-1].days)
        year = closed_year(county, village.code, toml.fiscal_year) is not None
        beside = (shares[-1], its_rows, registries, before)
        seen.append(publication_of(batch, reading, *beside, year_closed=year))
    told, unchecked = reconciled(seen, {one.code for one in toml.confirmed})
    found = (*(one for one in reading.findings if one.level is Level.WARNING), *told)
    made = Proposal(
        id="",
        kind="batch",
        made_at=instant(now),
        batch=batch.id,
        office=office_of(toml, county.pack),
        programme_name=batch.programme.name,
        title=shown(reading.title),
        file=shown(reading.file),
        source_sha256=reading.source_sha256,
        parts=tuple(part_of(county, share) for share in shares),
        findings=found,
        told_of=on_lists(shares, found),
        unchecked=unchecked,
        confirmed=tuple(msgspec.structs.replace(one, reason=shown(one.reason)) for one in toml.confirmed),
        source=shown(toml.source),
        share=toml.share,
    )
    return kept_once(county, made, batch.id, now, {share.village.code: share.lines for share in shares})


def kept_once(
    county: County, made: Proposal, name: str, now: datetime, lines: dict[str, tuple[bytes, ...]]
) -> Proposal:
    """A proposal under an id of its own while its villages are held; raises ProposalWaits."""
    proposals.refuse_waiting(county, made)
    kept = msgspec.structs.replace(made, id=fresh_id(county, now, name))
    proposals.keep(county, kept, lines)
    return kept


def propose_target(county: County, role: str, content: bytes, shown: str, now: datetime) -> Proposal:
    """Put forward a pack or register for both seats to sign; `shown` says in words what it changes.

    Raises ProposalWaits, CountyBusy, TrustNotFounded.
    """
    with county.writing((role,)):
        plain = {"kind": role, "batch": role, "programme_name": seated.NAMES[role], "shown": shown}
        beside = {"id": "", "made_at": instant(now), "title": "", "file": "", "parts": ()}
        told = {**plain, **beside, "source_sha256": hashlib.sha256(content).hexdigest()}
        made = msgspec.convert(told, Proposal)
        proposals.refuse_waiting(county, made)
        kept = msgspec.structs.replace(made, id=fresh_id(county, now, role))
        seated.laid_down(county, kept, content, now)
        proposals.keep(county, kept, {})
    return kept


def review(county: County, proposal_id: str, now: datetime, shown: str | None = None) -> Proposal:
    """The second person agrees: sign every village's checkpoint, and all of them as a whole.

    `shown` is the digest of what that person looked at. What was overtaken by another batch is moved
    behind it first; its lines stay as they are. Raises NoSeat, SamePerson, ProposalDamaged, ShownOtherwise,
    PackChanged, ChangedMeanwhile, PublishedMeanwhile, TargetMoved, MadeByOlderPack, CountyBusy.
    """
    _refuse_changed(county)
    signer = county.signer("reviewer")
    with proposals.held(county, proposal_id) as waiting:
        if proposals.stands(county, waiting) == "published":
            return waiting
        hands.refuse_own(county, proposal_id, signer.person)
        refuse_older_pack(county, waiting)
        refuse_paid_meanwhile(county, waiting)
        found = rebased(county, waiting)
        if shown is not None and shown != looked_at(county, proposal_id):
            raise ShownOtherwise(id=proposal_id)
        if not found.parts and found.kind not in SEATED:
            raise ProposalDamaged(id=proposal_id, why="没有村")
        _sign(county, found, signer, now)
    return found


def _sign(county: County, found: Proposal, signer: Signer, now: datetime) -> None:
    """A note for each village that does not have it yet, after its lines were checked; the whole last.

    A pack or register has its metadata signed instead.
    """
    key, folder = signer.key, proposals.folder_of(county, found.id)
    if found.kind in SEATED:
        seated.reviewed(county, found, key)
    due = [part for part in found.parts if not is_in(county, part)]
    for part in due:
        _checked(county, found, part)
    for part in due:
        text = part.result(county.origin(part.village)).text()
        durable(folder / "reviewed" / part.village, signed(text, key).render(), private=True)
    hands.accepted(county, found.id, signer.person, now)
    durable(folder / "signed", signed(proposals.statement(county, found.id), key).render(), private=True)
    durable(folder / "reviewed_at", instant(now).encode(), private=True)


def publish(county: County, proposal_id: str, now: datetime, progress: Progress = silent) -> Published:
    """Let everybody read it. Safe to repeat.

    Raises NoSeat, SamePerson, NotReviewed, ProposalDamaged, ReviewOutdated, PackChanged, FeedMoved,
    ChangedMeanwhile, PublishedMeanwhile, ApplicationStillPosted, TargetMoved, MadeByOlderPack, CountyBusy.
    """
    _refuse_changed(county)
    signer = county.signer("publisher")
    with proposals.held(county, proposal_id) as found:
        for village in found.villages:  # an erasure that was stopped comes first
            erasures.finish(county, village)
        _refuse_unsigned(county, found, signer)
        refuse_older_pack(county, found)
        _refuse_overtaken(county, found)
        due = [part for part in found.parts if not is_in(county, part)]
        added = {part.village: _checked(county, found, part) for part in due}
        _refuse_held(county, found, added, civil_day(now))
        adopts = found.kind in SEATED and proposals.stands(county, found) != "published"
        if adopts:
            seated.published(county, found, signer.key, now)
        notes = {part.village: _countersigned(county, found, part) for part in due}
        proposals.release_files(county, found)
        write = partial(_write, county, added, notes)
        with ThreadPoolExecutor(_AT_ONCE) as several:
            for number, _ in enumerate(several.map(write, due)):
                progress(number, len(due))
        hands.published(county, proposal_id, signer, now)
        proposals.done(county, proposal_id, instant(now))
    return Published(
        id=found.id,
        villages=found.villages,
        written=tuple(part.village for part in due),
        count=found.count,
        sum_fen=found.sum_fen,
        erased=any(part.erased for part in found.parts),
        adopted=seated.NAMES[found.kind] if adopts else "",
    )


def fresh_id(county: County, now: datetime, name: str) -> str:
    """A proposal's id: when, and what; sorts by time. Its folder is made with it, and in it who proposes.

    Raises NobodyNamed, NotWritten.
    """
    if not county.acting:
        raise NobodyNamed
    base = f"{now:%Y%m%dT%H%M%SZ}-{name}"
    one, again = base, count(2)
    try:
        county.proposals.chmod(0o700)  # in an older county it is not
        while True:
            with contextlib.suppress(FileExistsError):
                (county.proposals / one).mkdir(0o700)
                hands.handed_in(county, one, now)
                return one
            one = f"{base}-{next(again)}"
    except OSError as e:
        raise NotWritten(why=e.strerror) from e


def _write(county: County, added: dict[str, tuple[bytes, ...]], notes: dict[str, bytes], part: Part) -> None:
    """One village's log on the disk, its checkpoint last; an erasure is written down first."""
    if part.erased:
        erasures.begin(county, part.village, added[part.village], notes[part.village])
        erasures.finish(county, part.village)
    else:
        log = county.log(part.village)
        log.write(added[part.village])
        log.publish(notes[part.village])


def _refuse_unsigned(county: County, found: Proposal, signer: Signer) -> None:
    """What is published was signed as it is, by somebody else.

    Raises NotReviewed, ProposalDamaged, ReviewOutdated, SamePerson.
    """
    standing = proposals.stands(county, found)
    if standing == "proposed":
        raise NotReviewed(id=found.id)
    if standing == "reviewed":
        person = proposals.reviewer_of(county, found.id)
        if person == signer.person:
            others = county.others("publisher", but=person)
            raise SamePerson(id=found.id, person=person, did="审核", does="发布", others=others)


def _refuse_overtaken(county: County, found: Proposal) -> None:
    """A signature is for one place in one log. Raises FeedMoved and what `overtaken` raises."""
    for village in overtaken(county, found):
        raise FeedMoved(id=found.id, village=found.part(village).name)


def _refuse_changed(county: County) -> None:
    """What counts now is what this program opened; a first pack follows none. Raises PackChanged."""
    now = Repository(county.feed)
    pack = now.target("pack")
    if now.said != county.said or (pack and pack_of(pack).digest != county.pack.digest):
        raise PackChanged


def _refuse_unsettled(reading: Reading, toml: BatchToml) -> None:
    """Errors stop a batch; warnings wait for a person who says why they may stand.

    What is said to be paid has an amount, or is goods (实物): a confirmed warning does not change that.
    """
    errors = [one for one in reading.findings if one.level is Level.ERROR]
    if errors or reading.verdict is Verdict.REFUSED:
        raise ReadingRefused(count=max(1, len(errors)))
    warned = {one.code for one in reading.findings if one.level is Level.WARNING}
    if waiting := sorted(warned - {one.code for one in toml.confirmed}):
        raise WarningsNotConfirmed(codes="、".join(waiting))
    sheets = {one.sheet for one in reading.findings if one.code == "NO_AMOUNT_COLUMN"}
    without_amounts = (row.payout for row in reading.rows if row.sheet in sheets)
    unpriced = [payout for payout in without_amounts if not payout.amount_fen and not payout.in_kind]
    if unpriced and toml.phase is not Phase.APPLICATION:
        raise AmountsMissing(count=len(unpriced))


def _refuse_ahead(batch: Batch, share: VillageBatch, today: date) -> None:
    if not batch.application and max(share.days) > today:
        raise PaymentDayAhead(day=max(share.days), today=today)


def _refuse_held(county: County, found: Proposal, added: dict[str, tuple[bytes, ...]], today: date) -> None:
    """An application list may have been published since the payment was proposed."""
    for village in county.pack.villages if found.kind == "batch" else ():
        if (body := closing(added.get(village.code, ()))) is not None:
            refuse_held(county, village, body.close.terms, today)


def _checked(county: County, found: Proposal, part: Part) -> tuple[bytes, ...]:
    """The lines of a part, checked against its figures and the log they extend."""
    lines = proposals.checked_lines(county, found.id, part)
    for file in files_named(lines):
        proposals.checked_file(county, found.id, file.name, file.sha256)
    grown = county.log(part.village).grown(lines)
    if (grown.size, grown.root.hex()) != (part.size, part.root) or not _whole(county, found, lines, part):
        raise ProposalDamaged(id=found.id, why=part.name)
    return lines


def _whole(county: County, found: Proposal, lines: tuple[bytes, ...], part: Part) -> bool:
    """True when every body is whole and the last line closes with the figures the reviewer was shown.

    A notice has no figures: its lines are notices and what belongs to them, in the words that were read. A
    year's are made again of the log.
    """
    framed = [wire.framed(line) for line in lines]
    if erasures.erased_by(lines) != part.erased:  # what is blanked is what the signed lines name
        return False
    if any(body is None or wire.body_digest(body) != wire.commitment(head).body for head, body in framed):
        return False
    if found.kind == "year":
        return year_stands(county, found, part, lines)
    if found.kind == "notice":
        kinds = {wire.commitment(head).kind for head, _ in framed}
        known = kinds == {wire.Kind.WITHDRAW} or {wire.Kind.NOTICE} <= kinds <= _OF_A_NOTICE
        return known and notice_text(lines) == found.shown
    if found.kind == "withdraw" and len(lines) == 1:  # a whole list: nothing is left to add up
        told = wire.head_of(framed[0][0])
        return (told.kind, told.rec) == (wire.Kind.WITHDRAW, close_record(found.batch)) and not part.count
    body = closing(lines)
    return body is not None and figures(body.close) == figures(part)


def _countersigned(county: County, found: Proposal, part: Part) -> bytes:
    """The checkpoint with both signatures, believed by the county's own trust before anyone sees it."""
    reviewed = parse((proposals.folder_of(county, found.id) / "reviewed" / part.village).read_bytes())
    text = part.result(county.origin(part.village)).text()
    if reviewed.text != text:
        raise ProposalDamaged(id=found.id, why=part.name)
    note = Note(text, (county.signing_key("publisher").signature(text), *reviewed.signatures)).render()
    county.trust().verified(part.village, note)
    return note
