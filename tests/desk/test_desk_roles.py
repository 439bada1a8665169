"""Who may ask for what: a table over every address of the desk, for every role."""

import re
from urllib.parse import urlencode

import pytest

from kiosk_server.county_office.app import BY_ROLE, OPEN, OWN
from sync.county.publish import proposals
from tests.desk.desk_house import CLERK, PEOPLE, REVIEWER, Visitor, desk, draft_at, proposal_at
from tests.desk.test_desk_path import filled, warned

pytestmark = pytest.mark.thorough

FORM = "application/x-www-form-urlencoded"
EVERYBODY = {"admin", CLERK, REVIEWER, "zhao", "chen", "sun"}
LISTS = {CLERK, REVIEWER, "zhao", "chen"}
OPENS = {
    "GET /static/{name:str}": EVERYBODY,
    "GET /login": EVERYBODY,
    "POST /login": EVERYBODY,
    "GET /": EVERYBODY,
    "GET /account": EVERYBODY,
    "POST /account/password": EVERYBODY,
    "POST /account/code": EVERYBODY,
    "POST /account/code/first": EVERYBODY,
    "POST /account/sessions": EVERYBODY,
    "POST /logout": EVERYBODY,
    "GET /proposals/{proposal_id:str}": {CLERK, REVIEWER, "zhao"},
    "GET /proposals/{proposal_id:str}/villages/{village:str}": {REVIEWER, "zhao"},
    "GET /proposals/{proposal_id:str}/villages/{village:str}/sheet.pdf": {REVIEWER, "zhao"},
    "GET /proposals/{proposal_id:str}/files/{number:int}": set(),  # this list has no file: a page not found
    "GET /proposals/{proposal_id:str}/carried": {REVIEWER},
    "POST /proposals/{proposal_id:str}/carried": {REVIEWER},
    "POST /proposals/{proposal_id:str}/accept": {REVIEWER},
    "POST /proposals/{proposal_id:str}/return": {REVIEWER},
    "POST /proposals/{proposal_id:str}/cancel": {CLERK},
    "POST /proposals/{proposal_id:str}/publish": {CLERK},
    "POST /drafts": {CLERK},
    "POST /drafts/pick": {CLERK},
    "GET /drafts/{draft_id:str}": {CLERK, "zhao"},
    "GET /drafts/{draft_id:str}/{name:str}": {CLERK, "zhao"},
    "POST /drafts/{draft_id:str}": {CLERK},
    "POST /drafts/{draft_id:str}/discard": {CLERK},
    "GET /people": {"admin", "zhao"},
    "POST /people": {"admin"},
    "POST /people/{login:str}/{act:str}": {"admin"},
}
"""By address, whom it answers: admin administers, li hands in, wang reviews, zhao only reads, chen has the pack."""
UNSESSIONED = {"GET /static/{name:str}", "GET /login", "POST /login"}


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch, desk(tmp_path_factory.mktemp("roles") / "county") as made:
        del patch
        made.clerk.post(draft_at(made.clerk.upload("名册.xlsx", warned())), **filled())
        yield made


def addresses(app):
    """Every address the application answers, as METHOD /path."""
    for route in app.routes:
        for method in getattr(route, "methods", ()):
            if method not in {"OPTIONS", "HEAD"}:
                yield f"{method} {route.path}"


def test_every_address_has_its_row(house):
    """A new page is in the table, with whom it answers, or this fails."""
    from kiosk_server.county_office.app import desk_app  # noqa: PLC0415
    from kiosk_server.county_office.staff.doors import loopback  # noqa: PLC0415

    assert {*addresses(desk_app(house.desk, loopback(1)).app)} == {*OPENS}
    assert len(OPENS) == len({*OPEN, *OWN, *BY_ROLE})


def filled_in(house, address):
    """The path with what there is in this county, and a form that changes nothing."""
    shown = proposal_at(house.reviewer.get("/")).rpartition("/")[2]
    method, _, path = address.partition(" ")
    said = {
        "proposal_id": shown,
        "village": "330590100201",
        "number": "1",
        "draft_id": house.draft.rpartition("/")[2],
        "login": "nobody",
        "act": "lock",
        "name": "desk.css" if "static" in path else "report.html",
    }
    return method, re.sub(r"\{(\w+):\w+\}", lambda one: said[one[1]], path)


@pytest.mark.parametrize("login", sorted(EVERYBODY))
@pytest.mark.parametrize("address", sorted(OPENS))
def test_each_role_has_its_pages_and_no_others(house, address, login, waiting):
    """What is not somebody's to see or do is not there, whatever form he makes up; the list stays as it was."""
    method, path = filled_in(waiting, address)
    visitor = house.visitor(login)
    visitor.get("/account")
    body = urlencode({"csrf": visitor.token}).encode() if method == "POST" else b""
    headers = {"Origin": visitor.origin, "Content_Type": FORM} if body else {}
    got = visitor.ask(method, path, body, **headers)
    assert got.status != 500
    assert (got.status not in {403, 404}) == (login in OPENS[address]), (got.status, got.text[-400:])
    (made,) = proposals.proposals(house.county)
    assert proposals.stands(house.county, made) == "proposed"


@pytest.mark.parametrize("address", sorted({*OPENS} - UNSESSIONED))
def test_without_a_login_there_is_only_the_login(house, address, waiting):
    """Reading leads to the login page, acting is refused."""
    method, path = filled_in(waiting, address)
    stranger = Visitor(house.port)
    got = stranger.ask(
        method, path, b"x=1" if method == "POST" else b"", Origin=stranger.origin, Content_Type=FORM
    )
    assert got.status == (200 if method == "GET" else 403)
    assert "登录" in got.text
    assert "稻谷" not in got.text


@pytest.fixture
def waiting(house):
    """The house, and a roster of the clerk's that is not handed in."""
    draft = draft_at(house.clerk.upload("名册.xlsx", warned()))

    class Waiting:
        reviewer, clerk = house.reviewer, house.clerk

    Waiting.draft = draft
    yield Waiting
    house.clerk.post(f"{draft}/discard")


def test_nobody_is_left_out_of_the_table():
    """Each role of the county has somebody in it."""
    assert EVERYBODY | {"qian"} == {*PEOPLE}
