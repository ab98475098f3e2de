"""A deployment that plays a script: pieces, waits, errors, and its bill."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence

from hub.agents.port import AgentError, Done, Request, Text, Usage

Step = str | asyncio.Event | Exception | Usage | Done
SHORT = Usage(input=20, output=5)


class ScriptedClient:
    """Implements hub.agents.port.AgentClient. Each call takes the next script, or answers by `usual`."""

    def __init__(self, usual: Callable[[Request], Sequence[Step]] | None = None) -> None:
        self.calls: list[Request] = []
        self.closed_early = 0
        self.at_work = 0
        self.most_at_work = 0
        self.called = asyncio.Event()
        self.usual = usual or _echo
        self._scripts: deque[Sequence[Step]] = deque()

    def will(self, *steps: Step) -> None:
        self._scripts.append(steps)

    async def stream(self, request: Request) -> AsyncIterator[Text | Usage | Done]:
        self.calls.append(request)
        self.called.set()
        self.at_work += 1
        self.most_at_work = max(self.most_at_work, self.at_work)
        ended = False
        try:
            for step in self._scripts.popleft() if self._scripts else self.usual(request):
                if isinstance(step, asyncio.Event):
                    await step.wait()
                elif isinstance(step, Exception):
                    raise step
                else:
                    await asyncio.sleep(0)
                    yield Text(step) if isinstance(step, str) else step
            ended = True
        except AgentError:
            ended = True
            raise
        finally:
            self.at_work -= 1
            self.closed_early += not ended

    async def probe(self) -> str:
        return "scripted"

    async def close(self) -> None:
        pass


def asked(request: Request) -> str:
    """What the person said last."""
    return request.turns[-1].text


def _echo(request: Request) -> Sequence[Step]:
    return (f"You said: {asked(request)}", Done("stop", SHORT))
