"""What is written in a message, whatever it stands in."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.telegram.payloads import Carrier, Update, read_one
from channels.telegram.updates import Me, message_of
from channels.telegram.words import words_of

BOLD = {"type": "bold", "text": "bold"}


def carrier(**fields: Any) -> Carrier:
    return msgspec.json.decode(msgspec.json.encode(fields), type=Carrier)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, ""),
        ({"text": "a"}, "a"),
        ({"caption": "a"}, "a"),
        ({"poll": {"question": "Which?", "options": [{"text": "One"}, {"text": "Two"}]}}, "Which?\n- One\n- Two"),
        ({"checklist": {"title": "To do", "tasks": [{"id": 1, "text": "This"}]}}, "To do\n- This"),
        ({"venue": {"title": "Café", "address": "Main Street 1", "location": {}}}, "Café, Main Street 1"),
        ({"poll": 7}, ""),
    ],
)
def test_words(fields: dict[str, Any], words: str) -> None:
    assert words_of(carrier(**fields)) == words


@pytest.mark.unit
def test_a_rich_message_is_read_whole() -> None:
    cell = {"text": "a", "is_header": True}
    blocks: list[Any] = [
        {"type": "heading", "text": "Head", "size": 1},
        {"type": "paragraph", "text": ["plain ", BOLD, {"type": "mathematical_expression", "expression": "x^2"}]},
        {"type": "pre", "text": "print()", "language": "python"},
        {"type": "divider"},
        {
            "type": "list",
            "items": [
                {"label": "1.", "blocks": [{"type": "paragraph", "text": "one"}]},
                {"label": "2.", "blocks": [{"type": "paragraph", "text": "two"}, {"type": "footer", "text": "below"}]},
            ],
        },
        {"type": "table", "cells": [[cell, cell], [{"text": BOLD}, {"text": "b"}]], "caption": "Table"},
        {"type": "blockquote", "blocks": [{"type": "paragraph", "text": "said"}], "credit": "by whom"},
        {"type": "details", "summary": "More", "blocks": [{"type": "paragraph", "text": "hidden"}]},
        {"type": "photo", "photo": [], "caption": {"text": "a picture", "credit": "me"}},
    ]
    assert words_of(carrier(rich_message={"blocks": blocks})).split("\n\n") == [
        "Head",
        "plain boldx^2",
        "```python\nprint()\n```",
        "1. one\n2. two\n  below",
        "Table\na | a\nbold | b",
        "said\nby whom",
        "More\nhidden",
        "a picture",
    ]


@pytest.mark.unit
@pytest.mark.parametrize(
    ("text", "addressed", "left"),
    [("@The_Bot hello", True, "hello"), ("@the_bots hello", False, "@the_bots hello"), ("hi", False, "hi")],
)
def test_a_rich_message_addresses_the_bot_by_its_words(text: str, addressed: bool, left: str) -> None:
    post = {"message_id": 5, "date": 1, "chat": {"id": -5, "type": "group"}, "from": {"id": 7}}
    rich = {"blocks": [{"type": "paragraph", "text": [{"type": "mention", "text": text}]}]}
    update = read_one(msgspec.json.encode({"update_id": 1, "message": {**post, "rich_message": rich}}))
    assert isinstance(update, Update)
    message = message_of(update, "main", Me(1, "the_bot"))
    assert message is not None
    assert (message.text, message.addressed) == (left, addressed)


_TYPES = st.sampled_from(["paragraph", "pre", "list", "table", "details", "photo", "something"])
_FIELDS = st.sampled_from(["text", "blocks", "items", "cells", "caption", "credit", "summary", "label", "language"])
_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_FIELDS, inner, max_size=4),
    max_leaves=30,
)


@pytest.mark.property
@settings(max_examples=50)
@given(st.lists(st.builds(lambda kind, more: {**more, "type": kind}, _TYPES, st.dictionaries(_FIELDS, _ANYTHING))))
def test_nothing_in_a_rich_message_is_too_strange(blocks: list[Any]) -> None:
    assert isinstance(words_of(carrier(rich_message={"blocks": blocks})), str)


@pytest.mark.unit
def test_what_is_nested_without_end_ends() -> None:
    text: Any = "deep"
    for _ in range(200):
        text = [{"type": "bold", "text": text}]
    blocks: list[Any] = [{"type": "paragraph", "text": text}, {"type": "paragraph", "text": "after"}]
    assert words_of(carrier(rich_message={"blocks": blocks})) == "after"
