"""A person at the page: types, reads, stops, reloads, changes conversations and regions, on a desk and on a phone."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from channels.web.posted import TEXT_AT_MOST
from channels.web.session import make_admin_link
from hub.clock import SystemClock
from hub.messages import Conversation, Exchange
from tests.browser.conftest import PATIENCE_MS
from tests.channels.web.fake_hub import SECRET, FakeHub, served

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PHONE = {"viewport": {"width": 375, "height": 667}, "has_touch": True, "is_mobile": True}
HOSTILE = """<img src=x onerror=document.title='owned'> <script>document.title='owned'</script>
[a](javascript:alert(1)) [b](data:text/html,x) [c](https://example.com/?q="><b>) **bold** and `code <i>`
```html
<b>as written</b>
```
| one | two |
|---|---|
| <u>1</u> | *2* |"""


@asynccontextmanager
async def visit(chromium: Browser, url: str, **options: Any) -> AsyncIterator[Page]:
    """A page of a new browser; whatever it complains about fails the test."""
    context = await chromium.new_context(locale="pt-BR", timezone_id="America/Sao_Paulo", **options)
    page = await context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    await page.goto(url)
    try:
        yield page
        assert [line for line in complaints if "net::ERR" not in line and "status of" not in line] == []
    finally:
        await context.close()


async def say(page: Page, text: str) -> None:
    await page.get_by_label("Message", exact=True).fill(text)
    await page.keyboard.press("Enter")


async def test_a_question_streams_its_answer_and_says_who_gave_it(
    chromium: Browser, base_url: str, hub: FakeHub
) -> None:
    hub.hold.clear()
    async with visit(chromium, base_url) as page:
        await expect(page).to_have_title("Acme Bikes · Trunkline")
        await expect(page.get_by_role("note")).to_contain_text("invents facts")
        await expect(page.get_by_role("heading", name="How can Acme Bikes help?")).to_be_visible()
        await say(page, "When are you open?")
        answer = page.get_by_role("article")
        await expect(answer).to_have_attribute("aria-busy", "true")
        await expect(page.get_by_role("button", name="Stop")).to_be_visible()
        hub.hold.set()
        await expect(answer).to_contain_text("You said: When are you open?")
        await expect(answer).to_contain_text("support-faq")
        await expect(answer).to_contain_text("US West")
        await expect(answer).to_have_attribute("aria-busy", "false")
        await expect(page.get_by_role("button", name="Stop")).to_be_hidden()
        await expect(page.get_by_label("Message", exact=True)).to_be_focused()
    hints = hub.messages[0].hints
    assert (hints.region, hints.time_zone, hints.locale) == ("", "America/Sao_Paulo", "pt-BR")


async def test_growth_is_seen_before_the_end(chromium: Browser, base_url: str, hub: FakeHub) -> None:
    def script(text: str) -> list[str]:
        return ["The first half,", " the second half."]

    hub.script, hub.step_s = script, 0.6
    async with visit(chromium, base_url) as page:
        await say(page, "slowly")
        await expect(page.get_by_role("article")).to_contain_text("The first half,")
        await expect(page.get_by_role("article")).not_to_contain_text("second")
        await expect(page.get_by_role("article")).to_contain_text("The first half, the second half.")


async def test_stop_ends_the_answer(chromium: Browser, base_url: str, hub: FakeHub) -> None:
    hub.script, hub.step_s = lambda text: ["word "] * 10_000, 0.02
    async with visit(chromium, base_url) as page:
        await say(page, "never end")
        await expect(page.get_by_role("article")).to_contain_text("word word")
        await page.get_by_role("button", name="Stop").click()
        await expect(page.get_by_role("article")).to_contain_text("(stopped)")
        await expect(page.get_by_role("button", name="Stop")).to_be_hidden()
    assert hub.stopped[0] == hub.messages[0].conversation


async def test_a_reload_shows_the_history_and_keeps_what_was_not_sent(chromium: Browser, base_url: str) -> None:
    async with visit(chromium, base_url) as page:
        await say(page, "first question")
        await expect(page.get_by_role("article")).to_contain_text("You said: first question")
        await page.get_by_label("Message", exact=True).fill("half a thou")
        await page.reload()
        await expect(page.get_by_role("article")).to_contain_text("You said: first question")
        await expect(page.get_by_role("log").get_by_text("first question", exact=True)).to_be_visible()
        await expect(page.get_by_label("Message", exact=True)).to_have_value("half a thou")


async def test_a_reload_in_mid_answer_goes_on(chromium: Browser, base_url: str, hub: FakeHub) -> None:
    hub.script, hub.step_s = lambda text: list("abcdefghijklmnopqrstuvwxyz"), 0.05
    async with visit(chromium, base_url) as page:
        await say(page, "alphabet")
        await expect(page.get_by_role("article")).to_contain_text("abc")
        await page.reload()
        await expect(page.get_by_role("article")).to_contain_text("abcdefghijklmnopqrstuvwxyz")
        await expect(page.get_by_role("article")).to_have_count(1)


async def test_several_conversations_stay_apart(chromium: Browser, base_url: str, hub: FakeHub) -> None:
    async with visit(chromium, base_url) as page:
        await say(page, "about bicycles")
        await expect(page.get_by_role("article")).to_contain_text("You said: about bicycles")
        await page.get_by_label("Message", exact=True).fill("a draft")
        await page.get_by_role("button", name="New conversation").click()
        await expect(page.get_by_role("article")).to_have_count(0)
        await expect(page.get_by_label("Message", exact=True)).to_have_value("")
        await say(page, "about trains")
        await expect(page.get_by_role("article")).to_contain_text("You said: about trains")
        links = page.get_by_role("navigation", name="Your conversations").get_by_role("link")
        await expect(links).to_have_text(["about trains", "about bicycles"])
        await links.nth(1).click()
        await expect(page.get_by_role("article")).to_have_count(1)
        await expect(page.get_by_role("article")).to_contain_text("You said: about bicycles")
        await expect(page.get_by_role("heading", level=1)).to_have_text("about bicycles")
        await expect(page.get_by_label("Message", exact=True)).to_have_value("a draft")
        await page.go_back()
        await expect(page.get_by_role("article")).to_contain_text("about trains")
    assert len({message.conversation.thread for message in hub.messages}) == 2
    assert len({message.conversation.chat for message in hub.messages}) == 1


async def test_the_chosen_region_goes_with_the_message_and_is_remembered(
    chromium: Browser, base_url: str, hub: FakeHub
) -> None:
    async with visit(chromium, base_url) as page:
        await page.get_by_label("Where am I?").select_option("eu-west")
        await say(page, "hello")
        await expect(page.get_by_role("article")).to_contain_text("Europe West")
        await page.reload()
        await expect(page.get_by_label("Where am I?")).to_have_value("eu-west")
    assert hub.messages[0].hints.region == "eu-west"


async def test_shift_enter_is_a_new_line_and_an_empty_message_is_none(
    chromium: Browser, base_url: str, hub: FakeHub
) -> None:
    async with visit(chromium, base_url) as page:
        await page.keyboard.press("Enter")
        await page.keyboard.type("one")
        await page.keyboard.press("Shift+Enter")
        await page.keyboard.type("two")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("article")).to_contain_text("You said: one")
    assert [message.text for message in hub.messages] == ["one\ntwo"]


async def test_hostile_text_stays_text(chromium: Browser, base_url: str, hub: FakeHub) -> None:
    hub.script = lambda text: [text[:40], text[40:]]
    async with visit(chromium, base_url) as page:
        await say(page, HOSTILE)
        words = page.locator(".reply .words")
        await expect(words.locator("strong")).to_have_text("bold")
        await expect(words).to_contain_text("<script>document.title='owned'</script>")
        await expect(words.locator("pre")).to_have_text("<b>as written</b>")
        await expect(words.locator("td")).to_have_text(["<u>1</u>", "2"])
        await expect(words.locator("img, script, b, i, u, [onerror]")).to_have_count(0)
        await expect(page).to_have_title("Acme Bikes · Trunkline")
        for link in await words.get_by_role("link").all():
            assert (await link.get_attribute("href") or "").startswith("https://example.com/")
            assert await link.get_attribute("rel") == "noopener noreferrer"


@pytest.mark.parametrize("unit", ["*a _b ~~c `d ``e [f](", "```\n", "> - 1. # ", "|a|\n", "**", "[", "   - x\n"])
async def test_no_text_makes_the_page_hang(chromium: Browser, base_url: str, hub: FakeHub, unit: str) -> None:
    hub.script = lambda text: [(unit * 40_000)[:60_000] + "\n\nthe end"]
    async with visit(chromium, base_url) as page:
        await say(page, "be nasty")
        # By class: over tens of thousands of nodes a query by role can itself take longer than the page does.
        await expect(page.locator(".reply .words")).to_contain_text("the end")


async def test_a_hub_that_restarts_is_said_and_nothing_is_lost(chromium: Browser, hub: FakeHub) -> None:
    async with AsyncExitStack() as stack:
        async with served(hub.channel.routes()) as url:
            page = await stack.enter_async_context(visit(chromium, url))
            await say(page, "before")
            await expect(page.get_by_role("article")).to_contain_text("You said: before")
        await expect(page.get_by_text("Connection lost. Reconnecting…")).to_be_visible()
        await say(page, "while away")
        await expect(page.get_by_text("Not sent yet. The hub cannot be reached.")).to_be_visible()
        await expect(page.get_by_text("You said: before")).to_be_visible()
        await stack.enter_async_context(served(hub.channel.routes(), int(url.rpartition(":")[2])))
        await expect(page.get_by_role("article").nth(1)).to_contain_text("You said: while away")
        await expect(page.locator("#connection")).to_have_text("")
        await page.close()
    assert [message.text for message in hub.messages] == ["before", "while away"]


async def test_a_hub_that_cannot_store_is_said_and_the_message_goes_out_later(
    chromium: Browser, base_url: str, hub: FakeHub
) -> None:
    async with visit(chromium, base_url) as page:
        hub.broken = True
        await say(page, "keep me")
        await expect(page.get_by_text("It goes out by itself.")).to_be_visible()
        await page.reload()
        hub.broken = False
        await expect(page.get_by_role("article")).to_contain_text("You said: keep me")
    assert [message.text for message in hub.messages] == ["keep me"]


async def test_what_the_hub_refuses_comes_back_into_the_box(chromium: Browser, base_url: str, hub: FakeHub) -> None:
    async with visit(chromium, base_url) as page:
        await page.get_by_label("Message", exact=True).fill("x" * (TEXT_AT_MOST + 1))
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("alert")).to_contain_text("too long")
        await page.context.clear_cookies()
        await say(page, "kept")
        await expect(page.get_by_role("alert")).to_contain_text("Reload")
        await expect(page.get_by_label("Message", exact=True)).to_have_value("kept")
    assert hub.messages == []


async def test_a_phone_has_the_box_at_the_bottom_and_conversations_in_a_drawer(
    chromium: Browser, base_url: str, hub: FakeHub
) -> None:
    hub.script = lambda text: ["A long answer.\n\n" * 40, "```\n" + "wide " * 60 + "\n```", "\n\nThe end."]
    async with visit(chromium, base_url, **PHONE) as page:
        sidebar = page.get_by_role("button", name="New conversation")
        await expect(sidebar).to_be_hidden()
        await say(page, "hello phone")
        await expect(page.get_by_role("article")).to_contain_text("The end.")
        box = await page.locator("#composer").bounding_box()
        assert box is not None
        assert 667 - 40 < box["y"] + box["height"] <= 667
        assert await page.evaluate("() => document.documentElement.scrollWidth") <= 375
        await expect(page.get_by_text("The end.")).to_be_in_viewport()
        menu = page.get_by_role("button", name="Conversations")
        await menu.click()
        await expect(menu).to_have_attribute("aria-expanded", "true")
        await expect(sidebar).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(sidebar).to_be_hidden()
        await expect(menu).to_be_focused()
        await menu.click()
        await sidebar.click()
        await expect(page.get_by_role("article")).to_have_count(0)
        await expect(sidebar).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_text_can_be_read_in_light_and_dark(chromium: Browser, base_url: str, scheme: str) -> None:
    async with visit(chromium, base_url, color_scheme=scheme, reduced_motion="reduce") as page:
        await say(page, "hello")
        await expect(page.locator(".place")).to_be_visible()
        for selector in (".asked", ".words p", ".meta", "#practice", "nav a", ".region span", ".keys", ".brand span"):
            ratio = await page.evaluate(CONTRAST, selector)
            assert ratio >= 4.5, f"{selector} has a contrast of {ratio:.2f} in {scheme}"
        paper = await page.evaluate("() => getComputedStyle(document.querySelector('main')).backgroundColor")
        red = int(paper.removeprefix("rgb(").split(",")[0])
        assert (red > 200) == (scheme == "light")


CONTRAST = """(selector) => {
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = (colour) => colour.slice(0, 3).map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
  let node = document.querySelector(selector);
  const front = light(rgb(getComputedStyle(node).color));
  let back = [0, 0, 0, 0];
  for (; node && !back.length || (back[3] === 0 && node); node = node.parentElement) {
    back = rgb(getComputedStyle(node).backgroundColor);
    if (back.length === 3) break;
  }
  const [low, high] = [front, light(back)].sort((one, other) => one - other);
  return (high + 0.05) / (low + 0.05);
}"""


async def test_a_sign_in_link_shows_the_badge_and_leaves_the_address(chromium: Browser, base_url: str) -> None:
    link = make_admin_link(SECRET, base_url, now_ms=SystemClock().now_ms(), link_id="link-1")
    async with visit(chromium, link) as page:
        await expect(page.get_by_text("Signed in as admin")).to_be_visible()
        assert "admin" not in page.url
        await page.reload()
        await expect(page.get_by_text("Signed in as admin")).to_be_visible()
        browser = await page.evaluate("JSON.parse(document.body.dataset.about).browser")
        await expect(page.get_by_text(f"web:{browser}", exact=True)).to_be_visible()
    async with visit(chromium, link) as page:
        await expect(page.get_by_role("alert")).to_contain_text("used before")
        await expect(page.get_by_text("Signed in as admin")).to_be_hidden()


async def test_an_admin_reads_what_the_hub_says_by_itself(chromium: Browser, base_url: str, hub: FakeHub) -> None:
    link = make_admin_link(SECRET, base_url, now_ms=SystemClock().now_ms(), link_id="link-9")
    admins = Conversation("web", "main", "admin", private=False)
    async with visit(chromium, link) as page:
        await page.get_by_role("link", name="Reports and alerts").click()
        await expect(page.get_by_role("heading", name="Reports and alerts")).to_be_visible()
        await expect(page.get_by_label("Message", exact=True)).to_be_hidden()
        await hub.channel.post(admins, "# The week\n\n| agent | cost |\n| --- | ---: |\n| desk | $3 |")
        await expect(page.get_by_role("cell", name="$3")).to_be_visible()
        hub.posts[admins.key] = {"p1": Exchange("p1", "", 1, answer="## From the store", state="delivered")}
        await page.reload()
        await expect(page.get_by_role("heading", name="From the store")).to_be_visible()


async def test_the_page_asks_nobody_but_the_hub(chromium: Browser, base_url: str) -> None:
    asked: list[str] = []
    async with visit(chromium, "about:blank") as page:
        page.on("request", lambda request: asked.append(request.url))
        await page.goto(base_url)
        await say(page, "hello")
        await expect(page.locator(".place")).to_be_visible()
    assert asked
    assert [url for url in asked if not url.startswith(base_url)] == []


async def test_files_go_with_a_message_and_can_be_taken_off_again(
    chromium: Browser, base_url: str, hub: FakeHub, tmp_path: Path
) -> None:
    large = tmp_path / "large.bin"
    large.write_bytes(bytes(10_000_001))
    async with visit(chromium, base_url) as page:
        await page.locator("#picker").set_input_files(
            [
                {"name": "<b>door</b>.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n"},
                {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"Nine to six."},
            ]
        )
        await page.locator("#picker").set_input_files(large)  # by its path: its bytes need not go through the driver
        attached = page.get_by_role("list", name="Attached files").get_by_role("listitem")
        await expect(attached).to_have_count(2)
        await expect(page.get_by_role("alert")).to_have_text("large.bin is too large: at most 10 MB.")
        await page.get_by_role("button", name="Remove notes.txt").click()
        await expect(attached).to_have_count(1)

        await page.get_by_role("button", name="Send").click()

        await expect(page.locator(".asked")).to_have_text("[image b door /b .png]")
        await expect(attached).to_have_count(0)
        await expect(page.get_by_role("article")).to_contain_text("You said:")
        (message,) = hub.messages
        assert (message.text, [each.name for each in message.attachments]) == ("", ["<b>door</b>.png"])
        assert await hub.channel.fetch(message.attachments[0], 100) == b"\x89PNG\r\n\x1a\n"

        await page.reload()
        await expect(page.locator(".asked")).to_have_text("[image b door /b .png]")
