"""The small vocabulary counts as toktok does, whose tokens it has; and toktok's are those that OpenAI publishes."""

import random
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
import toktok
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hub.context import vocabulary
from hub.context.unpacking import PUBLISHED, unpacked
from hub.context.vocabulary import KEPT_IN, Vocabulary, VocabularyError, keep_all, table_of

pytestmark = pytest.mark.unit

O200K, CL100K = (Vocabulary(name) for name in ("o200k_base", "cl100k_base"))

# Python's Unicode tables do not know the others; a lone surrogate is no text.
KNOWN = st.characters(exclude_categories=("Cn", "Cs"))
# What the patterns look for, close together.
CLOSE = st.text(
    st.sampled_from(
        "aAbzZéÉßŐǅʰªªº的オก한क\u093f\u0301\u200d19½ \n\r\t\x0b\x1c\x85\xa0\u3000'’ſsStTmrevLld.,!?/-_😀\x00"
    )
)
WORDY = st.lists(CLOSE | st.sampled_from(["I'm", "you'LL", "...\n\n", "Bestellung", "заказ", "订单"])).map(" ".join)


def tokens_of(text: str, name: str) -> int:
    return toktok.truncate(text, 1 << 62, name)[1]


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_vocabulary_is_the_published_one_to_the_byte(name: str) -> None:
    # `unpacked` compares its SHA-256 with that of the file which OpenAI publishes.
    assert unpacked(name) == table_of(name, KEPT_IN)


def test_another_vocabulary_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PUBLISHED, "o200k_base", PUBLISHED["cl100k_base"])
    with pytest.raises(ValueError, match="is not the published vocabulary"):
        unpacked("o200k_base")


@pytest.mark.property
@settings(deadline=None, max_examples=500)
@given(st.text(KNOWN) | CLOSE | WORDY)
@example("a\n \n b.\n \n /c\t d  e \n")
@example("\x1c \x1c  a\x1cb \x1f\n c")
@example("'s''S 'ſ n't've")
def test_any_text_has_as_many_tokens_as_toktok_says(text: str) -> None:
    assert O200K.count(text) == tokens_of(text, "o200k_base")
    assert CL100K.count(text) == tokens_of(text, "cl100k_base")


@pytest.mark.property
@settings(deadline=None)
@given(st.text(st.sampled_from("abetnsrоа的一ก\u0e34한😀!?-"), min_size=80, max_size=1_500))
def test_a_long_run_has_as_many_tokens_as_toktok_says(text: str) -> None:
    assert O200K.count(text) == tokens_of(text, "o200k_base")


@pytest.mark.property
def test_tokens_joined_at_random_have_as_many_as_toktok_says() -> None:
    """Of whole tokens, so that much is merged, also across characters."""
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    tokens = toktok._encoding("o200k_base")
    for _ in range(5_000):
        ranks = [chance.randrange(199_998) for _ in range(chance.randint(1, 12))]
        text = b"".join(map(tokens.decode_single_token_bytes, ranks)).decode("utf-8", "ignore").replace(" ", "")
        if all(unicodedata.category(character) != "Cn" for character in text):
            assert O200K.count(text) == tokens_of(text, "o200k_base"), text


def test_each_character_has_as_many_tokens_as_toktok_says() -> None:
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    points = random.Random(seed).sample([*range(0xD800), *range(0xE000, 0x110000)], 20_000)
    for point in points:
        text = f" {chr(point)}{chr(point)}x"
        assert O200K.count(text) == tokens_of(text, "o200k_base"), hex(point)


def test_what_is_remembered_is_bounded_and_forgetting_changes_no_count() -> None:
    texts = [f"{number}x{number}y {number * 7919 % 100_003}" for number in range(20_000)]
    new = Vocabulary("o200k_base")
    first = [new.count(text) for text in texts]
    assert len(new._chunks) <= 16_384
    assert len(new._ranks) <= 16_384
    assert [new.count(text) for text in texts] == first
    new.count("word" * 1_000)
    assert max(map(len, new._chunks)) <= 64


ASSIGNED = [chr(point) for point in range(0x20, 0xD800) if unicodedata.category(chr(point)) != "Cn"]
# By kind, a piece of a text that has much to merge, or that is one chunk from end to end.
PIECES: dict[str, Callable[[random.Random], str]] = {
    "letters": lambda chance: chance.choice("abcdefghijklmnopqrstuvwxyz"),
    "words": lambda chance: "".join(chance.choices("aeinrst", k=7)) + " ",
    "lines": lambda chance: chance.choice(["\n", " ", "a\n", "..", "1"]),
    "prose": lambda chance: chance.choice("的一是在不了有和人这中大为上个国我，。"),
    "rare": lambda chance: chr(chance.randrange(0x4E00, 0x9FFF)),
    "any": lambda chance: chance.choice(ASSIGNED),
}


