"""What lies where in a county's trust repository, who signs it, how long it counts, how large it may be.

feed/trust/metadata/<N>.root.json, <N>.targets.json, <N>.pack.json, <N>.register.json, <N>.snapshot.json,
                    timestamp.json
feed/trust/targets/<sha256>.trust.json, <sha256>.pack.json, <sha256>.register.json

root, targets         two of three offline root keys; the targets role holds trust.json and delegates
pack, register        the two seats together: a publisher and a reviewer, different persons (sync.trust.seats)
snapshot, timestamp   one online key of the county's server, which names nobody

(settled 52, 53)
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

FOLDER: Final = "trust"
STATEMENT: Final = "trust.json"
PACK: Final = "pack.json"
REGISTER: Final = "register.json"
TARGETS: Final = (STATEMENT, PACK, REGISTER)
OF_ONE_KIOSK: Final = "of-one-kiosk"
"""Lies in the `trust/` a kiosk keeps: a log that is not beside it may have been published all the same."""

SEATED: Final = ("pack", "register")
"""Roles that the two seats sign, each over the one target `<role>.json`."""

ROLES: Final = ("root", "timestamp", "snapshot", "targets", *SEATED)
ROOT_KEYS: Final = 3
ROOT_THRESHOLD: Final = 2

TERMS: Final = {
    "root": timedelta(days=3650),
    "targets": timedelta(days=3 * 365),
    "pack": timedelta(days=3 * 365),
    "register": timedelta(days=3 * 365),
    "snapshot": timedelta(days=3 * 365),
    "timestamp": timedelta(days=365),
}

METADATA_LIMIT_BYTES: Final = 1 << 20
TARGET_LIMIT_BYTES: Final = 16 << 20


def metadata_at(name: str) -> str:
    """Where a machine keeps a role's metadata among what it trusts: `metadata/<role>.json`."""
    return f"metadata/{name}.json"


def target_at(name: str) -> str:
    """Where a machine keeps a target among what it trusts: `targets/<name>`."""
    return f"targets/{name}"
