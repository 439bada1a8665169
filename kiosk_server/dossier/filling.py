"""The items of a year on their way into the bag, one by one, each with its number and its files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from boards.model.calendar.civil_day import civil_day
from boards.model.kept.retention import ArchiveKind
from boards.model.pack import kept_as
from boards.sheets.dossier import DossierFile, DossierItem
from kiosk_server.dossier.items import canonical, pages_of, printed
from kiosk_server.dossier.names import Names

if TYPE_CHECKING:
    from kiosk_server.dossier.bag import Bag
    from kiosk_server.dossier.items import Paper
    from kiosk_server.dossier.moment import Asked, Holder, Moment


class Filling:
    """One bag being filled with items."""

    def __init__(self, holder: Holder, asked: Asked, read: Moment, bag: Bag) -> None:
        """`missing` counts files of notices that hang and that never came here."""
        self._holder, self._asked, self._read, self._bag = holder, asked, read, bag
        self._names, self._enclosed = Names(), dict[str, DossierFile]()
        self.missing = 0

    async def items(self) -> tuple[DossierItem, ...]:
        """Every item with its files, in order. Raises GlyphMissing, ExportStopped, OtherBagThere."""
        made, papers = [self._year()], self._read.papers
        await self._warm()
        for done, paper in enumerate(papers):
            self._asked.progress(done, len(papers))
            made.append(await self._item(len(made) + 1, paper))
        return tuple(made)

    def _year(self) -> DossierItem:
        asked = self._asked
        file = self._bag.put("data/year/year.json", canonical(self._read.annual))
        return DossierItem(
            number=1,
            title=f"{asked.village.name}{asked.year}年惠农补贴年度汇总",
            made_by=asked.village.county,
            day=civil_day(asked.as_of),
            kept=kept_as(self._holder.pack, ArchiveKind.ANNUAL),
            pages=0,
            kind=ArchiveKind.ANNUAL,
            files=(file,),
        )

    async def _warm(self) -> None:
        """Cut the fonts for all that must be drawn at once: a cut for each takes several times as long."""
        drawn = [one.drawn for one in self._read.papers if one.drawn and self._printed(one) is None]
        if len(drawn) > 1:
            await self._holder.press.warm(drawn)

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
        file = self._enclosed[sha256] = self._bag.put(path, data)
        return file
