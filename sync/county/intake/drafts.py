"""A draft: a roster on the clerk's desk, before it is proposed.

drafts/<id>/roster       the file as it was handed in; readable by the clerk's account only
drafts/<id>/draft.json   what the clerk has filled in so far
inbox/                   rosters put here by hand, to be picked

A draft is thrown away when its batch is published: the roster holds ID numbers.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import shutil
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

import msgspec

from boards.model.errors import Fault, Refusal
from boards.model.privacy.withheld import told_in_text
from sync.durable import durable
from sync.events import letters

if TYPE_CHECKING:
    from sync.county.county import County

_ID = re.compile(r"[a-p]{12}")
_NAME_MAX_CHARS = 120


class DraftNotFound(Refusal):
    """No such draft."""

    code = "draft-not-found"
    fault = Fault.PERSON
    sentence = "没有这份草稿，可能已经发布或删除。"
    advice = "请回到首页查看，或重新上传名册。"


class RosterChanged(Refusal):
    """The roster on the desk is another than the one that was proposed."""

    code = "roster-changed"
    fault = Fault.PERSON
    sentence = "批次 {id} 的名册原件在提交之后变了，没有签名。"
    advice = "请退回经办人，按现在的名册重新检查、提交。"


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """One roster being worked on."""

    id: str
    file: str
    by: str
    at: str  # RFC 3339, UTC
    fields: dict[str, str] = {}  # of batch.toml, as typed
    reasons: dict[str, str] = {}  # code of a warning → why it may stand
    proposal: str = ""  # id, once handed in


def new_draft(county: County, file: str, data: bytes, by: str, at: str) -> Draft:
    """Put a roster on the desk."""
    made = Draft(id=letters(secrets.token_bytes(6)), file=_file_name(file), by=by, at=at)
    (county.folder / "drafts").mkdir(exist_ok=True, mode=0o700)
    durable(_folder(county, made.id) / "roster", data)
    keep(county, made)
    return made


def keep(county: County, draft: Draft) -> None:
    """Write what was filled in."""
    durable(_folder(county, draft.id) / "draft.json", msgspec.json.encode(draft))


def draft(county: County, draft_id: str) -> Draft:
    """One draft; raises DraftNotFound."""
    try:
        return msgspec.json.decode((_folder(county, draft_id) / "draft.json").read_bytes(), type=Draft)
    except (OSError, msgspec.MsgspecError) as e:
        raise DraftNotFound from e


def drafts(county: County) -> tuple[Draft, ...]:
    """All drafts, newest first."""
    names = [path.parent.name for path in (county.folder / "drafts").glob("*/draft.json")]
    found = (draft(county, name) for name in names if _ID.fullmatch(name))
    return tuple(sorted(found, key=lambda one: one.at, reverse=True))


def roster(county: County, draft_id: str) -> bytes:
    """The file as it was handed in; raises DraftNotFound."""
    try:
        return (_folder(county, draft_id) / "roster").read_bytes()
    except OSError as e:
        raise DraftNotFound from e


def discard(county: County, draft_id: str) -> None:
    """Throw a draft away with its roster."""
    shutil.rmtree(_folder(county, draft_id), ignore_errors=True)


def discard_of(county: County, proposal_id: str) -> None:
    """Throw away the draft a published proposal came from."""
    for one in drafts(county):
        if one.proposal == proposal_id:
            discard(county, one.id)


def refuse_changed(county: County, proposal_id: str, sha256: str) -> None:
    """The roster of a proposal, where it is kept here, is still the same; raises RosterChanged."""
    for one in drafts(county):
        if one.proposal == proposal_id and hashlib.sha256(roster(county, one.id)).hexdigest() != sha256:
            raise RosterChanged(id=proposal_id)


def inbox(county: County) -> dict[str, Path]:
    """Files to pick from, by name. Only what lies in the folder itself, never what a link points to."""
    folder = county.folder / "inbox"
    paths = sorted(folder.iterdir()) if folder.is_dir() else []
    files = (path for path in paths if path.is_file() and not path.is_symlink())
    return {path.name: path for path in files if not path.name.startswith((".", "~$"))}


def _folder(county: County, draft_id: str) -> Path:
    if not _ID.fullmatch(draft_id):
        raise DraftNotFound
    return county.folder / "drafts" / draft_id


def _file_name(name: str) -> str:
    """The last part of a path of any system, without what cannot be printed or must not be kept."""
    last = PurePath(name.replace("\\", "/")).name
    kept = "".join(letter for letter in last if letter.isprintable())[:_NAME_MAX_CHARS]
    if told_in_text(kept):  # the name goes into the proposal, which is kept
        return f"名册{PurePath(kept).suffix[:5]}"
    return kept or "名册"
