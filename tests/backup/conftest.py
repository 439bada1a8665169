"""A county that was backed up last night."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from sync.county.backup.backup import backup
from tests.backup.restored import WORDS
from tests.line.beating import beating
from tests.line.county_sim import NOW, OTHER, copied, county, published, row


@pytest.fixture(scope="module")
def grown(tmp_path_factory):
    """A county with two lists, accounts and a heartbeat key."""
    where = beating(county(tmp_path_factory.mktemp("grown") / "county"))
    published(where, [*(row(n) for n in range(5)), row(6, village=OTHER)])
    with closing(sqlite3.connect(where.folder / "people.sqlite3")) as db:
        db.execute("CREATE TABLE account (login TEXT)")
        db.execute("INSERT INTO account VALUES ('wang')")
        db.commit()
    return where


@pytest.fixture
def own(grown, tmp_path):
    return copied(grown, tmp_path / "county")


@pytest.fixture
def old(own, tmp_path):
    """Last night's backup."""
    return backup(own, tmp_path / "disk", WORDS, NOW).path
