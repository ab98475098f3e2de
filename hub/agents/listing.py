"""Lists of models, as OpenAI's wire, Anthropic and Gemini send them, and the servers that speak like them."""

import msgspec

from hub.agents.port import AgentError, Kind, Model


class _Meta(msgspec.Struct, frozen=True):
    n_ctx_train: int | None = None


class _Entry(msgspec.Struct, frozen=True):
    """OpenAI and Anthropic have `id`, Gemini `name`. How much a model takes, each server calls otherwise."""

    id: str | None = None
    name: str | None = None
    max_model_len: int | None = None  # vLLM
    context_length: int | None = None  # OpenRouter, Together
    input_token_limit: int | None = msgspec.field(default=None, name="inputTokenLimit")  # Gemini
    meta: _Meta | None = None  # llama.cpp


class _List(msgspec.Struct, frozen=True):
    data: list[_Entry] | None = None
    models: list[_Entry] | None = None


NAME_LENGTH = 80
"""Characters. Longer than the name of any model; what a provider sends is shown to admins."""

_list = msgspec.json.Decoder(_List | list[_Entry])


def models_in(body: bytes) -> tuple[Model, ...]:
    """The models that a list names, in its order. Raises AgentError where it is no list."""
    try:
        found = _list.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise AgentError(Kind.GARBLED, "the list of models cannot be read", sent=True) from None
    entries = found if isinstance(found, list) else found.data or found.models or []
    named = ((each, (each.id or each.name or "").removeprefix("models/")) for each in entries)
    return tuple(Model(name_in(name), _context(each)) for each, name in named if name)


def name_in(said: object) -> str:
    """The name of a model, from a field that can hold anything; empty where it holds no text."""
    return said[:NAME_LENGTH] if isinstance(said, str) else ""


def _context(entry: _Entry) -> int | None:
    said = (
        entry.max_model_len,
        entry.context_length,
        entry.input_token_limit,
        entry.meta.n_ctx_train if entry.meta else None,
    )
    return next((each for each in said if each), None)
