"""The words of the ground floor and the code hold together."""

import inspect
import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import boards.model
from boards.model.errors import Refusal

ROOT = Path(__file__).parents[2]
TERM = re.compile(r"^    ([a-z_]+) {2,}([\u4e00-\u9fff].*)$", re.MULTILINE)
TERMS = TERM.findall(boards.model.__doc__)


def test_every_word_of_the_glossary_is_used():
    """A word stands in the list only if the code speaks it."""
    glossary = Path(boards.model.__file__)
    code = "\n".join(
        path.read_text()
        for package in ("boards", "sync", "printouts", "kiosk_server")
        for path in (ROOT / package).rglob("*.py")
        if path != glossary
    )
    unused = [word for word, _ in TERMS if not re.search(rf"\b{word}s?\b", code)]
    assert len(TERMS) > 30
    assert unused == []


def test_the_glossary_is_in_order_and_says_each_word_once():
    """One word per thing, easy to find."""
    words = [word for word, _ in TERMS]
    assert words == sorted(set(words))


def test_every_refusal_of_the_ground_floor_is_whole():
    """Each has its own code, a Chinese sentence and advice."""
    refusals = {
        one
        for module in iter_modules(boards.model.__path__)
        for _, one in inspect.getmembers(import_module(f"boards.model.{module.name}"), inspect.isclass)
        if issubclass(one, Refusal)
    }
    codes = [one.code for one in refusals]
    assert len(codes) == len(set(codes)) >= 5
    for one in refusals:
        assert one.sentence.endswith("。")
        assert one.advice.endswith("。")
