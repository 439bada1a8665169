"""The catalogue's bookkeeping: what is said, where, and in which languages.

`python -m tests.pages.messages` brings every .po up to date (new page messages empty, stale ones gone;
of refusals only the translated are kept) and writes its .mo; the tests only compare.
"""

from __future__ import annotations

import importlib
import pkgutil
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from boards.model.errors import Refusal
from boards.pages.frame.templates import MESSAGE, template_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGES = Path(__file__).parents[2] / "boards" / "pages"
LOCALE = PAGES / "locale"
HEADER = "# Words of the village board's pages and refusals. Message ids are the Chinese sentences.\n"
UNDATED = datetime(2026, 1, 1, tzinfo=UTC)
ROOMS = ("boards", "sync", "printouts", "kiosk_server")


def said_by_pages() -> Iterator[tuple[str, str]]:
    """Message and place of everything the templates and the code of the pages say."""
    for name, text in sorted(template_texts().items()):
        for message in MESSAGE.findall(text):
            yield message, f"templates/{name}"
    for file in sorted(PAGES.rglob("*.py")):
        with file.open("rb") as opened:
            for _, message, _, _ in extract("python", opened, keywords={"_": None, "say": None}):
                yield str(message), file.relative_to(PAGES).as_posix()


def refusals() -> list[type[Refusal]]:
    """Every refusal of the house, found by importing all rooms."""
    for room in ROOMS:
        package = importlib.import_module(room)
        for found in pkgutil.walk_packages(package.__path__, f"{room}."):
            if not found.name.endswith("__main__"):
                importlib.import_module(found.name)
    known, waiting = {Refusal}, [Refusal]
    while waiting:
        for child in waiting.pop().__subclasses__():
            if child not in known and child.__module__.split(".")[0] in ROOMS:
                known.add(child)
                waiting.append(child)
    return sorted(known, key=lambda kind: (kind.__module__, kind.__qualname__))


def said_by_refusals() -> Iterator[tuple[str, str]]:
    """Sentence and advice of every refusal."""
    for kind in refusals():
        yield kind.sentence, kind.__module__
        yield kind.advice, kind.__module__


def template_catalogue(language: str, *, refusing: bool) -> Catalog:
    """All messages, untranslated, as the sources say them now."""
    made = Catalog(language, header_comment=HEADER, fuzzy=False, domain="kiosk", project="village-kiosk")
    said = [*said_by_pages(), *(said_by_refusals() if refusing else ())]
    for message, place in said:
        if message:
            made.add(message, locations=[(place, 0)])
    return made


def catalogue(language: str) -> Catalog:
    """The committed catalogue of a language."""
    return read_po(BytesIO(po(language).read_bytes()), locale=language)


def po(language: str) -> Path:
    """Where a language's catalogue is kept."""
    return LOCALE / language / "LC_MESSAGES" / "kiosk.po"


def written(made: Catalog) -> bytes:
    """A catalogue's text: no dates, no line numbers, so equal words give equal bytes."""
    out = BytesIO()
    write_po(out, made, width=110, omit_header=False, sort_output=True, include_lineno=False)
    dated = (b'"POT-Creation-Date', b'"PO-Revision-Date', b'"Generated-By', b'"Last-Translator')
    return b"".join(line for line in out.getvalue().splitlines(keepends=True) if not line.startswith(dated))


def compiled(made: Catalog) -> bytes:
    """What gettext loads."""
    made.creation_date = made.revision_date = UNDATED
    out = BytesIO()
    write_mo(out, made)
    return out.getvalue()


def languages() -> list[str]:
    """Every language with a catalogue."""
    return sorted(folder.name for folder in LOCALE.iterdir() if po(folder.name).is_file())


def refresh(language: str) -> None:
    """Bring one language up to date and compile it."""
    fresh, known = template_catalogue(language, refusing=True), catalogue(language)
    spoken = {message for message, _ in said_by_pages()}
    for message in list(fresh):
        if message.id and message.id in known:
            kept = known[message.id]
            if kept.pluralizable:  # the translator's: one message, two forms
                fresh.delete(message.id)
                message = fresh.add(kept.id, locations=message.locations)  # noqa: PLW2901
            message.string = kept.string
        if message.id and not message.string and message.id not in spoken:
            fresh.delete(message.id)
    po(language).write_bytes(written(fresh))
    po(language).with_suffix(".mo").write_bytes(compiled(catalogue(language)))


if __name__ == "__main__":
    for code in languages():
        refresh(code)
