"""Commands and buttons on a Discord of our own: acknowledged in time and once, answered while their tokens live."""

import time
from collections.abc import Mapping
from typing import Any

from tests.wire.fakes.books import Books
from tests.wire.fakes.discord_http import Refusal, Said

TEXT = 2000
INTERACTION_S = 900.0


class Interactions:
    """The part of a FakeDiscord that a bot answers people by."""

    bot: dict[str, Any]
    books: Books
    messages: dict[str, Said]
    interactions: dict[str, dict[str, Any]]
    acknowledge_s: float
    choices: list[str]

    def _attach(self, said: Said, body: Any) -> None:
        raise NotImplementedError

    def _callback(self, where: Mapping[str, str], body: Any) -> None:
        interaction = self.interactions.get(where["interaction_token"])
        if interaction is None or time.monotonic() > interaction["at"] + self.acknowledge_s:
            raise Refusal(404, 10062, "Unknown interaction")
        if interaction["acked"]:
            raise Refusal(400, 40060, "Interaction has already been acknowledged.")
        interaction.update(acked=True, type=body["type"])
        if body["type"] == 8:
            self.choices = [each["value"] for each in body["data"]["choices"]]
        if body["type"] == 5:
            message = self._message(interaction["channel"], "", self.bot)
            message["flags"] = body.get("data", {}).get("flags", 0)
            interaction["message"] = self._exists(message)

    def _follow_up(self, where: Mapping[str, str], body: Any) -> Any:
        interaction = self._interaction(where)
        if interaction.get("message") is None:
            raise Refusal(404, 10015, "Unknown Webhook")
        message = self._message(interaction["channel"], text_of(body), self.bot)
        message["flags"] = body.get("flags", 0)
        self._exists(message)
        interaction.setdefault("follow_ups", []).append(message["id"])
        self._shows(message)
        return message

    def _edit_part(self, where: Mapping[str, str], body: Any) -> Any:
        said = self._part(where)
        said.data["content"] = text_of(body)
        self._attach(said, body)
        key = (int(said.data["channel_id"]), int(said.data["id"]))
        (self._reshows if key in self.books.shown else self._shows)(said.data)
        return said.data

    def _delete_part(self, where: Mapping[str, str], _: Any) -> None:
        said = self._part(where)
        said.deleted = True
        self.books.shown[int(said.data["channel_id"]), int(said.data["id"])].deleted_s = time.time()

    def _part(self, where: Mapping[str, str]) -> Said:
        interaction = self._interaction(where)
        said: Said | None = interaction.get("message")
        number = where.get("message_id")
        if number in interaction.get("follow_ups", ()):
            said = self.messages[number]
        elif said is not None and number not in (None, said.data["id"]):
            said = None
        if said is None or said.deleted:
            raise Refusal(404, 10008, "Unknown Message")
        return said

    def _interaction(self, where: Mapping[str, str]) -> dict[str, Any]:
        interaction = self.interactions.get(where["webhook_token"])
        if interaction is None:
            raise Refusal(404, 10015, "Unknown Webhook")
        if time.monotonic() > interaction["at"] + INTERACTION_S:
            raise Refusal(401, 50027, "Invalid Webhook Token")
        return interaction

    def expire(self, interaction: str) -> None:
        """Its 15 minutes are over."""
        for each in self.interactions.values():
            if each["id"] == interaction:
                each["at"] -= INTERACTION_S


def text_of(body: Any) -> str:
    text = str(body.get("content") or "")
    if not text.strip() and not body.get("attachments"):
        raise Refusal(400, 50006, "Cannot send an empty message")
    if len(text) > TEXT:
        raise Refusal(400, 50035, "Invalid Form Body: Must be 2000 or fewer in length.")
    if "enforce_nonce" in body and not body.get("nonce"):
        raise Refusal(400, 50035, "Invalid Form Body: nonce is required")
    return text
