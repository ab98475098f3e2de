"""A chat in the terminal: a line is a message, the answer grows below it. Ctrl-C stops an answer, Ctrl-D leaves.

A line that is typed while an answer grows is handed over at once: `/stop` would come too late otherwise.
"""

import asyncio
import codecs
import contextlib
import os
import re
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TextIO

from hub.channel import Capabilities, Hub, Pace
from hub.errors import TrunklineError
from hub.messages import Conversation, Exchange, File, Hints, Message, Sender, Target

PROMPT = "you> "
EXCHANGES_NEAR = 20
LOOK_S = 2.0
"""While an answer is awaited: look into the history, in case the message ended without one."""
OPEN_STATES = frozenset({"waiting", "pending", "attempting"})
READ_BYTES = 65_536

# Control characters could move the cursor, set the title or feed the terminal's own answers back as typing; the
# bidirectional ones make a line read as another.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def safe(text: str) -> str:
    """The text without anything that a terminal would obey; line breaks and tabs stay."""
    return _UNSAFE.sub("", text.replace("\r\n", "\n"))


class ConsoleChannel:
    """One person at one terminal. `lines_from` is a file descriptor to read, `out` where everything is written."""

    name = "console"
    capabilities = Capabilities(pace=Pace(overall=1_000, chat=100, group=100, unconfirmed=100), edit_every_s=0.1)

    def __init__(
        self,
        account: str,
        *,
        lines_from: int,
        out: TextIO,
        now_ms: Callable[[], int],
        new_id: Callable[[], str],
        hints: Hints = Hints(),  # noqa: B008 - immutable
    ) -> None:
        self.account = account
        self._lines_from = lines_from
        self._out = out
        self._now_ms = now_ms
        self._new_id = new_id
        self._hints = hints
        self._conversation = Conversation(channel=self.name, account=account, chat="terminal")
        self._hub: Hub | None = None
        self._shown: dict[str, str] = {}
        self._awaited: dict[str, asyncio.Event] = {}
        """By message: set when its answer is there."""
        self._waiting: set[asyncio.Task[None]] = set()
        self._stopping: asyncio.Task[None] | None = None

    # -- the port ----------------------------------------------------------------------------------------------------

    async def listen(self, hub: Hub) -> None:
        """Hand over lines until cancelled, or until the input ends: then it returns."""
        self._hub = hub
        lines: asyncio.Queue[str | None] = asyncio.Queue()
        _read_lines(self._lines_from, lines)
        with self._interrupts():
            self._print("Write a message. Ctrl-C stops an answer, Ctrl-D leaves.\n")
            self._print(PROMPT)
            try:
                while (line := await lines.get()) is not None:
                    if line.strip():
                        await self._ask(hub, line)
                    else:
                        self._print_prompt()
                await asyncio.gather(*self._waiting)
                self._print("\n")
            finally:
                for task in self._waiting:
                    task.cancel()

    def split(self, text: str) -> list[str]:
        return [text]

    async def placeholder(self, target: Target) -> str:
        part = self._new_id()
        self._shown[part] = ""
        return part

    async def edit(self, target: Target, part_id: str, text: str, *, final: bool, last: bool = True) -> None:
        shown, text = self._shown.get(part_id, ""), safe(text)
        if text.startswith(shown):
            self._print(text[len(shown) :])
        else:
            self._print(f"\n(The answer starts again.)\n{text}")
        self._shown[part_id] = text
        if final:
            del self._shown[part_id]
            self._print(f"\n{await self._signature(target)}")
            if target.reply_to in self._awaited:
                self._awaited[target.reply_to].set()

    async def typing(self, target: Target) -> None:
        """Nothing: the waiting line says enough."""

    async def remove(self, target: Target, part_id: str) -> None:
        """What was printed stays; the part is no longer awaited."""
        self._shown.pop(part_id, None)

    async def post(self, conversation: Conversation, text: str, files: Sequence[File] = ()) -> str:
        """Print it above the line being typed; of files, their names."""
        named = "".join(f"[{file.name}, {len(file.data):,} bytes]\n" for file in files)
        self._print(f"\n{safe(text or named)}\n")
        self._print_prompt()
        return self._new_id()

    async def probe(self) -> str:
        """Nobody else has to be asked."""
        return "the terminal is here"

    async def close(self) -> None:
        """The terminal is not the channel's to close."""
        open_tasks = [*self._waiting, *([self._stopping] if self._stopping else [])]
        await asyncio.gather(*open_tasks, return_exceptions=True)

    # -- a line and its answer ---------------------------------------------------------------------------------------

    async def _ask(self, hub: Hub, line: str) -> None:
        message = Message(
            conversation=self._conversation,
            platform_id=self._new_id(),
            sender=Sender("terminal"),
            text=line.replace("\0", "\ufffd"),
            sent_ms=self._now_ms(),
            hints=self._hints,
        )
        answered = self._awaited[message.platform_id] = asyncio.Event()
        try:
            await hub.accept([message])
        except TrunklineError as error:
            self._print(f"Not taken: {safe(str(error))}\n")
            self._end(message.platform_id)
        else:
            task = asyncio.create_task(self._answer(message.platform_id, answered))
            self._waiting.add(task)
            task.add_done_callback(self._waiting.discard)

    async def _answer(self, message_id: str, answered: asyncio.Event) -> None:
        while not answered.is_set():
            try:
                async with asyncio.timeout(LOOK_S):
                    await answered.wait()
            except TimeoutError:
                found = await self._exchange(message_id)
                if found and found.state not in OPEN_STATES:
                    self._print(f"{safe(found.answer) or '(No answer.)'}\n\n")
                    break
        self._end(message_id)

    def _end(self, message_id: str) -> None:
        del self._awaited[message_id]
        self._print_prompt()

    def _print_prompt(self) -> None:
        if not self._awaited:
            self._print(PROMPT)

    async def _exchange(self, message_id: str) -> Exchange | None:
        if self._hub is None:
            return None
        try:
            newest = await self._hub.history(self._conversation, EXCHANGES_NEAR)
        except TrunklineError:
            return None
        return next((one for one in newest if one.message_id == message_id), None)

    async def _signature(self, target: Target) -> str:
        """Who answered, and where, as far as the hub can say."""
        found = await self._exchange(target.reply_to)
        return f"[{' · '.join(filter(None, (found.agent, found.region)))}]\n\n" if found and found.agent else "\n"

    # -- Ctrl-C ------------------------------------------------------------------------------------------------------

    def interrupt(self) -> None:
        """Stop the answer that is awaited; with none, say how to leave."""
        if not self._awaited or self._hub is None:
            self._print(f"\nCtrl-D leaves.\n{PROMPT}")
        elif self._stopping is None or self._stopping.done():
            self._stopping = asyncio.create_task(self._stop(self._hub))

    async def _stop(self, hub: Hub) -> None:
        try:
            await hub.stop(self._conversation)
        except TrunklineError as error:
            self._print(f"\nNot stopped: {safe(str(error))}\n")

    @contextlib.contextmanager
    def _interrupts(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        try:
            loop.add_signal_handler(signal.SIGINT, self.interrupt)
        except (NotImplementedError, RuntimeError, ValueError):
            yield  # no signals on this platform or in this thread: Ctrl-C ends the program
            return
        try:
            yield
        finally:
            loop.remove_signal_handler(signal.SIGINT)

    def _print(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()


def _read_lines(descriptor: int, lines: "asyncio.Queue[str | None]") -> None:
    """Put each line into the queue, then None. On a thread that never keeps the program from ending.

    It reads the descriptor itself: a thread inside `sys.stdin` would hold a lock that the interpreter wants at its end.
    """
    loop = asyncio.get_running_loop()
    decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def tell(line: str | None) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has closed meanwhile
            loop.call_soon_threadsafe(lines.put_nowait, line)

    def read() -> None:
        begun = ""
        while chunk := _chunk(descriptor):
            *whole, begun = (begun + decoder.decode(chunk)).split("\n")
            for line in whole:
                tell(line.rstrip("\r"))
        if begun:
            tell(begun)
        tell(None)

    threading.Thread(target=read, name="console-input", daemon=True).start()


def _chunk(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, READ_BYTES)
    except OSError:  # the terminal has gone
        return b""
