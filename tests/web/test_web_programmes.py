"""Every programme of the county over real HTTP: how it stands on a day, and its name in English."""

import asyncio
import html
import re
from datetime import date

import pytest
from msgspec.structs import replace

from tests.village import CODE, PACK
from tests.web.test_web_front_page import FIRST, LATER, first_pull, later_pull, noon, opened

pytestmark = pytest.mark.thorough

ALL = f"/v/{CODE}/programmes"
DAYS = {"farmland_fertility": ("11-01", "11-30"), "disability_living": ("2026-12-01", "2026-12-31")}
NAMES = {"farmland_fertility": "Farmland fertility subsidy"}


def told_of(one):
    first, last = DAYS.get(one.code, ("", ""))
    return replace(one, apply_from=first, apply_to=last, name_en=NAMES.get(one.code, ""))


OURS = replace(PACK, programmes=tuple(map(told_of, PACK.programmes)))


@pytest.fixture(scope="module")
def place(tmp_path_factory, serve):
    pulls = (FIRST, first_pull), (LATER, later_pull)
    place = opened(tmp_path_factory.mktemp("programmes"), serve, *pulls, pack=OURS)
    yield place
    place.board.close()


def page(place, day: str, path: str = ALL, **more) -> str:
    place.now[0] = noon(date.fromisoformat(day))
    asyncio.run(asyncio.sleep(0.03))
    got = place.site.get(path, **more)
    assert got.status == 200
    return html.unescape(got.body.decode()).replace("<wbr>", "")


def states(place, day: str) -> dict[str, str]:
    """By programme what its row says."""
    rows = re.findall(rf'href="{ALL}/(\w+)"(.*?)</a>', page(place, day), re.DOTALL)
    return {code: re.sub("<[^>]+>", " ", told) for code, told in rows}


def test_every_programme_of_the_pack_is_one_touch_from_its_guide(place):
    """Those without a list here too: each has its row, and behind it who gets how much and how to apply."""
    assert set(states(place, "2026-11-09")) == {one.code for one in OURS.programmes}
    for one in OURS.programmes:
        told = page(place, "2026-11-09", f"{ALL}/{one.code}")
        assert "谁可以领" in told
        assert one.guide.standard in told


@pytest.mark.parametrize(
    ("day", "programme", "until"),
    [
        ("2026-10-31", "farmland_fertility", ""),
        ("2026-11-01", "farmland_fertility", "到11月30日"),
        ("2026-11-30", "farmland_fertility", "到11月30日"),
        ("2026-12-01", "farmland_fertility", ""),
        ("2026-11-30", "disability_living", ""),
        ("2026-12-01", "disability_living", "到12月31日"),
        ("2027-01-01", "disability_living", ""),
    ],
)
def test_the_state_is_of_the_day(place, day, programme, until):
    """A page kept the evening before says nothing about today: the state changes at midnight, and back."""
    states(place, "2026-11-20")
    for told in (states(place, day)[programme], page(place, day, f"{ALL}/{programme}")):
        assert ("现在可以申报" in told) is bool(until)
        assert until in told


def test_english_pages_say_the_english_name(place):
    """With the language cookie the county's own English name stands everywhere here; in Chinese nobody sees it."""
    for path in (f"/v/{CODE}/", ALL, f"{ALL}/farmland_fertility"):
        assert "Farmland fertility subsidy" in page(place, "2026-11-09", path, cookie="language=en")
        assert "Farmland" not in page(place, "2026-11-09", path)
