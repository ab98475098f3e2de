"""The vocabularies are OpenAI's own, and counting holds for any text."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.context.tokens import count, vocabulary_of

pytestmark = pytest.mark.unit

# Counted by tiktoken 0.14 with those files: text, o200k_base, cl100k_base.
COUNTED = [
    ("", 0, 0),
    ("hello world", 2, 2),
    ("tiktoken is great!", 6, 6),
    ("The quick brown fox jumps over the lazy dog.", 10, 10),
    ("Where is my order?", 5, 5),
    ("¿Dónde está mi pedido?", 6, 8),
    ("Où est ma commande ?", 6, 6),
    ("Моя посылка не пришла.", 9, 10),
    ("我的订单在哪里?", 4, 7),
    ("ご注文の状況をお知らせください。", 10, 15),
    ("मेरा ऑर्डर कहाँ है?", 8, 18),
    ("أين طلبي؟", 5, 10),
    ("👩\u200d👧\u200d👦🧠🙂", 12, 18),
    ("def f(x):\n    return x ** 2\n", 11, 11),
    ("1234567890", 4, 4),
    ("don't can't WON'T", 4, 6),
    ("a" * 100, 13, 13),
    (" " * 100, 2, 2),
    ("\n\n\n", 1, 1),
]


@pytest.mark.parametrize(("text", "newest", "older"), COUNTED)
def test_counts_are_those_of_tiktoken(text: str, newest: int, older: int) -> None:
    assert count(text, "gpt-4o") == newest
    assert count(text, "gpt-4") == older


@pytest.mark.parametrize(
    ("model", "vocabulary"),
    [
        ("gpt-4o-mini", "o200k_base"),
        ("gpt-4.1", "o200k_base"),
        ("gpt-4.5-preview", "o200k_base"),
        ("gpt-5-nano", "o200k_base"),
        ("o3", "o200k_base"),
        ("chatgpt-4o-latest", "o200k_base"),
        ("gpt-4", "cl100k_base"),
        ("gpt-4-0613", "cl100k_base"),
        ("GPT-4-Turbo", "cl100k_base"),
        ("gpt-3.5-turbo", "cl100k_base"),
        ("gpt-35-turbo", "cl100k_base"),  # as Azure writes it
        ("text-embedding-3-small", "cl100k_base"),
        ("openai/gpt-4", "cl100k_base"),  # as gateways write it
        ("ft:gpt-3.5-turbo-0125:acme::8abc", "cl100k_base"),
        ("ft:gpt-4o-2024-08-06:acme::8abc", "o200k_base"),
        ("claude-sonnet-4", "o200k_base"),
        ("acme-13b", "o200k_base"),
        ("", "o200k_base"),
    ],
)
def test_the_vocabulary_follows_the_model(model: str, vocabulary: str) -> None:
    assert vocabulary_of(model) == vocabulary


def test_a_special_token_in_a_text_is_plain_text() -> None:
    assert count("<|endoftext|>") == 7


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("\ud800", count("\ufffd\ufffd\ufffd")),  # so a lone surrogate is stored
        ("before \udfff after", count("before \ufffd\ufffd\ufffd after")),
        ("\x00" * 10, 5),
        ("a" * 2_000, 250),
        ("🧠" * 600, 1_800),
    ],
)
def test_odd_texts_are_counted(text: str, tokens: int) -> None:
    assert count(text) == tokens


@pytest.mark.timeout(10)
@pytest.mark.parametrize("text", ["ab" * 100_000, " " * 200_000 + "x", "!?" * 100_000, "e" + "\u0301" * 200_000])
def test_no_long_run_takes_long(text: str) -> None:
    assert 0 < count(text) <= len(text.encode())


@pytest.mark.property
@settings(deadline=None)
@given(st.text(), st.text(), st.sampled_from(["gpt-4o", "gpt-4"]))
def test_counts_stay_within_their_bounds(one: str, other: str, model: str) -> None:
    both = count(one + other, model)
    assert both <= len((one + other).encode())
    assert (both == 0) == (one + other == "")
    # Joining can only change how the tokens around the joint fall.
    assert both <= count(one, model) + count(other, model) + 8


def test_threads_count_alike() -> None:
    texts = [text for text, _, _ in COUNTED] * 20
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(count, texts)) == [newest for _, newest, _ in COUNTED] * 20
