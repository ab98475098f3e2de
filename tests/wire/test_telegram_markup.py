"""Markdown over the wire: entities on Telegram, which refuses wrong ones; plain text where it refuses markup."""

from typing import Any

import pytest

from hub.messages import Target
from tests.channels.rendering.answer import answer
from tests.wire.fakes.telegram import FakeTelegram
from tests.wire.fakes.telegram_entities import complaint
from tests.wire.test_telegram_channel import channel, fake, target  # noqa: F401 - fixtures

pytestmark = pytest.mark.wire


async def test_the_text_arrives_without_markup_and_with_entities(
    fake: FakeTelegram,  # noqa: F811
    channel: Any,  # noqa: F811
    target: Target,  # noqa: F811
) -> None:
    part = await channel.placeholder(target)
    await channel.edit(target, part, "😀 **Hel", final=False)
    await channel.edit(target, part, "😀 **Hello** `you`", final=True)
    await channel.edit(target, part, "😀 **Hello** `you`", final=True)
    (shown,) = fake.books.shown.values()
    assert shown.texts == ["…", "😀 Hel", "😀 Hello you"]
    assert fake.entities[int(part)] == [
        {"type": "bold", "offset": 3, "length": 5},
        {"type": "code", "offset": 9, "length": 3},
    ]


@pytest.mark.parametrize("words", ["can't parse entities: unsupported", "ENTITY_BOUNDS_INVALID", "ENTITIES_TOO_LONG"])
async def test_where_markup_is_refused_the_plain_text_is_shown(
    fake: FakeTelegram,  # noqa: F811
    channel: Any,  # noqa: F811
    target: Target,  # noqa: F811
    words: str,
) -> None:
    part = await channel.placeholder(target)
    fake.faults.script("editMessageText", f"400 Bad Request: {words}")
    await channel.edit(target, part, "**Hello**", final=True)
    (shown,) = fake.books.shown.values()
    assert shown.texts[-1] == "**Hello**"
    assert fake.entities[int(part)] == []


async def test_a_long_answer_is_taken_part_by_part(
    fake: FakeTelegram,  # noqa: F811
    channel: Any,  # noqa: F811
    target: Target,  # noqa: F811
) -> None:
    for piece in channel.split(answer()):
        part = await channel.placeholder(target)
        await channel.edit(target, part, piece, final=True)
        assert fake.entities[int(part)]


@pytest.mark.parametrize(
    "entities",
    [
        [{"type": "bold", "offset": 0, "length": 9}],
        [{"type": "bold", "offset": 1, "length": 1}],
        [{"type": "bald", "offset": 0, "length": 2}],
        [{"type": "bold", "offset": 0, "length": 0}],
        [{"type": "code", "offset": 2, "length": 3}, {"type": "bold", "offset": 2, "length": 3}],
        [{"type": "bold", "offset": 2, "length": 3}, {"type": "italic", "offset": 3, "length": 4}],
        [{"type": "code", "offset": 2, "length": 3, "language": "py"}],
        [{"type": "blockquote", "offset": 2, "length": 5}, {"type": "blockquote", "offset": 3, "length": 1}],
        [{"type": "text_link", "offset": 2, "length": 5}],
        [{"type": "bold", "offset": 2, "length": 1}] * 101,
    ],
)
def test_the_fake_refuses_what_the_platform_refuses(entities: list[dict[str, Any]]) -> None:
    assert complaint("😀 hello", entities)


def test_the_fake_takes_what_the_platform_takes() -> None:
    quoted = [{"type": "blockquote", "offset": 0, "length": 8}, {"type": "pre", "offset": 3, "length": 2}]
    styled = [{"type": "bold", "offset": 0, "length": 8}, {"type": "italic", "offset": 0, "length": 8}]
    assert complaint("😀 hello", quoted) == complaint("😀 hello", styled) == ""
