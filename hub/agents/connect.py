"""From what regions.toml says of a deployment to its client."""

from collections.abc import Callable, Mapping

import aiohttp
from yarl import URL

from hub.agents.anthropic import VERSION, AnthropicClient
from hub.agents.faq import Faq, FaqClient
from hub.agents.gemini import GeminiClient
from hub.agents.http import Wire, http_client
from hub.agents.local import LocalClient
from hub.agents.openai import OFFICIAL_HOST, OpenAiClient
from hub.agents.port import AgentClient, Timeouts
from hub.errors import TrunklineError

__all__ = ["APIS", "AgentSettingsError", "connect", "http_client"]

APIS = ("openai", "anthropic", "gemini", "local", "faq")

_OFFICIAL = {
    "openai": f"https://{OFFICIAL_HOST}/v1",
    "anthropic": "https://api.anthropic.com",
    "gemini": "https://generativelanguage.googleapis.com",
}


class AgentSettingsError(TrunklineError):
    """A deployment's settings cannot be used."""


def connect(
    api: str,
    url: str,
    key: str | None,
    http: aiohttp.ClientSession,
    *,
    timeouts: Timeouts,
    faq_text: str = "",
    heard: Callable[[int, Mapping[str, str]], None] | None = None,
) -> AgentClient:
    """The client of one deployment; nothing is sent yet.

    `url` may be empty for the providers' own addresses; `local` and `faq` need none. `faq_text` is for `faq` only.
    `heard` is given the status and the headers of every response.
    Raises AgentSettingsError, and FaqError for a malformed FAQ.
    """
    if api == "faq":
        return FaqClient(Faq.parse(faq_text))
    if api == "local":
        return LocalClient(timeouts)
    if api not in APIS:
        raise AgentSettingsError(f'There is no api "{api}"; there are {", ".join(APIS)}.')
    base = _base(api, url)
    secret = _sendable(key)
    if api == "anthropic":
        headers = {"anthropic-version": VERSION, **({"x-api-key": secret} if secret else {})}
        return AnthropicClient(_wire(http, headers, timeouts, heard), base)
    if api == "gemini":  # in a header, since an address ends up in logs
        return GeminiClient(_wire(http, {"x-goog-api-key": secret} if secret else {}, timeouts, heard), base)
    return OpenAiClient(_wire(http, {"authorization": f"Bearer {secret}"} if secret else {}, timeouts, heard), base)


def _wire(
    http: aiohttp.ClientSession,
    headers: dict[str, str],
    timeouts: Timeouts,
    heard: Callable[[int, Mapping[str, str]], None] | None,
) -> Wire:
    return Wire(http, {**headers, "content-type": "application/json"}, timeouts, heard=heard)


def _base(api: str, url: str) -> URL:
    try:
        base = URL(url or _OFFICIAL[api])
    except ValueError:
        raise AgentSettingsError(f"The url of a deployment with api {api} is none: write https://host/path.") from None
    if base.scheme not in ("http", "https") or not base.host:
        raise AgentSettingsError(f"The url of a deployment with api {api} must begin with https:// or http://.")
    if base.user or base.password or base.query_string or base.fragment:
        raise AgentSettingsError(
            f"The url of a deployment with api {api} must be an address alone; the key belongs into `key`."
        )
    return base


def _sendable(key: str | None) -> str:
    """The key as a header can carry it. The error does not show it."""
    secret = (key or "").strip()
    if not secret.isascii() or not secret.isprintable() or " " in secret:
        raise AgentSettingsError("A deployment's key has characters that no key has: copy it again.")
    return secret
