"""Slack's HTTP events: one address for events, buttons and commands, on the hub's one server."""

from collections.abc import Callable

from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from channels.bodies import Unread, body_of
from channels.slack.receiving import Receiver
from channels.slack.signature import genuine

BODY_AT_MOST = 1024 * 1024
"""Bytes; Slack's payloads are far smaller."""


def routes(
    receiver: Callable[[], Receiver], account: str, signing_secret: str, now_s: Callable[[], float]
) -> list[BaseRoute]:
    """`POST /slack/events`, or `/slack/ACCOUNT/events` for an account other than `main`."""

    async def take(request: Request) -> Response:
        try:
            body = await body_of(request, BODY_AT_MOST)
        except Unread as unread:
            return Response(status_code=unread.status)
        timestamp = request.headers.get("x-slack-request-timestamp", "")
        signature = request.headers.get("x-slack-signature", "")
        if not genuine(signing_secret, timestamp, signature, body, now_s=now_s()):
            return Response("The signature is not Slack's, or the clock is off.", status_code=401)
        try:
            bolt_request = to_async_bolt_request(request, body)
        except ValueError:
            return Response(status_code=400)
        return to_starlette_response(await receiver().dispatch(bolt_request))

    path = "/slack/events" if account == "main" else f"/slack/{account}/events"
    return [Route(path, take, methods=["POST"])]
