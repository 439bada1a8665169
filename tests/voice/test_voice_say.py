"""Read aloud over real HTTP: every page has its recording, a household's is kept nowhere."""

import re
from io import StringIO
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk_server.press.worker import Press
from kiosk_server.serving.conditional import asked_part
from kiosk_server.web.app import web_app
from kiosk_server.web.logbook import Logbook
from tests.village import CODE, PACK
from tests.voice.conftest import LIST, PEOPLE
from tests.voice.hearing import loud, seconds
from tests.web.test_web_pages import SETTINGS, Clock

pytestmark = pytest.mark.thorough

HOME = f"/v/{CODE}/say/home"


def household(place) -> str:
    return f"/v/{CODE}/say/households/{place.board.people(CODE, '单')[0].household}"


def files(folder):
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def test_every_page_has_its_recording(speaking):
    """Each page reached from home that shows 朗读 links to an mp3 that can be heard."""
    pages, heard = [f"/v/{CODE}/"], {}
    for page in pages:
        body = speaking.site.get(page).body.decode()
        found = re.search(r'class="say"[^>]* href="([^"]+)"', body)
        if found and found[1] not in heard:
            heard[found[1]] = speaking.site.get(found[1].replace("&amp;", "&"))
        further = set(re.findall(r'href="(/v/[^"#?]*)[#"]', body)) - set(pages)
        pages += sorted(address for address in further if "/say/" not in address)
    kinds = {address.split("/say/")[1].split("/")[0].split("?")[0] for address in heard}
    assert kinds == {"home", "programmes", "payouts", "households", "find", "year", "help"}
    for address, got in heard.items():
        assert (got.status, got.headers["content-type"]) == (200, "audio/mpeg"), address
        assert got.headers["accept-ranges"] == "bytes"
        assert len(got.body) > 12_000  # three seconds
    assert loud(heard[HOME].body) > 0.2


def test_a_scanned_sheet_can_be_heard(speaking):
    """The page behind the QR has the recording of its list."""
    code = speaking.board.sheet(CODE, LIST).code
    assert f'href="/v/{CODE}/say/payouts/{LIST}"' in speaking.site.get(f"/N/{code}").body.decode()


def test_the_people_of_a_surname_are_not_read_out(speaking):
    """A page with a list of names has no recording."""
    assert 'class="say"' not in speaking.site.get(f"/v/{CODE}/find/%E5%8D%95").body.decode()
    assert speaking.site.get(f"/v/{CODE}/say/find/%E5%8D%95").status == 404


def test_a_household_s_speech_is_kept_nowhere(speaking):
    """Personal audio is no-store, no file of the data folder has changed, and no log line names anybody."""
    address = household(speaking)
    speaking.site.get(HOME)  # the press is awake
    before = files(speaking.folder)
    got = speaking.site.get(address)
    assert got.headers["cache-control"] == "no-store"
    assert "etag" not in got.headers
    assert seconds(got.body) > 5
    assert files(speaking.folder) == before
    kept = b"".join(path.read_bytes() for path in before)
    assert got.body[1000:1200] not in kept
    lines = speaking.log.getvalue()
    assert address.rpartition("/")[2] not in re.findall(r"households/(\w+)", lines)
    assert not any(name in lines for name in PEOPLE)


def test_public_speech_stays_out_of_the_page_cache(speaking):
    """A recording is asked for again each time, and the press has it kept."""
    first, second = speaking.site.get(HOME), speaking.site.get(HOME)
    assert first.body == second.body
    assert first.headers["cache-control"] == "private, no-cache"
    assert any(path.read_bytes() == first.body for path in speaking.folder.glob("press/speech/*.mp3"))


