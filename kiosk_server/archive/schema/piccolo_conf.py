"""Where Piccolo looks for the engine (its documented `PICCOLO_CONF` module), also for its command line."""

from __future__ import annotations

from piccolo.conf.apps import AppRegistry

from kiosk_server.archive.schema.engine import ENGINE

DB = ENGINE
APP_REGISTRY = AppRegistry(apps=["kiosk_server.archive.schema.piccolo_app"])
