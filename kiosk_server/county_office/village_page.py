"""One village of a proposal, for who reviews it: every line, what changes, and the sheet as paper."""

from __future__ import annotations

from boards.model.codes import grouped, short_digest
from kiosk_server.county_office.differences import differences, summed_up
from kiosk_server.county_office.errors import DeskNotFound
from kiosk_server.county_office.list_table import list_table
from kiosk_server.county_office.on_wall import SUFFIXES, Edition, OnWall, files_of, on_wall
from kiosk_server.county_office.pages import rendered
from kiosk_server.county_office.sample import sample_pdf
from kiosk_server.county_office.seat import Seat
from sync.county.publish import proposals
from sync.county.publish.parts import looked_at
from sync.county.publish.proposals import Proposal
from sync.county.publish.review_text import KINDS, confirmed_warnings


def village_page(seat: Seat, proposal_id: str, village: str) -> str:
    """The whole list as it hangs, masked as it hangs, with what the clerk confirmed of a line beside it."""
    found, wall = _looked_at(seat, proposal_id, village)
    if found.kind == "year":  # its figures stand on the proposal's own page
        raise DeskNotFound
    changed = differences(wall)
    return rendered(
        "village.html",
        seat,
        id=found.id,
        code=village,
        name=f"{wall.village.town}{wall.village.name}",
        programme=found.programme_name,
        kind=KINDS[found.kind],
        batch=found.batch,
        prints=wall.sheet is not None,
        compared=summed_up(wall, changed),
        changed=changed,
        **_list(wall.after, _warned(found, village)),
    )


def sheet_of(seat: Seat, proposal_id: str, village: str) -> bytes:
    """The PDF of what will hang; raises DeskNotFound where nothing will."""
    _, wall = _looked_at(seat, proposal_id, village)
    if wall.sheet is None:
        raise DeskNotFound
    return sample_pdf(seat.county.pack, wall.sheet)


def file_of(seat: Seat, proposal_id: str, number: int) -> tuple[bytes, str, str]:
    """A file of a notice, the first is 1, with a name and its kind; raises DeskNotFound, ProposalDamaged."""
    files = files_of(seat.county, _waiting(seat, proposal_id))
    if not 1 <= number <= len(files):
        raise DeskNotFound
    one = files[number - 1]
    data = proposals.checked_file(seat.county, proposal_id, one.name, one.sha256)
    return data, f"{number}.{SUFFIXES.get(one.media_type, 'pdf')}", one.media_type


def _waiting(seat: Seat, proposal_id: str) -> Proposal:
    """A proposal that is not published: afterwards everybody can look at the board.

    What is signed must be what is shown here; the digest is taken before what it is of.
    """
    found = proposals.proposal(seat.county, proposal_id)
    if proposals.stands(seat.county, found) == "published":
        raise DeskNotFound
    seat.look(proposal_id, looked_at(seat.county, proposal_id))
    return proposals.proposal(seat.county, proposal_id)


def _looked_at(seat: Seat, proposal_id: str, village: str) -> tuple[Proposal, OnWall]:
    found = _waiting(seat, proposal_id)
    if village not in found.villages:
        raise DeskNotFound
    return found, on_wall(seat.county, found, found.part(village))


def _warned(found: Proposal, village: str) -> dict[int, str]:
    """What was confirmed of the village's lines, by their number."""
    told: dict[int, str] = {}
    for warned in confirmed_warnings(found):
        for finding in warned.findings:
            for one in (one for one in finding.lines if one.village == village):
                told[one.line] = f"{told.get(one.line, '')}{finding.message}（已确认：{warned.reason}）"
    return told


def _list(edition: Edition | None, warned: dict[int, str]) -> dict[str, object]:
    if edition is None:
        return {"head": (), "rows": ()}
    head, table = edition.head, list_table(edition.sheet)
    return {
        "head": [(label, at in table.figures) for at, label in enumerate(table.head)],
        "rows": [
            (at, [(text, place in table.figures) for place, text in enumerate(row)], warned.get(at, ""))
            for at, row in enumerate(table.rows, start=1)
        ],
        "edition": head.edition,
        "sheet_code": grouped(head.code),
        "sheet_digest": short_digest(head.digest),
    }
