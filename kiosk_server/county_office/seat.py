"""One seat at the county's desk: who sits there, over which folder, and the rosters just looked at."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import msgspec

from boards.model.calendar.civil_day import civil_day
from kiosk_server.county_office.words import found_here
from kiosk_server.press.installed import drawn_here
from sync.county.county import County
from sync.county.formats.errors import RosterRefused
from sync.county.intake import drafts
from sync.county.intake.drafts import Draft
from sync.county.intake.layouts import remembered
from sync.county.intake.process import read_roster, refused_reading
from sync.county.publish.hands import Hand, instant
from sync.county.reading import Reading
from sync.county.report.findings_beside import Beside, beside
from sync.county.report.report import Report, report_of
from sync.trust.statement import Office

LOOKED_AT = 2
"""Rosters kept in memory: the one being worked on, and the one before."""


class Role(StrEnum):
    """Two seats, two processes, two keys."""

    CLERK = "clerk"  # hands in and publishes; the publisher's key
    REVIEWER = "reviewer"  # signs or sends back; the reviewer's key

    @property
    def office(self) -> Office:
        """Whose key it is."""
        return "publisher" if self is Role.CLERK else "reviewer"


class Examined(msgspec.Struct, frozen=True, kw_only=True):
    """A roster as read, and arranged for the eye."""

    reading: Reading
    report: Report
    beside: Beside


@dataclass(kw_only=True, slots=True)
class Seat:
    """A running desk of one person."""

    county: County
    role: Role
    name: str
    clock: Callable[[], datetime]
    key: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)  # in every form
    acting: threading.Lock = field(default_factory=threading.Lock)  # one act at a time
    _looking: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _looked: OrderedDict[tuple[str, str], Examined] = field(default_factory=OrderedDict, repr=False)
    _shown: dict[str, set[str]] = field(default_factory=dict, repr=False)  # by proposal, digests

    def examined(self, draft: Draft) -> Examined:
        """The draft's roster, read and checked; a file that cannot be read is an answer too."""
        today, pack = civil_day(self.clock()), self.county.pack
        at = (draft.id, today.isoformat())
        with self._looking:
            if at in self._looked:
                return self._looked[at]
            data = drafts.roster(self.county, draft.id)
            try:
                layouts, terms = remembered(self.county), pack.forbidden_terms
                reading = read_roster(
                    draft.file,
                    data,
                    pack.places,
                    today=today,
                    layouts=layouts,
                    terms=terms,
                    programmes=pack.programme_names,
                    drawn=drawn_here,
                )
            except RosterRefused as refusal:
                reading = refused_reading(draft.file, data, refusal)
            reading = _in_our_words(reading)
            report = report_of(reading)
            self._looked[at] = Examined(reading=reading, report=report, beside=beside(report))
            while len(self._looked) > LOOKED_AT:
                self._looked.popitem(last=False)
            return self._looked[at]

    def forget(self, draft_id: str) -> None:
        """Let go of a roster that was thrown away."""
        with self._looking:
            for at in [at for at in self._looked if at[0] == draft_id]:
                del self._looked[at]

    def look(self, proposal_id: str, digest: str) -> None:
        """A list of this proposal, as it is now, is shown to this person."""
        self._shown.setdefault(proposal_id, set()).add(digest)

    def looked_otherwise(self, proposal_id: str, digest: str) -> bool:
        """Whether a list was shown of another state than this one; it must be looked at again, once told."""
        return self._shown.pop(proposal_id, {digest}) != {digest}

    def hand(self, act: str, reason: str = "") -> Hand:
        """What this person does now, to be written down."""
        return msgspec.convert(
            {"act": act, "by": self.name, "at": instant(self.clock()), "reason": reason}, type=Hand
        )


def _in_our_words(reading: Reading) -> Reading:
    """What was found, said for somebody in a browser."""
    said = tuple(msgspec.structs.replace(one, message=found_here(one.message)) for one in reading.findings)
    return msgspec.structs.replace(reading, findings=said)


def open_seat(county: County, role: Role, name: str, clock: Callable[[], datetime]) -> Seat:
    """One person's seat.

    Raises NoSeat before anyone waits for a signature.
    """
    signer = county.signer(role.office)
    at_work = msgspec.structs.replace(county, acting=name, signers=(signer,))
    return Seat(county=at_work, role=role, name=name, clock=clock)
