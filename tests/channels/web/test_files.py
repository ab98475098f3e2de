"""Files that pages send along: taken within limits, named only by the browser that sent them, kept for a while."""

from typing import Any

import httpx
import pytest

from channels.web import files
from channels.web.files import FILE_AT_MOST, KEPT_MS, OF_A_BROWSER, Files, attachment_of
from hub.channel import Fetches, Gone, Refused
from hub.messages import Attachment
from tests.channels.notes import MemoryNotes
from tests.channels.web.fake_hub import FakeHub
from tests.channels.web.test_requests import MESSAGES, body, browser, hub, new_browser

pytestmark = pytest.mark.unit

__all__ = ["browser", "hub"]

NAMED = {"x-file-name": "caf%C3%A9%20%22menu%22.txt", "content-type": "text/plain; charset=utf-8"}


async def sent(page: httpx.AsyncClient, content: bytes = b"soup", **headers: str) -> dict[str, Any]:
    answer = await page.post("/api/files", content=content, headers={**NAMED, **headers})
    assert answer.status_code == 201
    found: dict[str, Any] = answer.json()
    return found


async def test_a_file_goes_with_a_message_and_can_be_fetched(hub: FakeHub, browser: httpx.AsyncClient) -> None:
    file = await sent(browser)
    assert file["mention"] == "[document caf\u00e9 menu .txt]"

    answer = await browser.post(MESSAGES, json=body(files=[file["id"]]))

    assert answer.status_code == 202
    (attachment,) = hub.messages[0].attachments
    assert attachment == Attachment("document", 'caf\u00e9 "menu".txt', "text/plain", 4, file["id"])
    assert isinstance(hub.channel, Fetches)
    assert await hub.channel.fetch(attachment, 4) == b"soup"
    with pytest.raises(Refused):
        await hub.channel.fetch(attachment, 3)
    with pytest.raises(Gone):
        await hub.channel.fetch(Attachment("document", fetch="another"), 3)


async def test_a_message_can_be_files_alone(hub: FakeHub, browser: httpx.AsyncClient) -> None:
    file = await sent(browser, **{"content-type": "image/png"})
    assert (await browser.post(MESSAGES, json=body(text="", files=[file["id"]]))).status_code == 202
    assert [each.kind for each in hub.messages[0].attachments] == ["image"]
    history = await browser.get(MESSAGES.replace("messages", "history"))
    assert history.json()["exchanges"][0]["text"] == "[image caf\u00e9 menu .txt]"


async def test_nobody_can_name_anothers_file(hub: FakeHub, browser: httpx.AsyncClient) -> None:
    file = await sent(browser)
    async with new_browser(hub) as other:
        await other.get("/")
        answer = await other.post(MESSAGES, json=body(files=[file["id"]]))
    assert (answer.status_code, answer.json()["error"]) == (400, "An attached file is no longer kept. Attach it again.")
    assert hub.messages == []


async def test_what_is_too_much_is_refused(hub: FakeHub, browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/api/files", content=bytes(FILE_AT_MOST + 1), headers=NAMED)
    assert (answer.status_code, answer.json()["error"]) == (413, "This file is too large: at most 10 MB.")
    answer = await browser.post("/api/files", content=b"", headers=NAMED)
    assert (answer.status_code, answer.json()["error"]) == (400, "This file is empty.")
    file = await sent(browser)
    answer = await browser.post(MESSAGES, json=body(files=[file["id"]] * 6))
    assert (answer.status_code, "at most 5" in answer.json()["error"]) == (400, True)


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"origin": "http://evil.example"}, 403), ({"origin": ""}, 403), ({"cookie": "x=y"}, 401)],
)
async def test_files_come_from_the_hubs_own_page(
    hub: FakeHub, browser: httpx.AsyncClient, headers: dict[str, str], status: int
) -> None:
    answer = await browser.post("/api/files", content=b"soup", headers={**NAMED, **headers})
    assert answer.status_code == status


async def test_a_form_cannot_send_a_file(hub: FakeHub, browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/api/files", content=b"soup", headers={"content-type": "text/plain"})
    assert answer.status_code == 400


async def test_the_oldest_files_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "OF_ALL", 2 * OF_A_BROWSER)
    kept, large = Files(), bytes(OF_A_BROWSER // 3)
    for number in range(4):
        await kept.keep(f"a{number}", "a", Attachment("document"), large, 0)
    assert [await kept.data(f"a{number}") is not None for number in range(4)] == [False, True, True, True]
    for number in range(3):
        await kept.keep(f"b{number}", "b", Attachment("document"), large, 0)
    assert all([await kept.data(f"a{number}") for number in range(1, 4)])
    await kept.keep("c", "c", Attachment("document"), b"small", 0)
    assert [await kept.data(f"a{number}") is not None for number in range(1, 4)] == [False, True, True]


async def test_many_small_files_make_room_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "KEPT_AT_MOST", 3)
    kept = Files()
    for number in range(5):
        await kept.keep(str(number), str(number), Attachment("document"), b"x", 0)
    assert [await kept.data(str(number)) is not None for number in range(5)] == [False, False, True, True, True]


async def test_what_makes_room_goes_from_the_store_of_all_processes_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "OF_ALL", 3)
    notes = MemoryNotes()
    kept = Files(notes)
    for number in range(9):
        await kept.keep(str(number), f"browser {number}", Attachment("document"), b"x", 0)
    assert sorted(notes.left) == ["file/6", "file/7", "file/8"]
    assert await Files(notes).data("8") == b"x"
    assert await Files(notes).data("5") is None


async def test_an_old_file_is_forgotten() -> None:
    kept = Files()
    await kept.keep("old", "a", Attachment("document"), b"x", 0)
    assert await kept.attachment("old", "a", KEPT_MS)
    assert await kept.attachment("old", "a", KEPT_MS + 1) is None
    await kept.keep("new", "b", Attachment("document"), b"x", KEPT_MS + 1)
    assert await kept.data("old") is None


@pytest.mark.parametrize(
    ("media_type", "kind"),
    [
        ("image/png", "image"),
        ("audio/ogg", "voice"),
        ("VIDEO/mp4", "video"),
        ("text/csv", "document"),
        ("", "document"),
    ],
)
def test_the_browser_says_what_kind_it_is(media_type: str, kind: str) -> None:
    assert attachment_of("1", "%00" * 900 + "%ED%A0%80", media_type, 3).kind == kind
    assert len(attachment_of("1", "%00" * 900, media_type, 3).name) <= 200
