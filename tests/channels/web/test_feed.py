"""What open pages are shown: the newest form of each part, bounded, and nothing kept once it is over."""

import pytest

from channels.web import feed as feed_module
from channels.web.feed import Asked, Feed, Part
from channels.web.stream import event

pytestmark = pytest.mark.unit


def test_a_page_that_comes_late_is_shown_what_is_under_way() -> None:
    feed = Feed()
    feed.publish("c", Part("p", "m", "half an ans", "growth"))
    with feed.subscribed("c", "b") as page:
        assert page.stale
        assert page.take() == ([], [Part("p", "m", "half an ans", "growth")], "")


def test_a_slow_page_skips_steps() -> None:
    feed = Feed()
    with feed.subscribed("c", "b") as page:
        for length in range(1, 1000):
            feed.publish("c", Part("p", "m", "x" * length, "growth"))
        assert page.take()[1] == [Part("p", "m", "x" * 999, "growth")]


def test_a_page_that_sleeps_too_long_starts_again() -> None:
    feed = Feed()
    with feed.subscribed("c", "b") as page:
        page.stale = False
        for number in range(feed_module.PENDING_AT_MOST + 1):
            feed.tell("c", Asked(f"m{number}", "hi", 0))
        assert page.stale
        assert page.take() == ([], [], "")


def test_conversations_do_not_mix() -> None:
    feed = Feed()
    with feed.subscribed("c", "b") as page:
        feed.publish("d", Part("p", "m", "secret", "growth"))
        assert page.take() == ([], [], "")


def test_nothing_is_kept_when_answers_end_and_pages_go() -> None:
    feed = Feed()
    with feed.subscribed("c", "b"), feed.subscribed("c", "b"):
        assert feed.open_pages("b") == 2
        for state in ("placeholder", "growth", "final", "final"):
            feed.publish("c", Part("p", "m", "text", state))
        feed.publish("c", Part("q", "m"))
        feed.publish("c", Part("q", "m", state="removed"))
    assert feed.size == (0, 0)
    assert feed.open_pages("b") == 0


def test_parts_that_nobody_finishes_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_module, "UNFINISHED_AT_MOST", 10)
    feed = Feed()
    for number in range(50):
        feed.publish(f"c{number}", Part(f"p{number}", "m"))
    assert feed.size == (0, 10)


def test_closing_ends_open_pages_and_those_that_come_later() -> None:
    feed = Feed()
    with feed.subscribed("c", "b") as page:
        feed.close()
        assert page.closed
    with feed.subscribed("c", "b") as late:
        assert late.closed


def test_an_event_is_one_line_of_json_whatever_it_holds() -> None:
    told = event("growth", {"append": "a\nb\r\u2028\0<script>"})
    assert told.startswith(b"event: growth\ndata: {")
    assert told.count(b"\n") == 3
    assert b"\\ud83d" in event("growth", {"append": "\ud83d"})  # half a pair, as a cut stream may leave
