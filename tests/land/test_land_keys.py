"""Fields of a case file that nobody knows: refused by name, at any depth, with the one that was meant."""

import copy
import json

import pytest
from click.testing import CliRunner
from msgspec import inspect

from kiosk_server.cli import county_command as county
from sync.county.land.case_file import CaseFile
from sync.county.land.case_json import CaseKeysUnknown, CaseUnreadable, read_case
from tests.land.test_land_check import sound_case

PLAIN = {"hearing": {}, "agreements": {}, "stages": [{"areas": [{}], "compensation": [{}]}]}
"""The least case whose objects and lists are all there."""


def places(kind, way=()):
    """Every field of a case file with the way to it, a list's by its first item."""
    if isinstance(kind, inspect.StructType):
        for field in kind.fields:
            yield (*way, field.encode_name)
            yield from places(field.type, (*way, field.encode_name))
    for inner in kind.types if isinstance(kind, inspect.UnionType) else ():
        yield from places(inner, way)
    if isinstance(kind, inspect.Metadata):
        yield from places(kind.type, way)
    if isinstance(kind, inspect.VarTupleType):
        yield from places(kind.item_type, (*way, 0))


PLACES = sorted(set(places(inspect.type_info(CaseFile))), key=str)


def with_key(way, key):
    """The least case with one more key in the object that a way leads into."""
    case = copy.deepcopy(PLAIN)
    place = case
    for step in way:
        place = place.setdefault(step, {}) if isinstance(place, dict) else place[step]
    place[key] = None
    return json.dumps(case).encode()


def slips(key):
    """Slips of the pen: a letter twice, a letter lost, two exchanged, capitals, a blank."""
    yield from (f"{key}{key[-1]}", f"{key} ", key.upper())
    if len(key) > 4:
        middle = len(key) // 2
        yield key[:middle] + key[middle + 1 :]
        yield key[: middle - 1] + key[middle] + key[middle - 1] + key[middle + 1 :]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: " ".join(map(str, place)))
def test_a_slip_in_any_field_is_refused_with_the_field_that_was_meant(place):
    """At every depth a mistyped field is named with its place and the known one it is most like."""
    *way, key = place
    known = {one[-1] for one in PLACES if list(one[:-1]) == way}
    for slip in set(slips(key)) - known:
        with pytest.raises(CaseKeysUnknown) as caught:
            read_case(with_key(way, slip))
        assert f"{slip}（是不是 {key}？）" in caught.value.told()[0]
    if key != "stages":
        assert read_case(with_key(way, key)).case.stages


@pytest.mark.parametrize(
    ("place", "key", "told"),
    [
        (("stages", 0), "phone", "stages 第1项 phone（是不是 registration.phone？）"),
        ((), "doc_no", "doc_no（是不是 stages.doc_no？）"),
        (("stages", 0, "registration"), "说明", "registration 说明。"),
        ((), "$schema", "$schema。"),
    ],
)
def test_a_field_of_another_object_is_told_where_it_belongs(place, key, told):
    """A field in the wrong object is refused with its right place; what is like none stands alone."""
    with pytest.raises(CaseKeysUnknown) as caught:
        read_case(with_key(place, key))
    assert told in caught.value.told()[0]


def test_every_unknown_field_is_told_at_once(tmp_path):
    """Two slips in one file are one refusal at the command: exit 2, both named."""
    case = sound_case()
    case["stages"][0]["periood"] = case["stages"][0].pop("period")
    case["stages"][2]["regitration"] = case["stages"][2].pop("registration")
    (tmp_path / "case.json").write_text(json.dumps(case))
    ran = CliRunner().invoke(county, ["check-land", str(tmp_path / "case.json"), "--json"])
    told = json.loads(ran.stdout)
    assert (ran.exit_code, told["verdict"]) == (2, "refused")
    message = told["findings"][0]["message"]
    assert "periood（是不是 period？）" in message
    assert "regitration（是不是 registration？）" in message


def test_a_field_that_stands_twice_is_refused():
    """Of two values of one field nobody knows which is meant."""
    with pytest.raises(CaseUnreadable, match="doc_no 写了两次"):
        read_case(b'{"stages": [{"doc_no": "1", "doc_no": "2"}]}')


def test_every_fault_of_a_case_has_its_line():
    """Unknown fields, values that cannot be read and broken JSON are told with the line they stand in."""
    text = json.dumps(sound_case(), ensure_ascii=False, indent=1)
    lines = text.split("\n")
    at = {
        key: next(n for n, line in enumerate(lines, 1) if f'"{key}"' in line)
        for key in ("period", "posted_on")
    }
    with pytest.raises(CaseKeysUnknown, match=f"第 {at['period']} 行 stages 第1项 periood"):
        read_case(text.replace('"period"', '"periood"', 1).encode())
    posted = lines[at["posted_on"] - 1]
    wrong = posted.replace(sound_case()["stages"][0]["posted_on"], "2025-02-30")
    ((stage, finding),) = read_case(text.replace(posted, wrong, 1).encode()).unreadable
    assert (stage, finding.message.startswith(f"第 {at['posted_on']} 行 posted_on")) == (0, True)
    with pytest.raises(CaseUnreadable, match=f"第 {at['posted_on'] + 1} 行"):
        read_case(text.replace(posted, posted.rstrip(","), 1).encode())
