"""What people do on the Telegram of our own, and how the bot's parameters are read."""

import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from tests.wire.fakes.books import Books
from tests.wire.fakes.http import Exchange


class People:
    """They write, press and react; each time an update goes out."""

    books: Books
    buttons: dict[tuple[int, int], list[str]]
    last_update: int
    unanswered_presses: set[str]
    deleted: set[tuple[int, int]]
    moved: dict[int, int]
    _chats: set[int]
    _message_id: int

    def update(self, update: Mapping[str, Any]) -> int:
        raise NotImplementedError

    def say(self, chat: int, text: str, **more: Any) -> int:
        """A person writes in their private chat; the message id. `more`: further fields of the message."""
        self._message_id += 1
        self._chats.add(chat)
        self.books.says(chat, self._message_id, text)
        person = {"id": chat, "is_bot": False, "first_name": f"Person {chat}", "language_code": "en"}
        message = {
            "message_id": self._message_id,
            "date": int(time.time()),
            "chat": {"id": chat, "type": "private", "first_name": person["first_name"]},
            "from": person,
            "text": text,
            **more,
        }
        self.update({"message": message})
        return self._message_id

    def say_in_group(self, group: int, person: int, text: str, **more: Any) -> int:
        """A person writes in a group; the message id."""
        where = {"id": group, "type": "supergroup", "title": "A group"}
        sender = {"id": person, "is_bot": False, "first_name": f"Person {person}", "language_code": "en"}
        self._message_id += 1
        self._chats.add(group)
        said = {"message_id": self._message_id, "date": int(time.time()), "chat": where, "from": sender}
        self.update({"message": {**said, "text": text, **more}})
        return self._message_id

    def edit(self, chat: int, message_id: int, text: str) -> None:
        """A person changes what they wrote in their private chat."""
        person = {"id": chat, "is_bot": False, "first_name": f"Person {chat}", "language_code": "en"}
        where = {"id": chat, "type": "private", "first_name": person["first_name"]}
        now = int(time.time())
        edited = {"message_id": message_id, "date": now, "edit_date": now, "chat": where, "from": person, "text": text}
        self.update({"edited_message": edited})

    def delete(self, chat: int, message_id: int) -> None:
        """A person deletes a message, their own or the bot's. Nobody tells the bot."""
        self.deleted.add((chat, message_id))
        if (chat, message_id) in self.books.shown:
            self.books.shown[chat, message_id].deleted_s = time.time()

    def move(self, group: int, supergroup: int) -> None:
        """A group becomes a supergroup, with another id."""
        self.moved[group] = supergroup
        self._chats.add(supergroup)
        said = {"date": int(time.time()), "from": {"id": 1087968824, "is_bot": True, "first_name": "Group"}}
        self._message_id += 1
        where = {"id": group, "type": "group", "title": "A group"}
        self.update({"message": {**said, "message_id": 900, "chat": where, "migrate_to_chat_id": supergroup}})
        where = {"id": supergroup, "type": "supergroup", "title": "A group"}
        self.update({"message": {**said, "message_id": 1, "chat": where, "migrate_from_chat_id": group}})

    def standing(self, chat: int, by: int, old: str, new: str) -> None:
        """Somebody changes what the bot is in a chat: `member`, `left`, `kicked`, …"""
        where: dict[str, Any] = {"id": chat, "type": "private", "first_name": "Person"}
        if chat < 0:
            where = {"id": chat, "type": "supergroup", "title": "A group"}
        person = {"id": by, "is_bot": False, "first_name": f"Person {by}"}
        bot = {"id": 4242, "is_bot": True, "first_name": "Fake", "username": "fake_bot"}
        changed = {"chat": where, "from": person, "date": int(time.time())}
        standings = {"old_chat_member": {"user": bot, "status": old}, "new_chat_member": {"user": bot, "status": new}}
        self.update({"my_chat_member": {**changed, **standings}})

    def press(self, chat: int, message_id: int, data: str, *, again: int = 0) -> str:
        """A person presses a button that stands there; the query's id. `again`: deliveries beyond the first."""
        if data not in self.buttons[chat, message_id]:
            raise ValueError(f"there is no button {data}")
        query = str(9_000_000_000 + self.last_update)
        self.unanswered_presses.add(query)
        person = {"id": chat, "is_bot": False, "first_name": f"Person {chat}"}
        message = {"message_id": message_id, "date": int(time.time()), "chat": {"id": chat, "type": "private"}}
        pressed = {"id": query, "from": person, "chat_instance": "1", "message": message, "data": data}
        for _ in range(1 + again):
            self.update({"callback_query": pressed})
        return query

    def react(self, chat: int, message_id: int, *emojis: str) -> int:
        """A person's reactions to a message are these from now on."""
        person = {"id": chat, "is_bot": False, "first_name": f"Person {chat}"}
        new = [{"type": "emoji", "emoji": each} for each in emojis]
        changed = {"chat": {"id": chat, "type": "private"}, "message_id": message_id, "date": int(time.time())}
        return self.update({"message_reaction": {**changed, "user": person, "old_reaction": [], "new_reaction": new}})


def object_of(value: Any) -> Any:
    return msgspec.json.decode(value) if isinstance(value, str) else value


def data_of(parameters: Mapping[str, Any]) -> list[str]:
    keyboard = object_of(parameters.get("reply_markup")) or {}
    return [button["callback_data"] for row in keyboard.get("inline_keyboard", []) for button in row]


def parameters_of(exchange: Exchange) -> dict[str, Any]:
    parameters: dict[str, Any] = dict(parse_qsl(exchange.query)) if exchange.query else {}
    if not exchange.body:
        return parameters
    if exchange.headers.get(b"content-type", b"").startswith(b"application/json"):
        parameters.update(msgspec.json.decode(exchange.body))
    else:
        parameters.update(parse_qsl(exchange.body.decode(), keep_blank_values=True))
    return parameters
