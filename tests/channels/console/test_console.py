"""A chat in the terminal: lines in, growth out, nothing that a terminal would obey."""

import asyncio
import contextlib
import io
import os
import signal
import threading
from collections.abc import AsyncIterator, Callable, Sequence

import pytest

from channels.console import channel as console_module
from channels.console.channel import ConsoleChannel, safe
from hub.clock import SystemClock, new_id
from hub.errors import TrunklineError
from hub.messages import Conversation, Exchange, Hints, Message, Target

pytestmark = pytest.mark.unit


class Terminal:
    """A pipe to type into, and what was printed."""

    def __init__(self) -> None:
        self.input, self._keys = os.pipe()
        self.out = io.StringIO()
        self.channel = ConsoleChannel(
            "main",
            lines_from=self.input,
            out=self.out,
            now_ms=SystemClock().now_ms,
            new_id=new_id,
            hints=Hints(time_zone="Europe/Dublin"),
        )
        self.messages: list[Message] = []
        self.stopped = 0
        self.answer: Callable[[Target], object] = lambda target: None
        self.exchange = Exchange(message_id="", text="", sent_ms=0)
        self.broken = False

    def type(self, text: str | bytes) -> None:
        os.write(self._keys, text if isinstance(text, bytes) else text.encode())

    def leave(self) -> None:
        if self._keys >= 0:
            os.close(self._keys)
            self._keys = -1

    async def printed(self, text: str) -> None:
        async with asyncio.timeout(60):
            while text not in self.out.getvalue():
                await asyncio.sleep(0.005)

    # -- the hub's side

    async def accept(self, messages: Sequence[Message]) -> None:
        if self.broken:
            raise TrunklineError("The database is full. \x1b[2J")
        self.messages += messages
        for message in messages:
            self._turn = asyncio.ensure_future(self._run(Target(message.conversation, message.platform_id)))

    async def _run(self, target: Target) -> None:
        made = self.answer(target)
        if asyncio.iscoroutine(made):
            await made

    async def history(self, conversation: Conversation, limit: int) -> list[Exchange]:
        return [self.exchange]

    async def stop(self, conversation: Conversation) -> None:
        self.stopped += 1
        target = Target(conversation, self.messages[-1].platform_id)
        await self.channel.edit(target, "late", "stopped here", final=True)


@pytest.fixture
async def terminal() -> AsyncIterator[Terminal]:
    terminal = Terminal()
    listening = asyncio.create_task(terminal.channel.listen(terminal))
    yield terminal
    terminal.leave()
    async with asyncio.timeout(60):
        listening.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await listening
    await terminal.channel.close()
    for thread in threading.enumerate():
        if thread.name == "console-input":
            await asyncio.to_thread(thread.join, 60)  # it sees the end of the pipe
    os.close(terminal.input)


def growing(terminal: Terminal, *texts: str) -> Callable[[Target], object]:
    async def answer(target: Target) -> None:
        terminal.exchange = Exchange(
            message_id=target.reply_to, text="", sent_ms=0, state="delivered", agent="support-faq", region="eu-west"
        )
        part = await terminal.channel.placeholder(target)
        await terminal.channel.typing(target)
        for text in texts:
            await terminal.channel.edit(target, part, text, final=False)
        await terminal.channel.edit(target, part, texts[-1], final=True)

    return answer


async def test_a_line_is_a_message_and_its_answer_grows(terminal: Terminal) -> None:
    terminal.answer = growing(terminal, "Nine", "Nine o'cl", "Nine o'clock.")
    terminal.type("When do you open? \u6f22\n")
    await terminal.printed("[support-faq · eu-west]")
    await terminal.printed("eu-west]\n\nyou> ")
    (message,) = terminal.messages
    assert message.text == "When do you open? \u6f22"
    assert message.hints.time_zone == "Europe/Dublin"
    assert terminal.out.getvalue().count("Nine o'clock.") == 1


