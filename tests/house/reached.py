"""Which public definitions a person's act can reach: walked from the commands over the source, not run.

A definition is reached when reached code names it: a function or class by its name, a method by the
attribute. Names are not resolved to their owners, so a namesake may hide what is dead; what is reported
is dead for certain. Templates name what they show, and the press's table names its children.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

ROOMS = ("boards", "sync", "printouts", "kiosk_server")
BEGIN = ("kiosk_server.cli", "kiosk_server.dossier.tools.verify")  # the second is run from a stick
_PLAIN = {"Struct", "Protocol", "NamedTuple", "StrEnum", "IntEnum", "Enum", "Exception"}
_CLASS = re.compile(r"^class (\w+)", re.MULTILINE)
_WORD = re.compile(r"[A-Za-z_]\w*")
_DEFINITION = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass
class Piece:
    """A module's own statements, a class without its methods, or one function."""

    name: str  # boards.model.money.yuan, or boards.model.money.Sum.add
    names: set[str] = field(default_factory=set)  # what it names
    modules: set[str] = field(default_factory=set)  # what it imports
    called: list[str] = field(default_factory=list)  # methods of a class that a library calls


def sources(root: Path) -> dict[str, str]:
    """Source text of every module of the four packages, by its dotted name."""
    found = {}
    for room in ROOMS:
        for path in sorted((root / room).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path.read_text("utf-8")
    return found


def words_shown(root: Path) -> set[str]:
    """Every word of the templates: a page names what it shows."""
    return set(
        _WORD.findall(
            " ".join(
                path.read_text("utf-8")
                for path in (one for room in ROOMS for one in (root / room).rglob("templates/*.html"))
            )
        )
    )


def unreached(texts: dict[str, str], shown: set[str]) -> list[str]:
    """Public functions, methods and classes that no command, route or child of the press reaches.

    `texts` are the `sources`, `shown` the `words_shown`.
    """
    ours = {name for text in texts.values() for name in _CLASS.findall(text)}
    pieces = {
        piece.name: piece for module, text in texts.items() for piece in _pieces(module, text, texts, ours)
    }
    by_name: dict[str, list[Piece]] = {}
    for piece in pieces.values():
        if piece.name not in texts:
            by_name.setdefault(piece.name.rpartition(".")[2], []).append(piece)
    commands = [name for name in texts if name.startswith(BEGIN)]
    seen = _walked(pieces, by_name, commands, shown)
    return sorted(name for name in pieces.keys() - seen - texts.keys() if _is_public(name))


def _walked(
    pieces: dict[str, Piece], by_name: dict[str, list[Piece]], modules: Iterable[str], names: set[str]
) -> set[str]:
    """Every piece that is reached from these modules and names."""
    seen: set[str] = set()
    known: set[str] = set()
    waiting = [*modules, *(piece.name for name in names for piece in by_name.get(name, ()))]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        piece = pieces[name]
        waiting += [*piece.modules, *piece.called]
        for word in piece.names - known:
            waiting += [one.name for one in by_name.get(word, ())]
        known |= piece.names
    return seen


def _pieces(module: str, text: str, texts: dict[str, str], ours: set[str]) -> Iterator[Piece]:
    tree = ast.parse(text)
    yield _piece(module, [one for one in tree.body if not isinstance(one, _DEFINITION)], texts)
    for one in tree.body:
        if not isinstance(one, _DEFINITION):
            continue
        if isinstance(one, ast.ClassDef):
            methods = [m for m in one.body if isinstance(m, ast.FunctionDef | ast.AsyncFunctionDef)]
            own = [*(m for m in one.body if m not in methods), *one.bases, *one.decorator_list]
            piece = _piece(f"{module}.{one.name}", own, texts)
            of_a_library = any(_is_foreign(base, ours) for base in one.bases)
            called = [m for m in methods if of_a_library or m.name.startswith("__")]
            piece.called = [f"{piece.name}.{m.name}" for m in called]
            yield piece
            yield from (_piece(f"{piece.name}.{m.name}", [m], texts) for m in methods)
        else:
            yield _piece(f"{module}.{one.name}", [one], texts)


def _piece(name: str, nodes: Iterable[ast.AST], texts: dict[str, str]) -> Piece:
    piece = Piece(name)
    for node in (inner for one in nodes for inner in ast.walk(one)):
        if isinstance(node, ast.Name):
            piece.names.add(node.id)
        elif isinstance(node, ast.Attribute):
            piece.names.add(node.attr)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            if node.value in texts:  # a module named to a child process, or to Piccolo
                piece.modules.add(node.value)
            elif name.startswith("kiosk_server.press.worker"):  # its table of children
                piece.names.add(node.value)
        elif isinstance(node, ast.ImportFrom) and node.module in texts:
            piece.modules |= {
                node.module,
                *(f"{node.module}.{one.name}" for one in node.names),
            } & texts.keys()
            piece.names |= {one.name for one in node.names if one.asname}
    return piece


def _is_public(name: str) -> bool:
    own = name.rpartition(".")[2]
    return not own.startswith("_")


def _is_foreign(base: ast.expr, ours: set[str]) -> bool:
    """Whether a base class is a library's that calls the methods it is given."""
    inner = base.value if isinstance(base, ast.Subscript) else base
    if isinstance(inner, ast.Attribute):
        return inner.attr not in _PLAIN
    return getattr(inner, "id", "") not in ours | _PLAIN
