"""The web page as a channel: routes for the page's requests, and delivery to the pages that are open.

A conversation is (browser, conversation id): the browser id comes from the signed cookie and nowhere else, so a request
cannot even name another browser's conversation. Titles and drafts live in the browser.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import msgspec
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from channels.web.feed import Asked, Feed, Part
from channels.web.files import FILE_AT_MOST, FILES_AT_MOST, UPLOADS_AT_ONCE, Files, attachment_of
from channels.web.guard import Guard, Refusal
from channels.web.page import Look, Page
from channels.web.posted import TEXT_AT_MOST, Posted, SignIn, is_id, read_body, read_json, too_long
from channels.web.relay import EVERY_S, Relay
from channels.web.session import ADMIN_HOURS, COOKIE_SECONDS, LinkRefused, Session, Sessions, redeem
from channels.web.stream import EXCHANGES_SHOWN, EventStream, Pulse
from hub.channel import Capabilities, Gone, Hub, Notes, Pace, Refused
from hub.errors import TrunklineError
from hub.messages import (
    ADMINS,
    Attachment,
    Conversation,
    Exchange,
    File,
    Message,
    Sender,
    Target,
    mention,
    with_mentions,
)

STREAMS_AT_MOST = 16
"""Open pages of one browser."""
NOT_TAKEN = "The hub cannot take messages right now. Your text is kept; try again in a moment."
UNREADABLE = "The hub cannot read the history right now. Try again in a moment."


class WebChannel:
    """One account of the web page.

    `secret` signs cookies and sign-in links. `hosts` and `origins` as in Guard: give LOOPBACK_HOSTS where the hub
    listens on a loopback address. `use_once` remembers an id of a sign-in link for at least ten minutes and says
    whether it was new; it must be durable where several processes serve the page.
    """

    name = "web"
    capabilities = Capabilities(
        # Nothing limits a page but the machine; every edit costs some CPU, so growth stays at reading speed.
        pace=Pace(overall=50_000, chat=100, group=100, unconfirmed=1_000),
        edit_every_s=0.1,
    )

    def __init__(
        self,
        account: str,
        *,
        secret: bytes,
        look: Look,
        now_ms: Callable[[], int],
        new_id: Callable[[], str],
        use_once: Callable[[str], Awaitable[bool]],
        hosts: Sequence[str] = (),
        origins: Sequence[str] = (),
        pulse: Pulse = Pulse(),  # noqa: B008 - immutable
        notes: Notes | None = None,
    ) -> None:
        self.account = account
        self._relay = Relay(notes) if notes else None
        if notes:
            self.capabilities = msgspec.structs.replace(self.capabilities, edit_every_s=EVERY_S)
        self._secret = secret
        self._sessions = Sessions(secret, account)
        self._page = Page(look)
        self._regions = frozenset(name for name, _ in look.regions)
        self._now_ms = now_ms
        self._new_id = new_id
        self._use_once = use_once
        self._guard = Middleware(Guard, hosts=hosts, origins=origins)
        self._pulse = pulse
        self._feed = Feed()
        self._files = Files(notes)
        self._uploads = asyncio.Semaphore(UPLOADS_AT_ONCE)
        self._hub: Hub | None = None

    # -- the port ----------------------------------------------------------------------------------------------------

    async def listen(self, hub: Hub) -> None:
        """Take messages from pages until cancelled; before and after, pages are told to wait."""
        self._hub = hub
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            self._hub = None

    def split(self, text: str) -> list[str]:
        return [text]

    async def placeholder(self, target: Target) -> str:
        part = Part(self._new_id(), target.reply_to)
        await self._show(target.conversation.key, part)
        return part.id

    async def edit(self, target: Target, part_id: str, text: str, *, final: bool, last: bool = True) -> None:
        part = Part(part_id, target.reply_to, text, "final" if final else "growth")
        await self._show(target.conversation.key, part)

    async def _show(self, conversation: str, part: Part) -> None:
        self._feed.publish(conversation, part)
        if self._relay:
            await self._relay.show(conversation, part)

    async def typing(self, target: Target) -> None:
        self._feed.tell(target.conversation.key, target.reply_to)

    async def remove(self, target: Target, part_id: str) -> None:
        await self._show(target.conversation.key, Part(part_id, target.reply_to, state="removed"))

    async def post(self, conversation: Conversation, text: str, files: Sequence[File] = ()) -> str:
        """Show it to the admins whose pages are open; the store shows it to the others. Raises Refused for files."""
        if files:
            raise Refused("The page shows no files; they lie in the folder of the reports.")
        part = Part(self._new_id(), "", text, "final")
        part = msgspec.structs.replace(part, reply_to=part.id)
        self._feed.publish(conversation.key, part)
        return part.id

    async def fetch(self, attachment: Attachment, at_most: int) -> bytes:
        """What a page sent along, not long ago. Raises Gone, Refused."""
        data = await self._files.data(attachment.fetch)
        if data is None:
            raise Gone("The file is not kept any more.")
        if len(data) > at_most:
            raise Refused(f"The file has more than {at_most:,} bytes.")
        return data

    async def probe(self) -> str:
        """Nobody else has to be asked."""
        return "the page is served by the hub itself"

    async def close(self) -> None:
        """End every open stream."""
        self._feed.close()

    # -- what the page asks ------------------------------------------------------------------------------------------

    def routes(self) -> list[BaseRoute]:
        """For the HTTP server."""
        conversation = "/api/conversations/{conversation}"
        return [
            self._route("/", self._show_page, "GET"),
            self._route("/static/{version}/{name}", self._show_file, "GET"),
            self._route("/api/admin", self._sign_in, "POST"),
            self._route(f"{conversation}/messages", self._take_message, "POST"),
            self._route("/api/files", self._take_file, "POST"),
            self._route(f"{conversation}/stop", self._stop, "POST"),
            self._route(f"{conversation}/history", self._show_history, "GET"),
            self._route(f"{conversation}/stream", self._stream, "GET"),
        ]

    def _route(self, path: str, endpoint: Callable[[Request], Awaitable[Response]], method: str) -> Route:
        return Route(path, endpoint, methods=[method], middleware=[self._guard])

    async def _show_page(self, request: Request) -> Response:
        session = self._known(request)
        fresh = session is None
        session = session or Session(self._new_id())
        shown = self._page.html(
            browser=session.browser,
            admin=session.admin_until_ms > self._now_ms(),
            text_at_most=TEXT_AT_MOST,
            file_at_most=FILE_AT_MOST,
            files_at_most=FILES_AT_MOST,
        )
        return self._with_cookie(request, shown, session) if fresh else shown

    async def _show_file(self, request: Request) -> Response:
        packed = "gzip" in request.headers.get("accept-encoding", "")
        file = self._page.file(request.path_params["version"], request.path_params["name"], packed=packed)
        if file is None:
            raise Refusal(404, "There is no such file.")
        return file

    async def _sign_in(self, request: Request) -> Response:
        session = self._session(request)
        posted = await read_json(request, SignIn)
        now_ms = self._now_ms()
        try:
            link_id = redeem(self._secret, posted.token, now_ms=now_ms)
            if not await self._use_once(link_id):
                raise LinkRefused("This sign-in link was used before. Make a new one with `trunkline admin-link`.")
        except LinkRefused as refused:
            raise Refusal(403, str(refused)) from refused
        except TrunklineError as error:
            raise Refusal(503, "The hub cannot check the link right now. Open it again in a moment.") from error
        admin = msgspec.structs.replace(session, admin_until_ms=now_ms + ADMIN_HOURS * 3_600_000)
        return self._with_cookie(request, JSONResponse({"admin": True}), admin)

    async def _take_message(self, request: Request) -> Response:
        conversation = self._conversation(request)
        if conversation.chat == ADMINS:
            raise Refusal(403, "Nobody answers here. Begin a new conversation.")
        posted = await read_json(request, Posted)
        hub = self._open_hub()
        try:
            message = await self._message(conversation, posted)
            await hub.accept([message])
        except Refusal:
            raise
        except TrunklineError as error:
            raise Refusal(503, NOT_TAKEN) from error
        self._feed.tell(conversation.key, Asked(message.platform_id, with_mentions(message), message.sent_ms))
        return JSONResponse({"id": message.platform_id}, 202)

    async def _take_file(self, request: Request) -> Response:
        session = self._session(request)
        self._open_hub()
        name, media_type = request.headers.get("x-file-name"), request.headers.get("content-type", "")
        if name is None:  # no form of another page can send it
            raise Refusal(400, "The file has no name. Reload the page.")
        too_much = Refusal(413, f"This file is too large: at most {FILE_AT_MOST // 1_000_000} MB.")
        async with self._uploads:
            data = await read_body(request, FILE_AT_MOST, too_much)
        if not data:
            raise Refusal(400, "This file is empty.")
        attachment = attachment_of(self._new_id(), name, media_type, len(data))
        try:
            await self._files.keep(attachment.fetch, session.browser, attachment, data, self._now_ms())
        except TrunklineError as error:
            raise Refusal(503, NOT_TAKEN) from error
        return JSONResponse({"id": attachment.fetch, "mention": mention(attachment)}, 201)

    async def _stop(self, request: Request) -> Response:
        conversation = self._conversation(request)
        hub = self._open_hub()
        try:
            await hub.stop(conversation)
        except TrunklineError as error:
            raise Refusal(503, "The hub cannot stop the answer right now. Try again.") from error
        return JSONResponse({}, 202)

    async def _show_history(self, request: Request) -> Response:
        conversation = self._conversation(request)
        hub = self._open_hub()
        try:
            exchanges = await hub.history(conversation, EXCHANGES_SHOWN)
        except TrunklineError as error:
            raise Refusal(503, UNREADABLE) from error
        return Response(msgspec.json.encode({"exchanges": exchanges}), media_type="application/json")

    async def _stream(self, request: Request) -> Response:
        conversation = self._conversation(request)
        if request.method == "HEAD":
            return Response(media_type="text/event-stream")
        hub = self._open_hub()
        browser = self._session(request).browser
        if self._feed.open_pages(browser) >= STREAMS_AT_MOST:
            raise Refusal(429, "This browser has too many pages of the hub open. Close some.")

        async def history(limit: int) -> Sequence[Exchange]:
            return await hub.history(conversation, limit)

        shared = conversation.chat == ADMINS or self._relay is not None
        return EventStream(
            self._feed, conversation, history, self._pulse, browser=browser, shared=shared, relay=self._relay
        )

    # -- what a request says -----------------------------------------------------------------------------------------

    def _known(self, request: Request) -> Session | None:
        return self._sessions.read(request.cookies.get(self._sessions.cookie, ""))

    def _session(self, request: Request) -> Session:
        session = self._known(request)
        if session is None:
            raise Refusal(401, "This page is out of date. Reload it.")
        return session

    def _with_cookie(self, request: Request, response: Response, session: Session) -> Response:
        # Lax, not Strict: with Strict a visit through a link elsewhere comes without the cookie and would replace it.
        response.set_cookie(
            self._sessions.cookie,
            self._sessions.write(session),
            max_age=COOKIE_SECONDS,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
        return response

    def _conversation(self, request: Request) -> Conversation:
        session = self._session(request)
        thread = request.path_params["conversation"]
        if thread == ADMINS:
            if session.admin_until_ms <= self._now_ms():
                raise Refusal(403, "Only admins see this. Sign in with a link of `trunkline admin-link`.")
            return Conversation(channel=self.name, account=self.account, chat=ADMINS, private=False)
        if not is_id(thread):
            raise Refusal(404, "There is no such conversation.")
        return Conversation(channel=self.name, account=self.account, chat=session.browser, thread=thread)

    def _open_hub(self) -> Hub:
        if self._hub is None:
            raise Refusal(503, "The hub is starting or stopping. Try again in a moment.")
        return self._hub

    async def _message(self, conversation: Conversation, posted: Posted) -> Message:
        if not is_id(posted.id):
            raise Refusal(400, "The message has no usable id. Reload the page.")
        if not posted.text.strip() and not posted.files:
            raise Refusal(400, "The message is empty.")
        if len(posted.text) > TEXT_AT_MOST:
            raise too_long()
        if posted.region and posted.region not in self._regions:
            raise Refusal(400, "That region is not known here. Reload the page and choose again.")
        return Message(
            conversation=conversation,
            platform_id=posted.id,
            sender=Sender(conversation.chat),
            # PostgreSQL takes no NUL in a text; nobody means one.
            text=posted.text.replace("\0", "\ufffd"),
            sent_ms=self._now_ms(),
            hints=posted.hints(),
            attachments=await self._attached(conversation.chat, posted.files),
        )

    async def _attached(self, browser: str, files: Sequence[str]) -> tuple[Attachment, ...]:
        if len(files) > FILES_AT_MOST:
            raise Refusal(400, f"These are too many files: at most {FILES_AT_MOST} with a message.")
        found = [await self._files.attachment(file_id, browser, self._now_ms()) for file_id in files]
        if None in found:
            raise Refusal(400, "An attached file is no longer kept. Attach it again.")
        return tuple(each for each in found if each)