@pytest.fixture
def chance() -> random.Random:
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    return random.Random(seed)


def test_a_long_text_never_has_fewer_tokens_than_toktok_says(chance: random.Random) -> None:
    for _ in range(30):
        kinds = chance.sample(list(PIECES.values()), 3)
        text = "".join(kind(chance) for kind in kinds for _ in range(chance.randint(100, 9_000)))
        assert O200K.count(text) >= tokens_of(text, "o200k_base")
        assert CL100K.count(text) >= tokens_of(text, "cl100k_base")


@pytest.mark.parametrize("kind", PIECES)
def test_a_long_text_takes_bounded_work(kind: str, chance: random.Random, monkeypatch: pytest.MonkeyPatch) -> None:
    work: list[int] = []
    for name in ("_merged", "_character_starts"):
        does = getattr(vocabulary, name)
        monkeypatch.setattr(vocabulary, name, lambda text, ranks, do=does: work.append(len(text)) or do(text, ranks))
    text = "".join(PIECES[kind](chance) for _ in range(100_000))
    assert Vocabulary("o200k_base").count(text) >= tokens_of(text, "o200k_base")
    assert sum(work) < 50_000


def test_a_long_text_of_known_words_is_counted_exactly(chance: random.Random) -> None:
    words = ["The", "parcel", "was", "sent", "on", "Monday;", "Unzustellbarkeit", "注文", "заказ", "whatsoever.", "42"]
    text = " ".join(chance.choices(words, k=30_000))
    assert O200K.count(text) == tokens_of(text, "o200k_base")


class Asked(dict[bytes, int]):
    """Ranks that count how often they are asked for."""

    def __init__(self, ranks: vocabulary._Ranks) -> None:
        self.ranks, self.seams = ranks, ranks.seams
        self.times = 0

    def __getitem__(self, token: bytes) -> int:
        self.times += 1
        return self.ranks[token]


@pytest.mark.parametrize("run", [b"ab", b"a", b" ", b"!?", "\u0301".encode(), b"abcdefghijklmnopqrstuvwxyz"])
def test_a_run_ten_times_as_long_takes_ten_times_the_steps(run: bytes) -> None:
    asked = []
    for letters in (4_000, 40_000):
        ranks = Asked(O200K._ranks)
        vocabulary._merged((run * letters)[:letters], ranks)  # type: ignore[arg-type]  # asked like the real ones, and counts
        asked.append(ranks.times)
    assert asked[1] < 11 * asked[0]


def test_the_table_is_unpacked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unpacked_names = []

    def unpack(name: str) -> bytes:
        unpacked_names.append(name)
        return b"table of " + name.encode()

    monkeypatch.setattr(vocabulary, "_unpacked", unpack)
    folder = tmp_path / "__pycache__"
    assert [table_of("o200k_base", folder) for _ in range(2)] == [b"table of o200k_base"] * 2
    assert unpacked_names == ["o200k_base"]
    (kept,) = folder.iterdir()
    kept.write_bytes(kept.read_bytes()[:-1])  # a write that was cut short
    assert table_of("o200k_base", folder) == b"table of o200k_base"
    assert unpacked_names == ["o200k_base"] * 2
    assert list(folder.iterdir()) == [kept]


def test_where_nothing_can_be_kept_it_is_unpacked_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vocabulary, "_unpacked", str.encode)
    (tmp_path / "file").touch()
    for _ in range(2):
        assert table_of("o200k_base", tmp_path / "file") == b"o200k_base"


def test_what_cannot_be_unpacked_says_why_and_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "none"))
    with pytest.raises(VocabularyError, match=r"cannot be unpacked \(.*No such file.*\): install what requirements"):
        table_of("o200k_base", tmp_path)
    monkeypatch.undo()
    with pytest.raises(VocabularyError, match=r"\(KeyError: .*none_base"):
        table_of("none_base", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_image_keeps_all_that_are_counted_by(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vocabulary, "KEPT_IN", tmp_path)
    monkeypatch.setattr(vocabulary, "_unpacked", str.encode)
    keep_all()
    assert {file.name.partition("-")[0] for file in tmp_path.iterdir()} == set(PUBLISHED)
