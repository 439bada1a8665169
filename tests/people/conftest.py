"""Rooms of people in which a hash costs nothing."""

import pytest

from kiosk_server.people import passwords
from tests.people.people_house import CHEAP, Watch, office


@pytest.fixture(autouse=True)
def cheap(monkeypatch):
    """Passwords are hashed with the least there is; the line itself is read from its parameters."""
    monkeypatch.setattr(passwords, "HASHER", CHEAP)


@pytest.fixture
def watch():
    return Watch()


@pytest.fixture
def people(tmp_path, watch):
    opened = office(tmp_path, watch)
    yield opened
    opened.close()
