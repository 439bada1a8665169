"""The reviewer's signature, at the desk and by command line."""

from __future__ import annotations

from datetime import datetime

from sync.county.county import County
from sync.county.intake import drafts
from sync.county.publish import proposals
from sync.county.publish.proposals import Proposal
from sync.county.publish.publisher import review


def signed(county: County, proposal_id: str, now: datetime, shown: str | None = None) -> Proposal:
    """Sign what was shown, as long as the roster it was read from is the same; raises RosterChanged.

    And whatever `review` raises.
    """
    drafts.refuse_changed(county, proposal_id, proposals.proposal(county, proposal_id).source_sha256)
    return review(county, proposal_id, now, shown)
