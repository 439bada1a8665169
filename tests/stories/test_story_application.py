"""An application list and its payment: one after the other, and never said to be unpaid beside each other."""

import asyncio
import re
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from types import SimpleNamespace

import msgspec
import pytest

from boards.model.payouts import Phase
from kiosk_server.archive.archive import Archive
from kiosk_server.archive.board import Board
from kiosk_server.settings import Feed, Settings, Web
from kiosk_server.web import app
from kiosk_server.web.logbook import Logbook
from sync.county.publish import proposals, publisher
from sync.county.publish.changes import withdraw_list
from sync.county.publish.published.holds import ApplicationStillPosted
from tests import village
from tests.line.county_sim import NOW, OTHER, VILLAGE, batch, copied, county, reading, row
from tests.stories.office import Office
from tests.web.conftest import served

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    return county(tmp_path_factory.mktemp("application") / "county")


@pytest.fixture
def own(empty, tmp_path):
    return copied(empty, tmp_path / "county")


APPLIED = reading([row(1, amount_fen=0)], source_sha256="1" * 64)
PAID = reading([row(1), row(2, village=OTHER)])


def applied(own, period="2025-01", now=NOW, **values):
    """An application list that everybody can read since that moment."""
    toml = batch(period, phase='"application"', paid_on=None, **values)
    made = publisher.propose(own, APPLIED, toml, now)
    publisher.review(own, made.id, now)
    publisher.publish(own, made.id, now)
    return made


def noon(day):
    return datetime(2025, 11, day, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("programme", "values", "last"),
    [
        ("farmland_fertility", {}, date(2025, 11, 30)),  # seven days, that of publication not counted
        ("machinery", {}, date(2025, 11, 28)),  # five working days
        ("forest_eco", {}, date(2025, 11, 30)),  # the day of posting is never counted (settled §36)
        (
            "farmland_fertility",
            {"planned_until": "2025-12-03"},
            date(2025, 12, 3),
        ),  # what was planned, if later
        ("farmland_fertility", {"planned_until": "2025-11-24"}, date(2025, 11, 30)),
    ],
)
def test_a_payment_waits_until_the_day_after_the_term(own, programme, values, last):
    """Of the same village, programme and period; the refusal names the day, and the next day lets it through."""
    applied(own, programme=f'"{programme}"', **values)
    toml = batch("第1期", programme=f'"{programme}"')
    for day in (NOW, NOW.replace(month=last.month, day=last.day)):
        with pytest.raises(ApplicationStillPosted, match=f"岭东村 .*到 {last}"):
            publisher.propose(own, PAID, toml, day)
    publisher.propose(own, PAID, toml, NOW.replace(month=last.month, day=last.day) + timedelta(days=1))


@pytest.mark.parametrize(
    "other",
    [
        {"period": "2"},
        {"programme": '"rice"'},
        {"period": "1", "fiscal_year": 2024},
        {"villages": f'["{OTHER}"]'},
    ],
)
def test_another_payment_is_not_held(own, other):
    """Another period, programme, year or village has nothing to wait for."""
    applied(own)
    toml = batch(**({"paid_on": "2025-11-01"} | other))
    confirmed = ({"code": "R10", "reason": "上年结转"},)
    publisher.propose(
        own, PAID, msgspec.convert(msgspec.to_builtins(toml) | {"confirmed": confirmed}, type(toml)), NOW
    )


def test_a_list_that_came_in_between_holds_the_payment_too(own):
    """Proposed and signed before the application list was published, the payment is not published before its term is over."""
    made = publisher.propose(own, PAID, batch(), NOW)
    applied(own)
    publisher.review(own, made.id, NOW)
    with pytest.raises(ApplicationStillPosted):
        publisher.publish(own, made.id, noon(30))
    assert own.log(OTHER).note() == b""
    assert len(publisher.publish(own, made.id, noon(30) + timedelta(days=1)).written) == 2


