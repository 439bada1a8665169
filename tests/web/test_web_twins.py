"""The public pages for programs over real HTTP: as the document says, as the page says, and never a household."""

import asyncio
import gzip
import html
import json
import re
from collections import Counter
from io import StringIO
from types import SimpleNamespace
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest
import schemathesis
from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from schemathesis.generation import GenerationMode

from boards.model.privacy.numbers import numbers_in
from boards.pages.twins.document import TWINS
from kiosk_server.archive.archive import Archive
from kiosk_server.archive.board import Board
from kiosk_server.web.app import web_app
from kiosk_server.web.logbook import Logbook
from tests.land.land_site import CASE, LAND, STRANGER, VILLAGE, land_site
from tests.village import CODE, MASK, PACK, County, payout, terms
from tests.web.conftest import at_leisure
from tests.web.test_web_pages import IMPORTED, OLD, PAID, SETTINGS, Clock, Drawn, published

pytestmark = pytest.mark.thorough

CARE = "b-care"
JSON, LAND_JSON = f"/v/{CODE}/json", f"/v/{VILLAGE}/json/land"
PATIENT = "柳不宣"


class Later(County):
    """A log that goes on where another ended."""

    def __init__(self, stretches):
        super().__init__()
        self.leaves = [leaf for one in stretches for leaf in one]
        self.state = stretches[-1].reached


async def filled(path):
    stretches = published()
    county = Later(stretches)
    care = terms(
        programme="disability_living", programme_name="残疾人两项补贴", fiscal_year=2026, sensitive=True
    )
    county.batch(CARE, payout(1, PATIENT), terms=care)
    async with Archive(path, PACK, minimum_free_mb=0) as archive:
        for stretch in (*stretches, county.stretch()):
            await archive.admit(CODE, stretch, IMPORTED)


def opened(folder, serve, clock):
    """A village with an open list of three pages, one of applicants, one long over and a sensitive one."""
    asyncio.run(filled(folder / "archive.sqlite3"))
    board = Board(folder / "archive.sqlite3", MASK)
    parts = SimpleNamespace(settings=SETTINGS, pack=PACK, board=board, press=Drawn(folder), clock=clock)
    yield serve(lambda port: web_app(parts, port, Logbook(StringIO(), clock), ticks=at_leisure()))
    board.close()


@pytest.fixture(scope="module")
def lists(tmp_path_factory, serve):
    """On a day when the sensitive list is over as well."""
    yield from opened(tmp_path_factory.mktemp("twins"), serve, Clock())


@pytest.fixture
def early(tmp_path, serve, monkeypatch):
    """On the day of the import, with a release of that day."""
    monkeypatch.setattr("kiosk_server.web.app.BUILT", IMPORTED)
    yield from opened(tmp_path, serve, lambda: IMPORTED)


@pytest.fixture(scope="module")
def land(tmp_path_factory):
    with land_site(tmp_path_factory.mktemp("twin")) as opened:
        yield opened.site


def got(site, path, **more):
    """What a program reads at an address of the LAN door."""
    answer = site.get(path, lan=True, **more)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json"), (path, answer)
    return json.loads(answer.body)


def names(site, village):
    """What the last parts of the addresses of a village may be, from its own twins."""
    programmes = got(site, f"/v/{village}/json/programmes")
    every = [got(site, f"/v/{village}/json/programmes?year={year}") for year in programmes["years"]]
    heads = [head for one in every for head in one["lists"]]
    catalogue = json.loads(site.get(f"/v/{village}/open/catalog.jsonld", lan=True).body)
    return {
        "programme": sorted({head["programme"] for head in heads}),
        "batch": [head["batch"] for head in heads],
        "year": [str(year) for year in programmes["years"]],
        "case": [case["case_id"] for case in got(site, f"/v/{village}/json/land")["cases"]],
        "yyyy": [one["dct:identifier"].partition("-")[2] for one in catalogue["dcat:dataset"]],
    }


def twins(site, village):
    """Every twin of a village, by its address."""
    known, found = names(site, village), {}
    for twin in TWINS:
        for which in known[twin.which] if twin.which else [""]:
            at = f"/v/{village}/json/{twin.kind}" + (f"/{quote(which, safe='')}" if which else "")
            found[at] = got(site, at)
            for page in range(2, found[at].get("pages", 1) + 1):
                found[f"{at}?page={page}"] = got(site, f"{at}?page={page}")
    return found


