"""Bring a database to the newest schema with Piccolo's migration files; cheap when it is there already."""

from __future__ import annotations

import os
from contextlib import redirect_stdout
from importlib import import_module
from io import StringIO
from typing import TYPE_CHECKING

from kiosk_server.archive.schema.engine import ENGINE
from kiosk_server.archive.schema.ledger import done
from kiosk_server.archive.schema.versions import APP, ArchiveTooNew, done_migrations, known_migrations

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk_server.archive.engines.connection import Connection


def run_migrations(db: Connection, fold: Callable[[], object], upto: str = "") -> tuple[str, ...]:
    """Run what is missing (up to `upto` if given), in one transaction with its bookkeeping; their ids.

    Where one of them changes what is projected, `fold` makes all of it again before anyone sees it.
    """
    seen, known = done_migrations(db), known_migrations()
    newer = seen - set(known)
    if newer:
        raise ArchiveTooNew(migration=max(newer))
    missing = tuple(id_ for id_ in known if id_ not in seen and (not upto or id_ <= upto))
    if not missing:
        return ()
    os.environ["PICCOLO_CONF"] = (
        "kiosk_server.archive.schema.piccolo_conf"  # Piccolo knows its engine by this only
    )
    from piccolo.apps.migrations.tables import Migration  # noqa: PLC0415 - heavy, and only wanted here

    ENGINE.writer = db
    Migration._meta.db = ENGINE  # noqa: SLF001 - the documented setter
    with db.writing(), redirect_stdout(StringIO()):  # Piccolo prints its progress
        done(Migration.create_table(if_not_exists=True).run())  # type: ignore[no-untyped-call]
        modules = [import_module(known[id_]) for id_ in missing]
        for id_, module in zip(missing, modules, strict=True):
            done(done(module.forwards()).run())
            done(Migration.insert(Migration(name=id_, app_name=APP)).run())
        if any(getattr(module, "FOLDS", False) for module in modules):
            fold()
    return missing
