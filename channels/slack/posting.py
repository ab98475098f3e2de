"""What the bot says first: a text, or files that are uploaded and then shared in one message."""

from collections.abc import Sequence

from channels.rendering import slack as form
from channels.slack.tiers import APPENDS_A_MINUTE, Tiers
from channels.slack.web import Web
from hub.channel import Ambiguous, Unreachable
from hub.messages import Conversation, File

HOST = "files.slack.com"
UPLOADS_A_MINUTE = APPENDS_A_MINUTE
"""files.getUploadURLExternal is of tier 4."""


class Posting:
    """Posts of one app."""

    def __init__(self, web: Web, tiers: Tiers) -> None:
        self._web = web
        self._uploads = tiers.bucket(UPLOADS_A_MINUTE, "files.getUploadURLExternal")

    async def post(self, conversation: Conversation, text: str, files: Sequence[File]) -> str:
        """Send the text, or the files as one message; its time stamp, or the first file's id. Raises ChannelError."""
        if files:
            return await self._share(conversation, [await self._upload(file) for file in files])
        answer = await self._web.call(
            lambda client: client.chat_postMessage(
                channel=conversation.chat,
                text=form.render(text),
                thread_ts=conversation.thread or None,
                link_names=False,
                unfurl_links=False,
                unfurl_media=False,
            )
        )
        return str(answer["ts"])

    async def _upload(self, file: File) -> dict[str, str | None]:
        """Its id and title. Nobody sees it yet, so whatever goes wrong can be repeated. Raises ChannelError."""
        await self._uploads.take()
        try:
            place = await self._web.call(
                lambda client: client.files_getUploadURLExternal(filename=file.name, length=len(file.data))
            )
            await self._web.upload(str(place["upload_url"]), HOST, file.data)
        except Ambiguous as error:
            raise Unreachable(f"A file could not be uploaded to Slack: {error}") from None
        return {"id": str(place["file_id"]), "title": file.name}

    async def _share(self, conversation: Conversation, uploaded: list[dict[str, str | None]]) -> str:
        await self._web.call(
            lambda client: client.files_completeUploadExternal(
                files=uploaded, channel_id=conversation.chat, thread_ts=conversation.thread or None
            )
        )
        return str(uploaded[0]["id"])
