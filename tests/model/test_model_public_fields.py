"""Public fields look like what they are: in batch.toml, in the pack, in a land case and at the kiosk's own gate."""

import random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boards.model.privacy.public_fields import field_fault, is_public_link
from sync.county.land.report import report_json
from sync.county.publish.batch import BatchTomlUnreadable, batch_toml
from sync.gate import private
from sync.pack import PackNotWhole, parsed_pack
from tests.land.test_land_check import at, graves, report_of, sound_case
from tests.model.test_model_pack import FILES

ID, MOBILE = "990523195803120019", "14001380013"
NOWHERE = (
    "<b>x</b>梅坞镇政府",
    "=1+1",
    "@梅坞镇政府",
    f"梅坞镇政府{ID}",
    f"梅坞镇政府{MOBILE}",
    "梅坞镇政府javascript:x",
    "账号101004123456梅坞镇",
)
"""Texts that no public field may have."""

GOOD = {
    "phone": [
        "0572-5000012", "0572-0123456", "0990-1234567", "0572 5000012", "(0572)5000012", "057250000012", "+86 0572-5000012",
        "0572-5000012转8001", "0572-5000012-8001", "12345", "12317", "110", "95588", "400-800-1234", "5000012", "0500-123 4567",
        "0572-5000012、0572-5000013", "0572-5000012 或 12345", "0572-5000012（县财政局）、12345", "010-60000012", "0572—5000012",
    ],
    "office": [
        "苕安县农业农村局", "县财政局", "竹垓乡人民政府", "岭东村村民委员会", "苕安县农业农村局、苕安县财政局", "农商行", "梅坞镇便民服务中心",
        "岭东村股份经济合作社", "县残联办公室", "苕安县自然资源和规划局（不动产登记中心）", "苕安县第3农机站",
    ],
    "address": ["梅坞镇人民政府一楼便民服务中心", "竹垓乡人民政府101室", "苕安县昌硕路12号3楼", "岭东村村部", "村务公开栏旁"],
    "funds": ["中央财政", "省级、县级财政", "财政专户"],
    "rate_text": ["131.42元/亩", "一档200元/台，二档 1,000.00元/台", "按月300元"],
    "hours": ["周一至周五 8:30至11:30 14:00至17:00", "每月5日、20日 8:30至11:30"],
    "who": ["村务公开员", "村会计", "林秋实"],
    "basis": ["苕财农〔2025〕12号", "见 https://www.example.cn/art/2025/9/30/art_1229.html。", "《农业法》第三十七条"],
}  # fmt: skip
BAD = {
    "phone": [
        MOBILE, "+86 140 0138 0013", "0572-5000012、14001380013", ID, "6299990000123456786", "101004123456", "张三", "无", "0572-500001",
        "0572-", "1", "0572-5000012-0572-5000013", "电话", "https://www.example.cn", "0572.5000012.1",
    ],
    "office": ["张三", "测试", "12345", "0572-5000012", "abc", "http://192.168.1.1/局", "局", "电话14001380013局"],
    "address": ["张三", "0572-5000012", "测试", "x", "12345", "ftp://www.example.cn/村"],
    "funds": ["12345", "0", "abc", "1,000,000.00"],
    "rate_text": ["131.42", "x", "=A1*B1"],
    "hours": ["8:30-11:30", "24"],
    "who": [MOBILE, "12345", "admin"],
    "basis": ["见 http://10.0.0.5/x", "file:///etc/passwd", "<script>alert(1)</script>", "张\u202e三", "经办" + ID],
}  # fmt: skip


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in GOOD.items() for text in texts])
def test_what_looks_right_passes(name, text):
    """Telephones, offices, addresses, hours, sources of funds and laws as counties write them."""
    assert field_fault(name, text) == ""


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in BAD.items() for text in texts])
def test_what_does_not_is_told_without_repeating_it(name, text):
    """A mobile, an ID, a name, a number, markup where something else belongs: said with what to write."""
    fault = field_fault(name, text)
    assert fault
    assert len(text) < 12 or text not in fault


@given(
    st.integers(0, 999),
    st.integers(0, 10**8 - 1),
    st.sampled_from(["-", "", " ", "—"]),
    st.sampled_from([7, 8]),
)
def test_any_landline_passes_and_any_mobile_does_not(area, local, between, size):
    """Area code and seven or eight digits; eleven digits from 13 to 19 are a person's."""
    assert field_fault("phone", f"0{area:03d}{between}{local:08d}"[: 4 + len(between) + size]) == ""
    assert field_fault("phone", f"1{random.Random(local).randint(3, 9)}0{local:08d}")


@pytest.mark.parametrize(
    ("link", "public"),
    [
        ("https://www.example.cn/a?b=1", True), ("http://example.cn", True), ("https://政务.中国/x", True), ("https://localhost/x", False),
        ("https://10.0.0.1/", False), ("http://[::1]/", False), ("https://kiosk.lan", False), ("https://kiosk", False),
        ("https://u:p@example.cn", False), ("ftp://example.cn", False), ("javascript:alert(1)", False), ("https://", False),
    ],
)  # fmt: skip
def test_a_link_leads_to_a_public_host(link, public):
    """By http or https, a host by name that everybody reaches, no password."""
    assert is_public_link(link) is public