async def test_lines_arrive_whole_however_they_are_cut(terminal: Terminal) -> None:
    terminal.answer = growing(terminal, "ok")
    for piece in ("h\u00e9".encode()[:2], "h\u00e9".encode()[2:], b"llo\r\n\n  \nsecond\n"):
        terminal.type(piece)
        await asyncio.sleep(0.02)
    async with asyncio.timeout(60):
        while len(terminal.messages) < 2:
            await asyncio.sleep(0.005)
    assert [message.text for message in terminal.messages] == ["h\u00e9llo", "second"]


async def test_a_line_typed_while_an_answer_grows_is_handed_over_at_once(terminal: Terminal) -> None:
    go_on = asyncio.Event()

    async def answer(target: Target) -> None:
        if terminal.messages[0].platform_id == target.reply_to:
            await go_on.wait()
        part = await terminal.channel.placeholder(target)
        await terminal.channel.edit(target, part, f"done {target.reply_to}", final=True)

    terminal.answer = answer
    terminal.type("tell me everything\n")
    terminal.type("/stop\n")
    async with asyncio.timeout(60):
        while len(terminal.messages) < 2:
            await asyncio.sleep(0.005)
    go_on.set()
    for message in terminal.messages:
        await terminal.printed(f"done {message.platform_id}")
    await terminal.printed("\n\nyou> ")
    assert terminal.out.getvalue().count("you> ") == 2


async def test_what_was_asked_before_the_input_ended_is_still_answered() -> None:
    terminal = Terminal()
    terminal.answer = growing(terminal, "ok")
    terminal.type("hello\n")
    terminal.leave()
    async with asyncio.timeout(60):
        await terminal.channel.listen(terminal)
    os.close(terminal.input)
    assert "ok" in terminal.out.getvalue()


async def test_an_answer_that_starts_again_says_so(terminal: Terminal) -> None:
    terminal.answer = growing(terminal, "first try", "something else")
    terminal.type("hello\n")
    await terminal.printed("(The answer starts again.)\nsomething else\n[support-faq")


async def test_ctrl_d_leaves() -> None:
    terminal = Terminal()
    terminal.leave()
    async with asyncio.timeout(60):
        await terminal.channel.listen(terminal)
    os.close(terminal.input)
    assert terminal.messages == []


async def test_ctrl_c_stops_the_answer(terminal: Terminal) -> None:
    terminal.type("hello\n")
    async with asyncio.timeout(60):
        while not terminal.messages:
            await asyncio.sleep(0.005)
    os.kill(os.getpid(), signal.SIGINT)
    await terminal.printed("stopped here")
    assert terminal.stopped == 1
    await terminal.printed("stopped here\n\nyou> ")


async def test_ctrl_c_without_an_answer_says_how_to_leave(terminal: Terminal) -> None:
    await terminal.printed("you> ")
    os.kill(os.getpid(), signal.SIGINT)
    await terminal.printed("Ctrl-D leaves.\nyou> ")
    assert terminal.stopped == 0


async def test_a_hub_that_takes_nothing_is_told(terminal: Terminal) -> None:
    terminal.broken = True
    terminal.type("hello\n")
    await terminal.printed("Not taken: The database is full. [2J\nyou> ")


async def test_a_message_that_ends_without_an_answer_ends_the_waiting(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console_module, "LOOK_S", 0.02)

    def dropped(target: Target) -> None:
        terminal.exchange = Exchange(message_id=target.reply_to, text="", sent_ms=0, state="dropped")

    terminal.answer = dropped
    terminal.type("hello\n")
    await terminal.printed("(No answer.)\n\nyou> ")


async def test_what_a_model_writes_cannot_steer_the_terminal(terminal: Terminal) -> None:
    terminal.answer = growing(terminal, "\x1b]0;owned\x07", "\x1b]0;owned\x07\x1b[2J\x9b31m\rover \u202etfel\n\tok")
    terminal.type("hello\n")
    await terminal.printed("ok\n[support-faq")
    printed = terminal.out.getvalue()
    assert "]0;owned[2J31mover tfel\n\tok" in printed
    assert not set(printed) & {"\x1b", "\x07", "\x9b", "\r", "\u202e"}


@pytest.mark.parametrize("code", [*range(32), 127, *range(0x80, 0xA0)])
def test_control_characters(code: int) -> None:
    assert safe(f"a{chr(code)}b") == (f"a{chr(code)}b" if chr(code) in "\n\t" else "ab")
