"""One bot on Telegram: messages by long polling or webhook, answers by sends and edits, by python-telegram-bot."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence

from starlette.routing import BaseRoute
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import ChatAction
from telegram.error import ChatMigrated, TelegramError

from channels.rendering import telegram as form
from channels.rendering.files import CodeFile
from channels.telegram.files import Files
from channels.telegram.intake import Intake
from channels.telegram.menu import Menu
from channels.telegram.patience import Patience
from channels.telegram.polling import POLL_S, Poller
from channels.telegram.posting import Posting
from channels.telegram.redaction import Redaction
from channels.telegram.rights import Served, called, missing, polled
from channels.telegram.sending import Moves, already_away, is_a_file, markup_refused, translated, unchanged
from channels.telegram.topics import Topics
from channels.telegram.transport import AiohttpRequest
from channels.telegram.webhook import Webhook
from hub.channel import Capabilities, ChannelError, CommandSpec, Forbidden, Gone, Hub, Notes, Pace
from hub.messages import Attachment, Conversation, File, Target

API_URL = "https://api.telegram.org"
PACE = Pace(overall=30.0, chat=1.0, group=20 / 60)
"""The platform's own limits, as its FAQ for bots states them."""
_GROWING = InlineKeyboardMarkup([[InlineKeyboardButton("Stop", callback_data="stop")]]).to_dict()
_ENDED = InlineKeyboardMarkup(
    [
        [
            InlineKeyboardButton("Ask again", callback_data="again"),
            InlineKeyboardButton("👍", callback_data="good"),
            InlineKeyboardButton("👎", callback_data="bad"),
        ]
    ]
).to_dict()
_NO_PREVIEW = {"is_disabled": True}


