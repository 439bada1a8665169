"""What every answer carries, whatever it says (line §7): nothing foreign may run, frame or sniff."""

from __future__ import annotations

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

SECURITY: tuple[tuple[bytes, bytes], ...] = (
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)

PUBLIC = b"no-cache"
"""May be kept, but asked for again each time: a list must leave the board on its day."""

PERSONAL = b"no-store"
"""May be kept nowhere."""

AUDIO = b"private, no-cache"
"""Public speech: too large for the page cache, kept by the press; a player asks for it again each time."""

FOR_EVER = b"public, max-age=31536000, immutable"
"""The name has a hash in it: other bytes get another name."""

DIGEST = b"x-digest"
"""Of a page, from the page to the front door, which makes its ETag of it; it is not sent."""
