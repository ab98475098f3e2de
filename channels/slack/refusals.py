"""What a failed request to Slack's Web API means to the hub."""

from collections.abc import Mapping
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError

from hub import channel as port

RATE_LIMITED = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
GONE = frozenset(
    {
        "cannot_reply_to_message",
        "cant_update_message",
        "channel_not_found",
        "edit_window_closed",
        "invalid_thread_ts",
        "is_archived",
        "is_inactive",
        "message_not_found",
        "thread_not_found",
        "user_not_found",
    }
)
"""A chat or a message that is no more, or no longer the bot's to change."""
FORBIDDEN = frozenset(
    {
        "access_denied",
        "account_inactive",
        "app_access_restricted",
        "ekm_access_denied",
        "invalid_auth",
        "messages_tab_disabled",
        "missing_scope",
        "no_permission",
        "not_allowed_token_type",
        "not_authed",
        "not_in_channel",
        "org_login_required",
        "posting_to_channel_denied",
        "team_access_not_granted",
        "token_expired",
        "token_revoked",
    }
)
UNCLEAR = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})
"""Slack's documentation says of these that some of the request may have happened."""
_REMEDIES = {
    "not_in_channel": "invite the bot to the channel",
    "messages_tab_disabled": "switch on the messages tab under App Home",
    "account_inactive": "install the app again and set the new token",
    "token_revoked": "install the app again and set the new token",
    "invalid_auth": "set the token that the app's page shows",
}
FAILURES = (SlackApiError, aiohttp.ClientError, TimeoutError, OSError, ValueError, AttributeError)
"""All that the SDK raises for a request; the last two for answers that are not of the Web API."""


def code_of(error: Exception) -> str:
    """Slack's own word for the refusal, or nothing."""
    return str(_data(error).get("error", "")) if isinstance(error, SlackApiError) else ""


def says(error: port.ChannelError, *codes: str) -> bool:
    """Whether Slack refused with one of these words."""
    return any(code in str(error) for code in codes)


def translated(error: Exception) -> port.ChannelError:
    """The hub's word for a failed request. What is not known to be a refusal is ambiguous."""
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return port.Unreachable(f"Slack cannot be reached ({type(error).__name__}).")
    if not isinstance(error, SlackApiError):
        return port.Ambiguous(f"Slack gave no clear answer ({type(error).__name__}).")
    status = int(getattr(error.response, "status_code", 0) or 0)
    code = code_of(error)[:100]
    if status == 429 or code in RATE_LIMITED:
        return port.RetryAfter(_wait_asked_for(error))
    if not code or status >= 500 or code in UNCLEAR:
        return port.Ambiguous(f"Slack gave no clear answer ({code or f'HTTP {status}'}).")
    if code in GONE:
        return port.Gone(f"Slack: {code}.")
    if code == "missing_scope":
        return port.Forbidden(_missing_scope(_data(error)))
    if code in FORBIDDEN or code.startswith("restricted_action"):
        remedy = _REMEDIES.get(code)
        return port.Forbidden(f"Slack: {code}; {remedy}." if remedy else f"Slack: {code}.")
    return port.Refused(f"Slack refuses this request: {code}.")


def _missing_scope(data: Mapping[str, Any]) -> str:
    needed = str(data.get("needed", ""))[:100] or "one that Slack does not name"
    return f"The bot lacks the scope {needed}; add it under OAuth & Permissions and install the app again."


def _wait_asked_for(error: SlackApiError) -> float:
    headers = getattr(error.response, "headers", None) or {}
    try:
        return max(0.0, float(headers.get("Retry-After", 1)))
    except ValueError:
        return 1.0


def _data(error: SlackApiError) -> Mapping[str, Any]:
    data = getattr(error.response, "data", None)
    return data if isinstance(data, Mapping) else {}
