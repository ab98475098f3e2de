"""Streams and blocks of the Slack of our own: what it refuses about them."""

import json
import time
from collections.abc import Mapping
from typing import Any

from tests.wire.fakes.books import Books, Shown
from tests.wire.fakes.limits import Limits

MARKDOWN = 12_000
SECTION, ALL_BLOCKS = 3_000, 9_600


class Refusal(Exception):
    """The Web API says no."""

    def __init__(self, code: str, *, retry_after: float = 0, **more: Any) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after = retry_after
        self.more = more


class Streaming:
    """chat.startStream, appendStream, stopStream; and the buttons below messages."""

    books: Books
    limits: Limits | None
    buttons: dict[tuple[int, int], list[str]]
    """Action ids below each message."""
    streaming: set[tuple[int, int]]
    streamed: set[tuple[int, int]]
    """Messages that are, or once were, streams."""

    def next_ts(self) -> str:
        raise NotImplementedError

    def _chat(self, arguments: Mapping[str, Any]) -> int:
        raise NotImplementedError

    def _own(self, arguments: Mapping[str, Any]) -> Shown:
        raise NotImplementedError

    def wrote(self, arguments: Mapping[str, Any], ts: str, text: str) -> None:
        raise NotImplementedError

    def _tell(self, chat: int, message: int, text: str) -> None:
        raise NotImplementedError

    def _start_stream(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        chat = self._chat(arguments)
        if not arguments.get("thread_ts"):
            raise Refusal("invalid_thread_ts")
        if not str(arguments["channel"]).startswith("D"):
            for needed in ("recipient_user_id", "recipient_team_id"):
                if not arguments.get(needed):
                    raise Refusal(f"missing_{needed}")
        self._pace(chat)
        ts = self.next_ts()
        key = chat, int(ts.replace(".", ""))
        self.books.shows(*key, arguments.get("markdown_text") or "…")
        self.wrote(arguments, ts, "")
        self.streaming.add(key)
        self.streamed.add(key)
        return {"channel": arguments["channel"], "ts": ts}

    def _append_stream(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        if not arguments.get("markdown_text"):
            raise Refusal("no_text")
        self._add(arguments)
        return {"channel": arguments["channel"], "ts": arguments["ts"]}

    def _stop_stream(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        blocks = checked_blocks(arguments.get("blocks"))
        shown = self._add(arguments)
        key = shown.chat, shown.message_id
        self.streaming.discard(key)
        self.buttons[key] = action_ids(blocks)
        return {"channel": arguments["channel"], "ts": arguments["ts"]}

    def _add(self, arguments: Mapping[str, Any]) -> Shown:
        shown = self._own(arguments)
        if (shown.chat, shown.message_id) not in self.streaming:
            raise Refusal("message_not_in_streaming_state")
        more = str(arguments.get("markdown_text") or "")
        before = "" if shown.texts[-1] == "…" else shown.texts[-1]
        if len(before) + len(more) > MARKDOWN:
            raise Refusal("msg_too_long")
        if more:
            shown.texts.append(before + more)
            shown.times_s.append(time.time())
            self._tell(shown.chat, shown.message_id, before + more)
        return shown

    def _pace(self, chat: int) -> None:
        if self.limits and (wait_s := self.limits.take(chat, time.monotonic())):
            raise Refusal("ratelimited", retry_after=wait_s)


def checked_blocks(blocks: Any) -> list[dict[str, Any]]:
    """The blocks of a request, if Slack takes them."""
    found = json.loads(blocks) if isinstance(blocks, str) else blocks or []
    texts = [block["text"]["text"] for block in found if block["type"] == "section"]
    if any(not 0 < len(text) <= SECTION for text in texts) or len(found) > 50:
        raise Refusal("invalid_blocks")
    if sum(map(len, texts)) > ALL_BLOCKS:
        raise Refusal("msg_blocks_too_long")
    return list(found)


def action_ids(blocks: list[dict[str, Any]]) -> list[str]:
    return [each["action_id"] for block in blocks if block["type"] == "actions" for each in block["elements"]]
