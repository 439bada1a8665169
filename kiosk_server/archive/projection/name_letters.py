"""The readings table: how every household's name may be typed, a pure function of the households.

Written in the importing process, after a pull and at a rebuild: the server never loads a
dictionary. A household without letters (a name in no script we know) is found by surname or group.
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING

from boards.model.speech.initials import LETTERS, initials, spellings
from kiosk_server.archive.keys import in_log, log_span, reading_key, reading_span, typed_key
from kiosk_server.archive.statements import DROP_STALE_READINGS, NAMES_AFTER, NEWEST_READ

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kiosk_server.archive.engines.connection import Connection

_NAMES = NAMES_AFTER.format(at_once=2_000)


def write_readings(db: Connection, log: int) -> int:
    """Bring one log's readings up to its households; how many rows changed. A log folded again has none."""
    span = reading_span(log)
    changed = db.execute(DROP_STALE_READINGS, span).rowcount
    (known,) = db.execute(NEWEST_READ, span).fetchone()
    since, last = (known or in_log(log, 0)), log_span(log)[1]
    letters: Callable[[str], str] | None = None
    while named := db.execute(_NAMES, (since, last)).fetchall():
        letters = letters or _letters_by_character()
        rows = [
            (reading_key(household, number), typed_key(log, way))
            for household, name in named
            for number, way in enumerate(spellings(name, letters))
        ]
        if rows:
            db.append("reading", dict(zip(("id", "typed"), zip(*rows, strict=True), strict=True)))
        changed, since = changed + len(rows), named[-1][0]
    return changed


@cache
def _letters_by_character() -> Callable[[str], str]:
    """Letters of a character's readings; a letter of the pad stands for itself.

    Loaded once for all villages of a pull, and only where there are new names.
    """
    dictionary = _dictionary()

    @lru_cache(maxsize=8_192)
    def letters(char: str) -> str:
        own = char.upper()
        if own in LETTERS:
            return own
        return initials(dictionary.get(ord(char), "").split(","))

    return letters


def _dictionary() -> Mapping[int, str]:
    """Take pypinyin's readings of single characters; its phrases, loaded with the package, are 44 MB more."""
    package = find_spec("pypinyin")
    if package is None or package.origin is None:
        raise ModuleNotFoundError(name="pypinyin")
    spec = spec_from_file_location("_single_characters", Path(package.origin).with_name("pinyin_dict.py"))
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(name="pypinyin.pinyin_dict")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    found: dict[int, str] = module.pinyin_dict
    return found
