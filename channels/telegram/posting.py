"""What the bot says first: a text, pictures or documents, each post one request of the Bot API."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from telegram import (
    Bot,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    LinkPreviewOptions,
    Message,
    MessageEntity,
)
from telegram.error import ChatMigrated, TelegramError

from channels.rendering import telegram as form
from channels.rendering.files import CodeFile
from channels.telegram.sending import Moves, markup_refused, translated
from hub.channel import Refused
from hub.messages import Conversation, File

ALBUM_AT_MOST = 10
"""Files in one message; the platform's own limit."""
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
T = TypeVar("T")


def _entities_of(shown: form.Shown) -> list[MessageEntity] | None:
    """The markup of a text in the SDK's own type."""
    return [
        MessageEntity(each.type, each.offset, each.length, url=each.url or None, language=each.language or None)
        for each in shown.entities
    ] or None


class Posting:
    """Posts of one bot. A group that became a supergroup is posted to there."""

    def __init__(self, bot: Bot, moves: Moves) -> None:
        self._bot = bot
        self._moves = moves

    async def post(self, conversation: Conversation, text: str, files: Sequence[File]) -> str:
        """Send the text, or the files as one album; the (first) message's id. Raises ChannelError."""
        if len(files) > ALBUM_AT_MOST:
            raise Refused(f"Telegram takes at most {ALBUM_AT_MOST} files at once.")
        thread = int(conversation.thread) if conversation.thread else None

        async def send(chat: int) -> Message:
            topic = thread if chat == int(conversation.chat) else None
            return await (self._files(chat, topic, files) if files else self._text(chat, topic, text))

        return str((await self._wherever(int(conversation.chat), send)).message_id)

    async def replace(self, chat: int, message: int, file: CodeFile, below: InlineKeyboardMarkup | None) -> None:
        """Make a message of the bot's show the file, with its name as caption. Raises TelegramError."""
        caption = form.caption(file)
        media = InputMediaDocument(
            file.data,
            filename=file.name,
            caption=caption.text,
            caption_entities=_entities_of(caption),
            disable_content_type_detection=True,
        )
        await self._bot.edit_message_media(media, chat, message, reply_markup=below)

    async def _wherever(self, chat: int, send: Callable[[int], Awaitable[T]]) -> T:
        try:
            try:
                return await send(self._moves.now(chat))
            except ChatMigrated as moved:
                self._moves.learn(chat, moved.new_chat_id)
                return await send(moved.new_chat_id)
        except TelegramError as error:
            failure = translated(error)
        raise failure

    async def _text(self, chat: int, topic: int | None, text: str) -> Message:
        """As it was written, where the platform refuses its markup."""
        shown = form.render(text)
        try:
            return await self._send_text(chat, topic, shown)
        except TelegramError as error:
            if not (shown.entities and markup_refused(error)):
                raise
        return await self._send_text(chat, topic, form.plain(text))

    async def _send_text(self, chat: int, topic: int | None, shown: form.Shown) -> Message:
        return await self._bot.send_message(
            chat,
            shown.text,
            entities=_entities_of(shown),
            message_thread_id=topic,
            link_preview_options=_NO_PREVIEW,
        )

    async def _files(self, chat: int, topic: int | None, files: Sequence[File]) -> Message:
        pictures = all(file.media_type.startswith("image/") for file in files)
        if len(files) > 1:
            kind = InputMediaPhoto if pictures else InputMediaDocument
            album = [kind(file.data, filename=file.name) for file in files]
            return (await self._bot.send_media_group(chat, album, message_thread_id=topic))[0]
        (file,) = files
        if pictures:
            return await self._bot.send_photo(chat, file.data, filename=file.name, message_thread_id=topic)
        return await self._bot.send_document(chat, file.data, filename=file.name, message_thread_id=topic)
