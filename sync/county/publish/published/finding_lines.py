"""Finding a published line by programme and name; several are told by batch and number, never by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boards.model.errors import Fault, Refusal
from boards.model.periods import period_no
from sync.county.publish.batch_records import standing
from sync.county.publish.published.lists import published_lists

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from boards.model.place import Village
    from sync.county.county import County

_NAMED = 20


class ListNotFound(Refusal):
    """No list of this programme and period hangs in the village."""

    code = "list-not-found"
    fault = Fault.PERSON
    sentence = "{village} 没有公布过这个项目、这一期的名单。"
    advice = "请用 county list --village 查看已发布的名单，再写项目名称和期号。"


class ListsAlike(Refusal):
    """Several lists are meant."""

    code = "lists-alike"
    fault = Fault.PERSON
    sentence = "这个项目公布过几份名单：{batches}。"
    advice = "请写 --period 期号，或直接写其中的批次号。"


class NobodyListed(Refusal):
    """Nobody of this name stands on the list."""

    code = "nobody-listed"
    fault = Fault.PERSON
    sentence = "{village} 的这份名单上没有叫这个名字的户主。"
    advice = "请对照公开栏或最新一版公示表上的姓名；已经撤下的行请写 --record 记录编号。"


class SeveralLines(Refusal):
    """The name stands on several lines."""

    code = "several-lines"
    fault = Fault.PERSON
    sentence = "{village} 叫这个名字的有 {count} 行：{lines}。"
    advice = "请写批次号，再用 --line 序号 和 --holder 指明是哪一行。"


def batches_named(
    county: County, village: Village, programme: str, period: str, *, erased: bool = False
) -> tuple[str, ...]:
    """The lists of a programme, by its name or code, of one period or of all; raises ListNotFound.

    Lists that were withdrawn can only be `erased`.
    """
    found = tuple(
        one.batch
        for one in published_lists(county, village.code).values()
        if programme in {one.close.terms.programme, one.close.terms.programme_name}
        and _of(period, one.close.terms.period_no, one.close.terms.fiscal_year)
        and (erased or not one.withdrawn)
    )
    if not found:
        raise ListNotFound(village=village.name)
    return found


def _of(asked: str, period: str, year: int) -> bool:
    return not asked or asked == period or period_no(asked, year) == period_no(period, year)


def only(batches: Sequence[str]) -> str:
    """The one list that is meant; raises ListsAlike."""
    if len(batches) > 1:
        raise ListsAlike(batches="、".join(batches[:_NAMED]))
    return batches[0]


def record_of_holder(
    county: County, village: Village, batches: Sequence[str], holder: str
) -> tuple[str, str]:
    """Batch and record of the only line of a holder; raises NobodyListed, SeveralLines, RecordNotFound."""
    found = [one for batch in batches for one in _lines_of(county, village, batch, holder)]
    if not found:
        raise NobodyListed(village=village.name)
    if len(found) > 1:
        lines = "、".join(f"{batch} 第 {number} 行" for batch, _, number in found[:_NAMED])
        raise SeveralLines(village=village.name, count=len(found), lines=lines)
    batch, rec, _ = found[0]
    return batch, rec


def _lines_of(county: County, village: Village, batch: str, holder: str) -> Iterator[tuple[str, str, int]]:
    records = standing(village.name, batch, county.log(village.code).lines()).records
    listed = sorted((one.payout.seq, rec, one.payout.holder) for rec, one in records.items() if one.payout)
    for number, (_, rec, name) in enumerate(listed, 1):
        if "".join(name.split()) == "".join(holder.split()):
            yield batch, rec, number
