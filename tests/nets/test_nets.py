"""A change of meaning is noticed: a sample of the nets is made again and has the digests that were kept."""

import json

import pytest

from tests.nets.__main__ import differences
from tests.nets.groups import DIGESTS, Given, digest_of, groups, remade

pytestmark = pytest.mark.thorough

KNOWN = json.loads(DIGESTS.read_text("utf-8"))
SAMPLE = ("archive-0", "land-00", "land-demo", "land-orders", "readings-00", "readings-01")


@pytest.mark.parametrize("name", SAMPLE)
def test_the_system_means_what_it_meant(name):
    """Rows, findings, reports, orders and tables are those of the digests; `make nets` compares all of them."""
    assert digest_of(remade(Given(), name)) == KNOWN[name]


def test_every_group_has_its_digest():
    """No group is made that is not compared, and none is compared that is not made."""
    assert KNOWN.keys() == groups(Given()).keys()


def test_the_order_of_findings_is_no_difference_and_a_finding_is():
    """A comparison shows the finding that came or went, by its name, and nothing of what stayed."""
    old = [{"name": "a", "findings": [["error", "X", 1], ["note", "Y", 2]], "total": 5}]
    new = [{"name": "a", "findings": [["note", "Y", 2]], "total": 5}]
    assert list(differences(old, old)) == []
    assert list(differences(old, new)) == ['a\n    - findings: ["error", "X", 1]']
    assert list(differences(old, [])) == ["a: gone"]
