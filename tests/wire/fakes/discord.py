"""A Discord of our own: HTTP API and gateway over real sockets, with people, books, limits and faults."""

import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web

from tests.wire.fakes import discord_spec
from tests.wire.fakes.books import Books
from tests.wire.fakes.discord_gateway import Gateway
from tests.wire.fakes.discord_http import (
    Broken,
    HttpServer,
    Refusal,
    Said,
    as_json,
    cut,
    limited,
    read_body,
    uploaded,
)
from tests.wire.fakes.discord_interactions import Interactions, text_of
from tests.wire.fakes.discord_people import People
from tests.wire.fakes.discord_rooms import EVERYTHING_ASKED_FOR, Rooms
from tests.wire.fakes.discord_shapes import (
    BOT,
    CHANNEL,
    OTHER_THREAD,
    THREAD,
    TOKEN,
    a_guild,
    a_person,
    moment,
)
from tests.wire.fakes.faults import Faults, Plan

EPOCH_MS = 1_420_070_400_000
CONTENT_FLAG = 1 << 19
NONCE_S = 300.0


class FakeDiscord(People, Rooms, Interactions):
    """One bot's Discord. `bucket`: (requests, seconds) of each channel's buckets; None: no limit is kept."""

    def __init__(
        self,
        *,
        token: str = TOKEN,
        bot: Mapping[str, Any] = BOT,
        faults: Plan | None = None,
        bucket: tuple[int, float] | None = None,
        acknowledge_s: float = 3.0,
    ) -> None:
        self.token = token
        self.bots: dict[str, dict[str, Any]] = {token: dict(bot)}
        """By token: more can be added."""
        self.bot = self.bots[token]
        """Whose request is served now; handlers run without a break."""
        self.private: dict[str, str] = {}
        """Id of the bot whose private chat a channel is; the others do not hear of it."""
        self.faults = Faults(faults)
        self.books = Books()
        self.bucket = bucket
        self.acknowledge_s = acknowledge_s
        self.arrivals: list[float] = []
        """When each request came, on the monotonic clock; those of interactions do not count for Discord."""
        self.not_told: set[str] = set()
        """Channels where the answer to the newest send was lost: the bot will send it again."""
        self.refused = 0
        """Requests that came before their bucket was free."""
        self.complaints: list[str] = []
        self.requests: list[tuple[str, Any]] = []
        """Kind and body of each that was served."""
        self.blocked: set[str] = set()
        self.commands: list[dict[str, Any]] = []
        self.content_allowed = True
        self.on_shown: Callable[[int, int, str], None] | None = None
        self.interactions: dict[str, dict[str, Any]] = {}
        self.channels: set[str] = {CHANNEL, THREAD, OTHER_THREAD}
        self.messages: dict[str, Said] = {}
        self.unreadable: set[str] = set()
        self.permissions = EVERYTHING_ASKED_FOR
        self.files: dict[str, bytes] = {}
        self.redirects: dict[str, str] = {}
        self.sessions_left = 1000
        self.in_threads: set[str] = set()
        self._uploaded: list[dict[str, Any]] = []
        """Files of the request that is served now."""
        self.choices: list[str] = []
        """The newest that were offered for a command's argument."""
        self._nonces: dict[tuple[str, str], tuple[str, float]] = {}
        self._buckets: dict[str, tuple[int, float]] = defaultdict(lambda: (0, 0.0))
        self._last_id = 0
        self.gateway = Gateway(self.bots, [a_guild()])
        app = web.Application()
        app.router.add_get("/gateway", self.gateway.handle)
        app.router.add_get("/attachments/{path:.*}", self._file)
        app.router.add_get("/stickers/{path:.*}", self._file)
        for method, path, kind, run in self._routes():
            app.router.add_route(method, f"/api/v10{path}", self._served(method, path, kind, run))
        self.server = HttpServer(app)

    strict = True
    """Whether requests are held to Discord's document; discord.py sends a little that it does not list."""

    @property
    def api_url(self) -> str:
        return f"{self.server.url}/api/v10"

    @property
    def gateway_url(self) -> str:
        self.gateway.url = f"ws://127.0.0.1:{self.server.port}/gateway"
        return self.gateway.url

    def open_thread(self, thread: str, *, with_bot: bool = True) -> None:
        """A thread in the server's channel, there from the start; its people are those of the channel."""
        (guild, *_) = self.gateway.guilds
        like = guild["threads"][0 if with_bot else 1]
        guild["threads"].append({**like, "id": thread, "name": f"thread {thread}"})
        self.channels.add(thread)

    def new_id(self) -> str:
        self._last_id = max(self._last_id + 1, (int(time.time() * 1000) - EPOCH_MS) << 22)
        return str(self._last_id)

    def _deliver(self, kind: str, data: dict[str, Any]) -> None:
        to = self.private.get(str(data.get("channel_id")), "")
        self.gateway.dispatch(kind, data, to=to)
        fault = self.faults.draw("gateway", among=("duplicate", "gateway_drop"))
        if fault == "duplicate":
            self.gateway.dispatch(kind, data, to=to)
        elif fault == "gateway_drop":
            self.gateway.drop()

    def _exists(self, message: dict[str, Any]) -> Said:
        self.channels.add(message["channel_id"])
        said = self.messages[message["id"]] = Said(message)
        self._stands(message)
        return said

    def _message(self, channel: str, text: str, author: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": self.new_id(),
            "channel_id": channel,
            "author": author,
            "content": text,
            "timestamp": moment(),
            "edited_timestamp": None,
            "tts": False,
            "mention_everyone": False,
            "mentions": [],
            "mention_roles": [],
            "attachments": [],
            "embeds": [],
            "components": [],
            "pinned": False,
            "type": 0,
            "flags": 0,
        }

    # -- requests ----------------------------------------------------------------------------------------------------

    def _routes(self) -> list[tuple[str, str, str, Callable[[Mapping[str, str], Any], Any]]]:
        webhook = "/webhooks/{webhook_id}/{webhook_token}"
        part = f"{webhook}/messages/{{message_id}}"
        return [
            ("GET", "/users/@me", "me", lambda *_: self.bot),
            ("GET", "/users/@me/guilds", "guilds", self._guilds),
            ("GET", "/guilds/{guild_id}/channels", "guild_channels", self._channels),
            ("GET", "/guilds/{guild_id}/members/{user_id}", "member", self._member),
            ("GET", "/channels/{channel_id}/thread-members/{user_id}", "thread_member", self._thread_member),
            ("GET", "/gateway/bot", "gateway", self._sessions),
            ("GET", "/channels/{channel_id}/messages", "history", self._history),
            ("GET", "/channels/{channel_id}/messages/{message_id}", "message", self._one),
            ("GET", "/channels/{channel_id}/thread-members/{user_id}", "thread_member", self._thread_member),
            ("GET", "/gateway/bot", "gateway", self._sessions),
            ("GET", "/channels/{channel_id}/messages", "history", self._history),
            ("GET", "/channels/{channel_id}/messages/{message_id}", "message", self._one),
            ("GET", "/applications/@me", "application", self._application),
            ("GET", "/oauth2/applications/@me", "application", self._application),
            ("GET", "/applications/{application_id}/commands", "commands", self._registered),
            ("PUT", "/applications/{application_id}/commands", "overwrite", self._overwrite),
            ("POST", "/channels/{channel_id}/messages", "create", self._create),
            ("PATCH", "/channels/{channel_id}/messages/{message_id}", "edit", self._edit),
            ("DELETE", "/channels/{channel_id}/messages/{message_id}", "delete", self._delete),
            ("POST", "/channels/{channel_id}/typing", "typing", self._typing),
            ("POST", "/interactions/{interaction_id}/{interaction_token}/callback", "callback", self._callback),
            ("PATCH", f"{webhook}/messages/@original", "original", self._edit_part),
            ("PATCH", part, "part", self._edit_part),
            ("DELETE", part, "part_delete", self._delete_part),
            ("POST", webhook, "follow_up", self._follow_up),
        ]

    def _served(
        self, method: str, path: str, kind: str, run: Callable[[Mapping[str, str], Any], Any]
    ) -> Callable[[web.Request], Any]:
        async def serve(request: web.Request) -> web.StreamResponse:
            body, files = await read_body(request)
            self.books.calls[kind] += 1
            if not path.startswith(("/interactions", "/webhooks")):
                self.arrivals.append(time.monotonic())
            fault = self.faults.draw(kind)
            try:
                if fault == "429":
                    return limited(self.faults.plan.retry_after_s)
                self._strike(request, fault)
                self._uploaded = uploaded(body, files)
                shown = request.headers.get("Authorization", "").removeprefix("Bot ")
                if shown not in self.bots or self.token not in self.bots:
                    raise Refusal(401, 0, "401: Unauthorized")
                self.bot = self.bots[shown]
                if wait_s := self._slow_down(kind, request.match_info):
                    return limited(wait_s)
                wrong = self.strict and (
                    discord_spec.complaint(method, path, body) or discord_spec.query_complaint(path, request.query)
                )
                if wrong:
                    self.complaints.append(f"{method} {path}: {wrong}")
                    raise Refusal(400, 50035, f"Invalid Form Body: {wrong}")
                answer = run({**request.query, **request.match_info}, body)
            except Refusal as refusal:
                return as_json(refusal.status, refusal.body)
            self.requests.append((kind, body))
            if kind == "create":
                (self.not_told.add if fault == "drop_after" else self.not_told.discard)(
                    request.match_info["channel_id"]
                )
            if fault == "drop_after":
                cut(request)
            headers = self._bucket_headers(kind, request.match_info)
            return as_json(200, answer, headers) if answer is not None else web.Response(status=204, headers=headers)

        return serve

    def _strike(self, request: web.Request, fault: str) -> None:
        kind, _, description = fault.partition(" ")
        if kind == "drop_before":
            cut(request)
        elif kind == "500":
            raise Broken
        elif kind.isdigit():
            code, _, message = description.partition(" ")
            raise Refusal(int(kind), int(code), message)

    def _slow_down(self, kind: str, where: Mapping[str, str]) -> float:
        if self.bucket is None or "channel_id" not in where:
            return 0.0
        most, window_s = self.bucket
        key, now = f"{kind}/{where['channel_id']}", time.monotonic()
        used, ends = self._buckets[key]
        if now >= ends:
            used, ends = 0, now + window_s
        if used >= most:
            self.refused += 1
            return ends - now
        self._buckets[key] = (used + 1, ends)
        return 0.0

    def _bucket_headers(self, kind: str, where: Mapping[str, str]) -> dict[str, str]:
        if self.bucket is None or "channel_id" not in where:
            return {}
        most, _ = self.bucket
        used, ends = self._buckets[f"{kind}/{where['channel_id']}"]
        left_s = max(0.0, ends - time.monotonic())
        return {
            "X-RateLimit-Bucket": kind,
            "X-RateLimit-Limit": str(most),
            "X-RateLimit-Remaining": str(most - used),
            "X-RateLimit-Reset": f"{time.time() + left_s:.3f}",
            "X-RateLimit-Reset-After": f"{left_s:.3f}",
        }

    def _application(self, *_: Any) -> dict[str, Any]:
        return {
            "id": self.bot["id"],
            "name": "fake",
            "icon": None,
            "description": "",
            "bot_public": True,
            "bot_require_code_grant": False,
            "verify_key": "",
            "team": None,
            "owner": a_person("1"),
            "flags": CONTENT_FLAG if self.content_allowed else 0,
        }

    def _registered(self, where: Mapping[str, str], _: Any) -> Any:
        """Without a word on translations, none are shown."""
        if where.get("with_localizations") == "true":
            return self.commands
        return [{**each, "description_localizations": None} for each in self.commands]

    def _overwrite(self, _: Mapping[str, str], body: Any) -> Any:
        self.commands = [
            {**_as_shown(each), "id": self.new_id(), "application_id": self.bot["id"], "version": "1", "nsfw": False}
            for each in body
        ]
        return self.commands

    def _create(self, where: Mapping[str, str], body: Any) -> Any:
        channel = self._channel(where)
        text = text_of(body)
        nonce = (channel, str(body.get("nonce", "")))
        if body.get("enforce_nonce") and (before := self._nonces.get(nonce)) and time.monotonic() < before[1]:
            return self.messages[before[0]].data
        reference = body.get("message_reference")
        if reference and not reference.get("fail_if_not_exists", True):
            pass
        elif reference and str(reference["message_id"]) not in self.messages:
            raise Refusal(400, 50035, "Invalid Form Body: unknown message")
        message = self._message(channel, text, self.bot)
        message["components"] = body.get("components", [])
        message["attachments"] = self._uploads()
        self._exists(message)
        self._nonces[nonce] = (message["id"], time.monotonic() + NONCE_S)
        self._shows(message)
        self._enters(channel)
        self.gateway.dispatch("MESSAGE_CREATE", message, to=self.private.get(channel, ""))
        return {**message, "nonce": body.get("nonce")}

    def _edit(self, where: Mapping[str, str], body: Any) -> Any:
        said = self._own(where)
        said.data.update(content=text_of(body), components=body.get("components", said.data["components"]))
        self._attach(said, body)
        self._reshows(said.data)
        return said.data

    def _attach(self, said: Said, body: Any) -> None:
        """What an edit says of files replaces those of before; if it says nothing, they stay."""
        if "attachments" in body:
            said.data["attachments"] = self._uploads()

    def _uploads(self) -> list[dict[str, Any]]:
        return [each | {"url": self.keep(each["filename"], each.pop("data"))} for each in self._uploaded]

    def _delete(self, where: Mapping[str, str], _: Any) -> None:
        said = self._own(where)
        said.deleted = True
        self.books.shown[int(said.data["channel_id"]), int(said.data["id"])].deleted_s = time.time()

    def _typing(self, where: Mapping[str, str], _: Any) -> None:
        self.books.typing[int(self._channel(where))] += 1

    def _channel(self, where: Mapping[str, str]) -> str:
        channel = where["channel_id"]
        if channel not in self.channels:
            raise Refusal(404, 10003, "Unknown Channel")
        if channel in self.blocked:
            raise Refusal(403, 50007, "Cannot send messages to this user")
        return channel

    def _own(self, where: Mapping[str, str]) -> Said:
        self._channel(where)
        said = self.messages.get(where["message_id"])
        # What only one person sees cannot be reached through the channel.
        if said is None or said.deleted or said.data["flags"] & 64:
            raise Refusal(404, 10008, "Unknown Message")
        if said.data["author"]["id"] != self.bot["id"]:
            raise Refusal(403, 50005, "Cannot edit a message authored by another user")
        return said

    def _shows(self, message: dict[str, Any]) -> None:
        self.books.shows(int(message["channel_id"]), int(message["id"]), message["content"])
        self._seen(message)

    def _reshows(self, message: dict[str, Any]) -> None:
        shown = self.books.shown[int(message["channel_id"]), int(message["id"])]
        shown.texts.append(message["content"])
        shown.times_s.append(time.time())
        self._seen(message)

    def _seen(self, message: dict[str, Any]) -> None:
        if self.on_shown is not None:
            self.on_shown(int(message["channel_id"]), int(message["id"]), message["content"])


def _as_shown(command: dict[str, Any]) -> dict[str, Any]:
    """Rights are taken as a number and shown as a text."""
    rights = command.get("default_member_permissions")
    return {**command, "default_member_permissions": None if rights is None else str(rights)}
