"""One programme of a roster that holds several in each row: its own quantities, rates and amounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from boards.model.errors import Fault, Refusal

if TYPE_CHECKING:
    from sync.county.publish.batch import BatchToml
    from sync.county.reading import Reading, Row

TOGETHER = "*"
"""All programmes of a row as one sum, without quantities and rates: somebody says so."""


class ShareNotChosen(Refusal):
    """Rows of several programmes, proposed as a batch of one."""

    code = "share-not-chosen"
    fault = Fault.PERSON
    sentence = "花名册一行里有几项补贴（{shares}），还没有说明这一批是哪一项。"
    advice = '请在 batch.toml 写 share = "表头里的那一项"；确实合并发放的写 share = "*"。'


class ShareUnknown(Refusal):
    """batch.toml names a programme the header does not have."""

    code = "share-unknown"
    fault = Fault.PERSON
    sentence = "花名册的表头里没有“{share}”这一项补贴。"
    advice = "请核对 batch.toml 的 share；表头里有：{shares}。"


def one_programme(reading: Reading, toml: BatchToml) -> Reading:
    """The reading as the batch means it; raises ShareNotChosen, ShareUnknown."""
    named = tuple(dict.fromkeys(share.programme for row in reading.rows for share in row.shares))
    if not named and toml.share in {"", TOGETHER}:
        return reading
    shares = "、".join(named)
    if not toml.share:
        raise ShareNotChosen(shares=shares)
    if toml.share == TOGETHER:
        return reading
    if toml.share not in named:
        raise ShareUnknown(share=toml.share, shares=shares or "没有分项")
    return msgspec.structs.replace(
        reading, rows=tuple(own for row in reading.rows if (own := _own(row, toml.share)))
    )


def _own(row: Row, programme: str) -> Row | None:
    """One programme's share as a row; None for somebody who has no part in it."""
    share = next((one for one in row.shares if one.programme == programme), None)
    if share is None or not (share.amount_fen or share.quantity):
        return None
    payout = msgspec.structs.replace(
        row.payout,
        quantity=share.quantity,
        unit=share.unit,
        rate=share.rate,
        amount_fen=share.amount_fen,
    )
    return msgspec.structs.replace(row, payout=payout, shares=())
