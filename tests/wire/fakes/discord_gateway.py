"""The gateway of the Discord of our own: sessions that can be resumed, one zlib stream a connection."""

import asyncio
import contextlib
import json
import zlib
from collections.abc import Mapping
from typing import Any

import msgspec
from aiohttp import WSMsgType, web

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11
CONTENT = 1 << 15
"""The intent to read what messages say."""
KEPT = 5_000
"""Frames that can be replayed."""


class Session(msgspec.Struct):
    """What one identified client has been told."""

    id: str
    intents: int
    user: dict[str, Any]
    sequence: int = 0
    frames: list[tuple[int, dict[str, Any]]] = []
    line: Any = None
    """The connection that it is on, if any."""


class Line:
    """One connection."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self.socket = socket
        self._zlib = zlib.compressobj()
        self._out: asyncio.Queue[dict[str, Any] | str | None] = asyncio.Queue()

    def send(self, frame: dict[str, Any] | str) -> None:
        self._out.put_nowait(frame)

    async def write(self) -> None:
        while (frame := await self._out.get()) is not None:
            text = frame if isinstance(frame, str) else json.dumps(frame)
            data = self._zlib.compress(text.encode()) + self._zlib.flush(zlib.Z_SYNC_FLUSH)
            with contextlib.suppress(ConnectionError):
                await self.socket.send_bytes(data)

    def cut(self) -> None:
        """End it without a word, as a broken network does."""
        self._out.put_nowait(None)
        if self.socket._req is not None and self.socket._req.transport is not None:
            self.socket._req.transport.abort()


class Gateway:
    """Everyone who listens. `bots`: by the token they must show; `content_allowed`: the privileged intent is on."""

    def __init__(self, bots: Mapping[str, dict[str, Any]], guilds: list[dict[str, Any]]) -> None:
        self.bots = bots
        self.guilds = guilds
        self.content_allowed = True
        self.url = ""
        self.sessions: dict[str, Session] = {}
        self.identified = 0
        self.resumed = 0
        self.heartbeats = 0
        self.accepting = True
        self.ends_at_once = 0
        """So many sessions end as soon as they are resumed."""
        self.refuses_with: list[int] = []
        """Close codes that the next attempts to begin a session meet."""

    def dispatch(self, kind: str, data: dict[str, Any], *, to: str = "") -> None:
        """Tell everybody, or one bot by its id."""
        for session in self.sessions.values():
            if to in ("", session.user["id"]):
                self._tell(session, kind, data)

    def _tell(self, session: Session, kind: str, data: dict[str, Any]) -> None:
        session.sequence += 1
        frame = {"op": DISPATCH, "t": kind, "s": session.sequence, "d": data}
        session.frames = [*session.frames[-KEPT:], (session.sequence, frame)]
        if session.line is not None:
            session.line.send(frame)

    def drop(self) -> None:
        """Every connection breaks; the sessions stay."""
        for session in self.sessions.values():
            line, session.line = session.line, None
            if line is not None:
                line.cut()

    def ask_to_reconnect(self) -> None:
        for session in self.sessions.values():
            if session.line is not None:
                session.line.send({"op": RECONNECT, "d": None, "s": None, "t": None})

    async def close_lines(self, code: int) -> None:
        """Discord ends every connection with a code."""
        for session in list(self.sessions.values()):
            if session.line is not None:
                await session.line.socket.close(code=code)

    async def break_streams(self) -> None:
        """Bytes that belong to no zlib stream."""
        for session in list(self.sessions.values()):
            if session.line is not None:
                await session.line.socket.send_bytes(b"\xff" * 20 + b"\x00\x00\xff\xff")

    def garble(self, text: str) -> None:
        """A frame that is no JSON."""
        for session in self.sessions.values():
            if session.line is not None:
                session.line.send(text)

    def forget_sessions(self) -> None:
        """Nothing can be resumed any more."""
        self.drop()
        self.sessions.clear()

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        if not self.accepting:
            raise web.HTTPServiceUnavailable
        assert request.query["compress"] == "zlib-stream"
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        line = Line(socket)
        writer = asyncio.create_task(line.write())
        line.send({"op": HELLO, "d": {"heartbeat_interval": 41_250}, "s": None, "t": None})
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await self._said(line, json.loads(message.data))
        finally:
            writer.cancel()
            for session in self.sessions.values():
                if session.line is line:
                    session.line = None
        return socket

    async def _said(self, line: Line, frame: dict[str, Any]) -> None:
        match frame["op"]:
            case 1:
                self.heartbeats += 1
                line.send({"op": ACK, "d": None, "s": None, "t": None})
            case 2:
                await self._identify(line, frame["d"])
            case 6:
                self._resume(line, frame["d"])
                if self.ends_at_once:
                    self.ends_at_once -= 1
                    await asyncio.sleep(0.01)
                    await line.socket.close(code=4000)

    async def _identify(self, line: Line, asked: dict[str, Any]) -> None:
        user = self.bots.get(asked["token"])
        if user is None:
            await line.socket.close(code=4004, message=b"Authentication failed.")
            return
        if self.refuses_with:
            await line.socket.close(code=self.refuses_with.pop(0))
            return
        if asked["intents"] & CONTENT and not self.content_allowed:
            await line.socket.close(code=4014, message=b"Disallowed intent(s).")
            return
        self.identified += 1
        session = Session(f"session-{self.identified}", asked["intents"], user, line=line)
        self.sessions[session.id] = session
        ready = {
            "v": 10,
            "user": user,
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": self.url,
            "guilds": [{"id": guild["id"], "unavailable": True} for guild in self.guilds],
            "application": {"id": user["id"], "flags": 0},
        }
        self._tell(session, "READY", ready)
        for guild in self.guilds:
            self._tell(session, "GUILD_CREATE", guild)

    def _resume(self, line: Line, asked: dict[str, Any]) -> None:
        session = self.sessions.get(asked["session_id"])
        if session is None or asked["token"] not in self.bots:
            line.send({"op": INVALID, "d": False, "s": None, "t": None})
            return
        self.resumed += 1
        session.line = line
        for sequence, frame in session.frames:
            if sequence > asked["seq"]:
                line.send(frame)
        self._tell(session, "RESUMED", {})
