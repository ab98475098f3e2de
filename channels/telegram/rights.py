"""What the bot may do, against what the settings ask of it: said in words by `trunkline check --live`."""

from collections.abc import Sequence
from urllib.parse import urlsplit

import msgspec
from telegram import Bot, User, WebhookInfo
from telegram.error import BadRequest, ChatMigrated, Forbidden

_INSIDE = ("member", "restricted", "administrator", "creator")
_ADMIN = ("administrator", "creator")
_PRIVACY = "@BotFather, /setprivacy, Disable; then remove the bot from the group and add it again"


class Served(msgspec.Struct, frozen=True):
    """A place that an agent serves: a chat by its id, or any chat where that is empty."""

    chat: str = ""
    always: bool = False
    """Every message is to be answered, addressed to the bot or not."""


async def missing(bot: Bot, me: User, served: Sequence[Served]) -> list[str]:
    """A sentence for each thing that the bot lacks, with its remedy. Raises TelegramError."""
    found = []
    reads_all = bool(me.can_read_all_group_messages)
    if any(place.always and not place.chat for place in served) and not reads_all:
        found.append(f"Privacy mode hides most messages in groups, where every one is to be answered: {_PRIVACY}.")
    for place in _groups(served):
        found += await _missing_in(bot, me, place, reads_all=reads_all)
    return found


async def _missing_in(bot: Bot, me: User, place: Served, *, reads_all: bool) -> list[str]:
    """What is missing in one group. An administrator is shown every message, whatever the privacy mode."""
    try:
        standing = (await bot.get_chat_member(int(place.chat), me.id)).status
    except ChatMigrated as moved:
        return [f"{place.chat} became the supergroup {moved.new_chat_id}: write that in serves."]
    except (BadRequest, Forbidden):
        standing = "left"
    found = []
    if standing not in _INSIDE:
        barred = " and may not join groups: @BotFather, /setjoingroups, Enable; then add it."
        remedy = ": add it there, or take it out of serves." if me.can_join_groups else barred
        found.append(f"The bot is not in {place.chat}{remedy}")
    if place.always and not reads_all and standing not in _ADMIN:
        found.append(
            f"Privacy mode hides most messages of {place.chat}, where every one is to be answered: {_PRIVACY}."
        )
    return found


def _groups(served: Sequence[Served]) -> list[Served]:
    """Groups and channels have negative ids; a person needs no right of the bot."""
    return [place for place in served if place.chat.startswith("-")]


def polled(known: WebhookInfo) -> str:
    """A remark on a webhook that stands where messages are polled; empty where none does."""
    if not known.url:
        return ""
    host = urlsplit(known.url).hostname
    return f"; a webhook to {host} is set, which the hub removes when it starts"


def called(known: WebhookInfo, *, stands: bool) -> tuple[str, str]:
    """A remark on the webhook that is to stand, and what keeps the platform from calling it; either may be empty."""
    if not stands:
        return "; the webhook is set when the hub starts", ""
    if known.pending_update_count and known.last_error_message:
        reason = known.last_error_message[:200].rstrip(".")
        return "", f"{known.pending_update_count} updates wait, because Telegram's last call failed: {reason}."
    return "; the webhook is set", ""
