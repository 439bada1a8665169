"""Tokens: a kiosk fetches its own villages and no others, once the county gives any."""

import threading

import pytest
import urllib3
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from kiosk_server.cli import county_command as commands
from kiosk_server.county_office.feed import feed_app
from kiosk_server.serving.server import server
from kiosk_server.serving.sockets import listening
from sync.carriers.http import HttpSource
from sync.carriers.road import NotAdmitted
from sync.county.kiosks.passes import Pass, holder, passes
from tests.founding import as_typed
from tests.line.county_sim import NOW, OTHER, VILLAGE, MemoryShelf, caught_up, county, published, row

pytestmark = [pytest.mark.thorough, pytest.mark.anyio]
CHECKPOINT = f"/v/{VILLAGE}/checkpoint"


def typed(*words):
    """Run a command of the county; exit code and what was printed."""
    done = CliRunner().invoke(commands, as_typed(words))
    return done.exit_code, done.output


@pytest.fixture
def served(tmp_path):
    """A county and the address of its feed."""
    where = county(tmp_path / "county")
    published(where, [row(1)])
    door = listening("127.0.0.1", 0)
    serving = server(feed_app(where.feed))
    thread = threading.Thread(target=serving.run, kwargs={"sockets": [door]})
    thread.start()
    yield where, f"http://127.0.0.1:{door.getsockname()[1]}"
    serving.should_exit = True
    thread.join(5)
    door.close()


def given_to(where, name, *villages):
    """Give a token by the command; the token."""
    words = [word for one in villages for word in ("--village", one)]
    code, told = typed("pass", name, *words, "--folder", where.folder)
    assert code == 0, told
    return told.split('token = "')[1].split('"')[0]


async def test_a_token_opens_its_own_villages_only(served, tmp_path):
    """Without one 401, with another village's 403, with its own the whole log; taken back, 401 again."""
    where, address = served
    pool = urllib3.PoolManager(retries=False)
    assert pool.request("GET", address + CHECKPOINT).status == 200
    mine, theirs = given_to(where, "岭东村一体机", VILLAGE), given_to(where, "邻村一体机", OTHER)

    def answer(token):
        return pool.request("GET", address + CHECKPOINT, headers={"Authorization": f"Bearer {token}"})

    assert pool.request("GET", address + CHECKPOINT).headers["WWW-Authenticate"] == "Bearer"
    found = [answer(token) for token in ("", "x", theirs, mine)]
    assert [one.status for one in found] == [401, 401, 403, 200]
    assert [bool(one.data) for one in found] == [False, False, False, True]
    assert answer(mine).headers["Cache-Control"] == "private, no-cache"
    source = HttpSource(address, token=mine)
    assert (await caught_up(where, MemoryShelf(), tmp_path, source=source)).size == 2
    source.close()
    source = HttpSource(address, token=theirs)
    with pytest.raises(NotAdmitted, match="403"):
        await caught_up(where, MemoryShelf(), tmp_path / "b", source=source)
    source.close()
    assert typed("pass", "岭东村一体机", "--revoke", "--folder", where.folder)[0] == 0
    assert answer(mine).status == 401
    pool.clear()


def test_a_new_token_replaces_the_old(served):
    """Lost ones are given anew; only digests are kept, and the last one taken back opens nothing."""
    where, _ = served
    old, new = given_to(where, "甲", VILLAGE), given_to(where, "甲", VILLAGE, OTHER)
    known = passes(where.folder)
    held = holder(known, f"Bearer {new}", NOW)
    assert not any(
        holder(known, header, NOW) for header in (new, f"Basic {new}", f"Bearer {new[:-1]}", "Bearer ")
    )
    assert (holder(known, f"Bearer {old}", NOW), held.name, held.villages) == (None, "甲", (VILLAGE, OTHER))
    assert new not in (where.folder / "passes.json").read_text()
    assert typed("pass", "甲", "--revoke", "--folder", where.folder)[0] == 0
    assert holder(passes(where.folder), f"Bearer {new}", NOW) is None
    code, told = typed("pass", "甲", "--revoke", "--folder", where.folder)
    assert (code, "pass-not-found" in told) == (2, True)
    assert typed("pass", "甲", "--folder", where.folder)[0] == 2
    assert typed("pass", "甲", "--village", "没有村", "--folder", where.folder)[0] == 2


def test_damaged_passes_let_nobody_in(served):
    """A file nobody can read is no reason to open the door."""
    where, address = served
    (where.folder / "passes.json").write_text("[{}]")
    pool = urllib3.PoolManager(retries=False)
    assert pool.request("GET", address + CHECKPOINT).status == 500
    pool.clear()
    code, told = typed("serve", "--folder", where.folder, "--bind", "127.0.0.1:0")
    assert (code, "passes-unreadable" in told) == (2, True)


@given(st.text(max_size=30))
def test_no_other_header_is_a_token(header):
    """Whatever is sent: only the scheme and a known token together are let in."""
    known = (Pass(name="甲", sha256="0" * 64, villages=(VILLAGE,)),)
    assert holder(known, header, NOW) is None
