"""What people do on each platform, as its adapter hands it over: raw payloads through the adapters' own readers."""

import json
from collections.abc import Sequence
from typing import Any

from channels.discord.events import Reader
from channels.slack.events import Myself, Said, read_buttons, read_command, read_event
from channels.telegram.payloads import Update, read
from channels.telegram.updates import Me, event_of
from hub.messages import Conversation, Message, Press, Sender

Happened = Message | Press
BOT, GUILD = "900000000000000001", "800000000000000001"


class Platform:
    """A conversation and what can be done in it. `number` makes each event its own."""

    name = ""
    group = False

    def person(self, number: int) -> str:
        return str(number)

    def ways(self, command: str, who: str, number: int) -> dict[str, Sequence[Happened]]:
        """What each way in makes of a command, by name of the way."""
        return {
            "words": [self.written(command, who, number)],
            "alias": [self.written(f"!hub {command.removeprefix('/')}", who, number)],
        }

    def written(self, text: str, who: str, number: int) -> Message:
        raise NotImplementedError

    def pressed(self, part: str, who: str, number: int) -> list[Press]:
        """`again` and `good`, as buttons and as a reaction."""
        raise NotImplementedError


class Telegram(Platform):
    name = "telegram"
    me = Me(1, "hub_bot")

    def ways(self, command: str, who: str, number: int) -> dict[str, Sequence[Happened]]:
        name, _, rest = command.partition(" ")
        return super().ways(command, who, number) | {
            "named": [self.written(f"{name}@hub_bot {rest}".strip(), who, number)],
            "edit": [self.written("Hello @hub_bot", who, number), self.written(command, who, number, edited=True)],
        }

    def written(self, text: str, who: str, number: int, *, edited: bool = False) -> Message:
        chat = {"id": -55, "type": "supergroup"} if self.group else {"id": int(who), "type": "private"}
        post: dict[str, Any] = {"message_id": number, "date": 1_700_000_000, "chat": chat, "from": _user(who)}
        length = len(text.split()[0])
        post |= {"text": text, "entities": [{"type": "bot_command", "offset": 0, "length": length}]}
        if "@hub_bot" in text and not text.startswith("/"):
            post["entities"] = [{"type": "mention", "offset": text.index("@"), "length": 8}]
        if edited:
            post["edit_date"] = 1_700_000_060
        made = self._event({"edited_message" if edited else "message": post})
        assert isinstance(made, Message)
        return made

    def pressed(self, part: str, who: str, number: int) -> list[Press]:
        chat = {"id": -55, "type": "supergroup"} if self.group else {"id": int(who), "type": "private"}
        return [
            Press(
                conversation=Conversation("telegram", "main", str(chat["id"]), private=not self.group),
                part_id=part,
                sender=Sender(who, "Owner"),
                action=action,
                event_id=f"{action}-{number}",
            )
            for action in ("again", "good")
        ]

    def _event(self, update: dict[str, Any]) -> object:
        envelope = json.dumps({"ok": True, "result": [{"update_id": 1, **update}]}).encode()
        (found,) = read(envelope, 0)
        assert isinstance(found, Update)
        return event_of(found, "main", self.me)


class TelegramGroup(Telegram):
    group = True


class Discord(Platform):
    name = "discord"

    def __init__(self) -> None:
        self._reader = Reader("main")
        self._read("READY", {"v": 10, "session_id": "s", "user": _user(BOT), "guilds": [{"id": GUILD}]})
        self._read("GUILD_CREATE", {"id": GUILD, "roles": [], "channels": [], "threads": []})

    def person(self, number: int) -> str:
        return f"7700000000000000{number:02}"

    def ways(self, command: str, who: str, number: int) -> dict[str, Sequence[Happened]]:
        name, _, rest = command.removeprefix("/").partition(" ")
        options = [{"name": "arguments", "type": 3, "value": rest}] if rest else []
        asked = {"id": str(10**18 + number), "application_id": "9", "type": 2, "token": "t", **self._where(who)}
        asked["data"] = {"id": "1", "name": name, "type": 1, "options": options}
        edited = {"edited_timestamp": "2023-11-14T22:14:20.250000+00:00"}
        return super().ways(command, who, number) | {
            "interaction": self._read("INTERACTION_CREATE", asked),
            "edit": [self.written("Hello", who, number), self.written(command, who, number, **edited)],
        }

    def written(self, text: str, who: str, number: int, **fields: Any) -> Message:
        post = {"id": str(number), "author": _user(who), "timestamp": "2023-11-14T22:13:20.5+00:00", "type": 0}
        post |= {**self._where(who), "content": f"<@{BOT}> {text}", "mentions": [_user(BOT)], **fields}
        (made,) = self._read("MESSAGE_UPDATE" if fields else "MESSAGE_CREATE", post)
        assert isinstance(made, Message)
        return made

    def pressed(self, part: str, who: str, number: int) -> list[Press]:
        button = {"id": str(10**18 + number), "application_id": "9", "type": 3, "token": "t", **self._where(who)}
        button |= {"data": {"custom_id": "hub:again", "component_type": 2}, "message": {"id": part, "channel_id": "55"}}
        thumb = {"user_id": who, "message_id": part, "emoji": {"name": "👍"}, **self._where(who)}
        made = [
            *self._read("INTERACTION_CREATE", button),
            *self._read("MESSAGE_REACTION_ADD", {**thumb, "message_author_id": BOT}, 50 + number),
        ]
        return [each for each in made if isinstance(each, Press)]

    def _where(self, who: str) -> dict[str, Any]:
        if self.group:
            return {"channel_id": "56", "guild_id": GUILD, "member": {"user": _user(who), "nick": "Owner"}}
        return {"channel_id": "55", "user": _user(who)}

    def _read(self, kind: str, data: dict[str, Any], number: int = 7) -> list[Any]:
        frame = json.dumps({"op": 0, "t": kind, "s": number, "d": data})
        return [event.what for event in self._reader.read(frame)]


