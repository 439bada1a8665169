"""A machine learns of keys, pack and register as the root and the two seats signed them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sync.carriers.folder import FolderSource
from sync.trust.client import TrustExpired, TrustRefused, learn
from sync.trust.seats import OneSignatureOnly
from tests.trust.trust_house import NOW, House, pack_in

pytestmark = pytest.mark.anyio
NOTHING_ODD = lambda name, data: None  # noqa: E731


async def learned(house, store, tmp_path, now=NOW, sound=NOTHING_ODD):
    return await learn(FolderSource(house.repository.folder.parent), store, now, tmp_path, sound)


async def test_a_paired_machine_learns_who_signs_and_takes_the_pack(tmp_path):
    """From the root alone to statement and pack; a second time nothing changes."""
    house = House(tmp_path / "feed")
    house.publish("pack", b'{"first":1}', house.li, house.wang)
    store = house.paired()
    first = await learned(house, store, tmp_path)
    assert (first.said, first.refusals, pack_in(first.files)) == (house.said, (), b'{"first":1}')
    assert (await learned(house, store, tmp_path)).files == first.files == store.files


async def test_what_one_seat_signed_is_not_published(tmp_path):
    """A pack without the reviewer's signature goes nowhere."""
    house = House(tmp_path / "feed")
    with pytest.raises(OneSignatureOnly):
        house.publish("pack", b"{}", house.li)


async def test_terms_that_ran_out_shut_nothing(tmp_path):
    """A year after the last timestamp the machine still trusts whom it trusted, and says so."""
    house = House(tmp_path / "feed")
    store = house.paired()
    await learned(house, store, tmp_path)
    late = await learned(house, store, tmp_path, NOW + timedelta(days=366))
    assert late.said == house.said
    assert [type(one) for one in late.refusals] == [TrustExpired]


async def test_a_bent_file_is_refused_and_the_old_one_stays(tmp_path):
    """One byte of the timestamp changed: the machine goes on with what it had."""
    house = House(tmp_path / "feed")
    store = house.paired()
    await learned(house, store, tmp_path)
    before, path = dict(store.files), house.repository.folder / "metadata" / "timestamp.json"
    path.write_bytes(path.read_bytes().replace(b'"version":1', b'"version":9'))
    assert [type(one) for one in (await learned(house, store, tmp_path)).refusals] == [TrustRefused]
    assert store.files == before
