"""Server-sent events, however the bytes are cut."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.agents.sse import EVENT_BYTES, Events, EventTooLong

pytestmark = pytest.mark.unit

STREAMS = [
    (b'data: {"a":1}\n\ndata: [DONE]\n\n', [b'{"a":1}', b"[DONE]"]),
    (b"data:no space\n\n", [b"no space"]),
    (b"data:  two spaces\n\n", [b" two spaces"]),
    (b": a comment\n\ndata: x\n\n", [b"x"]),
    (b"event: ping\nid: 7\nretry: 10\ndata: x\n\n", [b"x"]),
    (b"data: one\ndata: two\n\n", [b"one\ntwo"]),
    (b"data: x\r\n\r\ndata: y\r\n\r\n", [b"x", b"y"]),
    (b"data: x\r\rdata: y\r\r", [b"x", b"y"]),
    (b"\n\n\ndata: x\n\n\n", [b"x"]),
    (b"\xef\xbb\xbfdata: x\n\n", [b"x"]),
    ("data: grüße 👋\n\n".encode(), ["grüße 👋".encode()]),
    (b"data\n\ndatax: no\n\n", []),
    ("data: a\u2028b\x0bc\x85d\n\n".encode(), ["a\u2028b\x0bc\x85d".encode()]),  # line ends of other standards
]


@pytest.mark.parametrize(("stream", "events"), STREAMS)
def test_events_come_out_whole(stream: bytes, events: list[bytes]) -> None:
    assert Events().feed(stream) == events


@pytest.mark.parametrize(("stream", "events"), STREAMS)
def test_any_border_between_chunks_gives_the_same_events(stream: bytes, events: list[bytes]) -> None:
    for size in (1, 2, 3, 5):
        parser = Events()
        found = [e for i in range(0, len(stream), size) for e in parser.feed(stream[i : i + size])]
        assert found == events


@given(st.sampled_from([s for s, _ in STREAMS]), st.lists(st.integers(0, 40), max_size=6))
def test_random_borders_change_nothing(stream: bytes, cuts: list[int]) -> None:
    borders = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    parser = Events()
    found = [e for a, b in pairwise(borders) for e in parser.feed(stream[a:b])]
    assert found == Events().feed(stream)


def test_the_rest_of_an_ended_stream() -> None:
    parser = Events()
    assert parser.feed(b"data: x\n\ndata: last") == [b"x"]
    assert parser.rest() == [b"last"]
    assert parser.rest() == []


def test_an_event_without_end_is_refused_in_one_line_or_in_many() -> None:
    def feed_too_much(chunk: bytes) -> None:
        parser = Events()
        for _ in range(EVENT_BYTES // 1000 + 2):
            parser.feed(chunk)

    with pytest.raises(EventTooLong):
        feed_too_much(b"x" * 1000)
    with pytest.raises(EventTooLong):
        feed_too_much(b"data: " + b"x" * 1000 + b"\n")


def test_many_small_events_and_comments_never_add_up_to_a_long_one() -> None:
    parser = Events()
    for _ in range(EVENT_BYTES // 500):
        assert parser.feed(b": " + b"k" * 500 + b"\n\ndata: " + b"x" * 500 + b"\n\n") == [b"x" * 500]


def test_time_is_linear_in_the_length_of_a_line() -> None:
    def seconds(chunks: int) -> float:
        best = 1.0
        for _ in range(3):
            parser, start = Events(), time.thread_time()  # its own work, whatever else this machine does
            for _ in range(chunks):
                parser.feed(b"x" * 20)
            best = min(best, time.thread_time() - start)
        return best

    assert seconds(40_000) < 30 * seconds(4_000)  # ten times the bytes; a quadratic reader would take a hundred
