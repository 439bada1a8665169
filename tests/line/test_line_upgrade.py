"""A county's folder of the last release goes on as today's, by one command that may be stopped anywhere."""

import os
import shutil
from contextlib import suppress
from datetime import timedelta

import pytest
from click.testing import CliRunner

from kiosk_server.cli import county_command
from sync.county.county import CountyOfOld, open_county
from sync.county.kiosks.passes import issued, passes
from sync.county.publish import publisher
from sync.county.publish.parts import looked_at
from sync.county.upgrading import Holder, Stick, upgrade
from sync.log.keys import KeyUnreadable, read_key
from tests.line import old_county
from tests.line.county_sim import NOW, OTHER, VILLAGE, batch, published, reading, row

pytestmark = pytest.mark.thorough

LI, WANG, ROOTS = "li keeps this to herself", "wang keeps this to himself", "three of us keep one each"


@pytest.fixture(scope="module")
def of_old(tmp_path_factory):
    """One list published, one reviewed, one that waits; a token, what a clerk said of columns."""
    where = old_county.founded(tmp_path_factory.mktemp("old") / "county")
    published(where, [row(1), row(2)])
    reviewed = publisher.propose(where, reading([row(3)]), batch("2"), NOW)
    publisher.review(where, reviewed.id, NOW)
    waiting = publisher.propose(where, reading([row(4, village=OTHER)]), batch("3"), NOW)
    issued(where.folder, "岭东村一体机", (VILLAGE,))
    (where.folder / "layouts.json").write_text("{}")
    return old_county.put_back(where), reviewed.id, waiting.id


@pytest.fixture
def place(of_old, tmp_path):
    shutil.copytree(of_old[0], tmp_path / "county")
    for name, secret in (("li", LI), ("wang", WANG), ("roots", ROOTS)):
        (tmp_path / name).write_text(f"{secret}\n")
    return tmp_path


def typed(*words):
    done = CliRunner().invoke(county_command, [*map(str, words)])
    return done.exit_code, done.output


def upgraded(place, **others):
    said = {"publisher": "li", "reviewer": "wang", "site": "https://gongkai.example"} | others
    words = [word for name, value in said.items() for word in (f"--{name}", value)]
    for number in (1, 2, 3):
        words += ["--root", place / f"stick{number}" / "root.key"]
    for option, name in (("publisher", "li"), ("reviewer", "wang"), ("root", "roots")):
        words += [f"--{option}-passphrase", place / name]
    return typed("upgrade", "--folder", place / "county", *words)


def logs(folder):
    return {
        path.relative_to(folder): path.read_bytes()
        for path in (folder / "feed" / "v").rglob("*")
        if path.is_file()
    }


def test_a_folder_of_the_last_release_goes_on(place, of_old):
    """Logs stay to the byte; what was reviewed is published, what waits is reviewed, by the two persons' own keys."""
    folder, (_, reviewed, waiting) = place / "county", of_old
    before, token = logs(folder), passes(folder)
    with pytest.raises(CountyOfOld):
        open_county(folder)
    assert "county upgrade" in typed("status", "--folder", folder)[1]
    code, told = upgraded(place)
    assert code == 0, told
    assert (logs(folder), passes(folder), (folder / "layouts.json").read_text()) == (before, token, "{}")
    county = open_county(folder)
    assert (county.settings.site, county.settings.format) == ("https://gongkai.example", "county/2")
    assert county.trust().verified(VILLAGE, county.log(VILLAGE).note()).size
    li, wang = (
        ("--folder", folder, "--as", name, "--passphrase-file", place / name) for name in ("li", "wang")
    )
    assert typed("publish", reviewed, *li)[0] == 0
    shown = looked_at(county, waiting)
    assert typed("review", "--accept", waiting, "--shown", shown, *wang)[0] == 0
    assert typed("publish", waiting, *li)[0] == 0
    assert {path.name for path in (folder / "keys").rglob("*") if path.is_file()} == {
        *("li.key", "wang.key", "household.key", "online.key", "heartbeat.key"),
    }
    assert "2 个村的检查点已签心跳" in typed("heartbeat", "--folder", folder)[1]
    for name in ("li", "wang"):
        with pytest.raises(KeyUnreadable):
            read_key("x", folder / "keys" / "seats" / f"{name}.key")
    code, told = upgraded(place)
    assert (code, "早已升级" in told) == (0, True)


