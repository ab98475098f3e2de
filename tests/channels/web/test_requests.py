"""What the page asks, request by request: taken once, refused clearly."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from channels.web.posted import BODY_AT_MOST, TEXT_AT_MOST
from channels.web.session import Session, Sessions, make_admin_link
from hub.channel import Refused
from hub.clock import SystemClock
from hub.messages import Conversation, File, Hints
from tests.channels.web.fake_hub import SECRET, FakeHub, listening, make_channel

pytestmark = pytest.mark.unit

BASE = "http://127.0.0.1:8080"
MESSAGES = "/api/conversations/conversation-1/messages"
HISTORY = "/api/conversations/conversation-1/history"


@pytest.fixture
async def hub() -> AsyncIterator[FakeHub]:
    hub = FakeHub(make_channel())
    hub.silent = True
    async with listening(hub):
        yield hub


def new_browser(hub: FakeHub, base: str = BASE) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(Starlette(routes=hub.channel.routes()))
    return httpx.AsyncClient(transport=transport, base_url=base, headers={"origin": base})


@pytest.fixture
async def browser(hub: FakeHub) -> AsyncIterator[httpx.AsyncClient]:
    """Has seen the page, so it has its cookie."""
    async with new_browser(hub) as client:
        assert (await client.get("/")).status_code == 200
        yield client


def body(**changes: Any) -> dict[str, Any]:
    return {"id": "message-0001", "text": "hello", "region": "", **changes}


async def test_a_repeated_post_is_one_message(hub: FakeHub, browser: httpx.AsyncClient) -> None:
    answers = [await browser.post(MESSAGES, json=body()) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 202]
    assert answers[0].json() == {"id": "message-0001"}
    (message,) = hub.messages
    assert (message.platform_id, message.text) == ("message-0001", "hello")
    assert message.conversation.thread == "conversation-1"
    assert message.sender.id == message.conversation.chat
    assert message.conversation.private


@pytest.mark.parametrize(
    ("posted", "hints"),
    [
        ({"region": "eu-west", "time_zone": "Europe/Dublin"}, Hints(region="eu-west", time_zone="Europe/Dublin")),
        ({"locale": "pt-BR"}, Hints(locale="pt-BR")),
        ({"locale": "zh-Hant-TW"}, Hints(locale="zh-Hant-TW")),
        ({"locale": "es-419"}, Hints(locale="es-419")),
        ({"locale": "zh-Hant"}, Hints(language="zh-Hant")),  # a script, no territory
        ({"locale": "pt"}, Hints(language="pt")),
        ({"locale": "../../etc", "time_zone": "<script>"}, Hints()),
    ],
)
async def test_hints(hub: FakeHub, browser: httpx.AsyncClient, posted: dict[str, str], hints: Hints) -> None:
    assert (await browser.post(MESSAGES, json=body(**posted))).status_code == 202
    assert hub.messages[0].hints == hints


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "null"},
        {"origin": ""},
        {"origin": "http://["},
        {"origin": "//127.0.0.1:8080"},
        {"origin": "http://127.0.0.1:8080.evil.example"},
    ],
)
async def test_posts_from_other_pages_are_refused(
    hub: FakeHub, browser: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    for path in (MESSAGES, "/api/conversations/conversation-1/stop", "/api/admin"):
        answer = await browser.post(path, json=body(), headers=headers)
        assert (answer.status_code, list(answer.json())) == (403, ["error"])
    assert hub.messages == []
    assert hub.stopped == []


async def test_a_form_cannot_post(hub: FakeHub, browser: httpx.AsyncClient) -> None:
    answer = await browser.post(MESSAGES, content=b"{}", headers={"content-type": "text/plain"})
    assert answer.status_code == 415
    assert hub.messages == []


async def test_a_foreign_host_name_is_not_answered(hub: FakeHub) -> None:
    async with new_browser(hub, "http://rebound.example:8080") as client:
        assert (await client.get("/")).status_code == 421
        assert (await client.get(HISTORY)).status_code == 421
    for host in ("localhost:8080", "127.0.0.1", "[::1]:8080"):
        async with new_browser(hub, f"http://{host}") as client:
            assert (await client.get("/")).status_code == 200


async def test_without_its_cookie_a_browser_is_nobody(hub: FakeHub) -> None:
    async with new_browser(hub) as client:
        for answer in (await client.post(MESSAGES, json=body()), await client.get(HISTORY)):
            assert answer.status_code == 401
            assert "Reload" in answer.json()["error"]
    assert hub.messages == []


async def test_a_tampered_cookie_is_nobody_and_the_page_makes_a_new_one(
    hub: FakeHub, browser: httpx.AsyncClient
) -> None:
    forged = Sessions(b"not the secret of the hub, longer", "main")
    before = browser.cookies[forged.cookie]
    browser.cookies.clear()
    browser.cookies.set(forged.cookie, forged.write(Session("somebody-else")), domain="127.0.0.1", path="/")
    assert (await browser.get(HISTORY)).status_code == 401
    assert (await browser.post(MESSAGES, json=body())).status_code == 401
    renewed = (await browser.get("/")).headers["set-cookie"]
    assert before not in renewed
    assert "HttpOnly" in renewed
    assert "SameSite=lax" in renewed
    assert "Secure" not in renewed


async def test_the_cookie_is_secure_over_https(hub: FakeHub) -> None:
    async with new_browser(hub, "https://127.0.0.1:8080") as client:
        assert "Secure" in (await client.get("/")).headers["set-cookie"]


async def test_a_known_browser_keeps_its_cookie(browser: httpx.AsyncClient) -> None:
    assert "set-cookie" not in (await browser.get("/")).headers


async def test_a_foreign_conversation_stays_closed(hub: FakeHub, browser: httpx.AsyncClient) -> None:
    await browser.post(MESSAGES, json=body(text="my secret"))
    async with new_browser(hub) as stranger:
        await stranger.get("/")
        assert (await stranger.get(HISTORY)).json() == {"exchanges": []}
        await stranger.post("/api/conversations/conversation-1/stop", json={})
    assert "my secret" in (await browser.get(HISTORY)).text
    assert hub.stopped[0] != hub.messages[0].conversation


@pytest.mark.parametrize(
    "conversation", ["short", "x" * 65, "with%20space", "..%2f..%2fetc", "%00%00%00%00%00%00%00%00"]
)
async def test_ids_that_no_page_makes_are_refused(browser: httpx.AsyncClient, conversation: str) -> None:
    assert (await browser.get(f"/api/conversations/{conversation}/history")).status_code == 404
    assert (await browser.post(MESSAGES, json=body(id=conversation))).status_code == 400


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b'{"id": 1}',
        b'{"id": "message-0001"}',
        b'{"id": "message-0001", "text": 7}',
        b"\xff\xfe",
    ],
)
async def test_what_is_no_message_is_refused(browser: httpx.AsyncClient, content: bytes) -> None:
    answer = await browser.post(MESSAGES, content=content, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["error"]


async def test_empty_text_and_unknown_regions_are_refused(hub: FakeHub, browser: httpx.AsyncClient) -> None:
    assert (await browser.post(MESSAGES, json=body(text=" \n\t"))).status_code == 400
    assert (await browser.post(MESSAGES, json=body(region="atlantis"))).status_code == 400
    assert hub.messages == []


@pytest.mark.parametrize("character", ["x", "\u6f22", "\U0001f682", "\x01"])
async def test_a_hundred_thousand_characters_are_taken(
    hub: FakeHub, browser: httpx.AsyncClient, character: str
) -> None:
    assert (await browser.post(MESSAGES, json=body(text=character * TEXT_AT_MOST))).status_code == 202
    assert hub.messages[0].text == character * TEXT_AT_MOST
    answer = await browser.post(MESSAGES, json=body(id="message-0002", text=character * (TEXT_AT_MOST + 1)))
    assert answer.status_code == 413
    assert "100,000 characters" in answer.json()["error"]


async def test_a_body_too_large_is_refused_declared_or_not(hub: FakeHub, browser: httpx.AsyncClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b" " * (BODY_AT_MOST // 10)

    json_type = {"content-type": "application/json"}
    for content in (b" " * (BODY_AT_MOST + 1), chunks()):
        answer = await browser.post(MESSAGES, content=content, headers=json_type)
        assert answer.status_code == 413
        assert "too long" in answer.json()["error"]
    declared = json_type | {"content-length": str(10**12)}
    assert (await browser.post(MESSAGES, content=b"", headers=declared)).status_code == 413
    assert hub.messages == []


async def test_odd_characters_pass_and_nul_does_no_harm(hub: FakeHub, browser: httpx.AsyncClient) -> None:
    odd = "a\0b \x1b[31m \u202e \u2028 <script>alert(1)</script> '; DROP TABLE message; -- {{7*7}}"
    assert (await browser.post(MESSAGES, json=body(text=odd))).status_code == 202
    assert hub.messages[0].text == odd.replace("\0", "\ufffd")
    assert (await browser.get(HISTORY)).json()["exchanges"][0]["text"] == hub.messages[0].text


async def test_a_hub_that_cannot_work_is_told_without_its_secrets(hub: FakeHub, browser: httpx.AsyncClient) -> None:
    hub.broken = True
    for answer in (
        await browser.post(MESSAGES, json=body()),
        await browser.post("/api/conversations/conversation-1/stop", json={}),
        await browser.get(HISTORY),
    ):
        assert answer.status_code == 503
        assert "again" in answer.json()["error"]
        assert "/secret/place" not in answer.text


async def test_before_the_hub_listens_pages_are_told_to_wait() -> None:
    async with new_browser(FakeHub(make_channel())) as client:
        await client.get("/")
        answer = await client.post(MESSAGES, json=body())
    assert answer.status_code == 503
    assert "starting" in answer.json()["error"]


async def test_stop_reaches_the_hub(hub: FakeHub, browser: httpx.AsyncClient) -> None:
    await browser.post(MESSAGES, json=body())
    assert (await browser.post("/api/conversations/conversation-1/stop", json={})).status_code == 202
    assert hub.stopped == [hub.messages[0].conversation]


async def test_a_sign_in_link_works_once(hub: FakeHub, browser: httpx.AsyncClient) -> None:
    link = make_admin_link(SECRET, BASE, now_ms=SystemClock().now_ms(), link_id="link-1")
    token = link.partition("#admin=")[2]
    assert "&#34;admin&#34;:false" in (await browser.get("/")).text
    chat = Sessions(SECRET, "main").read(browser.cookies["trunkline-main"])
    assert (await browser.post("/api/admin", json={"token": token})).json() == {"admin": True}
    assert "&#34;admin&#34;:true" in (await browser.get("/")).text
    admin = Sessions(SECRET, "main").read(browser.cookies["trunkline-main"])
    assert chat is not None
    assert admin is not None
    assert admin.browser == chat.browser
    async with new_browser(hub) as other:
        await other.get("/")
        again = await other.post("/api/admin", json={"token": token})
        assert again.status_code == 403
        assert "used before" in again.json()["error"]
        assert (await other.post("/api/admin", json={"token": "forged"})).status_code == 403
        assert "&#34;admin&#34;:false" in (await other.get("/")).text


async def test_every_answer_tells_the_browser_to_be_strict(browser: httpx.AsyncClient) -> None:
    for path in ("/", HISTORY, "/static/any/chat.js", "/static/any/none.js"):
        headers = (await browser.get(path)).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


async def test_the_page_names_its_files_and_they_may_be_kept(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/")).text
    assert "Trunkline</title>" in page
    assert "Acme Bikes" in page
    assert "invents facts" in page
    path = page.partition('stylesheet" href="')[2].partition('"')[0]
    fresh = await browser.get(path)
    assert fresh.headers["content-type"].startswith("text/css")
    assert "immutable" in fresh.headers["cache-control"]
    old = await browser.get("/static/0123456789abcdef/chat.css")
    assert old.headers["cache-control"] == "no-store"
    assert old.text == fresh.text
    plain = await browser.get(path, headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.text == fresh.text


async def test_the_page_stays_small(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/")).text
    paths = {part.partition('"')[0] for part in page.split('="') if part.startswith("/static/")}
    sizes = [int((await browser.get(path)).headers["content-length"]) for path in paths]
    assert len(sizes) >= 5
    assert sum(sizes) + len(page) < 20_000


async def test_what_the_hub_says_of_its_own_accord_is_for_admins(hub: FakeHub, browser: httpx.AsyncClient) -> None:
    where = "/api/conversations/admin"
    assert (await browser.get(f"{where}/history")).status_code == 403
    assert (await browser.get(f"{where}/stream")).status_code == 403
    link = make_admin_link(SECRET, BASE, now_ms=SystemClock().now_ms(), link_id="link-2")
    await browser.post("/api/admin", json={"token": link.partition("#admin=")[2]})
    assert (await browser.get(f"{where}/history")).json() == {"exchanges": []}
    assert (await browser.post(f"{where}/messages", json=body())).status_code == 403
    assert hub.messages == []


async def test_an_admin_no_longer_signed_in_sees_nothing(browser: httpx.AsyncClient) -> None:
    past = Session("b" * 24, admin_until_ms=SystemClock().now_ms() - 1)
    cookie = f"trunkline-main={Sessions(SECRET, 'main').write(past)}"
    browser.cookies.clear()
    answer = await browser.get("/api/conversations/admin/history", headers={"cookie": cookie})
    assert answer.status_code == 403


async def test_files_are_not_shown(hub: FakeHub) -> None:
    with pytest.raises(Refused, match="folder of the reports"):
        await hub.channel.post(Conversation("web", "main", "admin"), "", [File("a.csv", "text/csv", b"a")])
