"""What people do on a Discord of our own: write, edit, delete, react, press buttons, use commands."""

import time
from typing import Any

from tests.wire.fakes.books import Books
from tests.wire.fakes.discord_shapes import FORUM, GUILD, a_member, a_person, a_thread, moment


class People:
    """The part of a FakeDiscord that people reach; the rest of it keeps the books and delivers."""

    bot: dict[str, Any]
    books: Books
    messages: dict[str, Any]
    interactions: dict[str, dict[str, Any]]

    def say(self, channel: int | str, text: str, *, guild: str | None = None, person: str = "77", **more: Any) -> str:
        """A person writes; the message id. Without a guild it is their private chat with the bot."""
        message = {**self._message(str(channel), text, a_person(person)), **more}
        self.books.says(int(channel), int(message["id"]), text)
        self._exists(message)
        in_guild = {"guild_id": guild, "member": a_member()} if guild else {}
        self._deliver("MESSAGE_CREATE", {**message, **in_guild})
        return str(message["id"])

    def post(self, title: str, text: str, *, parent: str = FORUM, **more: Any) -> str:
        """A person writes a forum's post; the id of its thread, which its first message has too."""
        number = self.new_id()
        self.gateway.guilds[0]["threads"].append(a_thread(number, title, parent))
        self._deliver("THREAD_CREATE", {**a_thread(number, title, parent), "newly_created": True})
        return self.say(number, text, guild=GUILD, id=number, **more)

    def rewrite(self, message: str, text: str, *, guild: str | None = None) -> None:
        said = self.messages[message]
        said.data.update(content=text, edited_timestamp=moment())
        self._deliver("MESSAGE_UPDATE", {**said.data, **({"guild_id": guild} if guild else {})})

    def erase(self, message: str, *, guild: str | None = None) -> None:
        said = self.messages[message]
        said.deleted = True
        deletion = {"id": message, "channel_id": said.data["channel_id"]}
        self._deliver("MESSAGE_DELETE", {**deletion, **({"guild_id": guild} if guild else {})})

    def react(self, message: str, emoji: str, *, person: str = "77", taken_back: bool = False) -> None:
        said = self.messages[message]
        reaction = {
            "user_id": person,
            "channel_id": said.data["channel_id"],
            "message_id": message,
            "emoji": {"id": None, "name": emoji},
            "burst": False,
            "type": 0,
        }
        if not taken_back:
            reaction["message_author_id"] = said.data["author"]["id"]
        self._deliver("MESSAGE_REACTION_REMOVE" if taken_back else "MESSAGE_REACTION_ADD", reaction)

    def press(self, message: str, custom_id: str, *, person: str = "77") -> str:
        said = self.messages[message]
        return self._interact(
            said.data["channel_id"],
            person,
            {"type": 3, "message": said.data, "data": {"custom_id": custom_id, "component_type": 2}},
        )

    def command(self, channel: int | str, name: str, *, person: str = "77", **more: Any) -> str:
        """A person uses a slash command; the interaction's id. Its text stands in the books as `/name`."""
        self.channels.add(str(channel))
        data = {"id": "1", "name": name, "type": 1}
        return self._interact(str(channel), person, {"type": 2, "data": data, **more})

    def type_argument(self, channel: int | str, name: str, argument: str, typed: str) -> str:
        """A person types a command's argument and looks at what is offered; the interaction's id."""
        options = [{"name": argument, "type": 3, "value": typed, "focused": True}]
        return self._interact(
            str(channel), "77", {"type": 4, "data": {"id": "1", "name": name, "type": 1, "options": options}}
        )

    def _interact(self, channel: str, person: str, more: dict[str, Any]) -> str:
        number = self.new_id()
        token = f"secret-interaction-token-{number}"
        self.interactions[token] = {"id": number, "at": time.monotonic(), "acked": False, "channel": channel}
        data = {
            "id": number,
            "application_id": self.bot["id"],
            "token": token,
            "version": 1,
            "channel_id": channel,
            "channel": {"id": channel, "type": 1},
            "user": a_person(person),
            "locale": "pt-BR",
            "entitlements": [],
            "authorizing_integration_owners": {},
            "context": 1,
            "attachment_size_limit": 10_000_000,
            **more,
        }
        self.gateway.dispatch("INTERACTION_CREATE", data)
        return number