def test_an_open_key_is_written_over_before_it_goes(place):
    """Whoever finds its place on the disk again, or another name of the file, finds no key."""
    names = ("publisher", "reviewer")
    for name in names:
        os.link(place / "county" / "keys" / f"{name}.pem", place / f"{name}.again")
    assert upgraded(place)[0] == 0
    for name in names:
        assert not any((place / f"{name}.again").read_bytes())


def test_nothing_is_begun_that_cannot_end(place):
    """A pack that was changed, one person twice, roots in one place or here: refused, and the folder is as it was."""
    before = {path: path.read_bytes() for path in (place / "county").rglob("*") if path.is_file()}
    assert "必须是两个人" in upgraded(place, reviewer="li")[1]
    assert "以小写字母开头" in upgraded(place, publisher="李")[1]
    assert "https://" in upgraded(place, site="http://gongkai.example")[1]
    words = ("upgrade", "--folder", place / "county", "--publisher", "li", "--reviewer", "wang")
    words += ("--site", "https://gongkai.example")
    for roots in (("a", "a", "b"), ("a", "b"), ("county/a", "b", "c")):
        told = typed(*words, *(word for one in roots for word in ("--root", place / one)))[1]
        assert "--root" in told
    assert before == {path: path.read_bytes() for path in (place / "county").rglob("*") if path.is_file()}
    (place / "county" / "pack" / "pack.toml").write_text("half")
    assert "pack-not-pinned" in upgraded(place)[1]
    assert (place / "county" / "keys" / "publisher.pem").exists()


def test_one_that_was_begun_ends_with_the_same_persons(place, monkeypatch):
    """Stopped after the statement was signed: other names are refused, those of before end it."""

    def dies(*_):
        raise Killed

    with monkeypatch.context() as world:
        world.setattr("sync.county.upgrading.first_pack", dies)
        with suppress(Killed):
            upgraded(place)
    (place / "zhao").write_text(LI)
    assert "请写和上次相同的人" in upgraded(place, publisher="zhao")[1]
    assert upgraded(place)[0] == 0
    assert {one.person for one in open_county(place / "county").said.seats} == {"li", "wang"}


class Killed(BaseException):
    """What a power cut is to a program."""


@pytest.mark.parametrize("after", range(0, 72, 6))
def test_stopped_anywhere_it_goes_on(place, monkeypatch, after):
    """Before any byte is safe on the disk the power may go: the same again ends well, and no open key is left."""
    folder, left = place / "county", [after]
    holders = [
        Holder(
            person=person,
            office=office,
            old=folder / "keys" / f"{office}.pem",
            new=folder / "keys" / "seats" / f"{person}.key",
            passphrase=secret,
        )
        for person, office, secret in (("li", "publisher", LI), ("wang", "reviewer", WANG))
    ]
    sticks = [Stick(path=place / f"stick{n}" / "root.key", passphrase=ROOTS) for n in (1, 2, 3)]
    safe = os.fsync

    def dying(handle):
        if not left[0]:
            raise Killed
        left[0] -= 1
        safe(handle)

    with monkeypatch.context() as world, suppress(Killed):
        world.setattr(os, "fsync", dying)
        upgrade(folder, holders, sticks, "", NOW)
    upgrade(folder, holders, sticks, "", NOW + timedelta(days=1))
    county = open_county(folder)
    assert county.pack.villages
    assert [*(folder / "keys").glob("*.p*")] == []
    assert county.trust().verified(VILLAGE, county.log(VILLAGE).note()).size