BATCH = 'programme="rice"\nfiscal_year=2025\nperiod_no="2025-10"\npaid_on=2025-10-31\n'


@pytest.mark.parametrize(
    "name", ["funds", "office", "phone", "address", "rate_text", "share", "control_source"]
)
def test_batch_toml_is_refused_by_field(name):
    """Whatever no public field may have is refused with the name of the field, and is not repeated."""
    for text in NOWHERE:
        with pytest.raises(BatchTomlUnreadable) as caught:
            batch_toml(f"{BATCH}{name}={msgspec.json.encode(text).decode()}\n".encode())
        told = "".join(caught.value.told())
        assert name in told
        assert ID not in told
        assert MOBILE not in told
    for text in GOOD.get(name, []):
        assert getattr(batch_toml(f'{BATCH}{name}="{text}"\n'.encode()), name) == text


def test_all_faults_of_a_batch_are_told_at_once():
    """Who mends one field need not come back for the next."""
    with pytest.raises(BatchTomlUnreadable) as caught:
        batch_toml(f'{BATCH}phone="{MOBILE}"\noffice="张三"\n'.encode())
    assert all(name in "".join(caught.value.told()) for name in ("phone", "office"))


def spoilt(name, old, new):
    """The demo's pack with one text of one file replaced."""
    assert old.encode() in FILES[name]
    return {**FILES, name: FILES[name].replace(old.encode(), new.encode(), 1)}


@pytest.mark.parametrize(
    ("name", "old", "key"),
    [
        ("pack.toml", "0572-5000012", "supervision_phone"),
        ("programmes/rice.toml", "0572-5000021", "guide phone"),
        ("contacts.csv", "0572-5000110", "phone"),
        ("contacts.csv", "岭东村村部一楼便民服务窗口", "place"),
        ("contacts.csv", "周一至周五 8:30至11:30 14:00至17:00", "hours"),
    ],
)
def test_a_pack_is_refused_by_file_line_and_field(name, old, key):
    """A mobile, an ID, markup in any public field of a pack, with the line it stands on."""
    for text in (MOBILE, ID, "=SUM(A1)", "<b>梅坞镇</b>"):
        with pytest.raises(PackNotWhole) as caught:
            parsed_pack(spoilt(name, old, text))
        told = "".join(caught.value.told())
        assert name in told
        assert key in told
        assert text not in told
        line = next(at for at, one in enumerate(FILES[name].decode().split("\n"), 1) if old in one)
        assert f"第 {line} 行" in told


CASE_FIELDS = {
    "issuer": lambda case, text: at(case, "plan").update(issuer=text),
    "registration.place": lambda case, text: at(case, "plan")["registration"].update(place=text),
    "approval.authority": lambda case, text: at(case, "final")["approval"].update(authority=text),
    "areas.village": lambda case, text: at(case, "plan")["areas"][0].update(village=text),
    "compensation.item": lambda case, text: at(case, "plan")["compensation"][0].update(item=text),
    "extra_line": lambda case, text: at(case, "plan").update(extra_line=text),
    "town_office": lambda case, text: case.update(town_office=text),
    "purpose": lambda case, text: case.update(purpose=text),
}


@pytest.mark.parametrize("name", CASE_FIELDS)
def test_a_land_case_is_held_by_field(name):
    """Markup, formulas, links to nowhere and numbers of persons hold a notice, wherever they stand."""
    for text in NOWHERE:
        case = sound_case()
        CASE_FIELDS[name](case, text)
        report = report_of(case)
        told = [one for stage in report.stages for one in stage.findings] + list(report.findings)
        assert any(name in one.message or "UNMASKED" in one.code for one in told), text
        assert not any(number in report_json(report).decode() for number in (ID, MOBILE, "101004123456"))
    assert graves(report_of(sound_case())) == {}


@pytest.mark.parametrize("where", ["close", "contacts", "registration"])
@pytest.mark.parametrize(
    "number",
    [
        ID,
        "6299990000123456786",
        "九九〇五二三一九五八〇三一二〇〇一九",
        f"0572-5000012、{ID}",
        "99O523l958O3l2OOl9",
    ],
)
def test_the_kiosk_believes_no_field_for_telephones(where, number):
    """An ID or account in the field of an office's telephone is held back; the office's number is not."""
    body = {
        "close": lambda phone: {"close": {"terms": {"phone": phone}}},
        "contacts": lambda phone: {"notice": {"contacts": [{"phone": phone}], "registration": None}},
        "registration": lambda phone: {"notice": {"contacts": [], "registration": {"phone": phone}}},
    }[where]
    head = msgspec.json.encode({"v": 1, "kind": "close", "batch": "b"})
    assert private(head, msgspec.json.encode(body(number)))
    for phone in (*GOOD["phone"], MOBILE):
        assert not private(head, msgspec.json.encode(body(phone)))
