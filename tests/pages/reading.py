"""Reading a page back: its elements, its text, its attributes."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import NamedTuple

VOID = {"rect", "meta", "link", "br", "wbr", "path", "img", "hr", "input"}


class Element(NamedTuple):
    name: str
    attributes: dict[str, str]


class Reading(HTMLParser):
    """What a browser would see: elements in order, text, and whether they close in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.words: list[str] = []
        self.inside: list[str] = []
        self.closes_in_order = True
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.inside.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if not self.inside or self.inside.pop() != tag:
            self.closes_in_order = False

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return "".join(self.words)

    @property
    def shape(self) -> list[tuple[str, tuple[str, ...]]]:
        """Elements and the names of their attributes, without a word of content; where a line may break is none."""
        return [(one.name, tuple(sorted(one.attributes))) for one in self.elements if one.name != "wbr"]

    def named(self, name: str) -> list[Element]:
        return [element for element in self.elements if element.name == name]
