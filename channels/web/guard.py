"""What stands before every request: the host that was asked for, the page it came from, and what browsers are told."""

from collections.abc import Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.errors import TrunklineError

LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "[::1]")

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


class Refusal(TrunklineError):
    """The request is refused: `status` for the browser, one sentence for the person."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Guard:
    """Refuses foreign hosts and foreign origins, answers refusals as JSON, adds the security headers.

    `hosts`: names that the Host header may have, without a port; empty: any. On a loopback address they must be given,
    else a page elsewhere could reach the hub by a DNS name that it points here. `origins`: origins that may post
    although the Host header reads otherwise, as behind a proxy that rewrites it.
    """

    def __init__(self, app: ASGIApp, hosts: Sequence[str], origins: Sequence[str]) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)
        self._origins = frozenset(origin.lower().rstrip("/") for origin in origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        try:
            self._check(scope["method"], Headers(scope=scope))
            await self._app(scope, receive, secured)
        except Refusal as refusal:
            await JSONResponse({"error": str(refusal)}, refusal.status)(scope, receive, secured)

    def _check(self, method: str, headers: Headers) -> None:
        host = headers.get("host", "").lower()
        if self._hosts and _without_port(host) not in self._hosts:
            raise Refusal(421, "This hub does not answer under that host name.")
        if method in ("GET", "HEAD"):
            return
        origin = headers.get("origin", "").lower()
        _, is_one, place = origin.partition("://")
        if origin not in self._origins and (not is_one or place != host):
            raise Refusal(403, "This request did not come from the hub's own page.")


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() else host