def test_players_may_ask_for_parts(speaking):
    """A phone's player asks for two bytes, then for the rest, and puts the whole together."""
    whole = speaking.site.get(HOME).body
    two = speaking.site.get(HOME, range="bytes=0-1")
    rest = speaking.site.get(HOME, range="bytes=2-")
    assert (two.status, rest.status) == (206, 206)
    assert two.headers["content-range"] == f"bytes 0-1/{len(whole)}"
    assert rest.headers["content-range"] == f"bytes 2-{len(whole) - 1}/{len(whole)}"
    assert two.body + rest.body == whole
    assert speaking.site.get(HOME, range="bytes=-5").body == whole[-5:]
    beyond = speaking.site.get(HOME, range=f"bytes={len(whole)}-")
    assert (beyond.status, beyond.headers["content-range"]) == (416, f"bytes */{len(whole)}")
    assert speaking.site.get(HOME, range="bytes=0-1,4-5").status == 200
    head = speaking.site.get(HOME, method="HEAD")
    assert (head.headers["content-length"], head.body) == (str(len(whole)), b"")


@given(st.integers(0, 500), st.integers(0, 600), st.integers(0, 600))
def test_a_part_lies_inside_the_whole(length, first, last):
    """Whatever is asked for, what is sent are bytes of the recording, in order."""
    whole = bytes(place % 251 for place in range(length))
    part = asked_part(f"bytes={first}-{last}", length)
    assert part is None if last < first else whole[part] == whole[first : last + 1]
    assert whole[asked_part(f"bytes={first}-", length)] == whole[first:]
    assert whole[asked_part(f"bytes=-{last}", length)] == (whole[-last:] if last else b"")


@pytest.mark.parametrize("header", ["", "bytes=-", "lines=1-2", "bytes=a-b", "bytes=1-2,3-4", "bytes=5-1"])
def test_other_ranges_get_the_whole(header):
    """What is not one range of bytes is answered with everything."""
    assert asked_part(header, 10) is None


def test_the_words_can_be_read(speaking):
    """Whoever records a voice pack gets the words of a public page, never a household's."""
    got = speaking.site.get(f"/v/{CODE}/say/payouts/{LIST}.txt")
    assert got.headers["content-type"].startswith("text/plain")
    assert "发放公示表，三户，共" in got.body.decode()
    assert speaking.site.get(f"{household(speaking)}.txt").status == 404
    assert "怎么用" in speaking.site.get(f"/v/{CODE}/say/help.txt").body.decode()


@pytest.mark.parametrize(
    "rest",
    ["nothing", "nothing/at", "payouts/none", "programmes/none", "households/9999", "households/x", "year/1"],
)
def test_nothing_is_said_of_what_is_not_there(speaking, rest):
    """An address that leads nowhere is 404 for the ear as for the eye."""
    assert speaking.site.get(f"/v/{CODE}/say/{rest}").status == 404
    assert speaking.site.get(f"/v/330590999999/say/{rest}").status == 404


def test_without_a_voice_there_is_no_button(speaking, serve, tmp_path, monkeypatch):
    """Where nothing can be heard no page shows 朗读, and the address says what to do."""
    monkeypatch.setenv("PATH", str(tmp_path))
    press, clock = Press(tmp_path / "press", None, ""), Clock()
    monkeypatch.undo()
    parts = SimpleNamespace(settings=SETTINGS, pack=PACK, board=speaking.board, press=press, clock=clock)
    site = serve(lambda port: web_app(parts, port, Logbook(StringIO(), clock)))
    assert "朗读" not in site.get(f"/v/{CODE}/help").body.decode()
    got = site.get(HOME)
    assert got.status == 503
    assert "请看屏幕" in got.body.decode()


def test_the_key_is_a_plain_link(speaking):
    """Without script a phone opens the recording itself; the board shows a player in its place."""
    phone = speaking.site.get(f"/v/{CODE}/", lan=True).body.decode()
    board = speaking.site.get(f"/v/{CODE}/").body.decode()
    assert f'href="{HOME}"' in phone
    assert "<noscript>" not in phone
    assert f'<noscript><audio controls preload="none" src="{HOME}"></audio></noscript>' in board
