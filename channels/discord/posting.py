"""What the bot says first: a text or files, each post one message with a nonce of its own."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from channels.discord.rest import Rest
from channels.rendering import discord as form
from hub.channel import Ambiguous, Refused
from hub.messages import Conversation, File

FILES_AT_MOST = 10
"""In one message; the platform's own limit."""
AGAIN_AFTER_S = (1.0, 3.0)
"""Discord enforces a nonce for some minutes: so long a send of unknown fate can be repeated without doubling it."""
_NO_MENTIONS: dict[str, list[str]] = {"parse": []}
_SUPPRESS_EMBEDS = 1 << 2


class Posting:
    """Posts of one bot. `new_nonce` makes one that no other send of this bot has."""

    def __init__(
        self,
        rest: Rest,
        new_nonce: Callable[[], str],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._rest = rest
        self._new_nonce = new_nonce
        self._sleep = sleep

    async def post(self, conversation: Conversation, text: str, files: Sequence[File]) -> str:
        """Send one message; its id. Raises ChannelError; Ambiguous after the last of three tries with one nonce."""
        if len(files) > FILES_AT_MOST:
            raise Refused(f"Discord takes at most {FILES_AT_MOST} files at once.")
        channel, body = conversation.thread or conversation.chat, _body(text, files, self._new_nonce())
        for pause_s in AGAIN_AFTER_S:
            try:
                return await self._send(channel, body, files)
            except Ambiguous:
                await self._sleep(pause_s)
        return await self._send(channel, body, files)

    async def _send(self, channel: str, body: dict[str, Any], files: Sequence[File]) -> str:
        sent = await self._rest.request(
            "POST", "/channels/{channel_id}/messages", channel_id=channel, **content_of(body, files)
        )
        return str(sent["id"])


def _body(text: str, files: Sequence[File], nonce: str) -> dict[str, Any]:
    body: dict[str, Any] = {
        "content": form.render(text),
        "nonce": nonce,
        "enforce_nonce": True,
        "allowed_mentions": _NO_MENTIONS,
        "flags": _SUPPRESS_EMBEDS,
    }
    if files:
        body["attachments"] = [{"id": str(place), "filename": file.name} for place, file in enumerate(files)]
    return body


def content_of(body: dict[str, Any] | None, files: Sequence[File]) -> dict[str, Any]:
    """What a request carries: the body alone, or a form in which the files stand beside it."""
    return {"form": _form(body or {}, files)} if files else {"json": body}


def _form(body: dict[str, Any], files: Sequence[File]) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = [
        {"name": "payload_json", "value": json.dumps(body), "content_type": "application/json"}
    ]
    for place, file in enumerate(files):
        parts.append(
            {"name": f"files[{place}]", "value": file.data, "filename": file.name, "content_type": file.media_type}
        )
    return parts
