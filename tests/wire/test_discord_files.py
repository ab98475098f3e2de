"""Files that people send: described without an address, fetched from the platform's own file host and nowhere else."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from channels.discord.channel import DiscordChannel
from hub import channel as port
from hub.messages import Attachment
from tests.wire.discord_listener import SOMEBODY, channel_on, listening
from tests.wire.fakes.discord import FakeDiscord
from tests.wire.fakes.process import serving
from tests.wire.memory_hub import MemoryHub, until

pytestmark = pytest.mark.wire

PICTURE = b"\x89PNG " * 50_000


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with serving(FakeDiscord()) as fake:
        yield fake
        assert fake.complaints == []


@pytest.fixture
async def channel(fake: FakeDiscord) -> AsyncIterator[DiscordChannel]:
    async with channel_on(fake) as channel:
        yield channel


async def heard(fake: FakeDiscord, channel: DiscordChannel, text: str = "", **more: Any) -> tuple[Attachment, ...]:
    """The attachments of one message, as the hub is given them."""
    hub = MemoryHub()
    async with listening(channel, hub, fake):
        fake.say(SOMEBODY, text, **more)
        await until(lambda: hub.messages)
    (message,) = hub.messages.values()
    return message.attachments


async def test_a_picture_is_described_and_fetched(fake: FakeDiscord, channel: DiscordChannel) -> None:
    (picture,) = await heard(fake, channel, attachments=[fake.attach("cat.png", "image/png", PICTURE)])
    assert (picture.kind, picture.name, picture.size_bytes) == ("image", "cat.png", len(PICTURE))
    assert "http" not in picture.fetch
    assert await channel.fetch(picture, len(PICTURE)) == PICTURE


async def test_a_voice_message_and_a_sticker(fake: FakeDiscord, channel: DiscordChannel) -> None:
    fake.files["/stickers/750.png"] = b"wave"
    voice, sticker = await heard(
        fake,
        channel,
        flags=1 << 13,
        attachments=[fake.attach("voice.ogg", "audio/ogg", b"OggS")],
        sticker_items=[{"id": "750", "name": "Wave", "format_type": 1}],
    )
    assert (voice.kind, await channel.fetch(voice, 100)) == ("voice", b"OggS")
    assert (sticker.kind, sticker.name, await channel.fetch(sticker, 100)) == ("image", "Wave", b"wave")


async def test_what_is_forwarded_brings_its_files(fake: FakeDiscord, channel: DiscordChannel) -> None:
    inner = {"content": "look", "attachments": [fake.attach("a.pdf", "application/pdf", b"%PDF")]}
    (document,) = await heard(fake, channel, message_snapshots=[{"message": inner}])
    assert (document.kind, await channel.fetch(document, 100)) == ("document", b"%PDF")


@pytest.mark.parametrize("announced", [3, len(PICTURE)])
async def test_no_more_is_read_than_allowed(fake: FakeDiscord, channel: DiscordChannel, announced: int) -> None:
    file = {**fake.attach("cat.png", "image/png", PICTURE), "size": announced}
    (picture,) = await heard(fake, channel, attachments=[file])
    with pytest.raises(port.Refused, match="more than 1,000 bytes"):
        await channel.fetch(picture, 1_000)


@pytest.mark.parametrize(
    "address",
    [
        "http://169.254.169.254/latest/meta-data",
        "http://cdn.discordapp.com/attachments/1/a.png",
        "https://cdn.discordapp.com.example.net/a.png",
        "https://cdn.discordapp.com@127.0.0.1/a.png",
        "https://someone@cdn.discordapp.com/a.png",
        "https://cdn.discordapp.com:8443/a.png",
        "https://[::1]/a.png",
        "file:///etc/passwd",
        "//cdn.discordapp.com/a.png",
        "https://[/",
        "",
    ],
)
async def test_an_address_elsewhere_is_not_followed(fake: FakeDiscord, channel: DiscordChannel, address: str) -> None:
    file = {**fake.attach("cat.png", "image/png", PICTURE), "url": address}
    number = fake.say(SOMEBODY, "see", attachments=[file])
    with pytest.raises(port.Refused, match="address"):
        await channel.fetch(Attachment("image", fetch=f"{SOMEBODY}/{number}/{file['id']}"), 1_000_000)


async def test_no_redirect_is_followed(fake: FakeDiscord, channel: DiscordChannel) -> None:
    file = fake.attach("cat.png", "image/png", PICTURE)
    other = fake.attach("other.png", "image/png", PICTURE)
    number = fake.say(SOMEBODY, "see", attachments=[file])
    fake.redirects[f"/attachments/{file['id']}/cat.png"] = other["url"]
    with pytest.raises(port.Refused, match="302"):
        await channel.fetch(Attachment("image", fetch=f"{SOMEBODY}/{number}/{file['id']}"), 1_000_000)


@pytest.mark.parametrize(
    "handle", ["", "http://x/y/z", "1/2", "../../3", "sticker/../x.png", "1/2/3/4", "sticker/5.png/6", "@me/1/2"]
)
async def test_a_handle_that_is_none(channel: DiscordChannel, handle: str) -> None:
    with pytest.raises(port.Refused, match="no handle"):
        await channel.fetch(Attachment("image", fetch=handle), 1_000)


async def test_each_failure_has_its_word(fake: FakeDiscord, channel: DiscordChannel) -> None:
    file = fake.attach("cat.png", "image/png", PICTURE)
    number = fake.say(SOMEBODY, "see", attachments=[file])
    handle = f"{SOMEBODY}/{number}/{file['id']}"
    with pytest.raises(port.Gone):
        await channel.fetch(Attachment("image", fetch=f"{SOMEBODY}/{number}/999"), 1_000_000)
    fake.files.clear()
    with pytest.raises(port.Gone):
        await channel.fetch(Attachment("image", fetch=handle), 1_000_000)
    fake.unreadable.add(SOMEBODY)
    with pytest.raises(port.Forbidden):
        await channel.fetch(Attachment("image", fetch=handle), 1_000_000)
    assert isinstance(channel, port.Fetches)
    fake.unreadable.clear()
    fake.erase(number)
    with pytest.raises(port.Gone):
        await channel.fetch(Attachment("image", fetch=handle), 1_000_000)
