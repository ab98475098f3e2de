"""A Slack of our own: the Web API, Socket Mode and signed HTTP events over real sockets, with people and books.

In a test: `async with serving(FakeSlack()) as fake` (see process.py). As a process: `python -m tests.wire.fakes.slack`.
Chats are numbers in the books: the private chat of person 77 is `D00000077`.
"""

import asyncio
import hashlib
import hmac
import itertools
import json
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp
from aiohttp import web

from tests.wire.fakes import slack_spec
from tests.wire.fakes.books import Books, Shown
from tests.wire.fakes.faults import Faults, Plan
from tests.wire.fakes.limits import Limits

BOT_TOKEN = "xoxb-do-not-show-this-token"
APP_TOKEN = "xapp-do-not-show-this-token"
SIGNING_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
TEAM, BOT_USER, BOT = "T00000001", "U0BOT", "B0BOT"
TEXT = 4000
TIERS = {"chat.update": 50, "users.info": 100, "chat.delete": 50, "apps.connections.open": 50}
"""Calls a minute."""
SCOPES = (
    "app_mentions:read,channels:history,chat:write,commands,files:read,groups:history,im:history,mpim:history,"
    "reactions:read,users:read"
)


class Refusal(Exception):
    """The Web API says no."""

    def __init__(self, code: str, *, retry_after: float = 0, **more: Any) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after = retry_after
        self.more = more


