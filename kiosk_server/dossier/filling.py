"""The items of a year on their way into the bag, one by one, each with its number and its files."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec

from boards.model.kept.annual import Annual
from boards.model.kept.register import Act
from boards.model.kept.retention import ArchiveKind
from boards.model.pack import kept_as
from boards.model.place import county_of
from boards.sheets.dossier import DossierFile, DossierItem
from kiosk_server.dossier.backfill import path_of, provenance
from kiosk_server.dossier.items import canonical, pages_of, printed
from kiosk_server.dossier.names import Names

if TYPE_CHECKING:
    from boards.model.kept.register import Entry
    from kiosk_server.dossier.bag import Bag
    from kiosk_server.dossier.items import Paper
    from kiosk_server.dossier.moment import Asked, Holder, Moment


class Filling:
    """One bag being filled with items."""

    def __init__(self, holder: Holder, asked: Asked, read: Moment, bag: Bag) -> None:
        """`missing` counts files of notices that hang and that never came here."""
        self._holder, self._asked, self._read, self._bag = holder, asked, read, bag
        self._names, self._enclosed = Names(), dict[str, DossierFile]()
        self.missing, self.pack_version = 0, holder.pack.version

    async def items(self) -> tuple[DossierItem, ...]:
        """Every item with its files, in order. Raises GlyphMissing, ExportStopped, OtherBagThere."""
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
        was = printed(self._read.register, sheet.digest, self._holder.files)
        pdf = was or (await self._holder.press.pdf(sheet, self._asked.as_of)).read_bytes()
        files = (
            self._bag.put("data/year/年度汇总.pdf", pdf),
            self._bag.put("data/year/year.json", self._told()),
        )
        return DossierItem(
            number=1,
            title=sheet.title,
            made_by=annual.office or self._asked.village.county,
            day=annual.decided_on,
            kept=kept_as(self._holder.pack, ArchiveKind.ANNUAL),
            pages=pages_of(pdf),
            kind=ArchiveKind.ANNUAL,
            record=f"{county_of(annual.village)}-year-{annual.year}",
            edition=annual.edition if settled else 0,
            code=settled.code if settled else "",
            digest=settled.digest if settled else "",
            sum_fen=annual.sum_fen,
            printed=was is not None,
            files=tuple(files),
        )

    def _told(self) -> bytes:
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
        return canonical(told)

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
        was = self._printed(paper)
        pdf = was or await self._drawn(paper)
        files = [self._bag.put(f"{path}.pdf", pdf)] if pdf else []
        about = paper.about | {
            "pdf": files[0].path.rpartition("/")[2] if files else "",
            "pdf_sha256": files[0].sha256 if files else "",
            "printed": was is not None,
        }
        if paper.item.kind is ArchiveKind.NOTICE:
            about["attachments"] = self._enclose(paper, files)
        files.insert(0, self._bag.put(f"{path}.json", canonical(about)))
        more = {"pages": pages_of(pdf or b""), "printed": was is not None, "files": tuple(files)}
        return msgspec.structs.replace(paper.item, number=number, **more)

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

    def _printed(self, paper: Paper) -> bytes | None:
        return printed(self._read.register, paper.item.digest, self._holder.files)

    async def _drawn(self, paper: Paper) -> bytes | None:
        """As it would be printed at the moment of the export; what hangs no more is not drawn."""
        if paper.drawn is None:
            return None
        return (await self._holder.press.pdf(paper.drawn, self._asked.as_of)).read_bytes()

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
