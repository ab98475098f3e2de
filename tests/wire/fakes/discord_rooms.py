"""What a bot can read of a Discord of our own: the past of its channels, files, its servers and its rights in them."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from tests.wire.fakes.discord_gateway import Gateway
from tests.wire.fakes.discord_http import HttpServer, Refusal, Said

EPHEMERAL = 1 << 6
EVERYTHING_ASKED_FOR = (1 << 10) | (1 << 11) | (1 << 16) | (1 << 38)
"""View channels, send messages, read their history, send in threads."""


class Rooms:
    """The part of a FakeDiscord that is read."""

    bot: dict[str, Any]
    gateway: Gateway
    server: HttpServer
    channels: set[str]
    messages: dict[str, Said]
    unreadable: set[str]
    """Channels whose history the bot may not read."""
    permissions: int
    """Of the bot in each of its servers, as a whole."""
    files: dict[str, bytes]
    """On the file host, by path."""
    redirects: dict[str, str]
    """From a path of the file host to another address."""
    sessions_left: int
    in_threads: set[str]
    """Threads that were put away, with the bot in them."""

    def _stands(self, message: Mapping[str, Any]) -> None:
        """It is the newest of its channel, wherever the channel is shown."""
        for guild in self.gateway.guilds:
            for place in (*guild["channels"], *guild["threads"]):
                if place["id"] == message["channel_id"]:
                    place["last_message_id"] = message["id"]

    def _history(self, where: Mapping[str, str], _: Any) -> list[dict[str, Any]]:
        channel = self._readable(where)
        after, limit = int(where.get("after", 0)), int(where.get("limit", 50))
        found = [
            said.data
            for number, said in self.messages.items()
            if said.data["channel_id"] == channel and int(number) > after
            if not (said.deleted or said.data["flags"] & EPHEMERAL)
        ]
        found.sort(key=lambda message: int(message["id"]))
        return (found[:limit] if after else found[-limit:])[::-1]

    def _one(self, where: Mapping[str, str], _: Any) -> dict[str, Any]:
        channel = self._readable(where)
        said = self.messages.get(where["message_id"])
        if said is None or said.deleted or said.data["channel_id"] != channel:
            raise Refusal(404, 10008, "Unknown Message")
        return said.data

    def _readable(self, where: Mapping[str, str]) -> str:
        channel = where["channel_id"]
        if channel not in self.channels:
            raise Refusal(404, 10003, "Unknown Channel")
        if channel in self.unreadable:
            raise Refusal(403, 50001, "Missing Access")
        return channel

    def _sessions(self, *_: Any) -> dict[str, Any]:
        limit = {"total": 1000, "remaining": self.sessions_left, "reset_after": 3_600_000, "max_concurrency": 1}
        return {"url": self.gateway.url, "shards": 1, "session_start_limit": limit}

    def _guilds(self, *_: Any) -> list[dict[str, Any]]:
        return [
            {"id": each["id"], "name": each["name"], "owner": False, "permissions": str(self.permissions)}
            for each in self.gateway.guilds
        ]

    def _thread_member(self, where: Mapping[str, str], _: Any) -> dict[str, Any]:
        if where["channel_id"] not in self.in_threads or where["user_id"] != self.bot["id"]:
            raise Refusal(404, 10007, "Unknown Member")
        return {"id": where["channel_id"], "user_id": where["user_id"], "flags": 0}

    def _enters(self, thread: str) -> None:
        """Who writes in a thread is in it from then on."""
        for guild in self.gateway.guilds:
            for each in guild["threads"]:
                if each["id"] == thread and "member" not in each:
                    each["member"] = {"id": thread, "user_id": self.bot["id"], "flags": 0}
                    change = {"id": thread, "guild_id": guild["id"], "added_members": [each["member"]]}
                    self.gateway.dispatch("THREAD_MEMBERS_UPDATE", change)

    def _channels(self, where: Mapping[str, str], _: Any) -> list[dict[str, Any]]:
        return list(self._guild(where)["channels"])

    def _member(self, where: Mapping[str, str], _: Any) -> dict[str, Any]:
        self._guild(where)
        return {"user": self.bot, "roles": []}

    def _guild(self, where: Mapping[str, str]) -> dict[str, Any]:
        found = next((each for each in self.gateway.guilds if each["id"] == where["guild_id"]), None)
        if found is None:
            raise Refusal(404, 10004, "Unknown Guild")
        return found

    async def _file(self, request: web.Request) -> web.StreamResponse:
        """The file host: no key is asked for, and none must be shown."""
        assert "Authorization" not in request.headers
        if to := self.redirects.get(request.path):
            raise web.HTTPFound(to)
        if request.path not in self.files:
            raise web.HTTPNotFound
        return web.Response(body=self.files[request.path])

    def attach(self, name: str, media_type: str, data: bytes) -> dict[str, Any]:
        """A file that somebody has uploaded, as a message shows it."""
        url = self.keep(name, data)
        number = url.split("/")[-2]
        return {
            "id": number,
            "filename": name,
            "content_type": media_type,
            "size": len(data),
            "url": url,
            "proxy_url": url,
        }

    def keep(self, name: str, data: bytes) -> str:
        """Where the file can be had from now on."""
        path = f"/attachments/{len(self.files) + 5}/{name}"
        self.files[path] = data
        return f"{self.server.url}{path}"