def texts(value, key=""):
    """Every key with every text under it."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from texts(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner, key)
    else:
        yield key, str(value)


def described(site, known):
    """The served document; the last parts of addresses also with the names that are known here."""
    document = got(site, "/openapi.json")
    for path in document["paths"].values():
        for parameter in path["get"]["parameters"]:
            if parameter["in"] == "path" and known.get(parameter["name"]):
                parameter["schema"] = {"type": "string", "enum": known[parameter["name"]]}
    return document


def asked_for(path):
    """The part of an address that must be known besides the village; "" where there is none."""
    return ["", *re.findall(r"{(\w+)}", path.removeprefix("/v/{code}"))][-1]


ASKED_AT_RANDOM = [
    check for check in schemathesis.checks.CHECKS.get_all() if check.__name__ != "negative_data_rejection"
]
"""A board does not refuse a question it cannot read: what it does not know of a query has no effect on any page."""


def asked(site, operation, mode) -> Counter:
    """Ask one address of the LAN door some eight times; each answer fits the document. How many of each status."""
    answered = Counter()

    @limits(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(operation.as_strategy(generation_mode=mode))
    def ask(case):
        answer = case.call(base_url=f"http://127.0.0.1:{site.lan}")
        answered[answer.status_code] += 1
        case.validate_response(answer, checks=ASKED_AT_RANDOM)

    ask()
    return answered


@pytest.mark.parametrize("known", [True, False], ids=["what there is", "anything"])
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_answer_is_as_the_document_says(lists, land, known, mode):
    """Schemathesis asks each address for what there is and for anything else; all answers fit the document."""
    for site, village in ((lists, CODE), (land, VILLAGE)):
        here = names(site, village)
        schema = schemathesis.openapi.from_dict(described(site, here if known else {}))
        for operation in (found.ok() for found in schema.get_all_operations()):
            answered = asked(site, operation, mode)
            last = asked_for(operation.path)
            if mode is GenerationMode.POSITIVE:
                assert set(answered) <= {200, 404}
                assert answered[200] or not (known and here.get(last, True))
            assert not [status for status in answered if status >= 500]


def test_every_twin_fits_the_document(lists, land):
    """Each of them, every page of every list, is what its schema says."""
    for site, village in ((lists, CODE), (land, VILLAGE)):
        schema, here = schemathesis.openapi.from_dict(described(site, {})), names(site, village)
        for path, methods in schema.items():
            last = asked_for(path)
            for which in here.get(last, [""]):
                for page in (1, 2, 3) if last == "batch" else (None,):
                    case = methods["GET"].Case(
                        path_parameters={"code": village} | ({last: which} if which else {}),
                        query={"page": page} if page else {},
                    )
                    answer = case.call_and_validate(base_url=f"http://127.0.0.1:{site.lan}")
                    assert answer.status_code == 200


def test_the_document_has_the_feeds_and_the_answer_at_the_door(lists):
    """Every address a page names for programs is in it, and that whoever asks too much is told in plain text."""
    document = got(lists, "/openapi.json")
    named = set()
    for page in (f"/v/{CODE}/programmes", f"/v/{CODE}/year/2026", f"/v/{CODE}/land", f"/v/{CODE}/open"):
        body = lists.get(page, lan=True).body.decode()
        named |= set(re.findall(r'rel="alternate"[^>]* href="([^"]+)"', body))
    assert len(named) == 6
    for address in named:
        path = address.replace(CODE, "{code}").replace("2026", "{yyyy}")
        assert set(document["paths"][path]["get"]["responses"]["default"]["content"]) == {
            "application/problem+json",
            "text/plain",
        }


def test_no_twin_leads_to_a_household(lists, land):
    """No twin has the number of a household or of a person; names stand only on an open list that is not sensitive."""
    every = twins(lists, CODE) | twins(land, VILLAGE)
    assert len(every) > 15
    for at, twin in every.items():
        assert "household" not in {key for key, _ in texts(twin)}, at
        assert not [
            text for key, text in texts(twin) if key != "digest" and numbers_in(text, allowed=NOT_OF_PERSONS)
        ], at
        named = [text for key, text in texts(twin) if key in {"holder", "beneficiary"}]
        assert bool(named) == (
            at.startswith(f"{JSON}/payouts/") and twin["list"]["open"] and not twin["list"]["sensitive"]
        )
        told = json.dumps(twin, ensure_ascii=False)
        assert PATIENT not in told
        assert "曹旧名" not in told
    for path in ("households/1", "find", "find/林", "groups/一组", "organisations", "people", "code"):
        assert lists.get(f"{JSON}/{quote(path)}", lan=True).status == 404


NOT_OF_PERSONS = frozenset({CODE, VILLAGE})


def test_a_list_carries_its_rows_only_while_they_hang(lists, early):
    """Inside the window the rows of the page; afterwards, and of a sensitive programme always, the sums alone."""
    shown = got(lists, f"{JSON}/payouts/{PAID}")
    assert [line["seq"] for line in shown["lines"]] == list(range(1, 21))
    assert shown["lines"][0] == {
        "seq": 1, "holder": "林秋实", "group": "一组", "quantity": "3.00", "unit": "亩", "rate": "124.9788302",
        "amount_fen": 37494, "corrected_from_fen": 40868, "corrected_on": "2025-11-21", "corrected_why": "面积登记有误",
    }  # fmt: skip
    assert (shown["page"], shown["pages"]) == (1, 3)
    last = got(lists, f"{JSON}/payouts/{PAID}?page=99")
    assert (last["page"], len(last["lines"])) == (3, 5)
    for site, batch, open_ in ((lists, OLD, False), (lists, CARE, False), (early, CARE, True)):
        bare = got(site, f"{JSON}/payouts/{batch}")
        assert (bare["lines"], bare["list"]["open"]) == ([], open_)
        assert bare["list"]["sum_fen"] == 40868


def test_a_twin_says_what_its_page_says(lists, land):
    """Titles, digests, codes, figures and days are those of the page, and of the Atom feed."""
    for at, twin in (twins(lists, CODE) | twins(land, VILLAGE)).items():
        site = lists if at.startswith(JSON) else land
        page = site.get(at.replace("/json/", "/"), lan=True).body.decode()
        read = html.unescape(re.sub(r"<[^>]+>", "", page))
        heads = [twin["list"]] if "list" in twin else twin.get("notices", [])
        for head in heads:
            assert head.get("programme_name", head["title"]) in read, at
            assert site.get(head["page"], lan=True).status == 200
    head = got(lists, f"{JSON}/payouts/{PAID}")["list"]
    page = lists.get(head["page"], lan=True).body.decode()
    assert f"{head['digest'][:4]}-{head['digest'][4:8]}".upper() in page
    assert f"{head['code'][:5]} {head['code'][5:]}" in page
    assert f"{head['sum_fen'] // 100:,}.{head['sum_fen'] % 100:02}" in page
    assert lists.get(f"/N/{head['code']}", lan=True).status == 200
    case = got(land, f"{LAND_JSON}/{quote(CASE)}")
    atom = "{http://www.w3.org/2005/Atom}"
    feed = ET.fromstring(land.get(f"{LAND}/feed.atom", lan=True).body)  # noqa: S314 - our own bytes
    for notice, entry in zip(reversed(case["notices"]), feed.iter(f"{atom}entry"), strict=True):
        assert entry.find(f"{atom}title").text == f"{case['case']['project']}：{notice['title']}"
        assert entry.find(f"{atom}id").text.endswith(f"/N/{notice['code']}")
        assert entry.find(f"{atom}link").get("href") == notice["page"]
        assert f"{notice['doc_no']}，{notice['posted_on']}张贴" in entry.find(f"{atom}summary").text
    assert got(land, f"/v/{STRANGER}/json/land")["cases"] == []


def test_an_unchanged_twin_costs_a_304(lists):
    """A program that asks again brings the tag and gets nothing; HEAD and gzip are as for pages, and no other site may read."""
    for path in (f"{JSON}/payouts/{PAID}", f"{JSON}/year/2026", "/openapi.json"):
        first = lists.get(path, lan=True)
        again = lists.get(path, lan=True, if_none_match=first.headers["etag"])
        assert (again.status, again.body) == (304, b"")
        head = lists.get(path, lan=True, method="HEAD")
        assert (head.status, head.body, head.headers["etag"]) == (200, b"", first.headers["etag"])
        assert gzip.decompress(lists.get(path, lan=True, accept_encoding="gzip").body) == first.body
        assert first.headers["cache-control"] == "no-cache"
        assert "accept" not in first.headers["vary"].split(", ")
        crossed = lists.get(path, lan=True, origin="https://evil.example").headers
        assert not [name for name in crossed if name.startswith("access-control")]


@pytest.mark.parametrize(
    ("path", "method", "status", "code"),
    [
        ("/v/330590999999/json/land", "GET", 404, "unknown-village"),
        (f"{JSON}/payouts/none", "GET", 404, "no-such-list"),
        (f"{JSON}/programmes/none", "GET", 404, "no-such-programme"),
        (f"{JSON}/land/none", "GET", 404, "no-such-land-case"),
        (f"{JSON}/year/1999", "GET", 404, "not-found"),
        (f"{JSON}/year/02026", "GET", 404, "not-found"),
        (f"{JSON}/year/{'0' * 4400}2026", "GET", 404, "not-found"),
        (f"{JSON}/households/1", "GET", 404, "not-found"),
        (f"{JSON}/land", "DELETE", 405, "method-refused"),
    ],
)
def test_what_goes_wrong_is_told_to_programs_too(lists, path, method, status, code):
    """A code, one sentence and what to do, in the language chosen, whatever was accepted; nothing is kept."""
    for language in ("zh_CN", "en"):
        answer = lists.get(path, lan=True, method=method, accept="text/html", cookie=f"language={language}")
        problem = json.loads(answer.body)
        assert answer.headers["content-type"] == "application/problem+json"
        assert (answer.status, problem["status"], problem["code"]) == (status, status, code)
        for told in (problem["title"], problem["detail"]):
            assert bool(re.search("[一-鿿]", told)) == (language == "zh_CN"), told
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers.get("allow") == ("GET, HEAD" if status == 405 else None)
