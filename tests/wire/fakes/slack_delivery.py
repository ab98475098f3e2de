"""How Slack hands over what happened: Socket Mode envelopes and signed HTTP requests, repeated until acknowledged."""

import asyncio
import contextlib
import hashlib
import hmac
import itertools
import json
import time
from collections import deque
from collections.abc import Mapping
from typing import Any

import aiohttp
from aiohttp import web

SIGNING_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"


class Envelope:
    """Something that Slack wants acknowledged, until it is, or was sent four times."""

    def __init__(self, kind: str, payload: dict[str, Any], envelope_id: str) -> None:
        self.kind = kind
        self.payload = payload
        self.id = envelope_id
        self.attempt = 0
        self.acked = 0


class Deliveries:
    """Events on their way to one app."""

    def __init__(self, retries_s: tuple[float, ...], unacked_s: float) -> None:
        self.events_url = ""
        """Where HTTP events go; empty: Socket Mode."""
        self.double_acks = 0
        self.given_up: list[Envelope] = []
        self.connections = 0
        self.response_codes: list[int] = []
        """Of HTTP events."""
        self._retries_s = retries_s
        self._unacked_s = unacked_s
        self._numbers = itertools.count(1)
        self._sockets: list[web.WebSocketResponse] = []
        self._waiting: dict[str, Envelope] = {}
        self._ready: deque[Envelope] = deque()
        self._tasks: set[asyncio.Task[None]] = set()

    def send(self, kind: str, payload: dict[str, Any]) -> Envelope:
        envelope = Envelope(kind, payload, f"e{next(self._numbers)}")
        if self.events_url:
            self._run(self._post_until_taken(envelope))
        else:
            self._waiting[envelope.id] = envelope
            self._ready.append(envelope)
            self._run(self._hand_out())
        return envelope

    def _run(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # Socket Mode

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(autoping=True)
        await socket.prepare(request)
        self.connections += 1
        await socket.send_json({"type": "hello", "num_connections": len(self._sockets) + 1})
        self._sockets.append(socket)
        await self._hand_out()
        try:
            async for message in socket:
                if message.type == aiohttp.WSMsgType.TEXT:
                    self._acked(json.loads(message.data))
        finally:
            self._sockets.remove(socket)
        return socket

    def _acked(self, answer: Mapping[str, Any]) -> None:
        envelope = self._waiting.pop(str(answer.get("envelope_id")), None)
        if envelope is None:
            self.double_acks += 1
        else:
            envelope.acked += 1

    async def _hand_out(self) -> None:
        while self._ready and self._sockets:
            envelope = self._ready.popleft()
            if envelope.id not in self._waiting:
                continue
            body = {
                "type": envelope.kind,
                "envelope_id": envelope.id,
                "payload": envelope.payload,
                "accepts_response_payload": envelope.kind != "events_api",
            }
            if envelope.kind == "events_api":
                body |= {"retry_attempt": envelope.attempt, "retry_reason": "timeout" if envelope.attempt else ""}
            self._run(self._repeat_later(envelope))
            with contextlib.suppress(ConnectionError):  # it comes again
                await self._sockets[-1].send_json(body)

    async def _repeat_later(self, envelope: Envelope) -> None:
        """Another try, under another envelope id, as Slack does where no acknowledgement came."""
        await asyncio.sleep(self._unacked_s)
        if envelope.acked:
            return
        self._waiting.pop(envelope.id, None)
        if envelope.attempt >= len(self._retries_s):
            self.given_up.append(envelope)
            return
        await asyncio.sleep(self._retries_s[envelope.attempt])
        again = Envelope(envelope.kind, envelope.payload, f"e{next(self._numbers)}")
        again.attempt = envelope.attempt + 1
        self._waiting[again.id] = again
        self._ready.append(again)
        await self._hand_out()

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask the app to connect anew, and close soon after."""
        for socket in list(self._sockets):
            await socket.send_json({"type": "disconnect", "reason": reason})

    def cut(self) -> None:
        """Every Socket Mode connection breaks without a word."""
        for socket in list(self._sockets):
            transport = socket._req.transport if socket._req else None
            if transport is not None:
                transport.abort()

    async def _hang_up(self, _: web.Application) -> None:
        for task in list(self._tasks):
            task.cancel()
        for socket in list(self._sockets):
            await socket.close()

    # HTTP events

    async def _post_until_taken(self, envelope: Envelope) -> None:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=self._unacked_s)) as session:
            for pause in (*self._retries_s, None):
                try:
                    status = await self.post(session, envelope)
                except (aiohttp.ClientError, TimeoutError):
                    status = 0
                self.response_codes.append(status)
                if status == 200:
                    envelope.acked += 1
                    return
                envelope.attempt += 1
                if pause is None:
                    self.given_up.append(envelope)
                else:
                    await asyncio.sleep(pause)

    async def post(self, session: aiohttp.ClientSession, envelope: Envelope, secret: str = SIGNING_SECRET) -> int:
        """One signed request; its status."""
        if envelope.kind == "events_api":
            body, kind = json.dumps(envelope.payload).encode(), "application/json"
        else:
            fields = {"payload": json.dumps(envelope.payload)} if envelope.kind == "interactive" else envelope.payload
            body, kind = str(aiohttp.FormData(fields)().decode("utf-8")).encode(), "application/x-www-form-urlencoded"
        headers = {**signed(secret, body), "Content-Type": kind}
        if envelope.attempt:
            headers |= {"X-Slack-Retry-Num": str(envelope.attempt), "X-Slack-Retry-Reason": "http_error"}
        async with session.post(self.events_url, data=body, headers=headers) as answer:
            await answer.read()
            return answer.status


def signed(secret: str, body: bytes, at_s: float = 0) -> dict[str, str]:
    """The headers that prove a request to be Slack's."""
    stamp = str(int(at_s or time.time()))
    digest = hmac.new(secret.encode(), b"v0:%b:%b" % (stamp.encode(), body), hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}
