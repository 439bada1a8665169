"""Which public definitions a person's act can reach: walked from the commands over the source, not run.

What stands in a module (a function, a class, a constant) is reached when reached code names it, through the
imports in force there. A method is reached when reached code names such an attribute, of whatever: a namesake
may hide a dead method. What is reported is dead for certain. Templates name what they show, the press's table
names its children.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

ROOMS = ("boards", "sync", "printouts", "kiosk_server")
BEGIN = ("kiosk_server.cli", "kiosk_server.dossier.tools.verify")  # the second is run from a stick
_PROGRAM = re.compile(r"kiosk_server\.cli\.(.+\.command|kiosk_command|county_command)")
_SCHEMA = re.compile(r".+\.schema\.(piccolo_conf|migrations\.\w+|tables)\.\w+")
"""What Piccolo takes out of modules that it loads, and the tables to which tests hold the migrations."""
_PLAIN = {"Struct", "Protocol", "NamedTuple", "StrEnum", "IntEnum", "Enum", "Exception"}
_CLASS = re.compile(r"^class (\w+)", re.MULTILINE)
_WORD = re.compile(r"[A-Za-z_]\w*")
_FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
_DEFINITION = _FUNCTION | ast.ClassDef


@dataclass
class Piece:
    """A module's own statements, a constant, a class without its methods, or one function."""

    name: str  # boards.model.money.yuan, or boards.model.money.Sum.add
    named: set[str] = field(default_factory=set)  # what it names in full, modules among it
    attributes: set[str] = field(default_factory=set)  # and of what is not known
    called: list[str] = field(default_factory=list)  # methods of a class that a library calls
    is_method: bool = False
    is_command: bool = False  # its decorator tells a program of it


class House:
    """All modules, and what each of their names is called in full."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.trees = {module: ast.parse(text) for module, text in texts.items()}
        self.classes = {name for text in texts.values() for name in _CLASS.findall(text)}
        self.names = {module: self._names(module, tree) for module, tree in self.trees.items()}

    def _names(self, module: str, tree: ast.Module) -> dict[str, str]:
        """What it imports and defines; what a function imports is the function's."""
        own = [node for node in tree.body if not isinstance(node, _DEFINITION)]
        return _imported(own) | {name: f"{module}.{name}" for node in tree.body for name in _defined(node)}

    def owned(self, name: str) -> str:
        """Where something stands that may be imported from a module that imported it."""
        module, _, own = name.rpartition(".")
        origin = self.names.get(module, {}).get(own, name)
        return name if origin == name or name in self.trees else self.owned(origin)


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


def unreached(texts: Mapping[str, str], shown: set[str]) -> list[str]:
    """Public functions, methods, classes and constants that no command, route or child of the press reaches.

    `texts` are the `sources`, `shown` the `words_shown`.
    """
    house = House(texts)
    pieces = {piece.name: piece for module in house.trees for piece in _pieces(module, house)}
    seen = _walked(pieces, house, shown)
    return sorted(name for name in pieces.keys() - seen - texts.keys() if _is_public(name))


def _walked(pieces: Mapping[str, Piece], house: House, shown: set[str]) -> set[str]:
    """Every piece that is reached from the commands, and from what the templates show."""
    methods: dict[str, list[str]] = {}
    for piece in pieces.values():
        if piece.is_method:
            methods.setdefault(piece.name.rpartition(".")[2], []).append(piece.name)
    seen: set[str] = set()
    waiting = [piece.name for piece in pieces.values() if _is_begun(piece, house)]
    waiting += [name for word in shown for name in methods.get(word, ())]
    while waiting:
        name = waiting.pop()
        if name in seen or name not in pieces:
            continue
        seen.add(name)
        piece = pieces[name]
        waiting += [*piece.called, *map(house.owned, piece.named)]
        waiting += [one for word in piece.attributes for one in methods.get(word, ())]
    return seen


def _is_begun(piece: Piece, house: House) -> bool:
    """Whether nothing of ours need name it: a module of commands, a command, what Piccolo loads."""
    if piece.name in house.trees:
        return piece.name.startswith(BEGIN)
    return piece.is_command or bool(_PROGRAM.fullmatch(piece.name) or _SCHEMA.fullmatch(piece.name))


