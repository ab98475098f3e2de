"""What was written in the Slack of our own, as its history methods tell it: pages, cursors, threads."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from tests.wire.fakes.slack_streams import Refusal

PAGE_AT_MOST = 999


class History:
    """Messages by channel, oldest first."""

    def __init__(self) -> None:
        self._written: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.page = PAGE_AT_MOST
        """No answer has more entries."""

    def writes(self, channel: str, message: Mapping[str, Any]) -> None:
        told = {key: value for key, value in message.items() if key not in ("channel", "channel_type", "event_ts")}
        self._written[channel].append(told)

    def conversations(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        wanted = str(arguments.get("types", "public_channel")).split(",")
        found = [
            {"id": channel, "is_im": channel.startswith("D"), "is_channel": channel.startswith("C")}
            for channel in sorted(self._written)
            if ("im" if channel.startswith("D") else "public_channel") in wanted
        ]
        return self._paged("channels", found, arguments)

    def history(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Newest first; replies only where they were sent to the channel too; threads tell of their newest reply."""
        written = self._of(arguments)
        roots = []
        for message in written:
            if (
                message.get("thread_ts", message["ts"]) != message["ts"]
                and message.get("subtype") != "thread_broadcast"
            ):
                continue
            replies = [m["ts"] for m in written if m.get("thread_ts") == message["ts"] != m["ts"]]
            thread = {"thread_ts": message["ts"], "reply_count": len(replies)}
            roots.append(message | (thread | {"latest_reply": replies[-1]} if replies else {}))
        since = [each for each in roots if float(each["ts"]) > float(arguments.get("oldest") or 0)]
        return self._paged("messages", since[::-1], arguments)

    def replies(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The thread's first message, and its replies since, oldest first."""
        asked = [each for each in self._of(arguments) if each["ts"] == arguments["ts"]]
        ts = asked[0].get("thread_ts", arguments["ts"]) if asked else arguments["ts"]
        thread = [each for each in self._of(arguments) if ts in (each["ts"], each.get("thread_ts"))]
        if not thread:
            raise Refusal("thread_not_found")
        if len(thread) > 1:
            thread[0] = thread[0] | {"thread_ts": ts}
        since = [m for m in thread if m["ts"] == ts or float(m["ts"]) > float(arguments.get("oldest") or 0)]
        return self._paged("messages", since, arguments)

    def _of(self, arguments: Mapping[str, Any]) -> list[dict[str, Any]]:
        if arguments["channel"] not in self._written:
            raise Refusal("channel_not_found")
        return self._written[arguments["channel"]]

    def _paged(self, name: str, entries: list[dict[str, Any]], arguments: Mapping[str, Any]) -> dict[str, Any]:
        start = int(arguments.get("cursor") or 0)
        end = start + min(int(arguments.get("limit") or 100), self.page)
        cursor = str(end) if end < len(entries) else ""
        return {name: entries[start:end], "response_metadata": {"next_cursor": cursor}}
