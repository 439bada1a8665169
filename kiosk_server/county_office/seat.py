"""The county's desk: one folder and its people, and for each session what its person is looking at."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import msgspec

from boards.model.calendar.civil_day import civil_day
from kiosk_server.county_office.errors import PassphraseIsPassword, SignElsewhere
from kiosk_server.county_office.staff.roles import CLERK, names_of
from kiosk_server.county_office.words import found_here
from kiosk_server.people.accounts import Account
from kiosk_server.people.book import People
from kiosk_server.people.entering import refuse_password_of
from kiosk_server.people.sessions import Session
from kiosk_server.people.tries import forgive, key_tried
from kiosk_server.press.installed import drawn_here
from sync.county.acting import seated
from sync.county.county import County, open_county
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
from sync.trust_layout import FOLDER, metadata_at

LOOKED_AT, MOST_SEATS = 2, 60
"""Rosters kept in memory for each person: the one being worked on, and the one before; and for how many."""


class Examined(msgspec.Struct, frozen=True, kw_only=True):
    """A roster as read, and arranged for the eye."""

    reading: Reading
    report: Report
    beside: Beside


@dataclass(kw_only=True)
class Desk:
    """A running desk of one county, for all its people."""

    folder: Path
    name: str  # the county's
    people: People
    clock: Callable[[], datetime]
    acting: threading.Lock = field(default_factory=threading.Lock)  # one act at a time
    _opening: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _seats: OrderedDict[str, Seat] = field(default_factory=OrderedDict, repr=False)
    _opened: tuple[bytes, County] | None = field(default=None, repr=False)

    @property
    def county(self) -> County:
        """The county as it stands: opened again once another pack or other seats count in it."""
        newest = self.folder / "feed" / FOLDER / metadata_at("timestamp")
        counts = newest.read_bytes() if newest.exists() else b""
        with self._opening:
            if self._opened is None or self._opened[0] != counts:
                self._opened = counts, open_county(self.folder)
            return self._opened[1]

    def seat(self, session: Session | None) -> Seat:
        """What the person of a session has before him; without one, nobody's."""
        if session is None:
            return Seat(desk=self)
        with self._opening:
            seat = self._seats.setdefault(session.sha256, Seat(desk=self))
            self._seats.move_to_end(session.sha256)
            while len(self._seats) > MOST_SEATS:
                self._seats.popitem(last=False)
        seat.account, seat.token = session.account, session.csrf
        return seat


@dataclass(kw_only=True, slots=True)
class Seat:
    """One person at the desk, in one session: another browser of his has looked at nothing yet."""

    desk: Desk
    account: Account | None = None
    token: str = field(default="", repr=False)  # in every form
    offered: str = field(
        default="", repr=False
    )  # a secret for his telephone, until he has typed its first code
    _looking: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _looked: OrderedDict[tuple[str, str], Examined] = field(default_factory=OrderedDict, repr=False)
    _shown: dict[str, set[str]] = field(default_factory=dict, repr=False)  # by proposal, digests
    _county: tuple[County, County] | None = field(
        default=None, repr=False
    )  # the desk's, and with him at work

    @property
    def name(self) -> str:
        """The login, as it is written down."""
        return self.account.login if self.account else ""

    @property
    def county(self) -> County:
        """The county with this person at work, who signs nothing yet."""
        county = self.desk.county
        if self._county is None or self._county[0] is not county:
            here = msgspec.structs.replace(county, acting=self.name)
            here.__dict__.update(county.__dict__)  # what it has read of trust and pack
            self._county = county, here
        return self._county[1]

    @property
    def clock(self) -> Callable[[], datetime]:
        """The desk's."""
        return self.desk.clock

    @property
    def acting(self) -> threading.Lock:
        """One act at a time, whoever does it."""
        return self.desk.acting

    def has(self, *roles: str) -> bool:
        """Whether this person has one of the roles."""
        return self.account is not None and self.account.has(*roles)

    @property
    def offices(self) -> tuple[str, ...]:
        """Whose clerk this is; "" stands for all."""
        roles = self.account.roles if self.account else ()
        return tuple(one.office for one in roles if one.name == CLERK)

    def may(self, role: str, office: str) -> bool:
        """Whether this person has the role for an office."""
        return self.account is not None and self.account.may(role, *names_of(self.county, office))

    def signing(self, office: Office, passphrase: str) -> County:
        """The county with this person's key opened for one act; the passphrase is kept nowhere.

        Wrong passphrases are counted like wrong passwords: a session that was left open guesses no better.
        Raises SignElsewhere, TriedTooOften, PassphraseIsPassword, NoSeat, KeyNotHere, KeyUnreadable,
        PassphraseWrong.
        """
        if self.desk.county.settings.rules.own_machine:
            raise SignElsewhere
        counted = key_tried(self.desk.people, self.name)
        refuse_password_of(self.desk.people, self.name, passphrase, PassphraseIsPassword)
        opened = seated(self.county, self.name, office, lambda _: passphrase)
        forgive(self.desk.people, counted)
        return opened

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


def open_desk(county: County, people: People, clock: Callable[[], datetime]) -> Desk:
    """The desk of a county and its people."""
    return Desk(folder=county.folder, name=county.settings.name, people=people, clock=clock)


def _in_our_words(reading: Reading) -> Reading:
    """What was found, said for somebody in a browser."""
    said = tuple(msgspec.structs.replace(one, message=found_here(one.message)) for one in reading.findings)
    return msgspec.structs.replace(reading, findings=said)