def _imported(nodes: Iterable[ast.AST]) -> dict[str, str]:
    """What is imported there, and what each name is in full."""
    found = (inner for one in nodes for inner in ast.walk(one) if isinstance(inner, ast.ImportFrom))
    return {one.asname or one.name: f"{node.module}.{one.name}" for node in found for one in node.names}


def _defined(node: ast.stmt) -> list[str]:
    """The names that a statement of a module defines."""
    if isinstance(node, _DEFINITION):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else []
    targets = [node.target] if isinstance(node, ast.AnnAssign) else targets
    return [one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)]


def _pieces(module: str, house: House) -> Iterator[Piece]:
    tree = house.trees[module]
    yield _piece(module, module, [one for one in tree.body if not _defined(one)], house)
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield from _of_a_class(module, node, house)
        else:
            for name in _defined(node):
                yield _piece(f"{module}.{name}", module, [node], house)


def _of_a_class(module: str, node: ast.ClassDef, house: House) -> Iterator[Piece]:
    """It, and each of its methods."""
    methods = [one for one in node.body if isinstance(one, _FUNCTION)]
    own = [*(one for one in node.body if one not in methods), *node.bases, *node.decorator_list]
    piece = _piece(f"{module}.{node.name}", module, own, house)
    of_a_library = any(_is_foreign(base, house.classes) for base in node.bases)
    called = [one for one in methods if of_a_library or one.name.startswith("__")]
    piece.called = [f"{piece.name}.{one.name}" for one in called]
    yield piece
    for one in methods:
        method = _piece(f"{piece.name}.{one.name}", module, [one], house)
        method.is_method = True
        yield method


def _piece(name: str, module: str, nodes: list[ast.AST], house: House) -> Piece:
    piece, names = Piece(name), house.names[module] | _imported(nodes)
    for node in (inner for one in nodes for inner in ast.walk(one)):
        if isinstance(node, ast.Name):
            piece.named |= {names.get(node.id, "")}
        elif isinstance(node, ast.Attribute):
            owner = names.get(node.value.id, "") if isinstance(node.value, ast.Name) else ""
            (piece.named if owner in house.trees else piece.attributes).add(
                f"{owner}.{node.attr}" if owner in house.trees else node.attr
            )
        else:
            piece.named |= _modules_named(node, names, house)
            piece.is_command |= isinstance(node, _FUNCTION) and any(map(_is_command, node.decorator_list))
    return piece


def _modules_named(node: ast.AST, names: Mapping[str, str], house: House) -> set[str]:
    """Modules that are imported, named to a child or handed on, and what is then taken out of them."""
    if isinstance(node, ast.ImportFrom):
        return {str(node.module), *(f"{node.module}.{one.name}" for one in node.names)} & house.trees.keys()
    if isinstance(node, ast.Constant):  # to a child process, or to Piccolo
        return {str(node.value)} & house.trees.keys()
    if isinstance(node, ast.Dict):  # the press's table: the verb, and the module where it stands
        rows = zip(node.keys, node.values, strict=True)
        found = [(room, verb) for verb, room in rows if isinstance(room, ast.Constant)]
        return {f"{room.value}.{verb.value}" for room, verb in found if isinstance(verb, ast.Constant)}
    if isinstance(node, ast.Return) and isinstance(node.value, ast.Name):
        return {*house.names.get(names.get(node.value.id, ""), {}).values()}
    return set()


def _is_command(decorator: ast.expr) -> bool:
    """Whether it tells a program of what it decorates: `@click.command(…)`, or a group's own."""
    made = decorator.func if isinstance(decorator, ast.Call) else None
    return isinstance(made, ast.Attribute) and made.attr == "command"


def _is_public(name: str) -> bool:
    own = name.rpartition(".")[2]
    return not own.startswith("_")


def _is_foreign(base: ast.expr, ours: set[str]) -> bool:
    """Whether a base class is a library's that calls the methods it is given."""
    inner = base.value if isinstance(base, ast.Subscript) else base
    if isinstance(inner, ast.Attribute):
        return inner.attr not in _PLAIN
    return getattr(inner, "id", "") not in ours | _PLAIN
