"""The three wire APIs against a server that fails as providers fail, and that judges how its client behaved."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import aiohttp
import msgspec
import pytest
from llmock.pytest_plugin import LLMock
from llmock.simulation import MockResponseSettings
from llmock.testing import LLMockServer

from hub.agents.connect import connect, http_client
from hub.agents.next_step import GiveUp, next_step
from hub.agents.port import AgentClient, AgentError, Done, File, Kind, Request, Said, Text, Timeouts, Usage
from tests.files import png
from tests.wire.memory_hub import until

pytestmark = pytest.mark.wire

APIS = ("openai", "anthropic", "gemini")
QUESTION = "When does the library open on the day after a public holiday, and until when?"
ASKED = Request("model-1", "You answer questions about a library, briefly.", (Said("user", QUESTION),), 200)
LIMITS = Timeouts(connect=60.0, first_token=60.0, between_tokens=60.0, whole=60.0)
"""A busy machine may hold anybody up."""
IMPATIENT = msgspec.structs.replace(LIMITS, first_token=2.0, between_tokens=2.0)
"""For tests that wait until it has passed, as each of them does."""


class Answered(msgspec.Struct):
    """What came of a question asked until it was answered."""

    text: str
    done: Done | None
    errors: list[AgentError]

    @property
    def kinds(self) -> list[Kind]:
        return [error.kind for error in self.errors]


async def ask(agent: AgentClient) -> Answered:
    """Asks one deployment as long as the next step allows: what the hub does where there is no other."""
    errors: list[AgentError] = []
    while True:
        text = ""
        try:
            async for piece in agent.stream(ASKED):
                if isinstance(piece, Done):
                    return Answered(text, piece, errors)
                text += piece.text if isinstance(piece, Text) else ""
        except AgentError as error:
            errors.append(error)
            step = next_step(error, len(errors), random=lambda: 0.3)
            if isinstance(step, GiveUp) or step.after_s is None:
                return Answered("", None, errors)
            await asyncio.sleep(step.after_s)


@pytest.fixture(scope="module")
def provider() -> Iterator[LLMockServer]:
    with LLMockServer(responses=MockResponseSettings(response_style="varied")) as running:
        yield running


@pytest.fixture
def mock(provider: LLMockServer) -> LLMock:
    return LLMock(provider).reset()


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    client = http_client(10)
    yield client
    await client.close()


@pytest.fixture(params=APIS)
def agent(request: pytest.FixtureRequest, mock: LLMock, http: aiohttp.ClientSession) -> AgentClient:
    return connect(request.param, mock.base_url(request.param), "any-key", http, timeouts=LIMITS)


@pytest.fixture(params=APIS)
def impatient(request: pytest.FixtureRequest, mock: LLMock, http: aiohttp.ClientSession) -> AgentClient:
    return connect(request.param, mock.base_url(request.param), "any-key", http, timeouts=IMPATIENT)


def expected_usage(text: str, system: str = ASKED.system) -> Usage:
    """As the server counts: a token for four characters of each part."""
    return Usage(input=len(QUESTION) // 4 + len(system) // 4, output=len(text) // 4)


async def test_a_plain_answer_with_the_usage_that_was_billed(agent: AgentClient, mock: LLMock) -> None:
    words = "On the day after a holiday the library opens at ten and closes at seven in the evening."
    mock.reply(words)
    answered = await ask(agent)
    assert (answered.text, answered.errors) == (words, [])
    assert answered.done == Done("stop", expected_usage(words), ASKED.model)
    (record,) = mock.requests
    assert (record.status, record.stream, record.completed) == (200, True, True)
    mock.assert_resilient(strict=True)


async def test_a_question_with_an_image_is_taken(agent: AgentClient, mock: LLMock) -> None:
    mock.reply("A door.")
    shown = Said("user", QUESTION, (File("image", "image/png", png(5, 5), "door.png"),))
    pieces = [piece async for piece in agent.stream(msgspec.structs.replace(ASKED, turns=(shown,)))]
    assert "".join(piece.text for piece in pieces if isinstance(piece, Text)) == "A door."
    (record,) = mock.requests
    assert (record.status, record.completed) == (200, True)
    mock.assert_resilient(strict=True)


async def test_the_probe_reaches_it(agent: AgentClient, mock: LLMock) -> None:
    assert "200" in await agent.probe()
    assert [record.method for record in mock.requests] == ["GET"]


async def test_asked_to_wait_it_waits(agent: AgentClient, mock: LLMock) -> None:
    mock.rate_limit(times=2, retry_after=0.3)
    answered = await ask(agent)
    assert answered.done
    assert answered.kinds == [Kind.THROTTLED, Kind.THROTTLED]
    assert [(error.retry_after_s, error.sent) for error in answered.errors] == [(0.3, False)] * 2
    assert len(mock.requests) == 3
    mock.assert_resilient(strict=True)


async def test_a_server_in_trouble_is_asked_again_with_backoff(agent: AgentClient, mock: LLMock) -> None:
    mock.fail(500, times=3)
    answered = await ask(agent)
    assert answered.done
    assert answered.kinds == [Kind.OVERLOADED] * 3
    assert {error.sent for error in answered.errors} == {False}
    mock.assert_resilient(strict=True)


@pytest.mark.parametrize("status", [503, 529])
async def test_an_overload_that_says_how_long_is_believed(agent: AgentClient, mock: LLMock, status: int) -> None:
    mock.fail(status, retry_after=0.3)
    answered = await ask(agent)
    assert answered.done
    assert [(error.kind, error.retry_after_s) for error in answered.errors] == [(Kind.OVERLOADED, 0.3)]
    mock.assert_resilient(strict=True)


async def test_an_outage_is_given_up(agent: AgentClient, mock: LLMock) -> None:
    mock.fail(500, times=None)
    answered = await ask(agent)
    assert answered.done is None
    assert len(mock.requests) == len(answered.errors) == 4
    mock.assert_resilient(strict=True)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Kind.REJECTED),
        (401, Kind.UNAUTHORIZED),
        (403, Kind.UNAUTHORIZED),
        (404, Kind.MISSING),
        (422, Kind.REJECTED),
    ],
)
async def test_what_cannot_succeed_is_asked_once(agent: AgentClient, mock: LLMock, status: int, kind: Kind) -> None:
    mock.fail(status, times=None)
    answered = await ask(agent)
    assert answered.kinds == [kind]
    assert answered.errors[0].sent is False
    assert len(mock.requests) == 1
    mock.assert_resilient(strict=True)


async def test_a_prompt_that_is_too_long_is_recognized(agent: AgentClient, mock: LLMock) -> None:
    mock.limits(context_window=5)
    assert (await ask(agent)).kinds == [Kind.TOO_LONG]
    mock.assert_resilient(strict=True)


@pytest.mark.parametrize(
    ("fault", "kind"), [("disconnect", Kind.CUT), ("truncate", Kind.CUT), ("corrupt", Kind.GARBLED)]
)
@pytest.mark.parametrize("after_chunks", [0, 4])
async def test_a_broken_stream_is_no_answer(
    agent: AgentClient, mock: LLMock, fault: str, kind: Kind, after_chunks: int
) -> None:
    words = "It opens at ten in the morning as on any other day of the week."
    # Paced, so that the server can see whether its client leaves a broken stream.
    mock.reply(words, times=None).pace(5)
    getattr(mock, fault)(after_chunks=after_chunks)
    answered = await ask(agent)
    assert answered.text == words
    assert answered.done == Done("stop", expected_usage(words), ASKED.model)
    # Before the first event, a stream that ends is empty rather than cut.
    assert answered.kinds == [Kind.GARBLED if (fault, after_chunks) == ("truncate", 0) else kind]
    assert answered.errors[0].sent
    mock.assert_resilient(strict=True)


async def test_a_stream_that_stands_still_is_left(impatient: AgentClient, mock: LLMock) -> None:
    mock.stall(after_chunks=3, seconds=100)
    answered = await ask(impatient)
    assert answered.done
    assert answered.kinds == [Kind.TIMED_OUT]
    await until(lambda: len(mock.requests) == 2)
    (waited_s,) = [each.stall_waited for each in mock.requests if each.stall_waited is not None]
    assert waited_s < 100
    mock.assert_resilient(strict=True)


async def test_a_first_token_that_does_not_come_is_not_waited_for(impatient: AgentClient, mock: LLMock) -> None:
    mock.slow_first_token(20.0)
    answered = await ask(impatient)
    assert answered.done
    assert answered.kinds == [Kind.TIMED_OUT]
    mock.assert_resilient()


async def test_a_tool_call_instead_of_an_answer_is_refused(agent: AgentClient, mock: LLMock) -> None:
    mock.call_tool("delete_everything", {"really": True})
    answered = await ask(agent)
    assert answered.done
    assert answered.kinds == [Kind.GARBLED]
    assert "tool" in answered.errors[0].detail


async def test_text_beside_a_tool_call_is_an_answer(agent: AgentClient, mock: LLMock) -> None:
    mock.call_tool("look_up", {"day": "monday"}, text="It opens at ten.")
    answered = await ask(agent)
    assert (answered.text, answered.errors) == ("It opens at ten.", [])


async def test_closing_early_ends_the_call_at_the_provider(agent: AgentClient, mock: LLMock) -> None:
    mock.reply("word " * 400).pace(20)
    stream = agent.stream(ASKED)
    async for piece in stream:
        if isinstance(piece, Text):
            break
    await stream.aclose()  # type: ignore[attr-defined]
    await asyncio.sleep(0.1)
    (record,) = mock.requests
    assert record.chunks_sent < 300
