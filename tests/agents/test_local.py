"""The practice model, really loaded where its packages are."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hub.agents import local
from hub.agents.local import LocalClient, LocalModel, local_available
from hub.agents.port import AgentError, Done, Kind, Request, Said, Text, Timeouts

pytestmark = pytest.mark.wire

there = pytest.mark.skipif(local_available() is not None, reason=local_available() or "")

ROOT = Path(__file__).parents[2]
HELLO = Request("any", "You are a friendly bicycle shop.", (Said("user", "Say hello."),), 30)
STORY = Request("any", "", (Said("user", "Tell me a very long story about a bicycle."),), 2000)
PATIENT = Timeouts(first_token=400.0, between_tokens=400.0, whole=400.0)
"""The model needs the cores, which others may be using."""


async def answer(request: Request, timeouts: Timeouts = PATIENT) -> tuple[list[str], Done]:
    pieces = [piece async for piece in LocalClient(timeouts).stream(request)]
    assert isinstance(pieces[-1], Done)
    return [piece.text for piece in pieces if isinstance(piece, Text)], pieces[-1]


@there
async def test_it_streams_an_answer_and_counts_its_tokens() -> None:
    pieces, done = await answer(HELLO)
    assert "".join(pieces).strip()
    assert done.finish in ("stop", "length")
    assert done.usage
    assert done.usage.input > 10
    assert 1 <= done.usage.output <= 30


@there
async def test_it_says_what_stands_beside_the_question() -> None:
    told = "The code of the garden gate is 4471. What is the code of the garden gate?"
    pieces, _ = await answer(Request("any", "You are a friendly assistant.", (Said("user", told),), 40))
    assert "4471" in "".join(pieces)


def chunk(text: str, **fields: object) -> dict[str, Any]:
    return {"choices": [{"delta": {"content": text}}], **fields}


class Looping(LocalModel):
    """Says one sentence until it is stopped."""

    def __init__(self) -> None:
        super().__init__()
        self.said = 0

    def run(self, prompt: dict[str, object], take: Callable[[dict[str, Any]], bool]) -> None:
        take(chunk("", prompt_progress={"total": 30, "cache": 12, "processed": 18}))
        while self.said < 1_000:
            self.said += 1
            if take(chunk("I am sure of it. ")):
                break


async def test_an_answer_that_repeats_itself_ends_and_its_tokens_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "local_available", lambda: None)
    model = Looping()
    pieces = [piece async for piece in LocalClient(Timeouts(), model=lambda: model).stream(HELLO)]
    model.threads.shutdown()
    assert "".join(piece.text for piece in pieces if isinstance(piece, Text)).strip() == "I am sure of it."
    done = pieces[-1]
    assert isinstance(done, Done)
    assert done.finish == "stop"
    assert done.usage
    assert (done.usage.input, done.usage.cached_input) == (30, 12)
    assert 2 <= done.usage.output <= 1_000


@there
async def test_the_cap_on_output_ends_an_answer() -> None:
    pieces, done = await answer(Request("any", "", STORY.turns, 5))
    assert done.finish == "length"
    assert done.usage
    assert done.usage.output == 5
    assert len(pieces) <= 5


class Watched(LocalModel):
    """The practice model, watched at its work."""

    def __init__(self) -> None:
        super().__init__()
        self.chunks = 0
        self.ended = threading.Event()

    def run(self, prompt: dict[str, object], take: Callable[[dict[str, Any]], bool]) -> None:
        def counted(chunk: dict[str, Any]) -> bool:
            self.chunks += 1
            return take(chunk)

        try:
            super().run(prompt, counted)
        finally:
            self.ended.set()


@there
async def test_closing_early_stops_the_work() -> None:
    model = Watched()
    stream = LocalClient(PATIENT, model=lambda: model).stream(STORY)
    async for _ in stream:
        break
    await stream.aclose()  # type: ignore[attr-defined]
    assert await asyncio.to_thread(model.ended.wait, 400)
    assert model.chunks < STORY.max_output / 2


@there
async def test_more_than_its_slots_wait_their_turn_and_all_are_answered() -> None:
    answers = await asyncio.gather(*(answer(HELLO) for _ in range(local.SLOTS + 2)))
    assert all(done.usage for _, done in answers)


@there
async def test_the_event_loop_stays_free() -> None:
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.005)
            ticks += 1

    ticking = asyncio.create_task(tick())
    await answer(Request("any", "", STORY.turns, 60))
    ticking.cancel()
    assert ticks > 5  # a loop that waits for the model ticks once


@there
async def test_who_waits_too_long_for_a_turn_is_told_it_is_busy() -> None:
    await answer(HELLO)
    streams = [LocalClient(PATIENT).stream(STORY) for _ in range(local.SLOTS)]
    for stream in streams:
        await anext(stream)
    with pytest.raises(AgentError) as raised:
        await answer(HELLO, Timeouts(first_token=0.2))
    for stream in streams:
        await stream.aclose()  # type: ignore[attr-defined]
    assert (raised.value.kind, raised.value.sent) == (Kind.OVERLOADED, False)


@there
async def test_a_prompt_beyond_its_window_is_too_long() -> None:
    with pytest.raises(AgentError) as raised:
        await answer(Request("any", "", (Said("user", "word " * (local.CONTEXT_TOKENS + 500)),), 5))
    assert raised.value.kind is Kind.TOO_LONG


@there
def test_a_process_ends_in_mid_answer_and_says_nothing_of_its_own() -> None:
    program = f"""
import asyncio
from hub.agents.local import LocalClient
from hub.agents.port import Request, Said, Timeouts
async def main():
    async for piece in LocalClient(Timeouts()).stream(Request("", "", (Said("user", {STORY.turns[0].text!r}),), 2000)):
        raise SystemExit(7)
asyncio.run(main())
"""
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, timeout=400, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (7, b"", b"")


async def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "find_spec", lambda name: None)
    reason = local_available()
    assert reason
    assert "xllamacpp" in reason
    with pytest.raises(AgentError) as raised:
        await answer(HELLO)
    assert (raised.value.kind, raised.value.sent) == (Kind.UNREACHABLE, False)
    with pytest.raises(AgentError):
        await LocalClient(Timeouts()).probe()


async def test_a_model_that_cannot_be_loaded_is_unreachable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    if local_available():
        pytest.skip(local_available() or "")
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"no weights")
    monkeypatch.setattr(local, "_weights", lambda: broken)
    own = local.LocalModel()
    with pytest.raises(AgentError) as raised:
        async for _ in LocalClient(Timeouts(), model=lambda: own).stream(HELLO):
            pass
    own.threads.shutdown()
    assert (raised.value.kind, raised.value.sent) == (Kind.UNREACHABLE, False)
