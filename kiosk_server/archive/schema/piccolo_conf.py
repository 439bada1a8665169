"""Where Piccolo looks for the engine while it runs a migration (its documented `PICCOLO_CONF` module)."""

from __future__ import annotations

from kiosk_server.archive.schema.engine import ENGINE

DB = ENGINE
