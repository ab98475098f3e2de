"""What the Slack of our own has beside messages: files on its file host, and responses to one person alone."""

import json
import time
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from tests.wire.fakes.slack_streams import Refusal

USES, GOOD_FOR_S = 5, 1800.0


class Files:
    """Files by id; the host gives them only for the bot's token."""

    def __init__(self, token: str) -> None:
        self._token = token
        self.described: dict[str, dict[str, Any]] = {}
        self.content: dict[str, bytes] = {}
        self.strangers = 0
        """Requests without the token: to the file host that is a person who has not signed in."""
        self.asked_for: dict[str, tuple[str, int]] = {}
        """Uploads that were announced: name and length, by file id."""
        self.shared: list[tuple[str, str, list[tuple[str, bytes]]]] = []
        """Channel, thread, and the files of each message with files."""
        self.base = ""
        self.elsewhere = ""
        """Where files shall be sent to instead of the own host."""

    def routes(self, app: web.Application) -> None:
        app.router.add_get("/files/{file}", self._give)
        app.router.add_post("/upload/{file}", self._take)
        app.router.add_get("/moved/{file}", self._moved)

    def add(self, file: str, content: bytes, url: str, **more: Any) -> None:
        self.content[file] = content
        described = {"id": file, "size": len(content), "mimetype": "image/png", "mode": "hosted"}
        self.described[file] = described | {"url_private": url} | more

    def info(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        if arguments["file"] not in self.described:
            raise Refusal("file_not_found")
        return {"file": self.described[arguments["file"]]}

    def upload_url(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        length = int(arguments["length"])
        if length < 1:
            raise Refusal("invalid_arguments")
        file = f"F{len(self.asked_for) + 1:08d}"
        self.asked_for[file] = str(arguments["filename"]), length
        return {"file_id": file, "upload_url": f"{self.elsewhere or self.base}/upload/{file}"}

    async def _take(self, request: web.Request) -> web.Response:
        file, data = request.match_info["file"], await request.read()
        if "Authorization" in request.headers or len(data) != self.asked_for[file][1]:
            return web.Response(status=400, text="no")
        self.content[file] = data
        return web.Response(text="OK - 200")

    def complete(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        files = json.loads(arguments["files"])
        if any(each["id"] not in self.content for each in files):
            raise Refusal("file_not_found")
        given = [(self.asked_for[each["id"]][0], self.content[each["id"]]) for each in files]
        self.shared.append((str(arguments["channel_id"]), str(arguments.get("thread_ts", "")), given))
        return {"files": [{"id": each["id"], "title": each.get("title", "")} for each in files]}

    async def _give(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {self._token}":
            self.strangers += 1
            return web.Response(text="<html>Sign in</html>", content_type="text/html")
        return web.Response(body=self.content[request.match_info["file"]], content_type="image/png")

    async def _moved(self, request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": f"/files/{request.match_info['file']}"})


class Responses:
    """Where answers to commands go: each address takes five within half an hour."""

    def __init__(self) -> None:
        self.shown: list[tuple[str, str]] = []
        """Address or user, and text."""
        self.failing: list[int] = []
        """Statuses of the next responses."""
        self._uses: dict[str, int] = defaultdict(int)
        self._opened: dict[str, float] = {}

    def routes(self, app: web.Application) -> None:
        app.router.add_post("/commands/{way}", self._take)

    async def _take(self, request: web.Request) -> web.Response:
        way = request.match_info["way"]
        opened = self._opened.setdefault(way, time.time())
        if self.failing:
            return web.Response(status=self.failing.pop(0), headers={"Retry-After": "2"})
        if self._uses[way] >= USES or time.time() - opened > GOOD_FOR_S:
            return web.Response(status=404, text="used_url")
        body = await request.json()
        if body.get("response_type") != "ephemeral" or "Authorization" in request.headers:
            return web.Response(status=400)
        self._uses[way] += 1
        self.shown.append((way, body["text"]))
        return web.Response(text="ok")

    def post_ephemeral(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        self.shown.append((str(arguments["user"]), str(arguments["text"])))
        return {"message_ts": "1.000001"}
