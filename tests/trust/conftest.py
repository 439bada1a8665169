"""A county with its seats, on the day it was founded."""

from __future__ import annotations

import pytest

from tests.line.county_sim import NOW, county, published, row
from tests.trust.hall import Hall


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A county with its seats, its pack, and one list published."""
    where = county(tmp_path_factory.mktemp("ceremonies") / "county")
    published(where, [row(n) for n in range(3)])
    return where


@pytest.fixture
def clock(monkeypatch):
    """Everything happens on the day the county was founded, whenever the test runs."""
    monkeypatch.setattr("kiosk_server.cli.county.trust.clock", lambda: NOW)


@pytest.fixture
def hall(whole, tmp_path, clock):
    (tmp_path / "stick").mkdir()
    return Hall(whole, tmp_path)
