"""The archive as a Piccolo app, so that `piccolo migrations new archive --auto` works."""

from __future__ import annotations

from pathlib import Path

from piccolo.conf.apps import AppConfig

from kiosk_server.archive.schema.tables import TABLES

APP_CONFIG = AppConfig(
    app_name="archive",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=list(TABLES),
    migration_dependencies=[],
    commands=[],
)
