"""Files beside messages, taken from Slack's own file host and from nowhere else."""

from collections.abc import Mapping
from typing import Any

from channels.slack.tiers import APPENDS_A_MINUTE, Tiers
from channels.slack.web import Web
from hub.channel import Forbidden, Gone, Refused
from hub.messages import Attachment

HOST = "files.slack.com"
_NOT_THERE = frozenset({"tombstone", "hidden_by_limit"})


class Files:
    """Fetches by the file's id: an address that a person wrote is never followed."""

    def __init__(self, web: Web, tiers: Tiers) -> None:
        self._web = web
        self._questions = tiers.bucket(APPENDS_A_MINUTE, "files.info")

    async def fetch(self, attachment: Attachment, at_most: int) -> bytes:
        """The file's content. Raises ChannelError; Refused where it has more than `at_most` bytes or is not Slack's."""
        await self._questions.take()
        answer = await self._web.call(lambda client: client.files_info(file=attachment.fetch))
        file: Mapping[str, Any] = answer.get("file") or {}
        if file.get("mode") in _NOT_THERE:
            raise Gone("The file was deleted, or is too old for this workspace's plan.")
        size, url = file.get("size"), str(file.get("url_private_download") or file.get("url_private") or "")
        if file.get("is_external") or file.get("mode") == "external" or not self._web.is_slacks(url, HOST):
            raise Refused("The file lies outside Slack.")
        if isinstance(size, int) and size > at_most:
            raise Refused(f"The file has more than {at_most} bytes.")
        media_type, content = await self._web.download(url, at_most)
        if media_type == "text/html" and file.get("mimetype") != "text/html":
            raise Forbidden("Slack shows a sign-in page instead of the file: the bot lacks the scope files:read.")
        return content
