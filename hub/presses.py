"""Buttons and reactions below an answer: each does what it says, once for each event."""

import msgspec

from hub.commands import recognize
from hub.inbox import Inbox
from hub.messages import Message, Press, asked_again, clean
from hub.routing import bound_region
from hub.store import Database, Row, Undone, statement

ANSWERS_IN_REACH = 200
"""The newest answers of a conversation whose buttons still work."""

_decode_message = msgspec.json.Decoder(Message).decode


class Presses:
    """Stop, ask again, good, bad."""

    def __init__(self, database: Database, inbox: Inbox) -> None:
        self._database = database
        self._inbox = inbox

    async def pressed(self, press: Press) -> int | None:
        """Do what the button says, once for each event; for `stop`, the position before which answers end.

        A press below an answer that nobody knows does nothing, but for `stop` while a placeholder is under way: it is
        the one whose id is not stored yet. Raises StoreError.
        """
        conversation = press.conversation
        answer = await self._answer_at(conversation.key, press)
        if answer is None:
            return None
        once = statement("inbox.press_once", id=f"{conversation.channel}/{conversation.account}/{press.event_id}")
        sender = clean(press.sender)
        if press.action == "again":
            message = _decode_message(answer["payload"])
            bound = bound_region(answer["route"])
            if message.sender.id != sender.id and (bound is None or recognize(message.text)):
                return None  # nobody lends their role, or their residency zone, to what another wrote
            asked = asked_again(message, sender, press.event_id, bound or "")
            dropped = statement("reuse.drop", reply=answer["id"])
            whose = statement("inbox.words_of", key=asked.key, of=answer["message"])
            await self._inbox.accept_one(asked, also=[once, dropped], then=[whose])
            return None
        position: int = answer["position"]
        if press.action == "stop":
            changes = [statement("inbox.stop_answer", conversation=conversation.key, position=position)]
        else:
            person = f"{conversation.channel}/{sender.id}"
            judged = statement("reply.judge", reply=answer["id"], person=person, value=press.action)
            changes = [self._inbox.know(person, sender), judged]
            if press.action == "bad":
                changes.append(statement("reuse.drop", reply=answer["id"]))
        try:
            await self._database.run(once, *changes)
        except Undone:
            return None  # it was pressed once and delivered twice
        return position + 1 if press.action == "stop" else None

    async def _answer_at(self, key: str, press: Press) -> Row | None:
        rows = await self._database.read(statement("reply.newest", conversation=key, most=ANSWERS_IN_REACH))
        known = next((row for row in rows if press.part_id in msgspec.json.decode(row["parts"])), None)
        if known is None and press.action == "stop":
            return next((row for row in rows if row["sending"]), None)
        return known
