"""Messages: their keys, and what may be stored of them."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.messages import Conversation, storable
from tests.pipeline.channel import message

pytestmark = pytest.mark.unit

any_text = st.text(alphabet=st.characters(exclude_categories=()), max_size=40)


@given(any_text)
def test_any_text_can_be_stored_and_the_rest_of_it_is_unchanged(text: str) -> None:
    stored = storable(text)

    assert "\x00" not in stored
    assert stored.encode().decode() == stored
    assert storable(stored) == stored
    assert [c for c in stored if c != "\ufffd"] == [
        c for c in text if c not in "\x00\ufffd" and not 0xD800 <= ord(c) <= 0xDFFF
    ]


@given(*[st.text(min_size=1, max_size=6, alphabet="a/%2F5")] * 6)
def test_different_conversations_have_different_keys(a: str, b: str, c: str, d: str, e: str, f: str) -> None:
    one, other = Conversation("x", a, b, c), Conversation("x", d, e, f)
    assert (one.key == other.key) == (one == other)


def test_a_thread_is_a_conversation_of_its_own() -> None:
    chat = Conversation("telegram", "main", "-100")
    assert chat.key == "telegram/main/-100"
    assert Conversation("telegram", "main", "-100", "7").key == "telegram/main/-100/7"


def test_an_edit_is_another_message_and_a_redelivery_is_not() -> None:
    assert message("Hi").key == message("Hi again").key
    assert message("Hi", revision=1).key != message("Hi").key


def test_a_message_survives_its_way_through_the_store() -> None:
    sent = message("Hi")
    assert msgspec.json.decode(msgspec.json.encode(sent), type=type(sent)) == sent
