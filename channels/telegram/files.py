"""Files of messages, from the Bot API server's own file host and nowhere else."""

from urllib.parse import quote, urlencode

import msgspec
from telegram import Bot
from telegram.error import BadRequest, TelegramError

from channels.telegram.sending import translated
from channels.telegram.transport import AiohttpRequest, TooLarge
from hub.channel import ChannelError, Gone, Refused
from hub.messages import Attachment

PLATFORM_AT_MOST = 20 * 1000 * 1000
"""Bytes: Telegram's own server hands bots no larger file."""


class _File(msgspec.Struct):
    file_path: str = ""
    file_size: int = 0


class _Answer(msgspec.Struct):
    result: _File


_answer = msgspec.json.Decoder(_Answer)


class Files:
    """Downloads of one bot. `base` is the server's file address with the token, without a slash at its end."""

    def __init__(self, bot: Bot, request: AiohttpRequest, base: str) -> None:
        self._bot = bot
        self._request = request
        self._base = base

    async def fetch(self, attachment: Attachment, at_most: int) -> bytes:
        """The file, of at most so many bytes. Raises ChannelError; Refused where it is larger or has no handle."""
        if not attachment.fetch:
            raise Refused("This attachment has no file to fetch.")
        if attachment.size_bytes > at_most:
            raise _too_large(at_most)
        failure: ChannelError
        try:
            file = await self._look_up(attachment.fetch)
            if file.file_size > at_most:
                raise _too_large(at_most)
            status, content = await self._request.download(f"{self._base}/{_below(file.file_path)}", at_most)
        except TooLarge:
            failure = _too_large(at_most)
        except BadRequest as error:
            large = "file is too big" in str(error).lower()
            failure = _too_large(PLATFORM_AT_MOST) if large else translated(error)
        except TelegramError as error:
            failure = translated(error)
        else:
            if status == 200:
                return content
            failure = Gone(f"Telegram's file host does not have the file ({status}).")
        raise failure

    async def _look_up(self, file_id: str) -> _File:
        """Raises TelegramError. The SDK's own `get_file` looks for the path on this machine's disk."""
        answer = await self._request.retrieve(f"{self._bot.base_url}/getFile?{urlencode({'file_id': file_id})}")
        try:
            return _answer.decode(answer).result
        except msgspec.DecodeError:
            raise TelegramError("getFile answered something else") from None


def _below(path: str) -> str:
    """A path below the bot's own folder on the file host. Raises Refused for any other."""
    if path.startswith("/"):
        text = "The Bot API server runs with --local and names files on its own disk; start it without --local."
        raise Refused(text)
    if any(step in ("", ".", "..") for step in path.split("/")):
        raise Refused("The Bot API server names no file that can be fetched.")
    return quote(path, safe="/")


def _too_large(at_most: int) -> Refused:
    return Refused(f"The file is larger than {at_most / 1_000_000:g} MB.")
