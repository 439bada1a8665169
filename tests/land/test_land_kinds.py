"""The table of notice kinds: whole, the only place that tells all of them apart, and what the docs draw from it."""

import ast
import re
from pathlib import Path

import pytest

from boards.model.land.facts import NoticeFacts
from boards.model.land.kinds import KINDS, Act, NoticeKind, Step
from boards.model.land.notice import LandNotice
from boards.model.land.order import may_follow
from boards.model.land.terms import LandRules

ROOT = Path(__file__).parents[2]
SOURCES = [
    path for room in ("boards", "sync", "printouts", "kiosk_server") for path in (ROOT / room).rglob("*.py")
]


def drawing() -> str:
    """The life of a case as docs/domain.md shows it: which notice may follow which, and which may be said again."""
    names = [f"    {kind.value}: {row.name}" for kind, row in KINDS.items()]
    ways = [
        (before, kind) for kind, row in KINDS.items() for before in [None, *KINDS] if before in row.follows
    ]
    arrows = [
        f"    {before.value if before else '[*]'} --> {kind.value}"
        for before, kind in ways
        if rank(before) >= rank(KINDS[kind].rests_on)
    ]
    again = [f"    {kind.value} --> {kind.value}: 更正" for kind, row in KINDS.items() if row.step]
    return "\n".join(["```mermaid", "stateDiagram-v2", *names, *arrows, *again, "    stop --> [*]", "```"])


def rank(kind: NoticeKind | None) -> int:
    """Place in the order of the law; before the first notice it is -1."""
    return list(KINDS).index(kind) if kind else -1


def kinds_named(path: Path) -> list[set[str]]:
    """The kinds that each statement of a file tells apart by name: NoticeKind.PLAN."""
    simple = (ast.Assign, ast.AnnAssign, ast.Expr, ast.Return, ast.If, ast.For)
    parts = [
        part
        for one in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(one, simple)
        for part in (
            [one.test] if isinstance(one, ast.If) else [one.iter] if isinstance(one, ast.For) else [one]
        )
    ]
    return [{node.attr for node in ast.walk(part) if _names_a_kind(node)} for part in parts]


def _names_a_kind(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in {"NoticeKind", "_K"}
        and node.attr in NoticeKind.__members__
    )


@pytest.mark.thorough
def test_only_the_table_tells_all_kinds_apart():
    """A new kind is one row: nowhere else is there a table of kinds, or a statement that names more than two."""
    named = {path.relative_to(ROOT).as_posix(): kinds_named(path) for path in SOURCES}
    (whole,) = [kinds for kinds in named.pop("boards/model/land/kinds.py") if len(kinds) > 2]
    assert whole == set(NoticeKind.__members__)
    assert {path for path, parts in named.items() for kinds in parts if len(kinds) > 2} == set()
    assert sum(bool(kinds) for parts in named.values() for kinds in parts) > 20


def test_every_kind_has_its_row_and_no_name_is_given_twice():
    """The rows stand in the order of the law, and no word, title or step means two kinds."""
    rows = list(KINDS.values())
    assert list(KINDS) == list(NoticeKind)
    assert sum(len(row.aliases) for row in rows) == len(frozenset().union(*(row.aliases for row in rows)))
    assert sorted(row.title_order for row in rows) == list(range(1, len(rows) + 1))
    steps = [row.step for row in rows if row.step]
    assert steps == [step for step in Step if step not in {Step.RISK, Step.APPROVAL}]
    assert {act for row in rows for act in row.acts} == set(Act)


@pytest.mark.parametrize("kind", NoticeKind)
def test_a_row_names_what_there_is(kind):
    """Fields, terms and articles of a row exist; its own names mean it and nothing else."""
    row = KINDS[kind]
    assert kind.value in row.aliases
    assert set(row.needs) <= set(NoticeFacts.__struct_fields__) & set(LandNotice.__struct_fields__)
    assert row.minimum is None or row.minimum in LandRules.__struct_fields__
    assert bool(row.minimum) == bool(row.period_article)
    assert bool(row.rests_on) == bool(row.rests_article)
    assert row.needs
    by_order = sorted(KINDS, key=lambda one: KINDS[one].title_order)
    assert next(one for one in by_order if KINDS[one].title.search(row.name)) is kind
    assert row.plain_title.search(row.name)
    assert all(
        re.compile(words) and name and "》第" in article for words, (name, article) in row.words.items()
    )


@pytest.mark.parametrize("kind", NoticeKind)
def test_what_a_kind_rests_on_is_what_it_follows(kind):
    """The columns of order agree: what a notice takes for granted comes before it, and can be reached."""
    row = KINDS[kind]
    assert all(list(KINDS).index(before) < list(KINDS).index(kind) for before in row.follows if before)
    assert row.rests_on is None or row.rests_on in row.follows
    assert all(KINDS[before].moves for before in row.follows if before)
    hung = [one for one in KINDS if KINDS[one].step and list(KINDS).index(one) < list(KINDS).index(kind)]
    last = [NoticeKind.START] if kind is NoticeKind.STOP else hung
    assert not any(may_follow(last, kind))


NEXT = {
    "": "start stop",
    "start": "start survey stop",
    "start survey": "start survey plan stop",
    "start survey plan": "start survey plan register final stop",
    "start survey plan register": "start survey plan register final stop",
    "start survey plan final": "final pay",
    "start survey plan register final": "final pay",
    "start survey plan register final pay": "final pay",
    "start survey stop": "",
    "stop": "",
}


@pytest.mark.parametrize("published", NEXT)
def test_what_may_come_next(published):
    """After each lawful beginning exactly these notices may be published, for the first time or again (土管法 §47)."""
    hung = [NoticeKind(kind) for kind in published.split()]
    assert [kind.value for kind in NoticeKind if not any(may_follow(hung, kind))] == NEXT[published].split()


def test_the_docs_draw_the_table():
    """The life of a case in docs/domain.md is printed from the rows."""
    assert drawing() in (ROOT / "docs" / "domain.md").read_text("utf-8")