class TelegramChannel:
    """The Channel port for one bot.

    `api_url` is the Bot API server, without `/bot`; empty: Telegram's own. `webhook_url` is where the platform reaches
    the hub's server from outside: then `routes()` belong on that server, and nothing is polled. `commands` make the
    menu, whole for the people whose ids are `admins`. `served` says what `probe` asks of the bot. `edit_every_s` and
    `poll_s` are in seconds, the latter whole ones, up to 50. `notes`: where other processes answer for the same bot.
    Raises telegram.error.InvalidToken where the token is empty.
    """

    name = "telegram"

    def __init__(
        self,
        token: str,
        *,
        account: str = "main",
        api_url: str = "",
        webhook_url: str = "",
        webhook_secret: str = "",
        commands: Sequence[CommandSpec] = (),
        notes: Notes | None = None,
        admins: Sequence[str] = (),
        served: Sequence[Served] = (),
        pace: Pace = PACE,
        edit_every_s: float = 1.0,
        poll_s: int = POLL_S,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.account = account
        self.capabilities = Capabilities(pace=pace, edit_every_s=edit_every_s, first_part_within=2 * form.LIMIT)
        self._served = served
        self._redaction = Redaction(token, webhook_secret)
        self._redaction.install()
        self._request = AiohttpRequest()
        self._poll_request = AiohttpRequest()
        server = (api_url or API_URL).rstrip("/")
        self._bot = Bot(token, base_url=f"{server}/bot", request=self._request, get_updates_request=self._poll_request)
        self._files = Files(self._bot, self._request, f"{server}/file/bot{token}")
        self._moves = Moves(account)
        self._posting = Posting(self._bot, self._moves)
        self._topics = Topics(notes=notes)
        self._intake = Intake(self._bot, account, self._topics, self._moves.learn)
        patience = Patience(account, "listening" if webhook_url else "polling", sleep=sleep)
        self._webhook: Webhook | None = None
        if webhook_url:
            self._webhook = Webhook(
                self._bot, account, self._intake, patience, url=webhook_url, secret=webhook_secret, sleep=sleep
            )
        self._poller = Poller(self._bot, self._poll_request, account, self._intake, patience, poll_s=poll_s)
        self._menu = Menu(self._bot, account, commands, admins, Patience(account, "setting the menu", sleep=sleep))

    # -- listening ---------------------------------------------------------------------------------------------------

    async def listen(self, hub: Hub) -> None:
        """Hand over messages until cancelled."""
        menu = asyncio.create_task(self._publish_menu())
        try:
            await (self._webhook or self._poller).run(hub)
        finally:
            menu.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await menu

    async def _publish_menu(self) -> None:
        await self._intake.introduced.wait()  # a wrong token is told once
        await self._menu.publish()

    def routes(self) -> list[BaseRoute]:
        """For the HTTP server; none where messages are polled."""
        return self._webhook.routes() if self._webhook else []

    async def fetch(self, attachment: Attachment, at_most: int) -> bytes:
        """The file, from the Bot API server's file host. Raises ChannelError; Refused where it is larger."""
        return await self._files.fetch(attachment, at_most)

    # -- answering ---------------------------------------------------------------------------------------------------

    def split(self, text: str) -> list[str]:
        """Parts in Markdown that render to at most 4,096 UTF-16 units; the placeholder's sign where nothing is seen."""
        return form.split(text) or [self.capabilities.placeholder]

    def split_with_files(self, text: str) -> list[str]:
        """Like `split`, but code that is shown as a file is one part."""
        return form.split_with_files(text) or [self.capabilities.placeholder]

    async def placeholder(self, target: Target) -> str:
        """Send the sign for "being answered"; its message id, behind `CHAT/` where the chat moved. Raises ChannelError.

        A group that became a supergroup is answered there.
        """
        try:
            try:
                return await self._send_placeholder(target)
            except ChatMigrated as moved:
                self._moves.learn(_chat(target), moved.new_chat_id)
                return await self._send_placeholder(target)
        except TelegramError as error:
            failure = translated(error)
        raise failure

    async def _send_placeholder(self, target: Target) -> str:
        """Raises TelegramError."""
        chat, thread = self._moves.now(_chat(target)), target.conversation.thread
        here = chat == _chat(target)
        message: dict[str, object] = {
            "chat_id": chat,
            "text": self.capabilities.placeholder,
            "link_preview_options": _NO_PREVIEW,
            "reply_markup": _GROWING,
        }
        if here:  # the supergroup numbers its topics and messages anew
            message |= {"message_thread_id": int(thread)} if thread else {}
            message |= _reply(target)
        number = (await self._request.call(f"{self._bot.base_url}/sendMessage", message))["message_id"]
        if not here:
            return f"{chat}/{number}"
        await self._topics.note(target.conversation, str(number))
        return str(number)

    async def edit(self, target: Target, part_id: str, text: str, *, final: bool, last: bool = True) -> None:
        """Make the message show this text; the same text twice is no error. Raises ChannelError.

        Where the platform refuses its markup, the text is shown as it was written.
        """
        below = _buttons(final=final, last=last)
        if file := form.file(text):
            if final:
                return await self._show_file(target, part_id, file, below)
            text = form.split(text)[0]
        shown = form.render(text, growing=not final)
        try:
            try:
                await self._show(target, part_id, shown, below)
            except TelegramError as error:
                if not (shown.entities and markup_refused(error)):
                    raise
                await self._show(target, part_id, form.plain(text), below)
        except TelegramError as error:
            if unchanged(error):
                return None
            failure = self._failure(error, target)
            if is_a_file(error):  # no edit takes it away again
                await self.remove(target, part_id)
                failure = Gone("The message showed a file, which no text can replace.")
        else:
            return None
        raise failure

    async def post(self, conversation: Conversation, text: str, files: Sequence[File] = ()) -> str:
        """Speak first: a text, or files as one album; the (first) message's id. Raises ChannelError."""
        return await self._posting.post(conversation, text, files)

    async def _show(self, target: Target, part_id: str, shown: form.Shown, below: dict[str, object]) -> None:
        chat, message = _place(target, part_id)
        edit: dict[str, object] = {
            "chat_id": chat,
            "message_id": message,
            "text": shown.text,
            "link_preview_options": _NO_PREVIEW,
        }
        if shown.entities:
            edit["entities"] = [_entity(each) for each in shown.entities]
        if below:
            edit["reply_markup"] = below
        await self._request.call(f"{self._bot.base_url}/editMessageText", edit)

    async def _show_file(self, target: Target, part_id: str, file: CodeFile, below: dict[str, object]) -> None:
        """On the same message, whatever it shows now. Raises ChannelError."""
        chat, message = _place(target, part_id)
        try:
            await self._posting.replace(chat, message, file, InlineKeyboardMarkup.de_json(below) if below else None)
        except TelegramError as error:
            if unchanged(error):
                return
            failure = self._failure(error, target)
        else:
            return
        raise failure

    async def typing(self, target: Target) -> None:
        """Show "typing" in the chat for some five seconds. Raises ChannelError."""
        thread = target.conversation.thread
        try:
            await self._bot.send_chat_action(
                self._moves.now(_chat(target)), ChatAction.TYPING, message_thread_id=int(thread) if thread else None
            )
        except TelegramError as error:
            failure = self._failure(error, target)
        else:
            return
        raise failure

    async def remove(self, target: Target, part_id: str) -> None:
        """Delete one of the bot's own messages; one that is gone already is no error. Raises ChannelError."""
        try:
            await self._bot.delete_message(*_place(target, part_id))
        except TelegramError as error:
            if already_away(error):
                return
            failure = self._failure(error, target)
        else:
            return
        raise failure

    def _failure(self, error: TelegramError, target: Target) -> ChannelError:
        """The hub's word for it. What stood in a group that became a supergroup is gone: it is sent anew, there."""
        if isinstance(error, ChatMigrated):
            self._moves.learn(_chat(target), error.new_chat_id)
        return translated(error)

    # -- trust -------------------------------------------------------------------------------------------------------

    async def probe(self) -> str:
        """Who answers, with all that the settings ask of the bot. Raises ChannelError; it names what is missing."""
        try:
            me = await self._bot.get_me()
            lacking = await missing(self._bot, me, self._served)
            known = await self._bot.get_webhook_info()
        except TelegramError as error:
            failure = translated(error)
        else:
            remark = polled(known)
            if self._webhook:
                remark, trouble = called(known, stands=self._webhook.stands(known))
                lacking += [trouble] if trouble else []
            if lacking:
                raise Forbidden(f"@{me.username}: {' '.join(lacking)}")
            return f"@{me.username} answers{remark}"
        raise failure

    async def close(self) -> None:
        """Let go of connections."""
        await self._intake.close()
        await self._poll_request.shutdown()
        await self._request.shutdown()
        self._redaction.remove()


def _buttons(*, final: bool, last: bool) -> dict[str, object]:
    """Only the last part of an answer that is whole can be judged; the parts before it have nothing left to stop."""
    if not final:
        return _GROWING
    return _ENDED if last else {}


def _place(target: Target, part_id: str) -> tuple[int, int]:
    """Chat and message id of a part, which says its chat where that is not the target's."""
    chat, _, message = part_id.rpartition("/")
    return int(chat or target.conversation.chat), int(message)


def _reply(target: Target) -> dict[str, object]:
    """In a group the answer says whom it answers; where that message is gone it stands alone."""
    if target.conversation.private:
        return {}
    return {"reply_parameters": {"message_id": int(target.reply_to), "allow_sending_without_reply": True}}


def _entity(entity: form.Entity) -> dict[str, object]:
    placed: dict[str, object] = {"type": entity.type, "offset": entity.offset, "length": entity.length}
    if entity.url:
        placed["url"] = entity.url
    if entity.language:
        placed["language"] = entity.language
    return placed


def _chat(target: Target) -> int:
    return int(target.conversation.chat)
