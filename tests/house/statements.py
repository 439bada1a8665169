"""The size of the house: statements of the four packages, `python -m tests.house.statements [FOLDER]`.

Docstrings, comments, names and blank lines do not count; migrations are written by a generator and neither
do they.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

ROOMS = ("boards", "printouts", "sync", "kiosk_server")


def statements(source: str) -> int:
    """How many statements a module has; a text that stands alone is a docstring and none."""
    found = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.stmt))
    return sum(not _is_text(node) for node in found)


def _is_text(node: ast.stmt) -> bool:
    value = getattr(node, "value", None)
    return isinstance(node, ast.Expr) and isinstance(value, ast.Constant) and isinstance(value.value, str)


def main(root: Path) -> None:
    """Print files and statements of each package, and of all."""
    total = 0
    for room in ROOMS:
        files = [path for path in (root / room).rglob("*.py") if "migrations" not in path.parts]
        count = sum(statements(path.read_text("utf-8")) for path in files)
        total += count
        print(f"{room:<14} {len(files):>4} files {count:>7,} statements")
    print(f"{'all':<14} {total:>20,}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path())
