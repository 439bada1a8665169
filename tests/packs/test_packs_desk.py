"""A pack at the county's desk, and on a reviewer's own machine: the same difference, the same two persons."""

import re

import msgspec
import pytest

from sync.county.carried import CarriedOtherwise, carried, received
from sync.county.packs import acts
from sync.county.packs.proposing import propose_pack
from sync.county.publish import proposals, publisher
from sync.county.publish.proposals import stands
from sync.pack import pack_of
from sync.trust.repository import Repository
from tests.desk.desk_house import NOW, desk
from tests.line.county_sim import batch, copied, county, published, reading, row

pytestmark = pytest.mark.thorough


def proposed(where):
    """The pack editor's: a longer term, a sensitive programme that is none any more."""
    where = msgspec.structs.replace(where, acting="chen")
    for act in (
        acts.programme("farmland_fertility", {"windows.wall_days": "10"}),
        acts.programme("disability_living", {"sensitive": "否"}),
        acts.head("version", "2026-1"),
    ):
        acts.edited(where.folder / "pack", act)
    return propose_pack(where, NOW)


def test_a_pack_is_reviewed_and_published_at_the_desk(tmp_path):
    """The reviewer reads what needs care first, then every difference; both sign, and lists go by the new pack."""
    with desk(tmp_path / "county") as house:
        published(house.county, [row(1)])
        made = proposed(house.county)
        where = f"/proposals/{made.id}"
        assert "县级资料包" in house.reviewer.get("/").text
        page = house.reviewer.get(where).text
        cares, told = page.index("不再是只公布姓名和金额"), page.index("发放名单的公示期（天）：7 → 10")
        assert cares < told
        assert '<p class="note late">请注意：' in page
        assert "0 个村" not in page
        house.reviewer.post(f"{where}/accept")
        house.clerk.get(where)
        house.clerk.post(f"{where}/publish")
        assert pack_of(Repository(house.county.feed).target("pack")).version == "2026-1"
        assert "已发布" in house.clerk.get(where).text


def test_a_list_of_an_older_pack_is_shown_to_be_taken_back(tmp_path):
    """Its village has left the pack: its page says so, draws no list, and still lets it be sent back."""
    with desk(tmp_path / "county") as house:
        listed = publisher.propose(house.county, reading([row(1)]), batch(), NOW)
        acts.edited(house.county.folder / "pack", acts.no_village("岭东村"))
        made = proposed(house.county)
        publisher.review(house.county, made.id, NOW)
        publisher.publish(house.county, made.id, NOW)
        page = house.reviewer.get(f"/proposals/{listed.id}")
        assert page.status == 200
        assert "撤销了岭东村" in page.text
        assert "county cancel" not in page.text
        house.reviewer.post(f"/proposals/{listed.id}/return", reason="村已撤销")
        assert not any(one.id == listed.id for one in proposals.proposals(house.county))


@pytest.fixture
def own(tmp_path):
    return county(tmp_path / "county")


def test_a_pack_is_reviewed_on_an_own_machine(own, tmp_path):
    """It goes out as one file and its signature comes back; another pack's signature is not taken."""
    made = proposed(own)
    elsewhere, other = copied(own, tmp_path / "own"), copied(own, tmp_path / "other")
    for folder in (elsewhere.proposals, other.proposals):
        (folder / made.id).rename(tmp_path / f"gone-{folder.parent.name}")
    received(elsewhere, carried(own, made.id), NOW)
    publisher.review(elsewhere, made.id, NOW)
    forged = re.sub(rb'"reviewed/pack":"[^"]+"', b'"reviewed/pack":"e30="', carried(elsewhere, made.id))
    with pytest.raises(CarriedOtherwise):
        received(own, forged, NOW)
    assert stands(own, made) == "proposed"
    received(own, carried(elsewhere, made.id), NOW)
    assert stands(own, made) == "reviewed"
    publisher.publish(own, made.id, NOW)
    assert pack_of(Repository(own.feed).target("pack")).version == "2026-1"
