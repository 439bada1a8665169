"""The reviewer's signature, at the desk and by command line."""

from __future__ import annotations

from datetime import datetime

from boards.model.errors import Fault, Refusal
from sync.county.county import County
from sync.county.intake import drafts
from sync.county.packs.retold import refuse_told_otherwise
from sync.county.publish import proposals
from sync.county.publish.proposals import Proposal
from sync.county.publish.publisher import review


class NotLookedAt(Refusal):
    """Somebody would sign what he was not shown."""

    code = "not-looked-at"
    fault = Fault.PERSON
    sentence = "还没有看过批次 {id}，没有签名。"
    advice = "请先运行 county review {id}，逐户看过，再用它最后一行的命令签名。"


def signed(county: County, proposal_id: str, now: datetime, shown: str) -> Proposal:
    """Sign what was shown, as long as the roster it was read from is the same.

    Raises NotLookedAt, RosterChanged, TellsOtherwise, and whatever `review` raises.
    """
    found = proposals.proposal(county, proposal_id)
    if not shown:
        raise NotLookedAt(id=proposal_id)
    drafts.refuse_changed(county, proposal_id, found.source_sha256)
    refuse_told_otherwise(county, found)
    return review(county, proposal_id, now, shown)
