"""The items of a year on their way into the bag, one by one, each with its number and its files."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from boards.model.kept.annual import Annual
from boards.model.kept.register import Act
from boards.model.kept.retention import ArchiveKind
from boards.model.pack import kept_as
from boards.model.place import county_of
from boards.sheets.dossier import DossierFile, DossierItem
from kiosk_server.desk.keeping import pages_of
from kiosk_server.dossier.backfill import path_of, provenance
from kiosk_server.dossier.items import canonical, printed
from kiosk_server.dossier.names import Names
from printouts.errors import GlyphMissing

if TYPE_CHECKING:
    from boards.model.kept.register import Entry
    from boards.sheets.land.notice_sheet import NoticeSheet
    from boards.sheets.sheet import Sheet
    from boards.sheets.year import YearSheet
    from kiosk_server.dossier.bag import Bag
    from kiosk_server.dossier.items import Paper
    from kiosk_server.dossier.moment import Asked, Holder, Moment


class Drawn(NamedTuple):
    """What there is of an item on paper."""

    pdf: bytes | None = None
    printed: bool = False  # it is the one that was printed here
    undrawn: str = ""  # the character that no font here has, where that is why there is none


class Filling:
    """One bag being filled with items."""

    def __init__(self, holder: Holder, asked: Asked, read: Moment, bag: Bag) -> None:
        """`missing` counts files of notices that hang and that never came here.

        `undrawn` are the characters for want of which a paper was left out, one a paper.
        """
        self._holder, self._asked, self._read, self._bag = holder, asked, read, bag
        self._names, self._enclosed = Names(), dict[str, DossierFile]()
        self.missing, self.undrawn, self.pack_version = 0, list[str](), holder.pack.version

    async def items(self) -> tuple[DossierItem, ...]:
        """Every item with its files, in order. Raises ExportStopped, OtherBagThere."""
        papers = self._read.papers
        await self._warm()
        made = [await self._year()]
        for done, paper in enumerate(papers):
            self._asked.progress(done, len(papers))
            made.append(await self._item(len(made) + 1, paper))
        for entry in self._read.backfilled:
            made.append(self._older(len(made) + 1, entry))
        return tuple(made)

    async def _year(self) -> DossierItem:
        """The year's figures, as the county decided them, else as the lists add up so far."""
        sheet, annual = self._read.year, self.annual
        settled = sheet.settled
        drawn = await self._on_paper(sheet.digest, sheet)
        files = [self._bag.put("data/year/年度汇总.pdf", drawn.pdf)] if drawn.pdf else []
        files.append(self._bag.put("data/year/year.json", self._told(drawn)))
        return DossierItem(
            number=1,
            title=sheet.title,
            made_by=annual.office or self._asked.village.county,
            day=annual.decided_on,
            kept=kept_as(self._holder.pack, ArchiveKind.ANNUAL),
            pages=pages_of(drawn.pdf or b""),
            kind=ArchiveKind.ANNUAL,
            record=f"{county_of(annual.village)}-year-{annual.year}",
            edition=annual.edition if settled else 0,
            code=settled.code if settled else "",
            digest=settled.digest if settled else "",
            sum_fen=annual.sum_fen,
            printed=drawn.printed,
            undrawn=drawn.undrawn,
            files=tuple(files),
        )

    def _told(self, drawn: Drawn) -> bytes:
        settled = self._read.year.settled
        told = {
            "format": "village-year/1",
            "village": self.annual.village,
            "year": self.annual.year,
            "index": settled.index if settled else None,
            "digest": settled.digest if settled else "",
            "code": settled.code if settled else "",
            "annual": self.annual,
        }
        return canonical(told | _undrawn(drawn))

    @property
    def annual(self) -> Annual:
        """The figures that the county signed last; before it has, what the lists come to."""
        sheet = self._read.year
        if sheet.settled:
            return sheet.settled.annual
        return Annual(
            village=sheet.village.code,
            year=sheet.year,
            edition=1,
            rows=sheet.rows,
            sum_fen=sheet.sum_fen,
            office=sheet.office,
            phone=sheet.phone,
            decided_on=sheet.as_of,
        )

    async def _warm(self) -> None:
        """Cut the fonts for all that must be drawn at once: a cut for each takes several times as long."""
        was = {one.digest for one in self._read.register if one.act is Act.PRINT}
        drawn = [one.drawn for one in self._read.papers if one.drawn and one.item.digest not in was]
        if drawn:
            await self._holder.press.warm([*drawn, self._read.year])

    async def _item(self, number: int, paper: Paper) -> DossierItem:
        path = self._names.name(paper.folder, f"{number:02d}_{paper.stem}")
        drawn = await self._on_paper(paper.item.digest, paper.drawn)
        files = [self._bag.put(f"{path}.pdf", drawn.pdf)] if drawn.pdf else []
        about = paper.about | {
            "pdf": files[0].path.rpartition("/")[2] if files else "",
            "pdf_sha256": files[0].sha256 if files else "",
            "printed": drawn.printed,
        }
        if paper.item.kind is ArchiveKind.NOTICE:
            about["attachments"] = self._enclose(paper, files)
        files.insert(0, self._bag.put(f"{path}.json", canonical(about | _undrawn(drawn))))
        more = {"printed": drawn.printed, "undrawn": drawn.undrawn, "files": tuple(files)}
        return msgspec.structs.replace(paper.item, number=number, pages=pages_of(drawn.pdf or b""), **more)

    def _older(self, number: int, entry: Entry) -> DossierItem:
        """A file of an older year (补录), with what is known of where it came from."""
        data = self._holder.files(str(entry.sha256))
        self.missing += data is None
        path = path_of(entry)
        files = [self._bag.put(path, data)] if data is not None else []
        files.append(self._bag.put(f"{path}.json", provenance(entry)))
        return DossierItem(
            number=number,
            title=entry.title,
            made_by=entry.source or entry.by,
            day=entry.day or date(entry.year, 12, 31),
            kept=kept_as(self._holder.pack, ArchiveKind.BACKFILL),
            pages=entry.pages,
            kind=ArchiveKind.BACKFILL,
            record=entry.record,
            backfilled=True,
            files=tuple(files),
        )

    async def _on_paper(self, digest: str, sheet: Sheet | NoticeSheet | YearSheet | None) -> Drawn:
        """As it was printed here, else as it would be at the moment of the export; what hangs no more is not.

        One rare character keeps back its own paper, never the year.
        """
        was = printed(self._read.register, digest, self._holder.files)
        if was or sheet is None:
            return Drawn(was, was is not None)
        try:
            return Drawn((await self._holder.press.pdf(sheet, self._asked.as_of)).read_bytes())
        except GlyphMissing as refusal:
            self.undrawn.append(str(refusal.facts["codepoint"]))
            return Drawn(undrawn=self.undrawn[-1])

    def _enclose(self, paper: Paper, files: list[DossierFile]) -> list[dict[str, Any]]:
        """Put the files of a notice beside it; what is said of each. One that two name lies there once."""
        told = []
        for one in paper.enclosed:
            file = self._enclosed.get(one.sha256) or self._fetched(one.sha256, one.name)
            files += [file] if file else []
            self.missing += file is None and not paper.item.state
            told.append({"name": one.name, "sha256": one.sha256, "path": file.path if file else ""})
        return told

    def _fetched(self, sha256: str, name: str) -> DossierFile | None:
        data = self._holder.files(sha256)
        if data is None:
            return None
        stem, dot, suffix = f"{sha256[:8]}_{name}".rpartition(".")
        path = self._names.name("data/attachments", stem or suffix, dot and dot + suffix)
        file = self._enclosed[sha256] = self._bag.put(path, data, sha256)
        return file


def _undrawn(drawn: Drawn) -> dict[str, str]:
    """What the figures say where there is no paper for want of a character."""
    return {"undrawn": drawn.undrawn} if drawn.undrawn else {}
