"""What a page posts: read within limits, checked, turned into what the hub understands."""

import asyncio
import re
from typing import TypeVar

import msgspec
from starlette.requests import ClientDisconnect, Request

from channels.web.guard import Refusal
from hub.messages import Hints

TEXT_AT_MOST = 100_000
"""Characters of one message: beyond any model's use, far below what a browser or the store minds."""
BODY_AT_MOST = 6 * TEXT_AT_MOST + 8_192
"""Bytes: every character in its longest JSON form, and the rest of the request."""
DISCARDED_AT_MOST = 16 * 1024 * 1024
"""Bytes read and thrown away so that the browser can read why its request was refused."""
BODY_SECONDS = 30.0

_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}")
_TERRITORY = re.compile(r"-(?:[A-Za-z]{2}|[0-9]{3})(?=-|$)")
_ZONE = re.compile(r"[A-Za-z0-9_+/-]{1,64}")

T = TypeVar("T")


class Posted(msgspec.Struct, frozen=True):
    """The body of a message. `id` is made by the page, so that a repeated request is the same message."""

    id: str
    text: str
    region: str = ""
    time_zone: str = ""
    locale: str = ""
    files: tuple[str, ...] = ()
    """Ids of files that were sent along before."""

    def hints(self) -> Hints:
        """Where the person may be. What does not look like a zone or a language tag is left out."""
        tag = self.locale if _LANGUAGE.fullmatch(self.locale) else ""
        territory = bool(_TERRITORY.search(tag))
        return Hints(
            region=self.region,
            time_zone=self.time_zone if _ZONE.fullmatch(self.time_zone) else "",
            locale=tag if territory else "",
            language="" if territory else tag,
        )


class SignIn(msgspec.Struct, frozen=True):
    """The token of a sign-in link."""

    token: str


def is_id(text: str) -> bool:
    """Whether it can be the id of a conversation or a message, as pages make them."""
    return _ID.fullmatch(text) is not None


async def read_json(request: Request, form: type[T]) -> T:
    """The body as this form. Raises Refusal."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refusal(415, "The request must be JSON.")
    body = await read_body(request, BODY_AT_MOST, too_long())
    try:
        return msgspec.json.decode(body, type=form)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Refusal(400, "The request could not be understood. Reload the page.") from None


async def read_body(request: Request, at_most: int, too_much: Refusal) -> bytes:
    """The body, up to so many bytes. Raises Refusal, `too_much` where it has more."""
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await _body(request, at_most, too_much)
    except TimeoutError:
        raise Refusal(408, "The request took too long to arrive. Try again.") from None
    except ClientDisconnect:
        raise Refusal(400, "The request broke off.") from None


async def _body(request: Request, at_most: int, too_much: Refusal) -> bytes:
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > DISCARDED_AT_MOST:
        raise too_much
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= at_most:
            chunks.append(chunk)
        elif size > DISCARDED_AT_MOST:
            break
        else:
            chunks.clear()
    if size > at_most:
        raise too_much
    return b"".join(chunks)


def too_long() -> Refusal:
    return Refusal(
        413, f"The message is too long: at most {TEXT_AT_MOST:,} characters. Shorten it or send it in parts."
    )
