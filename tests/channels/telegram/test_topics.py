"""Reactions find the topic of the message that they are to."""

import pytest

from channels.telegram.topics import Topics
from hub.messages import Conversation, Press, Sender

pytestmark = pytest.mark.unit

CHAT = Conversation("telegram", "main", "-5", private=False)
TOPIC = Conversation("telegram", "main", "-5", "9", private=False)


def press(where: Conversation, part: str) -> Press:
    return Press(conversation=where, part_id=part, sender=Sender("7"), action="good", event_id="1")


async def test_only_the_newest_messages_in_topics_are_remembered() -> None:
    topics = Topics(remembered=2)
    await topics.note(CHAT, "1")
    for part in ("2", "3", "4"):
        await topics.note(TOPIC, part)
    places = [(await topics.placed(press(CHAT, part))).conversation for part in ("1", "2", "3", "4", "5")]
    assert places == [CHAT, CHAT, TOPIC, TOPIC, CHAT]


async def test_a_press_that_says_its_topic_stays_there() -> None:
    topics = Topics()
    await topics.note(TOPIC, "2")
    other = Conversation("telegram", "main", "-5", "10", private=False)
    assert (await topics.placed(press(other, "2"))).conversation == other
