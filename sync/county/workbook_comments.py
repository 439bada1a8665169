"""Cell comments of a workbook: added beside those that are there, in the parts Excel and WPS read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from sync.county.workbook_parts import NotSpliceable, Spliced, prefix_at, tags

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sync.county.workbook_parts import Parts, Tag

AUTHOR = "发布前检查"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_EMPTY = f'<comments xmlns="{_MAIN}"><authors></authors><commentList></commentList></comments>'
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_DRAWING = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit">'
    '<o:idmap v:ext="edit" data="1"/></o:shapelayout></xml>'
)
_SHAPE_TYPE = (
    '<v:shapetype xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'id="_x0000_t202check" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_SHAPE = (
    '<v:shape xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel" id="_x0000_s{id}" type="#_x0000_t202check" '
    'style="position:absolute;visibility:hidden;width:220pt;height:72pt" fillcolor="#ffffe1" '
    'o:insetmode="auto">'
    '<v:fill color2="#ffffe1"/><v:shadow color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:AutoFill>False</x:AutoFill>'
    "<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)


def commented(
    parts: Parts, sheet: str, texts: Mapping[tuple[int, int], list[str]], legacy: str | None
) -> str | None:
    """Add comments by (row, column); the id of a drawing the sheet does not name yet, else None."""
    if not texts:
        return None
    related = parts.related(sheet)
    number = re.sub(r"\D", "", sheet.rpartition("/")[2]) or "1"
    part = next((target for kind, target in related.values() if kind == "comments"), "")
    if not part:
        part = f"xl/commentsCheck{number}.xml"
        parts.write(part, _EMPTY.encode())
        parts.typed(f'<Override PartName="/{part}" ContentType="{_COMMENTS_TYPE}"/>')
        parts.relate(sheet, "comments", part)
    before = _references(parts.read(part))
    parts.write(part, _with_comments(parts.read(part), texts))
    fresh = [at for at in texts if _reference(*at) not in before]
    return _drawn(parts, sheet, fresh, related[legacy][1] if legacy in related else "", number)


def _references(data: bytes) -> set[str]:
    return {tag.attributes.get("ref", "") for tag in tags(data) if tag.name == "comment"}


def _reference(row: int, column: int) -> str:
    letters, left = "", column + 1
    while left:
        left, rest = divmod(left - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


def _with_comments(data: bytes, texts: Mapping[tuple[int, int], list[str]]) -> bytes:
    """The part with our author and comments; on a cell that has one, our sentences go below it."""
    every = tags(data)
    authors, listed = _only(every, "authors"), _only(every, "commentList")
    author = sum(tag.name == "author" for tag in every)
    bodies = _bodies(every)
    prefix = prefix_at(data, listed.start).decode()
    spliced = Spliced(data)
    spliced.inside(authors, f"<{prefix}author>{AUTHOR}</{prefix}author>".encode())
    added = []
    for (row, column), said in texts.items():
        reference = _reference(row, column)
        old = bodies.get(reference)
        run = _run("\n".join((["", *said]) if old else said), prefix)
        if old:
            spliced.inside(old, run.encode())
        else:
            text = f"<{prefix}text>{run}</{prefix}text>"
            added.append(f'<{prefix}comment ref="{reference}" authorId="{author}">{text}</{prefix}comment>')
    spliced.inside(listed, "".join(added).encode())
    return spliced.done()


def _only(every: list[Tag], name: str) -> Tag:
    found = next((tag for tag in every if tag.name == name), None)
    if found is None:
        raise NotSpliceable
    return found


def _bodies(every: list[Tag]) -> dict[str, Tag]:
    """The <text> of each comment by its cell."""
    found, reference = {}, ""
    for tag in every:
        if tag.name == "comment":
            reference = tag.attributes.get("ref", "")
        elif tag.name == "text":
            found[reference] = tag
    return found


def _run(text: str, prefix: str) -> str:
    kept = escape(_NOT_XML.sub("", text))
    return f'<{prefix}r><{prefix}t xml:space="preserve">{kept}</{prefix}t></{prefix}r>'


def _drawn(parts: Parts, sheet: str, cells: list[tuple[int, int]], old: str, number: str) -> str | None:
    """The yellow boxes; without them Excel calls the file damaged."""
    drawing = parts.read(old).decode("utf-8", "surrogateescape") if old else _DRAWING
    head, found, tail = drawing.rpartition("</xml>")
    if not found:
        raise NotSpliceable
    used = max((int(one) for one in re.findall(r"_x0000_s(\d{1,9})\b", head)), default=1024)
    shapes = (
        _SHAPE.format(id=used + at, row=row - 1, column=column) for at, (row, column) in enumerate(cells, 1)
    )
    made = (head + _SHAPE_TYPE + "".join(shapes) + found + tail).encode("utf-8", "surrogateescape")
    if old:
        parts.write(old, made)
        return None
    part = f"xl/drawings/vmlDrawingCheck{number}.vml"
    parts.write(part, made)
    parts.typed(f'<Override PartName="/{part}" ContentType="{_VML_TYPE}"/>')
    return parts.relate(sheet, "vmlDrawing", part)
