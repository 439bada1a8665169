"""A typed code over real HTTP: what is sealed goes out for the code, the answer comes in, then the code is used up."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from sync.carriers.pairing import PairingCodeGone, PairingInTheOpen, PairingLine, PairingTriedTooOften
from sync.county.kiosks import tickets
from sync.log.keys import new_key
from sync.trust.pairing import answer_of, answer_to, key_name, pairing_of
from sync.trust.pairing_code import SealBroken, new_code, typed_code
from tests.kiosks.kiosk_feed import asked, served
from tests.kiosks.test_kiosks_enrolled import pairing
from tests.line.county_sim import NOW, VILLAGE, county

pytestmark = pytest.mark.thorough


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def laid(tmp_path):
    """A county, a pairing that waits under a code, and its feed's address and clock."""
    where, clock = county(tmp_path / "county"), Clock()
    made = pairing(where, "lingdong", VILLAGE)
    code = new_code(made.root_bytes)
    tickets.laid_out(where.folder, code.ticket, made.kiosk, code.sealed(made.bytes()), made.expires_at)
    with served(where, clock) as address:
        yield where, made, code, address, clock


def line(address):
    return PairingLine(address, insecure=True)


def answer(made):
    return answer_to(made, new_key(key_name(made.origin_prefix, made.kiosk))).bytes()


def test_a_code_brings_the_pairing_file_and_takes_the_answer_back(laid):
    """Typed anew on the other machine; afterwards nobody gets anything by it."""
    where, made, code, address, _ = laid
    typed, road = typed_code(code.text().lower()), line(address)
    found = pairing_of(typed.opened(road.sealed(typed.ticket)))
    assert found.token == made.token
    assert typed.vouches_for(found.root_bytes)
    road.hand_back(typed.ticket, answer(found))
    (came,) = tickets.came(where.folder)
    assert answer_of(came.read_bytes()).kiosk == "lingdong"
    for again in (lambda: road.sealed(typed.ticket), lambda: road.hand_back(typed.ticket, answer(found))):
        with pytest.raises(PairingCodeGone):
            again()
    road.close()


def test_a_code_is_handed_out_three_times_at_most_and_ends_with_its_term(laid):
    """A line that breaks spoils no code; a code that lies about opens nothing."""
    _, _, code, address, clock = laid
    clock.now += timedelta(days=14, seconds=1)
    assert asked(f"{address}/pair/{code.ticket}").status == 404
    clock.now = NOW
    found = [asked(f"{address}/pair/{code.ticket}") for _ in range(4)]
    assert [one.status for one in found] == [200, 200, 200, 404]
    assert found[0].headers["Cache-Control"] == "no-store"


def test_tickets_cannot_be_tried_out(laid):
    """Twenty different ones in an hour; a kiosk asks for one, as often as it likes."""
    _, _, code, address, _ = laid
    assert [asked(f"{address}/pair/{number:032x}").status for number in range(20)] == [404] * 20
    assert asked(f"{address}/pair/{code.ticket}").status == 429
    with pytest.raises(PairingTriedTooOften):
        line(address).sealed(code.ticket)


def test_nobody_else_answers_for_a_kiosk(laid):
    """Not junk, not who never opened the pairing file; and the ticket is still there for who has the code."""
    where, made, code, address, _ = laid
    stranger = pairing(where, "other", "330590100202")
    untold, renamed = (msgspec.structs.replace(made, **one) for one in ({"token": "x"}, {"kiosk": "other"}))
    strangers = [(answer(one), 404) for one in (stranger, untold, renamed)]
    for body, status in ((b"{}", 400), (b"", 400), *strangers, (b"x" * 20_000, 413)):
        assert asked(f"{address}/pair/{code.ticket}", method="POST", body=body).status == status
    assert tickets.came(where.folder) == []
    assert asked(f"{address}/pair/{code.ticket}", method="POST", body=answer(made)).status == 204


def test_what_lies_at_the_server_is_sealed_and_its_owners(laid):
    """Neither the token nor the village stands in it; a new pairing file for the kiosk takes it away."""
    where, made, code, address, _ = laid
    path = where.folder / "pairings" / f"{code.ticket}.json"
    raw = path.read_bytes() + asked(f"{address}/pair/{code.ticket}").data
    assert made.token.encode() not in raw
    assert VILLAGE.encode() not in raw
    assert path.stat().st_mode & 0o077 == path.parent.stat().st_mode & 0o077 == 0
    pairing(where, "lingdong", VILLAGE)
    assert asked(f"{address}/pair/{code.ticket}").status == 404
    with pytest.raises(SealBroken):
        new_code(made.root_bytes).opened(code.sealed(b"x"))


def test_plain_http_asks_for_a_persons_word(laid):
    """Every later pull would show the token to whoever listens."""
    with pytest.raises(PairingInTheOpen):
        PairingLine(laid[3])
