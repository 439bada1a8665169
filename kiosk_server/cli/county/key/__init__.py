"""`county key …`: a seat's own key, made and kept by its holder."""

from __future__ import annotations

from kiosk_server.cli import Commands
from kiosk_server.cli.options import example

command = Commands(
    "county.key",
    ("new", "passphrase"),
    name="key",
    help="本人的密钥：生成一把、更换口令。口令不是登录密码，只有本人知道。",
    epilog=example("county key new --as zhao --office reviewer --prefix county-330590 --out U盘1/zhao.key"),
)
