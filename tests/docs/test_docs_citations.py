"""Whatever code, tests and docs cite is there: a section, a rule by its number, an article of law."""

from __future__ import annotations

import ast
import re
import tokenize
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
DOCS = sorted((ROOT / "docs").glob("*.md"))
PAGES = {page.stem: page for page in DOCS} | {"protocol": ROOT / "sync" / "PROTOCOL.md"}
FOLDERS = ("boards", "sync", "printouts", "kiosk_server", "tests", "deploy", "docs")

NUMBERS = r"§\d+(?:\.\d+)*(?:(?:, | and | to )§\d+(?:\.\d+)*)*"
CITED = re.compile(rf"(?P<of>(?:(?:RFC|GB/T|PDF) )?[^\s(（`“”、，]+) (?P<numbers>{NUMBERS})")
STANDARD = re.compile(r"(?:RFC|GB/T|PDF) ")  # published elsewhere, with numbers of their own
RULE = re.compile(r"\b[RPG]\d{1,2}\b")
FORMER = re.compile(r"\b(?:DECISIONS|DOMAIN|FEED|SCREENS|PAPER|STACK|MODEL|HOUSE2?)\b")
CITES = re.compile(f"§|{RULE.pattern}|{FORMER.pattern}")
HEADING = re.compile(r"^#+ (\d+(?:\.\d+)*)\.? ", re.MULTILINE)
ROW = re.compile(r"^\| (\S+(?: §\d+)?) \|", re.MULTILINE)


@cache
def sections() -> frozenset[str]:
    """What may stand behind a name: `settled §2`, `条例 §26`. Rows of a table count like headings."""
    found = {f"{name} §{number}" for name, page in PAGES.items() for number in HEADING.findall(text_of(page))}
    later = {f"settled §{number}" for number in ROW.findall(text_of(PAGES["settled"])) if number.isdigit()}
    return frozenset(found | later | {row for row in ROW.findall(text_of(PAGES["domain"])) if "§" in row})


@cache
def rules() -> frozenset[str]:
    """R1, P5, G8: the rows of docs/rules.md."""
    return frozenset(row for row in ROW.findall(text_of(PAGES["rules"])) if RULE.fullmatch(row))


def text_of(path: Path) -> str:
    """A file's text; the format page cites its own sections by number alone."""
    text = path.read_text("utf-8")
    return text.replace("(§", "(protocol §") if path.name == "PROTOCOL.md" else text


def prose(path: Path) -> Iterator[str]:
    """What of a file is written for people: of Python the docstrings and comments, else all of it."""
    text = text_of(path)
    if path.suffix != ".py":
        yield text
        return
    if not CITES.search(text):
        return  # nothing in it can be a citation, and taking a file apart is slow
    if any(CITES.search(line) for line in text.splitlines() if "#" in line):
        with path.open("rb") as file:
            yield from (
                token.string for token in tokenize.tokenize(file.readline) if token.type == tokenize.COMMENT
            )
    for node in ast.walk(ast.parse(path.read_bytes())):
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        ):
            yield node.value.value


def faults(text: str) -> list[str]:
    """Citations of a text that lead nowhere, and numbers of sections that do not say whose they are."""
    text = re.sub(r"\s+", " ", text)
    found = [f"{word}: cite the page under docs/ by its name" for word in FORMER.findall(text)]
    for cited in CITED.finditer(text):
        if not STANDARD.match(cited["of"]):
            named = (f"{cited['of']} {number}" for number in re.findall(r"§[\d.]*\d", cited["numbers"]))
            found += [one for one in named if one not in sections()]
    found += ["§ without a name before it"] * CITED.sub("", text).count("§")
    return found + [rule for rule in RULE.findall(text) if rule not in rules()]


def files() -> list[Path]:
    """Everything that may cite, but the pictures of pages kept for comparison."""
    kinds = {".py", ".md", ".toml", ".html", ".css", ".js"}
    below = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.suffix in kinds]
    tops = [*ROOT.glob("*.md"), ROOT / "pyproject.toml"]
    return sorted(path for path in below + tops if not {"golden", "data"} & set(path.parts))


@pytest.mark.thorough
def test_every_citation_resolves() -> None:
    """Sections, rules and articles that are cited exist; no page that is not here is cited."""
    wrong = {
        str(path.relative_to(ROOT)): found
        for path in files()
        if (found := [fault for text in prose(path) for fault in faults(text)])
    }
    assert not wrong


@pytest.mark.parametrize(
    "text",
    [
        "settled §99",
        "domain §1.6, §1.99",
        "as the law asks (§203)",
        "土管法 §1",
        "R12",
        "P18",
        "DECISIONS 2",
        "HOUSE §1",
    ],
)
def test_a_wrong_citation_is_found(text: str) -> None:
    """An unknown section, article or rule, a bare number and a former name are each noticed."""
    assert faults(f"A sentence ({text}).")


@pytest.mark.parametrize(
    "text",
    [
        "settled §2, §38",
        "domain §1.6",
        "条例 §26 to §31",
        "protocol §5",
        "RFC 6962 §2.1",
        "GB/T 9704 §7.3.3",
        "R1-R10",
    ],
)
def test_a_right_citation_is_let_be(text: str) -> None:
    """Lists, ranges, standards and rules by number are understood."""
    assert faults(f"A sentence ({text}).") == []


@pytest.mark.parametrize("page", PAGES.values(), ids=str)
def test_everything_is_numbered_once(page: Path) -> None:
    """No number of a section, rule or article stands twice on a page."""
    text = text_of(page)
    numbers = HEADING.findall(text) + [
        row for row in ROW.findall(text) if re.fullmatch(r"\d+|[RPG]\d+|\S+ §\d+", row)
    ]
    assert [number for number, times in Counter(numbers).items() if times > 1] == []
