"""What follows down the pages: items in order, cut into pages by a few rules about what stays together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from printouts.paper import Mark, Row, Rule

EVEN = 1e-6


class Item(NamedTuple):
    """Something that is never cut: a line, a row of a table. Its marks count `y` from its own top."""

    height_mm: float
    marks: tuple[Mark, ...] = ()
    keep: bool = False  # on the page of the next one
    snaps: bool = True  # begins on the page's line grid
    blank: bool = False  # empty space, left out at the top of a page
    head: tuple[Mark, ...] = ()  # drawn above it where it begins a page
    head_mm: float = 0.0


class Measure(NamedTuple):
    """The column that is filled, and the pitch of its lines."""

    top_mm: float
    height_mm: float
    pitch_mm: float

    def place(self, y: float, item: Item) -> float:
        """Where an item begins that comes after `y`, both counted from the top of the column."""
        if not item.snaps:
            return y
        return -((EVEN - y) // self.pitch_mm) * self.pitch_mm


def paged(items: Sequence[Item], measure: Measure) -> tuple[tuple[Mark, ...], ...]:
    """Marks of every page, in their places on the paper."""
    pages: list[list[Mark]] = [[]]
    y = 0.0
    for cluster in _clusters(items):
        end = y
        for item in cluster:
            end = measure.place(end, item) + item.height_mm
        if y and end > measure.height_mm + EVEN:
            pages.append([])
            y = 0.0
        for item in cluster:
            if y and measure.place(y, item) + item.height_mm > measure.height_mm + EVEN:
                pages.append([])  # more stays together than a page holds
                y = 0.0
            if item.blank and not y:
                continue
            if not y and item.head:
                pages[-1] += _moved(item.head, measure.top_mm)
                y = item.head_mm
            y = measure.place(y, item)
            pages[-1] += _moved(item.marks, measure.top_mm + y)
            y += item.height_mm
    return tuple(map(tuple, pages))


def _clusters(items: Sequence[Item]) -> Iterator[list[Item]]:
    """Items with those they stay with."""
    cluster: list[Item] = []
    for item in items:
        cluster.append(item)
        if not item.keep:
            yield cluster
            cluster = []
    if cluster:
        yield cluster


def _moved(marks: Iterable[Mark], down: float) -> Iterator[Mark]:
    for mark in marks:
        if isinstance(mark, Rule):
            yield mark._replace(y0=mark.y0 + down, y1=mark.y1 + down)
        elif isinstance(mark, Row):
            yield Row(tuple(one._replace(y=one.y + down) for one in mark.stretches))
        else:
            yield mark._replace(y=mark.y + down)
