"""A Telegram of our own: the Bot API over real sockets, with people, books, limits and faults.

In a test: `async with serving(FakeTelegram()) as fake` (see process.py). As a process: `python -m
tests.wire.fakes.telegram --port 8081`; it is then steered over HTTP: POST /_fake/say, /_fake/update, /_fake/faults,
/_fake/script, GET /_fake/books.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from tests.wire.fakes import spec, telegram_entities
from tests.wire.fakes.books import Books, Shown
from tests.wire.fakes.faults import Faults, Plan
from tests.wire.fakes.http import Exchange, Server
from tests.wire.fakes.limits import Limits
from tests.wire.fakes.people import People, data_of, object_of, parameters_of
from tests.wire.fakes.telegram_account import TRUE, Account, Refusal, refuse
from tests.wire.fakes.telegram_uploads import Uploads, form_of
from tests.wire.fakes.telegram_webhook import WebhookCaller

BATCH = 100
"""Updates in one answer at the most; the platform's own limit."""
TEXT = 4096
BOT = {"id": 4242, "is_bot": True, "first_name": "Fake", "username": "fake_bot"}
KINDS = frozenset(
    {
        "message",
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "callback_query",
        "message_reaction",
        "message_reaction_count",
        "my_chat_member",
        "chat_member",
        "inline_query",
        "poll",
        "poll_answer",
    }
)
"""Kinds of update, as far as anybody here sends them."""
_encode = msgspec.json.encode
_BOT = _encode(BOT)


