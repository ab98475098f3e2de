"""The answers under way in this process, and how they are stopped."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from hub.inbox import Claim
from hub.listening import Stopper
from hub.messages import Conversation


class Running(dict[str, tuple[Claim, Stopper]]):
    """By conversation: what is being answered now."""

    def __init__(self) -> None:
        super().__init__()
        self.elsewhere: Callable[[str], None] = lambda _: None
        """Told of each conversation in which an answer is to end that is not made in this process."""

    def begin(self, claim: Claim, turn: Callable[[Claim, Stopper], Coroutine[Any, Any, None]]) -> asyncio.Task[None]:
        """The turn as a task; it can be stopped from the moment that this returns, before it has run at all."""
        mine = self[claim.key] = (claim, Stopper())
        task = asyncio.create_task(turn(*mine))

        def forget(_: asyncio.Task[None]) -> None:
            if self.get(claim.key) is mine:  # or this process has claimed it again since
                del self[claim.key]

        task.add_done_callback(forget)
        return task

    def stop(self, key: str, before: int | None = None) -> None:
        """End the answer that is being made in the conversation, if it is to a message before this position."""
        if key in self:
            claim, stopper = self[key]
            if before is None or (claim.waiting and claim.waiting[0].position < before):
                stopper.stop()
        else:
            self.elsewhere(key)

    def stop_in(self, where: Conversation) -> None:
        """End the answers that are being made in a chat and its threads, or in a whole workspace."""
        account = (where.channel, where.account)
        for key, (claim, stopper) in self.items():
            there = claim.conversation
            inside = key == where.key or key.startswith(f"{where.key}/")
            if inside or (
                where.is_workspace and (there.channel, there.account) == account and there.workspace == where.workspace
            ):
                stopper.stop()
