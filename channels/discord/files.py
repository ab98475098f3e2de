"""Files that people send: found anew by their message, fetched from Discord's own file hosts and nowhere else."""

import aiohttp
import msgspec
import yarl

from channels.discord.attachments import STICKER
from channels.discord.rest import Rest
from hub.channel import ChannelError, Forbidden, Gone, Refused, RetryAfter, Unreachable
from hub.messages import Attachment

_HOSTS = frozenset({"cdn.discordapp.com", "media.discordapp.net"})
_FETCH_S = 60.0
_PIECE = 64 * 1024


class _Stored(msgspec.Struct, frozen=True):
    id: str
    url: str


class _Files(msgspec.Struct, frozen=True):
    attachments: list[_Stored] = []


class _Forwarded(msgspec.Struct, frozen=True):
    message: _Files = _Files()


class _Carrier(msgspec.Struct, frozen=True):
    """A message, as far as its files go."""

    attachments: list[_Stored] = []
    message_snapshots: list[_Forwarded] = []


class Files:
    """One bot's way to what people attach. `api_url`: another address of the platform, which then has the files too."""

    def __init__(self, rest: Rest, api_url: str = "") -> None:
        self._rest = rest
        self._own = yarl.URL(api_url).origin() if api_url else None

    async def fetch(self, attachment: Attachment, at_most: int) -> bytes:
        """The file's bytes. Raises ChannelError; Refused where it has more than `at_most` of them."""
        if attachment.size_bytes > at_most:
            raise _too_big(at_most)
        address = await self._address(attachment.fetch)
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_FETCH_S)) as session,
                session.get(address, allow_redirects=False) as answer,
            ):
                if answer.status != 200:
                    raise _failure(answer)
                return await _read(answer.content, at_most)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            failure = Unreachable(f"Discord's file host gave no clear answer ({type(error).__name__}).")
        raise failure

    async def _address(self, handle: str) -> yarl.URL:
        match handle.split("/"):
            case [kind, name] if kind == STICKER and name.partition(".")[0].isdecimal():
                return self._sticker(name)
            case [channel, message, number] if all(each.isdecimal() for each in (channel, message, number)):
                return self._trusted(await self._fresh(channel, message, number))
        raise Refused("This is no handle of a file on Discord.")

    async def _fresh(self, channel: str, message: str, number: str) -> str:
        """The file's address, which expires after a day, as its message shows it now."""
        path = "/channels/{channel_id}/messages/{message_id}"
        answer = await self._rest.request("GET", path, channel_id=channel, message_id=message)
        try:
            found = msgspec.convert(answer, _Carrier)
        except msgspec.ValidationError as error:
            raise Gone(f"Discord: the message of the file cannot be read ({error}).") from error
        files = [*found.attachments, *(file for each in found.message_snapshots for file in each.message.attachments)]
        for file in files:
            if file.id == number:
                return file.url
        raise Gone("Discord: the file is no more at its message.")

    def _trusted(self, url: str) -> yarl.URL:
        """Raises Refused where it is not an address of Discord's file hosts."""
        try:
            address = yarl.URL(url)
            by_port = address.port
        except ValueError:
            raise Refused("Discord names an address that is none.") from None
        if address.scheme and address.absolute and address.user is None and address.password is None:
            if self._own is not None and address.origin() == self._own:
                return address
            if address.scheme == "https" and by_port == 443 and address.host in _HOSTS:
                return address
        raise Refused("Discord names an address that is not one of its file hosts.")

    def _sticker(self, name: str) -> yarl.URL:
        host = "media.discordapp.net" if name.endswith(".gif") else "cdn.discordapp.com"
        return (self._own or yarl.URL.build(scheme="https", host=host)) / "stickers" / name


async def _read(content: aiohttp.StreamReader, at_most: int) -> bytes:
    """Raises Refused as soon as there is more than allowed, whatever was announced."""
    data = bytearray()
    async for piece in content.iter_chunked(_PIECE):
        data += piece
        if len(data) > at_most:
            raise _too_big(at_most)
    return bytes(data)


def _failure(answer: aiohttp.ClientResponse) -> ChannelError:
    match answer.status:
        case 404 | 410:
            return Gone("Discord: the file is no more.")
        case 401 | 403:
            return Forbidden("Discord's file host does not give this file.")
        case 429:
            return RetryAfter(5.0)
        case status if status >= 500:
            return Unreachable(f"Discord's file host is out of order ({status}).")
    return Refused(f"Discord's file host does not give this file ({answer.status}).")


def _too_big(at_most: int) -> Refused:
    return Refused(f"The file has more than {at_most:,} bytes.")
