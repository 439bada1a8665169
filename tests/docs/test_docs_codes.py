"""docs/codes.md holds every stable code there is, and none that is gone.

`VILLAGE_CODES=1 pytest tests/docs/test_docs_codes.py` writes it anew; look at the difference before you commit it.
"""

import ast
import os
import re
from pathlib import Path

import pytest

from boards.model.errors import Refusal
from boards.model.findings import note

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "codes.md"
ROOMS = ("boards", "sync", "printouts", "kiosk_server")
FINDS = ("boards/model/land", "boards/model/privacy", "sync/county")
"""Where things are found in what the county hands in."""
SHAPE = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
NO_CODES = {"LC_ALL"}
HEAD = """# Codes

Each sentence of a command, a report or a page ends with its code. Codes stay when sentences are put better: programs
and people at a telephone can rely on them. Findings are of what the county hands in, and listed by who finds them;
refusals are of what was asked. A code that was used once is never given to something else.
"""


def modules():
    """Every module's path and text."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_bytes())


def found_by(module):
    """The codes of findings a module writes: words joined by _, and single ones where a code stands."""
    stands = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", "")
            stands |= {id(one) for one in node.args[:1] if name in {"note", "warning", "error"}}
            stands |= {id(one.value) for one in node.keywords if one.arg == "code"}
        elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "").endswith("CODE"):
            stands.add(id(node.value))
    words = {
        node.value
        for node in ast.walk(module)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and SHAPE.fullmatch(node.value)
        and ("_" in node.value or id(node) in stands)
    }
    return sorted(words - NO_CODES - refused_by(module).keys())


def refused_by(module):
    """The codes of refusals a module defines, and what each means."""
    found = {}
    for node in ast.walk(module):
        for line in node.body if isinstance(node, ast.ClassDef) else ():
            target = line.targets[0] if isinstance(line, ast.Assign) else getattr(line, "target", None)
            if getattr(target, "id", "") == "code" and isinstance(line.value, ast.Constant):
                found[line.value.value] = first_line(node)
    return found


def first_line(node):
    return (ast.get_docstring(node) or "").partition("\n")[0].replace("|", "\\|")


def written():
    """The page as the code says it."""
    findings, refusals = [], {}
    for path, module in modules():
        if path.startswith(FINDS) and (codes := found_by(module)):
            findings.append(f"| {first_line(module)} | {', '.join(f'`{one}`' for one in codes)} |")
        refusals |= refused_by(module)
    rows = [f"| `{code}` | {meaning} |" for code, meaning in sorted(refusals.items())]
    tables = ["## Findings", "", "| who finds it | codes |", "|---|---|", *findings, ""]
    tables += ["## Refusals", "", "| code | what happened |", "|---|---|", *rows, ""]
    return f"{HEAD}\n" + "\n".join(tables)


@pytest.mark.thorough
def test_the_page_holds_every_code_there_is():
    """A new code is on the page with its meaning, one that is gone is not."""
    if "VILLAGE_CODES" in os.environ:
        PAGE.write_text(written(), "utf-8")
    assert PAGE.read_text("utf-8") == written()


def test_a_new_code_is_noticed():
    """However a rule writes its code down, it is found."""
    told = 'CODE = "LONELY"\nFAULTS = {1: ("WORD_LOST", "…")}\nnote("ALONE", "…")\nCellFinding(code="SINGLE")\nx = "OTHER"'
    assert found_by(ast.parse(told)) == ["ALONE", "LONELY", "SINGLE", "WORD_LOST"]
    gone = ast.parse('class Gone(Refusal):\n    """It went."""\n    code: ClassVar[str] = "gone"')
    assert refused_by(gone) == {"gone": "It went."}


def test_every_sentence_ends_with_its_code():
    """A refusal and a finding are written down alike, wherever a person reads them."""
    assert str(Refusal()).endswith("（refused）")
    assert note("CEILING", "多了。").told == "多了。（CEILING）"
