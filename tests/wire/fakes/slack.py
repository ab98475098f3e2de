"""A Slack of our own: the Web API, Socket Mode and signed HTTP events over real sockets, with people and books.

In a test: `async with serving(FakeSlack()) as fake` (see process.py). As a process: `python -m tests.wire.fakes.slack`.
Chats are numbers in the books: the private chat of person 77 is `D00000077`.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web

from tests.wire.fakes import slack_spec
from tests.wire.fakes.books import Books, Shown
from tests.wire.fakes.faults import Faults, Plan
from tests.wire.fakes.limits import Limits
from tests.wire.fakes.slack_beside import Files, Responses
from tests.wire.fakes.slack_delivery import Deliveries, Envelope
from tests.wire.fakes.slack_history import History
from tests.wire.fakes.slack_streams import MARKDOWN, Refusal, Streaming, action_ids, checked_blocks

BOT_TOKEN = "xoxb-do-not-show-this-token"
APP_TOKEN = "xapp-do-not-show-this-token"
TEAM, BOT_USER, BOT = "T00000001", "U0BOT", "B0BOT"
TEXT = 4000
TIERS = {
    "chat.startStream": 20,
    "chat.stopStream": 20,
    "chat.appendStream": 100,
    "chat.update": 50,
    "chat.delete": 50,
    "users.info": 100,
    "users.conversations": 50,
    "conversations.history": 50,
    "conversations.replies": 50,
    "files.info": 100,
    "files.getUploadURLExternal": 100,
    "files.completeUploadExternal": 100,
    "apps.connections.open": 50,
}
"""Calls a minute."""
LATE_S = 1.0
"""What is sent evenly does not arrive evenly on a busy machine: so much later than another may a call get here."""
SCOPES = (
    "app_mentions:read,channels:history,channels:read,chat:write,commands,files:read,files:write,groups:history,"
    "groups:read,im:history,im:read,mpim:history,mpim:read,reactions:read,users:read"
)


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


class FakeSlack(Streaming, Deliveries):
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
        super().__init__(retries_s, unacked_s)
        self.strict = strict
        self.limits = limits
        self.faults = Faults(faults)
        self.books = Books()
        self.scopes = SCOPES
        self.archived: set[int] = set()
        self.on_call: Callable[[str, Mapping[str, Any]], None] | None = None
        self.on_shown: Callable[[int, int, str], None] | None = None
        self.profiles: dict[str, dict[str, Any]] = {}
        self.repeated = 0
        self.complaints: list[str] = []
        """What no well-behaved bot sends; empty where all is well."""
        self.history = History()
        self.files = Files(BOT_TOKEN)
        self.responses = Responses()
        self.deaf = False
        """What people write is in the history alone: the hub has been away for longer than Slack repeats events."""
        self.statuses: list[tuple[str, str, str]] = []
        self.buttons: dict[tuple[int, int], list[str]] = {}
        self.streaming: set[tuple[int, int]] = set()
        self.streamed: set[tuple[int, int]] = set()
        self._tiers = tiers
        self._used: dict[str, deque[float]] = {}
        self._base_s = int(time.time())
        self._users: dict[int, str] = {}
        me = {"team": "Acme", "user": "hub", "team_id": TEAM, "user_id": BOT_USER, "bot_id": BOT}
        self._methods: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
            "auth.test": lambda _: me,
            "apps.connections.open": self._open_connection,
            "users.info": self._user,
            "chat.postMessage": self._post_message,
            "chat.update": self._update,
            "chat.delete": self._delete,
            "chat.startStream": self._start_stream,
            "chat.appendStream": self._append_stream,
            "chat.stopStream": self._stop_stream,
            "assistant.threads.setStatus": self._set_status,
            "files.info": self.files.info,
            "files.getUploadURLExternal": self.files.upload_url,
            "files.completeUploadExternal": self._complete_upload,
            "chat.postEphemeral": self.responses.post_ephemeral,
            "users.conversations": self.history.conversations,
            "conversations.history": self.history.history,
            "conversations.replies": self.history.replies,
        }
        self.server = AioServer(self._application)

    def _application(self) -> web.Application:
        app = web.Application()
        app.router.add_route("*", "/api/{method}", self._serve)
        app.router.add_get("/link", self._socket)
        self.files.routes(app)
        self.responses.routes(app)
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
        self.history.writes(channel, event)
        if not self.deaf:
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

    # The Web API

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        self.files.base = self.server.url
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
            if method in ("chat.postMessage", "chat.startStream"):
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
        run = self._methods.get(method)
        if run is None:
            raise Refusal("unknown_method")
        return run(arguments)

    def _open_connection(self, _: Mapping[str, Any]) -> dict[str, Any]:
        return {"url": f"ws://127.0.0.1:{self.server.port}/link?ticket=do-not-show-this-ticket"}

    def _user(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        return {"user": {"id": arguments["user"], **self.profiles.get(str(arguments["user"]), {})}}

    def _delete(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        self._own(arguments).deleted_s = time.time()
        return {"channel": arguments["channel"], "ts": arguments["ts"]}

    def _set_status(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        self.statuses.append((arguments["channel_id"], arguments["thread_ts"], arguments["status"]))
        return {}

    def _keep_tier(self, method: str) -> None:
        a_minute = TIERS.get(method, 0) * self._tiers
        if not a_minute:
            return
        now, used = time.monotonic(), self._used.setdefault(method, deque())
        while used and used[0] < now - 60 / self._tiers:
            used.popleft()
        if len(used) >= TIERS[method] * (1 + LATE_S * self._tiers / 60):
            self.complaints.append(f"{method}: above its tier")
            raise Refusal("ratelimited", retry_after=1)
        used.append(now)

    def _post_message(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        chat = self._chat(arguments)
        text = self._text(arguments)
        self._pace(chat)
        ts = self.next_ts()
        self.books.shows(chat, number_of(ts), text)
        self.wrote(arguments, ts, text)
        self._tell(chat, number_of(ts), text)
        return {"channel": arguments["channel"], "ts": ts, "message": {"text": text}}

    def _complete_upload(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        self._pace(self._chat({"channel": arguments["channel_id"]}))
        return self.files.complete(arguments)

    def wrote(self, arguments: Mapping[str, Any], ts: str, text: str) -> None:
        """The bot's own messages stand in the history too."""
        message = {"type": "message", "user": BOT_USER, "bot_id": BOT, "text": text, "ts": ts}
        thread = {"thread_ts": arguments["thread_ts"]} if arguments.get("thread_ts") else {}
        self.history.writes(str(arguments["channel"]), message | thread)

    def _update(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        chat, text, shown = self._chat(arguments), self._text(arguments), self._own(arguments)
        key = chat, shown.message_id
        if key in self.streaming:
            raise Refusal("streaming_state_conflict")
        if "blocks" in arguments:
            self.buttons[key] = action_ids(checked_blocks(arguments["blocks"]))
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
        text = str(arguments.get("text") or arguments.get("markdown_text") or "")
        if not text.strip():
            raise Refusal("no_text")
        if len(text) > (TEXT if "text" in arguments else MARKDOWN):
            raise Refusal("msg_too_long")
        return text

    def _own(self, arguments: Mapping[str, Any]) -> Shown:
        shown = self.books.shown.get((number_of_chat(arguments["channel"]), number_of(arguments["ts"])))
        if shown is None or shown.deleted_s is not None:
            raise Refusal("message_not_found")
        return shown


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
