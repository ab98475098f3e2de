"""Slack's signature of a request: whoever lacks the signing secret cannot speak to the hub."""

import hashlib
import hmac

WINDOW_S = 300
"""Slack's own figure: an older request may be a recorded one played again."""


def genuine(secret: str, timestamp: str, signature: str, body: bytes, *, now_s: float) -> bool:
    """Whether Slack signed this body within the last five minutes. Compares in constant time."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    if abs(now_s - int(timestamp)) > WINDOW_S:
        return False
    signed = b"v0:%b:%b" % (timestamp.encode("ascii"), body)
    expected = "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode("ascii"), signature.encode("utf-8", "replace"))