class FakeTelegram(People, Account, Uploads):
    """One bot's Bot API server.

    `strict`: parameters are held to the API's own description and chats must exist; a bench turns it off.
    """

    def __init__(
        self, *, token: str = "", strict: bool = True, limits: Limits | None = None, faults: Plan | None = None
    ) -> None:
        super().__init__()
        self.token = token
        self.strict = strict
        self.limits = limits
        self.faults = Faults(faults)
        self.books = Books()
        self.caller: WebhookCaller | None = None
        self.webhook_settings: dict[str, Any] = {}
        self.commands: dict[tuple[str, str], Any] = {}
        """Command menus by scope, as JSON, and language."""
        self.files: dict[str, bytes] = {}
        """Content by path on the file host; the file id of each is its path."""
        self.size_said: int | None = None
        self.path_said: str | None = None
        """What `getFile` says instead of the truth."""
        self.me = dict(BOT)
        self.standings: dict[int, str] = {}
        """What the bot is in chats that are asked about."""
        self.moved: dict[int, int] = {}
        """Groups that became supergroups, and which."""
        self.blocked: set[int] = set()
        self.on_call: Callable[[str, Mapping[str, Any]], None] | None = None
        """Called with method and parameters of each request that is served."""
        self.on_shown: Callable[[int, int, str], None] | None = None
        """Called with chat, message id and text of each send and edit."""
        self.on_handed_out: Callable[[list[int]], None] | None = None
        """Called with the update ids of each batch."""
        self.conflicts = 0
        self.outside_the_spec: list[str] = []
        """What the API's own description forbids about requests that came."""
        self.buttons: dict[tuple[int, int], list[str]] = {}
        """Data of the buttons below each of the bot's messages."""
        self.entities: dict[int, list[dict[str, Any]]] = {}
        """Entities of each of the bot's messages."""
        self.unanswered_presses: set[str] = set()
        self.replies: dict[int, int] = {}
        """The message that each of the bot's messages replies to."""
        self.deleted: set[tuple[int, int]] = set()
        """Messages of people, by chat and message id, that they deleted."""
        self.last_update = 700_000_000
        """The number of the newest update."""
        self._message_id = 0
        self._pending: deque[tuple[int, bytes]] = deque()
        self._poll: Exchange | None = None
        self._poll_limit = BATCH
        self._poll_timer: asyncio.TimerHandle | None = None
        self._woken = False
        self._allowed = KINDS - {"chat_member", "message_reaction", "message_reaction_count"}
        self._ending: list[asyncio.Task[None]] = []
        self._chats: set[int] = set()
        self._methods: dict[str, Callable[[Mapping[str, Any]], bytes]] = {
            "sendMessage": self._send_message,
            "sendPhoto": self._send_photo,
            "sendDocument": self._send_document,
            "sendMediaGroup": self._send_media_group,
            "editMessageText": self._edit_message_text,
            "editMessageMedia": self._edit_message_media,
            "sendChatAction": self._send_chat_action,
            "deleteMessage": self._delete_message,
            "getMe": lambda _: _encode({"ok": True, "result": self.me}),
            "getWebhookInfo": self._get_webhook_info,
            "deleteWebhook": self._delete_webhook,
            "setWebhook": self._set_webhook,
            "setMyCommands": self._set_my_commands,
            "getMyCommands": self._get_my_commands,
            "getFile": self._get_file,
            "getChatMember": self._get_chat_member,
            "answerCallbackQuery": self._answer_callback_query,
        }
        self.server = Server(self.handle)
        self.server.at_close.append(self._end_calls)

    # People

    def update(self, update: Mapping[str, Any]) -> int:
        """Any update at all; its number."""
        self.last_update += 1
        self._enqueue(self.last_update, _encode({"update_id": self.last_update, **update}))
        return self.last_update

    def raw_update(self, body: bytes) -> None:
        """An update whose bytes are as given; it takes the next number in the queue, whatever it says."""
        self.last_update += 1
        self._enqueue(self.last_update, body)

    def _enqueue(self, number: int, body: bytes) -> None:
        if self.caller is not None:
            if self._wanted(body):
                self.caller.push(number, body)
            return
        self._pending.append((number, body))
        if self._poll is not None and not self._woken:
            # All that is said in this turn of the loop goes out in one batch.
            self._woken = True
            asyncio.get_running_loop().call_soon(self._answer_poll)

    # Requests

    def handle(self, exchange: Exchange) -> None:
        if exchange.path.startswith("/_fake/"):
            _control(self, exchange)
            return
        if exchange.path.startswith("/file/"):
            self._serve_file(exchange)
            return
        bot, _, method = exchange.path.removeprefix("/bot").rpartition("/")
        if self.token and bot != self.token:
            refuse(exchange, Refusal(401, "Unauthorized"))
            return
        self.books.calls[method] += 1
        fault = self.faults.draw(method)
        if fault and self._strikes(exchange, method, fault):
            return
        try:
            self._serve(exchange, method, told=fault != "drop_after")
        except Refusal as refusal:
            refuse(exchange, refusal)

    def _strikes(self, exchange: Exchange, method: str, fault: str) -> bool:
        """Whether the fault is the whole answer."""
        match fault.partition(" "):
            case "drop_before", _, _:
                exchange.drop()
            case "drop_after", _, _ if method == "getUpdates":
                exchange.drop()
            case "429", _, _:
                refuse(exchange, Refusal(429, "Too Many Requests", self.faults.plan.retry_after_s))
            case "500", _, _:
                exchange.answer(500, b"<html>oops</html>", b"text/html")
            case "400" | "401" | "403" | "404" | "409" as status, _, description:
                refuse(exchange, Refusal(int(status), description))
            case "html", _, _:
                exchange.answer(200, b"<html>sign in to this network</html>", b"text/html")
            case "empty", _, _:
                exchange.answer(200, b'{"ok":true,"result":{}}')
            case "slow", _, _:
                later = asyncio.get_running_loop().call_later
                later(self.faults.plan.slow_s, lambda: exchange.gone or self._serve_late(exchange, method))
            case _:
                return False
        return True

    def _serve_late(self, exchange: Exchange, method: str) -> None:
        try:
            self._serve(exchange, method, told=True)
        except Refusal as refusal:
            refuse(exchange, refusal)

    def _serve(self, exchange: Exchange, method: str, *, told: bool) -> None:
        parameters, files = _with_files(exchange)
        if self.strict and (wrong := spec.complaint(method, parameters)):
            self.outside_the_spec.append(f"{method}: {wrong}")
            raise Refusal(400, f"Bad Request: {wrong}")
        if self.on_call is not None:
            self.on_call(method, parameters)
        if method == "getUpdates":
            self._get_updates(exchange, parameters)
            return
        run = self._methods.get(method)
        if run is None:
            raise Refusal(404, "Not Found")
        answer = run({**parameters, "_files": files} if files else parameters)
        if told:
            exchange.answer(200, answer)
        else:
            if method.startswith("send") and method != "sendChatAction":
                self.books.shown[int(parameters["chat_id"]), self._message_id].told = False
            exchange.drop()

    # Updates

    def _get_updates(self, exchange: Exchange, parameters: Mapping[str, Any]) -> None:
        if self.webhook:
            raise Refusal(409, "Conflict: can't use getUpdates method while webhook is active")
        self._allow(parameters)
        self._confirm(int(parameters.get("offset", 0)))
        if self._poll is not None:
            self.conflicts += 1
            self._end_poll(
                Refusal(
                    409,
                    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
                )
            )
        self._poll = exchange
        self._poll_limit = max(1, min(BATCH, int(parameters.get("limit", BATCH))))
        exchange.on_gone = self._poll_gone
        timeout = float(parameters.get("timeout", 0))
        if self._pending or timeout <= 0:
            self._answer_poll()
        else:
            self._poll_timer = asyncio.get_running_loop().call_later(timeout, self._answer_poll)

    def _allow(self, parameters: Mapping[str, Any]) -> None:
        """From now on, only the kinds of update that the bot asks for; without a word, those it asked for last."""
        if asked := object_of(parameters.get("allowed_updates")):
            self._allowed = frozenset(asked)

    def _wanted(self, body: bytes) -> bool:
        """Garbage has no kind, and comes all the same."""
        try:
            named = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
        except msgspec.DecodeError:
            return True
        return not named.keys() & KINDS - self._allowed

    def _confirm(self, offset: int) -> None:
        """What is below the offset is forgotten; a negative one keeps so many of the newest."""
        if offset < 0:
            while len(self._pending) > -offset:
                self._pending.popleft()
            return
        while self._pending and self._pending[0][0] < offset:
            number, body = self._pending.popleft()
            if self.faults.plan.chances and self.faults.draw("update", among=("duplicate",)):
                # It comes once more, under its own old number, as the platform sometimes does.
                asyncio.get_running_loop().call_soon(self._repeat, number, body)

    def _repeat(self, number: int, body: bytes) -> None:
        self._pending.appendleft((number, body))
        self._answer_poll()

    def _answer_poll(self) -> None:
        self._woken = False
        exchange = self._take_poll()
        if exchange is None:
            return
        if self.strict and not self._allowed.issuperset(KINDS):
            self._pending = deque(each for each in self._pending if self._wanted(each[1]))
        batch = list(self._pending)[: self._poll_limit] if self._pending else []
        if self.on_handed_out is not None and batch:
            self.on_handed_out([number for number, _ in batch])
        exchange.answer(200, b'{"ok":true,"result":[%b]}' % b",".join([body for _, body in batch]))

    def _end_poll(self, refusal: Refusal) -> None:
        exchange = self._take_poll()
        if exchange is not None:
            refuse(exchange, refusal)

    def _take_poll(self) -> Exchange | None:
        exchange, self._poll = self._poll, None
        if self._poll_timer is not None:
            self._poll_timer.cancel()
            self._poll_timer = None
        return exchange

    def _poll_gone(self) -> None:
        self._take_poll()

    # Methods

    def _send_message(self, parameters: Mapping[str, Any]) -> bytes:
        chat, text = self._chat(parameters), self._text(parameters)
        self._slow_down(chat)
        self._message_id += 1
        shown = self.books.shows(chat, self._message_id, text)
        self._keep_buttons(shown, parameters)
        if replied := object_of(parameters.get("reply_parameters")):
            if (chat, replied["message_id"]) not in self.deleted:
                self.replies[self._message_id] = replied["message_id"]
            elif not replied.get("allow_sending_without_reply"):
                raise Refusal(400, "Bad Request: message to be replied not found")
        return self._message(shown)

    def _edit_message_text(self, parameters: Mapping[str, Any]) -> bytes:
        chat, text = self._chat(parameters), self._text(parameters)
        shown = self._own(parameters, "edit")
        if (chat, shown.message_id) in self.sent_files:
            raise Refusal(400, "Bad Request: there is no text in the message to edit")
        entities = telegram_entities.entities_of(parameters)
        same_text = shown.texts[-1] == text and self.entities.get(shown.message_id, []) == entities
        if same_text and self.buttons.get((chat, shown.message_id), []) == data_of(parameters):
            raise Refusal(
                400,
                "Bad Request: message is not modified: specified new message content and reply markup are exactly "
                "the same as a current content and reply markup of the message",
            )
        self._slow_down(chat)
        shown.texts.append(text)
        shown.times_s.append(time.time())
        self.entities[shown.message_id] = entities
        self._keep_buttons(shown, parameters)
        return self._message(shown)

    def _edit_message_media(self, parameters: Mapping[str, Any]) -> bytes:
        chat, shown = self._chat(parameters), self._own(parameters, "edit")
        file, caption, entities = self._captioned(parameters)
        if wrong := telegram_entities.complaint(caption, entities):
            raise Refusal(400, f"Bad Request: {wrong}")
        self._slow_down(chat)
        self.sent_files[chat, shown.message_id] = "document", file
        shown.texts.append(f"[document {file.name}] {caption}")
        shown.times_s.append(time.time())
        self.entities[shown.message_id] = entities
        self._keep_buttons(shown, parameters)
        return self._message(shown)

    def _message(self, shown: Shown) -> bytes:
        text = shown.texts[-1]
        if self.on_shown is not None:
            self.on_shown(shown.chat, shown.message_id, text)
        return (
            b'{"ok":true,"result":{"message_id":%d,"date":%d,"chat":{"id":%d,"type":"private"},"from":%b,"text":%b}}'
            % (
                shown.message_id,
                shown.times_s[0],
                shown.chat,
                _BOT,
                _encode(text),
            )
        )

    def _keep_buttons(self, shown: Shown, parameters: Mapping[str, Any]) -> None:
        data = data_of(parameters)
        if any(len(each.encode()) > 64 for each in data):
            raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
        self.buttons[shown.chat, shown.message_id] = data

    def _answer_callback_query(self, parameters: Mapping[str, Any]) -> bytes:
        query = str(parameters["callback_query_id"])
        if query not in self.unanswered_presses:
            raise Refusal(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        self.unanswered_presses.remove(query)
        return TRUE

    def _delete_message(self, parameters: Mapping[str, Any]) -> bytes:
        self._chat(parameters)
        self._own(parameters, "delete").deleted_s = time.time()
        return TRUE

    def _send_chat_action(self, parameters: Mapping[str, Any]) -> bytes:
        self.books.typing[self._chat(parameters)] += 1
        return TRUE

    def _chat(self, parameters: Mapping[str, Any]) -> int:
        chat = int(parameters["chat_id"])
        self._check_moved(chat)
        if self.strict and chat not in self._chats:
            raise Refusal(400, "Bad Request: chat not found")
        if chat in self.blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        return chat

    def _text(self, parameters: Mapping[str, Any]) -> str:
        # The platform strips blanks around a text before it looks at it.
        text = str(parameters["text"]).strip()
        if not text:
            raise Refusal(400, "Bad Request: message text is empty")
        if len(text) * 2 > TEXT and len(text.encode("utf-16-le", "surrogatepass")) > TEXT * 2:
            raise Refusal(400, "Bad Request: message is too long")
        if wrong := telegram_entities.complaint(str(parameters["text"]), telegram_entities.entities_of(parameters)):
            raise Refusal(400, f"Bad Request: {wrong}")
        return text

    def _own(self, parameters: Mapping[str, Any], deed: str) -> Shown:
        shown = self.books.shown.get((int(parameters["chat_id"]), int(parameters["message_id"])))
        if shown is None or shown.deleted_s is not None:
            raise Refusal(400, f"Bad Request: message to {deed} not found")
        return shown

    def _slow_down(self, chat: int) -> None:
        wait_s = self.limits.take(chat, time.monotonic()) if self.limits else 0
        if wait_s:
            raise Refusal(429, "Too Many Requests", wait_s)


def _with_files(exchange: Exchange) -> tuple[dict[str, Any], dict[str, Any]]:
    """Parameters, with the name of its field where a file is one, and files."""
    if not exchange.headers.get(b"content-type", b"").startswith(b"multipart/form-data"):
        return parameters_of(exchange), {}
    fields, files = form_of(exchange)
    direct = {name: f"attach://{name}" for name in files if name in ("photo", "document")}
    return {**fields, **direct}, files


def _control(fake: FakeTelegram, exchange: Exchange) -> None:
    """What a test in another process asks of the fake."""
    asked = msgspec.json.decode(exchange.body) if exchange.body else {}
    match exchange.path:
        case "/_fake/say":
            exchange.json(200, {"message_id": fake.say(asked.pop("chat"), asked.pop("text"), **asked)})
        case "/_fake/update":
            exchange.json(200, {"update_id": fake.update(asked)})
        case "/_fake/faults":
            fake.faults.set(msgspec.convert(asked, Plan))
            exchange.json(200, {})
        case "/_fake/script":
            fake.faults.script(asked["method"], *asked["kinds"])
            exchange.json(200, {})
        case "/_fake/books":
            exchange.json(200, {**fake.books.as_json(), "faults": fake.faults.struck, "pending": len(fake._pending)})
        case _:
            exchange.json(404, {})


if __name__ == "__main__":
    from tests.wire.fakes.process import main

    def make(*, faults: Plan, limits: dict[str, float] | None = None, **options: Any) -> FakeTelegram:
        return FakeTelegram(faults=faults, limits=None if limits is None else Limits(**limits), **options)

    main(make, "A Bot API server of our own, for tests.")
