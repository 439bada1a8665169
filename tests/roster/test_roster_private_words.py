"""Free text that goes to the public log: what it must not say of a person is held, by kind and never by value."""

import pytest

from boards.model.privacy.withheld import shown, told_in_text
from sync.county.report.report import json_blocks
from tests.roster.county_tables import HEAD, alarms, lines, read, usual

TOLD = {
    "因患尿毒症": "HEALTH_IN_TEXT",
    "微信：nongmin01": "UNMASKED_CONTACT_IN_TEXT",
    "前坑村12号301室": "UNMASKED_ADDRESS_IN_TEXT",
    "浙E12345": "UNMASKED_CONTACT_IN_TEXT",
}


@pytest.mark.parametrize("text", TOLD)
@pytest.mark.parametrize("head", ["备注", "机具型号", "实物名称及数量", "停发原因"])
def test_a_text_about_a_person_is_held_and_not_published(head, text):
    """P4, P6, P7: a warning at its cell, the text in no field of the row, its words in no report."""
    rows = [[*row, ""] for row in lines(usual)]
    rows[2][-1] = text
    reading = read(["2025年稻谷补贴"], [*HEAD, head], *rows)
    row = reading.rows[2]
    assert alarms(reading) == [(TOLD[text], 5)]
    assert {row.payout.remark, row.payout.item, row.payout.in_kind, row.stop_reason} == {""}
    assert text.encode() not in b"".join(json_blocks(reading))


@pytest.mark.parametrize(
    "number", ["990523195803120019", "９９０５２３１９５８０３１２００１９", "14000 123456"]
)
def test_a_number_in_a_text_is_never_repeated(number):
    """In whatever digits it is typed: said to be there, and left out of what is shown."""
    assert told_in_text(f"经手人{number}")
    assert number not in shown(f"经手人{number}")
    assert told_in_text("2025年第1批，共6户") is None


def test_a_list_of_disabled_people_may_say_so():
    """The programme's own words are no diagnosis."""
    rows = [[*row, "残疾二级"] for row in lines(usual)]
    assert alarms(read(["2025年困难残疾人生活补贴发放表"], [*HEAD, "备注"], *rows)) == []
