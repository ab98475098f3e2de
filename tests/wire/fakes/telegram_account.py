"""What is set up of a bot on the Telegram of our own: its webhook, its menus, its files, where it is a member."""

import asyncio
import re
import time
from collections import deque
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

import msgspec

from tests.wire.fakes.faults import Faults
from tests.wire.fakes.http import Exchange
from tests.wire.fakes.people import object_of
from tests.wire.fakes.telegram_webhook import WebhookCaller

TRUE = b'{"ok":true,"result":true}'
_RIGHTS = (
    "can_be_edited",
    "is_anonymous",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)
_encode = msgspec.json.encode


class Refusal(Exception):
    """The Bot API says no."""

    def __init__(self, status: int, description: str, retry_after: float = 0, moved_to: int = 0) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.retry_after = retry_after
        self.moved_to = moved_to


class Account:
    """The methods that set up a bot, and its file host."""

    token: str
    faults: Faults
    books: Any
    me: dict[str, Any]
    caller: WebhookCaller | None
    webhook_settings: dict[str, Any]
    commands: dict[tuple[str, str], Any]
    files: dict[str, bytes]
    size_said: int | None
    path_said: str | None
    standings: dict[int, str]
    moved: dict[int, int]
    _chats: set[int]
    _pending: deque[tuple[int, bytes]]
    _ending: list[asyncio.Task[None]]

    def _allow(self, parameters: Mapping[str, Any]) -> None:
        raise NotImplementedError

    def _enqueue(self, number: int, body: bytes) -> None:
        raise NotImplementedError

    def _check_moved(self, chat: int) -> None:
        if chat in self.moved:
            text = "Bad Request: group chat was upgraded to a supergroup chat"
            raise Refusal(400, text, moved_to=self.moved[chat])

    @property
    def webhook(self) -> str:
        """The address of the webhook that is set; empty where none is."""
        return str(self.webhook_settings.get("url", ""))

    def _get_webhook_info(self, _: Mapping[str, Any]) -> bytes:
        waiting = self.caller.waiting if self.caller else self._pending
        info = {"url": self.webhook, "has_custom_certificate": False, "pending_update_count": len(waiting)}
        if self.webhook:
            given = self.webhook_settings
            info |= {"max_connections": given.get("max_connections", 40)}
            info |= {"allowed_updates": given["allowed_updates"]} if "allowed_updates" in given else {}
        if self.caller and self.caller.last_error:
            info |= {"last_error_date": int(time.time()), "last_error_message": self.caller.last_error}
        return _encode({"ok": True, "result": info})

    def _set_webhook(self, parameters: Mapping[str, Any]) -> bytes:
        given = {**parameters, "allowed_updates": object_of(parameters.get("allowed_updates", []))}
        if not str(given["url"]).startswith(("https://", "http://127.0.0.1:")):
            raise Refusal(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", str(given.get("secret_token", ""))):
            raise Refusal(400, "Bad Request: secret token contains unallowed characters")
        left = self._let_go()
        self._allow(given)
        self.webhook_settings = given
        self.caller = WebhookCaller(given, again=self._comes_again)
        for number, body in left:
            self._enqueue(number, body)
        return TRUE

    def _comes_again(self) -> bool:
        return bool(self.faults.plan.chances and self.faults.draw("update", among=("duplicate",)))

    def _delete_webhook(self, parameters: Mapping[str, Any]) -> bytes:
        left = self._let_go()
        self.webhook_settings = {}
        if str(parameters.get("drop_pending_updates", "false")).lower() != "true":
            self._pending.extend(left)
        return TRUE

    def _let_go(self) -> list[tuple[int, bytes]]:
        """What waits, for whoever is next to bring it to the bot."""
        caller, self.caller = self.caller, None
        left = caller.waiting if caller else list(self._pending)
        self._pending.clear()
        if caller:
            self._ending.append(asyncio.get_running_loop().create_task(caller.close()))
        return left

    async def _end_calls(self) -> None:
        self._let_go()
        await asyncio.gather(*self._ending)

    def _set_my_commands(self, parameters: Mapping[str, Any]) -> bytes:
        scope = object_of(parameters.get("scope")) or {"type": "default"}
        if scope["type"] == "chat" and scope["chat_id"] not in self._chats:
            raise Refusal(400, "Bad Request: chat not found")
        commands = object_of(parameters["commands"])
        wrong = [each for each in commands if not re.fullmatch(r"[a-z0-9_]{1,32}", each["command"])]
        if wrong or not all(1 <= len(each["description"]) <= 256 for each in commands):
            raise Refusal(400, "Bad Request: BOT_COMMAND_INVALID")
        self.commands[_menu(scope, parameters)] = commands
        return TRUE

    def _get_my_commands(self, parameters: Mapping[str, Any]) -> bytes:
        scope = object_of(parameters.get("scope")) or {"type": "default"}
        return _encode({"ok": True, "result": self.commands.get(_menu(scope, parameters), [])})

    def _get_file(self, parameters: Mapping[str, Any]) -> bytes:
        path = str(parameters["file_id"])
        file: dict[str, Any]
        if path not in self.files:
            raise Refusal(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        file = {"file_id": path, "file_unique_id": "u", "file_size": len(self.files[path]), "file_path": path}
        if self.size_said is not None:
            file["file_size"] = self.size_said
        if self.path_said is not None:
            file["file_path"] = self.path_said
        return _encode({"ok": True, "result": file})

    def _serve_file(self, exchange: Exchange) -> None:
        bot, _, path = unquote(exchange.path).removeprefix("/file/bot").partition("/")
        self.books.calls["file"] += 1
        if self.token and bot != self.token:
            refuse(exchange, Refusal(401, "Unauthorized"))
        elif self.faults.draw("file") == "redirect":
            exchange.answer(302, b"", extra=b"Location: /file/bot%b/elsewhere\r\n" % bot.encode())
        elif path in self.files:
            exchange.answer(200, self.files[path], b"application/octet-stream")
        else:
            refuse(exchange, Refusal(404, "Not Found"))

    def _get_chat_member(self, parameters: Mapping[str, Any]) -> bytes:
        self._check_moved(int(parameters["chat_id"]))
        standing = self.standings.get(int(parameters["chat_id"]))
        if standing is None:
            raise Refusal(400, "Bad Request: chat not found")
        rights = {} if standing != "administrator" else dict.fromkeys(_RIGHTS, False)
        return _encode({"ok": True, "result": {"status": standing, "user": self.me, **rights}})


def _menu(scope: Any, parameters: Mapping[str, Any]) -> tuple[str, str]:
    return _encode(dict(sorted(scope.items()))).decode(), str(parameters.get("language_code", ""))


def refuse(exchange: Exchange, refusal: Refusal) -> None:
    answer: dict[str, Any] = {"ok": False, "error_code": refusal.status, "description": refusal.description}
    if refusal.retry_after:
        answer["description"] += f": retry after {refusal.retry_after:g}"
        answer["parameters"] = {"retry_after": refusal.retry_after}
    if refusal.moved_to:
        answer["parameters"] = {"migrate_to_chat_id": refusal.moved_to}
    exchange.json(refusal.status, answer)