def test_a_list_taken_down_holds_nothing(own):
    """A wrong application list is withdrawn, and the payment goes its way."""
    first = applied(own)
    made = withdraw_list(own, VILLAGE, first.batch, village.REASON, NOW)
    publisher.review(own, made.id, NOW)
    publisher.publish(own, made.id, NOW)
    publisher.propose(own, PAID, batch(), NOW)


def test_the_term_is_counted_from_the_publication(own):
    """Not from its proposal; one that broke off has not begun; where the proposal is gone, from the day it was made."""
    toml = batch(phase='"application"', paid_on=None)
    made = publisher.propose(own, APPLIED, toml, noon(10))
    publisher.review(own, made.id, noon(10))
    publisher.publish(own, made.id, noon(20))
    with pytest.raises(ApplicationStillPosted, match="2025-11-27"):
        publisher.propose(own, PAID, batch(), NOW)
    (own.proposals / made.id / "published").unlink()
    with pytest.raises(ApplicationStillPosted, match="2025-12-07"):
        publisher.propose(own, PAID, batch(), noon(30))
    (own.proposals / made.id / "proposal.json").unlink()
    publisher.propose(own, PAID, batch(), noon(18))


@pytest.mark.usefixtures("reads_here")
def test_the_command_names_the_day(own, tmp_path):
    """`county propose` of the payment on the day its application list was published: exit 2, and until when."""
    office = Office(own, tmp_path)
    office.described(phase='"application"')
    office.published()
    office.described("第一期", confirmed=["PUBLISHED_BEFORE"])
    last = (datetime.now(UTC) + timedelta(hours=8)).date() + timedelta(days=7)
    code, told = office.proposes()
    assert (code, "application-still-posted" in told, f"{last}" in told) == (2, True, True)
    assert len(proposals.proposals(own)) == 1


TERMS = village.terms(phase=Phase.APPLICATION, paid_on=None, period_no="1")


@pytest.mark.parametrize("paid", [False, True])
def test_nobody_is_called_unpaid_beside_a_payout(tmp_path, paid):
    """The household's page, the pages of the year and of the programme: before the payment and beside it."""
    house = village.County()
    house.batch("a1", village.payout(1, "林秋实", amount_fen=0, status="applied"), terms=TERMS)
    house.batch(
        "other",
        village.payout(2, "林二", amount_fen=0, status="applied"),
        terms=msgspec.structs.replace(TERMS, period_no="2"),
    )
    if paid:
        house.batch("b1", village.payout(1, "林秋实"))

    async def imported():
        async with Archive(tmp_path / "archive.sqlite3", village.PACK, minimum_free_mb=0) as archive:
            await archive.admit(village.CODE, house.stretch(), village.NOW)

    asyncio.run(imported())
    settings = Settings(
        villages=(village.CODE,),
        data_dir=str(tmp_path),
        public_base_url="https://gk.example.org",
        feed=Feed(folder="feed"),
        web=Web(lan_host="127.0.0.1"),
    )
    board = Board(tmp_path / "archive.sqlite3", village.PACK.mask)
    press = SimpleNamespace(can_speak=False, rare_folder=tmp_path)
    with pytest.MonkeyPatch.context() as world:
        world.setattr(app, "BUILT", village.NOW)
        parts = SimpleNamespace(
            settings=settings, pack=village.PACK, board=board, press=press, clock=lambda: village.NOW
        )
        with served(lambda port: app.web_app(parts, port, Logbook(StringIO(), lambda: village.NOW))) as site:
            pages = {
                path: re.sub(r"<[^>]+>", "", site.get(f"/v/{village.CODE}/{path}").body.decode())
                for path in ("households/1", "households/2", "programmes", "programmes/farmland_fertility")
            }
    assert ("申报了3.27亩，发放结果已公布。" in pages["households/1"]) is paid
    assert ("还没有发放" in pages["households/1"]) is not paid
    assert "申报了3.27亩，还没有发放。" in pages["households/2"]
    for path in ("programmes", "programmes/farmland_fertility"):
        assert ("申报公示（还没有发放）" in pages[path]) is not paid
        assert "申报公示" in pages[path]