class AioServer:
    """An aiohttp application on a port of this machine, with the face of http.Server."""

    def __init__(self, app: Callable[[], web.Application]) -> None:
        self._app = app
        self.port = 0

    async def start(self, port: int = 0) -> int:
        self._runner = web.AppRunner(self._app(), access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self.port

    async def close(self) -> None:
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


class Envelope:
    """Something that Slack wants acknowledged, until it is, or was sent four times."""

    def __init__(self, kind: str, payload: dict[str, Any], envelope_id: str) -> None:
        self.kind = kind
        self.payload = payload
        self.id = envelope_id
        self.attempt = 0
        self.acked = 0


class FakeSlack:
    """One workspace with one app.

    `limits`: of posts in a chat; `tiers`: how many times faster than Slack's the methods' tiers are, 0: not kept.
    `retries_s`: the pauses before an event that was not acknowledged comes again; Slack's are 0, 60 and 300 s.
    """

    def __init__(
        self,
        *,
        strict: bool = True,
        limits: Limits | None = None,
        tiers: float = 0,
        faults: Plan | None = None,
        retries_s: tuple[float, ...] = (0.3, 0.5, 1.0),
        unacked_s: float = 3.0,
    ) -> None:
        self.strict = strict
        self.limits = limits
        self.faults = Faults(faults)
        self.books = Books()
        self.events_url = ""
        """Where HTTP events go; empty: Socket Mode."""
        self.scopes = SCOPES
        self.archived: set[int] = set()
        self.on_call: Callable[[str, Mapping[str, Any]], None] | None = None
        self.on_shown: Callable[[int, int, str], None] | None = None
        self.profiles: dict[str, dict[str, Any]] = {}
        self.double_acks = 0
        self.repeated = 0
        self.given_up: list[Envelope] = []
        self.complaints: list[str] = []
        """What no well-behaved bot sends; empty where all is well."""
        self.connections = 0
        self.statuses: list[tuple[str, str, str]] = []
        self.response_codes: list[int] = []
        """Of HTTP events."""
        self._tiers = tiers
        self._used: dict[str, deque[float]] = {}
        self._retries_s = retries_s
        self._unacked_s = unacked_s
        self._numbers = itertools.count(1)
        self._sockets: list[web.WebSocketResponse] = []
        self._waiting: dict[str, Envelope] = {}
        self._ready: deque[Envelope] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._base_s = int(time.time())
        self._users: dict[int, str] = {}
        self.server = AioServer(self._application)

    def _application(self) -> web.Application:
        app = web.Application()
        app.router.add_route("*", "/api/{method}", self._serve)
        app.router.add_get("/link", self._socket)
        app.on_shutdown.append(self._hang_up)
        return app

    @property
    def api_url(self) -> str:
        return f"{self.server.url}/api/"

    # People

    def say(self, chat: int, text: str, *, kind: str = "im", ts: str = "", **more: Any) -> int:
        """A person writes; the message id of the books. `more`: further fields of the event."""
        ts = ts or self.next_ts()
        self.books.says(chat, number_of(ts), text)
        channel = chat_id(chat, kind)
        self._users.setdefault(chat, f"U{chat:08d}")
        event = {
            "type": "message",
            "channel": channel,
            "channel_type": kind,
            "user": self._users[chat],
            "text": text,
            "ts": ts,
            "event_ts": ts,
            **more,
        }
        self.event(event)
        return number_of(ts)

    def next_ts(self) -> str:
        return f"{self._base_s}.{next(self._numbers):06d}"

    def event(self, event: Mapping[str, Any]) -> Envelope:
        """Any event of the Events API."""
        number = next(self._numbers)
        payload = {
            "type": "event_callback",
            "team_id": TEAM,
            "api_app_id": "A0APP",
            "event_id": f"Ev{number:08d}",
            "event_time": self._base_s,
            "authorizations": [{"team_id": TEAM, "user_id": BOT_USER, "is_bot": True}],
            "event": dict(event),
        }
        again = self.faults.plan.chances and self.faults.draw("event", among=("duplicate",))
        sent = self.send("events_api", payload)
        if again:
            self.repeated += 1
            asyncio.get_running_loop().call_later(0.2, self.send, "events_api", payload)
        return sent

    def press(self, payload: dict[str, Any]) -> Envelope:
        return self.send("interactive", payload)

    def command(self, payload: dict[str, Any]) -> Envelope:
        return self.send("slash_commands", payload)

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
            try:
                await self._sockets[-1].send_json(body)
            except ConnectionError:
                pass  # it comes again

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

    # The Web API

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        arguments = await _arguments(request)
        self.books.calls[method] += 1
        fault = self.faults.draw(method)
        if struck := await self._strike(request, fault):
            return struck
        try:
            answer = self._answer(request, method, arguments)
        except Refusal as refusal:
            return _refused(refusal)
        if fault == "drop_after":
            if method == "chat.postMessage":
                self.books.shown[number_of_chat(arguments["channel"]), number_of(answer["ts"])].told = False
            return _cut(request)
        return web.json_response({"ok": True, **answer}, headers={"x-oauth-scopes": self.scopes})

    async def _strike(self, request: web.Request, fault: str) -> web.StreamResponse | None:
        match fault.partition(" "):
            case "drop_before", _, _:
                return _cut(request)
            case "429", _, _:
                return _refused(Refusal("ratelimited", retry_after=self.faults.plan.retry_after_s))
            case "500", _, _:
                return web.Response(status=500, text="<html>oops</html>", content_type="text/html")
            case "html" | "text" as kind, _, _:
                return web.Response(
                    text="sign in to this network", content_type=f"text/{kind.replace('text', 'plain')}"
                )
            case "slow", _, _:
                await asyncio.sleep(self.faults.plan.slow_s)
            case "refuse", _, code:
                return _refused(Refusal(code, needed="users:read") if code == "missing_scope" else Refusal(code))
        return None

    def _answer(self, request: web.Request, method: str, arguments: dict[str, Any]) -> dict[str, Any]:
        wanted = APP_TOKEN if method == "apps.connections.open" else BOT_TOKEN
        if request.headers.get("Authorization") != f"Bearer {wanted}":
            raise Refusal("invalid_auth")
        if self.strict and (wrong := slack_spec.complaint(method, arguments)):
            self.complaints.append(f"{method}: {wrong}")
            raise Refusal("invalid_arguments")
        self._keep_tier(method)
        if self.on_call is not None:
            self.on_call(method, arguments)
        match method:
            case "auth.test":
                return {"url": self.server.url, "team": "Acme", "user": "hub", "team_id": TEAM} | {
                    "user_id": BOT_USER,
                    "bot_id": BOT,
                }
            case "apps.connections.open":
                return {"url": f"ws://127.0.0.1:{self.server.port}/link?ticket=do-not-show-this-ticket"}
            case "users.info":
                return {"user": {"id": arguments["user"], **self.profiles.get(str(arguments["user"]), {})}}
            case "chat.postMessage":
                return self._post_message(arguments)
            case "chat.update":
                return self._update(arguments)
            case "chat.delete":
                self._own(arguments).deleted_s = time.time()
                return {"channel": arguments["channel"], "ts": arguments["ts"]}
            case "assistant.threads.setStatus":
                self.statuses.append((arguments["channel_id"], arguments["thread_ts"], arguments["status"]))
                return {}
        raise Refusal("unknown_method")

    def _keep_tier(self, method: str) -> None:
        a_minute = TIERS.get(method, 0) * self._tiers
        if not a_minute:
            return
        now, used = time.monotonic(), self._used.setdefault(method, deque())
        while used and used[0] < now - 60 / self._tiers:
            used.popleft()
        if len(used) >= TIERS[method] + 10:  # Slack lets a short burst pass
            self.complaints.append(f"{method}: above its tier")
            raise Refusal("ratelimited", retry_after=1)
        used.append(now)

    def _post_message(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        chat = self._chat(arguments)
        text = self._text(arguments)
        wait_s = self.limits.take(chat, time.monotonic()) if self.limits else 0
        if wait_s:
            raise Refusal("ratelimited", retry_after=wait_s)
        ts = self.next_ts()
        self.books.shows(chat, number_of(ts), text)
        self._tell(chat, number_of(ts), text)
        return {"channel": arguments["channel"], "ts": ts, "message": {"text": text}}

    def _update(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        chat, text, shown = self._chat(arguments), self._text(arguments), self._own(arguments)
        shown.texts.append(text)
        shown.times_s.append(time.time())
        self._tell(chat, shown.message_id, text)
        return {"channel": arguments["channel"], "ts": arguments["ts"], "text": text}

    def _tell(self, chat: int, message: int, text: str) -> None:
        if self.on_shown is not None:
            self.on_shown(chat, message, text)

    def _chat(self, arguments: Mapping[str, Any]) -> int:
        chat = number_of_chat(arguments["channel"])
        if self.strict and chat not in self._users:
            raise Refusal("channel_not_found")
        if chat in self.archived:
            raise Refusal("is_archived")
        return chat

    def _text(self, arguments: Mapping[str, Any]) -> str:
        text = str(arguments.get("text", ""))
        if not text.strip():
            raise Refusal("no_text")
        if len(text) > TEXT:
            raise Refusal("msg_too_long")
        return text

    def _own(self, arguments: Mapping[str, Any]) -> Shown:
        shown = self.books.shown.get((number_of_chat(arguments["channel"]), number_of(arguments["ts"])))
        if shown is None or shown.deleted_s is not None:
            raise Refusal("message_not_found")
        return shown


def signed(secret: str, body: bytes, at_s: float = 0) -> dict[str, str]:
    """The headers that prove a request to be Slack's."""
    stamp = str(int(at_s or time.time()))
    digest = hmac.new(secret.encode(), b"v0:%b:%b" % (stamp.encode(), body), hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


def chat_id(chat: int, kind: str = "im") -> str:
    return f"{'D' if kind == 'im' else 'C'}{chat:08d}"


def number_of_chat(channel: str) -> int:
    return int(channel[1:]) if channel[1:].isdigit() else -1


def number_of(ts: str) -> int:
    return int(ts.replace(".", ""))


def ts_of(number: int) -> str:
    return f"{number // 1_000_000}.{number % 1_000_000:06d}"


async def _arguments(request: web.Request) -> dict[str, Any]:
    arguments: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        arguments |= await request.json()
    elif request.can_read_body:
        arguments |= dict(await request.post())
    return arguments


def _refused(refusal: Refusal) -> web.Response:
    body = {"ok": False, "error": refusal.code, **refusal.more}
    if refusal.code == "ratelimited":
        return web.json_response(body, status=429, headers={"Retry-After": f"{refusal.retry_after:g}"})
    return web.json_response(body)


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


if __name__ == "__main__":
    from tests.wire.fakes.process import main

    def make(*, faults: Plan, **options: Any) -> FakeSlack:
        return FakeSlack(faults=faults, **options)

    main(make, "A Slack of our own, for tests.")
