"""Traces by OpenTelemetry, with its GenAI names: a span a turn, a span a model call; no words, no ids of people.

Off unless the extra `otel` is installed and OTEL_EXPORTER_OTLP_ENDPOINT (or …_TRACES_ENDPOINT) names a collector.
Names: https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import unquote, urlsplit

from hub.agents.port import AgentError, Done, Request
from hub.config.settings import Deployment

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span

log = logging.getLogger(__name__)

PROVIDERS = {"openai": "openai", "anthropic": "anthropic", "gemini": "gcp.gemini"}
"""gen_ai.provider.name by wire API; a server that speaks like one counts as it."""
CLOSE_WITHIN_S = 2.0
Ended = Callable[[asyncio.Task[None]], None]


class CallSpan(Protocol):
    """One model call in the making."""

    def done(self, done: Done) -> None:
        """It ended as it should."""
        ...

    def failed(self, error: AgentError) -> None:
        """It did not."""
        ...


class Tracer:
    """Traces nothing."""

    @contextmanager
    def turn(self, _channel: str) -> Iterator[Ended]:
        """While this holds, what is begun belongs to a new turn; call what it gives when the turn has ended."""
        yield _nothing

    @contextmanager
    def call(self, _deployment: Deployment, _request: Request) -> Iterator[CallSpan]:
        """One model call, in the turn that it is made for."""
        yield _NO_SPAN

    def close(self) -> None:
        """Send what has not been sent yet."""


class _NoSpan:
    def done(self, done: Done) -> None:
        pass

    def failed(self, error: AgentError) -> None:
        pass


_NO_SPAN = _NoSpan()


def _nothing(_: asyncio.Task[None]) -> None:
    return


def tracer_of(environment: Mapping[str, str]) -> Tracer:
    """By OpenTelemetry's own variables; what traces nothing where there is no endpoint, or no SDK (with a line)."""
    endpoint = environment.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "")
    base = environment.get("OTEL_EXPORTER_OTLP_ENDPOINT", "").rstrip("/")
    if not endpoint and not base:
        return Tracer()
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        log.warning("traces are off: they need an extra, pip install 'trunkline[otel]'")
        return Tracer()
    headers = _headers(environment.get("OTEL_EXPORTER_OTLP_HEADERS", ""))
    provider = TracerProvider(
        resource=Resource.create({"service.name": environment.get("OTEL_SERVICE_NAME", "trunkline")}),
        shutdown_on_exit=False,
    )
    exporter = OTLPSpanExporter(endpoint=endpoint or f"{base}/v1/traces", headers=headers)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return OtelTracer(provider)


class OtelTracer(Tracer):
    """Spans by the SDK."""

    def __init__(self, provider: "TracerProvider") -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("trunkline")

    @contextmanager
    def turn(self, channel: str) -> Iterator[Ended]:
        from opentelemetry.trace import SpanKind, use_span

        span = self._tracer.start_span(
            "invoke_agent",
            kind=SpanKind.CONSUMER,
            attributes={"gen_ai.operation.name": "invoke_agent", "trunkline.channel": channel},
        )

        def ended(task: asyncio.Task[None]) -> None:
            if task.cancelled():
                span.set_attribute("error.type", "cancelled")
            elif error := task.exception():
                span.set_attribute("error.type", type(error).__name__)
            span.end()

        with use_span(span, end_on_exit=False):
            yield ended

    @contextmanager
    def call(self, deployment: Deployment, request: Request) -> Iterator[CallSpan]:
        from opentelemetry.trace import SpanKind, get_current_span

        turn = get_current_span()
        turn.set_attribute("gen_ai.agent.name", deployment.agent)
        turn.update_name(f"invoke_agent {deployment.agent}")
        span = self._tracer.start_span(
            f"chat {request.model}", kind=SpanKind.CLIENT, attributes=_asked(deployment, request)
        )
        try:
            yield _OtelCall(span)
        finally:
            span.end()

    def close(self) -> None:
        """As far as the collector takes it in time: one that is away would keep the database from the next process."""
        closing = threading.Thread(target=self._provider.shutdown, name="traces-closing", daemon=True)
        closing.start()
        closing.join(CLOSE_WITHIN_S)


class _OtelCall:
    def __init__(self, span: "Span") -> None:
        self._span = span

    def done(self, done: Done) -> None:
        self._span.set_attribute("gen_ai.response.finish_reasons", (done.finish,))
        if done.usage:
            self._span.set_attribute("gen_ai.usage.input_tokens", done.usage.input)
            self._span.set_attribute("gen_ai.usage.output_tokens", done.usage.output)
            self._span.set_attribute("gen_ai.usage.cache_read.input_tokens", done.usage.cached_input)

    def failed(self, error: AgentError) -> None:
        from opentelemetry.trace import Status, StatusCode

        self._span.set_attribute("error.type", str(error.kind))
        self._span.set_status(Status(StatusCode.ERROR))  # without the provider's words


def _asked(deployment: Deployment, request: Request) -> dict[str, Any]:
    asked: dict[str, Any] = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": PROVIDERS.get(deployment.api, deployment.api),
        "gen_ai.request.model": request.model,
        "gen_ai.request.max_tokens": request.max_output,
        "gen_ai.agent.name": deployment.agent,
        "trunkline.deployment": deployment.name,
        "trunkline.region": deployment.region,
    }
    parts = urlsplit(deployment.url)
    if parts.hostname:
        asked["server.address"] = parts.hostname
        asked["server.port"] = parts.port or (443 if parts.scheme == "https" else 80)
    return asked


def _headers(written: str) -> dict[str, str]:
    """`name=value,name=value`, percent-encoded, as the specification has them."""
    pairs = (each.partition("=") for each in written.split(",") if "=" in each)
    return {name.strip().lower(): unquote(value.strip()) for name, _, value in pairs}
