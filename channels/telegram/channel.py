"""One bot on Telegram: messages by long polling, answers by sends and edits, through python-telegram-bot."""

import asyncio
from collections.abc import Awaitable, Callable

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, MessageEntity, ReplyParameters
from telegram.constants import ChatAction
from telegram.error import TelegramError

from channels.rendering import telegram as form
from channels.telegram.polling import POLL_S, Poller
from channels.telegram.redaction import Redaction
from channels.telegram.sending import already_away, markup_refused, translated, unchanged
from channels.telegram.transport import AiohttpRequest
from hub.channel import Capabilities, Hub, Pace
from hub.messages import Target

API_URL = "https://api.telegram.org"
PACE = Pace(overall=30.0, chat=1.0, group=20 / 60)
"""The platform's own limits, as its FAQ for bots states them."""
_GROWING = InlineKeyboardMarkup([[InlineKeyboardButton("Stop", callback_data="stop")]])
_ENDED = InlineKeyboardMarkup(
    [
        [
            InlineKeyboardButton("Ask again", callback_data="again"),
            InlineKeyboardButton("👍", callback_data="good"),
            InlineKeyboardButton("👎", callback_data="bad"),
        ]
    ]
)
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class TelegramChannel:
    """The Channel port for one bot.

    `api_url` is the Bot API server, without `/bot`; empty: Telegram's own. `edit_every_s` and `poll_s` are in seconds,
    the latter whole ones, up to 50. Raises telegram.error.InvalidToken where the token is empty.
    """

    name = "telegram"

    def __init__(
        self,
        token: str,
        *,
        account: str = "main",
        api_url: str = "",
        pace: Pace = PACE,
        edit_every_s: float = 1.0,
        poll_s: int = POLL_S,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.account = account
        self.capabilities = Capabilities(pace=pace, edit_every_s=edit_every_s, first_part_within=2 * form.LIMIT)
        self._redaction = Redaction(token)
        self._redaction.install()
        self._request = AiohttpRequest()
        self._poll_request = AiohttpRequest()
        self._bot = Bot(
            token,
            base_url=f"{(api_url or API_URL).rstrip('/')}/bot",
            request=self._request,
            get_updates_request=self._poll_request,
        )
        self._poller = Poller(self._bot, self._poll_request, account, poll_s=poll_s, sleep=sleep)

    async def listen(self, hub: Hub) -> None:
        """Hand over messages until cancelled."""
        await self._poller.run(hub)

    def split(self, text: str) -> list[str]:
        """Parts in Markdown that render to at most 4,096 UTF-16 units; the placeholder's sign where nothing is seen."""
        return form.split(text) or [self.capabilities.placeholder]

    async def placeholder(self, target: Target) -> str:
        """Send the sign for "being answered"; its message id. Raises ChannelError."""
        thread = target.conversation.thread
        try:
            sent = await self._bot.send_message(
                _chat(target),
                self.capabilities.placeholder,
                message_thread_id=int(thread) if thread else None,
                link_preview_options=_NO_PREVIEW,
                reply_markup=_GROWING,
                reply_parameters=_reply(target),
            )
        except TelegramError as error:
            failure = translated(error)
        else:
            return str(sent.message_id)
        raise failure

    async def edit(self, target: Target, part_id: str, text: str, *, final: bool, last: bool = True) -> None:
        """Make the message show this text; the same text twice is no error. Raises ChannelError.

        Where the platform refuses its markup, the text is shown as it was written.
        """
        shown = form.render(text, growing=not final)
        try:
            try:
                await self._show(target, part_id, shown, final=final)
            except TelegramError as error:
                if not (shown.entities and markup_refused(error)):
                    raise
                await self._show(target, part_id, form.plain(text), final=final)
        except TelegramError as error:
            if unchanged(error):
                return
            failure = translated(error)
        else:
            return
        raise failure

    async def _show(self, target: Target, part_id: str, shown: form.Shown, *, final: bool) -> None:
        await self._bot.edit_message_text(
            shown.text,
            _chat(target),
            int(part_id),
            entities=[_entity(each) for each in shown.entities] or None,
            link_preview_options=_NO_PREVIEW,
            reply_markup=_ENDED if final else _GROWING,
        )

    async def typing(self, target: Target) -> None:
        """Show "typing" in the chat for some five seconds. Raises ChannelError."""
        thread = target.conversation.thread
        try:
            await self._bot.send_chat_action(
                _chat(target), ChatAction.TYPING, message_thread_id=int(thread) if thread else None
            )
        except TelegramError as error:
            failure = translated(error)
        else:
            return
        raise failure

    async def remove(self, target: Target, part_id: str) -> None:
        """Delete one of the bot's own messages; one that is gone already is no error. Raises ChannelError."""
        try:
            await self._bot.delete_message(_chat(target), int(part_id))
        except TelegramError as error:
            if already_away(error):
                return
            failure = translated(error)
        else:
            return
        raise failure

    async def probe(self) -> str:
        """Ask who the bot is. Raises ChannelError."""
        try:
            await self._request.initialize()
            me = await self._bot.get_me()
        except TelegramError as error:
            failure = translated(error)
        else:
            return f"@{me.username} answers"
        raise failure

    async def close(self) -> None:
        """Let go of connections."""
        await self._poll_request.shutdown()
        await self._request.shutdown()
        self._redaction.remove()


def _reply(target: Target) -> ReplyParameters | None:
    """In a group the answer says whom it answers; where that message is gone it stands alone."""
    if target.conversation.private:
        return None
    return ReplyParameters(int(target.reply_to), allow_sending_without_reply=True)


def _entity(entity: form.Entity) -> MessageEntity:
    return MessageEntity(
        entity.type, entity.offset, entity.length, url=entity.url or None, language=entity.language or None
    )


def _chat(target: Target) -> int:
    return int(target.conversation.chat)
