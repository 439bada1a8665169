"""The head of a list says why households are not on it.

A kiosk that took such a list in with an older program kept its head without: all logs are folded again.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

ID = "2026-11-30T03:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "reasons of the left out"
FOLDS = True


async def forwards() -> MigrationManager:
    return MigrationManager(migration_id=ID, app_name="archive", description=DESCRIPTION)