class DiscordServer(Discord):
    group = True


class Slack(Platform):
    name = "slack"
    me = Myself(user="U0BOT", bot="B0BOT", team="T1", account="main")

    def person(self, number: int) -> str:
        return f"U{number}"

    def ways(self, command: str, who: str, number: int) -> dict[str, Sequence[Happened]]:
        words = command.removeprefix("/")
        body = {"channel_id": self._chat, "user_id": who, "trigger_id": f"{number}.1", "team_id": "T1", "text": words}
        slash = read_command(body, self.me, 0)
        assert slash
        before = self._payload("Hello", who, number)
        changed = {**self._payload(command, who, number), "edited": {"ts": f"1531420{number:03}.000900"}}
        edit = {"type": "message", "subtype": "message_changed", "message": changed, "previous_message": before}
        edit |= {"channel": self._chat, "channel_type": before["channel_type"]}
        return super().ways(command, who, number) | {
            "slash": [slash],
            "edit": [self._said(before), self._said(edit)],
        }

    @property
    def _chat(self) -> str:
        return "C1" if self.group else "D1"

    def _payload(self, text: str, who: str, number: int) -> dict[str, Any]:
        said = {"type": "message", "channel": self._chat, "channel_type": "channel" if self.group else "im"}
        return said | {"user": who, "text": f"<@U0BOT> {text}", "ts": f"1531420{number:03}.000200"}

    def _said(self, event: dict[str, Any]) -> Message:
        said = read_event({"type": "event_callback", "team_id": "T1", "event_id": "E", "event": event}, self.me)
        assert isinstance(said, Said)
        return said.message

    def written(self, text: str, who: str, number: int) -> Message:
        return self._said(self._payload(text, who, number))

    def pressed(self, part: str, who: str, number: int) -> list[Press]:
        thread = {"thread_ts": part} if self.group else {}
        buttons = {"team": {"id": "T1"}, "user": {"id": who}, "actions": [{"action_id": "hub_again", "action_ts": "5"}]}
        buttons["container"] = {"message_ts": part, "channel_id": self._chat, **thread}
        event = {"type": "reaction_added", "user": who, "reaction": "+1", "item_user": "U0BOT", "event_ts": str(number)}
        event["item"] = {"channel": self._chat, "ts": part}
        reacted = read_event({"type": "event_callback", "team_id": "T1", "event": event}, self.me)
        assert isinstance(reacted, Press)
        return [*read_buttons(buttons, self.me), reacted]


class SlackChannel(Slack):
    group = True


class Web(Platform):
    """The page knows a browser by its chat, and has buttons of its own."""

    name = "web"

    def person(self, number: int) -> str:
        return f"browser-{number}"

    def written(self, text: str, who: str, number: int) -> Message:
        where = Conversation("web", "main", who, "thread")
        return Message(conversation=where, platform_id=f"m{number}", sender=Sender(who), text=text, sent_ms=0)

    def pressed(self, part: str, who: str, number: int) -> list[Press]:
        return [
            Press(
                conversation=Conversation("web", "main", who, "thread"),
                part_id=part,
                sender=Sender(who),
                action=action,
                event_id=f"{action}-{number}",
            )
            for action in ("again", "good")
        ]


class Console(Platform):
    """Whoever sits at the terminal."""

    name = "console"

    def person(self, number: int) -> str:
        return f"terminal-{number}"

    def written(self, text: str, who: str, number: int) -> Message:
        where = Conversation("console", "main", "terminal")
        return Message(conversation=where, platform_id=f"m{number}", sender=Sender(who), text=text, sent_ms=0)

    def pressed(self, part: str, who: str, number: int) -> list[Press]:
        return []


PLATFORMS = (Telegram, TelegramGroup, Discord, DiscordServer, Slack, SlackChannel, Web, Console)


def _user(who: str) -> dict[str, Any]:
    """Everybody has the owner's name: names decide nothing."""
    return {
        "id": who if len(who) > 15 or not who.isdigit() else int(who),
        "is_bot": False,
        "first_name": "Owner",
        "username": "owner",
        "global_name": "Owner",
        "bot": who == BOT,
    }
