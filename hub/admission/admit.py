"""One gate for every kind of event: message, edit, press, reaction, slash command, question asked again, stop."""

import time
from collections.abc import Callable, Sequence

from hub import phrases
from hub.admission.access import Standing, access_to, is_owner, known_standing
from hub.admission.invitations import (
    HOUR_MS,
    LIVES_MS,
    MOST_USES,
    chat_id,
    code_in,
    is_guest,
    make_invitation,
    take_up,
)
from hub.admission.loops import Said, bots_go_on, echoes
from hub.admission.pace import Asked, Pace
from hub.admission.spam import Spam, spam_in
from hub.admission.strangers import Strangers
from hub.admission.verdict import Verdict, because, told_once
from hub.config.settings import Settings
from hub.languages import language_of, translated
from hub.messages import Conversation, Message, Sender
from hub.store import Database, Statement, statement

_ADMITTED = Verdict(True)
_SILENCE = Verdict(False)
_SPAM_WORDS = {
    Spam.REPEATED: phrases.REPEATED,
    Spam.FLOOD: phrases.FLOOD,
    Spam.OUTPUT: phrases.TOO_MUCH_ASKED,
}


class Admission:
    """Asks the store only where an account goes by invitation and the settings do not name the sender."""

    def __init__(
        self,
        database: Database,
        settings: Callable[[], Settings],
        *,
        new_code: Callable[[], str],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._settings = settings
        self._new_code = new_code
        self._pace = Pace(database, settings)
        self._strangers = Strangers(monotonic)
        self.taking = self._pace.taking
        self.refused = self._pace.refused

    def worth_storing(self, message: Message) -> bool:
        """Whether a message can come to anything. A stranger in a private chat is told that they are one.

        What a stranger writes beyond a few messages a minute is not even stored.
        """
        standing = known_standing(message.conversation, message.sender, self._settings())
        chat = chat_id(message.conversation)
        if standing is Standing.PERHAPS:
            return chat not in self._strangers or self._strangers.may_write(chat)
        if standing is Standing.STRANGER and message.conversation.private and not message.sender.bot:
            return self._strangers.may_write(chat)
        return standing is Standing.ADMITTED

    async def admits(self, conversation: Conversation, sender: Sender) -> bool:
        """Whether somebody may speak, press and choose here. Raises StoreError."""
        standing = known_standing(conversation, sender, self._settings())
        if standing is Standing.PERHAPS:
            return await is_guest(self._database, conversation, sender)
        return standing is Standing.ADMITTED

    async def verdict(
        self, waiting: Sequence[Asked], bot_streak: int, past: Sequence[Said], guard: Sequence[Statement]
    ) -> Verdict:
        """What becomes of the first message that waits, whose turn has come.

        `guard` goes before every change in the store. Raises StoreError, Undone where the guard says so.
        """
        asked = waiting[0]
        message = asked.message
        conversation, sender = message.conversation, message.sender
        if await self.admits(conversation, sender):
            self._strangers.forget(chat_id(conversation))
            loop = bots_go_on(sender.bot, bot_streak) or echoes(message.text, asked.accepted_ms, past)
            return _SILENCE if loop else await self._unless_spam(waiting, past)
        if sender.bot or not conversation.private:
            return _SILENCE
        self._strangers.note(chat_id(conversation))
        code = code_in(message.text)
        if code and access_to(conversation, self._settings()).invitations:
            return Verdict(False, await self.join(conversation, sender, code, guard))
        return await self._told_once_an_hour(conversation)

    async def _unless_spam(self, waiting: Sequence[Asked], past: Sequence[Said]) -> Verdict:
        asked = waiting[0]
        message = asked.message
        spam = spam_in(waiting, past)
        if spam is None or is_owner(message.conversation, message.sender, self._settings()):
            return _ADMITTED
        words = translated(_SPAM_WORDS[spam], language_of(message.hints, asked.hints))
        return await told_once(self._database, asked, f"spam/{spam}", words, HOUR_MS, because(asked.id, spam))

    async def join(self, conversation: Conversation, sender: Sender, code: str, guard: Sequence[Statement]) -> str:
        """Take up an invitation; what to say of it. Raises StoreError, Undone where the guard says so."""
        let_in = await take_up(self._database, conversation, sender, code, guard)
        if let_in is None:
            return phrases.TOO_MANY_CODES
        return phrases.WELCOME if let_in else phrases.NO_SUCH_CODE

    def invite(self, conversation: Conversation, arguments: str) -> tuple[str, list[Statement]]:
        """Make an invitation, for whoever may; what to say, and what it changes."""
        if not access_to(conversation, self._settings()).invitations:
            return phrases.NO_INVITATIONS, []
        if not conversation.private:
            return phrases.IN_PRIVATE, []
        uses = int(arguments) if arguments.isascii() and arguments.isdigit() and len(arguments) < 5 else 0
        if arguments and not 1 <= uses <= MOST_USES:
            return f"Write /invite and how many people it is for, from 1 to {MOST_USES:,}.", []
        code, uses = self._new_code(), uses or 1
        people = "one person" if uses == 1 else f"{uses} people"
        text = (
            f"This invitation is for {people} and good for {LIVES_MS // 86_400_000} days. "
            f"Whoever is to come in sends me, in private:\n/join {code}"
        )
        return text, [make_invitation(conversation, code, uses)]

    async def _told_once_an_hour(self, conversation: Conversation) -> Verdict:
        chat = chat_id(conversation)
        if await self._database.read(statement("admission.told", id=chat, within_ms=HOUR_MS)):
            return _SILENCE
        by_invitation = access_to(conversation, self._settings()).invitations
        words = phrases.BY_INVITATION if by_invitation else phrases.NOT_ON_THE_LIST
        return Verdict(False, words, (statement("admission.tell", id=chat),))
