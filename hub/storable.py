"""Values as any database takes them: lone surrogates and NUL cannot be stored in every one."""

from typing import TypeVar

import msgspec

from hub.messages import Message, storable

S = TypeVar("S", bound=msgspec.Struct)


def storable_message(message: Message) -> Message:
    """The message with every text in it storable."""
    return msgspec.structs.replace(
        message,
        text=storable(message.text),
        quoted=storable(message.quoted),
        sender=storable_value(message.sender),
        hints=storable_value(message.hints),
        attachments=tuple(map(storable_value, message.attachments)),
    )


def storable_value(value: S) -> S:
    """The value with every text in it storable."""
    changes = {
        name: clean
        for name in value.__struct_fields__
        if isinstance(text := getattr(value, name), str) and (clean := storable(text)) is not text
    }
    return msgspec.structs.replace(value, **changes) if changes else value
