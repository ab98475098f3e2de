"""Who is at the other end: a signed cookie names the browser; a one-time link makes it an admin's for some hours."""

import contextlib
import hashlib
import os
import secrets
from pathlib import Path

import msgspec
from itsdangerous import BadSignature, URLSafeSerializer

from hub.errors import TrunklineError

LINK_MINUTES = 10
ADMIN_HOURS = 8
COOKIE_SECONDS = 400 * 86_400
"""As long as browsers keep a cookie at the most (RFC 6265bis)."""
SECRET_BYTES = 32


class SecretUnusable(TrunklineError):
    """The file with the web page's secret cannot be used."""


class LinkRefused(TrunklineError):
    """This sign-in link is not valid. Make a new one with `trunkline admin-link`."""


class Session(msgspec.Struct, frozen=True, array_like=True):
    """One browser. `browser` is its id in the hub: the chat and the sender of all that it writes."""

    browser: str
    admin_until_ms: int = 0


class _Link(msgspec.Struct, frozen=True, array_like=True):
    id: str
    until_ms: int


class Sessions:
    """Signs and reads the cookie of one account. The signature is what guards it; its content is no secret."""

    def __init__(self, secret: bytes, account: str) -> None:
        self.cookie = f"trunkline-{account}"
        self._signer = _signer(secret, f"trunkline.session.{account}")

    def write(self, session: Session) -> str:
        return _signed(self._signer, session)

    def read(self, cookie: str) -> Session | None:
        """None for a cookie that is missing or that this hub did not sign."""
        try:
            return msgspec.convert(self._signer.loads(cookie), Session)
        except (BadSignature, msgspec.ValidationError):
            return None


def make_admin_link(secret: bytes, base_url: str, *, now_ms: int, link_id: str) -> str:
    """A URL that signs one browser in as admin, once, within ten minutes.

    The token stands behind `#`: browsers do not send that part, so no log and no preview of the link ever sees it.
    """
    return (
        f"{base_url.rstrip('/')}/#admin={_signed(_link_signer(secret), _Link(link_id, now_ms + LINK_MINUTES * 60_000))}"
    )


def redeem(secret: bytes, token: str, *, now_ms: int) -> str:
    """The link's id, which may be used once. Raises LinkRefused."""
    try:
        link = msgspec.convert(_link_signer(secret).loads(token), _Link)
    except (BadSignature, msgspec.ValidationError):
        raise LinkRefused from None
    if now_ms >= link.until_ms:
        raise LinkRefused("This sign-in link has expired. Make a new one with `trunkline admin-link`.")
    return link.id


def load_or_make_secret(path: Path) -> bytes:
    """The secret of a hub that nobody gave one: made at first, kept in a file that only its owner reads.

    Raises SecretUnusable.
    """
    try:
        if not path.exists():
            _make(path)
        secret = path.read_bytes().strip()
    except OSError as error:
        raise SecretUnusable(f"{path} cannot be used ({error.strerror}); make its directory writable.") from error
    if len(secret) < SECRET_BYTES:
        raise SecretUnusable(f"{path} is too short to be a secret; delete it and a new one is made.")
    return secret


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(secrets.token_hex(SECRET_BYTES) + "\n")
    with contextlib.suppress(FileExistsError):  # another process was first: its secret is the one
        os.link(draft, path)
    draft.unlink()


def _signer(secret: bytes, salt: str) -> URLSafeSerializer:
    return URLSafeSerializer(
        secret, salt=salt, signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256}
    )


def _link_signer(secret: bytes) -> URLSafeSerializer:
    return _signer(secret, "trunkline.admin-link")


def _signed(signer: URLSafeSerializer, value: msgspec.Struct) -> str:
    return signer.dumps(msgspec.to_builtins(value))
