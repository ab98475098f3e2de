"""Traces: a span a turn with its calls below, by OpenTelemetry's GenAI names, without words or ids of people."""

import asyncio
import sys
import threading

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from hub.agents.port import AgentError, Done, Kind, Request, Said, Usage
from hub.config.settings import Deployment, Secret
from hub.watch import traces
from hub.watch.traces import OtelTracer, Tracer, tracer_of

pytestmark = pytest.mark.unit

EAST = Deployment("support-east", "support", "east", "openai", "https://east.example.com/v1", Secret("key-7", "env:K"))
ASKED = Request(model="gpt-4o-mini", system="You help.", turns=(Said("user", "my diary"),), max_output=600)


@pytest.fixture
def spans() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def tracer(spans: InMemorySpanExporter) -> OtelTracer:
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(spans))
    return OtelTracer(provider)


async def test_calls_stand_below_their_turn(tracer: OtelTracer, spans: InMemorySpanExporter) -> None:
    async def turn() -> None:
        with tracer.call(EAST, ASKED) as call:
            await asyncio.sleep(0)
            call.failed(AgentError(Kind.OVERLOADED, "503 my diary", sent=False))
        with tracer.call(EAST, ASKED) as call:
            call.done(Done("stop", Usage(input=12, cached_input=4, output=3)))

    with tracer.turn("telegram") as ended:
        task = asyncio.create_task(turn())
    task.add_done_callback(ended)
    await task
    await asyncio.sleep(0)
    failed, answered, whole = spans.get_finished_spans()
    assert whole.name == "invoke_agent support"
    assert whole.parent is None
    assert {failed.parent.span_id, answered.parent.span_id} == {whole.context.span_id}
    assert failed.name == answered.name == "chat gpt-4o-mini"
    assert failed.attributes["error.type"] == "overloaded"
    assert dict(answered.attributes) == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4o-mini",
        "gen_ai.request.max_tokens": 600,
        "gen_ai.agent.name": "support",
        "trunkline.deployment": "support-east",
        "trunkline.region": "east",
        "server.address": "east.example.com",
        "server.port": 443,
        "gen_ai.response.finish_reasons": ("stop",),
        "gen_ai.usage.input_tokens": 12,
        "gen_ai.usage.output_tokens": 3,
        "gen_ai.usage.cache_read.input_tokens": 4,
    }
    written = "".join(span.to_json() for span in spans.get_finished_spans())
    assert "diary" not in written
    assert "key-7" not in written
    assert "You help" not in written


async def test_a_turn_that_died_says_so(tracer: OtelTracer, spans: InMemorySpanExporter) -> None:
    async def dies() -> None:
        raise ValueError("my diary")

    with tracer.turn("web") as ended:
        task = asyncio.create_task(dies())
    task.add_done_callback(ended)
    await asyncio.gather(task, return_exceptions=True)
    await asyncio.sleep(0)
    (span,) = spans.get_finished_spans()
    assert span.attributes["error.type"] == "ValueError"
    assert "diary" not in span.to_json()


def test_the_names_are_those_of_the_conventions() -> None:
    from opentelemetry.semconv._incubating.attributes import gen_ai_attributes as names

    known = {value for name, value in vars(names).items() if name.startswith("GEN_AI_")}
    with_ours = {name for name in _attributes() if name.startswith("gen_ai.")}
    assert with_ours <= known


def _attributes() -> set[str]:
    import re
    from pathlib import Path

    return set(re.findall(r'"(gen_ai\.[a-z_.]+)"', Path(traces.__file__).read_text(encoding="utf-8")))


def test_without_an_endpoint_or_without_the_sdk_nothing_is_traced(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert type(tracer_of({})) is Tracer
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    assert type(tracer_of({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"})) is Tracer
    assert "trunkline[otel]" in caplog.text


def test_a_collector_that_is_away_keeps_nobody_from_ending(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traces, "CLOSE_WITHIN_S", 0.05)
    provider, answers = TracerProvider(shutdown_on_exit=False), threading.Event()
    monkeypatch.setattr(provider, "shutdown", lambda: answers.wait(20))
    closing = threading.Thread(target=OtelTracer(provider).close)
    closing.start()
    closing.join(10)
    assert not closing.is_alive()
    answers.set()


def test_what_the_operator_says_of_the_process_stands_in_its_traces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=production,service.name=other")
    made = tracer_of({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_SERVICE_NAME": "hub-1"})
    assert isinstance(made, OtelTracer)
    attributes = made._provider.resource.attributes
    assert (attributes["deployment.environment.name"], attributes["service.name"]) == ("production", "hub-1")
    made.close()
