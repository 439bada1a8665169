"""The folder a land case lies in: case.json, and beside it the texts of its notices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path, PurePath
from typing import NamedTuple

from boards.model.errors import Refusal
from boards.model.findings import Finding, error, note
from sync.county.land.attachments import attachment, unread
from sync.county.land.case_json import FILE_LIMIT_BYTES, CaseUnreadable, ReadCase, read_case
from sync.own_name import own_name

TEXT_LIMIT_BYTES = 1 << 20


class CaseFolder(NamedTuple):
    """A case as it lies in its folder."""

    read: ReadCase
    texts: Mapping[str, str]  # by file name
    folder: Path  # where its attachments are
    files: Mapping[str, Finding]  # what is to be said of attachments, by name


def case_folder(case: Path) -> CaseFolder:
    """Read case.json and the texts beside it; raises CaseUnreadable."""
    read = read_case(bytes_of(case, FILE_LIMIT_BYTES))
    return CaseFolder(read, texts_beside(read, case.parent), case.parent, dict(_said(read, case.parent)))


def _said(read: ReadCase, folder: Path) -> Iterator[tuple[str, Finding]]:
    """Attachments that cannot be published (P9), and those that only a person can read (P8)."""
    for name in {name for stage in read.case.stages for name in stage.attachments or ()}:
        try:
            _, data = attachment(folder / PurePath(name).name)
        except Refusal as refusal:
            yield name, error(refusal.code, "".join(refusal.told()))
        else:
            if unread(data):
                told = f"附件 {name} 是图片或扫描件，程序读不出里面的文字，以写明的保密审查人逐字看过为准。"
                yield name, note("ATTACHMENT_NOT_READ", told)


def texts_beside(read: ReadCase, folder: Path) -> dict[str, str]:
    """Texts of the notices that lie beside the case; a name that leads elsewhere is not followed."""
    names = {stage.text_file for stage in read.case.stages if stage.text_file}
    found: dict[str, str] = {}
    for name in sorted(names):
        path = folder / name
        beside = path.name == name and path.is_file() and not path.is_symlink()
        if beside and path.stat().st_size <= TEXT_LIMIT_BYTES:
            raw = path.read_bytes()
            try:
                found[name] = raw.decode("utf-8-sig")
            except UnicodeDecodeError:
                found[name] = raw.decode("gb18030", "replace")
    return found


def bytes_of(path: Path, limit: int) -> bytes:
    """A file's bytes; raises CaseUnreadable when it is too large or cannot be opened."""
    try:
        if path.stat().st_size > limit:
            raise CaseUnreadable(why=f"{path.name} 过大")
        return path.read_bytes()
    except OSError as why:
        raise CaseUnreadable(why=f"打不开 {own_name(path)}") from why
